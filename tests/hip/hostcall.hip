// SPDX-License-Identifier: MIT
// What kernels print through the host, compared line by line with what the host's own printf makes.
#include <assert.h>
#include <hip/hip_runtime.h>
#include <stdio.h>
#include <string.h>

#define CHECK(call)                                                                                \
    do {                                                                                           \
        hipError_t error_ = (call);                                                                \
        if (error_ != hipSuccess) {                                                                \
            fprintf(stderr, "%s: %s\n", #call, hipGetErrorName(error_));                           \
            return 1;                                                                              \
        }                                                                                          \
    } while (0)

static __host__ __device__ void print_all(int sign)
{
    printf("integers %d %i %u %o %x %X\n", -5 * sign, 7, 4000000000u, 8, 255, 0xBEEF);
    printf("lengths %hhd %hd %ld %lld %zu %td %jd\n", (char)-1, (short)-2, -3L, -4LL, (size_t)5,
           (ptrdiff_t)-6, (long long)-7);
    printf("narrow %hhu %hu %hhx\n", 511, 65537, 0x1FF);
    printf("floats %f %.2e %g %G %.3f %a\n", 1.5, 12345.678, 0.0001, 1e20, -2.0f, 1.0);
    printf("case %F %E\n", 2.5, 2.5);
    printf("strings [%s] [%10s] [%-10s] [%.2s] [%s]\n", "abc", "right", "left", "cut", "");
    printf("characters %c%c%c %%\n", 'x', 'y', 'z');
    printf("width [%5d] [%-5d] [%05d] [%+d] [% d] [%#x]\n", 42, 42, 42, 42, 42, 42);
    printf("stars [%*d] [%.*f] [%*.*f]\n", 6, 7, 2, 3.14159, 8, 3, 2.71828);
    printf("pointer %p\n", (void *)0x1234);
    printf("long text: 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 %d\n", 1);
    printf("no arguments\n");
    printf("mixed %s %d %s %f %s\n", "one", 2, "three", 4.0, "five");
}

static __global__ void print_kernel()
{
    print_all(1);
}

static __global__ void lanes()
{
    printf("lane %d\n", (int)threadIdx.x);
}

static __global__ void allocate(int **out)
{
    int *memory = (int *)malloc(64 * sizeof(int));
    if (memory != nullptr)
        for (int i = 0; i < 64; i++)
            memory[i] = i * (int)threadIdx.x;
    out[threadIdx.x] = memory;
}

static __global__ void consume(int **in, int *sum)
{
    int total = 0;
    for (int i = 0; i < 64; i++)
        total += in[threadIdx.x][i];
    sum[threadIdx.x] = total;
    free(in[threadIdx.x]);
}

static __global__ void free_again(int **in)
{
    free(in[threadIdx.x]);
}

static __global__ void fail(int x)
{
    assert(x == 1);
}

static int check_malloc()
{
    int **pointers, *sums, host[64];
    CHECK(hipMalloc(&pointers, 64 * sizeof(int *)));
    CHECK(hipMalloc(&sums, sizeof host));
    allocate<<<1, 64>>>(pointers);
    consume<<<1, 64>>>(pointers, sums);
    CHECK(hipMemcpy(host, sums, sizeof host, hipMemcpyDeviceToHost));
    for (int i = 0; i < 64; i++)
        if (host[i] != 2016 * i) {
            fprintf(stderr, "device malloc: lane %d has %d\n", i, host[i]);
            return 1;
        }
    free_again<<<1, 64>>>(pointers);
    CHECK(hipDeviceSynchronize());
    CHECK(hipFree(pointers));
    CHECK(hipFree(sums));
    return 0;
}

int main(int count, char **words)
{
    if (count > 1 && strcmp(words[1], "host") == 0) {
        print_all(1);
        for (int i = 0; i < 64; i++)
            printf("lane %d\n", i);
        printf("after\n");
        return 0;
    }
    print_kernel<<<1, 1>>>();
    lanes<<<1, 64>>>();
    CHECK(hipDeviceSynchronize());
    if (check_malloc() != 0)
        return 1;
    fail<<<1, 1>>>(1);
    CHECK(hipDeviceSynchronize());
    fail<<<1, 1>>>(0);
    if (hipDeviceSynchronize() != hipErrorAssert) {
        fprintf(stderr, "a failing assert was not reported\n");
        return 1;
    }
    printf("after\n");
    return 0;
}
