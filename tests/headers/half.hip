// SPDX-License-Identifier: MIT
// Half and bfloat16: constructors, operators, conversions, comparisons and math.
#include <hip/hip_runtime.h>
#include <hip/hip_fp16.h>
#include <hip/hip_bf16.h>
#include <hip/hip_bfloat16.h>

__global__ void halves(__half *h, __half2 *h2, float *f, int *i)
{
    __half a = h[0], b = h[1];
    a = a + b - a * b / __hneg(a);
    a += b, a -= b, a *= b, a /= b, ++a, a--;
    h[2] = __hfma(a, b, a) + hsqrt(a) + hexp(b) + hsin(a) + hcos(a) + hlog(a) + hrcp(b) + hrsqrt(a) + htrunc(a) + hceil(b) +
           hfloor(a) + hrint(b) + hlog2(a) + hlog10(a) + hexp2(a) + hexp10(a) + __float2half(3.0f) + (__half)2 +
           __hadd_sat(a, b) + __hmin(a, b) + __habs(a);
    if (a < b && __hgt(a, b) && !__hisnan(a) && __hneu(a, b))
        h[3] = __hmax(a, b);
    h2[0] = h2[1] + h2[2] * h2[3] / h2[4];
    h2[4] = __hfma2(h2[0], h2[1], h2[2]);
    h2[5] = h2exp(h2[0]);
    h2[6] = __heq2(h2[0], h2[1]);
    h2[7] = __lows2half2(h2[0], h2[1]);
    f[0] = __half2float(a) + __low2float(h2[0]) + __high2float(h2[1]) + (float)b;
    f[1] = a;
    h[5] = f[2];
    h[6] = __shfl_down(a, 1);
    h2[8] = __shfl_xor(h2[0], 1);
    i[0] = __half2int_rn(a) + __half2uint_rz(a) + __half2ll_rd(a) + __half_as_ushort(a) + __hbge2(h2[0], h2[1]);
    h[7] = __int2half_rd(3) + __ull2half_ru(3) + __float2half_rz(f[0]) + __ushort_as_half(3);
    atomicAdd(h2, h2[1]);
}

__global__ void brains(__hip_bfloat16 *h, __hip_bfloat162 *h2, hip_bfloat16 *o, float *f)
{
    h[0] = h[1] + h[2] * h[3] - h[4] / h[5];
    h[1] = __hfma(h[0], h[1], h[2]);
    h[2] = hexp(h[1]) + hrcp(h[1]) + hsqrt(h[1]) + htanh(h[1]);
    f[0] = h[2];
    f[1] = __bfloat162float(h[0]);
    h2[0] = h2[1] * h2[2] + __floats2bfloat162_rn(1, 2);
    h[5] = __float2bfloat16(f[4]);
    h[6] = __shfl_xor(h[6], 1);
    if (h[0] < h[1] && __hge(h[1], h[2]))
        o[0] = o[1] + o[2] * o[3];
    h[7] = 3;
    f[2] = (int)h[6];
    o[3] = hip_bfloat16(f[0]);
    unsafeAtomicAdd(h2, h2[1]);
}

int main()
{
    __half x = 1.0f, y = __float2half(2.0f);
    x += y;
    __hip_bfloat16 a(1.0f), b = 2.0f;
    a += b;
    return (x < y) + (int)(float)a + (int)__low2float(__floats2half2_rn(1, 2));
}
