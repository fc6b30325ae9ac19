// SPDX-License-Identifier: MIT
// Integer intrinsics, conversions, atomics, memory and text from kernels give what the host computes.
#include "check.h"
#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <unistd.h>

using u32 = unsigned int;
using i64 = long long;
using u64 = unsigned long long;

// ---- intrinsics on pairs of words

constexpr int words = 12, results = 30;

__host__ __device__ inline u32 word(int i)
{
    const u32 all[words] = {0, 1, 2, 0x7fffffff, 0x80000000, 0xffffffff, 0x12345678, 0xdeadbeef, 0x00ff00ff, 0x80000001, 31, 40};
    return all[i];
}

__global__ void integers(u64 *out)
{
    int a = threadIdx.x / words, b = threadIdx.x % words;
    u32 x = word(a), y = word(b);
    u64 *o = out + threadIdx.x * results;
    u64 wide = (u64)x << 32 | y;
    *o++ = __clz((int)x), *o++ = __clzll((i64)wide), *o++ = __ffs((int)x), *o++ = __ffsll((i64)wide);
    *o++ = __popc(x), *o++ = __popcll(wide), *o++ = __brev(x), *o++ = __brevll(wide);
    *o++ = (u32)__mulhi((int)x, (int)y), *o++ = __umulhi(x, y), *o++ = (u64)__mul64hi((i64)wide, (i64)y << 20), *o++ = __umul64hi(wide, ~wide);
    *o++ = (u32)__mul24((int)x, (int)y), *o++ = (u32)__umul24(x, y), *o++ = (u32)__hadd((int)x, (int)y), *o++ = (u32)__rhadd((int)x, (int)y);
    *o++ = __uhadd(x, y), *o++ = __urhadd(x, y), *o++ = __sad((int)x, (int)y, 7), *o++ = __usad(x, y, 7);
    *o++ = __funnelshift_l(x, y, b * 5), *o++ = __funnelshift_lc(x, y, b * 5), *o++ = __funnelshift_r(x, y, b * 5), *o++ = __funnelshift_rc(x, y, b * 5);
    *o++ = __byte_perm(x, y, 0x7153 + b), *o++ = __bitextract_u32(x, b, a + 1), *o++ = __bitinsert_u32(x, y, b, a + 1), *o++ = __bitextract_u64(wide, b * 3, a + 9);
    *o++ = (u32)__fns32(wide, a, b % 5 - 2), *o++ = (u32)__fns64(wide, 2 * a, b % 5 - 2);
}

static int sx24(u32 v)
{
    return (int)(v << 8) >> 8;
}

static int find_set(u64 mask, int bits, int base, int offset)
{
    if (offset == 0)
        return mask >> base & 1 ? base : -1;
    int left = std::abs(offset);
    for (int i = base; i >= 0 && i < bits; i += offset > 0 ? 1 : -1)
        if ((mask >> i & 1) && --left == 0)
            return i;
    return -1;
}

static void check_integers()
{
    Buffer<u64> out(words * words * results);
    integers<<<1, words * words>>>(out.device);
    out.to_host();
    for (int t = 0; t < words * words; ++t) {
        int a = t / words, b = t % words, s = b * 5, clamped = s > 32 ? 32 : s;
        u32 x = word(a), y = word(b);
        u64 wide = (u64)x << 32 | y, reversed = 0;
        for (int i = 0; i < 64; ++i)
            reversed |= (wide >> i & 1) << (63 - i);
        u64 joined = (u64)y << 32 | x;
        u32 permuted = 0;
        for (int i = 0; i < 4; ++i)
            permuted |= (u32)(joined >> 8 * ((0x7153 + b) >> 4 * i & 7) & 255) << 8 * i;
        u32 field = a + 1 == 32 ? ~0u : (1u << (a + 1)) - 1;
        const u64 want[results] = {
            x ? (u64)__builtin_clz(x) : 32, wide ? (u64)__builtin_clzll(wide) : 64, (u64)__builtin_ffs((int)x), (u64)__builtin_ffsll((i64)wide),
            (u64)__builtin_popcount(x), (u64)__builtin_popcountll(wide), (u32)(reversed & 0xffffffff), reversed,
            (u32)((i64)(int)x * (int)y >> 32), (u32)((u64)x * y >> 32),
            (u64)(i64)((__int128)(i64)wide * (i64)((u64)y << 20) >> 64), (u64)((unsigned __int128)wide * ~wide >> 64),
            (u32)((u32)sx24(x) * (u32)sx24(y)), (u32)((x & 0xffffff) * (y & 0xffffff)),
            (u32)(((i64)(int)x + (int)y) >> 1), (u32)(((i64)(int)x + (int)y + 1) >> 1),
            (u32)(((u64)x + y) >> 1), (u32)(((u64)x + y + 1) >> 1),
            (u32)(std::llabs((i64)(int)x - (int)y) + 7), (u32)((x > y ? x - y : y - x) + 7),
            (u32)(joined << (s & 31) >> 32), clamped == 32 ? x : (u32)(joined << clamped >> 32),
            (u32)(joined >> (s & 31)), clamped == 32 ? y : (u32)(joined >> clamped),
            permuted, x >> b & field, (x & ~(field << b)) | (y & field) << b, wide >> b * 3 & ((1ull << (a + 9)) - 1),
            (u32)find_set(wide & 0xffffffff, 32, a, b % 5 - 2), (u32)find_set(wide, 64, 2 * a, b % 5 - 2)};
        for (int r = 0; r < results; ++r) {
            if (out[t * results + r] != want[r])
                std::printf("intrinsic %d of (%08x, %08x): %llx, not %llx\n", r, x, y, out[t * results + r], want[r]);
            expect("integer intrinsic", r, out[t * results + r], want[r]);
        }
    }
}

