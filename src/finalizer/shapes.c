/* SPDX-License-Identifier: MIT
 * How the lanes of a chunk relate in each vector register, by a forward pass over the blocks.
 * Beside the shape proper it keeps what is needed to carry shapes through bit operations: an upper
 * bound of the value, the number of low zero bits of lane 0's value, and of high bits that all
 * lanes share.
 */
#include "finalizer/facts_priv.h"
#include "finalizer/shape_value.h"
#include "machine/constant.h"

#include <stdlib.h>
#include <string.h>

/* A 64-bit addition whose low half has been done. */
struct carry {
    bool valid;
    uint16_t mask;     /* scalar register code of the carry */
    uint16_t low;      /* vreg of the sum */
    uint16_t high[2];  /* by source: vreg that must be the other's high half; NONE: scalar */
    bool paired[2];    /* that vreg and the source are a 64-bit pair */
    int64_t stride[2]; /* of the pair */
    /* One source goes up by that, the other is the same in all lanes: whatever high halves are the
     * same in all lanes go with them. */
    bool extends;
    int64_t low_stride;
    bool uniform;
    uint8_t run; /* so across so many lanes */
};

enum { SCALARS = 128 };

struct state {
    bool reached;
    struct cairn_shape_value v[CAIRN_VREGS];
    uint8_t zeros[SCALARS]; /* low bits of scalar registers that are 0 */
    struct carry carry;
};

struct pass {
    const struct cairn_program *program;
    const struct cairn_geometry *geometry;
    const bool *stepped;
    struct cairn_facts *facts;
    struct state *in;
    struct state now;
    const struct cairn_insn *insn;
    uint32_t index;
    bool changed;
};

#define NO_VREG 0xffff

/* ---- sources */

static bool constant_of(const struct pass *pass, unsigned slot, uint32_t *out)
{
    const struct cairn_operand *operand = &pass->insn->slot[slot];
    unsigned code = operand->code;
    if (code == CAIRN_CODE_LITERAL)
        *out = (uint32_t)cairn_literal_value(pass->insn->literal, operand->type);
    else if ((code >= CAIRN_CODE_INT_0 && code <= CAIRN_CODE_INT_LAST) ||
             (code >= CAIRN_CODE_FLOAT_FIRST && code <= CAIRN_CODE_FLOAT_LAST))
        *out = (uint32_t)cairn_inline_constant(code, operand->type);
    else
        return false;
    return true;
}

static struct cairn_shape_value source(const struct pass *pass, unsigned slot, unsigned dword)
{
    const struct cairn_operand *operand = &pass->insn->slot[slot];
    struct cairn_shape_value value = cairn_shape_uniform(CAIRN_SHAPE_GROUP_UNIFORM);
    uint32_t constant;
    if (cairn_code_is_vector(operand->code))
        return pass->now.v[cairn_vreg_of_code(operand->code) + dword];
    if (dword == 0 && constant_of(pass, slot, &constant)) {
        value.bits = cairn_shape_bits_of(constant);
        value.zeros = constant == 0 ? 32 : (uint8_t)__builtin_ctz(constant);
    } else if (operand->code + dword < SCALARS) {
        value.zeros = pass->now.zeros[operand->code + dword];
    }
    return value;
}

/* A two-dword source as a 64-bit value: its stride, and whether that is so for all lanes of a wave;
 * false: not affine. */
static bool pair_stride(const struct pass *pass, unsigned slot, int64_t *out, uint8_t *run)
{
    struct cairn_shape_value low = source(pass, slot, 0), high = source(pass, slot, 1);
    *out = 0;
    *run = cairn_shape_least(cairn_shape_run(low), cairn_shape_run(high));
    if (cairn_shape_is_uniform(low) && cairn_shape_is_uniform(high))
        return true;
    *out = high.shape.pair_stride;
    *run = high.shape.pair_run;
    return high.shape.pair;
}

static struct cairn_shape_value product(const struct pass *pass, struct cairn_shape_value a,
                                        struct cairn_shape_value b)
{
    uint32_t factor;
    if (cairn_shape_is_uniform(a) && cairn_shape_is_uniform(b)) {
        struct cairn_shape_value result = cairn_shape_uniform(cairn_shape_weaker(a, b));
        result.shape.run = cairn_shape_least(cairn_shape_run(a), cairn_shape_run(b));
        result.zeros = cairn_shape_least(32, (uint8_t)(a.zeros + b.zeros));
        result.bits = cairn_shape_least(32, (uint8_t)(a.bits + b.bits));
        return result;
    }
    if (constant_of(pass, CAIRN_SLOT_SRC0, &factor))
        return cairn_shape_times(b, factor);
    if (constant_of(pass, CAIRN_SLOT_SRC1, &factor))
        return cairn_shape_times(a, factor);
    return cairn_shape_varying;
}

