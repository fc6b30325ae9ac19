/* SPDX-License-Identifier: MIT
 * hiprtc: a small program compiled by the compiler, and taken from the cache of what was compiled.
 * CPU time of the process and of the compilers that it ran.
 */
#include "bench.h"

#include <hip/hiprtc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum { FRESH = 5, CACHED = 101, SOURCE_BYTES = 256 };

static double seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static double cpu_ms(void)
{
    struct rusage own, children;
    getrusage(RUSAGE_SELF, &own);
    getrusage(RUSAGE_CHILDREN, &children);
    return 1e3 * (seconds(own.ru_utime) + seconds(own.ru_stime) + seconds(children.ru_utime) +
                  seconds(children.ru_stime));
}

/* Returns the CPU time in milliseconds. */
static double compile(int number)
{
    char source[SOURCE_BYTES];
    hiprtcProgram program;
    snprintf(source, sizeof source,
             "extern \"C\" __global__ void scale(float *x, float a, int n)\n"
             "{ int i = blockIdx.x * blockDim.x + threadIdx.x; if (i < n) x[i] *= a + %d; }\n",
             number);
    double start = cpu_ms();
    OK(hiprtcCreateProgram(&program, source, "scale.hip", 0, NULL, NULL));
    OK(hiprtcCompileProgram(program, 0, NULL));
    OK(hiprtcDestroyProgram(&program));
    return cpu_ms() - start;
}

void bench_compile(void)
{
    double fresh[FRESH], cached[CACHED];
    char folder[] = "/tmp/cairn-bench-XXXXXX", command[64];
    if (mkdtemp(folder) == NULL) {
        perror("bench_hip: a folder for the cache");
        exit(1);
    }
    setenv("CAIRN_CACHE_DIR", folder, 1); /* read at the first compilation, by hiprtc alone */
    for (int i = 0; i < FRESH; i++)
        fresh[i] = compile(i);
    for (int i = 0; i < CACHED; i++)
        cached[i] = compile(0);
    snprintf(command, sizeof command, "rm -r %s", folder);
    if (system(command) != 0)
        fprintf(stderr, "bench_hip: %s is left\n", folder);
    bench_say("hiprtc, a small program, compiled", bench_quantile(fresh, FRESH, 0.5), "ms", NULL);
    bench_say("hiprtc, the same program again, from the cache", bench_quantile(cached, CACHED, 0.5),
              "ms", NULL);
}
