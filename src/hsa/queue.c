/* SPDX-License-Identifier: MIT
 * Queues: creation, errors of kernels turned into HSA codes and system events, soft queues that the
 * application itself serves, priorities, and compute unit masks.
 */
#include "hsa_priv.h"

#include "intercept.h"

#include "base/log.h"
#include "hsa/amd_hsa_queue.h"
#include "info.h"

#include <stdlib.h>

enum { PACKET_BYTES = 64, MIN_PACKETS = 64, MAX_PACKETS = 131072 };

typedef void (*queue_callback)(hsa_status_t status, hsa_queue_t *queue, void *data);

struct queue {
    struct cairn_queue *device_queue; /* NULL: a soft queue */
    struct intercept *intercept;      /* what the application has instead; NULL: nothing */
    struct agent *agent;
    hsa_queue_t *hsa;
    queue_callback callback;
    void *data;
    pthread_mutex_t mask_lock;
    uint32_t cu_mask[UNIT_MASK_WORDS]; /* guarded by mask_lock */
    void *soft_memory;
};

/* ---- errors ---- */

static const struct {
    enum cairn_queue_error error;
    uint32_t status;
} error_codes[] = {
    {CAIRN_QUEUE_INVALID_PACKET, HSA_STATUS_ERROR_INVALID_PACKET_FORMAT},
    {CAIRN_QUEUE_INVALID_CODE, HSA_STATUS_ERROR_INVALID_CODE_OBJECT},
    {CAIRN_QUEUE_INVALID_DIMENSIONS, HSA_STATUS_ERROR_INCOMPATIBLE_ARGUMENTS},
    {CAIRN_QUEUE_GROUP_TOO_LARGE, HSA_STATUS_ERROR_INVALID_ARGUMENT},
    {CAIRN_QUEUE_LDS_TOO_LARGE, HSA_STATUS_ERROR_INVALID_ALLOCATION},
    {CAIRN_QUEUE_OUT_OF_REGISTERS, HSA_STATUS_ERROR_OUT_OF_REGISTERS},
    {CAIRN_QUEUE_OUT_OF_RESOURCES, HSA_STATUS_ERROR_OUT_OF_RESOURCES},
    {CAIRN_QUEUE_MEMORY_FAULT, HSA_STATUS_ERROR_MEMORY_FAULT},
    {CAIRN_QUEUE_ILLEGAL_INSTRUCTION, HSA_STATUS_ERROR_ILLEGAL_INSTRUCTION},
    {CAIRN_QUEUE_APERTURE, HSA_STATUS_ERROR_MEMORY_APERTURE_VIOLATION},
    {CAIRN_QUEUE_EXCEPTION, HSA_STATUS_ERROR_EXCEPTION},
    {CAIRN_QUEUE_WATCHDOG, HSA_STATUS_ERROR},
};

static hsa_status_t status_of(enum cairn_queue_error error)
{
    for (size_t i = 0; i < sizeof error_codes / sizeof error_codes[0]; i++)
        if (error_codes[i].error == error)
            return (hsa_status_t)error_codes[i].status;
    return HSA_STATUS_ERROR;
}

/* Memory faults and hangs are also events of the whole system, as on AMD's runtime. */
static void send_event(const struct queue *queue, enum cairn_queue_error error,
                       const struct cairn_fault *fault)
{
    hsa_agent_t agent = cairn_hsa_agent_handle(queue->agent);
    hsa_amd_event_t event = {.event_type = HSA_AMD_GPU_MEMORY_FAULT_EVENT};
    if (error == CAIRN_QUEUE_MEMORY_FAULT) {
        bool read_only = fault != NULL && fault->kind == CAIRN_FAULT_READ_ONLY;
        event.memory_fault.agent = agent;
        event.memory_fault.virtual_address = fault != NULL ? fault->address : 0;
        event.memory_fault.fault_reason_mask =
            read_only ? HSA_AMD_MEMORY_FAULT_READ_ONLY : HSA_AMD_MEMORY_FAULT_PAGE_NOT_PRESENT;
    } else if (error == CAIRN_QUEUE_WATCHDOG) {
        event.event_type = HSA_AMD_GPU_HW_EXCEPTION_EVENT;
        event.hw_exception.agent = agent;
        event.hw_exception.reset_type = HSA_AMD_HW_EXCEPTION_RESET_TYPE_OTHER;
        event.hw_exception.reset_cause = HSA_AMD_HW_EXCEPTION_CAUSE_GPU_HANG;
    } else {
        return;
    }
    cairn_hsa_event_send(&event);
}

