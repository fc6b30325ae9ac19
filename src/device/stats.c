/* SPDX-License-Identifier: MIT
 * The counters, one atomic a row of stats.def.
 */
#include "device/stats.h"

#include "base/option.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const texts[] = {
#define COUNTER(id, text) text,
#include "device/stats.def"
#undef COUNTER
};

static _Atomic uint64_t counters[CAIRN_COUNTER_COUNT];
static pthread_once_t exit_once = PTHREAD_ONCE_INIT;

void cairn_stats_add(enum cairn_counter counter, uint64_t amount)
{
    atomic_fetch_add_explicit(&counters[counter], amount, memory_order_relaxed);
}

uint64_t cairn_stats_get(enum cairn_counter counter)
{
    return atomic_load_explicit(&counters[counter], memory_order_relaxed);
}

void cairn_stats_print(void)
{
    if (cairn_option_choice(CAIRN_OPTION_STATS) == 0 || cairn_stats_get(CAIRN_COUNT_PACKETS) == 0)
        return;
    for (unsigned i = 0; i < CAIRN_COUNTER_COUNT; i++)
        fprintf(stderr, "cairn: stats: %20llu %s\n",
                (unsigned long long)atomic_exchange_explicit(&counters[i], 0, memory_order_relaxed),
                texts[i]);
}

static void print_at_exit(void)
{
    (void)atexit(cairn_stats_print);
}

void cairn_stats_open(void)
{
    if (cairn_option_choice(CAIRN_OPTION_STATS) != 0)
        pthread_once(&exit_once, print_at_exit);
}