// ---- conversions

__global__ void conversions(const double *in, double *out, int n)
{
    int i = threadIdx.x;
    if (i >= n)
        return;
    double d = in[i];
    float f = (float)d;
    double *o = out + i * 20;
    *o++ = __float2int_rd(f), *o++ = __float2int_rn(f), *o++ = __float2int_ru(f), *o++ = __float2int_rz(f);
    *o++ = __double2int_rd(d), *o++ = __double2int_rn(d), *o++ = __double2int_ru(d), *o++ = __double2int_rz(d);
    *o++ = __double2float_rd(d), *o++ = __double2float_rn(d), *o++ = __double2float_ru(d), *o++ = __double2float_rz(d);
    i64 l = (i64)(d * 1e12) + 1;
    *o++ = __ll2float_rd(l), *o++ = __ll2float_rn(l), *o++ = __ll2float_ru(l), *o++ = __ll2float_rz(l);
    *o++ = __hiloint2double(__double2hiint(d), __double2loint(d)), *o++ = __int_as_float(__float_as_int(f));
    *o++ = __longlong_as_double(__double_as_longlong(d)), *o++ = (double)__float2ll_rn(f * 1e6f);
}

static void check_conversions()
{
    const std::vector<double> in = {0, 0.5, -0.5, 1.5, 2.5, -2.5, 1e-9, -1e-9, 3.999999999, 123456.789, -98765.4321, 1.0 / 3};
    int n = (int)in.size();
    Buffer<double> source(n), out(n * 20);
    source.host = in;
    source.to_device();
    conversions<<<1, 64>>>(source.device, out.device, n);
    out.to_host();
    for (int i = 0; i < n; ++i) {
        double d = in[i];
        float f = (float)d, below = (double)f > d ? nextafterf(f, -INFINITY) : f, above = (double)f < d ? nextafterf(f, INFINITY) : f;
        i64 l = (i64)(d * 1e12) + 1;
        float lf = (float)l;
        float l_below = (i64)lf > l ? nextafterf(lf, -INFINITY) : lf, l_above = (i64)lf < l ? nextafterf(lf, INFINITY) : lf;
        const double want[20] = {floor(f), rint(f), ceil(f), trunc(f), floor(d), rint(d), ceil(d), trunc(d), below, f, above,
                                 d > 0 ? below : above, l_below, lf, l_above, l > 0 ? l_below : l_above, d, f, d, rint(f * 1e6f)};
        for (int r = 0; r < 20; ++r)
            expect("conversion", i * 100 + r, out[i * 20 + r], want[r]);
    }
}

// ---- atomics: all threads of several blocks work on the same words

__global__ void atomics(u32 *u, int *s, u64 *l, float *f, double *d)
{
    u32 t = blockIdx.x * blockDim.x + threadIdx.x;
    atomicAdd(&u[0], 3u), atomicSub(&u[1], 2u), atomicMin(&u[2], t), atomicMax(&u[3], t), atomicOr(&u[4], 1u << t % 32);
    atomicAnd(&u[5], ~(1u << t % 32)), atomicXor(&u[6], t), atomicInc(&u[7], 99), atomicDec(&u[8], 99);
    atomicAdd(&s[0], -1), atomicMin(&s[1], -(int)t), atomicMax(&s[2], (int)t - 500);
    atomicAdd(&l[0], 1ull << 32), atomicMax(&l[1], (u64)t << 20), atomicAdd_system(&l[2], 1ull);
    atomicAdd(&f[0], 1.0f), atomicMin(&f[1], -(float)t), atomicMax(&f[2], (float)t), unsafeAtomicAdd(&f[3], 2.0f), safeAtomicAdd(&f[4], 0.5f);
    atomicAdd(&d[0], 0.25), atomicMin(&d[1], -(double)t), atomicMax(&d[2], (double)t), unsafeAtomicAdd(&d[3], 4.0);
    u32 seen = u[9];
    while (true) {
        u32 old = atomicCAS(&u[9], seen, seen + 2);
        if (old == seen)
            break;
        seen = old;
    }
    u32 before = atomicExch(&u[10], t);
    atomicAdd(&l[3], before), atomicAdd(&l[4], t);
    __shared__ u32 local;
    __shared__ float local_float;
    if (threadIdx.x == 0)
        local = 0, local_float = 0;
    __syncthreads();
    atomicAdd_block(&local, 1u), atomicAdd(&local_float, 1.5f);
    __syncthreads();
    if (threadIdx.x == 0)
        atomicAdd(&u[11], local), atomicAdd(&f[5], local_float);
}

