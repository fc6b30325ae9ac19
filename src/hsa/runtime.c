/* SPDX-License-Identifier: MIT
 * Start and end of the runtime: counted hsa_init and hsa_shut_down, the process structure, and the
 * translation of results from the layers below.
 */
#include "hsa_priv.h"

#include "base/log.h"

struct process cairn_hsa_process = {
    .open_lock = PTHREAD_MUTEX_INITIALIZER,
    .handles.lock = PTHREAD_RWLOCK_INITIALIZER,
    .vmem_lock = PTHREAD_MUTEX_INITIALIZER,
    .list_lock = PTHREAD_MUTEX_INITIALIZER,
};

static const struct {
    enum cairn_status from;
    hsa_status_t to;
} translations[] = {
    {CAIRN_OK, HSA_STATUS_SUCCESS},
    {CAIRN_ERR_NO_MEMORY, HSA_STATUS_ERROR_OUT_OF_RESOURCES},
    {CAIRN_ERR_INVALID_ARGUMENT, HSA_STATUS_ERROR_INVALID_ARGUMENT},
    {CAIRN_ERR_TRUNCATED, HSA_STATUS_ERROR_INVALID_CODE_OBJECT},
    {CAIRN_ERR_BAD_FORMAT, HSA_STATUS_ERROR_INVALID_CODE_OBJECT},
    {CAIRN_ERR_UNSUPPORTED, HSA_STATUS_ERROR_INVALID_CODE_OBJECT},
    {CAIRN_ERR_OUT_OF_RANGE, HSA_STATUS_ERROR_INVALID_ARGUMENT},
    {CAIRN_ERR_NOT_FOUND, HSA_STATUS_ERROR_INVALID_ALLOCATION},
    {CAIRN_ERR_WRONG_CHIP, HSA_STATUS_ERROR_INCOMPATIBLE_ARGUMENTS},
    {CAIRN_ERR_UNDEFINED_SYMBOL, HSA_STATUS_ERROR_VARIABLE_UNDEFINED},
    {CAIRN_ERR_IO, HSA_STATUS_ERROR_INVALID_FILE},
    {CAIRN_ERR_BUSY, (hsa_status_t)HSA_STATUS_ERROR_RESOURCE_BUSY},
};

hsa_status_t cairn_hsa_status(enum cairn_status status)
{
    for (size_t i = 0; i < sizeof translations / sizeof translations[0]; i++)
        if (translations[i].from == status)
            return translations[i].to;
    return HSA_STATUS_ERROR;
}

/* ---- fork: the child has no threads and no devices, so there the runtime is not initialized ----
 */

static void fork_prepare(void)
{
    pthread_mutex_lock(&cairn_hsa_process.open_lock);
    pthread_mutex_lock(&cairn_hsa_process.list_lock);
    pthread_mutex_lock(&cairn_hsa_process.vmem_lock);
    pthread_rwlock_wrlock(&cairn_hsa_process.handles.lock);
}

static void fork_parent(void)
{
    pthread_rwlock_unlock(&cairn_hsa_process.handles.lock);
    pthread_mutex_unlock(&cairn_hsa_process.vmem_lock);
    pthread_mutex_unlock(&cairn_hsa_process.list_lock);
    pthread_mutex_unlock(&cairn_hsa_process.open_lock);
}

/* What the parent had is left behind, unused. */
static void fork_child(void)
{
#if defined(__SANITIZE_THREAD__) || __has_feature(thread_sanitizer)
    fork_parent(); /* the sanitizer goes by calls: to it, a lock that is made anew stays held */
#endif
    cairn_hsa_process = (struct process){
        .open_lock = PTHREAD_MUTEX_INITIALIZER,
        .handles.lock = PTHREAD_RWLOCK_INITIALIZER,
        .vmem_lock = PTHREAD_MUTEX_INITIALIZER,
        .list_lock = PTHREAD_MUTEX_INITIALIZER,
    };
    cairn_hsa_debug_open();
}

static void watch_forks(void)
{
    if (pthread_atfork(fork_prepare, fork_parent, fork_child) != 0)
        cairn_log(CAIRN_LOG_WARN, "hsa: forked children cannot use the runtime");
}

/* ---- start and end ---- */

static hsa_status_t open_locked(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    enum cairn_status opened = cairn_devices_open();
    if (opened != CAIRN_OK)
        return opened == CAIRN_ERR_NO_MEMORY ? HSA_STATUS_ERROR_OUT_OF_RESOURCES : HSA_STATUS_ERROR;
    pthread_once(&once, watch_forks); /* after the device's own, whose locks are taken below ours */
    cairn_hsa_debug_open();
    hsa_status_t status = cairn_hsa_agents_create();
    if (status != HSA_STATUS_SUCCESS) {
        cairn_hsa_agents_destroy();
        cairn_hsa_isas_destroy();
        cairn_hsa_handle_clear();
        cairn_devices_close();
    }
    return status;
}

static void close_locked(void)
{
    cairn_hsa_queues_destroy();
    cairn_hsa_copier_destroy();
    cairn_hsa_async_destroy();
    cairn_hsa_executables_destroy();
    cairn_hsa_readers_destroy();
    cairn_hsa_code_objects_destroy();
    cairn_hsa_images_destroy();
    cairn_hsa_signal_groups_destroy();
    cairn_hsa_event_handlers_destroy();
    cairn_hsa_release_hooks_destroy();
    cairn_hsa_svm_destroy();
    cairn_hsa_vmem_handles_destroy();
    cairn_hsa_agents_destroy();
    cairn_hsa_isas_destroy();
    cairn_hsa_handle_clear();
    cairn_devices_close();
}

hsa_status_t hsa_init(void)
{
    struct process *process = &cairn_hsa_process;
    hsa_status_t status = HSA_STATUS_SUCCESS;
    pthread_mutex_lock(&process->open_lock);
    uint32_t references = atomic_load_explicit(&process->references, memory_order_relaxed);
    if (references == INT32_MAX)
        status = HSA_STATUS_ERROR_REFCOUNT_OVERFLOW;
    else if (references == 0)
        status = open_locked();
    if (status == HSA_STATUS_SUCCESS) /* pairs with the acquire of cairn_hsa_is_open */
        atomic_store_explicit(&process->references, references + 1, memory_order_release);
    if (status == HSA_STATUS_SUCCESS && references == 0)
        cairn_hsa_tools_load();
    pthread_mutex_unlock(&process->open_lock);
    return status;
}

hsa_status_t hsa_shut_down(void)
{
    struct process *process = &cairn_hsa_process;
    pthread_mutex_lock(&process->open_lock);
    uint32_t references = atomic_load_explicit(&process->references, memory_order_relaxed);
    if (references == 0) {
        pthread_mutex_unlock(&process->open_lock);
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    }
    if (references == 1) {
        cairn_hsa_tools_unload();
        close_locked();
    }
    atomic_store_explicit(&process->references, references - 1, memory_order_release);
    pthread_mutex_unlock(&process->open_lock);
    return HSA_STATUS_SUCCESS;
}
