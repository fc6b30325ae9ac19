// SPDX-License-Identifier: MIT
// A launch on several devices whose grids meet: every grid counts in its own cell, all meet, and each
// then sees what all others counted. Prints OK; run with two devices.
#include <hip/hip_runtime.h>

#include <stdio.h>

extern "C" __device__ void __ockl_multi_grid_sync(void);
extern "C" __device__ unsigned __ockl_multi_grid_num_grids(void);
extern "C" __device__ unsigned __ockl_multi_grid_grid_rank(void);
extern "C" __device__ unsigned __ockl_multi_grid_size(void);
extern "C" __device__ unsigned __ockl_multi_grid_thread_rank(void);
extern "C" __device__ int __ockl_multi_grid_is_valid(void);

enum { ROUNDS = 20, BLOCKS = 6, THREADS = 64 };

// counts: [ROUNDS][grids]; wrong: how often a count was not complete after the meeting
__global__ void meet(unsigned *counts, unsigned *wrong, unsigned *ranks)
{
    unsigned grids = __ockl_multi_grid_num_grids(), rank = __ockl_multi_grid_grid_rank();
    if (!__ockl_multi_grid_is_valid())
        atomicAdd_system(wrong, 1000u);
    atomicAdd_system(&ranks[__ockl_multi_grid_thread_rank()], 1u);
    for (unsigned round = 0; round < ROUNDS; round++) {
        atomicAdd_system(&counts[round * grids + rank], 1u);
        __ockl_multi_grid_sync();
        for (unsigned grid = 0; grid < grids; grid++)
            if (__hip_atomic_load(&counts[round * grids + grid], __ATOMIC_RELAXED,
                                  __HIP_MEMORY_SCOPE_SYSTEM) != (BLOCKS + grid) * THREADS)
                atomicAdd_system(wrong, 1u);
    }
}

__global__ void plain(unsigned *counts, unsigned *, unsigned *)
{
    atomicAdd_system(counts, 1u);
}

static int failed(hipError_t error, const char *what)
{
    if (error != hipSuccess)
        printf("%s: %s\n", what, hipGetErrorName(error));
    return error != hipSuccess;
}

static int wanted(hipError_t got, hipError_t want, const char *what)
{
    if (got != want)
        printf("%s: %s, want %s\n", what, hipGetErrorName(got), hipGetErrorName(want));
    return got != want;
}

int main(void)
{
    unsigned *memory, *counts, *wrong, *ranks;
    hipLaunchParams launches[2];
    hipStream_t streams[2];
    int count = 0, bad = 0;
    if (failed(hipGetDeviceCount(&count), "count") || count != 2 ||
        failed(hipHostMalloc((void **)&memory, 65536, 0), "memory"))
        return 1;
    counts = memory;
    wrong = memory + 1024;
    ranks = memory + 2048;
    void *args[] = {&counts, &wrong, &ranks};
    for (int i = 0; i < 2; i++) {
        if (failed(hipSetDevice(i), "device") || failed(hipStreamCreate(&streams[i]), "stream"))
            return 1;
        launches[i] = hipLaunchParams{(void *)meet, dim3(BLOCKS + i), dim3(THREADS), args, 0,
                                      streams[i]};
    }
    for (unsigned flags = 0; flags < 4; flags++) {
        for (int i = 0; i < 16384; i++)
            memory[i] = 0;
        bad |= failed(hipLaunchCooperativeKernelMultiDevice(launches, 2, flags), "launch");
        for (int i = 0; i < 2; i++)
            bad |= failed(hipStreamSynchronize(streams[i]), "wait");
        if (*wrong != 0)
            bad |= printf("flags %u: %u counts were not complete\n", flags, *wrong);
        for (int i = 0; i < (2 * BLOCKS + 1) * THREADS; i++)
            if (ranks[i] != 1)
                bad |= printf("flags %u: rank %d was there %u times\n", flags, i, ranks[i]);
    }
    launches[0].func = launches[1].func = (void *)plain;
    memory[0] = 0;
    bad |= failed(hipExtLaunchMultiKernelMultiDevice(launches, 2, 0), "independent grids");
    if (memory[0] != (2 * BLOCKS + 1) * THREADS)
        bad |= printf("independent grids: %u work-items\n", memory[0]);
    launches[0].func = launches[1].func = (void *)meet;
    bad |= wanted(hipLaunchCooperativeKernelMultiDevice(NULL, 2, 0), hipErrorInvalidValue, "no list");
    bad |= wanted(hipLaunchCooperativeKernelMultiDevice(launches, 3, 0), hipErrorInvalidValue,
                  "too many");
    bad |= wanted(hipLaunchCooperativeKernelMultiDevice(launches, 2, 8), hipErrorInvalidValue,
                  "flags");
    launches[1].stream = streams[0];
    bad |= wanted(hipLaunchCooperativeKernelMultiDevice(launches, 2, 0), hipErrorInvalidDevice,
                  "a device twice");
    launches[1].stream = NULL;
    bad |= wanted(hipLaunchCooperativeKernelMultiDevice(launches, 2, 0), hipErrorInvalidHandle,
                  "null stream");
    launches[1].stream = streams[1];
    launches[1].gridDim = dim3(1000000);
    bad |= wanted(hipLaunchCooperativeKernelMultiDevice(launches, 2, 0),
                  hipErrorCooperativeLaunchTooLarge, "too large");
    if (bad == 0)
        printf("OK\n");
    return bad != 0;
}