static void check_atomics()
{
    const int blocks = 8, threads = 128, n = blocks * threads;
    Buffer<u32> u(12);
    Buffer<int> s(3);
    Buffer<u64> l(5);
    Buffer<float> f(6);
    Buffer<double> d(4);
    u.host[2] = ~0u, u.host[5] = ~0u;
    u.to_device();
    atomics<<<blocks, threads>>>(u.device, s.device, l.device, f.device, d.device);
    u.to_host(), s.to_host(), l.to_host(), f.to_host(), d.to_host();
    u32 folded = 0;
    u64 sum = 0;
    for (u32 t = 0; t < n; ++t)
        folded ^= t, sum += t;
    const u32 want_u[12] = {3 * n, (u32)-2 * n, 0, n - 1, ~0u, 0, folded, n % 100, (100 - n % 100) % 100, 2 * n, 0, n};
    for (int i = 0; i < 12; ++i)
        if (i != 10)
            expect("atomic on unsigned", i, u[i], want_u[i]);
    expect("atomicExch hands every value on once", 0, l[3] + u[10], sum);
    const int want_s[3] = {-n, -(n - 1), n - 1 - 500};
    for (int i = 0; i < 3; ++i)
        expect("atomic on int", i, s[i], want_s[i]);
    const u64 want_l[3] = {(u64)n << 32, (u64)(n - 1) << 20, n};
    for (int i = 0; i < 3; ++i)
        expect("atomic on 64 bits", i, l[i], want_l[i]);
    const float want_f[6] = {n, -(n - 1), n - 1, 2 * n, n / 2, 1.5f * n};
    for (int i = 0; i < 6; ++i)
        expect("atomic on float", i, f[i], want_f[i]);
    const double want_d[4] = {n / 4, -(n - 1), n - 1, 4 * n};
    for (int i = 0; i < 4; ++i)
        expect("atomic on double", i, d[i], want_d[i]);
}

// ---- memory and text

struct Base {
    __device__ virtual int value() const
    {
        return 1;
    }
    __device__ virtual ~Base() {}
};
struct Derived : Base {
    int v;
    __device__ explicit Derived(int x) : v(x) {}
    __device__ int value() const override
    {
        return v;
    }
};

__global__ void memory(int *out)
{
    int t = threadIdx.x;
    int *mine = (int *)malloc(16 * sizeof(int));
    for (int i = 0; i < 16; ++i)
        mine[i] = t * 16 + i;
    __syncthreads();
    int sum = 0;
    for (int i = 0; i < 16; ++i)
        sum += mine[i];
    free(mine);
    Base *object = t % 2 ? new Base : new Derived(t);
    out[t] = sum + object->value() * 1000000;
    delete object;
}

static void check_memory()
{
    Buffer<int> out(70);
    memory<<<1, 70>>>(out.device);
    HIP_CHECK(hipDeviceSynchronize());
    out.to_host();
    for (int t = 0; t < 70; ++t)
        expect("memory and objects made in a kernel", t, out[t], 256 * t + 120 + (t % 2 ? 1 : t) * 1000000);
}

__global__ void text()
{
    if (threadIdx.x % 32 == 3)
        printf("thread %d: %s, %5.2f, %c, %llx, 100%%\n", threadIdx.x, "a longer text that needs more than one packet of fifty-six bytes, twice over",
               threadIdx.x / 4.0, 'z', 0x123456789abcull);
}

static void check_text()
{
    std::fflush(stdout);
    char path[] = "/tmp/cairn_text_XXXXXX";
    int file = mkstemp(path), saved = dup(1);
    dup2(file, 1);
    text<<<1, 64>>>();
    hipError_t status = hipDeviceSynchronize();
    std::fflush(stdout);
    dup2(saved, 1);
    std::string got(4096, '\0');
    got.resize((size_t)std::max<ssize_t>(0, pread(file, &got[0], got.size(), 0)));
    close(file), close(saved), unlink(path);
    HIP_CHECK(status);
    std::string want;
    for (int t : {3, 35}) {
        char line[256];
        std::snprintf(line, sizeof line, "thread %d: %s, %5.2f, %c, %llx, 100%%\n", t, "a longer text that needs more than one packet of fifty-six bytes, twice over",
                      t / 4.0, 'z', 0x123456789abcull);
        want += line;
    }
    if (got != want)
        std::printf("printf gave:\n%s", got.c_str());
    expect("printf from a kernel", 0, got == want, true);
}

int main()
{
    check_integers();
    check_conversions();
    check_atomics();
    check_memory();
    check_text();
    return finish();
}
