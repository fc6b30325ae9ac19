/* SPDX-License-Identifier: MIT
 * The two lists are short: they are searched from the front.
 */
#include "hip/pool_pending.h"

#include <stdlib.h>

struct hip_pending_free {
    struct hip_pending_free *next;
    void *memory;
    size_t size;
    const struct ihipStream_t *stream; /* compared only: it may be gone */
    struct hip_op *op;                 /* a reference; NULL: not enqueued yet */
};

/* The link to the entry, or to the NULL at the end. */
static struct hip_pending_free **find(struct hip_pending_free **link, const void *memory)
{
    while (*link != NULL && (*link)->memory != memory)
        link = &(*link)->next;
    return link;
}

hipError_t hip_pool_pending_add(struct hip_pool_pending *pending, void *memory, size_t size,
                                const struct ihipStream_t *stream)
{
    if (*find(&pending->freed, memory) != NULL)
        return hipErrorInvalidValue;
    struct hip_pending_free *entry = malloc(sizeof *entry);
    if (entry == NULL)
        return hipErrorOutOfMemory;
    *entry = (struct hip_pending_free){pending->freed, memory, size, stream, NULL};
    pending->freed = entry;
    return hipSuccess;
}

static void drop(struct hip_pending_free **link)
{
    struct hip_pending_free *entry = *link;
    *link = entry->next;
    hip_op_release(entry->op);
    free(entry);
}

void hip_pool_pending_enqueued(struct hip_pool_pending *pending, void *memory, struct hip_op *op)
{
    struct hip_pending_free **link = find(&pending->freed, memory);
    if (*link == NULL)
        return;
    if (op == NULL) {
        drop(link);
        return;
    }
    hip_op_hold(op);
    (*link)->op = op;
}

bool hip_pool_pending_ran(struct hip_pool_pending *pending, const void *memory,
                          const struct ihipStream_t **stream)
{
    struct hip_pending_free **link = find(&pending->taken, memory);
    bool taken = *link != NULL;
    if (!taken)
        link = find(&pending->freed, memory);
    if (*link != NULL) {
        *stream = (*link)->stream;
        drop(link);
    }
    return taken;
}

static bool is_among(const struct hip_op *op, struct hip_op *const *list, uint32_t count)
{
    uint32_t i = 0;
    while (i < count && list[i] != op)
        i++;
    return i < count;
}

/* Does `stream`, or something that is pending in it, wait for this very operation? */
static bool waits_for_locked(const struct ihipStream_t *stream, const struct hip_op *op)
{
    bool found = is_among(op, stream->waits, stream->wait_count);
    for (const struct hip_op *own = stream->first; own != NULL && !found; own = own->next)
        found = is_among(op, own->deps, own->dep_count);
    return found;
}

/* An operation whose free has not run is in its stream's list, and what comes after it is, too. */
static bool follows(struct ihipStream_t *stream, const struct hip_pending_free *entry,
                    bool by_events)
{
    bool found = entry->stream == stream;
    if (found || !by_events || entry->op->device != stream->device)
        return found;
    pthread_mutex_lock(&stream->device->lock);
    for (const struct hip_op *op = entry->op; op != NULL && !found; op = op->next)
        found = waits_for_locked(stream, op);
    pthread_mutex_unlock(&stream->device->lock);
    return found;
}

static bool fits(const struct hip_pending_free *entry, size_t size)
{
    return entry->size >= size && entry->size - size <= size / 8;
}

void *hip_pool_pending_take(struct hip_pool_pending *pending, size_t *size,
                            struct ihipStream_t *stream, bool by_events)
{
    struct hip_pending_free **link = &pending->freed;
    while (*link != NULL &&
           (!fits(*link, *size) || (*link)->op == NULL || !follows(stream, *link, by_events)))
        link = &(*link)->next;
    struct hip_pending_free *entry = *link;
    if (entry == NULL)
        return NULL;
    *size = entry->size;
    *link = entry->next;
    entry->next = pending->taken;
    pending->taken = entry;
    return entry->memory;
}

void hip_pool_pending_clear(struct hip_pool_pending *pending)
{
    while (pending->freed != NULL)
        drop(&pending->freed);
    while (pending->taken != NULL)
        drop(&pending->taken);
}
