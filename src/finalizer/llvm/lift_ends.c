/* SPDX-License-Identifier: MIT
 * Addresses as scalars. Compilers make the 64-bit address of a lane by sign extension, a shift and
 * an add with carry; done on vectors, that is some fifteen instructions a pointer. Where the facts
 * say that the result is regular, the same is done here on the values of the first and of the last
 * lane alone, which is all that a block access wants to know; the vectors are then needed by slow
 * paths only, and LLVM moves them there.
 */
#include "finalizer/llvm/lift_priv.h"

static bool vector_of(const struct cairn_insn *insn, unsigned slot, unsigned *vreg)
{
    unsigned code = insn->slot[slot].code;
    if (!cairn_code_is_vector((uint16_t)code))
        return false;
    *vreg = cairn_vreg_of_code(code);
    return true;
}

static bool constant_of(const struct cairn_insn *insn, unsigned slot, uint32_t *value)
{
    unsigned code = insn->slot[slot].code;
    if (code == CAIRN_CODE_LITERAL)
        *value = insn->literal;
    else if (code >= CAIRN_CODE_INT_0 && code < CAIRN_CODE_INT_MINUS_1)
        *value = code - CAIRN_CODE_INT_0;
    else
        return false;
    return true;
}

static bool known(struct cairn_lift_ends ends)
{
    return ends.first != NULL;
}

/* ---- 32 bits: of the register as it is now */

static struct cairn_lift_ends ends32(struct cairn_lift *lift, unsigned slot)
{
    struct cairn_lift_ends ends = {NULL, NULL};
    struct cairn_shape shape = cairn_lift_shape(lift, slot, 0);
    if (shape.kind == CAIRN_SHAPE_VARYING)
        return ends;
    ends.first = ends.last = cairn_lift_base(lift, slot, 0);
    if (shape.kind == CAIRN_SHAPE_AFFINE) {
        uint32_t step = (uint32_t)shape.stride * (lift->width - 1);
        ends.last = LLVMBuildAdd(lift->builder, ends.first, cairn_lift_const32(lift, step), "");
    }
    return ends;
}

/* Of a register that is no operand of the instruction. */
static struct cairn_lift_ends register_ends32(struct cairn_lift *lift, unsigned vreg)
{
    struct cairn_insn insn = *lift->insn;
    const struct cairn_insn *before = lift->insn;
    unsigned code = vreg < 256 ? CAIRN_CODE_VGPR0 + vreg : CAIRN_CODE_AGPR0 + (vreg - 256);
    insn.slot[CAIRN_SLOT_SRC0] = (struct cairn_operand){
        .code = (uint16_t)code, .dwords = 1, .type = CAIRN_TYPE_B32, .sel = CAIRN_SEL_DWORD};
    lift->insn = &insn;
    struct cairn_lift_ends ends = ends32(lift, CAIRN_SLOT_SRC0);
    lift->insn = before;
    return ends;
}

/* ---- 64 bits */

static LLVMValueRef sign_extend(struct cairn_lift *lift, LLVMValueRef value, uint32_t with)
{
    (void)with;
    return LLVMBuildSExt(lift->builder, value, lift->i64, "");
}

static LLVMValueRef zero_extend(struct cairn_lift *lift, LLVMValueRef value, uint32_t with)
{
    (void)with;
    return LLVMBuildZExt(lift->builder, value, lift->i64, "");
}

static LLVMValueRef shift_left(struct cairn_lift *lift, LLVMValueRef value, uint32_t with)
{
    return LLVMBuildShl(lift->builder, value, cairn_lift_const64(lift, with), "");
}

static struct cairn_lift_ends
apply(struct cairn_lift *lift, struct cairn_lift_ends ends,
      LLVMValueRef (*how)(struct cairn_lift *, LLVMValueRef, uint32_t), uint32_t with)
{
    if (!known(ends))
        return ends;
    bool same = ends.first == ends.last;
    ends.first = how(lift, ends.first, with);
    ends.last = same ? ends.first : how(lift, ends.last, with);
    return ends;
}

static struct cairn_lift_ends sum(struct cairn_lift *lift, struct cairn_lift_ends a,
                                  struct cairn_lift_ends b)
{
    bool same = a.first == a.last && b.first == b.last;
    struct cairn_lift_ends ends = {NULL, NULL};
    if (!known(a) || !known(b) || (a.first != a.last && b.first != b.last))
        return ends; /* two jumps might hide each other */
    ends.first = LLVMBuildAdd(lift->builder, a.first, b.first, "");
    ends.last = same ? ends.first : LLVMBuildAdd(lift->builder, a.last, b.last, "");
    return ends;
}