/* ---- work-item ids */

static uint32_t size_of(const struct pass *pass, unsigned dimension)
{
    return pass->geometry->workgroup[dimension];
}

static bool rows_fit_chunks(const struct pass *pass)
{
    bool whole = pass->geometry->whole_groups;
    return (whole && size_of(pass, 0) % pass->geometry->width == 0) ||
           (uint64_t)size_of(pass, 1) * size_of(pass, 2) == 1;
}

/* Lanes that belong to one row of the workgroup, wherever they begin at a multiple of it. */
static uint8_t run_of_rows(const struct pass *pass)
{
    uint32_t row = size_of(pass, 0), power = row & -row;
    if ((uint64_t)size_of(pass, 1) * size_of(pass, 2) == 1 || power >= CAIRN_SHAPE_RUN_ALL)
        return CAIRN_SHAPE_RUN_ALL;
    return (uint8_t)power;
}

static struct cairn_shape_value id_x(const struct pass *pass)
{
    struct cairn_shape_value value = cairn_shape_varying;
    value.bits = cairn_shape_bits_of(size_of(pass, 0) - 1);
    if (rows_fit_chunks(pass)) {
        value.shape = cairn_shape_affine(1, run_of_rows(pass));
        value.zeros = (uint8_t)__builtin_ctz(pass->geometry->width);
        /* Lanes that do not exist count on. */
        value.bits = cairn_shape_bits_of((size_of(pass, 0) + 63) / 64 * 64 - 1);
    }
    return value;
}

static struct cairn_shape_value id_of_row(const struct pass *pass, unsigned dimension)
{
    struct cairn_shape_value value = cairn_shape_varying;
    if (size_of(pass, dimension) == 1) {
        value = cairn_shape_uniform(CAIRN_SHAPE_GROUP_UNIFORM);
        value.zeros = 32;
        value.bits = 0;
    } else if (rows_fit_chunks(pass)) {
        value = cairn_shape_uniform(CAIRN_SHAPE_UNIFORM);
        value.shape.run = run_of_rows(pass);
        value.bits = cairn_shape_bits_of(size_of(pass, dimension) - 1);
    }
    return value;
}

/* v0 (or v0..v2) at entry; see cairn_workgroup_init. */
static void set_entry(struct pass *pass)
{
    struct state *entry = &pass->in[pass->program->entry];
    unsigned dims = pass->geometry->rsrc2 >> 11 & 3;
    entry->reached = true;
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        entry->v[i] = cairn_shape_varying;
    entry->v[0] = id_x(pass);
    if (!pass->program->gfx->packed_work_item_ids) {
        if (dims >= 1)
            entry->v[1] = id_of_row(pass, 1);
        if (dims >= 2)
            entry->v[2] = id_of_row(pass, 2);
    } else if (dims >= 1 && (uint64_t)size_of(pass, 1) * size_of(pass, 2) > 1) {
        entry->v[0].bits = 30;
        entry->v[0].packed = true;
    }
}

/* A field of packed ids: bits [first, first + count). */
static bool packed_field(const struct pass *pass, struct cairn_shape_value a, uint32_t first,
                         uint32_t count, struct cairn_shape_value *out)
{
    if (!a.packed || first % 10 != 0 || first > 20 || count < 10 || (first < 20 && count > 10))
        return false;
    *out = first == 0 ? id_x(pass) : id_of_row(pass, first / 10);
    return true;
}

/* ---- results */

static bool reads_mask(const struct cairn_insn *insn)
{
    for (unsigned i = CAIRN_SLOT_SRC0; i < CAIRN_SLOT_COUNT; i++)
        if (cairn_operand_present(&insn->slot[i]) && insn->slot[i].type == CAIRN_TYPE_MASK)
            return true;
    return cairn_isa_flags(insn) & CAIRN_ISA_READS_VCC;
}

