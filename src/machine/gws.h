/* SPDX-License-Identifier: MIT
 * Global wave sync: 64 counters for the waves of a queue, each a barrier or a semaphore. AMD's HIP
 * runtime sets one up in a small kernel before each cooperative launch, and grid barriers of its
 * device library use it.
 */
#ifndef CAIRN_MACHINE_GWS_H
#define CAIRN_MACHINE_GWS_H

#include <stdatomic.h>
#include <stdint.h>

enum { CAIRN_GWS_RESOURCES = 64 };

/* Low half: the counter. High half: how often those who waited were all released. */
struct cairn_gws {
    _Atomic uint64_t resource[CAIRN_GWS_RESOURCES];
};

#endif