static LLVMValueRef join64(struct cairn_lift *lift, LLVMValueRef low, LLVMValueRef high)
{
    high = shift_left(lift, zero_extend(lift, high, 0), 32);
    return LLVMBuildOr(lift->builder, zero_extend(lift, low, 0), high, "");
}

/* ---- add with carry */

/* The v_addc_co_u32 that completes this v_add_co_u32 to a regular pair, or NULL. */
static const struct cairn_program_insn *other_half(const struct cairn_lift *lift, unsigned low)
{
    enum { NEAR = 12 };
    const struct cairn_program *program = lift->program;
    for (uint32_t i = lift->at + 1; i < program->insn_count && i <= lift->at + NEAR; i++) {
        const struct cairn_program_insn *at = &program->insns[i];
        unsigned vreg;
        if (at->block != program->insns[lift->at].block)
            return NULL;
        if (at->insn.op == CAIRN_OP_v_addc_co_u32 && vector_of(&at->insn, CAIRN_SLOT_DST, &vreg) &&
            vreg == low + 1)
            return lift->facts->insn[i].shape.pair ? at : NULL;
    }
    return NULL;
}

static bool note_low_source(struct cairn_lift *lift, unsigned slot, struct cairn_lift_carry *carry,
                            unsigned i)
{
    unsigned vreg;
    carry->half[i] = ends32(lift, slot);
    if (cairn_shape_is_same(cairn_lift_shape(lift, slot, 0))) {
        carry->high[i] = 0;
        carry->source[i] = carry->half[i];
        return true;
    }
    if (!vector_of(lift->insn, slot, &vreg) || vreg + 1 >= CAIRN_VREGS)
        return false;
    carry->high[i] = vreg + 1;
    carry->source[i] = lift->region->ends[vreg];
    return known(carry->source[i]) || known(carry->half[i]);
}

static void note_add(struct cairn_lift *lift, struct cairn_lift_ends_note *note)
{
    const struct cairn_insn *insn = lift->insn;
    struct cairn_lift_carry *carry = &note->carry;
    if (!vector_of(insn, CAIRN_SLOT_DST, &carry->low) || other_half(lift, carry->low) == NULL)
        return;
    carry->mask = insn->slot[CAIRN_SLOT_SDST].code;
    carry->valid = note_low_source(lift, CAIRN_SLOT_SRC0, carry, 0) &&
                   note_low_source(lift, CAIRN_SLOT_SRC1, carry, 1);
}

/* The 64-bit source `i` of the sum, if `slot` of v_addc_co_u32 has its high half. */
static struct cairn_lift_ends whole_source(struct cairn_lift *lift, unsigned i, unsigned slot)
{
    const struct cairn_lift_carry *carry = &lift->region->carry;
    struct cairn_lift_ends ends = carry->source[i];
    unsigned vreg;
    if (carry->high[i] == 0) {
        if (!cairn_shape_is_same(cairn_lift_shape(lift, slot, 0)))
            return (struct cairn_lift_ends){NULL, NULL};
        ends.first = join64(lift, ends.first, cairn_lift_base(lift, slot, 0));
        ends.last = ends.first;
        return ends;
    }
    if (!vector_of(lift->insn, slot, &vreg) || vreg != carry->high[i])
        return (struct cairn_lift_ends){NULL, NULL};
    return ends;
}

/* High halves that are the same in all lanes, whichever low half they go with. */
static struct cairn_lift_ends extended(struct cairn_lift *lift)
{
    const struct cairn_lift_carry *carry = &lift->region->carry;
    struct cairn_lift_ends ends = {NULL, NULL}, half[2];
    for (unsigned i = 0; i < 2; i++) {
        if (!known(carry->half[i]) ||
            !cairn_shape_is_same(cairn_lift_shape(lift, CAIRN_SLOT_SRC0 + i, 0)))
            return ends;
        half[i] = apply(lift, carry->half[i], zero_extend, 0);
    }
    ends.first = LLVMBuildAdd(lift->builder, cairn_lift_base(lift, CAIRN_SLOT_SRC0, 0),
                              cairn_lift_base(lift, CAIRN_SLOT_SRC1, 0), "");
    ends.first = ends.last = shift_left(lift, zero_extend(lift, ends.first, 0), 32);
    return sum(lift, sum(lift, half[0], half[1]), ends);
}