/* Any function of values that are the same in all lanes. */
static struct cairn_shape_value of_uniforms(const struct pass *pass)
{
    const struct cairn_insn *insn = pass->insn;
    enum cairn_shape_kind kind = CAIRN_SHAPE_GROUP_UNIFORM;
    struct cairn_shape_value result;
    uint8_t run = CAIRN_SHAPE_RUN_ALL;
    bool lane_wise = insn->encoding >= CAIRN_ENC_VOP1 && insn->encoding <= CAIRN_ENC_VOP3P &&
                     insn->variant != CAIRN_VARIANT_DPP && insn->variant != CAIRN_VARIANT_DPP8;
    struct cairn_regs reads, writes;
    bool any;
    cairn_insn_registers(insn, &reads, &writes, &any);
    if (!lane_wise || any || reads_mask(insn) || insn->op == CAIRN_OP_v_mbcnt_lo_u32_b32 ||
        insn->op == CAIRN_OP_v_mbcnt_hi_u32_b32 || insn->op == CAIRN_OP_v_writelane_b32)
        return cairn_shape_varying;
    for (unsigned i = 0; i < CAIRN_VREGS; i++) {
        if (!cairn_regs_has_v(&reads, i))
            continue;
        if (!cairn_shape_is_uniform(pass->now.v[i]))
            return cairn_shape_varying;
        if (pass->now.v[i].shape.kind != CAIRN_SHAPE_GROUP_UNIFORM)
            kind = CAIRN_SHAPE_UNIFORM;
        run = cairn_shape_least(run, cairn_shape_run(pass->now.v[i]));
    }
    result = cairn_shape_uniform(kind);
    result.shape.run = run;
    return result;
}

static bool plain(const struct cairn_insn *insn)
{
    for (unsigned i = CAIRN_SLOT_SRC0; i <= CAIRN_SLOT_SRC2; i++)
        if (insn->slot[i].abs || insn->slot[i].neg ||
            (cairn_operand_present(&insn->slot[i]) && insn->slot[i].sel != CAIRN_SEL_DWORD &&
             insn->variant == CAIRN_VARIANT_SDWA))
            return false;
    return insn->variant == CAIRN_VARIANT_PLAIN && !insn->clamp && !insn->omod && !insn->op_sel;
}

static struct cairn_shape_value move_of(const struct pass *pass)
{
    const struct cairn_operand *operand = &pass->insn->slot[CAIRN_SLOT_SRC0];
    struct cairn_shape_value value = source(pass, CAIRN_SLOT_SRC0, 0);
    if (cairn_code_is_vector(operand->code) && value.copy_of == 0)
        value.copy_of = (uint16_t)(cairn_vreg_of_code(operand->code) + 1);
    value.shape.pair = false;
    return value;
}

static struct cairn_shape_value lane_count(const struct pass *pass, bool high)
{
    uint32_t ones;
    struct cairn_shape_value a = source(pass, CAIRN_SLOT_SRC1, 0), result = cairn_shape_varying;
    bool all = constant_of(pass, CAIRN_SLOT_SRC0, &ones) && ones == UINT32_MAX;
    if (!high && all && a.bits == 0) {
        result.low_lanes = true;
        result.bits = 6;
    } else if (high && all && a.low_lanes) {
        result.shape = cairn_shape_affine(1, CAIRN_SHAPE_RUN_ALL);
        result.bits = 6;
        result.zeros = (uint8_t)__builtin_ctz(pass->geometry->width);
    }
    return result;
}

static struct cairn_shape_value right_shift(const struct pass *pass, struct cairn_shape_value a,
                                            uint32_t first, uint32_t count)
{
    struct cairn_shape_value field;
    if (packed_field(pass, a, first, count, &field))
        return field;
    field = first == 0 ? a : cairn_shape_shifted_right(pass->geometry->width, a, first);
    return count >= 32 - first
               ? field
               : cairn_shape_masked_low(pass->geometry->width, field, UINT32_MAX >> (32 - count));
}

