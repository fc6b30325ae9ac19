/* SPDX-License-Identifier: MIT
 * The test whether any result that somebody could see is NaN: which values it must look at, so that
 * as few as possible are asked, and how. A result that is an operand of another one that is asked
 * is not: its NaN would be there, too.
 */
#include "finalizer/llvm/nan_priv.h"

#include <stdlib.h>

/* ---- where values come from */

/* Does it change only the sign of a value of the type, or nothing that counts? */
static bool edits_sign(LLVMValueRef insn, unsigned type)
{
    LLVMOpcode opcode = LLVMGetInstructionOpcode(insn);
    if (opcode == LLVMBitCast)
        return true;
    if (opcode != LLVMXor && opcode != LLVMAnd && opcode != LLVMOr)
        return false;
    LLVMValueRef lanes = LLVMGetOperand(insn, 1);
    LLVMValueRef constant = LLVMIsConstant(lanes) ? LLVMGetAggregateElement(lanes, 0) : NULL;
    if (constant == NULL || LLVMIsAConstantInt(constant) == NULL)
        return false;
    uint64_t bits = LLVMConstIntGetZExtValue(constant);
    uint64_t sign = type == CAIRN_TYPE_F16   ? 0x8000
                    : type == CAIRN_TYPE_F32 ? 0x80000000
                                             : UINT64_C(1) << 63;
    return opcode == LLVMAnd ? (bits | sign) == 2 * sign - 1 : bits == sign;
}

static bool is_shift_16(LLVMValueRef value, LLVMOpcode opcode)
{
    if (LLVMIsAInstruction(value) == NULL || LLVMGetInstructionOpcode(value) != opcode)
        return false;
    LLVMValueRef by = LLVMGetOperand(value, 1);
    by = LLVMIsConstant(by) ? LLVMGetAggregateElement(by, 0) : NULL;
    return by != NULL && LLVMIsAConstantInt(by) != NULL && LLVMConstIntGetZExtValue(by) == 16;
}

/* Of two halves put together, and perhaps shifted, the one that is in the low bits. */
static LLVMValueRef low_half(LLVMValueRef value)
{
    bool high = is_shift_16(value, LLVMLShr);
    LLVMValueRef both = high ? LLVMGetOperand(value, 0) : value;
    if (LLVMIsAInstruction(both) == NULL || LLVMGetInstructionOpcode(both) != LLVMOr ||
        !is_shift_16(LLVMGetOperand(both, 1), LLVMShl))
        return value;
    return high ? LLVMGetOperand(LLVMGetOperand(both, 1), 0) : LLVMGetOperand(both, 0);
}

/* The operation whose result, or that with another sign, is `value`. */
static struct cairn_nan_operation *made_by(const struct cairn_nan_settling *s, LLVMValueRef value,
                                           unsigned type)
{
    while (LLVMIsAInstruction(value) != NULL) {
        value = type == CAIRN_TYPE_F16 ? low_half(value) : value;
        struct cairn_nan_operation *operation = cairn_nan_operation_of(s, value);
        if (operation != NULL || !edits_sign(value, type))
            return operation;
        value = LLVMGetOperand(value, 0);
    }
    return NULL;
}

/* Would a NaN of `from` in a lane that counts be seen where `by` is looked at? */
static bool lies_within(const struct cairn_nan_operation *from,
                        const struct cairn_nan_operation *by)
{
    return from->type == by->type && (from->exec == by->exec || LLVMIsConstant(by->exec));
}

static void cover(struct cairn_nan_settling *s, const struct cairn_nan_operation *by)
{
    for (unsigned i = 0; i < by->count && by->kind == CAIRN_NAN_PASSES; i++) {
        struct cairn_nan_operation *from = made_by(s, by->arg[i], by->type);
        if (from != NULL && from != by && lies_within(from, by))
            from->covered = true;
    }
}

/* ---- what is suspected */

/* A value that must not be NaN, or not negative, in the lanes of `exec`. */
struct suspect {
    LLVMValueRef value, exec;
    unsigned type; /* enum cairn_type; NONE: it was tested */
    bool sign;
};

struct suspects {
    struct suspect *at;
    unsigned count;
};

static void suspect(struct suspects *list, LLVMValueRef value, unsigned type, bool sign,
                    LLVMValueRef exec)
{
    for (unsigned i = 0; i < list->count; i++)
        if (list->at[i].value == value && list->at[i].exec == exec && list->at[i].sign == sign)
            return;
    list->at[list->count++] = (struct suspect){value, exec, type, sign};
}

