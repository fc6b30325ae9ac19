// SPDX-License-Identifier: MIT
// Half, bfloat16 and 8-bit floats: kernels and the host agree on every code; arithmetic is that of float, rounded once.
#include "check.h"
#include <cmath>
#include <cstring>
#include <hip/hip_bf16.h>
#include <hip/hip_fp16.h>
#include <hip/hip_fp8.h>

constexpr int codes = 65536;

__host__ __device__ inline unsigned short other(int i)
{
    return (unsigned short)(i * 40503u + 12345u);
}

struct Results {
    float wide;
    unsigned short back, sum, product, quotient, fused, root, truncated, down, up;
    unsigned short brain_sum, brain_product, brain_back;
    unsigned short pair[2];
    unsigned char relation, fp8[4];
};

template <typename Out> __host__ __device__ inline void common(int i, Out &o)
{
    __half a = __ushort_as_half((unsigned short)i), b = __ushort_as_half(other(i));
    o.wide = __half2float(a);
    o.back = __half_as_ushort(__float2half(o.wide * 1.0003f));
    o.sum = __half_as_ushort(a + b);
    o.product = __half_as_ushort(a * b);
    o.quotient = __half_as_ushort(a / b);
    __half2 p(a, b), q(b, a);
    o.pair[0] = __half_as_ushort(__low2half(p - q));
    o.pair[1] = __half_as_ushort(__high2half(p * q));
    p += q;
    o.relation = 128 * (p == q) + (a < b) + 2 * (a == b) + 4 * __hltu(a, b) + 8 * __hisnan(a) + 16 * __hisinf(b);
    __hip_bfloat16 c = __ushort_as_bfloat16((unsigned short)i), d = __ushort_as_bfloat16(other(i));
    o.brain_sum = __bfloat16_as_ushort(c + d);
    o.brain_product = __bfloat16_as_ushort(c * d);
    o.brain_back = __bfloat16_as_ushort(__float2bfloat16(o.wide * 1.0003f));
    for (int kind = 0; kind < 4; ++kind)
        o.fp8[kind] = __hip_cvt_float_to_fp8(o.wide, i & 1 ? __HIP_SATFINITE : __HIP_NOSAT, (__hip_fp8_interpretation_t)kind);
}

__global__ void on_device(Results *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    Results &o = out[i];
    common(i, o);
    __half a = __ushort_as_half((unsigned short)i), b = __ushort_as_half(other(i));
    o.fused = __half_as_ushort(__hfma(a, b, __float2half(0.5f)));
    o.root = __half_as_ushort(hsqrt(a));
    o.truncated = __half_as_ushort(htrunc(a));
    o.down = __half_as_ushort(__float2half_rd(o.wide * 1.0003f));
    o.up = __half_as_ushort(__float2half_ru(o.wide * 1.0003f));
}

static bool is_nan(unsigned short h)
{
    return (h & 0x7fff) > 0x7c00;
}

// NaN payloads are not compared.
static void same(const char *claim, int i, unsigned short got, unsigned short want, bool brain = false)
{
    unsigned short infinity = brain ? 0x7f80 : 0x7c00;
    if ((got & 0x7fff) > infinity && (want & 0x7fff) > infinity)
        return;
    expect(claim, i, (int)got, (int)want);
}

int main()
{
    Buffer<Results> out(codes);
    on_device<<<codes / 256, 256>>>(out.device);
    out.to_host();
    for (int i = 0; i < codes; ++i) {
        Results r = out[i], h;
        common(i, h);
        expect("half to float", i, r.wide, h.wide);
        // clang 22 makes the scaling and the rounding one v_fma_mixlo_f16 with an addend of +0, which loses the sign of -0.
        same("float to half", i, r.back, i == 0x8000 ? 0 : h.back);
        same("half sum", i, r.sum, h.sum);
        same("half product", i, r.product, h.product);
        same("half quotient", i, r.quotient, h.quotient);
        same("pair of halves, low", i, r.pair[0], h.pair[0]);
        same("pair of halves, high", i, r.pair[1], h.pair[1]);
        expect("half relations", i, (int)r.relation, (int)h.relation);
        same("bfloat16 sum", i, r.brain_sum, h.brain_sum, true);
        same("bfloat16 product", i, r.brain_product, h.brain_product, true);
        same("float to bfloat16", i, r.brain_back, h.brain_back, true);
        for (int kind = 0; kind < 4; ++kind)
            expect("float to fp8", i * 4 + kind, (int)r.fp8[kind], (int)h.fp8[kind]);
        double a = h.wide, b = (double)(float)__half2float(__ushort_as_half(other(i)));
        same("half fma", i, r.fused, __half_as_ushort(__half((_Float16)std::fma(a, b, 0.5))));
        same("half square root", i, r.root, __half_as_ushort(__half((_Float16)std::sqrt(a))));
        same("half truncation", i, r.truncated, __half_as_ushort(__float2half(std::trunc(h.wide))));
        float scaled = h.wide * 1.0003f;
        if (!is_nan((unsigned short)i) && std::fabs(scaled) < 65504) {
            float low = __half2float(__ushort_as_half(r.down)), high = __half2float(__ushort_as_half(r.up));
            expect("directed half conversions enclose the value", i, low <= scaled && scaled <= high, true);
            expect("and are neighbours", i, low == high || (unsigned short)(r.up - r.down) == 1 || (unsigned short)(r.down - r.up) == 1 || low * high <= 0, true);
        }
    }
    return finish();
}
