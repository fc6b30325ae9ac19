/* SPDX-License-Identifier: MIT
 * 64-bit pairs: numbers in two registers that go up by a constant from lane to lane. Additions in
 * two halves, extensions of 32-bit numbers, shifts and products make them.
 */
#include "finalizer/shapes_priv.h"

/* A two-dword source as a 64-bit value: its stride, and whether that is so for all lanes of a wave;
 * false: not affine. */
static bool pair_stride(const struct cairn_shape_pass *pass, unsigned slot, int64_t *out,
                        uint8_t *run)
{
    struct cairn_shape_value low = cairn_shape_source(pass, slot, 0),
                             high = cairn_shape_source(pass, slot, 1);
    *out = 0;
    *run = cairn_shape_least(cairn_shape_run(low), cairn_shape_run(high));
    if (cairn_shape_is_uniform(low) && cairn_shape_is_uniform(high))
        return true;
    *out = high.shape.pair_stride;
    *run = high.shape.pair_run;
    return high.shape.pair;
}

static struct cairn_shape as_pair(struct cairn_shape shape, int64_t stride, uint8_t run)
{
    shape.pair = true;
    shape.pair_stride = stride;
    shape.pair_run = run;
    return shape;
}

/* ---- sums */

struct cairn_shape_carry cairn_shape_begin_carry(const struct cairn_shape_pass *pass)
{
    const struct cairn_insn *insn = pass->insn;
    struct cairn_shape_carry carry = {
        .valid = insn->op == CAIRN_OP_v_add_co_u32 && cairn_insn_is_plain(insn),
        .mask = insn->slot[CAIRN_SLOT_SDST].code,
        .low = (uint16_t)cairn_shape_vreg_of(&insn->slot[CAIRN_SLOT_DST]),
        .run = CAIRN_SHAPE_RUN_ALL,
        .uniform = true};
    unsigned varying = 0;
    for (unsigned i = 0; i < 2 && carry.valid; i++) {
        struct cairn_shape_value low = cairn_shape_source(pass, CAIRN_SLOT_SRC0 + i, 0);
        unsigned vreg = cairn_shape_vreg_of(&insn->slot[CAIRN_SLOT_SRC0 + i]);
        carry.uniform = carry.uniform && cairn_shape_is_uniform(low);
        carry.run = cairn_shape_least(carry.run, cairn_shape_run(low));
        carry.high[i] = CAIRN_SHAPE_NO_VREG;
        carry.paired[i] = cairn_shape_is_uniform(low);
        if (carry.paired[i])
            continue;
        varying += cairn_shape_is_regular(low) ? 1 : 2;
        carry.low_stride = cairn_shape_stride(low);
        if (vreg == CAIRN_SHAPE_NO_VREG || vreg + 1 >= CAIRN_VREGS)
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
static bool is_other_half(const struct cairn_shape_pass *pass,
                          const struct cairn_shape_carry *carry, unsigned slot, unsigned i)
{
    struct cairn_shape_value value = cairn_shape_source(pass, slot, 0);
    unsigned vreg = cairn_shape_vreg_of(&pass->insn->slot[slot]);
    if (carry->high[i] == CAIRN_SHAPE_NO_VREG)
        return cairn_shape_is_uniform(value);
    return vreg == carry->high[i] || value.copy_of == carry->high[i] + 1;
}

/* Across how many lanes the high half of source `i` of a sum is the same. Those of pairs were
 * looked at with their low halves. */
static uint8_t run_of_high(const struct cairn_shape_pass *pass, unsigned slot, unsigned i)
{
    bool pair = pass->now.carry.high[i] != CAIRN_SHAPE_NO_VREG;
    return pair ? CAIRN_SHAPE_RUN_ALL : cairn_shape_run(cairn_shape_source(pass, slot, 0));
}

struct cairn_shape_value cairn_shape_end_carry(const struct cairn_shape_pass *pass)
{
    const struct cairn_insn *insn = pass->insn;
    const struct cairn_shape_carry *carry = &pass->now.carry;
    struct cairn_shape_value result = cairn_shape_varying;
    if (insn->op != CAIRN_OP_v_addc_co_u32 || !carry->valid || !cairn_insn_is_plain(insn) ||
        insn->slot[CAIRN_SLOT_SRC2].code != carry->mask ||
        cairn_shape_vreg_of(&insn->slot[CAIRN_SLOT_DST]) != carry->low + 1u)
        return result;
    for (unsigned i = 0; i < 2 && carry->paired[0] && carry->paired[1]; i++)
        if (is_other_half(pass, carry, CAIRN_SLOT_SRC0, i) &&
            is_other_half(pass, carry, CAIRN_SLOT_SRC1, 1 - i)) {
            bool uniform = carry->uniform &&
                           cairn_shape_is_uniform(cairn_shape_source(pass, CAIRN_SLOT_SRC0, 0)) &&
                           cairn_shape_is_uniform(cairn_shape_source(pass, CAIRN_SLOT_SRC1, 0));
            if (uniform)
                result = cairn_shape_uniform(CAIRN_SHAPE_UNIFORM);
            uint8_t run = cairn_shape_least(run_of_high(pass, CAIRN_SLOT_SRC0, i),
                                            run_of_high(pass, CAIRN_SLOT_SRC1, 1 - i));
            run = cairn_shape_least(run, carry->run);
            result.shape = as_pair(result.shape, carry->stride[0] + carry->stride[1], run);
            return result;
        }
    struct cairn_shape_value a = cairn_shape_source(pass, CAIRN_SLOT_SRC0, 0),
                             b = cairn_shape_source(pass, CAIRN_SLOT_SRC1, 0);
    uint8_t run = cairn_shape_least(cairn_shape_run(a), cairn_shape_run(b));
    if (carry->extends && cairn_shape_is_uniform(a) && cairn_shape_is_uniform(b))
        result.shape = as_pair(result.shape, carry->low_stride, cairn_shape_least(run, carry->run));
    return result;
}

/* ---- extensions */

void cairn_shape_extend(const struct cairn_shape_pass *pass, struct cairn_shape_value *result)
{
    const struct cairn_insn *insn = pass->insn;
    unsigned dst = cairn_shape_vreg_of(&insn->slot[CAIRN_SLOT_DST]);
    uint32_t k;
    if (dst == CAIRN_SHAPE_NO_VREG || dst == 0)
        return;
    struct cairn_shape_value low = pass->now.v[dst - 1];
    struct cairn_shape_value from = cairn_shape_source(pass, CAIRN_SLOT_SRC1, 0);
    unsigned other = cairn_shape_vreg_of(&insn->slot[CAIRN_SLOT_SRC1]);
    if (insn->op == CAIRN_OP_v_ashrrev_i32 && cairn_shape_constant(pass, CAIRN_SLOT_SRC0, &k) &&
        k == 31 &&
        (other == dst - 1 || from.copy_of == dst ||
         (low.copy_of != 0 && low.copy_of == other + 1)) &&
        cairn_shape_is_regular(low))
        result->shape = as_pair(result->shape, cairn_shape_stride(low), cairn_shape_run(low));
    if (insn->op == CAIRN_OP_v_mov_b32 && cairn_shape_constant(pass, CAIRN_SLOT_SRC0, &k) &&
        k == 0 && cairn_shape_is_regular(low))
        result->shape = as_pair(result->shape, cairn_shape_stride(low), cairn_shape_run(low));
    unsigned source0 = cairn_shape_vreg_of(&insn->slot[CAIRN_SLOT_SRC0]);
    if (insn->op == CAIRN_OP_v_mov_b32 && source0 != CAIRN_SHAPE_NO_VREG && source0 > 0 &&
        pass->now.v[source0].shape.pair && low.copy_of == source0)
        result->shape = as_pair(result->shape, pass->now.v[source0].shape.pair_stride,
                                pass->now.v[source0].shape.pair_run);
}

/* ---- results of two dwords */

/* v_mad_u64_u32, v_mad_i64_i32: one factor is a constant, or both are uniform. */
static bool wide_product(const struct cairn_shape_pass *pass, struct cairn_shape_value *low,
                         struct cairn_shape_value *high)
{
    struct cairn_shape_value a = cairn_shape_source(pass, CAIRN_SLOT_SRC0, 0),
                             b = cairn_shape_source(pass, CAIRN_SLOT_SRC1, 0),
                             addend = cairn_shape_source(pass, CAIRN_SLOT_SRC2, 0);
    int64_t stride;
    uint8_t run;
    uint32_t k;
    bool paired = pair_stride(pass, CAIRN_SLOT_SRC2, &stride, &run);
    if (!paired) /* 32-bit code multiplies and adds so: the high half is of no use */
        stride = cairn_shape_stride(addend);
    bool constant_first = cairn_shape_constant(pass, CAIRN_SLOT_SRC0, &k);
    struct cairn_shape_value factor = constant_first ? b : a;
    if (!constant_first && !cairn_shape_constant(pass, CAIRN_SLOT_SRC1, &k) &&
        !(cairn_shape_is_uniform(a) && cairn_shape_is_uniform(b)))
        return false;
    if (cairn_shape_is_uniform(factor))
        k = 0;
    if (!cairn_shape_is_regular(factor))
        return false;
    stride += cairn_shape_stride(factor) * (int32_t)k;
    low->shape = cairn_shape_affine(
        stride, cairn_shape_least(cairn_shape_run(factor), cairn_shape_run(addend)));
    if (paired && stride == 0 && cairn_shape_is_uniform(addend))
        *high = cairn_shape_uniform(CAIRN_SHAPE_UNIFORM);
    if (paired)
        high->shape = as_pair(high->shape, stride, cairn_shape_least(run, cairn_shape_run(factor)));
    return cairn_shape_is_regular(addend);
}

bool cairn_shape_wide_result(const struct cairn_shape_pass *pass, struct cairn_shape_value *low,
                             struct cairn_shape_value *high)
{
    int64_t stride;
    uint8_t run;
    uint32_t k;
    *low = *high = cairn_shape_varying;
    switch (pass->insn->op) {
    case CAIRN_OP_v_lshlrev_b64:
        if (!cairn_shape_constant(pass, CAIRN_SLOT_SRC0, &k) ||
            !pair_stride(pass, CAIRN_SLOT_SRC1, &stride, &run))
            return false;
        k &= 63;
        if (k < 32)
            *low = cairn_shape_shifted_left(cairn_shape_source(pass, CAIRN_SLOT_SRC1, 0), k);
        stride = (int64_t)((uint64_t)stride << k);
        if (stride == 0 && cairn_shape_is_uniform(cairn_shape_source(pass, CAIRN_SLOT_SRC1, 1)))
            *high = cairn_shape_uniform(CAIRN_SHAPE_UNIFORM);
        high->shape = as_pair(high->shape, stride, run);
        return true;
    case CAIRN_OP_v_mad_u64_u32:
    case CAIRN_OP_v_mad_i64_i32:
        return wide_product(pass, low, high);
    default:
        return false;
    }
}