static void on_error(struct cairn_queue *device_queue, enum cairn_queue_error error,
                     const struct cairn_fault *fault, const char *text, void *user)
{
    struct queue *queue = user;
    if (queue->intercept != NULL)
        cairn_hsa_intercept_stop(queue->intercept);
    send_event(queue, error, fault);
    if (queue->callback != NULL)
        queue->callback(status_of(error), queue->hsa, queue->data);
}

/* ---- creation ---- */

static struct queue *object_create(struct agent *agent, queue_callback callback, void *data)
{
    struct queue *queue = calloc(1, sizeof *queue);
    if (queue == NULL)
        return NULL;
    queue->agent = agent;
    queue->callback = callback;
    queue->data = data;
    pthread_mutex_init(&queue->mask_lock, NULL);
    memcpy(queue->cu_mask, agent->unit_mask, sizeof queue->cu_mask);
    return queue;
}

static void object_free(struct queue *queue)
{
    if (queue->intercept != NULL)
        cairn_hsa_intercept_destroy(queue->intercept);
    if (queue->device_queue != NULL)
        cairn_queue_destroy(queue->device_queue);
    if (queue->soft_memory != NULL)
        (void)!cairn_memory_free(queue->soft_memory);
    pthread_mutex_destroy(&queue->mask_lock);
    free(queue);
}

static bool size_is_valid(uint32_t size)
{
    return size != 0 && (size & (size - 1)) == 0 && size <= MAX_PACKETS;
}

/* `intercepted`: with a queue in front of the device's. */
static hsa_status_t create(hsa_agent_t handle, uint32_t size, hsa_queue_type32_t type,
                           queue_callback callback, void *data, bool intercepted, hsa_queue_t **out)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    struct agent *agent = cairn_hsa_agent_of(handle);
    if (agent == NULL)
        return HSA_STATUS_ERROR_INVALID_AGENT;
    if (out == NULL || !size_is_valid(size) || type > HSA_QUEUE_TYPE_COOPERATIVE)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    if (!agent->is_gpu)
        return HSA_STATUS_ERROR_INVALID_QUEUE_CREATION;
    struct queue *queue = object_create(agent, callback, data);
    if (queue == NULL)
        return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    struct cairn_queue_params params = {.device = agent->device,
                                        .size_packets = size < MIN_PACKETS ? MIN_PACKETS : size,
                                        .single_producer = type == HSA_QUEUE_TYPE_SINGLE,
                                        .cooperative = type == HSA_QUEUE_TYPE_COOPERATIVE,
                                        .on_error = on_error,
                                        .user = queue};
    hsa_status_t status = cairn_hsa_status(cairn_queue_create(&params, &queue->device_queue));
    if (status != HSA_STATUS_SUCCESS)
        goto free_object;
    queue->hsa = cairn_queue_amd(queue->device_queue);
    if (agent->units_limited)
        cairn_queue_set_units(queue->device_queue, queue->cu_mask, UNIT_MASK_WORDS);
    if (intercepted) {
        status = cairn_hsa_intercept_create(queue->device_queue, params.size_packets, type,
                                            &queue->intercept);
        if (status != HSA_STATUS_SUCCESS)
            goto free_object;
        queue->hsa = cairn_hsa_intercept_queue(queue->intercept);
    }
    if (cairn_hsa_handle_add(HANDLE_QUEUE, (uintptr_t)queue->hsa, queue) != CAIRN_OK) {
        status = HSA_STATUS_ERROR_OUT_OF_RESOURCES;
        goto free_object;
    }
    *out = queue->hsa;
    return HSA_STATUS_SUCCESS;