/* Integer instructions that keep affine shapes. */
static bool affine_result(const struct pass *pass, struct cairn_shape_value *out)
{
    struct cairn_shape_value a = source(pass, CAIRN_SLOT_SRC0, 0),
                             b = source(pass, CAIRN_SLOT_SRC1, 0);
    struct cairn_shape_value c = source(pass, CAIRN_SLOT_SRC2, 0), field;
    uint32_t k, n;
    bool k0 = constant_of(pass, CAIRN_SLOT_SRC0, &k);
    switch (pass->insn->op) {
    case CAIRN_OP_v_mov_b32:
    case CAIRN_OP_v_accvgpr_mov_b32:
    case CAIRN_OP_v_accvgpr_read_b32:
    case CAIRN_OP_v_accvgpr_write_b32:
        *out = move_of(pass);
        return true;
    case CAIRN_OP_v_add_u32:
    case CAIRN_OP_v_add_i32:
    case CAIRN_OP_v_add_co_u32:
        *out = cairn_shape_sum(a, b, 1);
        return true;
    case CAIRN_OP_v_sub_u32:
    case CAIRN_OP_v_sub_i32:
    case CAIRN_OP_v_sub_co_u32:
        *out = cairn_shape_sum(a, b, -1);
        return true;
    case CAIRN_OP_v_subrev_u32:
    case CAIRN_OP_v_subrev_co_u32:
        *out = cairn_shape_sum(b, a, -1);
        return true;
    case CAIRN_OP_v_add3_u32:
        *out = cairn_shape_sum(cairn_shape_sum(a, b, 1), c, 1);
        return true;
    case CAIRN_OP_v_lshlrev_b32:
        if (k0)
            *out = cairn_shape_shifted_left(b, k & 31);
        return k0;
    case CAIRN_OP_v_lshl_add_u32:
    case CAIRN_OP_v_lshl_or_b32:
        if (!constant_of(pass, CAIRN_SLOT_SRC1, &n))
            return false;
        a = cairn_shape_shifted_left(a, n & 31);
        *out = pass->insn->op == CAIRN_OP_v_lshl_add_u32
                   ? cairn_shape_sum(a, c, 1)
                   : cairn_shape_combined(pass->geometry->width, a, c);
        return true;
    case CAIRN_OP_v_add_lshl_u32:
        if (!constant_of(pass, CAIRN_SLOT_SRC2, &n))
            return false;
        *out = cairn_shape_shifted_left(cairn_shape_sum(a, b, 1), n & 31);
        return true;
    case CAIRN_OP_v_mul_lo_u32:
        *out = product(pass, a, b);
        return true;
    case CAIRN_OP_v_mul_u32_u24:
    case CAIRN_OP_v_mad_u32_u24:
        if (a.bits > 24 || b.bits > 24)
            return false;
        field = product(pass, a, b);
        *out = pass->insn->op == CAIRN_OP_v_mul_u32_u24 ? field : cairn_shape_sum(field, c, 1);
        return true;
    case CAIRN_OP_v_or_b32:
        *out = cairn_shape_combined(pass->geometry->width, a, b);
        return true;
    case CAIRN_OP_v_or3_b32:
        *out = cairn_shape_combined(pass->geometry->width,
                                    cairn_shape_combined(pass->geometry->width, a, b), c);
        return true;
    case CAIRN_OP_v_and_b32:
        if (!k0 && !constant_of(pass, CAIRN_SLOT_SRC1, &k))
            return false;
        a = k0 ? b : a;
        if (k != 0x3ff || !packed_field(pass, a, 0, 10, out))
            *out = cairn_shape_masked_low(pass->geometry->width, a, k);
        return true;
    case CAIRN_OP_v_lshrrev_b32:
        if (k0)
            *out = right_shift(pass, b, k & 31, 32);
        return k0;
    case CAIRN_OP_v_bfe_u32:
        if (!constant_of(pass, CAIRN_SLOT_SRC1, &k) || !constant_of(pass, CAIRN_SLOT_SRC2, &n) ||
            (n & 31) == 0)
            return false;
        *out = right_shift(pass, a, k & 31, n & 31);
        return true;
    case CAIRN_OP_v_mbcnt_lo_u32_b32:
        *out = lane_count(pass, false);
        return true;
    case CAIRN_OP_v_mbcnt_hi_u32_b32:
        *out = lane_count(pass, true);
        return true;
    default:
        return false;
    }
}

/* ---- 64-bit pairs */

static struct cairn_shape as_pair(struct cairn_shape shape, int64_t stride, uint8_t run)
{
    shape.pair = true;
    shape.pair_stride = stride;
    shape.pair_run = run;
    return shape;
}

static unsigned vreg_of(const struct cairn_operand *operand)
{
    return cairn_code_is_vector(operand->code) ? cairn_vreg_of_code(operand->code) : NO_VREG;
}

/* v_add_co_u32: what its high half must look like. */
static struct carry begin_carry(const struct pass *pass)
{
    const struct cairn_insn *insn = pass->insn;
    struct carry carry = {.valid = insn->op == CAIRN_OP_v_add_co_u32 && plain(insn),
                          .mask = insn->slot[CAIRN_SLOT_SDST].code,
                          .low = (uint16_t)vreg_of(&insn->slot[CAIRN_SLOT_DST]),
                          .run = CAIRN_SHAPE_RUN_ALL,
                          /* else lanes that are off have no carry */
                          .uniform = pass->facts->insn[pass->index].exec_full};
    unsigned varying = 0;
    for (unsigned i = 0; i < 2 && carry.valid; i++) {
        struct cairn_shape_value low = source(pass, CAIRN_SLOT_SRC0 + i, 0);
        unsigned vreg = vreg_of(&insn->slot[CAIRN_SLOT_SRC0 + i]);
        carry.uniform = carry.uniform && cairn_shape_is_uniform(low);
        carry.run = cairn_shape_least(carry.run, cairn_shape_run(low));
        carry.high[i] = NO_VREG;
        carry.paired[i] = cairn_shape_is_uniform(low);
        if (carry.paired[i])
            continue;
        varying += cairn_shape_is_regular(low) ? 1 : 2;
        carry.low_stride = cairn_shape_stride(low);
        if (vreg == NO_VREG || vreg + 1 >= CAIRN_VREGS)
            continue;
        carry.high[i] = (uint16_t)(vreg + 1);
        carry.paired[i] = pass->now.v[vreg + 1].shape.pair;
        carry.stride[i] = pass->now.v[vreg + 1].shape.pair_stride;
        carry.run = cairn_shape_least(carry.run, pass->now.v[vreg + 1].shape.pair_run);
    }
    carry.extends = varying == 1;
    carry.valid = carry.valid && (carry.extends || (carry.paired[0] && carry.paired[1]));
    return carry;
}

