/* SPDX-License-Identifier: MIT
 * The host side of calls from kernels. The buffer's layout is AMD's (ROCm device library,
 * "hostcall"): packets on a free stack and a ready stack, linked by tagged indices. A wave pops a
 * free packet, fills a row per lane, pushes it on the ready stack, adds to the doorbell and waits
 * for the READY bit to go; a thread of ours serves ready packets. It starts with the first kernel
 * that needs it.
 */
#include "hip/hostcall.h"

#include "hip/device_heap.h"
#include "hip/memory.h"
#include "hip/printf_buffer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SERVICE_FUNCTION = 1, SERVICE_PRINTF = 2, SERVICE_MEMORY = 3 };
enum { LANES = 64, SLOTS = 8, CONTROL_READY = 1 };
enum { MESSAGE_BEGIN = 1, MESSAGE_END = 2, MESSAGE_COUNT_SHIFT = 5, MESSAGE_ID_SHIFT = 8 };
enum { MAX_MESSAGE_WORDS = 1 << 20, MAX_PACKETS = 8192, MAX_COMPLAINTS = 16 };

struct header {
    uint64_t next;
    uint64_t active;
    uint32_t service;
    _Atomic uint32_t control;
};
_Static_assert(sizeof(struct header) == 24, "hostcall packet header");

struct payload {
    uint64_t slots[LANES][SLOTS];
};
_Static_assert(sizeof(struct payload) == 4096, "hostcall payload");

struct buffer {
    struct header *headers;
    struct payload *payloads;
    hsa_signal_t doorbell;
    _Atomic uint64_t free_stack;
    _Atomic uint64_t ready_stack;
    uint64_t index_mask;
    void *device;
};
_Static_assert(offsetof(struct buffer, index_mask) == 40, "hostcall buffer");

struct message {
    uint64_t *words;
    size_t count, capacity;
    bool live;
};

struct hip_hostcall {
    struct hip_device *device;
    struct buffer *buffer;
    pthread_t thread;
    /* the thread's own */
    struct hip_device_heap heap;
    struct message *messages;
    size_t message_count;
    unsigned complaints;
};

/* A kernel can do the same wrong thing a million times: the log gets the first few. */
static bool may_complain(struct hip_hostcall *hostcall)
{
    if (hostcall->complaints > MAX_COMPLAINTS)
        return false;
    if (hostcall->complaints++ < MAX_COMPLAINTS)
        return true;
    cairn_log(CAIRN_LOG_ERROR, "hip: more wrong host calls of kernels follow and are not shown");
    return false;
}

/* ---- printf messages ---- */

static struct message *begin_message(struct hip_hostcall *hostcall, uint64_t *id)
{
    size_t i = 0;
    while (i < hostcall->message_count && hostcall->messages[i].live)
        i++;
    if (i == hostcall->message_count) {
        struct message *grown = realloc(hostcall->messages, (i + 1) * sizeof *grown);
        if (grown == NULL)
            return NULL;
        hostcall->messages = grown;
        hostcall->messages[i] = (struct message){0};
        hostcall->message_count = i + 1;
    }
    *id = i;
    hostcall->messages[i].live = true;
    hostcall->messages[i].count = 0;
    return &hostcall->messages[i];
}

static bool append(struct message *message, const uint64_t *words, size_t count)
{
    if (message->count + count > message->capacity) {
        size_t capacity = (message->count + count) * 2 + 16;
        uint64_t *grown =
            capacity > MAX_MESSAGE_WORDS ? NULL : realloc(message->words, capacity * 8);
        if (grown == NULL)
            return false;
        message->words = grown;
        message->capacity = capacity;
    }
    memcpy(message->words + message->count, words, count * 8);
    message->count += count;
    return true;
}

/* Assertions arrive as text on stderr, then the wave traps. */
static bool is_assertion(const struct message *message)
{
    static const char needle[] = "assertion";
    const char *text = (const char *)(message->words + 1);
    size_t bytes = (message->count - 1) * 8;
    return memmem(text, bytes, needle, sizeof needle - 1) != NULL;
}

