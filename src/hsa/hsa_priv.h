/* SPDX-License-Identifier: MIT
 * What the files of the HSA runtime share: the one process structure, the objects behind the public
 * handles, and small helpers. Handles are object addresses; every live object is in the handle
 * table, so a handle that was never given out, or was destroyed, is an error and not a crash.
 * Signals are the exception: their handle is the address of a struct cairn_signal and is used
 * unchecked, because kernels use it so.
 */
#ifndef CAIRN_HSA_PRIV_H
#define CAIRN_HSA_PRIV_H

#include "base/status.h"
#include "device/device.h"
#include "gfx/gfx.h"
#include "hsa/hsa.h"
#include "hsa/hsa_ext_amd.h"
#include "obj/obj.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
    PAGE_BYTES = 4096,
    ISA_NAME_BYTES = 112,
    MAX_POOLS = 4,
    MAX_CACHES = 3,
    UNIT_MASK_WORDS = 16
};

/* ---- handles ---- */

enum handle_kind {
    HANDLE_NONE,
    HANDLE_AGENT,
    HANDLE_POOL, /* hsa_amd_memory_pool_t and hsa_region_t */
    HANDLE_CACHE,
    HANDLE_ISA,
    HANDLE_WAVEFRONT,
    HANDLE_SIGNAL_GROUP,
    HANDLE_QUEUE, /* keyed by the hsa_queue_t */
    HANDLE_READER,
    HANDLE_EXECUTABLE,
    HANDLE_LOADED,
    HANDLE_SYMBOL,
    HANDLE_VMEM, /* struct cairn_backing */
    HANDLE_CODE_OBJECT,
    HANDLE_CODE_SYMBOL,
    HANDLE_IMAGE,
    HANDLE_SAMPLER,
};

/* Open addressing, linear probing; `lock` guards all of it. */
struct handle_slot {
    uint64_t handle;
    enum handle_kind kind;
    void *object;
};
struct handle_table {
    pthread_rwlock_t lock;
    struct handle_slot *slots;
    size_t capacity, used;
};

/* NO_MEMORY only. */
CAIRN_MUST_CHECK enum cairn_status cairn_hsa_handle_add(enum handle_kind kind, uint64_t handle,
                                                        void *object);
/* The object, or NULL if `handle` is not a live handle of that kind. */
void *cairn_hsa_handle_find(enum handle_kind kind, uint64_t handle);
/* Takes it out of the table; the caller then owns the object. NULL: not there. */
void *cairn_hsa_handle_remove(enum handle_kind kind, uint64_t handle);
/* Any live object of the kind, NULL if none; for the clean-up at shut-down. */
void *cairn_hsa_handle_any(enum handle_kind kind, uint64_t *handle);
void cairn_hsa_handle_clear(void);

/* ---- agents, pools, instruction sets: made by hsa_init, constant until shut-down ---- */

struct isa {
    char name[ISA_NAME_BYTES]; /* "amdgcn-amd-amdhsa--gfx90a:sramecc+:xnack-" */
    struct cairn_target_id target;
    const struct cairn_gfx *gfx;
    uint32_t wavefront; /* its address is the hsa_wavefront_t handle */
    struct isa *next;
};

struct cache {
    char name[16];
    uint8_t level;
    uint32_t size_bytes;
};

struct pool {
    struct agent *agent;
    hsa_amd_segment_t segment;
    uint32_t global_flags;
    enum cairn_memory_kind kind;
    uint64_t size_bytes;
    bool alloc_allowed;
};

struct agent {
    bool is_gpu;
    uint32_t node;
    struct cairn_device *device; /* NULL for the CPU agent */
    const struct cairn_device_info *info;
    const struct product *product;
    struct isa *isa;
    char name[64], product_name[64];
    uint32_t compute_units, clock_mhz;
    uint32_t unit_mask[UNIT_MASK_WORDS]; /* compute units that queues may have */
    bool units_limited;                  /* by HSA_CU_MASK */
    _Atomic uint32_t queue_count;
    uint32_t pool_count, cache_count;
    struct pool pools[MAX_POOLS];
    struct cache caches[MAX_CACHES];
    _Atomic int coherency;
};

/* Board facts that the chip table does not have; one row a chip, product.def. */
struct product {
    enum cairn_gfx_id gfx;
    uint32_t pci_device, memory_bits, memory_mhz, l1_kib, l2_kib, l3_kib, shader_engines,
        arrays_per_engine, xccs, copy_engines, family, asic_revision;
};

/* ---- the process ---- */

struct event_handler {
    hsa_amd_system_event_callback_t callback;
    void *data;
    struct event_handler *next;
};

struct release_hook {
    void *address;
    hsa_amd_deallocation_callback_t callback;
    void *data;
    struct release_hook *next;
};

struct process {
    pthread_mutex_t open_lock;   /* hsa_init and hsa_shut_down, one at a time; guards references */
    _Atomic uint32_t references; /* 0: not initialized; read without the lock */
    uint32_t agent_count;
    struct agent *agents; /* [0] is the CPU */
    struct handle_table handles;
    pthread_mutex_t vmem_lock; /* guards how often each memory handle is held */
    pthread_mutex_t list_lock; /* guards the lists below */
    struct isa *isas;
    struct svm_ranges *svm; /* svm.c; guarded by vmem_lock */
    struct event_handler *event_handlers;
    struct release_hook *release_hooks;
    struct async *async;           /* async.c: handler thread, made at first use */
    struct copier *copier;         /* copy.c: copy threads, made at first use */
    _Atomic uint32_t ready_copies; /* queued ones that nobody has begun; a hint for waiters */
    _Atomic uint64_t next_queue_id;
};