free_object:
    object_free(queue);
    return status;
}

hsa_status_t hsa_queue_create(hsa_agent_t handle, uint32_t size, hsa_queue_type32_t type,
                              queue_callback callback, void *data, uint32_t private_segment_size,
                              uint32_t group_segment_size, hsa_queue_t **out)
{
    return create(handle, size, type, callback, data, false, out);
}

hsa_status_t hsa_amd_queue_intercept_create(hsa_agent_t handle, uint32_t size,
                                            hsa_queue_type32_t type, queue_callback callback,
                                            void *data, uint32_t private_segment_size,
                                            uint32_t group_segment_size, hsa_queue_t **out)
{
    return create(handle, size, type, callback, data, true, out);
}

hsa_status_t hsa_soft_queue_create(hsa_region_t region, uint32_t size, hsa_queue_type32_t type,
                                   uint32_t features, hsa_signal_t doorbell_signal,
                                   hsa_queue_t **out)
{
    const uint32_t known = HSA_QUEUE_FEATURE_KERNEL_DISPATCH | HSA_QUEUE_FEATURE_AGENT_DISPATCH;
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    struct pool *pool = cairn_hsa_pool_of(region.handle);
    if (pool == NULL || !pool->alloc_allowed)
        return HSA_STATUS_ERROR_INVALID_REGION;
    if (out == NULL || !size_is_valid(size) || type > HSA_QUEUE_TYPE_SINGLE || features == 0 ||
        (features & ~known) != 0 || doorbell_signal.handle == 0)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    struct queue *queue = object_create(pool->agent, NULL, NULL);
    if (queue == NULL)
        return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    uint64_t ring_bytes = (uint64_t)size * PACKET_BYTES;
    if (cairn_memory_alloc(pool->agent->device, pool->kind, ring_bytes + sizeof(amd_queue_t), 0,
                           pool->global_flags, &queue->soft_memory) != CAIRN_OK)
        goto free_object;
    amd_queue_t *amd = (amd_queue_t *)((char *)queue->soft_memory + ring_bytes);
    amd->hsa_queue = (hsa_queue_t){.type = type,
                                   .features = features,
                                   .base_address = queue->soft_memory,
                                   .doorbell_signal = doorbell_signal,
                                   .size = size,
                                   .id = atomic_fetch_add(&cairn_hsa_process.next_queue_id, 1) |
                                         UINT64_C(1) << 32};
    for (uint32_t i = 0; i < size; i++)
        *(uint16_t *)((char *)queue->soft_memory + (size_t)i * PACKET_BYTES) =
            HSA_PACKET_TYPE_INVALID;
    queue->hsa = &amd->hsa_queue;
    if (cairn_hsa_handle_add(HANDLE_QUEUE, (uintptr_t)queue->hsa, queue) != CAIRN_OK)
        goto free_object;
    *out = queue->hsa;
    return HSA_STATUS_SUCCESS;
free_object:
    object_free(queue);
    return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
}

hsa_status_t hsa_queue_destroy(hsa_queue_t *queue)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (queue == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    struct queue *object = cairn_hsa_handle_remove(HANDLE_QUEUE, (uintptr_t)queue);
    if (object == NULL)
        return HSA_STATUS_ERROR_INVALID_QUEUE;
    object_free(object);
    return HSA_STATUS_SUCCESS;
}

void cairn_hsa_queues_destroy(void)
{
    uint64_t handle;
    while (cairn_hsa_handle_any(HANDLE_QUEUE, &handle) != NULL)
        object_free(cairn_hsa_handle_remove(HANDLE_QUEUE, handle));
}

static struct queue *queue_of(const hsa_queue_t *queue)
{
    return cairn_hsa_handle_find(HANDLE_QUEUE, (uintptr_t)queue);
}

