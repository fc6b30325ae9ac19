/* SPDX-License-Identifier: MIT
 * How the lanes of a chunk relate in each vector register, by a forward pass over the blocks.
 * Beside the shape proper it keeps what is needed to carry shapes through bit operations: an upper
 * bound of the value, the number of low zero bits of lane 0's value, and of high bits that all
 * lanes share.
 */
#include "finalizer/facts_priv.h"
#include "machine/constant.h"

#include <stdlib.h>
#include <string.h>

struct value {
    struct cairn_shape shape;
    uint8_t bits;     /* every lane's value is below 2^bits; 32: nothing known */
    uint8_t zeros;    /* low bits of lane 0's value that are 0 */
    uint8_t alike;    /* VARYING: so many high bits are the same in all lanes */
    bool packed;      /* work-item ids x, y << 10, z << 20, as the hardware packs them */
    bool low_lanes;   /* v_mbcnt_lo of all ones: lane number up to 32 */
    uint16_t copy_of; /* vreg + 1 that holds the same; 0: none */
};

/* A 64-bit addition whose low half has been done. */
struct carry {
    bool valid;
    uint16_t mask;     /* scalar register code of the carry */
    uint16_t low;      /* vreg of the sum */
    uint16_t high[2];  /* by source: vreg that must be the other's high half; NONE: scalar */
    int64_t stride[2]; /* of the source as a 64-bit pair */
    bool uniform;
};

struct state {
    bool reached;
    struct value v[CAIRN_VREGS];
    struct carry carry;
};

struct pass {
    const struct cairn_program *program;
    const struct cairn_geometry *geometry;
    struct cairn_facts *facts;
    struct state *in;
    struct state now;
    const struct cairn_insn *insn;
    uint32_t index;
    bool changed;
};

#define NO_VREG 0xffff

static const struct value varying = {.shape.kind = CAIRN_SHAPE_VARYING, .bits = 32};

static struct value uniform_value(enum cairn_shape_kind kind)
{
    return (struct value){.shape.kind = (uint8_t)kind, .bits = 32};
}

static bool is_uniform(struct value value)
{
    return value.shape.kind == CAIRN_SHAPE_UNIFORM || value.shape.kind == CAIRN_SHAPE_GROUP_UNIFORM;
}

static bool is_regular(struct value value)
{
    return is_uniform(value) || value.shape.kind == CAIRN_SHAPE_AFFINE;
}

/* ---- sources */

static uint8_t bits_of(uint32_t value)
{
    return value == 0 ? 0 : (uint8_t)(32 - __builtin_clz(value));
}

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

static struct value source(const struct pass *pass, unsigned slot, unsigned dword)
{
    const struct cairn_operand *operand = &pass->insn->slot[slot];
    struct value value = uniform_value(CAIRN_SHAPE_GROUP_UNIFORM);
    uint32_t constant;
    if (cairn_code_is_vector(operand->code))
        return pass->now.v[cairn_vreg_of_code(operand->code) + dword];
    if (dword == 0 && constant_of(pass, slot, &constant)) {
        value.bits = bits_of(constant);
        value.zeros = constant == 0 ? 32 : (uint8_t)__builtin_ctz(constant);
    }
    return value;
}

/* The stride of a two-dword source as a 64-bit value; false: not affine. */
static bool pair_stride(const struct pass *pass, unsigned slot, int64_t *out)
{
    struct value low = source(pass, slot, 0), high = source(pass, slot, 1);
    *out = 0;
    if (is_uniform(low) && is_uniform(high))
        return true;
    *out = high.shape.pair_stride;
    return high.shape.pair;
}

/* ---- arithmetic of shapes */

static struct cairn_shape make_shape(int64_t stride, enum cairn_shape_kind kind)
{
    struct cairn_shape shape = {.kind = CAIRN_SHAPE_AFFINE, .stride = (int32_t)stride};
    if ((int32_t)stride == 0)
        shape = (struct cairn_shape){.kind = (uint8_t)kind};
    return shape;
}

