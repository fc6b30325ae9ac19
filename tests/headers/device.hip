// SPDX-License-Identifier: MIT
// Every intrinsic, atomic, warp function and language feature of the device headers, used once.
#include <hip/hip_runtime.h>
#include <cassert>
#include <new>

template <class T> __device__ void atomics(T *p)
{
    atomicAdd(p, (T)1), atomicSub(p, (T)1), atomicExch(p, (T)1), atomicMin(p, (T)1), atomicMax(p, (T)1);
    atomicAdd_system(p, (T)1), atomicAdd_block(p, (T)1), atomicExch_system(p, (T)1), atomicMin_system(p, (T)1);
    atomicCAS(p, (T)1, (T)2), atomicCAS_system(p, (T)1, (T)2), atomicCAS_block(p, (T)1, (T)2);
}
template <class T> __device__ void integer_atomics(T *p)
{
    atomics(p);
    atomicAnd(p, (T)1), atomicOr(p, (T)1), atomicXor(p, (T)1), atomicAnd_system(p, (T)1), atomicXor_block(p, (T)1);
}

__global__ void all_atomics(int *i, unsigned *u, unsigned long *ul, unsigned long long *ull, long long *ll, float *f,
                            double *d, unsigned short *us)
{
    integer_atomics(i), integer_atomics(u), integer_atomics(ul), integer_atomics(ull);
    atomics(f), atomics(d);
    atomicMin(ll, 1ll), atomicMax(ll, 1ll);
    atomicInc(u, 5u), atomicDec(u, 5u), atomicInc_system(u, 5u), atomicDec_block(u, 5u);
    atomicCAS(us, (unsigned short)1, (unsigned short)2);
    unsafeAtomicAdd(f, 1.0f), unsafeAtomicAdd(d, 1.0), unsafeAtomicMin(f, 1.0f), unsafeAtomicMax(d, 1.0);
    safeAtomicAdd(f, 1.0f), safeAtomicAdd(d, 1.0), safeAtomicMax(f, 1.0f), safeAtomicMin(d, 1.0);
    atomicAddNoRet(f, 1.0f);
    __hip_atomic_fetch_add(u, 1u, __ATOMIC_RELAXED, __HIP_MEMORY_SCOPE_SYSTEM);
    __hip_atomic_store(i, 1, __ATOMIC_RELEASE, __HIP_MEMORY_SCOPE_AGENT);
}

template <class T> __device__ T shuffles(T v)
{
    return __shfl(v, 3) + __shfl_up(v, 1) + __shfl_down(v, 2, 16) + __shfl_xor(v, 1, 32) + __shfl_sync(~0ull, v, 1) +
           __shfl_up_sync(~0ull, v, 1) + __shfl_down_sync(~0ull, v, 1) + __shfl_xor_sync(~0ull, v, 1, 8) +
           __reduce_add_sync(~0ull, v) + __reduce_min_sync(~0ull, v) + __reduce_max_sync(~0ull, v);
}

__global__ void warps(int *i, unsigned *u, long *l, unsigned long long *ull, float *f, double *d)
{
    i[0] = shuffles(i[0]), u[0] = shuffles(u[0]), l[0] = shuffles(l[0]), ull[0] = shuffles(ull[0]);
    f[0] = shuffles(f[0]), d[0] = shuffles(d[0]);
    int all;
    ull[1] = __ballot(i[0]) + __ballot64(i[0]) + __any(i[0]) + __all(i[0]) + __activemask() + __lane_id() +
             __ballot_sync(~0ull, i[0]) + __any_sync(~0ull, i[0]) + __all_sync(~0ull, i[0]) +
             __match_any_sync(~0ull, i[0]) + __match_all_sync(~0ull, f[0], &all) + __match_any(l[0]);
    __syncwarp();
    u[1] = __reduce_and_sync(~0ull, u[0]) + __reduce_or_sync(~0ull, u[0]) + __reduce_xor_sync(~0ull, u[0]);
    i[1] = __hip_ds_bpermute(4, u[0]) + __hip_ds_permute(4, u[0]) + __hip_ds_swizzle(u[0], 0x1f) +
           __hip_move_dpp(i[0], 0x111, 0xf, 0xf, true) + __mbcnt_lo(~0u, 0) + __mbcnt_hi(~0u, 0) + warpSize;
    i[2] = __syncthreads_count(i[0]) + __syncthreads_and(i[0]) + __syncthreads_or(i[0]);
    __threadfence(), __threadfence_block(), __threadfence_system(), __syncthreads();
}

