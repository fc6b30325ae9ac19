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

#include "interp/valu_float_table.inc"

cairn_valu_kernel cairn_valu_any_mode_kernel(unsigned op)
{
    return kernels[op];
}
