/* SPDX-License-Identifier: MIT
 * Intercept queues. The thread that rings the doorbell takes all packets that are ready through the
 * handlers and writes what comes out to the queue below; while that is full, it waits. A handler
 * may ring doorbells, its own queue's too: those packets are taken when it has returned.
 */
#include "intercept.h"

#include "hsa/amd_hsa_queue.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PACKET_BYTES = 64, MAX_HANDLERS = 16, KIND_USER = 1, KIND_FRONT_DOORBELL = -2 };

struct intercept {
    struct cairn_queue *below;
    hsa_queue_t *below_queue;
    amd_queue_t *front; /* what the application has, behind its ring in one allocation */
    void *memory;
    struct cairn_signal *doorbell;
    _Atomic bool stopped;
    pthread_mutex_t lock; /* guards handing on packets; not held by who only adds handlers */
    _Atomic uint32_t handler_count; /* released after the handler is there */
    struct {
        hsa_amd_queue_intercept_handler call;
        void *data;
    } handlers[MAX_HANDLERS];
};

/* Where this thread is: handlers and writers have no argument for it. */
struct passage {
    struct intercept *intercept;
    uint32_t handlers_left;
    uint64_t index;
};
static _Thread_local struct passage *passage;

/* ---- to the queue below ---- */

static void put_below(struct intercept *intercept, const char *packet)
{
    hsa_queue_t *queue = intercept->below_queue;
    uint64_t index = hsa_queue_load_write_index_relaxed(queue);
    while (index - hsa_queue_load_read_index_scacquire(queue) >= queue->size)
        if (atomic_load_explicit(&intercept->stopped, memory_order_relaxed))
            return;
        else
            usleep(20);
    char *slot = (char *)queue->base_address + (index & (queue->size - 1)) * PACKET_BYTES;
    hsa_queue_store_write_index_relaxed(queue, index + 1);
    memcpy(slot + 4, packet + 4, PACKET_BYTES - 4);
    __atomic_store_n((uint32_t *)(void *)slot, *(const uint32_t *)(const void *)packet,
                     __ATOMIC_RELEASE);
}

static bool is_marker(const amd_aql_intercept_marker_t *packet)
{
    return (packet->header & 0xff) == HSA_PACKET_TYPE_VENDOR_SPECIFIC &&
           packet->format == AMD_AQL_FORMAT_INTERCEPT_MARKER;
}

static void submit(struct intercept *intercept, const char *packets, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        const amd_aql_intercept_marker_t *marker = (const void *)(packets + i * PACKET_BYTES);
        if (!is_marker(marker))
            put_below(intercept, packets + i * PACKET_BYTES);
        else if (marker->callback != NULL)
            marker->callback(marker, intercept->below_queue,
                             hsa_queue_load_write_index_relaxed(intercept->below_queue));
    }
    cairn_queue_ring(intercept->below);
}

/* ---- through the handlers ---- */

static void hand_on(const void *packets, uint64_t count)
{
    struct passage *here = passage;
    if (here == NULL) /* a writer kept for later: nobody's packets are on their way */
        return;
    if (here->handlers_left == 0) {
        submit(here->intercept, packets, count);
        return;
    }
    uint32_t at = --here->handlers_left;
    here->intercept->handlers[at].call(packets, count, here->index,
                                       here->intercept->handlers[at].data, hand_on);
    here->handlers_left = at + 1;
}

static _Atomic uint32_t *header_at(const struct intercept *intercept, uint64_t index)
{
    const hsa_queue_t *queue = &intercept->front->hsa_queue;
    return (_Atomic uint32_t *)(void *)((char *)queue->base_address +
                                        (index & (queue->size - 1)) * PACKET_BYTES);
}

/* Packets that are ready, from `first` to the end of the ring at most. */
static uint64_t count_ready(const struct intercept *intercept, uint64_t first)
{
    uint64_t size = intercept->front->hsa_queue.size, limit = size - (first & (size - 1));
    uint64_t count = 0;
    while (count < limit &&
           (atomic_load_explicit(header_at(intercept, first + count), memory_order_acquire) &
            0xff) != HSA_PACKET_TYPE_INVALID)
        count++;
    return count;
}

static void pass_packets_locked(struct intercept *intercept)
{
    hsa_queue_t *queue = &intercept->front->hsa_queue;
    uint64_t first = hsa_queue_load_read_index_relaxed(queue), count;
    while ((count = count_ready(intercept, first)) > 0) {
        struct passage here = {
            .intercept = intercept,
            .handlers_left = atomic_load_explicit(&intercept->handler_count, memory_order_acquire),
            .index = first};
        if (!atomic_load_explicit(&intercept->stopped, memory_order_relaxed)) {
            passage = &here;
            hand_on(header_at(intercept, first), count);
            passage = NULL;
        }
        for (uint64_t i = 0; i < count; i++)
            atomic_store_explicit(header_at(intercept, first + i), HSA_PACKET_TYPE_INVALID,
                                  memory_order_relaxed);
        first += count;
        hsa_queue_store_read_index_screlease(queue, first);
    }
}