extern struct process cairn_hsa_process;

static inline bool cairn_hsa_is_open(void)
{
    return atomic_load_explicit(&cairn_hsa_process.references, memory_order_acquire) != 0;
}

/* The one place where results of the layers below become HSA codes. */
hsa_status_t cairn_hsa_status(enum cairn_status status);

/* agent.c */
CAIRN_MUST_CHECK hsa_status_t cairn_hsa_agents_create(void);
void cairn_hsa_agents_destroy(void);
struct agent *cairn_hsa_agent_of(hsa_agent_t handle);
struct agent *cairn_hsa_agent_of_device(const struct cairn_device *device);
static inline hsa_agent_t cairn_hsa_agent_handle(const struct agent *agent)
{
    return (hsa_agent_t){.handle = (uint64_t)(uintptr_t)agent};
}

/* The shape of every hsa_*_get_info: writes one attribute to *value. */
hsa_status_t cairn_hsa_cpu_info(const struct agent *agent, uint32_t attribute, void *value);
hsa_status_t cairn_hsa_gpu_info(const struct agent *agent, uint32_t attribute, void *value);
/* "GPU-" and 16 hexadecimal digits. */
void cairn_hsa_gpu_uuid(uint32_t ordinal, char *text, size_t size);
/* The compute units of a GPU that HSA_CU_MASK leaves, of `units`; `gpu` counts those shown. Returns
 * whether it says anything about that GPU. */
bool cairn_hsa_unit_mask(uint32_t gpu, uint32_t units, uint32_t mask[UNIT_MASK_WORDS]);
const struct product *cairn_hsa_product_of(enum cairn_gfx_id gfx);

/* extension.c: HSA_SYSTEM_INFO_EXTENSIONS, 128 bytes. */
void cairn_hsa_extensions(uint8_t *bits);

/* isa.c: interned by name; NULL: not a target id, or a chip that is not in the table. */
struct isa *cairn_hsa_isa_intern(const char *name);
void cairn_hsa_isas_destroy(void);

/* pool.c */
struct pool *cairn_hsa_pool_of(uint64_t handle);
void cairn_hsa_pools_fill(struct agent *agent);

/* memory.c: true if [address, address+size) lies in one allocation, or is readable host memory. */
bool cairn_hsa_range_is_valid(const void *address, size_t size);
/* The same for a range that will be written. */
bool cairn_hsa_range_is_writable(const void *address, size_t size);
/* May the process read the byte at `address`? */
bool cairn_hsa_is_mapped(uint64_t address);
/* Calls what hsa_amd_register_deallocation_callback left for the allocation, and forgets it. */
void cairn_hsa_run_release_hooks(const void *address);
void cairn_hsa_release_hooks_destroy(void);

/* debug.c: an empty list, when the runtime is opened and in a forked child */
void cairn_hsa_debug_open(void);

/* svm.c: true if every GPU reaches all memory of the process (xnack). */
bool cairn_hsa_svm_is_everywhere(void);
void cairn_hsa_svm_destroy(void);

/* vmem.c, ipc.c; -1: no descriptor left */
void cairn_hsa_vmem_handles_destroy(void);
int cairn_hsa_file_copy(int file);

/* tools.c; the open_lock is held and the runtime open */
void cairn_hsa_tools_load(void);
void cairn_hsa_tools_unload(void);

/* async.c */
void cairn_hsa_async_destroy(void);
void cairn_hsa_async_forget(const struct cairn_signal *signal);
/* Calls every system event handler; false if there was none. */
bool cairn_hsa_event_send(const hsa_amd_event_t *event);
void cairn_hsa_event_handlers_destroy(void);

/* intercept.c: the doorbell of an intercept queue was rung */
void cairn_hsa_intercept_ring(struct cairn_signal *doorbell);

/* copy.c. `work`: runs on a copy thread once the dependencies are 0, with `data` of malloc that it
 * frees; then the completion signal, if any, is decremented. On an error `data` stays the caller's.
 */
void cairn_hsa_copier_destroy(void);
CAIRN_MUST_CHECK hsa_status_t cairn_hsa_copier_work(void (*work)(void *data), void *data,
                                                    uint32_t count, const hsa_signal_t *deps,
                                                    hsa_signal_t completion);
void cairn_hsa_copies_help(const struct cairn_signal *completion, uint64_t timeout_ns);
/* Before waiting for a signal: does a queued copy that would set it, if nobody has begun it. */
static inline void cairn_hsa_copies_hurry(const struct cairn_signal *completion,
                                          uint64_t timeout_ns)
{
    if (atomic_load_explicit(&cairn_hsa_process.ready_copies, memory_order_relaxed) != 0)
        cairn_hsa_copies_help(completion, timeout_ns);
}

/* queue.c, executable.c, reader.c, signal_group.c: what an application forgot at shut-down */
void cairn_hsa_queues_destroy(void);
void cairn_hsa_executables_destroy(void);
void cairn_hsa_readers_destroy(void);
void cairn_hsa_code_objects_destroy(void);
void cairn_hsa_images_destroy(void);
void cairn_hsa_signal_groups_destroy(void);

/* ---- signals ---- */
static inline struct cairn_signal *cairn_hsa_signal_of(hsa_signal_t handle)
{
    return (struct cairn_signal *)(uintptr_t)handle.handle;
}

#endif