static enum cairn_shape_kind weaker(struct value a, struct value b)
{
    return a.shape.kind == CAIRN_SHAPE_GROUP_UNIFORM && b.shape.kind == CAIRN_SHAPE_GROUP_UNIFORM
               ? CAIRN_SHAPE_GROUP_UNIFORM
               : CAIRN_SHAPE_UNIFORM;
}

/* Is that what it is for all lanes of a wave, not only of a chunk? */
static bool is_whole(struct value value)
{
    return value.shape.kind == CAIRN_SHAPE_GROUP_UNIFORM || value.shape.whole;
}

static struct cairn_shape affine_shape(int64_t stride, bool whole)
{
    struct cairn_shape shape = make_shape(stride, CAIRN_SHAPE_UNIFORM);
    shape.whole = whole && shape.kind == CAIRN_SHAPE_AFFINE;
    return shape;
}

static int64_t stride_of(struct value value)
{
    return value.shape.kind == CAIRN_SHAPE_AFFINE ? value.shape.stride : 0;
}

static uint8_t least(uint8_t a, uint8_t b)
{
    return a < b ? a : b;
}

static struct value sum(struct value a, struct value b, int sign)
{
    struct value result = varying;
    if (!is_regular(a) || !is_regular(b))
        return result;
    result.shape = make_shape(stride_of(a) + sign * stride_of(b), weaker(a, b));
    result.shape.whole = result.shape.kind == CAIRN_SHAPE_AFFINE && is_whole(a) && is_whole(b);
    result.zeros = least(a.zeros, b.zeros);
    if (sign > 0 && a.bits < 31 && b.bits < 31)
        result.bits = (uint8_t)((a.bits > b.bits ? a.bits : b.bits) + 1);
    if (sign > 0 && a.bits == 0)
        result.bits = b.bits;
    if (sign > 0 && b.bits == 0)
        result.bits = a.bits;
    return result;
}

static struct value shifted_left(struct value a, uint32_t count)
{
    struct value result = a;
    if (!is_regular(a)) {
        result = varying;
        result.alike = (uint8_t)(a.alike > count ? a.alike - count : 0);
        return result;
    }
    result.shape = make_shape(stride_of(a) * ((int64_t)1 << count), weaker(a, a));
    result.shape.whole = result.shape.kind == CAIRN_SHAPE_AFFINE && a.shape.whole;
    result.zeros = (uint8_t)(a.zeros + count > 32 ? 32 : a.zeros + count);
    result.bits = (uint8_t)(a.bits + count > 32 ? 32 : a.bits + count);
    result.packed = result.low_lanes = false;
    result.copy_of = 0;
    return result;
}

static struct value times(struct value a, uint32_t factor)
{
    struct value result = varying;
    if (!is_regular(a))
        return result;
    result.shape = make_shape(stride_of(a) * (int32_t)factor, weaker(a, a));
    result.shape.whole = result.shape.kind == CAIRN_SHAPE_AFFINE && a.shape.whole;
    result.zeros = factor == 0 ? 32 : least(32, (uint8_t)(a.zeros + __builtin_ctz(factor)));
    result.bits = least(32, (uint8_t)(a.bits + bits_of(factor)));
    return result;
}

static struct value product(const struct pass *pass, struct value a, struct value b)
{
    uint32_t factor;
    if (is_uniform(a) && is_uniform(b)) {
        struct value result = uniform_value(weaker(a, b));
        result.zeros = least(32, (uint8_t)(a.zeros + b.zeros));
        result.bits = least(32, (uint8_t)(a.bits + b.bits));
        return result;
    }
    if (constant_of(pass, CAIRN_SLOT_SRC0, &factor))
        return times(b, factor);
    if (constant_of(pass, CAIRN_SLOT_SRC1, &factor))
        return times(a, factor);
    return varying;
}

/* How far lane 0 is from the last lane; lanes between lie between. */
static uint64_t span_of(const struct pass *pass, struct value a)
{
    int64_t stride = stride_of(a);
    return (uint64_t)(stride < 0 ? -stride : stride) * (pass->geometry->width - 1);
}

/* True if adding what the lanes differ by changes only the low `a.zeros` bits of lane 0's value. */
static bool stays_low(const struct pass *pass, struct value a)
{
    return stride_of(a) >= 0 && a.zeros < 32 && span_of(pass, a) < (uint64_t)1 << a.zeros;
}

