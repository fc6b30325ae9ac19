// SPDX-License-Identifier: MIT
// The 16-bit and 8-bit floating-point types of HIP: hip_fp16.h, hip_bf16.h, hip_fp8.h (HIP
// documentation, "HIP math API" and "FP8 numbers"). The host rounds exact values of long double to
// the narrow format itself.
#include "rows.h"
#include <hip/hip_bf16.h>
#include <hip/hip_fp16.h>
#include <hip/hip_fp8.h>
#include <cfenv>
#include <cstdint>

typedef long double ld;
typedef uint16_t u16;
typedef uint32_t u32;

// ---- formats of 16 bits

struct Format {
    int digits, least, largest; // bits of precision; exponents of the least and the largest normal
};
static const Format half_format = {11, -14, 15}, bfloat_format = {8, -126, 127};

static ld value_of(u16 bits, const Format &f)
{
    int fraction_bits = f.digits - 1, field = (bits & 0x7fff) >> fraction_bits;
    int fraction = bits & ((1 << fraction_bits) - 1);
    ld sign = bits & 0x8000 ? -1 : 1;
    if (field > f.largest - f.least + 1)
        return fraction ? (ld)NAN : sign * (ld)INFINITY;
    if (field == 0)
        return sign * ldexpl(fraction, f.least - fraction_bits);
    return sign * ldexpl(fraction + (1 << fraction_bits), field - 1 + f.least - fraction_bits);
}

// `mode` is one of fenv.h's.
static u16 rounded(ld v, const Format &f, int mode = FE_TONEAREST)
{
    u16 sign = std::signbit(v) ? 0x8000 : 0, infinity = (u16)((f.largest - f.least + 2) << (f.digits - 1));
    if (v != v)
        return infinity | (u16)(1 << (f.digits - 2));
    if (v == 0 || std::isinf(v))
        return v == 0 ? sign : sign | infinity;
    int exponent;
    (void)frexpl(v, &exponent);
    exponent = exponent - 1 < f.least ? f.least : exponent - 1;
    int old = fegetround();
    fesetround(mode);
    volatile ld scaled = ldexpl(v, f.digits - 1 - exponent);
    ld whole = fabsl(nearbyintl(scaled));
    bool away = mode == FE_TONEAREST || (mode == FE_UPWARD && !sign) || (mode == FE_DOWNWARD && sign);
    fesetround(old);
    u32 code = (u32)whole + ((u32)(exponent - f.least) << (f.digits - 1));
    if (code >= infinity)
        code = away ? infinity : infinity - 1;
    return sign | (u16)code;
}

template <typename T> struct Type;
template <> struct Type<__half> {
    typedef __half2 pair;
    static const Format &format()
    {
        return half_format;
    }
    static __device__ __half of(u16 v)
    {
        return __ushort_as_half(v);
    }
    static __device__ u32 bits(__half v)
    {
        return __half_as_ushort(v);
    }
    static __device__ __half2 two(u16 low, u16 high)
    {
        return __halves2half2(of(low), of(high));
    }
};
template <> struct Type<__hip_bfloat16> {
    typedef __hip_bfloat162 pair;
    static const Format &format()
    {
        return bfloat_format;
    }
    static __device__ __hip_bfloat16 of(u16 v)
    {
        return __ushort_as_bfloat16(v);
    }
    static __device__ u32 bits(__hip_bfloat16 v)
    {
        return __bfloat16_as_ushort(v);
    }
    static __device__ __hip_bfloat162 two(u16 low, u16 high)
    {
        return __halves2bfloat162(of(low), of(high));
    }
};
static __device__ u32 bits(__half v)
{
    return __half_as_ushort(v);
}
static __device__ u32 bits(__hip_bfloat16 v)
{
    return __bfloat16_as_ushort(v);
}
static __device__ u32 bits(__half2 v)
{
    return __half_as_ushort(__low2half(v)) | (u32)__half_as_ushort(__high2half(v)) << 16;
}
static __device__ u32 bits(__hip_bfloat162 v)
{
    return __bfloat16_as_ushort(__low2bfloat16(v)) | (u32)__bfloat16_as_ushort(__high2bfloat16(v)) << 16;
}
static __device__ u32 bits(float v)
{
    return __float_as_uint(v);
}
static u32 bits_of(float v)
{
    u32 r;
    memcpy(&r, &v, 4);
    return r;
}

