/* SPDX-License-Identifier: MIT
 * Launches through a stream next to the same packets through an HSA queue, round by round in turn,
 * so that both see the same machine.
 */
#include "bench.h"

#include <stdio.h>

enum { ROUNDS = 41, LAUNCHES = 4000, SINGLE_ROUNDS = 41, SINGLES = 2000 };

typedef void (*run_fn)(uint32_t count, void *user);

struct launcher {
    hipFunction_t function;
    hipStream_t stream;
};

static void run_raw(uint32_t count, void *user)
{
    raw_dispatch(count);
}

static void run_stream(uint32_t count, void *user)
{
    struct launcher *launcher = user;
    for (uint32_t i = 0; i < count; i++)
        OK(hipModuleLaunchKernel(launcher->function, 1, 1, 1, 64, 1, 1, 0, launcher->stream, NULL,
                                 NULL));
    OK(hipStreamSynchronize(launcher->stream));
}

static void run_raw_singles(uint32_t count, void *user)
{
    for (uint32_t i = 0; i < count; i++)
        raw_dispatch(1);
}

static void run_stream_singles(uint32_t count, void *user)
{
    for (uint32_t i = 0; i < count; i++)
        run_stream(1, user);
}

/* ns of CPU time a launch. */
static double once(run_fn run, uint32_t count, void *user)
{
    uint64_t start = bench_cpu_ns();
    run(count, user);
    return (double)(bench_cpu_ns() - start) / count;
}

/* The lower quartile of the rounds: what others on the machine take away only adds. */
static void pair(const char *what, run_fn raw, run_fn hip, uint32_t rounds, uint32_t count,
                 void *user)
{
    double raw_ns[ROUNDS], hip_ns[ROUNDS];
    char text[80];
    once(raw, count, user);
    once(hip, count, user);
    for (uint32_t i = 0; i < rounds; i++) {
        raw_ns[i] = once(raw, count, user);
        hip_ns[i] = once(hip, count, user);
    }
    double r = bench_quantile(raw_ns, rounds, 0.25), h = bench_quantile(hip_ns, rounds, 0.25);
    snprintf(text, sizeof text, "%s, HSA queue, CPU time", what);
    bench_say(text, r / 1e3, "us", NULL);
    snprintf(text, sizeof text, "%s, HIP stream, CPU time", what);
    bench_say(text, h / 1e3, "us", NULL);
    snprintf(text, sizeof text, "%s, HIP over HSA", what);
    bench_say(text, 100 * (h / r - 1), "%", "25");
}

void bench_launch(void)
{
    struct launcher launcher = {.function = bench_empty_kernel()};
    OK(hipStreamCreateWithFlags(&launcher.stream, hipStreamNonBlocking));
    raw_open();
    pair("empty kernels in a row", run_raw, run_stream, ROUNDS, LAUNCHES, &launcher);
    pair("empty kernel and waiting for it", run_raw_singles, run_stream_singles, SINGLE_ROUNDS,
         SINGLES, &launcher);
    raw_close();
    OK(hipStreamDestroy(launcher.stream));
}
