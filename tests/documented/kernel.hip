// SPDX-License-Identifier: MIT
// HIP documentation, "C++ language extensions" and "Cooperative groups": votes, shuffles, atomics,
// groups, barriers, clocks, memory, and what C++ may do in kernels.
#include "rows.h"
#include <hip/hip_bf16.h>
#include <hip/hip_complex.h>
#include <hip/hip_cooperative_groups.h>
#include <hip/hip_fp16.h>
#include <algorithm>
#include <cstdint>
#include <type_traits>

namespace cg = cooperative_groups;
typedef unsigned long long mask_t;
// Names of types in one word; the list of names is separated by blanks.
typedef unsigned short ushort_t;
typedef unsigned int uint_t;
typedef unsigned long ulong_t;
typedef long long longlong_t;
typedef unsigned long long ulonglong_t;

static const int wave = 64;

// ---- across a wave: KERNEL gives each of 64 lanes a number from `lane`; HOST says which

template <typename R> __global__ void lanes(double *out)
{
    out[threadIdx.x] = R::device((int)threadIdx.x);
}
template <typename R> static void compare_lanes()
{
    Buffer<double> out((size_t)wave);
    lanes<R><<<1, wave>>>(out.device);
    HIP_CHECK(hipGetLastError());
    out.to_host();
    for (int lane = 0; lane < wave; lane++)
        if (out.host[lane] != R::host(lane))
            fail("lane %d has %.17g, not %.17g", lane, out.host[lane], R::host(lane));
}
#define LANES(ID, NAMES, DEVICE, HOST)                                                             \
    struct row_##ID {                                                                              \
        static __device__ double device(int lane)                                                  \
        {                                                                                          \
            return (double)(DEVICE);                                                               \
        }                                                                                          \
        static double host(int lane)                                                               \
        {                                                                                          \
            return (double)(HOST);                                                                 \
        }                                                                                          \
    };                                                                                             \
    static AddRow add_##ID(NAMES, compare_lanes<row_##ID>);

static const mask_t all_lanes = ~0ull;
// Numbers fit a double: masks are folded.
static __host__ __device__ double folded(mask_t m)
{
    return (double)(m >> 32) * 3 + (double)(m & 0xffffffffu);
}
static mask_t multiples_of_3()
{
    mask_t m = 0;
    for (int i = 0; i < wave; i += 3)
        m |= 1ull << i;
    return m;
}
static mask_t same_remainder(int lane, int n)
{
    mask_t m = 0;
    for (int i = lane % n; i < wave; i += n)
        m |= 1ull << i;
    return m;
}
static const mask_t even = 0x5555555555555555ull;
LANES(all, "__all", __all(lane >= 0) * 2 + __all(lane > 0), 2)
LANES(any, "__any", __any(lane > 62) * 2 + __any(lane > 63), 2)
LANES(ballot, "__ballot", folded(__ballot(lane % 3 == 0)), folded(multiples_of_3()))
LANES(activemask, "__activemask", lane % 3 == 0 ? folded(__activemask()) : 0, lane % 3 == 0 ? folded(multiples_of_3()) : 0)
LANES(all_sync, "__all_sync", lane % 2 ? 5 : __all_sync(0x5555555555555555ull, lane % 2 == 0), lane % 2 ? 5 : 1)
LANES(any_sync, "__any_sync", lane % 2 ? 5 : __any_sync(0x5555555555555555ull, lane == 62) + 2 * __any_sync(0x5555555555555555ull, lane == 63), lane % 2 ? 5 : 1)
LANES(ballot_sync, "__ballot_sync", lane % 2 ? 5 : folded(__ballot_sync(0x5555555555555555ull, lane % 3 == 0)), lane % 2 ? 5 : folded(multiples_of_3() & even))
LANES(match_any, "__match_any", folded(__match_any(lane % 5)), folded(same_remainder(lane, 5)))
LANES(match_any_sync, "__match_any_sync", folded(__match_any_sync(~0ull, (double)(lane % 7))), folded(same_remainder(lane, 7)))
static __device__ double match_all_of(long long v)
{
    int all;
    mask_t m = __match_all(v, &all);
    return folded(m) + all;
}
static __device__ double match_all_sync_of(float v)
{
    int all;
    mask_t m = __match_all_sync(~0ull, v, &all);
    return folded(m) + all;
}
LANES(match_all, "__match_all", match_all_of(7) + match_all_of(lane), folded(all_lanes) + 1)
LANES(match_all_sync, "__match_all_sync", match_all_sync_of(7) + match_all_sync_of((float)lane), folded(all_lanes) + 1)
LANES(lane_id, "__lane_id warpSize", __lane_id() + 100 * warpSize, lane + 6400)
LANES(syncwarp, "__syncwarp", (__syncwarp(), __syncwarp(~0ull), 1), 1)