/* Is the source of v_addc the high half of what v_add_co had as source `i`? */
static bool is_other_half(const struct pass *pass, const struct carry *carry, unsigned slot,
                          unsigned i)
{
    struct cairn_shape_value value = source(pass, slot, 0);
    unsigned vreg = vreg_of(&pass->insn->slot[slot]);
    if (carry->high[i] == NO_VREG)
        return cairn_shape_is_uniform(value);
    return vreg == carry->high[i] || value.copy_of == carry->high[i] + 1;
}

/* Across how many lanes the high half of source `i` of a sum is the same. Those of pairs were
 * looked at with their low halves. */
static uint8_t run_of_high(const struct pass *pass, unsigned slot, unsigned i)
{
    bool pair = pass->now.carry.high[i] != NO_VREG;
    return pair ? CAIRN_SHAPE_RUN_ALL : cairn_shape_run(source(pass, slot, 0));
}

static struct cairn_shape_value end_carry(const struct pass *pass)
{
    const struct cairn_insn *insn = pass->insn;
    const struct carry *carry = &pass->now.carry;
    struct cairn_shape_value result = cairn_shape_varying;
    if (insn->op != CAIRN_OP_v_addc_co_u32 || !carry->valid || !plain(insn) ||
        insn->slot[CAIRN_SLOT_SRC2].code != carry->mask ||
        vreg_of(&insn->slot[CAIRN_SLOT_DST]) != carry->low + 1u)
        return result;
    for (unsigned i = 0; i < 2 && carry->paired[0] && carry->paired[1]; i++)
        if (is_other_half(pass, carry, CAIRN_SLOT_SRC0, i) &&
            is_other_half(pass, carry, CAIRN_SLOT_SRC1, 1 - i)) {
            bool uniform = carry->uniform &&
                           cairn_shape_is_uniform(source(pass, CAIRN_SLOT_SRC0, 0)) &&
                           cairn_shape_is_uniform(source(pass, CAIRN_SLOT_SRC1, 0));
            if (uniform)
                result = cairn_shape_uniform(CAIRN_SHAPE_UNIFORM);
            uint8_t run = cairn_shape_least(run_of_high(pass, CAIRN_SLOT_SRC0, i),
                                            run_of_high(pass, CAIRN_SLOT_SRC1, 1 - i));
            run = cairn_shape_least(run, carry->run);
            result.shape = as_pair(result.shape, carry->stride[0] + carry->stride[1], run);
            return result;
        }
    struct cairn_shape_value a = source(pass, CAIRN_SLOT_SRC0, 0),
                             b = source(pass, CAIRN_SLOT_SRC1, 0);
    uint8_t run = cairn_shape_least(cairn_shape_run(a), cairn_shape_run(b));
    if (carry->extends && cairn_shape_is_uniform(a) && cairn_shape_is_uniform(b))
        result.shape = as_pair(result.shape, carry->low_stride, cairn_shape_least(run, carry->run));
    return result;
}

