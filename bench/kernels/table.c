/* SPDX-License-Identifier: MIT
 * The table of cases, made from table.def. Not the cases themselves: those are in cases/.
 */
#include "bench.h"

#define CASE(name, source, tiny, quick, full, tolerance)                                           \
    void name##_setup(struct run *run);                                                            \
    void name##_device(struct run *run);                                                           \
    void name##_native(struct run *run);
#include "table.def"
#undef CASE

const struct bench_case bench_cases[] = {
#define CASE(name, source, tiny, quick, full, tolerance)                                           \
    {#name, source, tiny, quick, full, tolerance, name##_setup, name##_device, name##_native},
#include "table.def"
#undef CASE
    {NULL, NULL, 0, 0, 0, 0, NULL, NULL, NULL},
};