/* How many high bits are the same in all lanes. */
static uint8_t alike(const struct pass *pass, struct value a)
{
    if (is_uniform(a))
        return 32;
    if (!is_regular(a))
        return a.alike;
    return stays_low(pass, a) ? (uint8_t)(32 - a.zeros) : 0;
}

static struct value shifted_right(const struct pass *pass, struct value a, uint32_t count)
{
    struct value result = varying;
    result.bits = (uint8_t)(a.bits > count ? a.bits - count : 0);
    if (is_uniform(a)) {
        result.shape = a.shape;
        result.shape.pair = false;
        result.zeros = (uint8_t)(a.zeros > count ? a.zeros - count : 0);
        return result;
    }
    result.alike = least(32, (uint8_t)(alike(pass, a) + count));
    if (result.alike == 32)
        result.shape.kind = CAIRN_SHAPE_UNIFORM;
    return result;
}

static struct value masked_low(const struct pass *pass, struct value a, uint32_t mask)
{
    struct value result = varying;
    result.bits = least(a.bits, bits_of(mask));
    if (is_uniform(a)) {
        result.shape = a.shape;
        result.shape.pair = false;
        result.zeros = a.zeros;
        if (mask != 0 && __builtin_ctz(mask) > result.zeros)
            result.zeros = (uint8_t)__builtin_ctz(mask);
        return result;
    }
    if (is_regular(a) && a.bits < 32 && (mask | UINT32_MAX << a.bits) == UINT32_MAX) {
        result = a; /* nothing is taken away */
        result.shape.pair = result.packed = result.low_lanes = false;
        result.copy_of = 0;
        return result;
    }
    uint32_t same = alike(pass, a), low = same == 32 ? 0 : UINT32_MAX >> same;
    if ((mask & low) == 0) {
        result.shape.kind = CAIRN_SHAPE_UNIFORM;
        result.zeros = mask == 0 ? 32 : (uint8_t)__builtin_ctz(mask);
    } else if (is_regular(a) && stays_low(pass, a) && (mask & low) == low) {
        result.shape = make_shape(stride_of(a), CAIRN_SHAPE_UNIFORM);
        result.zeros = a.zeros;
    } else {
        uint8_t cleared = (uint8_t)(32 - bits_of(mask));
        result.alike = same > cleared ? (uint8_t)same : cleared;
    }
    return result;
}