hsa_status_t hsa_amd_queue_intercept_register(hsa_queue_t *queue,
                                              hsa_amd_queue_intercept_handler callback,
                                              void *user_data)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (callback == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    struct queue *object = queue_of(queue);
    if (object == NULL || object->intercept == NULL)
        return HSA_STATUS_ERROR_INVALID_QUEUE;
    return cairn_hsa_intercept_add(object->intercept, callback, user_data);
}

hsa_status_t hsa_queue_inactivate(hsa_queue_t *queue)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (queue == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    struct queue *object = queue_of(queue);
    if (object == NULL)
        return HSA_STATUS_ERROR_INVALID_QUEUE;
    if (object->intercept != NULL)
        cairn_hsa_intercept_stop(object->intercept);
    if (object->device_queue != NULL)
        cairn_queue_inactivate(object->device_queue);
    return HSA_STATUS_SUCCESS;
}

/* ---- attributes ---- */

hsa_status_t hsa_amd_queue_set_priority(hsa_queue_t *queue, hsa_amd_queue_priority_t priority)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    struct queue *object = queue_of(queue);
    if (object == NULL)
        return HSA_STATUS_ERROR_INVALID_QUEUE;
    if ((unsigned)priority > HSA_AMD_QUEUE_PRIORITY_HIGH)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    if (object->device_queue != NULL)
        cairn_queue_set_priority(object->device_queue, (enum cairn_queue_priority)priority);
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_amd_queue_cu_set_mask(const hsa_queue_t *queue, uint32_t num_cu_mask_count,
                                       const uint32_t *cu_mask)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    struct queue *object = queue_of(queue);
    if (object == NULL)
        return HSA_STATUS_ERROR_INVALID_QUEUE;
    if (num_cu_mask_count == 0 || num_cu_mask_count % 32 != 0 || cu_mask == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    const uint32_t *allowed = object->agent->unit_mask;
    bool reduced = false;
    pthread_mutex_lock(&object->mask_lock);
    memset(object->cu_mask, 0, sizeof object->cu_mask);
    for (uint32_t i = 0; i < num_cu_mask_count / 32; i++) {
        uint32_t there = i < UNIT_MASK_WORDS ? allowed[i] : 0;
        reduced |= (cu_mask[i] & ~there) != 0;
        if (i < UNIT_MASK_WORDS)
            object->cu_mask[i] = cu_mask[i] & there;
    }
    if (object->device_queue != NULL)
        cairn_queue_set_units(object->device_queue, object->cu_mask, UNIT_MASK_WORDS);
    pthread_mutex_unlock(&object->mask_lock);
    return reduced ? (hsa_status_t)HSA_STATUS_CU_MASK_REDUCED : HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_amd_queue_cu_get_mask(const hsa_queue_t *queue, uint32_t num_cu_mask_count,
                                       uint32_t *cu_mask)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    struct queue *object = queue_of(queue);
    if (object == NULL)
        return HSA_STATUS_ERROR_INVALID_QUEUE;
    if (num_cu_mask_count == 0 || num_cu_mask_count % 32 != 0 || cu_mask == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    pthread_mutex_lock(&object->mask_lock);
    for (uint32_t i = 0; i < num_cu_mask_count / 32; i++)
        cu_mask[i] = i < UNIT_MASK_WORDS ? object->cu_mask[i] : 0;
    pthread_mutex_unlock(&object->mask_lock);
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_amd_queue_get_info(hsa_queue_t *queue, hsa_queue_info_attribute_t attribute,
                                    void *value)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    const struct queue *object = queue_of(queue);
    if (object == NULL)
        return HSA_STATUS_ERROR_INVALID_QUEUE;
    if (value == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    switch (attribute) {
    case HSA_AMD_QUEUE_INFO_AGENT:
        return info_u64(value, cairn_hsa_agent_handle(object->agent).handle);
    case HSA_AMD_QUEUE_INFO_DOORBELL_ID:
        return info_u64(value, queue->doorbell_signal.handle);
    }
    return HSA_STATUS_ERROR_INVALID_ARGUMENT;
}
