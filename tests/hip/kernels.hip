// SPDX-License-Identifier: MIT
// Kernels of the tests, written with compiler builtins alone, and C functions that launch them.
#include "kernels.h"

#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
#define __constant__ __attribute__((constant))
#define __shared__ __attribute__((shared))
#define __managed__ __attribute__((managed))

static __device__ unsigned global_id()
{
    return __builtin_amdgcn_workgroup_id_x() * __builtin_amdgcn_workgroup_size_x() +
           __builtin_amdgcn_workitem_id_x();
}

__device__ int counter;
__constant__ int table[4];
__managed__ int shared_number = 5;

extern "C" __global__ void add(const float *a, const float *b, float *c, int n)
{
    unsigned i = global_id();
    if ((int)i < n)
        c[i] = a[i] + b[i];
}

extern "C" __global__ void bump()
{
    __atomic_fetch_add(&counter, 1, __ATOMIC_RELAXED);
}

extern "C" __global__ void scale(int *data, int n, int factor)
{
    unsigned i = global_id();
    if ((int)i < n)
        data[i] *= factor;
}

// Waits for *flag to become `value`: a kernel that the host can hold up.
extern "C" __global__ void hold(volatile int *flag, int value, int *out)
{
    while (*flag != value)
        __builtin_amdgcn_s_sleep(2);
    *out = value;
}

typedef float float4v __attribute__((ext_vector_type(4)));
typedef int int4v __attribute__((ext_vector_type(4)));
__device__ float4v load_format(int4v descriptor, int index, int offset, int base,
                               int cache) __asm("llvm.amdgcn.struct.buffer.load.format.v4f32");

// As tex1Dfetch reads linear memory: the texture object begins with a buffer descriptor.
extern "C" __global__ void fetch(const int4v *texture, float4v *out, int first)
{
    int i = (int)global_id();
    out[i] = load_format(*texture, first + i, 0, 0, 0);
}

// A texture reference of a module, which hipModuleGetTexRef finds by its name.
extern "C" __device__ struct textureReference bound_texture = {};

extern "C" __global__ void fetch_bound(float4v *out, int first)
{
    int i = (int)global_id();
    out[i] = load_format(*(const int4v *)bound_texture.textureObject, first + i, 0, 0, 0);
}

extern "C" __global__ void mixed(struct mixed m, char c, short s, double d, int *out)
{
    out[0] = m.numbers[0];
    out[1] = m.numbers[29];
    out[2] = c;
    out[3] = s;
    out[4] = (int)(d * 2);
    out[5] = (int)m.tail;
}

extern "C" __global__ void shape(unsigned *out)
{
    if ((__builtin_amdgcn_workitem_id_x() | __builtin_amdgcn_workgroup_id_x() |
         __builtin_amdgcn_workgroup_id_y() | __builtin_amdgcn_workgroup_id_z()) != 0)
        return;
    out[0] = __builtin_amdgcn_workgroup_size_x();
    out[1] = __builtin_amdgcn_workgroup_size_y();
    out[2] = __builtin_amdgcn_workgroup_size_z();
    out[3] = __builtin_amdgcn_grid_size_x();
    out[4] = __builtin_amdgcn_grid_size_y();
    out[5] = __builtin_amdgcn_grid_size_z();
    const unsigned *hidden = (const unsigned *)__builtin_amdgcn_implicitarg_ptr();
    out[6] = hidden[0];
    out[7] = hidden[1];
    out[8] = hidden[2];
    out[9] = hidden[30];
}

extern "C" __global__ void ragged(unsigned *sizes)
{
    __atomic_fetch_add(&sizes[__builtin_amdgcn_workgroup_id_x()], 1, __ATOMIC_RELAXED);
}

extern __shared__ int dynamic[];

// HW_ID: register 4, all 32 bits.
extern "C" __global__ void places(unsigned *out)
{
    out[__builtin_amdgcn_workgroup_id_x()] = (unsigned)__builtin_amdgcn_s_getreg(4 | 31 << 11);
}

extern "C" __global__ void reverse(int *out)
{
    unsigned i = __builtin_amdgcn_workitem_id_x(), n = __builtin_amdgcn_workgroup_size_x();
    dynamic[i] = (int)i;
    __builtin_amdgcn_fence(__ATOMIC_RELEASE, "workgroup");
    __builtin_amdgcn_s_barrier();
    __builtin_amdgcn_fence(__ATOMIC_ACQUIRE, "workgroup");
    out[i] = dynamic[n - 1 - i];
}

extern "C" __global__ void __attribute__((amdgpu_flat_work_group_size(1, 128))) bounded(int *out)
{
    out[0] = 1;
}

/* Seven waves of a SIMD of gfx90a have 72 vector registers each, or 112 scalar ones. */
extern "C" __global__ void many_vector(int *out)
{
    asm volatile("" ::: "v71");
    out[0] = 1;
}

extern "C" __global__ void many_scalar(int *out)
{
    asm volatile("" ::: "s97");
    out[0] = 1;
}

extern "C" __global__ void variables(int *out)
{
    out[0] = table[2];
    out[1] = shared_number;
    shared_number = 77;
}

extern "C" __global__ void wild(int *address)
{
    *address = 1;
}

extern "C" __global__ void trap()
{
    __builtin_trap();
}

extern "C" __global__ void illegal()
{
    asm volatile(".long 0xbfff0000");
}

extern "C" __global__ void forever(int *data)
{
    for (;;)
        __atomic_fetch_add(data, 1, __ATOMIC_RELAXED);
}

extern "C" __global__ void no_arguments()
{
}

extern "C" {

const void *kernel_add = (const void *)add;
const void *kernel_scale = (const void *)scale;
const void *kernel_hold = (const void *)hold;
const void *kernel_mixed = (const void *)mixed;
const void *kernel_shape = (const void *)shape;
const void *kernel_ragged = (const void *)ragged;
const void *kernel_reverse = (const void *)reverse;
const void *kernel_bounded = (const void *)bounded;
const void *kernel_many_vector = (const void *)many_vector;
const void *kernel_many_scalar = (const void *)many_scalar;
const void *kernel_variables = (const void *)variables;
const void *kernel_wild = (const void *)wild;
const void *kernel_trap = (const void *)trap;
const void *kernel_illegal = (const void *)illegal;
const void *kernel_forever = (const void *)forever;
const void *kernel_no_arguments = (const void *)no_arguments;
const void *kernel_fetch = (const void *)fetch;
const void *kernel_places = (const void *)places;
const void *symbol_counter = &counter;
const void *symbol_table = &table;

void set_shared_number(int value)
{
    shared_number = value;
}

int get_shared_number(void)
{
    return shared_number;
}

void launch_add(const float *a, const float *b, float *c, int n, hipStream_t stream)
{
    add<<<(n + 255) / 256, 256, 0, stream>>>(a, b, c, n);
}

void launch_bump(int blocks, int threads, hipStream_t stream)
{
    bump<<<blocks, threads, 0, stream>>>();
}

void launch_scale(int *data, int n, int factor, hipStream_t stream)
{
    scale<<<(n + 63) / 64, 64, 0, stream>>>(data, n, factor);
}

void launch_hold(volatile int *flag, int value, int *out, hipStream_t stream)
{
    hold<<<1, 1, 0, stream>>>(flag, value, out);
}

void launch_wild(int *address, hipStream_t stream)
{
    wild<<<1, 1, 0, stream>>>(address);
}
}
