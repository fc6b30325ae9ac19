/* SPDX-License-Identifier: MIT
 * A captured graph of small kernels: what a node costs, next to single launches of as many.
 */
#include "bench.h"

#include <stdio.h>

enum { NODES = 1000, ROUNDS = 101 };

static void launch_all(hipFunction_t function, hipStream_t stream)
{
    for (int i = 0; i < NODES; i++)
        OK(hipModuleLaunchKernel(function, 1, 1, 1, 64, 1, 1, 0, stream, NULL, NULL));
}

static hipGraphExec_t capture(hipFunction_t function, hipStream_t stream)
{
    hipGraph_t graph;
    hipGraphExec_t exec;
    OK(hipStreamBeginCapture(stream, hipStreamCaptureModeThreadLocal));
    launch_all(function, stream);
    OK(hipStreamEndCapture(stream, &graph));
    uint64_t start = bench_cpu_ns();
    OK(hipGraphInstantiate(&exec, graph, NULL, NULL, 0));
    bench_say("instantiate, CPU time a node", (double)(bench_cpu_ns() - start) / NODES / 1e3, "us",
              NULL);
    OK(hipGraphDestroy(graph));
    return exec;
}

void bench_graph(void)
{
    double graph_cpu[ROUNDS], graph_wall[ROUNDS], single_cpu[ROUNDS];
    hipFunction_t function = bench_empty_kernel();
    hipStream_t stream;
    OK(hipStreamCreateWithFlags(&stream, hipStreamNonBlocking));
    hipGraphExec_t exec = capture(function, stream);
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t cpu = bench_cpu_ns(), wall = bench_wall_ns();
        OK(hipGraphLaunch(exec, stream));
        OK(hipStreamSynchronize(stream));
        graph_cpu[i] = (double)(bench_cpu_ns() - cpu) / NODES / 1e3;
        graph_wall[i] = (double)(bench_wall_ns() - wall) / NODES / 1e3;
        cpu = bench_cpu_ns();
        launch_all(function, stream);
        OK(hipStreamSynchronize(stream));
        single_cpu[i] = (double)(bench_cpu_ns() - cpu) / NODES / 1e3;
    }
    bench_say("graph of 1,000 small kernels, a node, CPU time",
              bench_quantile(graph_cpu, ROUNDS, 0.25), "us", "1");
    bench_say("graph of 1,000 small kernels, a node, wall time",
              bench_quantile(graph_wall, ROUNDS, 0.25), "us", NULL);
    bench_say("the same kernels launched one by one, CPU time",
              bench_quantile(single_cpu, ROUNDS, 0.25), "us", NULL);
    OK(hipGraphExecDestroy(exec));
    OK(hipStreamDestroy(stream));
}
