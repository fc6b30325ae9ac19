// SPDX-License-Identifier: MIT
// HIP documentation, "HIP math API": the functions of single and double precision and the
// floating-point intrinsics, against long double functions of the host, within the documented bounds.
#include "rows.h"
#include <cfenv>

typedef long double ld;
static const ld pi = 3.14159265358979323846264338327950288L;

// ---- references that the C library lacks

static ld cospi_ref(ld x)
{
    ld half = std::nearbyint(2 * x), t = x - half / 2;
    switch ((long long)half & 3) {
    case 0:
        return cosl(pi * t);
    case 1:
        return -sinl(pi * t);
    case 2:
        return -cosl(pi * t);
    default:
        return sinl(pi * t);
    }
}
static ld sinpi_ref(ld x)
{
    ld half = std::nearbyint(2 * x), t = x - half / 2;
    switch ((long long)half & 3) {
    case 0:
        return sinl(pi * t);
    case 1:
        return cosl(pi * t);
    case 2:
        return -sinl(pi * t);
    default:
        return -cosl(pi * t);
    }
}
static ld normcdf_ref(ld x)
{
    return erfcl(-x / sqrtl(2)) / 2;
}
// The argument in [lo, hi] where a rising function has the value y.
static ld invert(ld (*f)(ld), ld y, ld lo, ld hi)
{
    for (int i = 0; i < 90; i++) {
        ld middle = (lo + hi) / 2;
        (f(middle) < y ? lo : hi) = middle;
    }
    return (lo + hi) / 2;
}
static ld minus_erfc(ld x)
{
    return -erfcl(x);
}
static ld bessel_i(int order, ld x)
{
    ld term = order ? x / 2 : 1, sum = 0;
    for (int k = 1; k < 200; k++) {
        sum += term;
        term *= x * x / 4 / ((ld)k * (k + order));
    }
    return sum;
}
// Bessel functions oscillate; their error counts against the amplitude.
static ld amplitude(ld x)
{
    return sqrtl(2 / (pi * (x < 1 ? 1 : x)));
}

// ---- how a row is measured

static double ulp_of(ld value, bool is_float)
{
    int exponent;
    (void)frexpl(value, &exponent);
    int digits = is_float ? FLT_MANT_DIG : DBL_MANT_DIG, least = is_float ? FLT_MIN_EXP : DBL_MIN_EXP;
    return ldexp(1.0, (exponent < least ? least : exponent) - digits);
}

template <typename T> struct Arguments {
    T x, y, z, w;
    int n;
};

template <typename R, typename T> __global__ void apply(const Arguments<T> *in, double *out, int count)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < count)
        out[i] = R::device(in[i].x, in[i].y, in[i].z, in[i].w, in[i].n);
}

struct Domain {
    double x0, x1, y0, y1;
};

static unsigned long long random_bits(unsigned long long &state)
{
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    return state >> 33;
}
static double between(unsigned long long &state, double lo, double hi)
{
    return lo + (hi - lo) * (double)random_bits(state) / 2147483648.0;
}

template <typename T> static std::vector<Arguments<T>> arguments(const Domain &d, int count)
{
    std::vector<Arguments<T>> all;
    unsigned long long state = 12345;
    for (int i = 0; i < count; i++) {
        double even = d.x0 + (d.x1 - d.x0) * i / (count - 1);
        Arguments<T> a;
        a.x = (T)(i % 2 ? between(state, d.x0, d.x1) : even);
        a.x = a.x < (T)d.x0 ? (T)d.x0 : a.x > (T)d.x1 ? (T)d.x1 : a.x;
        a.y = (T)between(state, d.y0, d.y1);
        a.z = (T)between(state, d.y0, d.y1);
        a.w = (T)between(state, d.y0, d.y1);
        a.n = (int)(random_bits(state) % 11) - 5;
        all.push_back(a);
    }
    return all;
}