static struct value combined(const struct pass *pass, struct value a, struct value b)
{
    /* Bits of one lie in zeros of the other in all lanes: an OR adds. */
    bool apart = (is_uniform(b) && b.zeros >= a.bits) || (is_uniform(a) && a.zeros >= b.bits);
    struct value result = varying;
    if (is_uniform(a) && is_uniform(b)) {
        result = uniform_value(weaker(a, b));
        result.zeros = least(a.zeros, b.zeros);
        result.bits = a.bits > b.bits ? a.bits : b.bits;
        return result;
    }
    result.alike = least(alike(pass, a), alike(pass, b));
    return apart ? sum(a, b, 1) : result;
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

static struct value id_x(const struct pass *pass)
{
    struct value value = varying;
    value.bits = bits_of(size_of(pass, 0) - 1);
    if (rows_fit_chunks(pass)) {
        value.shape = affine_shape(1, (uint64_t)size_of(pass, 1) * size_of(pass, 2) == 1 ||
                                          size_of(pass, 0) % pass->geometry->wave_size == 0);
        value.zeros = (uint8_t)__builtin_ctz(pass->geometry->width);
        /* Lanes that do not exist count on. */
        value.bits = bits_of((size_of(pass, 0) + 63) / 64 * 64 - 1);
    }
    return value;
}

static struct value id_of_row(const struct pass *pass, unsigned dimension)
{
    struct value value = varying;
    if (size_of(pass, dimension) == 1) {
        value = uniform_value(CAIRN_SHAPE_GROUP_UNIFORM);
        value.zeros = 32;
        value.bits = 0;
    } else if (rows_fit_chunks(pass)) {
        value = uniform_value(CAIRN_SHAPE_UNIFORM);
        value.bits = bits_of(size_of(pass, dimension) - 1);
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
        entry->v[i] = varying;
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
static bool packed_field(const struct pass *pass, struct value a, uint32_t first, uint32_t count,
                         struct value *out)
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
static struct value of_uniforms(const struct pass *pass)
{
    const struct cairn_insn *insn = pass->insn;
    enum cairn_shape_kind kind = CAIRN_SHAPE_GROUP_UNIFORM;
    struct value result;
    bool lane_wise = insn->encoding >= CAIRN_ENC_VOP1 && insn->encoding <= CAIRN_ENC_VOP3P &&
                     insn->variant != CAIRN_VARIANT_DPP && insn->variant != CAIRN_VARIANT_DPP8;
    struct cairn_regs reads, writes;
    bool any;
    memset(&reads, 0, sizeof reads);
    memset(&writes, 0, sizeof writes);
    cairn_insn_registers(insn, &reads, &writes, &any);
    if (!lane_wise || any || reads_mask(insn) || insn->op == CAIRN_OP_v_mbcnt_lo_u32_b32 ||
        insn->op == CAIRN_OP_v_mbcnt_hi_u32_b32 || insn->op == CAIRN_OP_v_writelane_b32)
        return varying;
    for (unsigned i = 0; i < CAIRN_VREGS; i++) {
        if (!cairn_regs_has_v(&reads, i))
            continue;
        if (!is_uniform(pass->now.v[i]))
            return varying;
        if (pass->now.v[i].shape.kind != CAIRN_SHAPE_GROUP_UNIFORM)
            kind = CAIRN_SHAPE_UNIFORM;
    }
    result = uniform_value(kind);
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

static struct value move_of(const struct pass *pass)
{
    const struct cairn_operand *operand = &pass->insn->slot[CAIRN_SLOT_SRC0];
    struct value value = source(pass, CAIRN_SLOT_SRC0, 0);
    if (cairn_code_is_vector(operand->code) && value.copy_of == 0)
        value.copy_of = (uint16_t)(cairn_vreg_of_code(operand->code) + 1);
    value.shape.pair = false;
    return value;
}

static struct value lane_count(const struct pass *pass, bool high)
{
    uint32_t ones;
    struct value a = source(pass, CAIRN_SLOT_SRC1, 0), result = varying;
    bool all = constant_of(pass, CAIRN_SLOT_SRC0, &ones) && ones == UINT32_MAX;
    if (!high && all && a.bits == 0) {
        result.low_lanes = true;
        result.bits = 6;
    } else if (high && all && a.low_lanes) {
        result.shape = affine_shape(1, true);
        result.bits = 6;
        result.zeros = (uint8_t)__builtin_ctz(pass->geometry->width);
    }
    return result;
}

static struct value right_shift(const struct pass *pass, struct value a, uint32_t first,
                                uint32_t count)
{
    struct value field;
    if (packed_field(pass, a, first, count, &field))
        return field;
    field = first == 0 ? a : shifted_right(pass, a, first);
    return count >= 32 - first ? field : masked_low(pass, field, UINT32_MAX >> (32 - count));
}

/* Integer instructions that keep affine shapes. */
static bool affine_result(const struct pass *pass, struct value *out)
{
    struct value a = source(pass, CAIRN_SLOT_SRC0, 0), b = source(pass, CAIRN_SLOT_SRC1, 0);
    struct value c = source(pass, CAIRN_SLOT_SRC2, 0), field;
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
        *out = sum(a, b, 1);
        return true;
    case CAIRN_OP_v_sub_u32:
    case CAIRN_OP_v_sub_i32:
    case CAIRN_OP_v_sub_co_u32:
        *out = sum(a, b, -1);
        return true;
    case CAIRN_OP_v_subrev_u32:
    case CAIRN_OP_v_subrev_co_u32:
        *out = sum(b, a, -1);
        return true;
    case CAIRN_OP_v_add3_u32:
        *out = sum(sum(a, b, 1), c, 1);
        return true;
    case CAIRN_OP_v_lshlrev_b32:
        if (k0)
            *out = shifted_left(b, k & 31);
        return k0;
    case CAIRN_OP_v_lshl_add_u32:
    case CAIRN_OP_v_lshl_or_b32:
        if (!constant_of(pass, CAIRN_SLOT_SRC1, &n))
            return false;
        a = shifted_left(a, n & 31);
        *out = pass->insn->op == CAIRN_OP_v_lshl_add_u32 ? sum(a, c, 1) : combined(pass, a, c);
        return true;
    case CAIRN_OP_v_add_lshl_u32:
        if (!constant_of(pass, CAIRN_SLOT_SRC2, &n))
            return false;
        *out = shifted_left(sum(a, b, 1), n & 31);
        return true;
    case CAIRN_OP_v_mul_lo_u32:
        *out = product(pass, a, b);
        return true;
    case CAIRN_OP_v_mul_u32_u24:
    case CAIRN_OP_v_mad_u32_u24:
        if (a.bits > 24 || b.bits > 24)
            return false;
        field = product(pass, a, b);
        *out = pass->insn->op == CAIRN_OP_v_mul_u32_u24 ? field : sum(field, c, 1);
        return true;
    case CAIRN_OP_v_or_b32:
        *out = combined(pass, a, b);
        return true;
    case CAIRN_OP_v_or3_b32:
        *out = combined(pass, combined(pass, a, b), c);
        return true;
    case CAIRN_OP_v_and_b32:
        if (!k0 && !constant_of(pass, CAIRN_SLOT_SRC1, &k))
            return false;
        a = k0 ? b : a;
        if (k != 0x3ff || !packed_field(pass, a, 0, 10, out))
            *out = masked_low(pass, a, k);
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

static struct cairn_shape as_pair(struct cairn_shape shape, int64_t stride)
{
    shape.pair = true;
    shape.pair_stride = stride;
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
                          /* else lanes that are off have no carry */
                          .uniform = pass->facts->insn[pass->index].exec_full};
    for (unsigned i = 0; i < 2 && carry.valid; i++) {
        struct value low = source(pass, CAIRN_SLOT_SRC0 + i, 0);
        unsigned vreg = vreg_of(&insn->slot[CAIRN_SLOT_SRC0 + i]);
        carry.uniform = carry.uniform && is_uniform(low);
        carry.high[i] = NO_VREG;
        if (is_uniform(low))
            continue;
        carry.valid = vreg != NO_VREG && vreg + 1 < CAIRN_VREGS;
        if (!carry.valid)
            break;
        carry.high[i] = (uint16_t)(vreg + 1);
        carry.valid = pass->now.v[vreg + 1].shape.pair;
        carry.stride[i] = pass->now.v[vreg + 1].shape.pair_stride;
    }
    return carry;
}

/* Is the source of v_addc the high half of what v_add_co had as source `i`? */
static bool is_other_half(const struct pass *pass, const struct carry *carry, unsigned slot,
                          unsigned i)
{
    struct value value = source(pass, slot, 0);
    unsigned vreg = vreg_of(&pass->insn->slot[slot]);
    if (carry->high[i] == NO_VREG)
        return is_uniform(value);
    return vreg == carry->high[i] || value.copy_of == carry->high[i] + 1;
}

static struct value end_carry(const struct pass *pass)
{
    const struct cairn_insn *insn = pass->insn;
    const struct carry *carry = &pass->now.carry;
    struct value result = varying;
    if (insn->op != CAIRN_OP_v_addc_co_u32 || !carry->valid || !plain(insn) ||
        insn->slot[CAIRN_SLOT_SRC2].code != carry->mask ||
        vreg_of(&insn->slot[CAIRN_SLOT_DST]) != carry->low + 1u)
        return result;
    for (unsigned i = 0; i < 2; i++)
        if (is_other_half(pass, carry, CAIRN_SLOT_SRC0, i) &&
            is_other_half(pass, carry, CAIRN_SLOT_SRC1, 1 - i)) {
            bool uniform = carry->uniform && is_uniform(source(pass, CAIRN_SLOT_SRC0, 0)) &&
                           is_uniform(source(pass, CAIRN_SLOT_SRC1, 0));
            if (uniform)
                result = uniform_value(CAIRN_SHAPE_UNIFORM);
            result.shape = as_pair(result.shape, carry->stride[0] + carry->stride[1]);
            return result;
        }
    return result;
}

/* Does this write the high half that makes the register below a 64-bit number? */
static void extend(const struct pass *pass, struct value *result)
{
    const struct cairn_insn *insn = pass->insn;
    unsigned dst = vreg_of(&insn->slot[CAIRN_SLOT_DST]);
    uint32_t k;
    if (dst == NO_VREG || dst == 0)
        return;
    struct value low = pass->now.v[dst - 1];
    struct value from = source(pass, CAIRN_SLOT_SRC1, 0);
    unsigned other = vreg_of(&insn->slot[CAIRN_SLOT_SRC1]);
    if (insn->op == CAIRN_OP_v_ashrrev_i32 && constant_of(pass, CAIRN_SLOT_SRC0, &k) && k == 31 &&
        (other == dst - 1 || from.copy_of == dst ||
         (low.copy_of != 0 && low.copy_of == other + 1)) &&
        is_regular(low))
        result->shape = as_pair(result->shape, stride_of(low));
    if (insn->op == CAIRN_OP_v_mov_b32 && constant_of(pass, CAIRN_SLOT_SRC0, &k) && k == 0 &&
        is_regular(low))
        result->shape = as_pair(result->shape, stride_of(low));
    unsigned source0 = vreg_of(&insn->slot[CAIRN_SLOT_SRC0]);
    if (insn->op == CAIRN_OP_v_mov_b32 && source0 != NO_VREG && source0 > 0 &&
        pass->now.v[source0].shape.pair && low.copy_of == source0)
        result->shape = as_pair(result->shape, pass->now.v[source0].shape.pair_stride);
}

/* Results of two dwords. */
static bool wide_result(const struct pass *pass, struct value *low, struct value *high)
{
    int64_t stride;
    uint32_t k, n;
    *low = *high = varying;
    switch (pass->insn->op) {
    case CAIRN_OP_v_lshlrev_b64:
        if (!constant_of(pass, CAIRN_SLOT_SRC0, &k) || !pair_stride(pass, CAIRN_SLOT_SRC1, &stride))
            return false;
        k &= 63;
        if (k < 32)
            *low = shifted_left(source(pass, CAIRN_SLOT_SRC1, 0), k);
        stride = (int64_t)((uint64_t)stride << k);
        if (stride == 0 && is_uniform(source(pass, CAIRN_SLOT_SRC1, 1)))
            *high = uniform_value(CAIRN_SHAPE_UNIFORM);
        high->shape = as_pair(high->shape, stride);
        return true;
    case CAIRN_OP_v_mad_u64_u32:
    case CAIRN_OP_v_mad_i64_i32: {
        bool paired = pair_stride(pass, CAIRN_SLOT_SRC2, &stride);
        if (!paired) /* 32-bit code multiplies and adds so: the high half is of no use */
            stride = stride_of(source(pass, CAIRN_SLOT_SRC2, 0));
        n = constant_of(pass, CAIRN_SLOT_SRC0, &k) ? CAIRN_SLOT_SRC1 : CAIRN_SLOT_SRC0;
        if (n == CAIRN_SLOT_SRC0 && !constant_of(pass, CAIRN_SLOT_SRC1, &k) &&
            !(is_uniform(source(pass, CAIRN_SLOT_SRC0, 0)) &&
              is_uniform(source(pass, CAIRN_SLOT_SRC1, 0))))
            return false;
        if (is_uniform(source(pass, n, 0)))
            k = 0;
        if (!is_regular(source(pass, n, 0)))
            return false;
        stride += stride_of(source(pass, n, 0)) * (int32_t)k;
        low->shape = affine_shape(stride, is_whole(source(pass, n, 0)) &&
                                              is_whole(source(pass, CAIRN_SLOT_SRC2, 0)));
        if (paired && stride == 0 && is_uniform(source(pass, CAIRN_SLOT_SRC2, 0)))
            *high = uniform_value(CAIRN_SHAPE_UNIFORM);
        if (paired)
            high->shape = as_pair(high->shape, stride);
        return is_regular(source(pass, CAIRN_SLOT_SRC2, 0));
    }
    default:
        return false;
    }
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
        pass->now.v[i] = varying;
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
static void find_result(const struct pass *pass, struct value *low, struct value *high)
{
    *low = *high = varying;
    if (pass->insn->slot[CAIRN_SLOT_DST].dwords == 2 && plain(pass->insn) &&
        wide_result(pass, low, high))
        return;
    *low = of_uniforms(pass);
    *high = *low;
    if (pass->insn->slot[CAIRN_SLOT_DST].dwords != 1 || !plain(pass->insn))
        return;
    struct value better;
    if (affine_result(pass, &better) && is_regular(better))
        *low = better;
    else if (!is_regular(*low) && affine_result(pass, &better) &&
             (better.low_lanes || better.packed || better.alike > 0))
        *low = better;
    better = end_carry(pass);
    if (better.shape.pair)
        *low = better;
    extend(pass, low);
}

static void run_insn(struct pass *pass, uint32_t index)
{
    const struct cairn_insn *insn = &pass->program->insns[index].insn;
    const struct cairn_operand *dst = &insn->slot[CAIRN_SLOT_DST];
    struct cairn_insn_facts *facts = &pass->facts->insn[index];
    struct cairn_regs reads, writes;
    struct value low = varying, high = varying;
    bool any, vector = insn->encoding >= CAIRN_ENC_VOP1 && insn->encoding <= CAIRN_ENC_MAI;
    memset(&reads, 0, sizeof reads);
    memset(&writes, 0, sizeof writes);
    cairn_insn_registers(insn, &reads, &writes, &any);
    pass->insn = insn;
    pass->index = index;
    bool has_dst = cairn_operand_present(dst) && cairn_code_is_vector(dst->code);
    if (vector && has_dst && facts->full_write && !any)
        find_result(pass, &low, &high);
    struct carry carry = begin_carry(pass);
    end_carries(pass, &writes, any);
    write_all(pass, &writes, any);
    if (insn->op == CAIRN_OP_v_add_co_u32)
        pass->now.carry = carry;
    facts->shape = low.shape;
    facts->shape_high = dst->dwords == 2 ? high.shape : varying.shape;
    if (!has_dst)
        return;
    unsigned vreg = vreg_of(dst);
    if (low.copy_of == vreg + 1)
        low.copy_of = 0;
    pass->now.v[vreg] = low;
    if (dst->dwords == 2)
        pass->now.v[vreg + 1] = high;
}

static bool join_value(struct value *a, const struct value *b)
{
    struct value before = *a;
    if (a->shape.kind != b->shape.kind || a->shape.stride != b->shape.stride) {
        bool uniform = is_uniform(*a) && is_uniform(*b);
        a->shape.kind = uniform ? CAIRN_SHAPE_UNIFORM : CAIRN_SHAPE_VARYING;
        a->shape.stride = 0;
    }
    a->shape.whole = a->shape.kind == CAIRN_SHAPE_AFFINE && a->shape.whole && b->shape.whole;
    a->shape.pair = a->shape.pair && b->shape.pair && a->shape.pair_stride == b->shape.pair_stride;
    if (!a->shape.pair)
        a->shape.pair_stride = 0;
    if (b->bits > a->bits)
        a->bits = 32; /* at once, or a counter would take 32 rounds */
    a->zeros = least(a->zeros, b->zeros);
    a->alike = least(a->alike, b->alike);
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
            pass->in[i].v[j] = varying;
    }
}

static void keep_entries(const struct pass *pass)
{
    for (uint32_t i = 0; i < pass->program->block_count; i++)
        for (unsigned j = 0; j < CAIRN_VREGS; j++)
            pass->facts->entry[i][j] = pass->in[i].reached ? pass->in[i].v[j].shape : varying.shape;
}

enum cairn_status cairn_facts_find_shapes(const struct cairn_program *program,
                                          const struct cairn_geometry *geometry,
                                          struct cairn_facts *facts)
{
    struct pass pass = {.program = program, .geometry = geometry, .facts = facts};
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
