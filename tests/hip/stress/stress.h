/* SPDX-License-Identifier: MIT
 * A stress of the HIP runtime that knows what the results must be. Each slot is a stream with
 * buffers and a model of their contents on the host. A thread locks a slot, makes a random call on
 * its stream and applies the same to the model, so that the stream's order is the model's order;
 * what happens between the streams, inside the runtime and on the device is up to them.
 */
#ifndef TESTS_HIP_STRESS_STRESS_H
#define TESTS_HIP_STRESS_STRESS_H

#include "../kernels.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { WORDS = 512, BUFFERS = 3, MAX_SLOTS = 64 };

struct slot {
    pthread_mutex_t lock; /* guards the rest */
    int index;
    hipStream_t stream;
    uint32_t *device[BUFFERS];
    bool from_pool[BUFFERS];
    uint32_t model[BUFFERS][WORDS];
    uint32_t *pinned; /* WORDS words that only this slot's stream reads and writes */
    uint32_t *flag;   /* pinned; hipStreamWriteValue32 and hipStreamWaitValue32 */
    uint32_t flag_model;
    _Atomic uint32_t called; /* by hipLaunchHostFunc */
    uint32_t called_model;
    unsigned long long calls;
};

struct thread {
    pthread_t id;
    int index;
    uint64_t random;
    unsigned long long calls, checks;
};

struct stress {
    int slot_count;
    struct slot slots[MAX_SLOTS];
    /* Calls that capture forbids read-lock it, captures write-lock it. */
    pthread_rwlock_t capture_lock;
    _Atomic bool stop;
    _Atomic int failures;
    const char *module; /* a code object with the kernels */
};

extern struct stress stress;

uint32_t stress_random(struct thread *thread, uint32_t below);
/* Reports the first failures and stops the run. */
void stress_fail(const char *file, int line, const char *what, const char *how);
/* Waits for the stream and compares everything with the model. */
void stress_check(struct thread *thread, struct slot *slot);
void stress_open_slot(struct thread *thread, struct slot *slot);
void stress_close_slot(struct slot *slot);
/* One random call; the slot is locked. */
void stress_call(struct thread *thread, struct slot *slot);
/* Data goes from one slot to the other; both are locked. */
void stress_exchange(struct thread *thread, struct slot *from, struct slot *to);

#define TRY(call)                                                                                  \
    do {                                                                                           \
        hipError_t error_ = (call);                                                                \
        if (error_ != hipSuccess)                                                                  \
            stress_fail(__FILE__, __LINE__, #call, hipGetErrorName(error_));                       \
    } while (0)
#define WANT(condition)                                                                            \
    do {                                                                                           \
        if (!(condition))                                                                          \
            stress_fail(__FILE__, __LINE__, #condition, "does not hold");                          \
    } while (0)

#endif
