// SPDX-License-Identifier: MIT
// 8-bit floating point.
#include <hip/hip_runtime.h>
#include <hip/hip_fp8.h>

__global__ void bytes(float *f, double *d, __half *h, unsigned char *b, __hip_fp8x2_storage_t *b2, float4 *v)
{
    b[0] = __hip_cvt_float_to_fp8(f[0], __HIP_SATFINITE, __HIP_E4M3_FNUZ);
    b[1] = __hip_cvt_double_to_fp8(d[0], __HIP_NOSAT, __HIP_E5M2);
    b2[0] = __hip_cvt_float2_to_fp8x2(float2(f[0], f[1]), __HIP_SATFINITE, __HIP_E4M3);
    h[0] = __half(__hip_cvt_fp8_to_halfraw(b[0], __HIP_E5M2_FNUZ));
    __hip_fp8_e4m3_fnuz a(f[2]), c(h[1]);
    __hip_fp8x4_e5m2 four(v[0]);
    f[3] = (float)a + (float)c;
    v[1] = four;
}