// Shuffles of every type; `by` counts within groups of `width`.
template <typename T> static __host__ __device__ T number(int lane)
{
    return (T)(lane * 3 + 1) / (T)(std::is_floating_point<T>::value ? 4 : 1);
}
static int shfl_source(int lane, int by, int width)
{
    return (lane & ~(width - 1)) + (by & (width - 1));
}
static int up_source(int lane, int by, int width)
{
    return lane - by < (lane & ~(width - 1)) ? lane : lane - by;
}
static int down_source(int lane, int by, int width)
{
    return (lane & (width - 1)) + by >= width ? lane : lane + by;
}
static int xor_source(int lane, int by, int width)
{
    return (lane ^ by) >= ((lane + width) & ~(width - 1)) ? lane : lane ^ by;
}
#define SHUFFLE(NAME, SOURCE, ID, T)                                                               \
    LANES(NAME##ID, #NAME ":" #T, NAME(number<T>(lane), 5) + 1000 * NAME(number<T>(lane), 3, 16),  \
          number<T>(SOURCE(lane, 5, wave)) + 1000 * number<T>(SOURCE(lane, 3, 16)))                \
    LANES(NAME##_sync##ID, #NAME "_sync:" #T,                                                      \
          NAME##_sync(~0ull, number<T>(lane), 5) + 1000 * NAME##_sync(~0ull, number<T>(lane), 3, 16), \
          number<T>(SOURCE(lane, 5, wave)) + 1000 * number<T>(SOURCE(lane, 3, 16)))
#define SHUFFLES(ID, ...)                                                                          \
    SHUFFLE(__shfl, shfl_source, ID, __VA_ARGS__)                                                  \
    SHUFFLE(__shfl_up, up_source, ID, __VA_ARGS__)                                                 \
    SHUFFLE(__shfl_down, down_source, ID, __VA_ARGS__)                                             \
    SHUFFLE(__shfl_xor, xor_source, ID, __VA_ARGS__)
SHUFFLES(i, int)
SHUFFLES(u, uint_t)
SHUFFLES(l, long)
SHUFFLES(ul, ulong_t)
SHUFFLES(ll, longlong_t)
SHUFFLES(ull, ulonglong_t)
SHUFFLES(f, float)
SHUFFLES(d, double)
LANES(shfl_half, "__shfl:__half", __half2float(__shfl(__float2half((float)lane), 5)), 5)
LANES(shfl_bf, "__shfl_xor:__hip_bfloat16", __bfloat162float(__shfl_xor(__float2bfloat16((float)lane), 1)), lane ^ 1)

template <typename T, typename F> static double folded_even(F f)
{
    T r = number<T>(0);
    for (int i = 2; i < wave; i += 2)
        r = f(r, number<T>(i));
    return (double)r;
}
#define REDUCE(NAME, T, EXPRESSION)                                                                \
    LANES(reduce_##NAME##T, "__reduce_" #NAME "_sync", lane % 2 ? 5 : __reduce_##NAME##_sync(0x5555555555555555ull, number<T>(lane)), \
          lane % 2 ? 5 : folded_even<T>([](T a, T b) { return (T)(EXPRESSION); }))
REDUCE(add, int, a + b)
REDUCE(min, unsigned, std::min(a, b))
REDUCE(max, int, std::max(a, b))
REDUCE(and, unsigned, a &b)
REDUCE(or, int, a | b)
REDUCE(xor, unsigned, a ^ b)

// ---- atomics: 256 threads in 4 groups on one address; the final value, and that no old value is lost

template <typename T> static __host__ __device__ T operand(int i)
{
    return (T)(i * 7 % 61 + 1);
}
template <typename R> __global__ void atomics(typename R::type *at, typename R::type *old)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    old[i] = R::device(at, operand<typename R::type>(i), i);
}
template <typename R> static void compare_atomic()
{
    typedef typename R::type T;
    const int count = 256;
    std::vector<T> start(1, R::start());
    Buffer<T> at(start), old((size_t)count);
    atomics<R><<<R::groups, count / R::groups>>>(at.device, old.device);
    HIP_CHECK(hipGetLastError());
    at.to_host();
    old.to_host();
    T want = R::start();
    for (int i = 0; i < count; i++)
        want = R::host(want, operand<T>(i), i);
    // Exchanges leave any of the values; every other one was read by somebody.
    if (R::exchanges) {
        double sum = (double)R::start(), seen = (double)at.host[0];
        for (int i = 0; i < count; i++) {
            sum += (double)operand<T>(i);
            seen += (double)old.host[i];
        }
        if (sum != seen)
            fail("the values sum up to %.17g, not %.17g", seen, sum);
    } else if (at.host[0] != want) {
        fail("memory holds %.17g, not %.17g", (double)at.host[0], (double)want);
    }
}
#define ATOMIC(ID, NAMES, T, START, GROUPS, DEVICE, HOST, EXCHANGES)                               \
    struct row_##ID {                                                                              \
        typedef T type;                                                                            \
        static const int groups = GROUPS;                                                          \
        static const bool exchanges = EXCHANGES;                                                   \
        static T start()                                                                           \
        {                                                                                          \
            return (T)(START);                                                                     \
        }                                                                                          \
        static __device__ T device(T *p, T v, int i)                                               \
        {                                                                                          \
            (void)i;                                                                               \
            return DEVICE;                                                                         \
        }                                                                                          \
        static T host(T m, T v, int i)                                                             \
        {                                                                                          \
            (void)i;                                                                               \
            return (T)(HOST);                                                                      \
        }                                                                                          \
    };                                                                                             \
    static AddRow add_##ID(NAMES, compare_atomic<row_##ID>);
