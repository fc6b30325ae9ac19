/* SPDX-License-Identifier: MIT
 * Latency and throughput of the HSA runtime: packets, signals, copies. Medians of many rounds; each
 * line says what its goal is, where there is one. Arguments choose parts: dispatch, signal, copy.
 */
#include "bench.h"

int main(int argc, char **argv)
{
    static const struct bench_part parts[] = {
        {"dispatch", bench_dispatch}, {"signal", bench_signal}, {"copy", bench_copy}, {0}};
    (void)argc;
    if (rig_open(NULL) != 0)
        return 1;
    bench_run_parts(parts, argv);
    return rig_close(NULL);
}
