/* SPDX-License-Identifier: MIT
 * What the soak program does at random, one step at a time: dispatches, copies, allocations,
 * faults, queues that die under load. Each step checks its own result and leaves nothing behind.
 */
#ifndef HSA_TEST_SOAK_WORK_H
#define HSA_TEST_SOAK_WORK_H

#include "rig.h"

#include <stdbool.h>

struct soak {
    uint64_t random;
    struct program program;
    hsa_queue_t *queue;
    uint64_t steps;
};

/* On one thread; the runtime is open. false: said why on stdout. */
bool soak_open(struct soak *soak, uint64_t seed);
bool soak_step(struct soak *soak);
/* Each kind of step, a few times: what the runtime makes at first use is there then. */
bool soak_warm_up(struct soak *soak);
bool soak_close(struct soak *soak);

uint32_t soak_draw(uint64_t *random, uint32_t below);

#endif
