// SPDX-License-Identifier: MIT
// Math as a program gets it: clang's headers, the device library, the code generator and the processor together, against the host's long
// double functions. Ranges and bounds are those of HIP's documentation ("HIP math API").
#include <hip/hip_runtime.h>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

#define HIP_CHECK(call)                                                                            \
    do {                                                                                           \
        if ((call) != hipSuccess) {                                                                \
            std::printf("FAILED: %s\n", #call);                                                    \
            std::exit(1);                                                                          \
        }                                                                                          \
    } while (0)

#define FUNCTIONS(F)                                                                               \
    F(acos, -1, 1, 1, 1)                                                                           \
    F(acosh, 1, 100, 1, 1)                                                                         \
    F(asin, -1, 1, 2, 1)                                                                           \
    F(asinh, -10, 10, 1, 1)                                                                        \
    F(atan, -10, 10, 2, 1)                                                                         \
    F(atanh, -0.9, 0.9, 1, 1)                                                                      \
    F(cbrt, -100, 100, 2, 1)                                                                       \
    F(ceil, -4, 4, 0, 0)                                                                           \
    F(cos, -3.14159, 3.14159, 1, 1)                                                                \
    F(cosh, -5, 5, 1, 1)                                                                           \
    F(erf, -4, 4, 4, 4)                                                                            \
    F(erfc, -4, 4, 2, 2)                                                                           \
    F(exp, -10, 10, 1, 1)                                                                          \
    F(exp10, -4, 4, 1, 1)                                                                          \
    F(exp2, -10, 10, 1, 1)                                                                         \
    F(expm1, -10, 10, 1, 1)                                                                        \
    F(floor, -4, 4, 0, 0)                                                                          \
    F(lgamma, 0.5, 20, 4, 2)                                                                       \
    F(log, 1e-6, 1e6, 2, 1)                                                                        \
    F(log10, 1e-6, 1e6, 2, 1)                                                                      \
    F(log1p, -0.9, 10, 1, 1)                                                                       \
    F(log2, 1e-6, 1e6, 1, 1)                                                                       \
    F(rint, -4, 4, 0, 0)                                                                           \
    F(round, -4, 4, 0, 0)                                                                          \
    F(sin, -3.14159, 3.14159, 1, 1)                                                                \
    F(sinh, -5, 5, 1, 1)                                                                           \
    F(sqrt, 0, 100, 1, 1)                                                                          \
    F(tan, -4.6, 4.6, 1, 1)                                                                        \
    F(tanh, -5, 5, 2, 1)                                                                           \
    F(tgamma, 0.5, 15, 6, 6)                                                                       \
    F(trunc, -4, 4, 0, 0)

#define ENUM(NAME, ...) f_##NAME,
enum Function { FUNCTIONS(ENUM) count };

#define CASE32(NAME, ...)                                                                          \
    case f_##NAME:                                                                                 \
        r = NAME##f(x);                                                                            \
        break;
#define CASE64(NAME, ...)                                                                          \
    case f_##NAME:                                                                                 \
        r = NAME(x);                                                                               \
        break;

__global__ void run32(int which, const double *in, double *out, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n)
        return;
    float x = (float)in[i], r = 0;
    switch (which) {
        FUNCTIONS(CASE32)
    }
    out[i] = r;
}

__global__ void run64(int which, const double *in, double *out, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n)
        return;
    double x = in[i], r = 0;
    switch (which) {
        FUNCTIONS(CASE64)
    }
    out[i] = r;
}

// Fast intrinsics, f32: __cosf 4 ulp of 1, __sinf 18, __expf 6, __exp10f 18, __logf 2, __log2f 1, __log10f 2, __frsqrt_rn 1.
__global__ void run_fast(int which, const double *in, double *out, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n)
        return;
    float x = (float)in[i];
    const float r[] = {__cosf(x), __sinf(x), __expf(x), __exp10f(x), __logf(x), __log2f(x), __log10f(x), __frsqrt_rn(x)};
    out[i] = r[which];
}

static double unit()
{
    static unsigned long long state = 1;
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    return (double)(state >> 11) * 0x1p-53;
}

// Difference in units of the last place of the exact value; `floor` for functions whose error is absolute.
static double error(double got, long double exact, int digits, long double floor)
{
    if (std::isnan(got) || std::isnan((double)exact))
        return std::isnan(got) && std::isnan((double)exact) ? 0 : INFINITY;
    long double size = std::fmax(std::fabs(exact), floor);
    if (size == 0)
        return got == 0 ? 0 : INFINITY;
    return (double)(std::fabs(got - exact) / std::ldexp(1.0L, std::max(std::ilogb(size), digits == 24 ? -126 : -1022) - digits + 1));
}