template <typename R, typename T> static void measure(const Domain &domain, double bound)
{
    const int count = 512;
    Buffer<Arguments<T>> in(arguments<T>(domain, count));
    Buffer<double> out((size_t)count);
    apply<R, T><<<2, 256>>>(in.device, out.device, count);
    HIP_CHECK(hipGetLastError());
    out.to_host();
    for (int i = 0; i < count; i++) {
        const Arguments<T> &a = in.host[i];
        ld want = R::host(a.x, a.y, a.z, a.w, a.n), scale = R::scale(a.x, want);
        double got = out.host[i];
        if ((T)want == (T)got || (want != want && got != got))
            continue;
        double ulp = (double)(fabsl((ld)got - want) / ulp_of(scale, sizeof(T) == 4));
        if (!(ulp <= bound))
            fail("(%.17g, %.17g, %.17g, %d) is %.17g, not %.17Lg: %.2f ulp, at most %.2f", (double)a.x,
                 (double)a.y, (double)a.z, a.n, got, want, ulp, bound);
    }
}

// NAMES: what the row stands for. DEVICE and HOST see x, y, z, w and the integer n.
#define MEASURE(ID, NAMES, T, DEVICE, HOST, SCALE, X0, X1, Y0, Y1, BOUND)                          \
    struct row_##ID {                                                                              \
        static __device__ double device(T x, T y, T z, T w, int n)                                 \
        {                                                                                          \
            return (double)(DEVICE);                                                               \
        }                                                                                          \
        static ld host(ld x, ld y, ld z, ld w, int n)                                              \
        {                                                                                          \
            return (ld)(HOST);                                                                     \
        }                                                                                          \
        static ld scale(ld x, ld want)                                                             \
        {                                                                                          \
            return SCALE;                                                                          \
        }                                                                                          \
        static void run()                                                                          \
        {                                                                                          \
            measure<row_##ID, T>({X0, X1, Y0, Y1}, BOUND);                                         \
        }                                                                                          \
    };                                                                                             \
    static AddRow add_##ID(NAMES, row_##ID::run);
