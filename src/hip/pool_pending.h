/* SPDX-License-Identifier: MIT
 * Memory of a pool that a program has freed in a stream which has not come to that yet. What
 * follows the free in stream order may have the memory already: the free then does nothing.
 */
#ifndef CAIRN_HIP_POOL_PENDING_H
#define CAIRN_HIP_POOL_PENDING_H

#include "hip/stream.h"

/* Guarded by its pool's lock. */
struct hip_pool_pending {
    struct hip_pending_free *freed; /* nobody has it yet */
    struct hip_pending_free *taken; /* given out again: its free is to do nothing */
    uint64_t last_id;
};

/* Memory that comes back serves for requests of its size and down to about an eighth less. */
static inline bool hip_pool_block_fits(size_t block, size_t request)
{
    return block >= request && block - request <= request / 8;
}

/* Before the free is enqueued in `stream`; *id is this free's. InvalidValue: it was freed already.
 */
hipError_t hip_pool_pending_add(struct hip_pool_pending *pending, void *memory, size_t size,
                                const struct ihipStream_t *stream, uint64_t *id);
/* The free is enqueued as `op` (takes a reference, unless it ran already), or, with NULL, was not.
 */
void hip_pool_pending_enqueued(struct hip_pool_pending *pending, uint64_t id, struct hip_op *op);
/* True: the free of `memory` that runs now is to do nothing. Else *stream is where it runs, if it
 * was freed in one. */
bool hip_pool_pending_ran(struct hip_pool_pending *pending, const void *memory,
                          const struct ihipStream_t **stream);
/* Memory of this size, or up to an eighth more, that `stream` itself frees before anything that it
 * will do. *size becomes that of the memory. NULL: none. */
void *hip_pool_pending_take(struct hip_pool_pending *pending, size_t *size,
                            const struct ihipStream_t *stream);
/* The same for memory that a stream frees which `stream` waits for. The lock of the stream's device
 * is held, and was taken before the pool's: who has it may be waiting for frees to run. */
void *hip_pool_pending_take_by_events(struct hip_pool_pending *pending, size_t *size,
                                      const struct ihipStream_t *stream);
/* Is there such memory, whoever frees it? */
bool hip_pool_pending_fits(const struct hip_pool_pending *pending, size_t size);
void hip_pool_pending_clear(struct hip_pool_pending *pending);

#endif
