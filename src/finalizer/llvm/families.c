/* SPDX-License-Identifier: MIT
 * Stand-ins for families that are not there yet: their instructions are left to the interpreter.
 */
#include "finalizer/llvm/lift_priv.h"

static enum cairn_lift_kind no_kind(const struct cairn_insn *insn,
                                    const struct cairn_geometry *geometry, bool exact_nan)
{
    (void)insn, (void)geometry, (void)exact_nan;
    return CAIRN_LIFT_STEP;
}

#define MISSING(name)                                                                              \
    __attribute__((weak))                                                                          \
    const struct cairn_lift_family cairn_lift_##name##_family = {.kind = no_kind}
MISSING(scalar);
MISSING(valu);
MISSING(cross);
MISSING(memory);
MISSING(matrix);

__attribute__((weak)) void cairn_lift_mask_op(struct cairn_lift *lift)
{
    (void)lift;
}

__attribute__((weak)) bool cairn_lift_dpp_in_chunk(const struct cairn_insn *insn, unsigned width)
{
    (void)insn, (void)width;
    return false;
}

__attribute__((weak)) LLVMValueRef cairn_lift_dpp(struct cairn_lift *lift, LLVMValueRef source,
                                                  LLVMValueRef *valid)
{
    *valid = LLVMConstAllOnes(lift->v1);
    return source;
}
