/* SPDX-License-Identifier: MIT
 * Signal operations in every memory order. A handle is used as it is: the specification leaves
 * invalid handles undefined here, and these are the hottest calls of the interface. A store to a
 * doorbell rings its queue. The order given to the hardware may be stronger than asked.
 */
#include "hsa_priv.h"

#include "device/share.h"

_Static_assert((int)CAIRN_COND_EQ == (int)HSA_SIGNAL_CONDITION_EQ, "same numbers");
_Static_assert((int)CAIRN_COND_NE == (int)HSA_SIGNAL_CONDITION_NE, "same numbers");
_Static_assert((int)CAIRN_COND_LT == (int)HSA_SIGNAL_CONDITION_LT, "same numbers");
_Static_assert((int)CAIRN_COND_GTE == (int)HSA_SIGNAL_CONDITION_GTE, "same numbers");

enum { KIND_USER = 1, KIND_DOORBELL = -1, KIND_FRONT_DOORBELL = -2 };

/* ---- life ---- */

static hsa_status_t check_consumers(uint32_t count, const hsa_agent_t *consumers)
{
    if (count != 0 && consumers == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    for (uint32_t i = 0; i < count; i++) {
        if (cairn_hsa_agent_of(consumers[i]) == NULL)
            return HSA_STATUS_ERROR_INVALID_AGENT;
        for (uint32_t j = 0; j < i; j++)
            if (consumers[j].handle == consumers[i].handle)
                return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    }
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_amd_signal_create(hsa_signal_value_t initial_value, uint32_t num_consumers,
                                   const hsa_agent_t *consumers, uint64_t attributes,
                                   hsa_signal_t *signal)
{
    const uint64_t known = HSA_AMD_SIGNAL_AMD_GPU_ONLY | HSA_AMD_SIGNAL_IPC;
    struct cairn_signal *made;
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (signal == NULL || (attributes & ~known) != 0)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    hsa_status_t status = check_consumers(num_consumers, consumers);
    if (status != HSA_STATUS_SUCCESS)
        return status;
    enum cairn_status created = (attributes & HSA_AMD_SIGNAL_IPC) != 0
                                    ? cairn_signal_create_shared(initial_value, &made)
                                    : cairn_signal_create(initial_value, &made);
    if (created != CAIRN_OK)
        return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    signal->handle = (uintptr_t)made;
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_signal_create(hsa_signal_value_t initial_value, uint32_t num_consumers,
                               const hsa_agent_t *consumers, hsa_signal_t *signal)
{
    return hsa_amd_signal_create(initial_value, num_consumers, consumers, 0, signal);
}

hsa_status_t hsa_signal_destroy(hsa_signal_t signal)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (signal.handle == 0)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    struct cairn_signal *object = cairn_hsa_signal_of(signal);
    if (signal.handle % sizeof *object != 0 || object->kind != KIND_USER)
        return HSA_STATUS_ERROR_INVALID_SIGNAL;
    cairn_hsa_async_forget(object);
    cairn_signal_destroy(object);
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_amd_signal_value_pointer(hsa_signal_t signal,
                                          volatile hsa_signal_value_t **value_ptr)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (value_ptr == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    if (signal.handle == 0)
        return HSA_STATUS_ERROR_INVALID_SIGNAL;
    *value_ptr = (volatile hsa_signal_value_t *)&cairn_hsa_signal_of(signal)->value;
    return HSA_STATUS_SUCCESS;
}

/* ---- loads and stores ---- */

static void store(struct cairn_signal *signal, int64_t value)
{
    if (signal->kind != KIND_DOORBELL && signal->kind != KIND_FRONT_DOORBELL) {
        cairn_signal_store(signal, value);
        return;
    }
    atomic_store_explicit(&signal->value, value, memory_order_release);
    struct cairn_queue *queue = cairn_queue_of_doorbell(signal);
    if (queue != NULL)
        cairn_queue_ring(queue);
    else if (signal->kind == KIND_FRONT_DOORBELL)
        cairn_hsa_intercept_ring(signal);
}

#define LOAD(order_name, order)                                                                    \
    hsa_signal_value_t hsa_signal_load_##order_name(hsa_signal_t signal)                           \
    {                                                                                              \
        return atomic_load_explicit(&cairn_hsa_signal_of(signal)->value, order);                   \
    }
LOAD(relaxed, memory_order_relaxed)
LOAD(scacquire, memory_order_seq_cst)
LOAD(acquire, memory_order_seq_cst)

#define STORE(order_name)                                                                          \
    void hsa_signal_store_##order_name(hsa_signal_t signal, hsa_signal_value_t value)              \
    {                                                                                              \
        store(cairn_hsa_signal_of(signal), value);                                                 \
    }
STORE(relaxed)
STORE(screlease)
STORE(release)

#define SILENT_STORE(order_name, order)                                                            \
    void hsa_signal_silent_store_##order_name(hsa_signal_t signal, hsa_signal_value_t value)       \
    {                                                                                              \
        atomic_store_explicit(&cairn_hsa_signal_of(signal)->value, value, order);                  \
    }
SILENT_STORE(relaxed, memory_order_relaxed)
SILENT_STORE(screlease, memory_order_release)

/* ---- read-modify-write: the operation, then waiters are woken ---- */

#define WITH_ORDERS(ROW, name)                                                                     \
    ROW(name, relaxed)                                                                             \
    ROW(name, scacquire)                                                                           \
    ROW(name, screlease)                                                                           \
    ROW(name, scacq_screl)                                                                         \
    ROW(name, acquire)                                                                             \
    ROW(name, release)                                                                             \
    ROW(name, acq_rel)

#define MODIFY(name, order_name)                                                                   \
    void hsa_signal_##name##_##order_name(hsa_signal_t signal, hsa_signal_value_t value)           \
    {                                                                                              \
        struct cairn_signal *object = cairn_hsa_signal_of(signal);                                 \
        atomic_fetch_##name(&object->value, value);                                                \
        cairn_signal_wake(object);                                                                 \
    }
#define atomic_fetch_subtract atomic_fetch_sub
WITH_ORDERS(MODIFY, add)
WITH_ORDERS(MODIFY, subtract)
WITH_ORDERS(MODIFY, and)
WITH_ORDERS(MODIFY, or)
WITH_ORDERS(MODIFY, xor)

#define EXCHANGE(name, order_name)                                                                 \
    hsa_signal_value_t hsa_signal_exchange_##order_name(hsa_signal_t signal,                       \
                                                        hsa_signal_value_t value)                  \
    {                                                                                              \
        struct cairn_signal *object = cairn_hsa_signal_of(signal);                                 \
        hsa_signal_value_t old = atomic_exchange(&object->value, value);                           \
        cairn_signal_wake(object);                                                                 \
        return old;                                                                                \
    }
WITH_ORDERS(EXCHANGE, exchange)

#define CAS(name, order_name)                                                                      \
    hsa_signal_value_t hsa_signal_cas_##order_name(                                                \
        hsa_signal_t signal, hsa_signal_value_t expected, hsa_signal_value_t value)                \
    {                                                                                              \
        struct cairn_signal *object = cairn_hsa_signal_of(signal);                                 \
        if (atomic_compare_exchange_strong(&object->value, &expected, value))                      \
            cairn_signal_wake(object);                                                             \
        return expected;                                                                           \
    }
WITH_ORDERS(CAS, cas)

/* ---- waiting ---- */

#define WAIT(order_name)                                                                           \
    hsa_signal_value_t hsa_signal_wait_##order_name(                                               \
        hsa_signal_t signal, hsa_signal_condition_t condition, hsa_signal_value_t compare_value,   \
        uint64_t timeout_hint, hsa_wait_state_t wait_state_hint)                                   \
    {                                                                                              \
        struct cairn_signal *object = cairn_hsa_signal_of(signal);                                 \
        cairn_hsa_copies_hurry(object, timeout_hint);                                              \
        return cairn_signal_wait(object, (enum cairn_condition)condition, compare_value,           \
                                 timeout_hint);                                                    \
    }
WAIT(relaxed)
WAIT(scacquire)
WAIT(acquire)
