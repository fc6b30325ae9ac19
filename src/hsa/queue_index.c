/* SPDX-License-Identifier: MIT
 * Read and write indices of queues, in every memory order. Like signals, queues are used unchecked
 * here. The order given may be stronger than asked.
 */
#include "hsa/amd_hsa_queue.h"

#include <stdatomic.h>

static _Atomic uint64_t *write_index(const hsa_queue_t *queue)
{
    return (_Atomic uint64_t *)&((amd_queue_t *)(uintptr_t)queue)->write_dispatch_id; // NOLINT
}

static _Atomic uint64_t *read_index(const hsa_queue_t *queue)
{
    return (_Atomic uint64_t *)&((amd_queue_t *)(uintptr_t)queue)->read_dispatch_id; // NOLINT
}

#define LOAD(which, order_name, order)                                                             \
    uint64_t hsa_queue_load_##which##_##order_name(const hsa_queue_t *queue)                       \
    {                                                                                              \
        return atomic_load_explicit(which(queue), order);                                          \
    }
LOAD(read_index, relaxed, memory_order_relaxed)
LOAD(read_index, scacquire, memory_order_seq_cst)
LOAD(read_index, acquire, memory_order_seq_cst)
LOAD(write_index, relaxed, memory_order_relaxed)
LOAD(write_index, scacquire, memory_order_seq_cst)
LOAD(write_index, acquire, memory_order_seq_cst)

#define STORE(which, order_name, order)                                                            \
    void hsa_queue_store_##which##_##order_name(const hsa_queue_t *queue, uint64_t value)          \
    {                                                                                              \
        atomic_store_explicit(which(queue), value, order);                                         \
    }
STORE(read_index, relaxed, memory_order_relaxed)
STORE(read_index, screlease, memory_order_seq_cst)
STORE(read_index, release, memory_order_seq_cst)
STORE(write_index, relaxed, memory_order_relaxed)
STORE(write_index, screlease, memory_order_seq_cst)
STORE(write_index, release, memory_order_seq_cst)

#define MODIFY(order_name)                                                                         \
    uint64_t hsa_queue_add_write_index_##order_name(const hsa_queue_t *queue, uint64_t value)      \
    {                                                                                              \
        return atomic_fetch_add(write_index(queue), value);                                        \
    }                                                                                              \
    uint64_t hsa_queue_cas_write_index_##order_name(const hsa_queue_t *queue, uint64_t expected,   \
                                                    uint64_t value)                                \
    {                                                                                              \
        (void)atomic_compare_exchange_strong(write_index(queue), &expected, value);                \
        return expected;                                                                           \
    }
MODIFY(relaxed)
MODIFY(scacquire)
MODIFY(screlease)
MODIFY(scacq_screl)
MODIFY(acquire)
MODIFY(release)
MODIFY(acq_rel)