/* Does this write the high half that makes the register below a 64-bit number? */
static void extend(const struct pass *pass, struct cairn_shape_value *result)
{
    const struct cairn_insn *insn = pass->insn;
    unsigned dst = vreg_of(&insn->slot[CAIRN_SLOT_DST]);
    uint32_t k;
    if (dst == NO_VREG || dst == 0)
        return;
    struct cairn_shape_value low = pass->now.v[dst - 1];
    struct cairn_shape_value from = source(pass, CAIRN_SLOT_SRC1, 0);
    unsigned other = vreg_of(&insn->slot[CAIRN_SLOT_SRC1]);
    if (insn->op == CAIRN_OP_v_ashrrev_i32 && constant_of(pass, CAIRN_SLOT_SRC0, &k) && k == 31 &&
        (other == dst - 1 || from.copy_of == dst ||
         (low.copy_of != 0 && low.copy_of == other + 1)) &&
        cairn_shape_is_regular(low))
        result->shape = as_pair(result->shape, cairn_shape_stride(low), cairn_shape_run(low));
    if (insn->op == CAIRN_OP_v_mov_b32 && constant_of(pass, CAIRN_SLOT_SRC0, &k) && k == 0 &&
        cairn_shape_is_regular(low))
        result->shape = as_pair(result->shape, cairn_shape_stride(low), cairn_shape_run(low));
    unsigned source0 = vreg_of(&insn->slot[CAIRN_SLOT_SRC0]);
    if (insn->op == CAIRN_OP_v_mov_b32 && source0 != NO_VREG && source0 > 0 &&
        pass->now.v[source0].shape.pair && low.copy_of == source0)
        result->shape = as_pair(result->shape, pass->now.v[source0].shape.pair_stride,
                                pass->now.v[source0].shape.pair_run);
}

/* Results of two dwords. */
static bool wide_result(const struct pass *pass, struct cairn_shape_value *low,
                        struct cairn_shape_value *high)
{
    int64_t stride;
    uint8_t run;
    uint32_t k, n;
    *low = *high = cairn_shape_varying;
    switch (pass->insn->op) {
    case CAIRN_OP_v_lshlrev_b64:
        if (!constant_of(pass, CAIRN_SLOT_SRC0, &k) ||
            !pair_stride(pass, CAIRN_SLOT_SRC1, &stride, &run))
            return false;
        k &= 63;
        if (k < 32)
            *low = cairn_shape_shifted_left(source(pass, CAIRN_SLOT_SRC1, 0), k);
        stride = (int64_t)((uint64_t)stride << k);
        if (stride == 0 && cairn_shape_is_uniform(source(pass, CAIRN_SLOT_SRC1, 1)))
            *high = cairn_shape_uniform(CAIRN_SHAPE_UNIFORM);
        high->shape = as_pair(high->shape, stride, run);
        return true;
    case CAIRN_OP_v_mad_u64_u32:
    case CAIRN_OP_v_mad_i64_i32: {
        bool paired = pair_stride(pass, CAIRN_SLOT_SRC2, &stride, &run);
        if (!paired) /* 32-bit code multiplies and adds so: the high half is of no use */
            stride = cairn_shape_stride(source(pass, CAIRN_SLOT_SRC2, 0));
        n = constant_of(pass, CAIRN_SLOT_SRC0, &k) ? CAIRN_SLOT_SRC1 : CAIRN_SLOT_SRC0;
        if (n == CAIRN_SLOT_SRC0 && !constant_of(pass, CAIRN_SLOT_SRC1, &k) &&
            !(cairn_shape_is_uniform(source(pass, CAIRN_SLOT_SRC0, 0)) &&
              cairn_shape_is_uniform(source(pass, CAIRN_SLOT_SRC1, 0))))
            return false;
        if (cairn_shape_is_uniform(source(pass, n, 0)))
            k = 0;
        if (!cairn_shape_is_regular(source(pass, n, 0)))
            return false;
        stride += cairn_shape_stride(source(pass, n, 0)) * (int32_t)k;
        low->shape = cairn_shape_affine(
            stride, cairn_shape_least(cairn_shape_run(source(pass, n, 0)),
                                      cairn_shape_run(source(pass, CAIRN_SLOT_SRC2, 0))));
        if (paired && stride == 0 && cairn_shape_is_uniform(source(pass, CAIRN_SLOT_SRC2, 0)))
            *high = cairn_shape_uniform(CAIRN_SHAPE_UNIFORM);
        if (paired)
            high->shape = as_pair(high->shape, stride,
                                  cairn_shape_least(run, cairn_shape_run(source(pass, n, 0))));
        return cairn_shape_is_regular(source(pass, CAIRN_SLOT_SRC2, 0));
    }
    default:
        return false;
    }
}

/* ---- scalar registers */

/* Low bits of the result that are 0, of instructions that make starts of blocks. */
static uint8_t scalar_zeros(const struct pass *pass)
{
    struct cairn_shape_value a = source(pass, CAIRN_SLOT_SRC0, 0),
                             b = source(pass, CAIRN_SLOT_SRC1, 0);
    uint32_t k;
    switch (pass->insn->op) {
    case CAIRN_OP_s_mov_b32:
        return a.zeros;
    case CAIRN_OP_s_add_u32:
    case CAIRN_OP_s_add_i32:
        return cairn_shape_least(a.zeros, b.zeros);
    case CAIRN_OP_s_mul_i32:
        return cairn_shape_least(32, (uint8_t)(a.zeros + b.zeros));
    case CAIRN_OP_s_lshl_b32:
        k = constant_of(pass, CAIRN_SLOT_SRC1, &k) ? k & 31 : 0;
        return cairn_shape_least(32, (uint8_t)(a.zeros + k));
    default:
        return 0;
    }
}

