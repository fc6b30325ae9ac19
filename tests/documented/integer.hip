// SPDX-License-Identifier: MIT
// HIP documentation, "HIP math API": integer intrinsics and type casting intrinsics. Values are
// patterns and random words; the host's answers are computed bit by bit or in wider types.
#include "rows.h"
#include <hip/hip_fp16.h>
#include <cfenv>
#include <cstdint>
#include <limits>

struct Words {
    uint64_t a, b, c;
};

static std::vector<Words> words()
{
    static const uint64_t patterns[] = {0,
                                        1,
                                        2,
                                        0x7f,
                                        0x80,
                                        0xffff,
                                        0x7fffffff,
                                        0x80000000,
                                        0xffffffff,
                                        0x100000000,
                                        0x7fffffffffffffff,
                                        0x8000000000000000,
                                        0xffffffffffffffff,
                                        0x123456789abcdef0};
    std::vector<Words> all;
    uint64_t s = 88172645463325252ull;
    auto next = [&] {
        s ^= s << 13;
        s ^= s >> 7;
        s ^= s << 17;
        return s;
    };
    for (uint64_t a : patterns)
        for (uint64_t b : patterns)
            all.push_back({a, b, next()});
    for (int i = 0; i < 300; i++)
        all.push_back({next() >> (i % 60), next() >> (i % 37), next() >> (i % 50)});
    return all;
}

template <typename R> __global__ void apply(const Words *in, uint64_t *out, int count)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < count)
        out[i] = R::device(in[i].a, in[i].b, in[i].c);
}

template <typename R> static void compare(const std::vector<Words> &values)
{
    Buffer<Words> in(values);
    Buffer<uint64_t> out(values.size());
    int count = (int)values.size();
    apply<R><<<(count + 127) / 128, 128>>>(in.device, out.device, count);
    HIP_CHECK(hipGetLastError());
    out.to_host();
    for (int i = 0; i < count; i++) {
        const Words &w = values[i];
        uint64_t want = R::host(w.a, w.b, w.c);
        if (out.host[i] != want)
            fail("(%llx, %llx, %llx) is %llx, not %llx", (unsigned long long)w.a, (unsigned long long)w.b,
                 (unsigned long long)w.c, (unsigned long long)out.host[i], (unsigned long long)want);
    }
}

// DEVICE and HOST see 64-bit words a, b, c; results are compared as 64-bit words.
#define WORDS(ID, NAMES, DEVICE, HOST)                                                             \
    struct row_##ID {                                                                              \
        static __device__ uint64_t device(uint64_t a, uint64_t b, uint64_t c)                      \
        {                                                                                          \
            return (uint64_t)(DEVICE);                                                             \
        }                                                                                          \
        static uint64_t host(uint64_t a, uint64_t b, uint64_t c)                                   \
        {                                                                                          \
            return (uint64_t)(HOST);                                                               \
        }                                                                                          \
        static void run()                                                                          \
        {                                                                                          \
            compare<row_##ID>(words());                                                            \
        }                                                                                          \
    };                                                                                             \
    static AddRow add_##ID(NAMES, row_##ID::run);

typedef uint32_t u32;
typedef int32_t s32;
typedef uint64_t u64;
typedef int64_t s64;
typedef unsigned __int128 u128;
typedef __int128 s128;

// ---- references

static u64 reverse(u64 v, int bits)
{
    u64 r = 0;
    for (int i = 0; i < bits; i++)
        r |= ((v >> i) & 1) << (bits - 1 - i);
    return r;
}
static int highest(u64 v)
{
    int n = -1;
    for (; v; v >>= 1)
        n++;
    return n;
}
static int lowest(u64 v)
{
    for (int i = 0; i < 64; i++)
        if ((v >> i) & 1)
            return i;
    return -1;
}
static int ones(u64 v)
{
    int n = 0;
    for (int i = 0; i < 64; i++)
        n += (v >> i) & 1;
    return n;
}
static u32 selected_bytes(u32 x, u32 y, u32 s)
{
    u32 r = 0;
    for (int i = 0; i < 4; i++) {
        int n = (s >> (4 * i)) & 7;
        r |= ((n < 4 ? x >> (8 * n) : y >> (8 * (n - 4))) & 255) << (8 * i);
    }
    return r;
}
// The offset'th set bit at or above base (offset > 0), at or below it (< 0), base itself (0).
static s64 nth_set(u64 mask, int bits, int base, int offset)
{
    if (offset == 0)
        return (mask >> base) & 1 ? base : -1;
    int left = abs(offset);
    for (int i = base; i >= 0 && i < bits; i += offset > 0 ? 1 : -1)
        if ((mask >> i) & 1 && --left == 0)
            return i;
    return -1;
}
static u64 extracted(u64 v, int offset, int width, int bits)
{
    u64 r = 0;
    for (int i = 0; i < width && i + offset < bits; i++)
        r |= ((v >> (i + offset)) & 1) << i;
    return r;
}
static u64 inserted(u64 v, u64 field, int offset, int width, int bits)
{
    for (int i = 0; i < width && i + offset < bits; i++)
        v = (v & ~(1ull << (i + offset))) | (((field >> i) & 1) << (i + offset));
    return v;
}

