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
    uint64_t id;
};

/* The link to the entry, or to the NULL at the end. */
static struct hip_pending_free **find(struct hip_pending_free **link, const void *memory)
{
    while (*link != NULL && (*link)->memory != memory)
        link = &(*link)->next;
    return link;
}

hipError_t hip_pool_pending_add(struct hip_pool_pending *pending, void *memory, size_t size,
                                const struct ihipStream_t *stream, uint64_t *id)
{
    if (*find(&pending->freed, memory) != NULL)
        return hipErrorInvalidValue;
    struct hip_pending_free *entry = malloc(sizeof *entry);
    if (entry == NULL)
        return hipErrorOutOfMemory;
    *entry =
        (struct hip_pending_free){pending->freed, memory, size, stream, NULL, ++pending->last_id};
    *id = entry->id;
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

void hip_pool_pending_enqueued(struct hip_pool_pending *pending, uint64_t id, struct hip_op *op)
{
    struct hip_pending_free **link = &pending->freed;
    while (*link != NULL && (*link)->id != id)
        link = &(*link)->next;
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

/* For streams that `stream`, or something pending in it, waits for: the last of their operations
 * that it does wait for. One that is over has nothing pending before it. */
enum { AWAITED_STREAMS = 8 };

struct awaited {
    uint32_t count;
    const struct hip_op *ops[AWAITED_STREAMS];
};

static void await(struct awaited *awaited, struct hip_op *const *ops, uint32_t count,
                  const struct ihipStream_t *own)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = 0;
        if (ops[i]->stream == own || hip_op_done(ops[i]))
            continue;
        while (at < awaited->count && awaited->ops[at]->stream != ops[i]->stream)
            at++;
        if (at < awaited->count && awaited->ops[at]->order >= ops[i]->order)
            continue;
        if (at < AWAITED_STREAMS)
            awaited->ops[at] = ops[i];
        if (at == awaited->count && at < AWAITED_STREAMS)
            awaited->count++;
    }
}

static void find_awaited_locked(const struct ihipStream_t *stream, struct awaited *awaited)
{
    await(awaited, stream->waits, stream->wait_count, stream);
    for (const struct hip_op *op = stream->first; op != NULL; op = op->next)
        await(awaited, op->deps, op->dep_count, stream);
}

/* An operation whose free has not run is pending, and so is what comes after it. */
static bool follows(const struct awaited *awaited, const struct hip_pending_free *entry)
{
    uint32_t i = 0;
    while (i < awaited->count && awaited->ops[i]->stream != entry->op->stream)
        i++;
    return i < awaited->count && awaited->ops[i]->order >= entry->op->order;
}

static void *take(struct hip_pool_pending *pending, struct hip_pending_free **link, size_t *size)
{
    struct hip_pending_free *entry = *link;
    if (entry == NULL)
        return NULL;
    *size = entry->size;
    *link = entry->next;
    entry->next = pending->taken;
    pending->taken = entry;
    return entry->memory;
}

void *hip_pool_pending_take(struct hip_pool_pending *pending, size_t *size,
                            const struct ihipStream_t *stream)
{
    struct hip_pending_free **link = &pending->freed;
    while (*link != NULL && (!hip_pool_block_fits((*link)->size, *size) || (*link)->op == NULL ||
                             (*link)->stream != stream))
        link = &(*link)->next;
    return take(pending, link, size);
}

void *hip_pool_pending_take_by_events(struct hip_pool_pending *pending, size_t *size,
                                      const struct ihipStream_t *stream)
{
    struct awaited awaited = {.count = 0};
    struct hip_pending_free **link = &pending->freed;
    find_awaited_locked(stream, &awaited);
    while (*link != NULL && (!hip_pool_block_fits((*link)->size, *size) || (*link)->op == NULL ||
                             !follows(&awaited, *link)))
        link = &(*link)->next;
    return awaited.count == 0 ? NULL : take(pending, link, size);
}

bool hip_pool_pending_fits(const struct hip_pool_pending *pending, size_t size)
{
    const struct hip_pending_free *entry = pending->freed;
    while (entry != NULL && !hip_pool_block_fits(entry->size, size))
        entry = entry->next;
    return entry != NULL;
}

void hip_pool_pending_clear(struct hip_pool_pending *pending)
{
    while (pending->freed != NULL)
        drop(&pending->freed);
    while (pending->taken != NULL)
        drop(&pending->taken);
}
