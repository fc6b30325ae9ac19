// SPDX-License-Identifier: MIT
// Kernels of the HSA tests. One variable is left undefined on purpose in undefined.cl, not here.
#define ID                                                                                          \
    (__builtin_amdgcn_workgroup_id_x() * 64 + __builtin_amdgcn_workitem_id_x())

__global int counter = 7;
__constant int table[4] = {10, 20, 30, 40};

__kernel void add(__global const int *a, __global const int *b, __global int *c)
{
    c[ID] = a[ID] + b[ID];
}

__kernel void touch_global(__global int *out)
{
    if (ID == 0) {
        out[0] = counter;
        out[1] = table[2];
        counter = 99;
    }
}

__kernel void reverse_in_group(__global int *data)
{
    __local int shared[64];
    int lane = __builtin_amdgcn_workitem_id_x();
    shared[lane] = data[ID];
    __builtin_amdgcn_s_barrier();
    data[ID] = shared[63 - lane];
}

__kernel void store_at(ulong address)
{
    *(__global int *)address = 1;
}

__kernel void trap(__global int *out)
{
    out[0] = 1;
    __builtin_trap();
}

__kernel void spin(volatile __global int *flag)
{
    while (*flag == 0)
        __builtin_amdgcn_s_sleep(1);
}