// One argument, two, in both precisions; the bounds are those of f32 and f64.
#define ONE(NAME, X0, X1, HOST, B32, B64)                                                          \
    MEASURE(NAME##f, #NAME "f", float, NAME##f(x), HOST, want, X0, X1, 0, 1, B32)                  \
    MEASURE(NAME, #NAME, double, NAME(x), HOST, want, X0, X1, 0, 1, B64)
#define TWO(NAME, X0, X1, Y0, Y1, HOST, B32, B64)                                                  \
    MEASURE(NAME##f, #NAME "f", float, NAME##f(x, y), HOST, want, X0, X1, Y0, Y1, B32)             \
    MEASURE(NAME, #NAME, double, NAME(x, y), HOST, want, X0, X1, Y0, Y1, B64)
#define BESSEL(NAME, X0, X1, HOST, B32, B64)                                                       \
    MEASURE(NAME##f, #NAME "f", float, NAME##f(x), HOST, amplitude(x), X0, X1, 0, 1, B32)          \
    MEASURE(NAME, #NAME, double, NAME(x), HOST, amplitude(x), X0, X1, 0, 1, B64)

ONE(acos, -1, 1, acosl(x), 1, 1)
ONE(acosh, 1, 100, acoshl(x), 1, 1)
ONE(asin, -1, 1, asinl(x), 2, 1)
ONE(asinh, -10, 10, asinhl(x), 1, 1)
ONE(atan, -10, 10, atanl(x), 2, 1)
TWO(atan2, -4, 4, -4, 4, atan2l(x, y), 1, 1)
ONE(atanh, -0.9, 0.9, atanhl(x), 1, 1)
ONE(cbrt, -100, 100, cbrtl(x), 2, 1)
ONE(ceil, -4, 4, ceill(x), 0, 0)
TWO(copysign, -4, 4, -4, 4, copysignl(x, y), 0, 0)
ONE(cos, -3.14159, 3.14159, cosl(x), 1, 1)
ONE(cosh, -5, 5, coshl(x), 1, 1)
ONE(cospi, -3.14159, 3.14159, cospi_ref(x), 1, 2)
ONE(cyl_bessel_i0, 0, 10, bessel_i(0, x), 2, 8)
ONE(cyl_bessel_i1, 0, 10, bessel_i(1, x), 2, 8)
ONE(erf, -4, 4, erfl(x), 4, 4)
ONE(erfc, -4, 4, erfcl(x), 2, 2)
ONE(erfcinv, 0.01, 1.9, invert(minus_erfc, -x, -6, 6), 4, 4)
ONE(erfcx, -4, 10, expl(x *x) * erfcl(x), 5, 5)
ONE(erfinv, -0.99, 0.99, invert(erfl, x, -6, 6), 4, 4)
ONE(exp, -10, 10, expl(x), 1, 1)
ONE(exp10, -4, 4, powl(10, x), 1, 1)
ONE(exp2, -10, 10, exp2l(x), 1, 1)
ONE(expm1, -10, 10, expm1l(x), 1, 1)
ONE(fabs, -4, 4, fabsl(x), 0, 0)
TWO(fdim, -4, 4, -4, 4, fdiml(x, y), 0.5, 0.5)
ONE(floor, -4, 4, floorl(x), 0, 0)
TWO(fmax, -4, 4, -4, 4, fmaxl(x, y), 0, 0)
TWO(fmin, -4, 4, -4, 4, fminl(x, y), 0, 0)
TWO(fmod, -100, 100, 0.1, 7, fmodl(x, y), 0, 0)
TWO(hypot, -10, 10, -10, 10, hypotl(x, y), 1, 1)
ONE(ilogb, 1e-6, 1e6, ilogbl(x), 0, 0)
BESSEL(j0, 0.1, 20, j0l(x), 4, 7)
BESSEL(j1, 0.1, 20, j1l(x), 4, 7)
BESSEL(y0, 0.1, 20, y0l(x), 6, 9)
BESSEL(y1, 0.5, 20, y1l(x), 6, 9)
ONE(lgamma, 0.5, 20, lgammal(x), 4, 2)
ONE(lrint, -100, 100, lrintl(x), 0, 0)
ONE(llrint, -100, 100, llrintl(x), 0, 0)
ONE(lround, -100, 100, lroundl(x), 0, 0)
ONE(llround, -100, 100, llroundl(x), 0, 0)
ONE(log, 1e-6, 1e6, logl(x), 2, 1)
ONE(log10, 1e-6, 1e6, log10l(x), 2, 1)
ONE(log1p, -0.9, 10, log1pl(x), 1, 1)
ONE(log2, 1e-6, 1e6, log2l(x), 1, 1)
ONE(logb, 1e-6, 1e6, logbl(x), 0, 0)
ONE(nearbyint, -4, 4, nearbyintl(x), 0, 0)
ONE(normcdf, -4, 4, normcdf_ref(x), 5, 5)
ONE(normcdfinv, 0.01, 0.99, invert(normcdf_ref, x, -8, 8), 5, 5)
TWO(pow, 0.01, 10, -10, 10, powl(x, y), 1, 1)
ONE(rcbrt, 0.1, 100, 1 / cbrtl(x), 1, 1)
TWO(remainder, -100, 100, 0.1, 7, remainderl(x, y), 0, 0)
TWO(rhypot, 0.1, 10, -10, 10, 1 / hypotl(x, y), 1, 1)
ONE(rint, -4, 4, rintl(x), 0, 0)
ONE(round, -4, 4, roundl(x), 0, 0)
ONE(rsqrt, 0.01, 100, 1 / sqrtl(x), 1, 1)
ONE(sin, -3.14159, 3.14159, sinl(x), 1, 1)
ONE(sinh, -5, 5, sinhl(x), 1, 1)
ONE(sinpi, -3.14159, 3.14159, sinpi_ref(x), 2, 2)
ONE(sqrt, 0, 100, sqrtl(x), 1, 1)
ONE(tan, -4.6, 4.6, tanl(x), 1, 1)
ONE(tanh, -5, 5, tanhl(x), 2, 1)
ONE(tgamma, 0.5, 15, tgammal(x), 6, 6)
ONE(trunc, -4, 4, truncl(x), 0, 0)

#define ROW(ID, T, DEVICE, HOST, BOUND) MEASURE(ID, #ID, T, DEVICE, HOST, want, -8, 8, 0.25, 4, BOUND)
MEASURE(abs_f32, "abs", float, abs(x), fabsl(x), want, -4, 4, 0, 1, 0)
MEASURE(abs_f64, "abs", double, abs(x), fabsl(x), want, -4, 4, 0, 1, 0)
MEASURE(isfinite_f32, "isfinite", float, isfinite(n < -3 ? x / 0.0f : x), n < -3 ? x == 0 ? 0 : 0 : 1, want, 1, 4, 0, 1, 0)
MEASURE(isinf_f32, "isinf", float, isinf(n < -3 ? x / 0.0f : x), n < -3, want, 1, 4, 0, 1, 0)
MEASURE(isnan_f32, "isnan", float, isnan(n < -3 ? x - x / 0.0f + x / 0.0f : x), n < -3, want, 1, 4, 0, 1, 0)
MEASURE(isfinite_f64, "isfinite", double, isfinite(n < -3 ? x / 0.0 : x), n >= -3, want, 1, 4, 0, 1, 0)
MEASURE(isinf_f64, "isinf", double, isinf(n < -3 ? x / 0.0 : x), n < -3, want, 1, 4, 0, 1, 0)
MEASURE(isnan_f64, "isnan", double, isnan(n < -3 ? x - x / 0.0 + x / 0.0 : x), n < -3, want, 1, 4, 0, 1, 0)
MEASURE(signbit_f32, "signbit", float, signbit(x), x < 0, want, -4, 4, 0, 1, 0)
MEASURE(signbit_f64, "signbit", double, signbit(x), x < 0, want, -4, 4, 0, 1, 0)
ROW(fdividef, float, fdividef(x, y), x / y, 2.5)
ROW(fmaf, float, fmaf(x, y, z), fmaf((float)x, (float)y, (float)z), 0)
ROW(fma, double, fma(x, y, z), fma((double)x, (double)y, (double)z), 0)
ROW(ldexpf, float, ldexpf(x, n), ldexpl(x, n), 0)
ROW(ldexp, double, ldexp(x, n), ldexpl(x, n), 0)
ROW(scalbnf, float, scalbnf(x, n), ldexpl(x, n), 0)
ROW(scalbn, double, scalbn(x, n), ldexpl(x, n), 0)
ROW(scalblnf, float, scalblnf(x, (long)n), ldexpl(x, n), 0)
ROW(scalbln, double, scalbln(x, (long)n), ldexpl(x, n), 0)
ROW(powif, float, powif(y, n), powl(y, n), 1)
ROW(powi, double, powi(y, n), powl(y, n), 1)
MEASURE(jnf, "jnf", float, jnf(3, x), jnl(3, x), amplitude(x), 0.5, 20, 0, 1, 16)
MEASURE(jn, "jn", double, jn(3, x), jnl(3, x), amplitude(x), 0.5, 20, 0, 1, 16)
MEASURE(ynf, "ynf", float, ynf(3, x), ynl(3, x), fabsl(want) + amplitude(x), 1, 20, 0, 1, 9)
MEASURE(yn, "yn", double, yn(3, x), ynl(3, x), fabsl(want) + amplitude(x), 1, 20, 0, 1, 16)
ROW(norm3df, float, norm3df(x, y, z), sqrtl(x *x + y * y + z * z), 1)
ROW(norm3d, double, norm3d(x, y, z), sqrtl(x *x + y * y + z * z), 1)
ROW(norm4df, float, norm4df(x, y, z, w), sqrtl(x *x + y * y + z * z + w * w), 2)
ROW(norm4d, double, norm4d(x, y, z, w), sqrtl(x *x + y * y + z * z + w * w), 2)
ROW(rnorm3df, float, rnorm3df(x, y, z), 1 / sqrtl(x * x + y * y + z * z), 1)
ROW(rnorm3d, double, rnorm3d(x, y, z), 1 / sqrtl(x * x + y * y + z * z), 1)
ROW(rnorm4df, float, rnorm4df(x, y, z, w), 1 / sqrtl(x * x + y * y + z * z + w * w), 2)
ROW(rnorm4d, double, rnorm4d(x, y, z, w), 1 / sqrtl(x * x + y * y + z * z + w * w), 2)

// ---- results through pointers

template <typename T> struct Parts {
    T a, b;
    int n;
};
static __device__ Parts<float> frexp_of(float x)
{
    Parts<float> p = {};
    p.a = frexpf(x, &p.n);
    return p;
}
static __device__ Parts<double> frexp_of(double x)
{
    Parts<double> p = {};
    p.a = frexp(x, &p.n);
    return p;
}
static __device__ Parts<float> modf_of(float x)
{
    Parts<float> p = {};
    p.a = modff(x, &p.b);
    return p;
}
static __device__ Parts<double> modf_of(double x)
{
    Parts<double> p = {};
    p.a = modf(x, &p.b);
    return p;
}
static __device__ Parts<float> remquo_of(float x, float y)
{
    Parts<float> p = {};
    p.a = remquof(x, y, &p.n);
    return p;
}
static __device__ Parts<double> remquo_of(double x, double y)
{
    Parts<double> p = {};
    p.a = remquo(x, y, &p.n);
    return p;
}
template <typename T> static __device__ T norm_of(T x, T y, T z, bool inverse)
{
    T all[3] = {x, y, z};
    if constexpr (sizeof(T) == 4)
        return inverse ? rnormf(3, all) : normf(3, all);
    else
        return inverse ? rnorm(3, all) : norm(3, all);
}
static __device__ Parts<float> sincos_of(float x, bool times_pi)
{
    Parts<float> p = {};
    times_pi ? sincospif(x, &p.a, &p.b) : sincosf(x, &p.a, &p.b);
    return p;
}
static __device__ Parts<double> sincos_of(double x, bool times_pi)
{
    Parts<double> p = {};
    times_pi ? sincospi(x, &p.a, &p.b) : sincos(x, &p.a, &p.b);
    return p;
}
static int exponent_of(ld x)
{
    int n;
    (void)frexpl(x, &n);
    return n;
}
static ld mantissa_of(ld x)
{
    int n;
    return frexpl(x, &n);
}
static int quotient_of(ld x, ld y)
{
    int n;
    (void)remquol(x, y, &n);
    return (n < 0 ? -1 : 1) * ((n < 0 ? -n : n) & 7);
}
#define POINTERS(ID, NAME, DEVICE, HOST, B32, B64)                                                 \
    MEASURE(ID##_f32, #NAME "f", float, DEVICE, HOST, want, -3, 3, 0.25, 2, B32)                   \
    MEASURE(ID##_f64, #NAME, double, DEVICE, HOST, want, -3, 3, 0.25, 2, B64)
POINTERS(frexp_a, frexp, frexp_of(x).a, mantissa_of(x), 0, 0)
POINTERS(frexp_n, frexp, frexp_of(x).n, exponent_of(x), 0, 0)
POINTERS(modf_a, modf, modf_of(x).a, x - truncl(x), 0, 0)
POINTERS(modf_b, modf, modf_of(x).b, truncl(x), 0, 0)
POINTERS(remquo_a, remquo, remquo_of(x, y).a, remainderl(x, y), 0, 0)
POINTERS(remquo_n, remquo, (remquo_of(x, y).n < 0 ? -1 : 1) * (abs(remquo_of(x, y).n) & 7), quotient_of(x, y), 0, 0)
POINTERS(norm, norm, norm_of(x, y, z, false), sqrtl(x *x + y * y + z * z), 2, 2)
POINTERS(rnorm, rnorm, norm_of(x, y, z, true), 1 / sqrtl(x * x + y * y + z * z), 2, 2)
POINTERS(sincos_a, sincos, sincos_of(x, false).a, sinl(x), 1, 1)
POINTERS(sincos_b, sincos, sincos_of(x, false).b, cosl(x), 1, 1)
POINTERS(sincospi_a, sincospi, sincos_of(x, true).a, sinpi_ref(x), 2, 2)
POINTERS(sincospi_b, sincospi, sincos_of(x, true).b, cospi_ref(x), 2, 2)
POINTERS(nextafter_up, nextafter, nextafter(x, x + y) > x && (x + nextafter(x, x + y)) / 2 <= nextafter(x, x + y), 1, 0, 0)
MEASURE(nextafterf_f32, "nextafterf", float, nextafterf(x, y), nextafterf((float)x, (float)y), want, -3, 3, -3, 3, 0)
MEASURE(nextafter_f64, "nextafter", double, nextafter(x, y), nextafter((double)x, (double)y), want, -3, 3, -3, 3, 0)
MEASURE(nanf_f32, "nanf", float, isnan(nanf("1")), 1, want, 0, 1, 0, 1, 0)
MEASURE(nan_f64, "nan", double, isnan(nan("1")), 1, want, 0, 1, 0, 1, 0)
MEASURE(NAN_f32, "NAN", float, isnan(NAN), 1, want, 0, 1, 0, 1, 0)

// ---- intrinsics; the fast ones may be off by what the argument's own error makes of them

MEASURE(__cosf, "__cosf", float, __cosf(x), cosl(x), (ld)1, -3.14159, 3.14159, 0, 1, 4)
MEASURE(__sinf, "__sinf", float, __sinf(x), sinl(x), (ld)1, -3.14159, 3.14159, 0, 1, 4)
MEASURE(__tanf, "__tanf", float, __tanf(x), tanl(x), 1 + want *want, -1.5, 1.5, 0, 1, 8)
MEASURE(__expf, "__expf", float, __expf(x), expl(x), want * (1 + fabsl(x)), -10, 10, 0, 1, 4)
MEASURE(__exp10f, "__exp10f", float, __exp10f(x), powl(10, x), want * (1 + fabsl(x) * 2.4L), -4, 4, 0, 1, 4)
MEASURE(__logf, "__logf", float, __logf(x), logl(x), 1 + fabsl(want), 1e-3, 1e6, 0, 1, 4)
MEASURE(__log2f, "__log2f", float, __log2f(x), log2l(x), 1 + fabsl(want), 1e-3, 1e6, 0, 1, 4)
MEASURE(__log10f, "__log10f", float, __log10f(x), log10l(x), 1 + fabsl(want), 1e-3, 1e6, 0, 1, 4)
MEASURE(__powf, "__powf", float, __powf(x, y), powl(x, y), want * (1 + fabsl(logl(want))), 0.1, 10, -4, 4, 8)
MEASURE(__saturatef, "__saturatef", float, __saturatef(x), x < 0 ? 0 : x > 1 ? 1 : x, want, -2, 2, 0, 1, 0)
static __device__ Parts<float> fast_sincos(float x)
{
    Parts<float> p = {};
    __sincosf(x, &p.a, &p.b);
    return p;
}
MEASURE(fast_sin, "__sincosf", float, fast_sincos(x).a, sinl(x), (ld)1, -3.14159, 3.14159, 0, 1, 4)
MEASURE(fast_cos, "__sincosf", float, fast_sincos(x).b, cosl(x), (ld)1, -3.14159, 3.14159, 0, 1, 4)
ROW(__fdividef, float, __fdividef(x, y), x / y, 2.5)

// Computes in the type itself with the host's rounding mode set.
template <typename T, typename F> static ld rounded(int mode, F f)
{
    int old = fegetround();
    fesetround(mode);
    volatile T result = f();
    fesetround(old);
    return (ld)result;
}
#define DIRECTED(NAME, SUFFIX, MODE, T, ARGUMENTS, HOST)                                           \
    MEASURE(NAME##_##SUFFIX, #NAME "_" #SUFFIX, T, NAME##_##SUFFIX ARGUMENTS,                      \
            rounded<T>(MODE, [=] { volatile T a = (T)x, b = (T)y, c = (T)z; (void)b; (void)c; return (T)(HOST); }), want, \
            0.25, 8, 0.25, 4, 0)
#define ROUNDINGS(NAME, T, ARGUMENTS, HOST)                                                        \
    DIRECTED(NAME, rn, FE_TONEAREST, T, ARGUMENTS, HOST)                                           \
    DIRECTED(NAME, rd, FE_DOWNWARD, T, ARGUMENTS, HOST)                                            \
    DIRECTED(NAME, ru, FE_UPWARD, T, ARGUMENTS, HOST)                                              \
    DIRECTED(NAME, rz, FE_TOWARDZERO, T, ARGUMENTS, HOST)
ROUNDINGS(__fadd, float, (x, y), a + b)
ROUNDINGS(__fsub, float, (x, y), a - b)
ROUNDINGS(__fmul, float, (x, y), a *b)
ROUNDINGS(__fdiv, float, (x, y), a / b)
ROUNDINGS(__fmaf, float, (x, y, z), fmaf(a, b, c))
ROUNDINGS(__fsqrt, float, (x), sqrtf(a))
ROUNDINGS(__frcp, float, (x), 1.0f / a)
ROUNDINGS(__dadd, double, (x, y), a + b)
ROUNDINGS(__dsub, double, (x, y), a - b)
ROUNDINGS(__dmul, double, (x, y), a *b)
ROUNDINGS(__ddiv, double, (x, y), a / b)
ROUNDINGS(__fma, double, (x, y, z), fma(a, b, c))
ROUNDINGS(__dsqrt, double, (x), sqrt(a))
ROUNDINGS(__drcp, double, (x), 1.0 / a)
MEASURE(__frsqrt_rn, "__frsqrt_rn", float, __frsqrt_rn(x), 1 / sqrtl(x), want, 0.01, 100, 0, 1, 1.5)

int main(int argc, char **argv)
{
    return run_rows(argc, argv);
}