// ---- how rows are compared

struct Numbers {
    u16 a, b, c;
};
static std::vector<Numbers> numbers(bool moderate)
{
    std::vector<Numbers> all;
    u32 s = 2463534242u;
    auto next = [&] {
        s ^= s << 13;
        s ^= s >> 17;
        s ^= s << 5;
        return s;
    };
    static const u16 edges[] = {0, 0x8000, 1, 0x8001, 0x3c00, 0xbc00, 0x3f80, 0x7bff, 0x7f7f, 0x7c00, 0xfc00, 0x7f80, 0xff80, 0x7e00, 0x7fc0};
    if (!moderate)
        for (u16 a : edges)
            for (u16 b : edges)
                all.push_back({a, b, (u16)next()});
    for (int i = 0; i < 2000; i++) {
        Numbers n = {(u16)next(), (u16)(next() >> 8), (u16)(next() >> 9)};
        if (moderate) // near 1 in both formats
            n = {(u16)(0x3800 + n.a % 0x900), (u16)(0x3800 + n.b % 0x900), (u16)(0x3800 + n.c % 0x900)};
        all.push_back(n);
    }
    return all;
}

template <typename R> __global__ void apply(const Numbers *in, u32 *out, int count)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < count)
        out[i] = R::device(in[i].a, in[i].b, in[i].c);
}

static bool is_nan_of(u32 v, const Format &f)
{
    ld value = value_of((u16)v, f);
    return value != value;
}
// Whether two results are the same, in one part or two, within `ulps`, but for NaN's bits and the
// sign of zero (which of two zeros is the least is open).
static bool same(u32 got, u32 want, const Format *f, int ulps)
{
    if (got == want)
        return true;
    if (!f)
        return false;
    for (int i = 0; i < 32; i += 16) {
        u16 g = (u16)(got >> i), w = (u16)(want >> i);
        if (g == w || (is_nan_of(g, *f) && is_nan_of(w, *f)) || ((g | w) & 0x7fff) == 0)
            continue;
        if ((g ^ w) & 0x8000 || abs((int)g - (int)w) > ulps)
            return false;
    }
    return true;
}

template <typename R> static void compare(const Format *format, int ulps, bool moderate)
{
    std::vector<Numbers> values = numbers(moderate);
    Buffer<Numbers> in(values);
    Buffer<u32> out(values.size());
    int count = (int)values.size();
    apply<R><<<(count + 127) / 128, 128>>>(in.device, out.device, count);
    HIP_CHECK(hipGetLastError());
    out.to_host();
    for (int i = 0; i < count; i++) {
        u32 want = R::host(values[i].a, values[i].b, values[i].c);
        if (!same(out.host[i], want, format, ulps))
            fail("(%04x, %04x, %04x) is %08x, not %08x", values[i].a, values[i].b, values[i].c, out.host[i], want);
    }
}

// DEVICE sees T a, b, c, and pairs p = (a, b), q = (b, c), r = (c, a); HOST the values x, y, z and
// the words ha, hb, hc. FORMAT is null where bits count.
#define NARROW(ID, NAMES, T, DEVICE, HOST, FORMAT, ULPS, MODERATE)                                 \
    struct row_##ID {                                                                              \
        static __device__ u32 device(u16 ha, u16 hb, u16 hc)                                       \
        {                                                                                          \
            T a = Type<T>::of(ha), b = Type<T>::of(hb), c = Type<T>::of(hc);                       \
            Type<T>::pair p = Type<T>::two(ha, hb), q = Type<T>::two(hb, hc),                      \
                          r = Type<T>::two(hc, ha);                                                \
            (void)a, (void)b, (void)c, (void)p, (void)q, (void)r;                                  \
            return (u32)(DEVICE);                                                                  \
        }                                                                                          \
        static u32 host(u16 ha, u16 hb, u16 hc)                                                    \
        {                                                                                          \
            const Format &f = Type<T>::format();                                                   \
            ld x = value_of(ha, f), y = value_of(hb, f), z = value_of(hc, f);                      \
            (void)x, (void)y, (void)z;                                                             \
            return (u32)(HOST);                                                                    \
        }                                                                                          \
        static void run()                                                                          \
        {                                                                                          \
            compare<row_##ID>(FORMAT, ULPS, MODERATE);                                             \
        }                                                                                          \
    };                                                                                             \
    static AddRow add_##ID(NAMES, row_##ID::run);