/* Operands that other operations have made are looked at with those. */
static void suspect_operands(struct cairn_nan_settling *s, const struct cairn_nan_operation *of,
                             struct suspects *list)
{
    for (unsigned i = 0; i < of->count; i++) {
        const struct cairn_nan_operation *from = made_by(s, of->arg[i], of->type);
        bool asked = from != NULL && lies_within(of, from);
        if (!asked && !LLVMIsConstant(of->arg[i]))
            suspect(list, of->arg[i], of->type, false, of->exec);
    }
}

static void find_suspects(struct cairn_nan_settling *s, struct suspects *list)
{
    for (unsigned i = 0; i < s->nan->count; i++)
        if (s->nan->operation[i].reached)
            cover(s, &s->nan->operation[i]);
    for (unsigned i = 0; i < s->nan->count; i++) {
        const struct cairn_nan_operation *operation = &s->nan->operation[i];
        if (!operation->reached)
            continue;
        bool exact = s->lift->request->exact_nan;
        if (exact && operation->kind == CAIRN_NAN_DROPS)
            suspect_operands(s, operation, list);
        else if (exact && !operation->covered)
            suspect(list, operation->result, operation->type, false, operation->exec);
        if (operation->positive)
            suspect(list, operation->result, operation->type, true, operation->exec);
    }
}

/* ---- the test */

/* <width x i1>: lanes in which neither is NaN. */
static LLVMValueRef ordered(struct cairn_lift *lift, LLVMValueRef a, LLVMValueRef b, unsigned type)
{
    LLVMBuilderRef builder = lift->builder;
    if (type == CAIRN_TYPE_F16) {
        LLVMValueRef most = cairn_lift_splat(lift, cairn_lift_const32(lift, 0x7c00));
        LLVMValueRef low = cairn_lift_splat(lift, cairn_lift_const32(lift, 0x7fff));
        a = LLVMBuildICmp(builder, LLVMIntULE, LLVMBuildAnd(builder, a, low, ""), most, "");
        b = LLVMBuildICmp(builder, LLVMIntULE, LLVMBuildAnd(builder, b, low, ""), most, "");
        return LLVMBuildAnd(builder, a, b, "");
    }
    LLVMTypeRef floats = type == CAIRN_TYPE_F64 ? lift->vf64 : lift->vf32;
    return LLVMBuildFCmp(builder, LLVMRealORD, LLVMBuildBitCast(builder, a, floats, ""),
                         LLVMBuildBitCast(builder, b, floats, ""), "");
}

/* <width x i1>: lanes in which suspect `first` and those like it behind are all right. Two go to a
 * test, and tests are ANDed, for which AVX-512 needs no instruction; of signs one tests all. */
static LLVMValueRef good_from(struct cairn_nan_settling *s, struct suspects *list, unsigned first)
{
    LLVMBuilderRef builder = s->lift->builder;
    const struct suspect like = list->at[first];
    LLVMValueRef good = NULL, half = NULL;
    for (unsigned i = first; i < list->count; i++) {
        struct suspect *at = &list->at[i];
        if (at->exec != like.exec || at->type != like.type || at->sign != like.sign)
            continue;
        at->type = CAIRN_TYPE_NONE;
        if (half != NULL && !like.sign) {
            LLVMValueRef both = ordered(s->lift, half, at->value, like.type);
            good = good == NULL ? both : LLVMBuildAnd(builder, good, both, "");
            half = NULL;
        } else {
            half = half == NULL ? at->value : LLVMBuildOr(builder, half, at->value, "");
        }
    }
    if (like.sign)
        return LLVMBuildICmp(builder, LLVMIntSGE, half, LLVMConstNull(s->lift->v32), "");
    if (half == NULL)
        return good;
    LLVMValueRef one = ordered(s->lift, half, half, like.type);
    return good == NULL ? one : LLVMBuildAnd(builder, good, one, "");
}

LLVMValueRef cairn_nan_build_test(struct cairn_nan_settling *s)
{
    LLVMBuilderRef builder = s->lift->builder;
    LLVMTypeRef bits = cairn_lift_mask_type(s->lift);
    struct suspects list = {.at = calloc(4 * (size_t)s->nan->count, sizeof *list.at)};
    LLVMValueRef found = NULL;
    if (list.at != NULL)
        find_suspects(s, &list);
    for (unsigned i = 0; i < list.count; i++) {
        if (list.at[i].type == CAIRN_TYPE_NONE)
            continue;
        LLVMValueRef exec = list.at[i].exec;
        LLVMValueRef bad = LLVMBuildNot(builder, good_from(s, &list, i), "");
        bad = LLVMIsConstant(exec) ? bad : LLVMBuildAnd(builder, bad, exec, "");
        found = found == NULL ? bad : LLVMBuildOr(builder, found, bad, "");
    }
    free(list.at);
    return found == NULL
               ? NULL
               : LLVMBuildICmp(builder, LLVMIntNE, LLVMBuildBitCast(builder, found, bits, ""),
                               LLVMConstNull(bits), "");
}
