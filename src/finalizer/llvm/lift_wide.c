/* SPDX-License-Identifier: MIT
 * Addresses that differ from lane to lane by 32 bits. Compilers make the address of an element
 * from a 32-bit index: sign or zero extension, a shift, and an add with carry of a base that all
 * lanes share. Here it is remembered of the vectors that came out of that, so that an access can
 * use base and index, and the rest need not be computed. What is remembered is about values, not
 * registers, and so stays true; it is found as long as the registers hold these very values.
 */
#include "finalizer/llvm/lift_priv.h"

enum { MAX_SHIFT = 5 };

static bool is_everywhere(struct cairn_lift *lift, LLVMValueRef mask)
{
    return mask == LLVMConstAllOnes(lift->v1);
}

/* Does what holds in the lanes of `mask` hold in all that are active now? */
static bool holds(struct cairn_lift *lift, LLVMValueRef mask)
{
    return is_everywhere(lift, mask) || mask == cairn_lift_exec(lift);
}

/* ---- operands */

/* The vector in a register whose lanes are not known to be regular; NULL: they are, or it is none.
 */
static LLVMValueRef varying(struct cairn_lift *lift, unsigned slot, unsigned dword)
{
    unsigned code = lift->insn->slot[slot].code;
    if (!cairn_code_is_vector((uint16_t)code) ||
        cairn_lift_shape(lift, slot, dword).kind != CAIRN_SHAPE_VARYING)
        return NULL;
    return cairn_lift_register(lift, cairn_vreg_of_code(code) + dword);
}

/* i32: the one value of all lanes, or NULL. */
static LLVMValueRef uniform(struct cairn_lift *lift, unsigned slot, unsigned dword)
{
    return cairn_shape_is_same(cairn_lift_shape(lift, slot, dword))
               ? cairn_lift_base(lift, slot, dword)
               : NULL;
}

static bool constant_of(const struct cairn_insn *insn, unsigned slot, uint32_t *value)
{
    unsigned code = insn->slot[slot].code;
    *value = code - CAIRN_CODE_INT_0;
    return code >= CAIRN_CODE_INT_0 && code < CAIRN_CODE_INT_MINUS_1;
}

static LLVMValueRef join64(struct cairn_lift *lift, LLVMValueRef low, LLVMValueRef high)
{
    LLVMBuilderRef b = lift->builder;
    low = LLVMBuildZExt(b, low, lift->i64, "");
    high = LLVMBuildZExt(b, high, lift->i64, "");
    return LLVMBuildOr(b, low, LLVMBuildShl(b, high, cairn_lift_const64(lift, 32), ""), "");
}

/* ---- what is remembered */

static bool find_pair(struct cairn_lift *lift, LLVMValueRef low, LLVMValueRef high,
                      struct cairn_lift_wide *out)
{
    const struct cairn_lift_wides *wides = &lift->wides;
    for (unsigned i = 0; i < CAIRN_LIFT_WIDES; i++) {
        const struct cairn_lift_wide *wide = &wides->pair[i];
        if (wide->low == low && wide->high == high && holds(lift, wide->mask)) {
            *out = *wide;
            return true;
        }
    }
    return false;
}

static struct cairn_lift_wide zero_extended(struct cairn_lift *lift, LLVMValueRef low)
{
    return (struct cairn_lift_wide){.low = low,
                                    .index = low,
                                    .mask = LLVMConstAllOnes(lift->v1),
                                    .base = cairn_lift_const64(lift, 0),
                                    .zero = true};
}

bool cairn_lift_wide_of(struct cairn_lift *lift, unsigned slot, struct cairn_lift_wide *out)
{
    LLVMValueRef low = varying(lift, slot, 0), high;
    if (low == NULL)
        return false;
    high = uniform(lift, slot, 1);
    if (high != NULL) {
        *out = zero_extended(lift, low);
        out->base = join64(lift, cairn_lift_const32(lift, 0), high);
        return true;
    }
    high = varying(lift, slot, 1);
    return high != NULL && find_pair(lift, low, high, out);
}

/* ---- instructions */

/* v_ashrrev_i32 by 31: the high half of a sign-extended value. */
static void note_sign(struct cairn_lift *lift, struct cairn_lift_wide_note *note)
{
    uint32_t by;
    LLVMValueRef value = varying(lift, CAIRN_SLOT_SRC1, 0);
    if (!constant_of(lift->insn, CAIRN_SLOT_SRC0, &by) || by != 31 || value == NULL)
        return;
    note->pair = zero_extended(lift, value);
    note->pair.zero = false;
    note->high_only = true;
}

static void note_shift(struct cairn_lift *lift, struct cairn_lift_wide_note *note)
{
    uint32_t by;
    struct cairn_lift_wide from;
    if (!constant_of(lift->insn, CAIRN_SLOT_SRC0, &by) || by == 0 ||
        !cairn_lift_wide_of(lift, CAIRN_SLOT_SRC1, &from) || from.shift + by > MAX_SHIFT)
        return;
    note->pair = from;
    note->pair.shift += (uint8_t)by;
    note->pair.base = LLVMBuildShl(lift->builder, from.base, cairn_lift_const64(lift, by), "");
}

