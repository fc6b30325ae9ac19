/* SPDX-License-Identifier: MIT
 * What HIP costs above HSA: launches through a stream, nodes of a graph, registration of fat
 * binaries; and what hiprtc takes. Each line says what its goal is, where there is one. Arguments
 * choose parts: register, launch, graph, compile.
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>

void bench_expect(int error, const char *call, int line)
{
    if (error == 0)
        return;
    fprintf(stderr, "bench_hip: line %d: %s: %d\n", line, call, error);
    exit(1);
}

hipFunction_t bench_empty_kernel(void)
{
    hipModule_t module;
    hipFunction_t function;
    OK(hipModuleLoad(&module, KERNEL_FOLDER "/empty.co"));
    OK(hipModuleGetFunction(&function, module, "empty"));
    return function;
}

int main(int argc, char **argv)
{
    static const struct bench_part parts[] = {{"register", bench_register},
                                              {"launch", bench_launch},
                                              {"graph", bench_graph},
                                              {"compile", bench_compile},
                                              {0}};
    (void)argc;
    bench_run_parts(parts, argv);
    return 0;
}
