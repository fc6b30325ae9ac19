/* SPDX-License-Identifier: MIT
 * Counters of what the devices did, printed at the end when CAIRN_STATS is 1.
 */
#ifndef CAIRN_DEVICE_STATS_H
#define CAIRN_DEVICE_STATS_H

#include <stdint.h>

enum cairn_counter {
#define COUNTER(id, text) CAIRN_COUNT_##id,
#include "device/stats.def"
#undef COUNTER
    CAIRN_COUNTER_COUNT
};

void cairn_stats_add(enum cairn_counter counter, uint64_t amount);
uint64_t cairn_stats_get(enum cairn_counter counter);
/* Makes the counters be printed at exit, if they are wanted and were not printed before. */
void cairn_stats_open(void);
/* Prints them, if wanted, and starts again from zero. */
void cairn_stats_print(void);

#endif