WORDS(brev, "__brev", __brev((u32)a), reverse((u32)a, 32))
WORDS(brevll, "__brevll", __brevll(a), reverse(a, 64))
WORDS(byte_perm, "__byte_perm", __byte_perm((u32)a, (u32)b, (u32)c), selected_bytes((u32)a, (u32)b, (u32)c))
WORDS(clz, "__clz", __clz((s32)a), 31 - highest((u32)a))
WORDS(clzll, "__clzll", __clzll((s64)a), 63 - highest(a))
WORDS(ffs, "__ffs", __ffs((s32)a), lowest((u32)a) + 1)
WORDS(ffsll, "__ffsll", __ffsll((long long)a), lowest(a) + 1)
WORDS(lastbit32, "__lastbit_u32_u32", __lastbit_u32_u32((u32)a), (u32)lowest((u32)a))
WORDS(lastbit64, "__lastbit_u32_u64", __lastbit_u32_u64(a), (u32)lowest(a))
WORDS(fns32, "__fns32", (s64)__fns32((u32)a, (u32)b & 31, (s32)(c % 9) - 4), nth_set((u32)a, 32, (u32)b & 31, (s32)(c % 9) - 4))
WORDS(fns64, "__fns64", (s64)__fns64(a, (u32)b & 63, (s32)(c % 9) - 4), nth_set(a, 64, (u32)b & 63, (s32)(c % 9) - 4))
WORDS(fns, "__fns", (s64)__fns((u32)a, (u32)b & 31, (s32)(c % 9) - 4), nth_set((u32)a, 32, (u32)b & 31, (s32)(c % 9) - 4))
#define BOTH_WORDS (((u64)(u32)b << 32) | (u32)a)
WORDS(funnel_l, "__funnelshift_l", __funnelshift_l((u32)a, (u32)b, (u32)c), (u32)(BOTH_WORDS << (c & 31) >> 32))
WORDS(funnel_lc, "__funnelshift_lc", __funnelshift_lc((u32)a, (u32)b, (u32)c % 40), (u32)((u128)BOTH_WORDS << ((u32)c % 40 > 32 ? 32 : (u32)c % 40) >> 32))
WORDS(funnel_r, "__funnelshift_r", __funnelshift_r((u32)a, (u32)b, (u32)c), (u32)(BOTH_WORDS >> (c & 31)))
WORDS(funnel_rc, "__funnelshift_rc", __funnelshift_rc((u32)a, (u32)b, (u32)c % 40), (u32)(BOTH_WORDS >> ((u32)c % 40 > 32 ? 32 : (u32)c % 40)))
WORDS(hadd, "__hadd", (s64)__hadd((s32)a, (s32)b), ((s64)(s32)a + (s32)b) >> 1)
WORDS(rhadd, "__rhadd", (s64)__rhadd((s32)a, (s32)b), ((s64)(s32)a + (s32)b + 1) >> 1)
WORDS(uhadd, "__uhadd", __uhadd((u32)a, (u32)b), ((u64)(u32)a + (u32)b) >> 1)
WORDS(urhadd, "__urhadd", __urhadd((u32)a, (u32)b), ((u64)(u32)a + (u32)b + 1) >> 1)
WORDS(sad, "__sad", (u32)__sad((s32)a, (s32)b, (u32)c), (u32)(llabs((s64)(s32)a - (s32)b) + (u32)c))
WORDS(usad, "__usad", __usad((u32)a, (u32)b, (u32)c), (u32)(llabs((s64)(u32)a - (s64)(u32)b) + (u32)c))
WORDS(popc, "__popc", __popc((u32)a), ones((u32)a))
WORDS(popcll, "__popcll", __popcll(a), ones(a))
WORDS(mul24, "__mul24", (u32)__mul24((s32)a, (s32)b), (u32)(((s64)(a << 40) >> 40) * ((s64)(b << 40) >> 40)))
WORDS(umul24, "__umul24", (u32)__umul24((u32)a, (u32)b), (u32)((a & 0xffffff) * (b & 0xffffff)))
WORDS(mulhi, "__mulhi", (s64)__mulhi((s32)a, (s32)b), ((s64)(s32)a * (s32)b) >> 32)
WORDS(umulhi, "__umulhi", __umulhi((u32)a, (u32)b), ((u64)(u32)a * (u32)b) >> 32)
WORDS(mul64hi, "__mul64hi", __mul64hi((s64)a, (s64)b), ((s128)(s64)a * (s64)b) >> 64)
WORDS(umul64hi, "__umul64hi", __umul64hi(a, b), ((u128)a * b) >> 64)
WORDS(bitextract32, "__bitextract_u32", __bitextract_u32((u32)a, (u32)b & 31, (u32)c % (33 - ((u32)b & 31)) & 31), extracted((u32)a, (u32)b & 31, (u32)c % (33 - ((u32)b & 31)) & 31, 32))
WORDS(bitextract64, "__bitextract_u64", __bitextract_u64(a, (u32)b & 63, (u32)c % (65 - ((u32)b & 63)) & 63), extracted(a, (u32)b & 63, (u32)c % (65 - ((u32)b & 63)) & 63, 64))
WORDS(bitinsert32, "__bitinsert_u32", __bitinsert_u32((u32)a, (u32)b, (u32)c & 31, (u32)(c >> 8) & 31), inserted((u32)a, b, (u32)c & 31, (u32)(c >> 8) & 31, 32))
WORDS(bitinsert64, "__bitinsert_u64", __bitinsert_u64(a, b, (u32)c & 63, (u32)(c >> 8) & 63), inserted(a, b, (u32)c & 63, (u32)(c >> 8) & 63, 64))
WORDS(abs_int, "abs", (u32)abs((s32)a), (u32)llabs((s64)(s32)a))
WORDS(min_max, "min max", (s64)min((s32)a, (s32)b) ^ max((u32)a, (u32)b), (s64)std::min((s32)a, (s32)b) ^ std::max((u32)a, (u32)b))