/* The first word is the control word: bit 0 means stderr. */
static uint64_t print(struct hip_hostcall *hostcall, const struct message *message)
{
    if (message->count == 0 || (message->words[0] & ~(uint64_t)1) != 0)
        return UINT64_MAX;
    bool to_stderr = message->words[0] != 0;
    if (to_stderr && is_assertion(message))
        atomic_store(&hostcall->device->assert_seen, true);
    return (uint64_t)(int64_t)hip_printf(to_stderr ? stderr : stdout, message->words + 1,
                                         message->count - 1);
}

/* slot[0]: BEGIN, END, how many of the other words count, and the message's number, which the host
 * hands out in the answer to BEGIN. */
static void serve_printf(struct hip_hostcall *hostcall, uint64_t *slot)
{
    uint64_t descriptor = slot[0], id = descriptor >> MESSAGE_ID_SHIFT;
    struct message *message = NULL;
    if (descriptor & MESSAGE_BEGIN)
        message = begin_message(hostcall, &id);
    else if (id < hostcall->message_count && hostcall->messages[id].live)
        message = &hostcall->messages[id];
    size_t count = descriptor >> MESSAGE_COUNT_SHIFT & 7;
    if (message == NULL || !append(message, slot + 1, count)) {
        if (may_complain(hostcall))
            cairn_log(CAIRN_LOG_ERROR, "hip: a kernel sent a malformed printf message");
        slot[0] = UINT64_MAX;
        return;
    }
    slot[0] = (descriptor & 0xFC) | id << MESSAGE_ID_SHIFT;
    if ((descriptor & MESSAGE_END) == 0)
        return;
    slot[0] = print(hostcall, message);
    message->live = false;
}

/* ---- the other services ---- */

static void serve_function(uint64_t *slot)
{
    uint64_t results[2] = {0};
    void (*function)(uint64_t *, const uint64_t *) =
        (void (*)(uint64_t *, const uint64_t *))(uintptr_t)slot[0];
    if (function != NULL)
        function(results, slot + 1);
    memcpy(slot, results, sizeof results);
}

/* slot[0] an address: give it back. Else slot[1] bytes are wanted; 0 if there are none. */
static void serve_memory(struct hip_hostcall *hostcall, uint64_t *slot)
{
    void *memory = NULL;
    if (slot[0] != 0) {
        bool given = hip_heap_give(&hostcall->heap, (void *)(uintptr_t)slot[0]);
        if (!given && may_complain(hostcall))
            cairn_log(CAIRN_LOG_ERROR, "hip: a kernel freed 0x%llx, which is no live allocation",
                      (unsigned long long)slot[0]);
    } else if (slot[1] != 0) {
        memory = hip_heap_take(&hostcall->heap, hostcall->device, slot[1]);
    }
    slot[0] = (uint64_t)(uintptr_t)memory;
}

static void serve_lane(struct hip_hostcall *hostcall, uint32_t service, uint64_t *slot)
{
    switch (service) {
    case SERVICE_FUNCTION:
        serve_function(slot);
        break;
    case SERVICE_PRINTF:
        serve_printf(hostcall, slot);
        break;
    case SERVICE_MEMORY:
        serve_memory(hostcall, slot);
        break;
    default:
        if (may_complain(hostcall))
            cairn_log(CAIRN_LOG_ERROR, "hip: a kernel called unknown host service %u", service);
        slot[0] = slot[1] = 0;
    }
}

/* ---- the thread ---- */

static void serve_packet(struct hip_hostcall *hostcall, uint64_t packet)
{
    struct buffer *buffer = hostcall->buffer;
    struct header *header = &buffer->headers[packet & buffer->index_mask];
    struct payload *payload = &buffer->payloads[packet & buffer->index_mask];
    for (uint64_t active = header->active; active != 0; active &= active - 1)
        serve_lane(hostcall, header->service, payload->slots[__builtin_ctzll(active)]);
    /* release pairs with the wave's acquire of control: it sees the answers */
    atomic_fetch_and_explicit(&header->control, ~(uint32_t)CONTROL_READY, memory_order_release);
}

/* The ready stack holds the newest packet first; waves that print expect the oldest first. */
static void serve_ready(struct hip_hostcall *hostcall)
{
    struct buffer *buffer = hostcall->buffer;
    uint64_t packet = atomic_exchange_explicit(&buffer->ready_stack, 0, memory_order_acquire);
    uint64_t turned = 0;
    while (packet != 0) {
        struct header *header = &buffer->headers[packet & buffer->index_mask];
        uint64_t next = header->next;
        header->next = turned;
        turned = packet;
        packet = next;
    }
    while (turned != 0) {
        uint64_t next = buffer->headers[turned & buffer->index_mask].next;
        serve_packet(hostcall, turned);
        turned = next;
    }
}

