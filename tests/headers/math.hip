// SPDX-License-Identifier: MIT
// Every math function that HIP documents, called once in f32 and once in f64.
#include <hip/hip_runtime.h>
#include <cmath>
#include <complex>

#define ONE(F)                                                                                     \
    f[0] += F##f(f[1]);                                                                            \
    d[0] += F(d[1]);
#define TWO(F)                                                                                     \
    f[0] += F##f(f[1], f[2]);                                                                      \
    d[0] += F(d[1], d[2]);

__global__ void functions(float *f, double *d, int *i, long *l)
{
    ONE(acos) ONE(acosh) ONE(asin) ONE(asinh) ONE(atan) ONE(atanh) ONE(cbrt) ONE(ceil) ONE(cos) ONE(cosh)
    ONE(cospi) ONE(erf) ONE(erfc) ONE(erfcinv) ONE(erfcx) ONE(erfinv) ONE(exp) ONE(exp10) ONE(exp2) ONE(expm1)
    ONE(fabs) ONE(floor) ONE(j0) ONE(j1) ONE(lgamma) ONE(log) ONE(log10) ONE(log1p) ONE(log2) ONE(logb)
    ONE(nearbyint) ONE(normcdf) ONE(normcdfinv) ONE(rcbrt) ONE(rint) ONE(round) ONE(rsqrt) ONE(sin) ONE(sinh)
    ONE(sinpi) ONE(sqrt) ONE(tan) ONE(tanh) ONE(tgamma) ONE(trunc) ONE(y0) ONE(y1) ONE(cyl_bessel_i0) ONE(cyl_bessel_i1)
    TWO(atan2) TWO(copysign) TWO(fdim) TWO(fmax) TWO(fmin) TWO(fmod) TWO(hypot) TWO(nextafter) TWO(pow)
    TWO(remainder) TWO(rhypot)
    f[0] += fmaf(f[1], f[2], f[3]) + norm3df(f[1], f[2], f[3]) + rnorm3df(f[1], f[2], f[3]);
    d[0] += fma(d[1], d[2], d[3]) + norm3d(d[1], d[2], d[3]) + rnorm3d(d[1], d[2], d[3]);
    f[0] += norm4df(f[1], f[2], f[3], f[4]) + rnorm4df(f[1], f[2], f[3], f[4]) + normf(3, f) + rnormf(3, f);
    d[0] += norm4d(d[1], d[2], d[3], d[4]) + rnorm4d(d[1], d[2], d[3], d[4]) + norm(3, d) + rnorm(3, d);
    f[0] += ldexpf(f[1], i[0]) + scalbnf(f[1], i[0]) + scalblnf(f[1], l[0]) + jnf(3, f[1]) + ynf(3, f[1]);
    d[0] += ldexp(d[1], i[0]) + scalbn(d[1], i[0]) + scalbln(d[1], l[0]) + jn(3, d[1]) + yn(3, d[1]);
    f[0] += frexpf(f[1], i) + modff(f[1], f + 5) + remquof(f[1], f[2], i + 1) + powif(f[1], i[2]) + nanf("1");
    d[0] += frexp(d[1], i) + modf(d[1], d + 5) + remquo(d[1], d[2], i + 1) + powi(d[1], i[2]) + nan("2");
    sincosf(f[1], f + 6, f + 7);
    sincos(d[1], d + 6, d + 7);
    sincospif(f[1], f + 6, f + 7);
    sincospi(d[1], d + 6, d + 7);
    i[0] += ilogbf(f[1]) + ilogb(d[1]) + lrintf(f[1]) + lround(d[1]) + llrint(d[1]) + llroundf(f[1]);
    i[0] += isfinite(f[1]) + isinf(d[1]) + isnan(f[1]) + signbit(d[1]) + (int)fdividef(f[1], f[2]);
}

__global__ void intrinsics(float *f, double *d)
{
    f[0] = __cosf(f[0]) + __sinf(f[0]) + __tanf(f[0]) + __expf(f[0]) + __exp10f(f[0]) + __logf(f[0]) + __log2f(f[0]) +
           __log10f(f[0]) + __powf(f[0], f[1]) + __saturatef(f[0]) + __fdividef(f[0], f[1]) + __frsqrt_rn(f[0]);
    __sincosf(f[0], f + 1, f + 2);
    f[0] += __fadd_rn(f[0], f[1]) + __fsub_rn(f[0], f[1]) + __fmul_rn(f[0], f[1]) + __fdiv_rn(f[0], f[1]) +
            __fmaf_rn(f[0], f[1], f[2]) + __frcp_rn(f[0]) + __fsqrt_rn(f[0]);
    d[0] += __dadd_rn(d[0], d[1]) + __dsub_rn(d[0], d[1]) + __dmul_rn(d[0], d[1]) + __ddiv_rn(d[0], d[1]) +
            __fma_rn(d[0], d[1], d[2]) + __drcp_rn(d[0]) + __dsqrt_rn(d[0]);
}

// The same names through the C++ library, and for complex numbers.
__global__ void standard(float *f, double *d, std::complex<float> *c)
{
    f[0] = std::sin(f[0]) + std::pow(f[0], f[1]) + std::abs(f[0]) + std::fma(f[0], f[1], f[2]) + std::hypot(f[0], f[1]);
    d[0] = std::exp(d[0]) + std::max(d[0], d[1]) + std::min(d[0], d[1]) + std::floor(d[0]) + std::pow(d[0], 3);
    f[0] += max(f[1], f[2]) + min(f[1], f[2]) + abs(f[1]) + max(3, 4) + (float)min(d[0], d[1]);
    c[0] = c[1] * c[2] + c[3];
}