static void write_scalars(struct pass *pass, const struct cairn_regs *writes, bool any,
                          uint8_t zeros)
{
    for (unsigned i = 0; i < SCALARS; i++)
        if (any || cairn_regs_has_s(writes, i))
            pass->now.zeros[i] = zeros;
}

/* ---- the pass */

/* The carry, or the low half that it belongs to, is overwritten. */
static void end_carries(struct pass *pass, const struct cairn_regs *writes, bool any)
{
    struct carry *carry = &pass->now.carry;
    if (any || (carry->valid && (cairn_regs_has_s(writes, carry->mask) ||
                                 cairn_regs_has_s(writes, carry->mask + 1u) ||
                                 (carry->low != NO_VREG && cairn_regs_has_v(writes, carry->low)))))
        carry->valid = false;
}

static void write_all(struct pass *pass, const struct cairn_regs *writes, bool any)
{
    for (unsigned i = 0; i < CAIRN_VREGS; i++) {
        if (!any && !cairn_regs_has_v(writes, i))
            continue;
        pass->now.v[i] = cairn_shape_varying;
        if (i + 1 < CAIRN_VREGS)
            pass->now.v[i + 1].shape.pair = false;
        if (pass->now.carry.valid && (i == pass->now.carry.high[0] || i == pass->now.carry.high[1]))
            pass->now.carry.valid = false;
        for (unsigned j = 0; j < CAIRN_VREGS; j++)
            if (pass->now.v[j].copy_of == i + 1)
                pass->now.v[j].copy_of = 0;
    }
}

/* The results of a vector instruction that writes all lanes that matter. */
static void find_result(const struct pass *pass, struct cairn_shape_value *low,
                        struct cairn_shape_value *high)
{
    *low = *high = cairn_shape_varying;
    if (pass->insn->slot[CAIRN_SLOT_DST].dwords == 2 && plain(pass->insn) &&
        wide_result(pass, low, high))
        return;
    *low = of_uniforms(pass);
    *high = *low;
    if (pass->insn->slot[CAIRN_SLOT_DST].dwords != 1 || !plain(pass->insn))
        return;
    struct cairn_shape_value better;
    if (affine_result(pass, &better) && cairn_shape_is_regular(better))
        *low = better;
    else if (!cairn_shape_is_regular(*low) && affine_result(pass, &better) &&
             (better.low_lanes || better.packed || better.alike > 0))
        *low = better;
    better = end_carry(pass);
    if (better.shape.pair)
        *low = better;
    extend(pass, low);
}

static bool has_same_sources(const struct pass *pass)
{
    for (unsigned i = CAIRN_SLOT_SRC0; i < CAIRN_SLOT_COUNT; i++) {
        const struct cairn_operand *operand = &pass->insn->slot[i];
        if (!cairn_operand_present(operand))
            continue;
        if (operand->type == CAIRN_TYPE_MASK)
            return false;
        for (unsigned d = 0; cairn_code_is_vector(operand->code) && d < operand->dwords; d++)
            if (pass->now.v[cairn_vreg_of_code(operand->code) + d].shape.kind !=
                CAIRN_SHAPE_GROUP_UNIFORM)
                return false;
    }
    return true;
}

static void run_insn(struct pass *pass, uint32_t index)
{
    const struct cairn_insn *insn = &pass->program->insns[index].insn;
    const struct cairn_operand *dst = &insn->slot[CAIRN_SLOT_DST];
    struct cairn_insn_facts *facts = &pass->facts->insn[index];
    struct cairn_regs reads, writes;
    struct cairn_shape_value low = cairn_shape_varying, high = cairn_shape_varying;
    bool any, vector = insn->encoding >= CAIRN_ENC_VOP1 && insn->encoding <= CAIRN_ENC_MAI;
    cairn_insn_registers(insn, &reads, &writes, &any);
    pass->insn = insn;
    pass->index = index;
    facts->same_sources = !any && has_same_sources(pass);
    bool has_dst = cairn_operand_present(dst) && cairn_code_is_vector(dst->code);
    if (vector && has_dst && facts->full_write && !any && !pass->stepped[index])
        find_result(pass, &low, &high);
    struct carry carry = begin_carry(pass);
    end_carries(pass, &writes, any);
    write_all(pass, &writes, any);
    write_scalars(pass, &writes, any, scalar_zeros(pass));
    if (insn->op == CAIRN_OP_v_add_co_u32)
        pass->now.carry = carry;
    facts->shape = low.shape;
    facts->shape_high = dst->dwords == 2 ? high.shape : cairn_shape_varying.shape;
    if (!has_dst)
        return;
    unsigned vreg = vreg_of(dst);
    if (low.copy_of == vreg + 1)
        low.copy_of = 0;
    pass->now.v[vreg] = low;
    if (dst->dwords == 2)
        pass->now.v[vreg + 1] = high;
}

