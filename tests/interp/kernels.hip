// SPDX-License-Identifier: MIT
// Kernels for test_kernels.c, without any header: what clang's own code needs of the machine.
#define KERNEL  extern "C" __attribute__((global))
#define DEVICE  __attribute__((device))
#define SHARED  __attribute__((shared))
#define NOINLINE __attribute__((noinline))

typedef unsigned int u32;
typedef unsigned long u64;

static DEVICE u32 item() { return __builtin_amdgcn_workitem_id_x(); }
static DEVICE u32 group() { return __builtin_amdgcn_workgroup_id_x(); }
static DEVICE u32 index(u32 size) { return group() * size + item(); }
static DEVICE void barrier()
{
    __builtin_amdgcn_fence(__ATOMIC_RELEASE, "workgroup");
    __builtin_amdgcn_s_barrier();
    __builtin_amdgcn_fence(__ATOMIC_ACQUIRE, "workgroup");
}

KERNEL void vector_add(const float *a, const float *b, float *c, u32 n)
{
    u32 i = index(256);
    if (i < n)
        c[i] = a[i] + b[i];
}

KERNEL void ids_3d(u32 *out)
{
    u32 x = __builtin_amdgcn_workgroup_id_x() * 4 + __builtin_amdgcn_workitem_id_x();
    u32 y = __builtin_amdgcn_workgroup_id_y() * 3 + __builtin_amdgcn_workitem_id_y();
    u32 z = __builtin_amdgcn_workgroup_id_z() * 5 + __builtin_amdgcn_workitem_id_z();
    out[(z * 10 + y) * 10 + x] = x | y << 8 | z << 16;
}

// Sum of 256 numbers in LDS, a tree of barriers.
KERNEL void reduce(const u32 *in, u32 *out)
{
    SHARED u32 sums[256];
    u32 i = item();
    sums[i] = in[index(256)];
    barrier();
    for (u32 step = 128; step > 0; step /= 2) {
        if (i < step)
            sums[i] += sums[i + step];
        barrier();
    }
    if (i == 0)
        out[group()] = sums[0];
}

// Divergent loops and 64-bit arithmetic.
KERNEL void collatz(u32 *out, u32 n)
{
    u32 i = index(64), steps = 0;
    if (i >= n)
        return;
    for (u64 x = i + 1; x != 1; steps++)
        x = x % 2 ? 3 * x + 1 : x / 2;
    out[i] = steps;
}

// Integer and float division, remainders, conversions.
KERNEL void divide(const long *a, const long *b, long *q, long *r, double *d, float *f)
{
    u32 i = index(64);
    q[i] = a[i] / b[i];
    r[i] = a[i] % b[i];
    d[i] = (double)a[i] / (double)b[i];
    f[i] = (float)a[i] / (float)b[i];
}

// Recursion: a stack in scratch, calls through s_swappc.
static DEVICE NOINLINE u32 fibonacci(u32 n)
{
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

KERNEL void recursion(u32 *out)
{
    out[item()] = fibonacci(item() % 12);
}

// Calls through pointers, which differ between lanes.
static DEVICE NOINLINE u32 add7(u32 x) { return x + 7; }
static DEVICE NOINLINE u32 times3(u32 x) { return x * 3; }
static DEVICE NOINLINE u32 square(u32 x) { return x * x; }

KERNEL void function_pointers(u32 *out)
{
    u32 (*const table[3])(u32) = {add7, times3, square};
    out[item()] = table[item() % 3](item());
}

// A private array that is indexed at run time, and a generic pointer into it and into LDS.
static DEVICE NOINLINE void increment(int *at, int by) { *at += by; }

KERNEL void private_array(const int *in, int *out)
{
    SHARED int shared[64];
    int mine[16];
    u32 i = item();
    for (int k = 0; k < 16; k++)
        mine[k] = in[i] + k;
    shared[i] = 1000;
    increment(&mine[in[i] & 15], 100);
    increment(i % 2 ? &shared[i] : &mine[3], 5);
    int sum = shared[i];
    for (int k = 0; k < 16; k++)
        sum = sum * 3 + mine[(k * 7 + in[i]) & 15];
    out[i] = sum;
}

// Bytes and halves, signed and not; packed halves.
typedef _Float16 half2 __attribute__((ext_vector_type(2)));
KERNEL void small_types(const unsigned char *bytes, const short *shorts, const half2 *halves,
                        int *out, half2 *sums)
{
    u32 i = item();
    out[i] = bytes[i] * shorts[i] + (signed char)bytes[63 - i] - (unsigned short)shorts[63 - i];
    sums[i] = halves[i] * halves[i] + halves[63 - i];
}

// Values of other lanes.
KERNEL void lanes(const int *in, int *out)
{
    int i = item(), x = in[i];
    int left = __builtin_amdgcn_ds_bpermute(((i + 1) & 63) * 4, x);
    int first = __builtin_amdgcn_readfirstlane(x);
    int shifted = __builtin_amdgcn_update_dpp(-1, x, 0x111, 0xf, 0xf, false); // row_shr:1
    u64 odd = __builtin_amdgcn_ballot_w64(x & 1);
    int below = __builtin_amdgcn_mbcnt_hi(odd >> 32, __builtin_amdgcn_mbcnt_lo(odd, 0));
    out[i] = left ^ first * 3 ^ shifted * 5 ^ below * 7;
}

KERNEL void atomics(u32 *counter, u32 *order, unsigned long long *wide)
{
    u32 ticket = __atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
    order[ticket] = index(64) + 1;
    __atomic_fetch_xor(wide, 1ull << item(), __ATOMIC_RELAXED);
}

KERNEL void wild_store(u32 *at) { at[(u64)1 << 40] = 1; }

KERNEL void trap() { __builtin_trap(); }