static u32 pack(u16 low, u16 high)
{
    return low | (u32)high << 16;
}
static ld clamped(ld v)
{
    return v > 0 ? v < 1 ? v : 1 : 0;
}

// A value, and the pair of the same for (a, b) and (b, c).
#define OPERATION(H, T, NAME, NAME2, N, HOST)                                                      \
    NARROW(H##NAME, #NAME ":" #H, T, bits(NAME(a, b)), rounded(HOST(x, y), f), &Type<T>::format(), 0, false) \
    NARROW(H##NAME2, #NAME2 ":" #H, T, bits(NAME2(p, q)),                                          \
           pack(rounded(HOST(x, y), f), rounded(HOST(y, z), f)), &Type<T>::format(), 0, false)
#define SUM(x, y)        ((x) + (y))
#define DIFFERENCE(x, y) ((x) - (y))
#define PRODUCT(x, y)    ((x) * (y))
#define QUOTIENT(x, y)   ((x) / (y))
#define SUM_SAT(x, y)    clamped((x) + (y))
#define DIFFERENCE_SAT(x, y) clamped((x) - (y))
#define PRODUCT_SAT(x, y)    clamped((x) * (y))
#define LARGER(x, y)  fmaxl(x, y)
#define SMALLER(x, y) fminl(x, y)
#define RELATION(H, T, NAME, OP)                                                                   \
    NARROW(H##NAME, "__h" #NAME ":" #H, T, __h##NAME(a, b), x OP y && x == x && y == y, nullptr, 0, false) \
    NARROW(H##NAME##u, "__h" #NAME "u:" #H, T, __h##NAME##u(a, b), x OP y || x != x || y != y, nullptr, 0, false) \
    NARROW(H##NAME##2, "__h" #NAME "2:" #H, T, bits(__h##NAME##2(p, q)),                           \
           pack(rounded(x OP y && x == x && y == y, f), rounded(y OP z && y == y && z == z, f)), nullptr, 0, false) \
    NARROW(H##NAME##b2, "__hb" #NAME "2:" #H, T, __hb##NAME##2(p, q),                              \
           (x OP y && x == x && y == y) && (y OP z && y == y && z == z), nullptr, 0, false)        \
    NARROW(H##NAME##bu2, "__hb" #NAME "u2:" #H, T, __hb##NAME##u2(p, q),                           \
           (x OP y || x != x || y != y) && (y OP z || z != z || y != y), nullptr, 0, false)
// Functions of numbers near 1 within an ulp.
#define FUNCTION(H, T, NAME, HOST)                                                                 \
    NARROW(H##h##NAME, "h" #NAME ":" #H, T, bits(h##NAME(a)), rounded(HOST(x), f), &Type<T>::format(), 1, true) \
    NARROW(H##h2##NAME, "h2" #NAME ":" #H, T, bits(h2##NAME(p)),                                   \
           pack(rounded(HOST(x), f), rounded(HOST(y), f)), &Type<T>::format(), 1, true)
#define INVERSE(x)      (1 / (x))
#define INVERSE_ROOT(x) (1 / sqrtl(x))
#define POWER_OF_10(x)  powl(10, x)

#define BOTH_TYPES(H, T)                                                                           \
    OPERATION(H, T, __hadd, __hadd2, 0, SUM)                                                       \
    OPERATION(H, T, __hsub, __hsub2, 0, DIFFERENCE)                                                \
    OPERATION(H, T, __hmul, __hmul2, 0, PRODUCT)                                                   \
    OPERATION(H, T, __hdiv, __h2div, 0, QUOTIENT)                                                  \
    OPERATION(H, T, __hmax, __hmax2, 0, LARGER)                                                    \
    OPERATION(H, T, __hmin, __hmin2, 0, SMALLER)                                                   \
    NARROW(H##fma, "__hfma:" #H, T, bits(__hfma(a, b, c)), rounded(x *y + z, f), &Type<T>::format(), 0, true) \
    NARROW(H##fma2, "__hfma2:" #H, T, bits(__hfma2(p, q, r)),                                      \
           pack(rounded(x *y + z, f), rounded(y *z + x, f)), &Type<T>::format(), 0, true)          \
    NARROW(H##neg, "__hneg __hneg2:" #H, T, bits(__hneg(a)) ^ (bits(__hneg2(p)) << 16), (ha ^ 0x8000u) ^ ((u32)(ha ^ 0x8000) << 16), nullptr, 0, false) \
    NARROW(H##abs, "__habs __habs2:" #H, T, bits(__habs(a)) ^ (bits(__habs2(p)) << 16), (ha & 0x7fffu) ^ ((u32)(ha & 0x7fff) << 16), nullptr, 0, false) \
    NARROW(H##isnan, "__hisnan:" #H, T, __hisnan(a), x != x, nullptr, 0, false)                    \
    NARROW(H##isnan2, "__hisnan2:" #H, T, bits(__hisnan2(p)), pack(rounded(x != x, f), rounded(y != y, f)), nullptr, 0, false) \
    NARROW(H##isinf, "__hisinf:" #H, T, __hisinf(a) != 0, std::isinf(x), nullptr, 0, false)        \
    RELATION(H, T, eq, ==)                                                                         \
    RELATION(H, T, ne, !=)                                                                         \
    RELATION(H, T, lt, <)                                                                          \
    RELATION(H, T, le, <=)                                                                         \
    RELATION(H, T, gt, >)                                                                          \
    RELATION(H, T, ge, >=)                                                                         \
    FUNCTION(H, T, ceil, ceill)                                                                    \
    FUNCTION(H, T, floor, floorl)                                                                  \
    FUNCTION(H, T, trunc, truncl)                                                                  \
    FUNCTION(H, T, rint, rintl)                                                                    \
    FUNCTION(H, T, sqrt, sqrtl)                                                                    \
    FUNCTION(H, T, rsqrt, INVERSE_ROOT)                                                            \
    FUNCTION(H, T, rcp, INVERSE)                                                                   \
    FUNCTION(H, T, sin, sinl)                                                                      \
    FUNCTION(H, T, cos, cosl)                                                                      \
    FUNCTION(H, T, exp, expl)                                                                      \
    FUNCTION(H, T, exp2, exp2l)                                                                    \
    FUNCTION(H, T, exp10, POWER_OF_10)                                                             \
    FUNCTION(H, T, log, logl)                                                                      \
    FUNCTION(H, T, log2, log2l)                                                                    \
    FUNCTION(H, T, log10, log10l)                                                                  \
    FUNCTION(H, T, tanh, tanhl)
BOTH_TYPES(half, __half)
BOTH_TYPES(bfloat16, __hip_bfloat16)

OPERATION(half, __half, __hadd_sat, __hadd2_sat, 0, SUM_SAT)
OPERATION(half, __half, __hsub_sat, __hsub2_sat, 0, DIFFERENCE_SAT)
OPERATION(half, __half, __hmul_sat, __hmul2_sat, 0, PRODUCT_SAT)
NARROW(fma_sat, "__hfma_sat:half", __half, bits(__hfma_sat(a, b, c)), rounded(clamped(x *y + z), f), &half_format, 0, true)
NARROW(fma2_sat, "__hfma2_sat:half", __half, bits(__hfma2_sat(p, q, r)), pack(rounded(clamped(x *y + z), f), rounded(clamped(y *z + x), f)), &half_format, 0, true)
NARROW(max_nan, "__hmax_nan:half", __half, bits(__hmax_nan(a, b)), x != x || y != y ? rounded(NAN, f) : rounded(LARGER(x, y), f), &half_format, 0, false)
NARROW(min_nan, "__hmin_nan:half", __half, bits(__hmin_nan(a, b)), x != x || y != y ? rounded(NAN, f) : rounded(SMALLER(x, y), f), &half_format, 0, false)
NARROW(isinf2, "__hisinf2:half", __half, bits(__hisinf2(p)), pack(rounded(std::isinf(x), f), rounded(std::isinf(y), f)), nullptr, 0, false)

// ---- parts of pairs

#define PARTS(H, T, PAIR, SHORT, FLOAT, FLOAT2)                                                    \
    NARROW(H##low, "__low2" SHORT, T, bits(__low2##PAIR(p)), ha, nullptr, 0, false)                \
    NARROW(H##high, "__high2" SHORT, T, bits(__high2##PAIR(p)), hb, nullptr, 0, false)             \
    NARROW(H##low2, "__low2" SHORT "2", T, bits(__low2##PAIR##2(p)), pack(ha, ha), nullptr, 0, false) \
    NARROW(H##high2, "__high2" SHORT "2", T, bits(__high2##PAIR##2(p)), pack(hb, hb), nullptr, 0, false) \
    NARROW(H##lows, "__lows2" SHORT "2", T, bits(__lows2##PAIR##2(p, q)), pack(ha, hb), nullptr, 0, false) \
    NARROW(H##highs, "__highs2" SHORT "2", T, bits(__highs2##PAIR##2(p, q)), pack(hb, hc), nullptr, 0, false) \
    NARROW(H##swap, "__lowhigh2highlow:" #H, T, bits(__lowhigh2highlow(p)), pack(hb, ha), nullptr, 0, false) \
    NARROW(H##lowf, "__low2float:" #H, T, bits(rounded_nan(__low2float(p))), nan_bits(x), nullptr, 0, false) \
    NARROW(H##highf, "__high2float:" #H, T, bits(rounded_nan(__high2float(p))), nan_bits(y), nullptr, 0, false)
static __device__ float rounded_nan(float v)
{
    return v != v ? __uint_as_float(0x7fc00000) : v;
}
static u32 nan_bits(ld v)
{
    return v != v ? 0x7fc00000 : bits_of((float)v);
}
PARTS(half, __half, half, "half", __half2float, __half22float2)
PARTS(bfloat16, __hip_bfloat16, bfloat16, "bfloat16", __bfloat162float, __bfloat1622float2)
NARROW(half_halves, "__halves2half2 __half2half2", __half, bits(__halves2half2(a, b)) ^ bits(__half2half2(c)), pack(ha, hb) ^ pack(hc, hc), nullptr, 0, false)
NARROW(bfloat_halves, "__halves2bfloat162 __bfloat162bfloat162", __hip_bfloat16, bits(__halves2bfloat162(a, b)) ^ bits(__bfloat162bfloat162(c)), pack(ha, hb) ^ pack(hc, hc), nullptr, 0, false)

// ---- conversions; floats are made of two words

#define FLOAT_OF(ha, hb) __builtin_bit_cast(float, (u32)(ha) | (u32)(hb) << 16)
#define SMALL_OF(ha, hb) (FLOAT_OF(ha, (hb & 0x87ff) | 0x3800) * 4.0f)
NARROW(half2float, "__half2float", __half, bits(rounded_nan(__half2float(a))), nan_bits(x), nullptr, 0, false)
NARROW(half22float2, "__half22float2", __half, bits(rounded_nan(__half22float2(p).y)), nan_bits(y), nullptr, 0, false)
NARROW(float2half, "__float2half", __half, bits(__float2half(SMALL_OF(ha, hb))), rounded(SMALL_OF(ha, hb), f), &half_format, 0, false)
NARROW(float2half_rn, "__float2half_rn", __half, bits(__float2half_rn(SMALL_OF(ha, hb))), rounded(SMALL_OF(ha, hb), f), &half_format, 0, false)
NARROW(float2half_rd, "__float2half_rd", __half, bits(__float2half_rd(SMALL_OF(ha, hb))), rounded(SMALL_OF(ha, hb), f, FE_DOWNWARD), &half_format, 0, false)
NARROW(float2half_ru, "__float2half_ru", __half, bits(__float2half_ru(SMALL_OF(ha, hb))), rounded(SMALL_OF(ha, hb), f, FE_UPWARD), &half_format, 0, false)
NARROW(float2half_rz, "__float2half_rz", __half, bits(__float2half_rz(SMALL_OF(ha, hb))), rounded(SMALL_OF(ha, hb), f, FE_TOWARDZERO), &half_format, 0, false)
NARROW(float2half2_rn, "__float2half2_rn", __half, bits(__float2half2_rn(SMALL_OF(ha, hb))), pack(rounded(SMALL_OF(ha, hb), f), rounded(SMALL_OF(ha, hb), f)), &half_format, 0, false)
NARROW(floats2half2_rn, "__floats2half2_rn", __half, bits(__floats2half2_rn(SMALL_OF(ha, hb), SMALL_OF(hb, hc))), pack(rounded(SMALL_OF(ha, hb), f), rounded(SMALL_OF(hb, hc), f)), &half_format, 0, false)
NARROW(float22half2_rn, "__float22half2_rn", __half, bits(__float22half2_rn(float2(SMALL_OF(ha, hb), SMALL_OF(hb, hc)))), pack(rounded(SMALL_OF(ha, hb), f), rounded(SMALL_OF(hb, hc), f)), &half_format, 0, false)
NARROW(half_as, "__half_as_short __short_as_half", __half, bits(__short_as_half((short)(__half_as_short(a) ^ 1))), ha ^ 1, nullptr, 0, false)
NARROW(half_as_u, "__half_as_ushort __ushort_as_half", __half, bits(__ushort_as_half(__half_as_ushort(a) ^ 1)), ha ^ 1, nullptr, 0, false)
NARROW(bf2float, "__bfloat162float", __hip_bfloat16, bits(rounded_nan(__bfloat162float(a))), nan_bits(x), nullptr, 0, false)
NARROW(bf22float2, "__bfloat1622float2", __hip_bfloat16, bits(rounded_nan(__bfloat1622float2(p).y)), nan_bits(y), nullptr, 0, false)
NARROW(float2bf, "__float2bfloat16", __hip_bfloat16, bits(__float2bfloat16(FLOAT_OF(ha, hb))), rounded(FLOAT_OF(ha, hb), f), &bfloat_format, 0, false)
NARROW(double2bf, "__double2bfloat16", __hip_bfloat16, bits(__double2bfloat16((double)FLOAT_OF(ha, hb) / 3)), rounded((double)FLOAT_OF(ha, hb) / 3, f), &bfloat_format, 0, false)
NARROW(float22bf, "__float22bfloat162_rn", __hip_bfloat16, bits(__float22bfloat162_rn(float2(FLOAT_OF(ha, hb), FLOAT_OF(hb, hc)))), pack(rounded(FLOAT_OF(ha, hb), f), rounded(FLOAT_OF(hb, hc), f)), &bfloat_format, 0, false)
NARROW(bf_as, "__bfloat16_as_short __short_as_bfloat16", __hip_bfloat16, bits(__short_as_bfloat16((short)(__bfloat16_as_short(a) ^ 1))), ha ^ 1, nullptr, 0, false)
NARROW(bf_as_u, "__bfloat16_as_ushort __ushort_as_bfloat16", __hip_bfloat16, bits(__ushort_as_bfloat16(__bfloat16_as_ushort(a) ^ 1)), ha ^ 1, nullptr, 0, false)

static ld toward(ld v, int mode)
{
    int old = fegetround();
    fesetround(mode);
    volatile ld from = v;
    ld r = nearbyintl(from);
    fesetround(old);
    return r;
}
#define FROM_HALF(NAME, T, R, MODE)                                                                \
    NARROW(to_##NAME##R, "__half2" #NAME "_" #R, __half, __half2##NAME##_##R(small_half(ha, (T)-1 > (T)0)), \
           (T)toward(value_of((ha & 0x57ff) | ((T)-1 > (T)0 ? 0 : ha & 0x8000), half_format), MODE), nullptr, 0, false)
static __device__ __half small_half(u16 bits, bool positive)
{
    return __ushort_as_half((u16)((bits & 0x57ff) | (positive ? 0 : bits & 0x8000)));
}
#define WORD_AS(T) (T)(((u32)ha | (u32)hb << 16) >> (hc % 17))
#define INTEGER(NAME, T, R, MODE)                                                                  \
    FROM_HALF(NAME, T, R, MODE)                                                                    \
    NARROW(from_##NAME##R, "__" #NAME "2half_" #R, __half, bits(__##NAME##2half_##R(WORD_AS(T))),  \
           rounded((ld)(WORD_AS(T)), f, MODE), &half_format, 0, false)
#define ALL_DIRECTIONS(NAME, T)                                                                    \
    INTEGER(NAME, T, rn, FE_TONEAREST)                                                             \
    INTEGER(NAME, T, rd, FE_DOWNWARD)                                                              \
    INTEGER(NAME, T, ru, FE_UPWARD)                                                                \
    INTEGER(NAME, T, rz, FE_TOWARDZERO)
ALL_DIRECTIONS(short, short)
ALL_DIRECTIONS(ushort, u16)
ALL_DIRECTIONS(int, int)
ALL_DIRECTIONS(uint, u32)
ALL_DIRECTIONS(ll, long long)
ALL_DIRECTIONS(ull, unsigned long long)

// ---- 8 bits: every code's value, and for many numbers the nearest code

struct Tiny {
    int fraction_bits, bias;
    bool fnuz, has_infinity;
};
static double tiny_value(unsigned code, const Tiny &t)
{
    unsigned magnitude = code & 0x7f;
    if (t.fnuz ? code == 0x80 : t.has_infinity ? magnitude > 0x7c : magnitude == 0x7f)
        return NAN;
    double sign = code & 0x80 ? -1 : 1;
    if (t.has_infinity && magnitude == 0x7c)
        return sign * INFINITY;
    int field = magnitude >> t.fraction_bits, fraction = magnitude & ((1 << t.fraction_bits) - 1);
    if (field == 0)
        return sign * ldexp(fraction, 1 - t.bias - t.fraction_bits);
    return sign * ldexp(fraction + (1 << t.fraction_bits), field - t.bias - t.fraction_bits);
}
// Nearest, ties to the even code, saturating.
static double tiny_nearest(double v, const Tiny &t)
{
    if (v != v)
        return NAN;
    double best = 0, distance = INFINITY;
    unsigned best_code = 0;
    for (unsigned code = 0; code < 0x80; code++) {
        double value = tiny_value(code, t);
        if (value != value || std::isinf(value))
            continue;
        double d = fabs(fabs(v) - value);
        if (d < distance || (d == distance && !(code & 1))) {
            best = value;
            distance = d;
            best_code = code;
        }
    }
    (void)best_code;
    return v < 0 ? -best : best;
}

// out: value of the code, then of 8 ways to convert the number to 8 bits.
template <typename T1, typename T2, typename T4> __global__ void tiny(const float *in, float *out, int count)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= count)
        return;
    float v = in[i];
    T1 code;
    code.__x = (__hip_fp8_storage_t)i;
    float *o = out + 16 * i;
    constexpr auto kind = T1::__default_interpret;
    o[0] = (float)code;
    o[1] = (float)T1(v);
    o[2] = (float)T1((double)v);
    code.__x = __hip_cvt_float_to_fp8(v, __HIP_SATFINITE, kind);
    o[3] = code;
    code.__x = __hip_cvt_double_to_fp8((double)v, __HIP_SATFINITE, kind);
    o[4] = code;
    T2 two(float2(v, -v));
    float2 back = two;
    o[5] = back.x;
    o[6] = -back.y;
    two.__x = __hip_cvt_float2_to_fp8x2(float2(v, v), __HIP_SATFINITE, kind);
    o[7] = ((float2)two).y;
    two.__x = __hip_cvt_double2_to_fp8x2(double2(v, v), __HIP_SATFINITE, kind);
    o[8] = ((float2)two).x;
    T4 four(float4(v, v, v, -v));
    float4 fours = four;
    o[9] = fours.x;
    o[10] = -fours.w;
    // Halves and bfloats of the number: the number was chosen to be exact in both.
    code.__x = __hip_cvt_halfraw_to_fp8(__float2half(v), __HIP_SATFINITE, kind);
    o[11] = __half2float(__half(__hip_cvt_fp8_to_halfraw(code.__x, kind)));
    code.__x = __hip_cvt_bfloat16raw_to_fp8(__float2bfloat16(v), __HIP_SATFINITE, kind);
    o[12] = code;
    two.__x = __hip_cvt_halfraw2_to_fp8x2(__floats2half2_rn(v, v), __HIP_SATFINITE, kind);
    o[13] = __high2float(__half2(__hip_cvt_fp8x2_to_halfraw2(two.__x, kind)));
    two.__x = __hip_cvt_bfloat16raw2_to_fp8x2(__float22bfloat162_rn(float2(v, v)), __HIP_SATFINITE, kind);
    o[14] = ((float2)two).x;
    o[15] = (float)(int)T1(v);
}

template <typename T1, typename T2, typename T4> static void run_tiny(Tiny t)
{
    std::vector<float> values;
    for (int i = 0; i < 1024; i++) // bfloats that are halves, too: 6 bits of fraction
        values.push_back(ldexpf((float)(64 + i % 64), i / 64 - 15) * (i % 3 ? 1 : -1));
    Buffer<float> in(values), out(16 * values.size());
    tiny<T1, T2, T4><<<8, 128>>>(in.device, out.device, (int)values.size());
    HIP_CHECK(hipGetLastError());
    out.to_host();
    for (int i = 0; i < 1024; i++) {
        const float *o = &out.host[16 * i];
        double code = tiny_value(i & 255, t), near = tiny_nearest(values[i], t);
        if (!(o[0] == code || (o[0] != o[0] && code != code)))
            fail("code %02x is %g, not %g", i & 255, o[0], code);
        for (int way = 1; way < 15; way++)
            if (o[way] != near)
                fail("%g, way %d, is %g, not %g", values[i], way, o[way], near);
        if (o[15] != truncf((float)near))
            fail("%g as an integer is %g, not %g", values[i], o[15], trunc(near));
    }
}
#define TINY(NAME, ...)                                                                            \
    static AddRow add_##NAME("__hip_fp8_" #NAME " __hip_fp8x2_" #NAME " __hip_fp8x4_" #NAME, [] {  \
        run_tiny<__hip_fp8_##NAME, __hip_fp8x2_##NAME, __hip_fp8x4_##NAME>(Tiny{__VA_ARGS__});     \
    });
TINY(e4m3, 3, 7, false, false)
TINY(e5m2, 2, 15, false, true)
TINY(e4m3_fnuz, 3, 8, true, false)
TINY(e5m2_fnuz, 2, 16, true, false)
// All of these are in `tiny`.
static AddRow conversions("__hip_cvt_float_to_fp8 __hip_cvt_double_to_fp8 __hip_cvt_halfraw_to_fp8 "
                          "__hip_cvt_bfloat16raw_to_fp8 __hip_cvt_float2_to_fp8x2 __hip_cvt_double2_to_fp8x2 "
                          "__hip_cvt_halfraw2_to_fp8x2 __hip_cvt_bfloat16raw2_to_fp8x2 __hip_cvt_fp8_to_halfraw "
                          "__hip_cvt_fp8x2_to_halfraw2",
                          [] { run_tiny<__hip_fp8_e4m3, __hip_fp8x2_e4m3, __hip_fp8x4_e4m3>({3, 7, false, false}); });

int main(int argc, char **argv)
{
    return run_rows(argc, argv);
}
