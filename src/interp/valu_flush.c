/* SPDX-License-Identifier: MIT
 * Kernels of float instructions for waves that flush f32 denormals and are else as usual: code
 * compiled with -fgpu-flush-denormals-to-zero.
 */
#include "fp/arith.h"
#include "interp/kernel.h"
#include "machine/sem_convert.h"
#include "machine/sem_dot.h"
#include "machine/sem_float.h"
#include "machine/sem_float_div.h"

#define FLOAT_MODE CAIRN_VALU_FLUSH_MODE
#define FLOAT_ONLY
#include "interp/valu_float.inc"
#include "interp/valu_float_table.inc"

cairn_valu_kernel CAIRN_TARGET(cairn_valu_flush_kernel)(unsigned op)
{
    return kernels[op];
}
