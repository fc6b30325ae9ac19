// SPDX-License-Identifier: MIT
// The operations with a rounding direction; OCML_BASIC_ROUNDED_OPERATIONS must be defined on the command line, because clang includes its math
// headers before the first line of the program.
#include <hip/hip_runtime.h>

#define ALL(M)                                                                                     \
    f[0] += __fadd_##M(f[0], f[1]) + __fsub_##M(f[0], f[1]) + __fmul_##M(f[0], f[1]) +             \
            __fdiv_##M(f[0], f[1]) + __fmaf_##M(f[0], f[1], f[2]) + __frcp_##M(f[0]) +             \
            __fsqrt_##M(f[0]);                                                                     \
    d[0] += __dadd_##M(d[0], d[1]) + __dsub_##M(d[0], d[1]) + __dmul_##M(d[0], d[1]) +             \
            __ddiv_##M(d[0], d[1]) + __fma_##M(d[0], d[1], d[2]) + __drcp_##M(d[0]) +              \
            __dsqrt_##M(d[0]);

__global__ void rounded(float *f, double *d)
{
    ALL(rn) ALL(rd) ALL(ru) ALL(rz)
}