static void *serve(void *data)
{
    struct hip_hostcall *hostcall = data;
    hsa_signal_value_t seen = 0;
    for (;;) {
        seen = hsa_signal_wait_scacquire(hostcall->buffer->doorbell, HSA_SIGNAL_CONDITION_NE, seen,
                                         UINT64_MAX, HSA_WAIT_STATE_BLOCKED);
        serve_ready(hostcall);
    }
    return NULL;
}

/* ---- making it ---- */

static uint32_t agent_u32(const struct hip_device *device, uint32_t attribute)
{
    uint32_t value = 0;
    hsa_agent_get_info(device->agent, (hsa_agent_info_t)attribute, &value);
    return value;
}

/* A packet for every wave that can be resident, so that none waits for another's. */
static uint32_t packet_count(const struct hip_device *device)
{
    uint32_t waves = agent_u32(device, HSA_AMD_AGENT_INFO_COMPUTE_UNIT_COUNT) *
                     agent_u32(device, HSA_AMD_AGENT_INFO_MAX_WAVES_PER_CU);
    uint32_t count = 64;
    while (count < waves && count < MAX_PACKETS)
        count *= 2;
    return count;
}

/* All packets on the free stack. Zero means "empty", so index 0 carries a tag. */
static void link_packets(struct buffer *buffer, uint32_t count)
{
    buffer->index_mask = count - 1;
    buffer->headers[0].next = 0;
    for (uint32_t i = 1; i < count; i++)
        buffer->headers[i].next = i == 1 ? count : i - 1;
    atomic_store(&buffer->free_stack, count - 1);
}

static struct buffer *make_buffer(uint32_t count)
{
    size_t headers_at = cairn_align_up(sizeof(struct buffer), 64);
    size_t payloads_at = cairn_align_up(headers_at + count * sizeof(struct header), 4096);
    size_t total = payloads_at + count * sizeof(struct payload);
    char *memory = hip_host_pool_alloc(hip_process.host_pool, total);
    if (memory == NULL)
        return NULL;
    memset(memory, 0, payloads_at);
    struct buffer *buffer = (struct buffer *)memory;
    buffer->headers = (struct header *)(memory + headers_at);
    buffer->payloads = (struct payload *)(memory + payloads_at);
    link_packets(buffer, count);
    return buffer;
}

static hipError_t start(struct hip_device *device)
{
    struct hip_hostcall *hostcall = calloc(1, sizeof *hostcall);
    if (hostcall == NULL)
        return hipErrorOutOfMemory;
    hostcall->device = device;
    hostcall->buffer = make_buffer(packet_count(device));
    if (hostcall->buffer == NULL)
        goto free_hostcall;
    if (hsa_signal_create(0, 0, NULL, &hostcall->buffer->doorbell) != HSA_STATUS_SUCCESS)
        goto free_buffer;
    if (pthread_create(&hostcall->thread, NULL, serve, hostcall) != 0)
        goto destroy_signal;
    pthread_detach(hostcall->thread);
    __atomic_store_n(&device->hostcall, hostcall, __ATOMIC_RELEASE);
    return hipSuccess;
destroy_signal:
    hsa_signal_destroy(hostcall->buffer->doorbell);
free_buffer:
    hsa_amd_memory_pool_free(hostcall->buffer);
free_hostcall:
    free(hostcall);
    return hipErrorOutOfMemory;
}

hipError_t hip_hostcall_buffer(struct hip_device *device, uint64_t *address)
{
    if (device->hostcall == NULL) {
        hipError_t error = start(device);
        if (error != hipSuccess)
            return error;
    }
    *address = (uint64_t)(uintptr_t)device->hostcall->buffer;
    return hipSuccess;
}

void hip_hostcall_flush(struct hip_device *device)
{
    hip_printf_flush(device);
    /* pairs with the release in start; who launched knows of it anyway */
    if (__atomic_load_n(&device->hostcall, __ATOMIC_ACQUIRE) != NULL)
        fflush(stdout);
}