// The three scopes of a function of (address, value).
#define SCOPES(NAME, ID, T, START, HOST, EXCHANGES)                                                \
    ATOMIC(NAME##ID, #NAME ":" #T, T, START, 4, NAME(p, v), HOST, EXCHANGES)                       \
    ATOMIC(NAME##_system##ID, #NAME "_system:" #T, T, START, 4, NAME##_system(p, v), HOST, EXCHANGES) \
    ATOMIC(NAME##_block##ID, #NAME "_block:" #T, T, START, 1, NAME##_block(p, v), HOST, EXCHANGES)
#define INTEGERS(NAME, START, HOST)                                                                \
    SCOPES(NAME, i, int, START, HOST, false)                                                       \
    SCOPES(NAME, u, uint_t, START, HOST, false)                                              \
    SCOPES(NAME, ul, ulong_t, START, HOST, false)                                            \
    SCOPES(NAME, ull, ulonglong_t, START, HOST, false)
#define FLOATS(NAME, START, HOST)                                                                  \
    SCOPES(NAME, f, float, START, HOST, false)                                                     \
    SCOPES(NAME, d, double, START, HOST, false)
INTEGERS(atomicAdd, 3, m + v)
FLOATS(atomicAdd, 3.5, m + v)
INTEGERS(atomicSub, 100000, m - v)
FLOATS(atomicSub, 3.5, m - v)
INTEGERS(atomicMin, 40, std::min(m, v))
FLOATS(atomicMin, 40.5, std::min(m, v))
SCOPES(atomicMin, ll, longlong_t, -4, std::min(m, v), false)
INTEGERS(atomicMax, 4, std::max(m, v))
FLOATS(atomicMax, 4.5, std::max(m, v))
SCOPES(atomicMax, ll, longlong_t, -4, std::max(m, v), false)
INTEGERS(atomicAnd, 0x7ffffff0, m &v)
INTEGERS(atomicOr, 0x100, m | v)
INTEGERS(atomicXor, 0x155, m ^ v)
SCOPES(atomicExch, i, int, 9, v, true)
SCOPES(atomicExch, u, uint_t, 9, v, true)
SCOPES(atomicExch, ul, ulong_t, 9, v, true)
SCOPES(atomicExch, ull, ulonglong_t, 9, v, true)
SCOPES(atomicExch, f, float, 9, v, true)
SCOPES(atomicExch, d, double, 9, v, true)
ATOMIC(inc, "atomicInc:uint_t", unsigned int, 5, 4, atomicInc(p, 100), m >= 100 ? 0 : m + 1, false)
ATOMIC(dec, "atomicDec:uint_t", unsigned int, 5, 4, atomicDec(p, 100), m == 0 || m > 100 ? 100 : m - 1, false)
// Adds by compare and swap.
template <typename T, typename F> static __device__ T add_by(T *p, T v, F swap)
{
    T old = *(volatile T *)p, seen;
    while ((seen = swap(p, old, (T)(old + v))) != old)
        old = seen;
    return old;
}
#define CAS(NAME, ID, T, GROUPS)                                                                   \
    ATOMIC(NAME##ID, #NAME ":" #T, T, 3, GROUPS, add_by(p, v, [](T *a, T b, T c) { return NAME(a, b, c); }), m + v, false)
#define CAS_SCOPES(ID, ...)                                                                        \
    CAS(atomicCAS, ID, __VA_ARGS__, 4)                                                             \
    CAS(atomicCAS_system, ID, __VA_ARGS__, 4)                                                      \
    CAS(atomicCAS_block, ID, __VA_ARGS__, 1)
CAS_SCOPES(us, ushort_t)
CAS_SCOPES(i, int)
CAS_SCOPES(u, uint_t)
CAS_SCOPES(ul, ulong_t)
CAS_SCOPES(ull, ulonglong_t)
CAS_SCOPES(f, float)
CAS_SCOPES(d, double)
#define SAFE(PREFIX)                                                                               \
    ATOMIC(PREFIX##Add_f, #PREFIX "AtomicAdd:float", float, 3.5, 4, PREFIX##AtomicAdd(p, v), m + v, false) \
    ATOMIC(PREFIX##Add_d, #PREFIX "AtomicAdd:double", double, 3.5, 4, PREFIX##AtomicAdd(p, v), m + v, false) \
    ATOMIC(PREFIX##Min_f, #PREFIX "AtomicMin:float", float, 30.5, 4, PREFIX##AtomicMin(p, v), std::min(m, v), false) \
    ATOMIC(PREFIX##Min_d, #PREFIX "AtomicMin:double", double, 30.5, 4, PREFIX##AtomicMin(p, v), std::min(m, v), false) \
    ATOMIC(PREFIX##Max_f, #PREFIX "AtomicMax:float", float, 30.5, 4, PREFIX##AtomicMax(p, v), std::max(m, v), false) \
    ATOMIC(PREFIX##Max_d, #PREFIX "AtomicMax:double", double, 30.5, 4, PREFIX##AtomicMax(p, v), std::max(m, v), false)
SAFE(safe)
SAFE(unsafe)
ATOMIC(no_ret, "atomicAddNoRet:float", float, 3.5, 4, (atomicAddNoRet(p, v), 0), m + v, false)
#define BUILTIN(NAME, HOST)                                                                        \
    ATOMIC(NAME##_agent, "__hip_atomic_" #NAME, int, 77, 4, __hip_atomic_##NAME(p, v, __ATOMIC_RELAXED, __HIP_MEMORY_SCOPE_AGENT), HOST, false) \
    ATOMIC(NAME##_system, "__hip_atomic_" #NAME, unsigned long, 77, 4, __hip_atomic_##NAME(p, v, __ATOMIC_SEQ_CST, __HIP_MEMORY_SCOPE_SYSTEM), HOST, false) \
    ATOMIC(NAME##_group, "__hip_atomic_" #NAME, unsigned, 77, 1, __hip_atomic_##NAME(p, v, __ATOMIC_ACQ_REL, __HIP_MEMORY_SCOPE_WORKGROUP), HOST, false)
BUILTIN(fetch_add, m + v)
BUILTIN(fetch_sub, m - v)
BUILTIN(fetch_min, std::min(m, v))
BUILTIN(fetch_max, std::max(m, v))
BUILTIN(fetch_and, m &v)
BUILTIN(fetch_or, m | v)
BUILTIN(fetch_xor, m ^ v)
ATOMIC(exchange, "__hip_atomic_exchange", int, 9, 4, __hip_atomic_exchange(p, v, __ATOMIC_RELAXED, __HIP_MEMORY_SCOPE_AGENT), v, true)
ATOMIC(strong, "__hip_atomic_compare_exchange_strong __hip_atomic_load", int, 3, 4, add_by(p, v, [](int *a, int b, int c) {
           int expected = b;
           (void)__hip_atomic_load(a, __ATOMIC_ACQUIRE, __HIP_MEMORY_SCOPE_AGENT);
           __hip_atomic_compare_exchange_strong(a, &expected, c, __ATOMIC_RELAXED, __ATOMIC_RELAXED, __HIP_MEMORY_SCOPE_AGENT);
           return expected;
       }), m + v, false)
ATOMIC(weak, "__hip_atomic_compare_exchange_weak __hip_atomic_store", float, 3, 4, add_by(p, v, [](float *a, float b, float c) {
           float expected = b, kept;
           __hip_atomic_compare_exchange_weak(a, &expected, c, __ATOMIC_RELAXED, __ATOMIC_RELAXED, __HIP_MEMORY_SCOPE_AGENT);
           __hip_atomic_store(&kept, expected, __ATOMIC_RELAXED, __HIP_MEMORY_SCOPE_WAVEFRONT);
           return kept;
       }), m + v, false)

// Pairs of narrow numbers; sums stay exact.
template <typename T> __global__ void add_pairs(T *at, T v, bool is_unsafe)
{
    is_unsafe ? unsafeAtomicAdd(at, v) : atomicAdd(at, v);
}
template <typename T> static void check_pairs(T zero, T v, float (*low)(T), float (*high)(T))
{
    for (int is_unsafe = 0; is_unsafe < 2; is_unsafe++) {
        Buffer<T> at(std::vector<T>(1, zero));
        add_pairs<<<2, 32>>>(at.device, v, is_unsafe != 0);
        HIP_CHECK(hipGetLastError());
        at.to_host();
        if (low(at.host[0]) != 64 || high(at.host[0]) != 128)
            fail("sums are %g and %g, not 64 and 128", low(at.host[0]), high(at.host[0]));
    }
}
static AddRow half_pairs("atomicAdd:__half2 unsafeAtomicAdd:__half2", [] {
    check_pairs<__half2>(__floats2half2_rn(0, 0), __floats2half2_rn(1, 2), [](__half2 v) { return __low2float(v); }, [](__half2 v) { return __high2float(v); });
});
static AddRow bfloat_pairs("atomicAdd:__hip_bfloat162 unsafeAtomicAdd:__hip_bfloat162", [] {
    check_pairs<__hip_bfloat162>(__floats2bfloat162_rn(0, 0), __floats2bfloat162_rn(1, 2), [](__hip_bfloat162 v) { return __low2float(v); }, [](__hip_bfloat162 v) { return __high2float(v); });
});

// ---- groups: CHECK counts the threads for which a claim does not hold

__device__ int broken;
#define CHECK(claim) ((claim) ? (void)0 : (void)atomicAdd(&broken, 1))
#define CLAIMS(ID, NAMES, GRID, BLOCK, ...)                                                        \
    static __global__ void kernel_##ID()                                                           \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }                                                                                              \
    static void run_##ID()                                                                         \
    {                                                                                              \
        int zero = 0, count = 0;                                                                   \
        HIP_CHECK(hipMemcpyToSymbol(HIP_SYMBOL(broken), &zero, sizeof zero));                      \
        HIP_CHECK(hipLaunchCooperativeKernel((const void *)kernel_##ID, GRID, BLOCK, nullptr, 256, nullptr)); \
        HIP_CHECK(hipDeviceSynchronize());                                                         \
        HIP_CHECK(hipMemcpyFromSymbol(&count, HIP_SYMBOL(broken), sizeof count));                  \
        if (count != 0)                                                                            \
            fail("%d threads saw a claim broken", count);                                          \
    }                                                                                              \
    static AddRow add_##ID(NAMES, run_##ID);

CLAIMS(thread_block, "this_thread_block thread_block.group_index thread_block.thread_index thread_block.thread_rank thread_block.size thread_block.is_valid thread_block.sync thread_block.group_dim thread_block.num_threads",
       dim3(2, 2), dim3(8, 4, 3),
       cg::thread_block g = cg::this_thread_block();
       __shared__ int sum;
       int rank = threadIdx.x + 8 * (threadIdx.y + 4 * threadIdx.z);
       CHECK(g.group_index().x == blockIdx.x && g.group_index().y == blockIdx.y);
       CHECK(g.thread_index().x == threadIdx.x && g.thread_index().z == threadIdx.z);
       CHECK((int)g.thread_rank() == rank && (int)cg::thread_rank(g) == rank);
       CHECK(g.size() == 96 && cg::group_size(g) == 96 && g.num_threads() == 96);
       CHECK(g.is_valid() && cg::is_valid(g) && g.group_dim().y == 4);
       if (rank == 0) sum = 0;
       g.sync();
       atomicAdd(&sum, 1);
       cg::sync(g);
       CHECK(sum == 96);)
CLAIMS(thread_group, "thread_group.sync thread_group.size thread_group.thread_rank thread_group.is_valid thread_group.cg_type",
       dim3(1), dim3(128),
       cg::thread_group g = cg::this_thread_block();
       CHECK(g.size() == 128 && g.thread_rank() == threadIdx.x && g.is_valid());
       g.sync();
       cg::thread_group t = cg::tiled_partition(g, 16);
       CHECK(t.size() == 16 && t.thread_rank() == threadIdx.x % 16);
       CHECK(t.cg_type() != g.cg_type());
       t.sync();)
__device__ int arrivals;
CLAIMS(grid, "this_grid grid_group.sync grid_group.size grid_group.thread_rank grid_group.is_valid",
       dim3(6), dim3(64),
       cg::grid_group g = cg::this_grid();
       unsigned rank = blockIdx.x * 64 + threadIdx.x;
       CHECK(g.size() == 384 && g.thread_rank() == rank && g.is_valid());
       if (rank == 0) arrivals = 0;
       g.sync();
       atomicAdd(&arrivals, 1);
       g.sync();
       CHECK(*(volatile int *)&arrivals == 384);)
#define TILE(N)                                                                                    \
    {                                                                                              \
        cg::thread_block_tile<N> t = cg::tiled_partition<N>(cg::this_thread_block());              \
        unsigned r = threadIdx.x % N, first = threadIdx.x - r;                                     \
        CHECK(t.size() == N && t.thread_rank() == r && t.is_valid());                              \
        CHECK(t.meta_group_rank() == threadIdx.x / N && t.meta_group_size() == 256 / N);           \
        t.sync();                                                                                  \
        CHECK(t.shfl((int)threadIdx.x, N - 1) == (int)(first + N - 1));                            \
        CHECK(t.shfl_xor(threadIdx.x * 1.5, N / 2) == (first + (r ^ (N / 2))) * 1.5);              \
        int up = t.shfl_up((int)threadIdx.x, 1), down = t.shfl_down((int)threadIdx.x, 1);          \
        CHECK(up == (int)(r ? threadIdx.x - 1 : threadIdx.x));                                     \
        CHECK(down == (int)(r + 1 < N ? threadIdx.x + 1 : threadIdx.x));                           \
        CHECK(t.ballot(r == N - 1) == 1ull << (N - 1));                                            \
        CHECK(t.any(r == 0) && !t.any(r == N) && t.all(r < N) && (N == 1 || !t.all(r == 0)));      \
        mask_t same = t.match_any((int)(r / 2));                                                   \
        CHECK(same == (N == 1 ? 1 : 3ull << (r & ~1u)));                                           \
        int all;                                                                                   \
        t.match_all(7, all);                                                                       \
        CHECK(all);                                                                                \
    }
CLAIMS(tiles, "tiled_partition thread_block_tile.thread_rank thread_block_tile.size thread_block_tile.sync thread_block_tile.is_valid thread_block_tile.meta_group_rank thread_block_tile.meta_group_size thread_block_tile.shfl thread_block_tile.shfl_down thread_block_tile.shfl_up thread_block_tile.shfl_xor thread_block_tile.ballot thread_block_tile.any thread_block_tile.all thread_block_tile.match_any thread_block_tile.match_all",
       dim3(1), dim3(256), TILE(2) TILE(4) TILE(8) TILE(16) TILE(32) TILE(64)
       cg::thread_block_tile<16> outer = cg::tiled_partition<16>(cg::this_thread_block());
       auto inner = cg::tiled_partition<4>(outer);
       CHECK(inner.size() == 4 && inner.thread_rank() == threadIdx.x % 4 && inner.meta_group_rank() == threadIdx.x % 16 / 4);)
CLAIMS(coalesced, "coalesced_threads coalesced_group.thread_rank coalesced_group.size coalesced_group.is_valid coalesced_group.sync coalesced_group.meta_group_rank coalesced_group.meta_group_size coalesced_group.shfl coalesced_group.shfl_down coalesced_group.shfl_up coalesced_group.ballot coalesced_group.any coalesced_group.all coalesced_group.match_any coalesced_group.match_all",
       dim3(1), dim3(64),
       int lane = threadIdx.x;
       if (lane % 3 == 1) {
           cg::coalesced_group g = cg::coalesced_threads();
           int rank = lane / 3;
           CHECK((int)g.thread_rank() == rank && g.size() == 21 && g.is_valid());
           CHECK(g.meta_group_rank() == 0 && g.meta_group_size() == 1);
           g.sync();
           CHECK(g.shfl(lane, 20) == 61);
           int down = g.shfl_down(lane, 1), up = g.shfl_up(lane, 1);
           CHECK(down == (rank == 20 ? lane : lane + 3) && up == (rank == 0 ? lane : lane - 3));
           CHECK(g.ballot(rank < 2) == 3 && g.any(rank == 20) && g.all(lane % 3 == 1));
           CHECK(g.match_any(rank / 20) == (rank == 20 ? 1ull << 20 : (1ull << 20) - 1));
           int all;
           CHECK(g.match_all(1, all) == (1ull << 21) - 1 && all);
           cg::coalesced_group part = cg::tiled_partition(g, 8);
           CHECK(part.size() == (rank < 16 ? 8 : 5) && (int)part.thread_rank() == rank % 8);
       })
CLAIMS(binary, "binary_partition", dim3(1), dim3(64),
       cg::thread_block_tile<32> t = cg::tiled_partition<32>(cg::this_thread_block());
       bool low = threadIdx.x % 32 < 10;
       cg::coalesced_group g = cg::binary_partition(t, low);
       CHECK(g.size() == (low ? 10 : 22) && g.thread_rank() == (low ? threadIdx.x % 32 : threadIdx.x % 32 - 10));)

CLAIMS(barriers, "__syncthreads __syncthreads_count __syncthreads_and __syncthreads_or", dim3(2), dim3(200),
       __shared__ int cell[200];
       cell[threadIdx.x] = threadIdx.x;
       __syncthreads();
       CHECK(cell[199 - threadIdx.x] == (int)(199 - threadIdx.x));
       CHECK(__syncthreads_count(threadIdx.x < 70) == 70);
       CHECK(__syncthreads_and(threadIdx.x < 200) && !__syncthreads_and(threadIdx.x < 199));
       CHECK(__syncthreads_or(threadIdx.x == 199) && !__syncthreads_or(threadIdx.x == 200));)
__device__ int flag, payload;
CLAIMS(fences, "__threadfence __threadfence_block __threadfence_system", dim3(2), dim3(64),
       if (threadIdx.x == 0 && blockIdx.x == 0) {
           payload = 42;
           __threadfence();
           __threadfence_block();
           __threadfence_system();
           atomicExch(&flag, 1);
       } else if (threadIdx.x == 0) {
           while (atomicAdd(&flag, 0) == 0)
               ;
           __threadfence();
           CHECK(*(volatile int *)&payload == 42);
           atomicExch(&flag, 0);
       })
CLAIMS(clocks, "clock clock64 __clock __clock64 wall_clock64", dim3(1), dim3(64),
       long long a = clock64(); long long b = wall_clock64(); long long c = clock();
       __builtin_amdgcn_s_sleep(2);
       CHECK(clock64() >= a && wall_clock64() >= b && clock() >= c && __clock64() >= a && __clock() >= c);)
CLAIMS(coordinates, "threadIdx blockIdx blockDim gridDim hipThreadIdx_x hipBlockIdx_x hipBlockDim_x hipGridDim_x", dim3(3, 2, 2), dim3(4, 2, 2),
       CHECK(gridDim.x == 3 && gridDim.y == 2 && gridDim.z == 2 && blockDim.x == 4 && blockDim.y == 2 && blockDim.z == 2);
       CHECK(threadIdx.x < 4 && blockIdx.z < 2 && hipThreadIdx_x == threadIdx.x && hipBlockIdx_x == blockIdx.x);
       CHECK(hipBlockDim_x == 4 && hipGridDim_x == 3 && dim3(blockDim).y == 2);)

// ---- variables and C++

__constant__ int constants[4] = {1, 2, 3, 4};
__managed__ int shared_with_host = 5;
CLAIMS(variables, "__constant__ __managed__ __device__ __shared__ __restrict__", dim3(1), dim3(64),
       CHECK(constants[threadIdx.x % 4] == (int)(threadIdx.x % 4 + 1));
       if (threadIdx.x == 0) shared_with_host = 6;)
static AddRow managed("__managed__", [] {
    shared_with_host = 5;
    run_variables();
    if (shared_with_host != 6)
        fail("the host reads %d, not 6", shared_with_host);
});
CLAIMS(dynamic_lds, "HIP_DYNAMIC_SHARED", dim3(1), dim3(64),
       HIP_DYNAMIC_SHARED(int, room)
       room[threadIdx.x] = threadIdx.x;
       __syncthreads();
       CHECK(room[63 - threadIdx.x] == (int)(63 - threadIdx.x));)
struct Shape {
    __device__ virtual int area() const = 0;
    __device__ virtual ~Shape()
    {
    }
};
struct Square : Shape {
    int side;
    __device__ explicit Square(int n) : side(n)
    {
    }
    __device__ int area() const override
    {
        return side * side;
    }
};
struct Strip : Square {
    using Square::Square;
    __device__ int area() const override
    {
        return side;
    }
};
CLAIMS(virtual_calls, "virtual new delete", dim3(1), dim3(64),
       Shape *shape = threadIdx.x % 2 ? (Shape *)new Strip((int)threadIdx.x) : (Shape *)new Square((int)threadIdx.x);
       CHECK(shape && shape->area() == (int)(threadIdx.x % 2 ? threadIdx.x : threadIdx.x * threadIdx.x));
       delete shape;)
__device__ int twice(int v)
{
    return 2 * v;
}
__device__ int thrice(int v)
{
    return 3 * v;
}
__device__ int (*volatile functions[2])(int) = {twice, thrice};
CLAIMS(function_pointers, "function_pointers", dim3(1), dim3(64),
       CHECK(functions[threadIdx.x % 2]((int)threadIdx.x) == (int)(threadIdx.x * (2 + threadIdx.x % 2)));)
CLAIMS(heap, "malloc free", dim3(2), dim3(64),
       int *room = (int *)malloc(4 * (threadIdx.x + 1));
       CHECK(room != nullptr);
       if (room) {
           for (unsigned i = 0; i <= threadIdx.x; i++)
               room[i] = (int)(threadIdx.x * 100 + i);
           __syncthreads();
           for (unsigned i = 0; i <= threadIdx.x; i++)
               CHECK(room[i] == (int)(threadIdx.x * 100 + i));
           free(room);
       })
CLAIMS(bytes, "memcpy memset memmove __hip_hc_memcpy __hip_hc_memset", dim3(1), dim3(64),
       char a[20]; char b[20];
       memset(a, 7, sizeof a);
       memcpy(b, a, sizeof b);
       CHECK(b[19] == 7);
       __hip_hc_memset(a, 9, 10);
       __hip_hc_memcpy(b + 5, a, 10);
       memmove(b + 1, b, 10);
       CHECK(b[4] == 7 && b[6] == 9 && b[15] == 7 && b[14] == 9);)
CLAIMS(assembly, "asm", dim3(1), dim3(64),
       unsigned r; unsigned s;
       asm volatile("v_add_u32 %0, %1, %2" : "=v"(r) : "v"(threadIdx.x), "v"(5u));
       asm volatile("s_mov_b32 %0, 0x1234" : "=s"(s));
       CHECK(r == threadIdx.x + 5 && s == 0x1234);)
CLAIMS(asserts, "assert printf", dim3(1), dim3(64),
       assert(threadIdx.x < 64);
       if (threadIdx.x == 1000) printf("never %d\n", 1);)
CLAIMS(recursion, "loops recursion lambdas", dim3(1), dim3(64),
       auto sum = [](auto self, int n) -> int { return n == 0 ? 0 : n + self(self, n - 1); };
       CHECK(sum(sum, (int)threadIdx.x % 10) == (int)(threadIdx.x % 10 * (threadIdx.x % 10 + 1) / 2));)
CLAIMS(loads, "__ldg __ldca __ldcg __ldcs __ldcv __ldlu __stwb __stcg __stcs __stwt", dim3(1), dim3(64),
       int cell = (int)threadIdx.x; int *p = &cell;
       CHECK(__ldg(p) + __ldca(p) + __ldcg(p) + __ldcs(p) + __ldcv(p) + __ldlu(p) == 6 * cell);
       __stwb(p, 3); CHECK(cell == 3);
       __stcg(p, 4); __stcs(p, 5); __stwt(p, 6); CHECK(cell == 6);)
CLAIMS(masks, "__lanemask_lt __lanemask_gt __lanemask_eq", dim3(1), dim3(64),
       mask_t bit = 1ull << threadIdx.x;
       CHECK(__lanemask_eq() == bit && __lanemask_lt() == bit - 1 && __lanemask_gt() == ~(bit | (bit - 1)));
       if (threadIdx.x % 2) CHECK(__lanemask_lt() == ((bit - 1) & 0xaaaaaaaaaaaaaaaaull));)

// ---- vectors and complex numbers

#define VECTOR(NAME, T)                                                                            \
    CLAIMS(vector_##NAME, #NAME "1 " #NAME "2 " #NAME "3 " #NAME "4 make_" #NAME "1 make_" #NAME "2 make_" #NAME "3 make_" #NAME "4", \
           dim3(1), dim3(64),                                                                      \
           T n = (T)(threadIdx.x % 7 + 1);                                                         \
           NAME##4 v = make_##NAME##4(n, 2, 3, 4); NAME##3 w = make_##NAME##3(1, n, 2);            \
           NAME##2 p = make_##NAME##2(n, n); NAME##1 s = make_##NAME##1(n);                        \
           v += v; v = v * (T)2 - v; w = w + w; p *= p; s++; --s;                                  \
           CHECK(v.x == (T)(2 * n) && v.w == (T)8 && w.y == (T)(2 * n) && p.y == (T)(n * n) && s.x == n); \
           CHECK(v == make_##NAME##4((T)(2 * n), 4, 6, 8) && v != make_##NAME##4(0, 0, 0, 0));     \
           CHECK(sizeof(v) == 4 * sizeof(T) && sizeof(w) == 3 * sizeof(T) && sizeof(p) == 2 * sizeof(T));)
VECTOR(char, char)
VECTOR(uchar, unsigned char)
VECTOR(short, short)
VECTOR(ushort, unsigned short)
VECTOR(int, int)
VECTOR(uint, unsigned int)
VECTOR(long, long)
VECTOR(ulong, unsigned long)
VECTOR(longlong, long long)
VECTOR(ulonglong, unsigned long long)
VECTOR(float, float)
VECTOR(double, double)

#define COMPLEX(F, T, MAKE)                                                                        \
    CLAIMS(complex##F, #MAKE " hipCreal" #F " hipCimag" #F " hipConj" #F " hipCsqabs" #F " hipCadd" #F " hipCsub" #F " hipCmul" #F " hipCdiv" #F " hipCabs" #F " hipCfma" #F, \
           dim3(1), dim3(64),                                                                      \
           auto a = MAKE(3, 4); auto b = MAKE(1, -2);                                              \
           auto sum = hipCadd##F(a, b); auto product = hipCmul##F(a, b); auto quotient = hipCdiv##F(product, b); \
           auto fused = hipCfma##F(a, b, a); auto rest = hipCsub##F(a, b);                         \
           CHECK(hipCreal##F(sum) == 4 && hipCimag##F(sum) == 2 && hipCreal##F(rest) == 2 && rest.y == 6); \
           CHECK(product.x == 11 && product.y == -2 && quotient.x == 3 && quotient.y == 4);        \
           CHECK(fused.x == 14 && fused.y == 2 && hipCabs##F(a) == 5 && hipCsqabs##F(a) == 25 && hipConj##F(a).y == -4);)
COMPLEX(f, float, make_hipFloatComplex)
COMPLEX(, double, make_hipDoubleComplex)
CLAIMS(complex_conversions, "hipComplexDoubleToFloat hipComplexFloatToDouble make_hipComplex", dim3(1), dim3(64),
       hipDoubleComplex d = hipComplexFloatToDouble(make_hipComplex(1, 2));
       CHECK(d.x == 1 && d.y == 2 && hipComplexDoubleToFloat(d).y == 2);)

int main(int argc, char **argv)
{
    return run_rows(argc, argv);
}
