// SPDX-License-Identifier: MIT
// Kernels in OpenCL C: work-item functions, barriers, and shells around the functions that AMD's runtimes call for
// their copies and fills. opencl.hip loads and checks them.
void __amd_fillBufferAligned(__global uchar *, __global ushort *, __global uint *, __global ulong *,
                             __constant uchar *, uint, ulong, ulong);
void __amd_fillBufferAligned2D(__global uchar *, __global ushort *, __global uint *,
                               __global ulong *, __constant uchar *, uint, ulong, ulong, ulong,
                               ulong);
void __amd_copyBuffer(__global uchar *, __global uchar *, ulong, ulong, ulong, uint);
void __amd_copyBufferAligned(__global uint *, __global uint *, ulong, ulong, ulong, uint);
void __amd_copyBufferRect(__global uchar *, __global uchar *, ulong4, ulong4, ulong4);
void __amd_copyBufferRectAligned(__global uint *, __global uint *, ulong4, ulong4, ulong4);
void __amd_streamOpsWrite(__global uint *, __global ulong *, ulong);
void __amd_streamOpsWait(__global uint *, __global ulong *, ulong, ulong, ulong);
void __amd_batchMemOp(__global void *, uint);
void __ockl_dm_init_v1(ulong, ulong, uint, uint);

enum { FACTS = 20 };

__kernel void facts(__global ulong *out)
{
    ulong item = get_global_linear_id();
    __global ulong *mine = out + item * FACTS;
    for (uint dim = 0; dim < 3; dim++) {
        mine[dim] = get_global_id(dim);
        mine[3 + dim] = get_local_id(dim);
        mine[6 + dim] = get_group_id(dim);
        mine[9 + dim] = get_local_size(dim);
    }
    mine[12] = get_global_size(0) * 100 + get_num_groups(0);
    mine[13] = get_work_dim();
    mine[14] = get_local_linear_id();
    mine[15] = get_sub_group_id();
    mine[16] = get_sub_group_size();
    mine[17] = get_num_sub_groups();
    mine[18] = get_enqueued_local_size(0);
    mine[19] = get_sub_group_local_id();
}

__kernel __attribute__((reqd_work_group_size(256, 1, 1))) void turned(__global uint *out)
{
    __local uint tile[256];
    uint id = get_local_id(0);
    tile[id] = (uint)get_global_id(0);
    barrier(CLK_LOCAL_MEM_FENCE);
    out[get_global_id(0)] = tile[255 - id];
}

__kernel void fill(__global uchar *a, __global ushort *b, __global uint *c, __global ulong *d,
                   __constant uchar *pattern, uint count, ulong first, ulong size)
{
    __amd_fillBufferAligned(a, b, c, d, pattern, count, first, size);
}

__kernel void fill2d(__global uchar *a, __global ushort *b, __global uint *c, __global ulong *d,
                     __constant uchar *pattern, uint count, ulong first, ulong width, ulong height,
                     ulong pitch)
{
    __amd_fillBufferAligned2D(a, b, c, d, pattern, count, first, width, height, pitch);
}

__kernel void copy(__global uchar *from, __global uchar *to, ulong a, ulong b, ulong size, uint tail)
{
    __amd_copyBuffer(from, to, a, b, size, tail);
}

__kernel void copy_aligned(__global uint *from, __global uint *to, ulong a, ulong b, ulong size,
                           uint unit)
{
    __amd_copyBufferAligned(from, to, a, b, size, unit);
}

__kernel void copy_rect(__global uchar *from, __global uchar *to, ulong4 a, ulong4 b, ulong4 size)
{
    __amd_copyBufferRect(from, to, a, b, size);
}

__kernel void copy_rect_aligned(__global uint *from, __global uint *to, ulong4 a, ulong4 b,
                                ulong4 size)
{
    __amd_copyBufferRectAligned(from, to, a, b, size);
}

__kernel void put(__global uint *a, __global ulong *b, ulong value)
{
    __amd_streamOpsWrite(a, b, value);
}

__kernel void await(__global uint *a, __global ulong *b, ulong value, ulong compare, ulong mask)
{
    __amd_streamOpsWait(a, b, value, compare, mask);
}

__kernel void batch(__global void *operations, uint count)
{
    __amd_batchMemOp(operations, count);
}

__kernel void heap(ulong at, ulong slabs, uint clear, uint count)
{
    __ockl_dm_init_v1(at, slabs, clear, count);
}

__kernel void print(__global uint *a, float f)
{
    printf("a %d %.2f:%s|%v4d\n", a[get_global_id(0)], f, "hi", (int4)(1, -2, 3, 4));
    printf("only\n");
    printf("%c %ld %5.1f%% %v2hlf %#x\n", (char)'c', -5L, 2.5, (float2)(1.5f, -2.0f), 255u);
    printf("[%6s][%-3d]\n", "tabs\t", (short)-7);
}
