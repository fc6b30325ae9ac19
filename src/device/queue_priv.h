/* SPDX-License-Identifier: MIT
 * A queue as its own files see it. What guest code may write (AMD's queue struct, the doorbell, the
 * copies of packets) lies in one block of guest-visible memory; everything that we rely on lies in
 * struct cairn_queue_state, which is found by the block's address and is never freed, so that a
 * late wake-up from another thread hurts nobody.
 */
#ifndef CAIRN_DEVICE_QUEUE_PRIV_H
#define CAIRN_DEVICE_QUEUE_PRIV_H

#include "device/dispatch.h"
#include "machine/gws.h"
#include "machine/units.h"

#include <pthread.h>

struct cairn_soft_worker;

enum { QUEUE_DISPATCHES = 64, QUEUE_TEXT_BYTES = 512 };

/* struct cairn_queue *: the address of this block is the hsa_queue_t. */
struct cairn_queue {
    struct aql_queue amd;
    struct cairn_signal doorbell;
    /* What dispatch_ptr of running waves points to: the producer may use the ring's slot again as
     * soon as the read index has passed it. */
    _Alignas(64) union aql_packet packets[QUEUE_DISPATCHES];
};

enum queue_life {
    QUEUE_FREE,
    QUEUE_LIVE,
    QUEUE_ENDING,    /* being destroyed */
    QUEUE_ABANDONED, /* its thread and the workers stayed in the parent process */
};

struct cairn_queue_state {
    struct cairn_queue *shared;
    struct cairn_queue_params params;
    union aql_packet *ring;
    uint64_t mask;
    /* Held by who processes packets: the queue's thread, or a producer that rings the doorbell of a
     * queue with nothing to wait for. Guards read_index and worker, and taking dispatches. */
    pthread_mutex_t owner;
    uint64_t read_index; /* shared->amd has a copy for others */
    pthread_t thread;
    struct cairn_soft_worker *worker;
    _Atomic uint32_t life; /* enum queue_life; futex word of who waits for its end */
    bool destroy_self;     /* destroyed by its own thread, in the error callback */

    /* Futex word: rung by the doorbell and by whoever wants the thread to look up. */
    _Atomic uint32_t bell;
    _Atomic uint32_t sleeping; /* the thread sleeps on `bell`; pairs with `bell`, both seq_cst */
    /* The thread waits for dispatches to end, which ring only then: else it would be kept awake by
     * those that run on a producer's thread. Pairs with in_flight and free_dispatches, seq_cst. */
    _Atomic uint32_t wants_room;
    _Atomic uint32_t stop;   /* process nothing more: destroy or inactivate */
    _Atomic uint32_t failed; /* `error` is set; release, pairs with the thread's acquire */
    _Atomic uint32_t halted; /* the thread processes nothing any more; futex word */

    struct cairn_queue_share share;
    struct cairn_gws gws;
    struct cairn_units units;
    _Atomic uint32_t in_flight;
    _Atomic uint64_t free_dispatches; /* a bit each of `dispatches` */
    struct cairn_dispatch dispatches[QUEUE_DISPATCHES];

    pthread_mutex_t error_lock; /* guards what follows */
    enum cairn_queue_error error;
    bool has_fault;
    struct cairn_fault fault;
    char text[QUEUE_TEXT_BYTES];
};

/* The thread of a queue: the packet processor. */
void *cairn_queue_main(void *state);
/* Makes the queue's thread look up. */
void cairn_queue_wake(struct cairn_queue_state *state);
/* Processes what lies in the queue on this thread, for a moment and without waiting; what is left
 * is the queue's thread's. */
void cairn_queue_process_here(struct cairn_queue_state *state);
/* Records the first error, and logs it. */
void cairn_queue_fail(struct cairn_queue_state *state, enum cairn_queue_error error,
                      const struct cairn_fault *fault, const char *text);
/* One line about a wave's fault. */
void cairn_fault_describe(const struct cairn_dispatch *dispatch, const struct cairn_fault *fault,
                          char *text, size_t size);
/* Called by the queue's thread at its very end when destroy_self is set. */
void cairn_queue_release(struct cairn_queue_state *state);

#endif
