/* SPDX-License-Identifier: MIT
 * Kernels of float instructions for every setting of MODE. Rarely used, so compiled for one host
 * CPU level only.
 */
#include "fp/arith.h"
#include "interp/kernel.h"
#include "machine/sem_convert.h"
#include "machine/sem_dot.h"
#include "machine/sem_float.h"
#include "machine/sem_float_div.h"

/* Lane by lane: these do not become vector code, and trying takes time. */
#undef FOR_LANES
#define FOR_LANES(l)                                                                               \
    _Pragma("clang loop vectorize(disable) unroll(disable)") for (unsigned l = 0;                  \
                                                                  l < CAIRN_WAVE_LANES; l++)

#define FLOAT_MODE mode
#define FLOAT_ONLY
#include "interp/valu_float.inc"

#define ENTRY(op)        [CAIRN_OP_##op] = k_##op,
#define FALU1(op, ...)   ENTRY(op)
#define FALU2(op, ...)   ENTRY(op)
#define FALU3(op, ...)   ENTRY(op)
#define FACC2(op, ...)   ENTRY(op)
#define FCMP(op, ...)    ENTRY(op)
#define FCMPX(op, ...)   ENTRY(op)
#define FCLASS(op, ...)  ENTRY(op)
#define FCLASSX(op, ...) ENTRY(op)
#define VALU2(...)
#define VALU3C(...)
#define VACC2C(...)
static const cairn_valu_kernel kernels[CAIRN_OP_COUNT] = {
#include "machine/valu_float.def"
    ENTRY(v_div_scale_f32) ENTRY(v_div_scale_f64) ENTRY(v_div_fmas_f32) ENTRY(v_div_fmas_f64)
        ENTRY(v_fma_mix_f32) ENTRY(v_fma_mixlo_f16)[CAIRN_OP_v_fma_mixhi_f16] = k_v_fma_mixlo_f16,
};

cairn_valu_kernel cairn_valu_any_mode_kernel(unsigned op)
{
    return kernels[op];
}