// ---- packed bytes

static __host__ __device__ char4 bytes_of(u32 v)
{
    return char4((char)v, (char)(v >> 8), (char)(v >> 16), (char)(v >> 24));
}
static __host__ __device__ u32 word_of(char4 v)
{
    return (v.x & 255) | (v.y & 255) << 8 | (v.z & 255) << 16 | (u32)(v.w & 255) << 24;
}
static u32 by_bytes(u32 x, u32 y, int (*f)(int, int))
{
    u32 r = 0;
    for (int i = 0; i < 32; i += 8)
        r |= ((u32)f((x >> i) & 255, (y >> i) & 255) & 255) << i;
    return r;
}
static int add_of(int x, int y)
{
    return x + y;
}
static int sub_of(int x, int y)
{
    return x - y;
}
static int mul_of(int x, int y)
{
    return x * y;
}
WORDS(add8pk, "__hip_hc_add8pk", word_of(__hip_hc_add8pk(bytes_of((u32)a), bytes_of((u32)b))), by_bytes((u32)a, (u32)b, add_of))
WORDS(sub8pk, "__hip_hc_sub8pk", word_of(__hip_hc_sub8pk(bytes_of((u32)a), bytes_of((u32)b))), by_bytes((u32)a, (u32)b, sub_of))
WORDS(mul8pk, "__hip_hc_mul8pk", word_of(__hip_hc_mul8pk(bytes_of((u32)a), bytes_of((u32)b))), by_bytes((u32)a, (u32)b, mul_of))
static s32 dot_of(u32 x, u32 y, s32 z, int bits, bool saturate)
{
    s64 sum = z;
    for (int i = 0; i < 32; i += bits)
        sum += (s64)((s32)(x << (32 - bits - i)) >> (32 - bits)) * ((s32)(y << (32 - bits - i)) >> (32 - bits));
    return !saturate ? (s32)sum : sum > INT_MAX ? INT_MAX : sum < INT_MIN ? INT_MIN : (s32)sum;
}
WORDS(dot_short, "amd_mixed_dot", (s64)amd_mixed_dot(short2((short)a, (short)(a >> 16)), short2((short)b, (short)(b >> 16)), (s32)c, true), dot_of((u32)a, (u32)b, (s32)c, 16, true))
WORDS(dot_char, "amd_mixed_dot", (s64)amd_mixed_dot(bytes_of((u32)a), bytes_of((u32)b), (s32)c, false), dot_of((u32)a, (u32)b, (s32)c, 8, false))
WORDS(dot_nibbles, "amd_mixed_dot", (s64)amd_mixed_dot((s32)a, (s32)b, (s32)c, true), dot_of((u32)a, (u32)b, (s32)c, 4, true))

// ---- the same bits as another type