static struct cairn_lift_ends carried(struct cairn_lift *lift)
{
    const struct cairn_lift_carry *carry = &lift->region->carry;
    const struct cairn_insn *insn = lift->insn;
    struct cairn_lift_ends none = {NULL, NULL};
    unsigned vreg;
    if (!carry->valid || !vector_of(insn, CAIRN_SLOT_DST, &vreg) || vreg != carry->low + 1 ||
        insn->slot[CAIRN_SLOT_SRC2].code != carry->mask)
        return none;
    for (unsigned i = 0; i < 2; i++) {
        unsigned other;
        bool here = vector_of(insn, CAIRN_SLOT_SRC0 + i, &other) && carry->high[0] == other;
        bool uniform = carry->high[0] == 0 &&
                       cairn_shape_is_same(cairn_lift_shape(lift, CAIRN_SLOT_SRC0 + i, 0));
        if (!here && !uniform)
            continue;
        struct cairn_lift_ends all = sum(lift, whole_source(lift, 0, CAIRN_SLOT_SRC0 + i),
                                         whole_source(lift, 1, CAIRN_SLOT_SRC1 - i));
        if (known(all))
            return all;
    }
    return extended(lift);
}

/* ---- the instructions */

/* Those that extend the register below theirs. */
static void note_high(struct cairn_lift *lift, struct cairn_lift_ends_note *note, unsigned dst)
{
    const struct cairn_insn *insn = lift->insn;
    uint32_t k;
    unsigned source;
    if (dst == 0 || !lift->insn_facts->shape.pair)
        return;
    note->low = dst - 1;
    switch (insn->op) {
    case CAIRN_OP_v_ashrrev_i32:
        if (constant_of(insn, CAIRN_SLOT_SRC0, &k) && k == 31)
            note->ends = apply(lift, register_ends32(lift, dst - 1), sign_extend, 0);
        break;
    case CAIRN_OP_v_mov_b32:
        if (constant_of(insn, CAIRN_SLOT_SRC0, &k) && k == 0)
            note->ends = apply(lift, register_ends32(lift, dst - 1), zero_extend, 0);
        else if (vector_of(insn, CAIRN_SLOT_SRC0, &source) && source > 0)
            note->ends = lift->region->ends[source - 1];
        break;
    case CAIRN_OP_v_addc_co_u32:
        note->ends = carried(lift);
        break;
    default:
        break;
    }
}

void cairn_lift_ends_before(struct cairn_lift *lift, struct cairn_lift_ends_note *note)
{
    const struct cairn_insn *insn = lift->insn;
    unsigned dst, source;
    uint32_t k;
    *note = (struct cairn_lift_ends_note){.low = 0};
    if (!lift->insn_facts->full_write || !cairn_insn_is_plain(insn) ||
        !vector_of(insn, CAIRN_SLOT_DST, &dst))
        return;
    if (insn->op == CAIRN_OP_v_add_co_u32) {
        note_add(lift, note);
    } else if (insn->op == CAIRN_OP_v_lshlrev_b64) {
        note->low = dst;
        if (lift->insn_facts->shape_high.pair && constant_of(insn, CAIRN_SLOT_SRC0, &k) &&
            vector_of(insn, CAIRN_SLOT_SRC1, &source))
            note->ends = apply(lift, lift->region->ends[source], shift_left, k & 63);
    } else {
        note_high(lift, note, dst);
    }
}

void cairn_lift_ends_after(struct cairn_lift *lift, const struct cairn_lift_ends_note *note)
{
    if (known(note->ends))
        lift->region->ends[note->low] = note->ends;
    if (note->carry.valid)
        lift->region->carry = note->carry;
}

void cairn_lift_ends_forget(struct cairn_lift *lift, unsigned vreg)
{
    struct cairn_lift_region *region = lift->region;
    struct cairn_lift_carry *carry = &region->carry;
    region->ends[vreg] = (struct cairn_lift_ends){NULL, NULL};
    if (vreg > 0)
        region->ends[vreg - 1] = (struct cairn_lift_ends){NULL, NULL};
    if (vreg == carry->low || vreg == carry->high[0] || vreg == carry->high[1])
        carry->valid = false;
}

void cairn_lift_ends_forget_mask(struct cairn_lift *lift, unsigned code)
{
    struct cairn_lift_carry *carry = &lift->region->carry;
    if (code / 2 == carry->mask / 2)
        carry->valid = false;
}

bool cairn_lift_ends64(struct cairn_lift *lift, unsigned slot, LLVMValueRef *first,
                       LLVMValueRef *last)
{
    unsigned vreg;
    if (!vector_of(lift->insn, slot, &vreg) || !known(lift->region->ends[vreg]))
        return false;
    *first = lift->region->ends[vreg].first;
    *last = lift->region->ends[vreg].last;
    return true;
}