__global__ void integers(int *i, unsigned *u, long long *l, unsigned long long *ull)
{
    i[0] = __clz(i[0]) + __clzll(l[0]) + __ffs(i[0]) + __ffsll(l[0]) + __popc(u[0]) + __popcll(ull[0]) + __mul24(i[0], i[1]) +
           __mulhi(i[0], i[1]) + __hadd(i[0], i[1]) + __rhadd(i[0], i[1]) + __sad(i[0], i[1], u[0]) + __fns(u[0], 1, 2) +
           __fns32(ull[0], 1, 2) + __fns64(ull[0], 1, 2);
    u[0] = __brev(u[0]) + __byte_perm(u[0], u[1], 0x3210) + __umul24(u[0], u[1]) + __umulhi(u[0], u[1]) +
           __uhadd(u[0], u[1]) + __urhadd(u[0], u[1]) + __usad(u[0], u[1], u[2]) + __funnelshift_l(u[0], u[1], 3) +
           __funnelshift_lc(u[0], u[1], 3) + __funnelshift_r(u[0], u[1], 3) + __funnelshift_rc(u[0], u[1], 3) +
           __lastbit_u32_u32(u[0]) + __lastbit_u32_u64(ull[0]) + __bitextract_u32(u[0], 1, 2) +
           __bitinsert_u32(u[0], u[1], 1, 2);
    l[0] = __mul64hi(l[0], l[1]) + clock64() + clock() + wall_clock64() + __smid();
    ull[0] = __umul64hi(ull[0], ull[1]) + __brevll(ull[0]) + __bitextract_u64(ull[0], 1, 2) + __bitinsert_u64(ull[0], ull[1], 1, 2);
}

#define FOUR(NAME, X) NAME##_rd(X) + NAME##_rn(X) + NAME##_ru(X) + NAME##_rz(X)

__global__ void conversions(float *f, double *d, int *i, unsigned *u, long long *l, unsigned long long *ull)
{
    i[0] = FOUR(__float2int, f[0]) + FOUR(__double2int, d[0]) + __float_as_int(f[0]) + __double2hiint(d[0]) + __double2loint(d[0]);
    u[0] = FOUR(__float2uint, f[0]) + FOUR(__double2uint, d[0]) + __float_as_uint(f[0]);
    l[0] = FOUR(__float2ll, f[0]) + FOUR(__double2ll, d[0]) + __double_as_longlong(d[0]);
    ull[0] = FOUR(__float2ull, f[0]) + FOUR(__double2ull, d[0]);
    f[0] = FOUR(__int2float, i[0]) + FOUR(__uint2float, u[0]) + FOUR(__ll2float, l[0]) + FOUR(__ull2float, ull[0]) +
           FOUR(__double2float, d[0]) + __int_as_float(i[0]) + __uint_as_float(u[0]);
    d[0] = FOUR(__ll2double, l[0]) + FOUR(__ull2double, ull[0]) + __int2double_rn(i[0]) + __uint2double_rn(u[0]) +
           __longlong_as_double(l[0]) + __hiloint2double(i[0], i[1]);
}

struct Shape {
    virtual __device__ float area() const = 0;
    __device__ virtual ~Shape() {}
};
struct Square : Shape {
    float side;
    __device__ explicit Square(float s) : side(s) {}
    __device__ float area() const override
    {
        return side * side;
    }
};

__constant__ float table[4] = {1, 2, 3, 4};
__device__ int counter;
__managed__ int shared_by_all;

template <int n> __global__ __launch_bounds__(256, 2) void language(float *f, int *i, float4 *v)
{
    extern __shared__ float dynamic[];
    __shared__ int fixed[n];
    HIP_DYNAMIC_SHARED(float, dynamic)
    fixed[threadIdx.x % n] = i[0];
    __syncthreads();
    dynamic[threadIdx.x] = table[threadIdx.x & 3] + fixed[0] + __ldg(f);
    Shape *shape = new Square(f[0]);
    f[1] = shape->area();
    delete shape;
    char *memory = (char *)malloc(64);
    memset(memory, 0, 64);
    memcpy(memory, f, 16);
    f[2] = memory[3];
    free(memory);
    printf("%d %s %f\n", i[0], "text", f[0]);
    assert(i[0] >= 0);
    v[0] = v[1] * 2.0f + v[2] - make_float4(1, 2, 3, 4);
    v[0] /= 3.0f;
    dim3 here = blockIdx, size = blockDim;
    i[1] = here.x + size.y + gridDim.z + hipThreadIdx_x + hipBlockDim_y + hipGridDim_x + hipBlockIdx_z;
    if (i[2] == 1)
        __trap();
    if (i[2] == 2)
        abort();
    atomicAdd(&counter, shared_by_all);
}

static_assert(sizeof(float3) == 12 && alignof(float4) == 16 && sizeof(char3) == 3 && alignof(double2) == 16,
              "layout of the short vectors");

// Operators of a program's own win over the headers' ones.
__host__ __device__ inline float3 operator+(float3 a, float3 b)
{
    return make_float3(a.x + b.x, a.y + b.y, a.z + b.z);
}

int main()
{
    float3 sum = make_float3(1, 2, 3) + make_float3(4, 5, 6);
    language<64><<<dim3(1, 2), 64, 256, nullptr>>>(nullptr, nullptr, nullptr);
    hipLaunchKernelGGL(HIP_KERNEL_NAME(language<32>), dim3(1), dim3(32), 128, 0, (float *)nullptr, (int *)nullptr,
                       (float4 *)nullptr);
    float host[4] = {};
    if (hipMemcpyToSymbol(HIP_SYMBOL(table), host, sizeof host) != hipSuccess)
        return 1;
    return (int)sum.x + min(3, 4) - max(2, 1);
}