/* v_add_co_u32 of a varying value and one that all lanes share: the low half of a sum. */
static void note_sum(struct cairn_lift *lift, struct cairn_lift_wide_note *note)
{
    for (unsigned i = 0; i < 2; i++) {
        LLVMValueRef value = varying(lift, CAIRN_SLOT_SRC0 + i, 0);
        LLVMValueRef base = uniform(lift, CAIRN_SLOT_SRC1 - i, 0);
        if (value == NULL || base == NULL)
            continue;
        note->sum = (struct cairn_lift_wide_sum){
            .value = value, .base = base, .mask = cairn_lift_exec(lift)};
    }
}

static const struct cairn_lift_wide_sum *sum_of(struct cairn_lift *lift, LLVMValueRef carry)
{
    for (unsigned i = 0; i < CAIRN_LIFT_WIDES; i++)
        if (lift->wides.sum[i].carry == carry && holds(lift, lift->wides.sum[i].mask))
            return &lift->wides.sum[i];
    return NULL;
}

/* v_addc_co_u32: the high half of a sum. */
static void note_carry(struct cairn_lift *lift, struct cairn_lift_wide_note *note)
{
    const struct cairn_operand *carry = &lift->insn->slot[CAIRN_SLOT_SRC2];
    if (!cairn_operand_present(carry) || carry->code >= 128)
        return;
    const struct cairn_lift_wide_sum *sum = sum_of(lift, cairn_lift_mask_code(lift, carry->code));
    if (sum == NULL)
        return;
    LLVMValueRef a = uniform(lift, CAIRN_SLOT_SRC0, 0), b = uniform(lift, CAIRN_SLOT_SRC1, 0);
    LLVMValueRef high = NULL;
    struct cairn_lift_wide from;
    if (a != NULL && b != NULL) {
        from = zero_extended(lift, sum->value);
        high = LLVMBuildAdd(lift->builder, a, b, "");
    } else if (a != NULL || b != NULL) {
        LLVMValueRef other = varying(lift, a == NULL ? CAIRN_SLOT_SRC0 : CAIRN_SLOT_SRC1, 0);
        if (other == NULL || !find_pair(lift, sum->value, other, &from))
            return;
        high = a != NULL ? a : b;
    } else {
        return;
    }
    from.base = LLVMBuildAdd(lift->builder, from.base, join64(lift, sum->base, high), "");
    from.low = sum->low;
    if (is_everywhere(lift, from.mask))
        from.mask = sum->mask;
    note->pair = from;
    note->high_only = true;
}

void cairn_lift_wide_before(struct cairn_lift *lift, struct cairn_lift_wide_note *note)
{
    const struct cairn_insn *insn = lift->insn;
    *note = (struct cairn_lift_wide_note){.high_only = false};
    if (!cairn_insn_is_plain(insn) || !cairn_code_is_vector(insn->slot[CAIRN_SLOT_DST].code))
        return;
    switch (insn->op) {
    case CAIRN_OP_v_ashrrev_i32:
        note_sign(lift, note);
        break;
    case CAIRN_OP_v_lshlrev_b64:
        note_shift(lift, note);
        break;
    case CAIRN_OP_v_add_co_u32:
        note_sum(lift, note);
        break;
    case CAIRN_OP_v_addc_co_u32:
        note_carry(lift, note);
        break;
    default:
        break;
    }
}

void cairn_lift_wide_after(struct cairn_lift *lift, const struct cairn_lift_wide_note *note)
{
    const struct cairn_lift_region *region = lift->region;
    struct cairn_lift_wides *wides = &lift->wides;
    const struct cairn_operand *carry = &lift->insn->slot[CAIRN_SLOT_SDST];
    if (note->pair.index == NULL && note->sum.value == NULL)
        return;
    unsigned dst = cairn_vreg_of_code(lift->insn->slot[CAIRN_SLOT_DST].code);
    LLVMValueRef result = region->vector[dst];
    if (note->sum.value != NULL) {
        unsigned code = carry->code == CAIRN_CODE_NONE ? CAIRN_CODE_VCC_LO : carry->code;
        struct cairn_lift_wide_sum sum = note->sum;
        sum.low = result;
        sum.carry = code < 128 ? region->mask[code] : NULL;
        if (result != NULL && sum.carry != NULL)
            wides->sum[wides->next_sum++ % CAIRN_LIFT_WIDES] = sum;
        return;
    }
    struct cairn_lift_wide pair = note->pair;
    if (!note->high_only)
        pair.low = result;
    pair.high = note->high_only ? result : region->vector[dst + 1];
    if (!lift->insn_facts->full_write && is_everywhere(lift, pair.mask))
        pair.mask = cairn_lift_exec(lift);
    if (pair.low != NULL && pair.high != NULL)
        wides->pair[wides->next_pair++ % CAIRN_LIFT_WIDES] = pair;
}