void cairn_hsa_intercept_ring(struct cairn_signal *doorbell)
{
    struct intercept *intercept = (struct intercept *)(uintptr_t)doorbell->queue_ptr; // NOLINT
    if (passage != NULL)
        return; /* from a handler: this thread looks again when it is through */
    pthread_mutex_lock(&intercept->lock);
    pass_packets_locked(intercept);
    pthread_mutex_unlock(&intercept->lock);
}

/* ---- life ---- */

static void fill_front(struct intercept *intercept, uint32_t size, hsa_queue_type32_t type)
{
    const amd_queue_t *below = (const amd_queue_t *)(const void *)intercept->below_queue;
    *intercept->front = *below;
    intercept->front->write_dispatch_id = 0;
    intercept->front->read_dispatch_id = 0;
    intercept->front->hsa_queue.type = type;
    intercept->front->hsa_queue.base_address = intercept->memory;
    intercept->front->hsa_queue.size = size;
    intercept->front->hsa_queue.doorbell_signal =
        (hsa_signal_t){.handle = (uintptr_t)intercept->doorbell};
    for (uint32_t i = 0; i < size; i++)
        atomic_store_explicit(header_at(intercept, i), HSA_PACKET_TYPE_INVALID,
                              memory_order_relaxed);
}

hsa_status_t cairn_hsa_intercept_create(struct cairn_queue *below, uint32_t size,
                                        hsa_queue_type32_t type, struct intercept **out)
{
    uint64_t ring_bytes = (uint64_t)size * PACKET_BYTES;
    struct intercept *intercept = calloc(1, sizeof *intercept);
    if (intercept == NULL)
        return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    if (cairn_signal_create(0, &intercept->doorbell) != CAIRN_OK)
        goto free_intercept;
    if (cairn_memory_alloc(NULL, CAIRN_MEMORY_HOST, ring_bytes + sizeof(amd_queue_t), 0, 0,
                           &intercept->memory) != CAIRN_OK)
        goto destroy_doorbell;
    intercept->below = below;
    intercept->below_queue = cairn_queue_amd(below);
    intercept->front = (amd_queue_t *)(void *)((char *)intercept->memory + ring_bytes);
    pthread_mutex_init(&intercept->lock, NULL);
    fill_front(intercept, size, type);
    intercept->doorbell->queue_ptr = (uintptr_t)intercept;
    intercept->doorbell->kind = KIND_FRONT_DOORBELL;
    *out = intercept;
    return HSA_STATUS_SUCCESS;
destroy_doorbell:
    cairn_signal_destroy(intercept->doorbell);
free_intercept:
    free(intercept);
    return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
}

void cairn_hsa_intercept_destroy(struct intercept *intercept)
{
    cairn_hsa_intercept_stop(intercept);
    pthread_mutex_lock(&intercept->lock); /* who rang last has gone */
    pthread_mutex_unlock(&intercept->lock);
    intercept->doorbell->kind = KIND_USER;
    cairn_signal_destroy(intercept->doorbell);
    (void)!cairn_memory_free(intercept->memory);
    pthread_mutex_destroy(&intercept->lock);
    free(intercept);
}

hsa_queue_t *cairn_hsa_intercept_queue(struct intercept *intercept)
{
    return &intercept->front->hsa_queue;
}

void cairn_hsa_intercept_stop(struct intercept *intercept)
{
    atomic_store_explicit(&intercept->stopped, true, memory_order_relaxed);
}

hsa_status_t cairn_hsa_intercept_add(struct intercept *intercept,
                                     hsa_amd_queue_intercept_handler handler, void *data)
{
    hsa_status_t status = HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    pthread_mutex_lock(&intercept->lock);
    uint32_t count = atomic_load_explicit(&intercept->handler_count, memory_order_relaxed);
    if (count < MAX_HANDLERS) {
        intercept->handlers[count].call = handler;
        intercept->handlers[count].data = data;
        atomic_store_explicit(&intercept->handler_count, count + 1, memory_order_release);
        status = HSA_STATUS_SUCCESS;
    }
    pthread_mutex_unlock(&intercept->lock);
    return status;
}

hsa_status_t hsa_amd_runtime_queue_create_register(hsa_amd_runtime_queue_notifier callback,
                                                   void *user_data)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    return callback != NULL ? HSA_STATUS_SUCCESS : HSA_STATUS_ERROR_INVALID_ARGUMENT;
}
