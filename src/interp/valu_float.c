/* SPDX-License-Identifier: MIT
 * Kernels of float instructions, for the float controls that kernels start with: then everything
 * about MODE folds away.
 */
#include "fp/arith.h"
#include "interp/kernel.h"
#include "machine/sem_convert.h"
#include "machine/sem_dot.h"
#include "machine/sem_float.h"
#include "machine/sem_float_div.h"

#define FLOAT_MODE CAIRN_FP_MODE_DEFAULT
#include "interp/valu_float.inc"

enum { KEEP = CAIRN_VALU_KEEP, FLOAT = CAIRN_VALU_FLOAT, ACC = CAIRN_VALU_ACC };
#define COMPARE      FLOAT | CAIRN_VALU_MASK_OUT | CAIRN_VALU_NO_DST
#define COMPARE_EXEC COMPARE | CAIRN_VALU_CMPX

/* f16 instructions of gfx9 that keep the other half of the destination; the older ones clear it
 * (LLVM SIISelLowering and GCNSubtarget, zeroesHigh16BitsOfDest). */
#define KEEPS(op)                                                                                  \
    ((CAIRN_OP_##op == CAIRN_OP_v_mad_f16 || CAIRN_OP_##op == CAIRN_OP_v_fma_f16 ||                \
      CAIRN_OP_##op == CAIRN_OP_v_div_fixup_f16 || CAIRN_OP_##op == CAIRN_OP_v_min3_f16 ||         \
      CAIRN_OP_##op == CAIRN_OP_v_max3_f16 || CAIRN_OP_##op == CAIRN_OP_v_med3_f16)                \
         ? KEEP                                                                                    \
         : 0)

#define T(t)                              CAIRN_TYPE_##t
#define ENTRY(op, k, c, D, A, B, C, n, f) [CAIRN_OP_##op] = {k, c, T(D), {T(A), T(B), T(C)}, n, f},
#define FALU1(op, D, A, fn)               ENTRY(op, k_##op, NULL, D, A, NONE, NONE, 1, FLOAT)
#define FALU2(op, D, A, B, fn)            ENTRY(op, k_##op, NULL, D, A, B, NONE, 2, FLOAT)
#define FALU3(op, D, A, B, C, fn)         ENTRY(op, k_##op, NULL, D, A, B, C, 3, FLOAT | KEEPS(op))
#define FACC2(op, D, A, B, fn)            ENTRY(op, k_##op, NULL, D, A, B, D, 2, FLOAT | ACC)
#define FCMP(op, A, fn)                   ENTRY(op, k_##op, NULL, NONE, A, A, NONE, 2, COMPARE)
#define FCMPX(op, A, fn)                  ENTRY(op, k_##op, NULL, NONE, A, A, NONE, 2, COMPARE_EXEC)
#define FCLASS(op, A, fn)                 ENTRY(op, k_##op, NULL, NONE, A, U32, NONE, 2, COMPARE)
#define FCLASSX(op, A, fn)            ENTRY(op, k_##op, NULL, NONE, A, U32, NONE, 2, COMPARE_EXEC)
#define VALU2(op, D, A, B, fn)        ENTRY(op, k_##op, NULL, D, A, B, NONE, 2, 0)
#define VALU3C(op, D, A, B, C, fn, s) ENTRY(op, k_##op, c_##op, D, A, B, C, 3, 0)
#define VACC2C(op, D, A, B, fn, s)    ENTRY(op, k_##op, c_##op, D, A, B, D, 2, ACC)
static const struct cairn_valu_row rows[CAIRN_OP_COUNT] = {
#include "machine/valu_float.def"
#define SCALES FLOAT | CAIRN_VALU_MASK_OUT
    ENTRY(v_div_scale_f32, k_v_div_scale_f32, NULL, F32, F32, F32, F32, 3, SCALES)
        ENTRY(v_div_scale_f64, k_v_div_scale_f64, NULL, F64, F64, F64, F64, 3, SCALES)
#define FMAS FLOAT | CAIRN_VALU_MASK_IN
            ENTRY(v_div_fmas_f32, k_v_div_fmas_f32, NULL, F32, F32, F32, F32, 3, FMAS)
                ENTRY(v_div_fmas_f64, k_v_div_fmas_f64, NULL, F64, F64, F64, F64, 3, FMAS)
#define MIX FLOAT | CAIRN_VALU_MIX
                    ENTRY(v_fma_mix_f32, k_v_fma_mix_f32, NULL, F32, F32, F32, F32, 3, MIX)
                        ENTRY(v_fma_mixlo_f16, k_v_fma_mixlo_f16, NULL, F16, F32, F32, F32, 3,
                              MIX | KEEP) ENTRY(v_fma_mixhi_f16, k_v_fma_mixlo_f16, NULL, F16, F32,
                                                F32, F32, 3, MIX | CAIRN_VALU_HIGH)};

const struct cairn_valu_row *CAIRN_TARGET(cairn_valu_float_row)(unsigned op)
{
    return rows[op].run != NULL ? &rows[op] : NULL;
}
