// SPDX-License-Identifier: MIT
// Small figures of the runtime, one a call: `micro valu SECONDS`, `empty COUNT`, `first`, `start`, `memory`. Prints
// "name value..." lines; run.py starts it with the cache, threads and CPUs that a figure asks for. Every
// figure's kernel is checked against what the host computes; a wrong result ends the program.
#include <hip/hip_runtime.h>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <vector>

#define MUST(call)                                                          \
    do {                                                                    \
        hipError_t status_ = (call);                                        \
        if (status_ != hipSuccess) {                                        \
            std::printf("error %s: %s\n", #call, hipGetErrorString(status_)); \
            std::exit(1);                                                   \
        }                                                                   \
    } while (0)

static double wall()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

static double cpu()
{
    timespec at;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
    return double(at.tv_sec) + double(at.tv_nsec) * 1e-9;
}

static void wrong(const char *what)
{
    std::printf("error wrong result: %s\n", what);
    std::exit(1);
}

__global__ void empty() {}

__global__ void tiny(unsigned *out)
{
    out[threadIdx.x] = threadIdx.x * 3 + 1;
}

constexpr int registers = 32, waves = 8, groups = 8;

// 3 x 32 dependent instructions an iteration, on 32 registers.
__global__ __launch_bounds__(64 * waves) void valu(unsigned *out, int iterations)
{
    unsigned r[registers], id = blockIdx.x * 64 * waves + threadIdx.x;
    for (int i = 0; i < registers; i++)
        r[i] = id * 2654435761u + i;
    for (int n = 0; n < iterations; n++) {
#pragma unroll
        for (int i = 0; i < registers; i++)
            asm volatile("v_xor_b32 %0, %0, %1\n\tv_mul_lo_u32 %0, %0, %1\n\tv_add_u32 %0, %0, %1"
                         : "+v"(r[i])
                         : "v"(r[(i + 5) % registers]));
    }
    for (int i = 1; i < registers; i++)
        r[0] ^= r[i];
    out[id] = r[0];
}

static unsigned valu_on_host(unsigned id, int iterations)
{
    unsigned r[registers];
    for (int i = 0; i < registers; i++)
        r[i] = id * 2654435761u + i;
    for (int n = 0; n < iterations; n++)
        for (int i = 0; i < registers; i++) {
            unsigned other = r[(i + 5) % registers];
            r[i] = (r[i] ^ other) * other + other;
        }
    for (int i = 1; i < registers; i++)
        r[0] ^= r[i];
    return r[0];
}

// Millions of wave instructions a second of wall time, and of CPU time.
static void measure_valu(double duration)
{
    unsigned *out, got;
    const unsigned id = 64 * waves * groups - 7;
    MUST(hipMalloc((void **)&out, 64 * waves * groups * 4));
    int iterations = 16;
    for (;;) {
        double before = wall();
        valu<<<groups, 64 * waves>>>(out, iterations);
        MUST(hipDeviceSynchronize());
        if (wall() - before > duration / 8)
            break;
        iterations *= 2;
    }
    std::vector<double> times;
    double cpu_start = cpu(), start = wall(), before = start;
    while (times.size() < 3 || before - start < duration) {
        valu<<<groups, 64 * waves>>>(out, iterations);
        MUST(hipDeviceSynchronize());
        double after = wall();
        times.push_back(after - before);
        before = after;
    }
    double mean_cpu = (cpu() - cpu_start) / double(times.size());
    std::sort(times.begin(), times.end());
    MUST(hipMemcpy(&got, out + id, 4, hipMemcpyDeviceToHost));
    if (got != valu_on_host(id, iterations))
        wrong("valu");
    double count = 3.0 * registers * iterations * waves * groups;
    std::printf("valu %.6g %.6g\n", count / times[times.size() / 2] * 1e-6, count / mean_cpu * 1e-6);
}

// Microseconds of launch and synchronise: median, minimum, CPU time.
static void measure_empty(int count)
{
    std::vector<double> times;
    for (int i = 0; i < 100; i++)
        empty<<<1, 64>>>();
    MUST(hipDeviceSynchronize());
    double start = cpu();
    for (int i = 0; i < count; i++) {
        double before = wall();
        empty<<<1, 64>>>();
        MUST(hipDeviceSynchronize());
        times.push_back(wall() - before);
    }
    start = cpu() - start;
    std::sort(times.begin(), times.end());
    std::printf("empty %.6g %.6g %.6g\n", times[times.size() / 2] * 1e6, times[0] * 1e6, start / count * 1e6);
}

// Integer arithmetic and selections between a load and a store; other code for each ID. 8 STEPS make 106 instructions for
// gfx90a, 83 make 1002.
template <int ID, int STEPS> __device__ __host__ inline unsigned mixture(unsigned a, unsigned b)
{
#pragma unroll
    for (int i = 0; i < STEPS; i++) {
        a = a * (2u * ID + 4u * i + 3u) + b;
        b ^= a >> (1 + (ID + i) % 7);
        if (b > 0x40000000u + 977u * i)
            a += b << (1 + i % 5);
        b += (a & 0xffffu) ^ (ID * 77u + i);
    }
    return a ^ b;
}

template <int ID, int STEPS> __global__ void fresh(const unsigned *in, unsigned *out)
{
    unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
    out[i] = mixture<ID, STEPS>(in[i], i);
}

template <int ID, int STEPS> static void first_launch(const char *name, const unsigned *in, unsigned *out)
{
    unsigned got[64];
    double before = wall();
    fresh<ID, STEPS><<<1, 64>>>(in, out);
    MUST(hipDeviceSynchronize());
    double once = wall() - before;
    before = wall();
    fresh<ID, STEPS><<<1, 64>>>(in, out);
    MUST(hipDeviceSynchronize());
    double again = wall() - before;
    MUST(hipMemcpy(got, out, sizeof got, hipMemcpyDeviceToHost));
    for (unsigned i = 0; i < 64; i++)
        if (got[i] != mixture<ID, STEPS>(i * 2654435761u, i))
            wrong("fresh");
    std::printf("%s %.6g %.6g\n", name, once * 1e3, again * 1e3);
}

static void measure_first()
{
    unsigned *in, *out, start[64];
    for (unsigned i = 0; i < 64; i++)
        start[i] = i * 2654435761u;
    MUST(hipMalloc((void **)&in, 256));
    MUST(hipMalloc((void **)&out, 256));
    MUST(hipMemcpy(in, start, 256, hipMemcpyHostToDevice));
    tiny<<<1, 64>>>(out); // the process is up: what follows is the new kernel alone
    MUST(hipDeviceSynchronize());
    first_launch<1, 8>("first100", in, out);
    first_launch<2, 8>("first100", in, out);
    first_launch<3, 8>("first100", in, out);
    first_launch<4, 8>("first100", in, out);
    first_launch<5, 8>("first100", in, out);
    first_launch<6, 83>("first1000", in, out);
    first_launch<7, 83>("first1000", in, out);
    first_launch<8, 83>("first1000", in, out);
}

static void run_tiny()
{
    unsigned *out, got[64];
    MUST(hipInit(0));
    MUST(hipMalloc((void **)&out, 256));
    tiny<<<1, 64>>>(out);
    MUST(hipMemcpy(got, out, 256, hipMemcpyDeviceToHost));
    for (unsigned i = 0; i < 64; i++)
        if (got[i] != i * 3 + 1)
            wrong("tiny");
}

static void measure_memory()
{
    char line[256];
    run_tiny();
    std::FILE *file = std::fopen("/proc/self/status", "r");
    double resident = 0, peak = 0;
    while (file != NULL && std::fgets(line, sizeof line, file) != NULL) {
        if (std::strncmp(line, "VmRSS:", 6) == 0)
            resident = std::atof(line + 6) / 1024;
        if (std::strncmp(line, "VmHWM:", 6) == 0)
            peak = std::atof(line + 6) / 1024;
    }
    std::printf("memory %.4g %.4g\n", resident, peak);
}

int main(int count, char **arguments)
{
    const char *what = count > 1 ? arguments[1] : "";
    double start = wall();
    if (std::strcmp(what, "valu") == 0 && count > 2)
        measure_valu(std::atof(arguments[2]));
    else if (std::strcmp(what, "empty") == 0 && count > 2)
        measure_empty(std::atoi(arguments[2]));
    else if (std::strcmp(what, "first") == 0)
        measure_first();
    else if (std::strcmp(what, "memory") == 0)
        measure_memory();
    else if (std::strcmp(what, "start") == 0) {
        run_tiny();
        std::printf("start %.6g\n", (wall() - start) * 1e3);
    } else {
        std::printf("usage: micro valu SECONDS | empty COUNT | first | start | memory\n");
        return 2;
    }
    return 0;
}