static const int points = 2048;
static std::vector<double> in(points), out(points);
static double *device_in, *device_out;
static int failures;

template <typename Kernel, typename Reference>
static void measure(const char *name, Kernel kernel, int which, Reference reference, double low, double high, int digits,
                    double bound, long double floor)
{
    for (int i = 0; i < points; ++i) {
        in[i] = low + (high - low) * (i < 2 ? i : unit());
        if (digits == 24)
            in[i] = (float)in[i] < low ? low : (float)in[i] > high ? high : (float)in[i];
        if (digits == 24)
            in[i] = (float)in[i];
    }
    HIP_CHECK(hipMemcpy(device_in, in.data(), points * sizeof(double), hipMemcpyHostToDevice));
    kernel<<<points / 256, 256>>>(which, device_in, device_out, points);
    HIP_CHECK(hipGetLastError());
    HIP_CHECK(hipMemcpy(out.data(), device_out, points * sizeof(double), hipMemcpyDeviceToHost));
    double most = 0, at = 0;
    for (int i = 0; i < points; ++i) {
        double e = error(out[i], reference((long double)in[i]), digits, floor);
        if (!(e <= most)) {
            most = e;
            at = in[i];
        }
    }
    bool good = most <= bound + (bound > 0 ? 0.001 : 0);
    failures += !good;
    std::printf("%-4s %-12s f%d: %.3f of %g ulp at %.17g\n", good ? "ok" : "FAIL", name, digits == 24 ? 32 : 64, most, bound, at);
}

#define MEASURE(NAME, LOW, HIGH, B32, B64)                                                         \
    measure(#NAME, run32, f_##NAME, [](long double x) { return NAME##l(x); }, LOW, HIGH, 24, B32, 0); \
    measure(#NAME, run64, f_##NAME, [](long double x) { return NAME##l(x); }, LOW, HIGH, 53, B64, 0);

int main()
{
    HIP_CHECK(hipMalloc((void **)&device_in, points * sizeof(double)));
    HIP_CHECK(hipMalloc((void **)&device_out, points * sizeof(double)));
    FUNCTIONS(MEASURE)
    // Beyond the documented ranges: up to overflow and down into the denormals.
    measure("expf wide", run32, f_exp, [](long double x) { return expl(x); }, -103, 88.7, 24, 1, 0);
    measure("exp2f wide", run32, f_exp2, [](long double x) { return exp2l(x); }, -149, 127.9, 24, 1, 0);
    measure("exp10f wide", run32, f_exp10, [](long double x) { return exp10l(x); }, -44, 38.5, 24, 1, 0);
    measure("logf tiny", run32, f_log, [](long double x) { return logl(x); }, 1e-45, 1e-38, 24, 2, 0);
    measure("log2f tiny", run32, f_log2, [](long double x) { return log2l(x); }, 1e-45, 1e-38, 24, 1, 0);
    measure("log10f at 1", run32, f_log10, [](long double x) { return log10l(x); }, 0.5, 2, 24, 2, 0);
    measure("sqrtf tiny", run32, f_sqrt, [](long double x) { return sqrtl(x); }, 1e-45, 1e-38, 24, 1, 0);
    // The documented measure is taken where the absolute error is largest, so sine and cosine count against 1.
    measure("__cosf", run_fast, 0, [](long double x) { return cosl(x); }, -3.14159, 3.14159, 24, 4, 1.0L);
    measure("__sinf", run_fast, 1, [](long double x) { return sinl(x); }, -3.14159, 3.14159, 24, 18, 1.0L);
    measure("__expf", run_fast, 2, [](long double x) { return expl(x); }, -10, 10, 24, 18, 0);
    measure("__exp10f", run_fast, 3, [](long double x) { return exp10l(x); }, -4, 4, 24, 18, 0);
    measure("__logf", run_fast, 4, [](long double x) { return logl(x); }, 1e-6, 1e6, 24, 2, 0);
    measure("__log2f", run_fast, 5, [](long double x) { return log2l(x); }, 1e-6, 1e6, 24, 1, 0.5L);
    measure("__log10f", run_fast, 6, [](long double x) { return log10l(x); }, 1e-6, 1e6, 24, 2, 0);
    measure("__frsqrt_rn", run_fast, 7, [](long double x) { return 1 / sqrtl(x); }, 0.01, 100, 24, 1, 0);
    std::printf("%s: %d rows failed\n", failures ? "FAILED" : "PASSED", failures);
    return failures != 0;
}
