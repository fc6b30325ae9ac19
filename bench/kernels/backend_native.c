/* SPDX-License-Identifier: MIT
 * The backend of the plain C program: no device, the cases' native functions run where they are
 * called.
 */
#include "bench.h"

static void open_nothing(struct run *run, const char *device_folder)
{
    (void)run;
    (void)device_folder;
}

const struct backend bench_backend = {.name = "native", .open = open_nothing};
