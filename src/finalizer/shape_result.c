/* SPDX-License-Identifier: MIT
 * The shape of what a vector instruction writes: functions of values that all lanes share, and
 * integer instructions that keep lanes a constant apart.
 */
#include "finalizer/shapes_priv.h"

/* ---- from uniform values */

static bool reads_mask(const struct cairn_insn *insn)
{
    for (unsigned i = CAIRN_SLOT_SRC0; i < CAIRN_SLOT_COUNT; i++)
        if (cairn_operand_present(&insn->slot[i]) && insn->slot[i].type == CAIRN_TYPE_MASK)
            return true;
    return cairn_isa_flags(insn) & CAIRN_ISA_READS_VCC;
}

/* Any function of values that are the same in all lanes. */
static struct cairn_shape_value of_uniforms(const struct cairn_shape_pass *pass)
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

/* ---- instructions that keep affine shapes */

static struct cairn_shape_value product(const struct cairn_shape_pass *pass,
                                        struct cairn_shape_value a, struct cairn_shape_value b)
{
    uint32_t factor;
    if (cairn_shape_is_uniform(a) && cairn_shape_is_uniform(b)) {
        struct cairn_shape_value result = cairn_shape_uniform(cairn_shape_weaker(a, b));
        result.shape.run = cairn_shape_least(cairn_shape_run(a), cairn_shape_run(b));
        result.zeros = cairn_shape_least(32, (uint8_t)(a.zeros + b.zeros));
        result.bits = cairn_shape_least(32, (uint8_t)(a.bits + b.bits));
        return result;
    }
    if (cairn_shape_constant(pass, CAIRN_SLOT_SRC0, &factor))
        return cairn_shape_times(b, factor);
    if (cairn_shape_constant(pass, CAIRN_SLOT_SRC1, &factor))
        return cairn_shape_times(a, factor);
    return cairn_shape_varying;
}

static struct cairn_shape_value move_of(const struct cairn_shape_pass *pass)
{
    const struct cairn_operand *operand = &pass->insn->slot[CAIRN_SLOT_SRC0];
    struct cairn_shape_value value = cairn_shape_source(pass, CAIRN_SLOT_SRC0, 0);
    if (cairn_code_is_vector(operand->code) && value.copy_of == 0)
        value.copy_of = (uint16_t)(cairn_vreg_of_code(operand->code) + 1);
    value.shape.pair = false;
    return value;
}

static struct cairn_shape_value lane_count(const struct cairn_shape_pass *pass, bool high)
{
    uint32_t ones;
    struct cairn_shape_value a = cairn_shape_source(pass, CAIRN_SLOT_SRC1, 0),
                             result = cairn_shape_varying;
    bool all = cairn_shape_constant(pass, CAIRN_SLOT_SRC0, &ones) && ones == UINT32_MAX;
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

static struct cairn_shape_value right_shift(const struct cairn_shape_pass *pass,
                                            struct cairn_shape_value a, uint32_t first,
                                            uint32_t count)
{
    struct cairn_shape_value field;
    if (cairn_shape_packed_field(pass, a, first, count, &field))
        return field;
    field = first == 0 ? a : cairn_shape_shifted_right(pass->geometry->width, a, first);
    return count >= 32 - first
               ? field
               : cairn_shape_masked_low(pass->geometry->width, field, UINT32_MAX >> (32 - count));
}

/* Integer instructions that keep affine shapes. */
static bool affine_result(const struct cairn_shape_pass *pass, struct cairn_shape_value *out)
{
    struct cairn_shape_value a = cairn_shape_source(pass, CAIRN_SLOT_SRC0, 0),
                             b = cairn_shape_source(pass, CAIRN_SLOT_SRC1, 0);
    struct cairn_shape_value c = cairn_shape_source(pass, CAIRN_SLOT_SRC2, 0), field;
    uint32_t k, n;
    bool k0 = cairn_shape_constant(pass, CAIRN_SLOT_SRC0, &k);
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
        if (!cairn_shape_constant(pass, CAIRN_SLOT_SRC1, &n))
            return false;
        a = cairn_shape_shifted_left(a, n & 31);
        *out = pass->insn->op == CAIRN_OP_v_lshl_add_u32
                   ? cairn_shape_sum(a, c, 1)
                   : cairn_shape_combined(pass->geometry->width, a, c);
        return true;
    case CAIRN_OP_v_add_lshl_u32:
        if (!cairn_shape_constant(pass, CAIRN_SLOT_SRC2, &n))
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
        if (!k0 && !cairn_shape_constant(pass, CAIRN_SLOT_SRC1, &k))
            return false;
        a = k0 ? b : a;
        if (k != 0x3ff || !cairn_shape_packed_field(pass, a, 0, 10, out))
            *out = cairn_shape_masked_low(pass->geometry->width, a, k);
        return true;
    case CAIRN_OP_v_lshrrev_b32:
        if (k0)
            *out = right_shift(pass, b, k & 31, 32);
        return k0;
    case CAIRN_OP_v_bfe_u32:
        if (!cairn_shape_constant(pass, CAIRN_SLOT_SRC1, &k) ||
            !cairn_shape_constant(pass, CAIRN_SLOT_SRC2, &n) || (n & 31) == 0)
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

/* ---- all of it */

void cairn_shape_find_result(const struct cairn_shape_pass *pass, struct cairn_shape_value *low,
                             struct cairn_shape_value *high)
{
    *low = *high = cairn_shape_varying;
    if (pass->insn->slot[CAIRN_SLOT_DST].dwords == 2 && cairn_insn_is_plain(pass->insn) &&
        cairn_shape_wide_result(pass, low, high))
        return;
    *low = of_uniforms(pass);
    *high = *low;
    if (pass->insn->slot[CAIRN_SLOT_DST].dwords != 1 || !cairn_insn_is_plain(pass->insn))
        return;
    struct cairn_shape_value better;
    if (affine_result(pass, &better) && cairn_shape_is_regular(better))
        *low = better;
    else if (!cairn_shape_is_regular(*low) && affine_result(pass, &better) &&
             (better.low_lanes || better.packed || better.alike > 0))
        *low = better;
    better = cairn_shape_end_carry(pass);
    if (better.shape.pair)
        *low = better;
    cairn_shape_extend(pass, low);
}
