/* SPDX-License-Identifier: MIT
 * Approximations for which the host has instructions of its own, where bits need not be those of
 * the interpreter (CAIRN_NAN=exact asks for these).
 */
#include "finalizer/llvm/lift_valu.h"

static LLVMValueRef ask_host(const struct cairn_lift_valu *v, const char *name, LLVMValueRef *args,
                             unsigned count)
{
    return cairn_lift_intrinsic(v->lift, name, NULL, 0, args, count);
}

static LLVMValueRef splat32(const struct cairn_lift_valu *v, double value)
{
    return cairn_lift_splat(v->lift, LLVMConstReal(v->lift->f32, value));
}

static LLVMValueRef fused(const struct cairn_lift_valu *v, LLVMValueRef a, LLVMValueRef b,
                          LLVMValueRef c)
{
    LLVMValueRef args[3] = {a, b, c};
    return cairn_lift_intrinsic(v->lift, "llvm.fma", &v->lift->vf32, 1, args, 3);
}

/* VFIXUPIMMPS ("Intel 64 and IA-32 Architectures Software Developer's Manual", volume 2): where the
 * operand is a zero, an infinity of its sign; where it is +infinity, 0. */
enum { FIXUP_RSQ = 0x00800600, CURRENT_ROUNDING = 4 };

/* 14 bits and one Newton step: within 1 ULP. A denormal operand is not flushed. */
static LLVMValueRef rsq_f32(const struct cairn_lift_valu *v, LLVMValueRef bits)
{
    struct cairn_lift *lift = v->lift;
    LLVMBuilderRef b = v->builder;
    LLVMTypeRef i16 = lift->i16;
    LLVMValueRef all = LLVMConstAllOnes(i16);
    LLVMValueRef x = LLVMBuildBitCast(b, bits, lift->vf32, "");
    LLVMValueRef first[3] = {x, LLVMConstNull(lift->vf32), all};
    LLVMValueRef y = ask_host(v, "llvm.x86.avx512.rsqrt14.ps.512", first, 3);
    LLVMValueRef xy = LLVMBuildFMul(b, x, y, "");
    LLVMValueRef rest = fused(v, LLVMBuildFNeg(b, xy, ""), y, splat32(v, 1));
    LLVMValueRef half = LLVMBuildFMul(b, y, splat32(v, 0.5), "");
    LLVMValueRef r = fused(v, half, rest, y);
    LLVMValueRef table = cairn_lift_splat(lift, cairn_lift_const32(lift, FIXUP_RSQ));
    LLVMValueRef fix[6] = {
        r, x, table, cairn_lift_const32(lift, 0), all, cairn_lift_const32(lift, CURRENT_ROUNDING)};
    r = ask_host(v, "llvm.x86.avx512.mask.fixupimm.ps.512", fix, 6);
    return LLVMBuildBitCast(b, r, LLVMTypeOf(bits), "");
}

LLVMValueRef cairn_lift_valu_approximation(const struct cairn_lift_valu *v,
                                           const LLVMValueRef *source)
{
    const struct cairn_finalize_request *request = v->lift->request;
    bool avx512 = v->lift->width == 16 &&
                  (request->target == CAIRN_TARGET_V4 || request->target == CAIRN_TARGET_NATIVE);
    if (request->exact_nan || v->scalar || !avx512)
        return NULL;
    return v->insn->op == CAIRN_OP_v_rsq_f32 ? rsq_f32(v, source[0]) : NULL;
}