static bool join_value(struct cairn_shape_value *a, const struct cairn_shape_value *b)
{
    struct cairn_shape_value before = *a;
    uint8_t run = cairn_shape_least(cairn_shape_run(*a), cairn_shape_run(*b));
    if (a->shape.kind != b->shape.kind || a->shape.stride != b->shape.stride) {
        bool uniform = cairn_shape_is_uniform(*a) && cairn_shape_is_uniform(*b);
        a->shape.kind = uniform ? CAIRN_SHAPE_UNIFORM : CAIRN_SHAPE_VARYING;
        a->shape.stride = 0;
    }
    a->shape.run = a->shape.kind != CAIRN_SHAPE_VARYING ? run : 0;
    a->shape.pair = a->shape.pair && b->shape.pair && a->shape.pair_stride == b->shape.pair_stride;
    a->shape.pair_run = a->shape.pair ? cairn_shape_least(a->shape.pair_run, b->shape.pair_run) : 0;
    if (!a->shape.pair)
        a->shape.pair_stride = 0;
    if (b->bits > a->bits)
        a->bits = 32; /* at once, or a counter would take 32 rounds */
    a->zeros = cairn_shape_least(a->zeros, b->zeros);
    a->alike = cairn_shape_least(a->alike, b->alike);
    a->packed = a->packed && b->packed;
    a->low_lanes = a->low_lanes && b->low_lanes;
    if (a->copy_of != b->copy_of)
        a->copy_of = 0;
    return memcmp(&before, a, sizeof before) != 0;
}

static void flow(struct pass *pass, uint32_t to)
{
    if (to == CAIRN_NO_BLOCK)
        return;
    struct state *in = &pass->in[to];
    if (!in->reached) {
        *in = pass->now;
        in->reached = true;
        in->carry.valid = false;
        pass->changed = true;
        return;
    }
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        if (join_value(&in->v[i], &pass->now.v[i]))
            pass->changed = true;
    for (unsigned i = 0; i < SCALARS; i++) {
        pass->changed = pass->changed || in->zeros[i] > pass->now.zeros[i];
        in->zeros[i] = cairn_shape_least(in->zeros[i], pass->now.zeros[i]);
    }
}

static void run_block(struct pass *pass, uint32_t index)
{
    const struct cairn_program_block *block = &pass->program->blocks[index];
    pass->now = pass->in[index];
    for (uint32_t i = 0; i < block->count; i++)
        run_insn(pass, block->first + i);
    if (block->end == CAIRN_END_CALL || block->end == CAIRN_END_INDIRECT)
        return;
    flow(pass, block->next);
    flow(pass, block->taken);
}

static void set_roots(struct pass *pass)
{
    for (uint32_t i = 0; i < pass->program->block_count; i++) {
        if (!cairn_block_is_root(pass->program, i))
            continue;
        pass->in[i].reached = true;
        for (unsigned j = 0; j < CAIRN_VREGS; j++)
            pass->in[i].v[j] = cairn_shape_varying;
    }
}

static void keep_entries(const struct pass *pass)
{
    for (uint32_t i = 0; i < pass->program->block_count; i++)
        for (unsigned j = 0; j < CAIRN_VREGS; j++)
            pass->facts->entry[i][j] =
                pass->in[i].reached ? pass->in[i].v[j].shape : cairn_shape_varying.shape;
}

enum cairn_status cairn_facts_find_shapes(const struct cairn_program *program,
                                          const struct cairn_geometry *geometry,
                                          const bool *stepped, struct cairn_facts *facts)
{
    struct pass pass = {
        .program = program, .geometry = geometry, .stepped = stepped, .facts = facts};
    pass.in = calloc(program->block_count + 1, sizeof *pass.in);
    if (pass.in == NULL)
        return CAIRN_ERR_NO_MEMORY;
    set_entry(&pass);
    set_roots(&pass);
    do {
        pass.changed = false;
        for (uint32_t i = 0; i < program->block_count; i++)
            if (pass.in[program->order[i]].reached)
                run_block(&pass, program->order[i]);
    } while (pass.changed);
    keep_entries(&pass);
    free(pass.in);
    return CAIRN_OK;
}