static __host__ __device__ double double_of(u64 v)
{
    double d;
    memcpy(&d, &v, 8);
    return d;
}
static __host__ __device__ float float_of(u32 v)
{
    float f;
    memcpy(&f, &v, 4);
    return f;
}
static __host__ __device__ u64 bits_of(double d)
{
    u64 v;
    memcpy(&v, &d, 8);
    return v;
}
static __host__ __device__ u32 bits_of(float f)
{
    u32 v;
    memcpy(&v, &f, 4);
    return v;
}
WORDS(float_as_int, "__float_as_int", (u32)__float_as_int(float_of((u32)a)), (u32)a)
WORDS(float_as_uint, "__float_as_uint", __float_as_uint(float_of((u32)a)), (u32)a)
WORDS(int_as_float, "__int_as_float", bits_of(__int_as_float((s32)a)), (u32)a)
WORDS(uint_as_float, "__uint_as_float", bits_of(__uint_as_float((u32)a)), (u32)a)
WORDS(double_as_ll, "__double_as_longlong", __double_as_longlong(double_of(a)), a)
WORDS(ll_as_double, "__longlong_as_double", bits_of(__longlong_as_double((s64)a)), a)
WORDS(double2hi, "__double2hiint", (u32)__double2hiint(double_of(a)), a >> 32)
WORDS(double2lo, "__double2loint", (u32)__double2loint(double_of(a)), (u32)a)
WORDS(hilo2double, "__hiloint2double", bits_of(__hiloint2double((s32)a, (s32)b)), (a << 32) | (u32)b)

// ---- conversions with a direction

static const int modes[] = {FE_DOWNWARD, FE_TONEAREST, FE_UPWARD, FE_TOWARDZERO};
template <typename T, typename From> static T converted(int direction, From v)
{
    if (v == 0) // compilers for x86 get -0 when they round 0ull down
        return 0;
    int old = fegetround();
    fesetround(modes[direction]);
    volatile From from = v;
    volatile T to = (T)from;
    fesetround(old);
    return to;
}
template <typename T> static T whole(int direction, double v)
{
    int old = fegetround();
    fesetround(modes[direction]);
    volatile double from = v;
    double r = nearbyint(from);
    fesetround(old);
    return (T)r;
}
// A number within every integer type's range: 31 bits (unsigned: positive) with a fraction.
static __host__ __device__ double sample(u64 a, bool is_signed)
{
    double v = (double)(u32)(a & 0x7fffff) / 512.0;
    return is_signed && (a >> 40) & 1 ? -v : v;
}
#define TO_INTEGER(FROM, F, NAME, T, R, DIRECTION)                                                 \
    WORDS(FROM##2##NAME##R, "__" #FROM "2" #NAME "_" #R,                                           \
          __##FROM##2##NAME##_##R((F)sample(a, (T)-1 < (T)0)),                                     \
          whole<T>(DIRECTION, sample(a, (T)-1 < (T)0)))
#define TO_FLOAT(FROM, F, TO, R, DIRECTION)                                                        \
    WORDS(FROM##2##TO##R, "__" #FROM "2" #TO "_" #R, bits_of(__##FROM##2##TO##_##R((F)a)),         \
          bits_of(converted<TO, F>(DIRECTION, (F)a)))
#define DIRECTIONS(MAKE, ...)                                                                      \
    MAKE(__VA_ARGS__, rd, 0)                                                                       \
    MAKE(__VA_ARGS__, rn, 1)                                                                       \
    MAKE(__VA_ARGS__, ru, 2)                                                                       \
    MAKE(__VA_ARGS__, rz, 3)
DIRECTIONS(TO_INTEGER, float, float, int, s32)
DIRECTIONS(TO_INTEGER, float, float, uint, u32)
DIRECTIONS(TO_INTEGER, float, float, ll, s64)
DIRECTIONS(TO_INTEGER, float, float, ull, u64)
DIRECTIONS(TO_INTEGER, double, double, int, s32)
DIRECTIONS(TO_INTEGER, double, double, uint, u32)
DIRECTIONS(TO_INTEGER, double, double, ll, s64)
DIRECTIONS(TO_INTEGER, double, double, ull, u64)
DIRECTIONS(TO_FLOAT, int, s32, float)
DIRECTIONS(TO_FLOAT, uint, u32, float)
DIRECTIONS(TO_FLOAT, ll, s64, float)
DIRECTIONS(TO_FLOAT, ull, u64, float)
DIRECTIONS(TO_FLOAT, ll, s64, double)
DIRECTIONS(TO_FLOAT, ull, u64, double)
TO_FLOAT(int, s32, double, rn, 1)
TO_FLOAT(uint, u32, double, rn, 1)
#define DOUBLE_TO_FLOAT(R, DIRECTION)                                                              \
    WORDS(double2float##R, "__double2float_" #R, bits_of(__double2float_##R((double)(s64)a)),      \
          bits_of(converted<float, double>(DIRECTION, (double)(s64)a)))
DOUBLE_TO_FLOAT(rd, 0)
DOUBLE_TO_FLOAT(rn, 1)
DOUBLE_TO_FLOAT(ru, 2)
DOUBLE_TO_FLOAT(rz, 3)

int main(int argc, char **argv)
{
    return run_rows(argc, argv);
}
