/* SPDX-License-Identifier: MIT
 * Memory and semaphores of other interfaces. What has a meaning without a graphics driver is a file
 * descriptor: memory is whatever can be mapped (memfd, dma-buf), a semaphore is an eventfd. The
 * descriptor stays the caller's.
 */
#include "hip/memory.h"
#include "hip/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct hip_external {
    _Atomic int references; /* the handle's and one for each buffer that was asked for */
    void *memory;
    size_t size;
    int device;
};

struct semaphore {
    _Atomic int references; /* the handle's and one for each command */
    int file;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct hip_map memories, semaphores; /* live handles; guarded by lock */

/* The handle ends, its reference is the caller's. NULL: no such handle. */
static void *take(struct hip_map *handles, void *handle)
{
    pthread_mutex_lock(&lock);
    void *object = handle == NULL ? NULL : hip_map_remove(handles, handle);
    pthread_mutex_unlock(&lock);
    return object;
}

static hipError_t unknown_type(const char *what, int type)
{
    cairn_log(CAIRN_LOG_ERROR, "hip: external %s of handle type %d cannot be used here", what,
              type);
    return hipErrorNotSupported;
}

/* ---- memory ---- */

void hip_external_release(struct hip_external *external)
{
    /* release pairs with the acquire of whoever drops the last reference */
    if (atomic_fetch_sub_explicit(&external->references, 1, memory_order_acq_rel) != 1)
        return;
    (void)hsa_amd_interop_unmap_buffer(external->memory);
    free(external);
}

static hipError_t import_file(hipExternalMemory_t *out, const hipExternalMemoryHandleDesc *desc)
{
    struct hip_external *external = calloc(1, sizeof *external);
    size_t size = 0;
    if (external == NULL)
        return hipErrorOutOfMemory;
    external->device = hip_thread()->device;
    atomic_store(&external->references, 1);
    hsa_status_t status = hsa_amd_interop_map_buffer(
        1, &hip_current_device()->agent, desc->handle.fd, 0, &size, &external->memory, NULL, NULL);
    if (status != HSA_STATUS_SUCCESS) {
        free(external);
        return hip_error_of_hsa(status, hipErrorInvalidValue);
    }
    external->size = desc->size;
    pthread_mutex_lock(&lock);
    bool fits = size >= desc->size, known = fits && hip_map_put(&memories, external, external);
    pthread_mutex_unlock(&lock);
    if (!known) {
        hip_external_release(external);
        return fits ? hipErrorOutOfMemory : hipErrorInvalidValue;
    }
    *out = external;
    return hipSuccess;
}

static hipError_t import_memory(hipExternalMemory_t *out, const hipExternalMemoryHandleDesc *desc)
{
    if (out == NULL || desc == NULL || desc->size == 0 ||
        (desc->flags & ~(unsigned)hipExternalMemoryDedicated) != 0)
        return hipErrorInvalidValue;
    if (desc->type < hipExternalMemoryHandleTypeOpaqueFd ||
        desc->type > hipExternalMemoryHandleTypeNvSciBuf)
        return hipErrorInvalidValue;
    if (desc->type != hipExternalMemoryHandleTypeOpaqueFd)
        return unknown_type("memory", (int)desc->type);
    return import_file(out, desc);
}

hipError_t hipImportExternalMemory(hipExternalMemory_t *ext_mem,
                                   const hipExternalMemoryHandleDesc *desc)
{
    return hip_return(hip_ready() ?: import_memory(ext_mem, desc));
}

/* With a reference for the buffer; NULL: no such handle. */
static struct hip_external *hold_memory(hipExternalMemory_t handle)
{
    pthread_mutex_lock(&lock);
    struct hip_external *external = handle == NULL ? NULL : hip_map_get(&memories, handle);
    if (external != NULL)
        atomic_fetch_add(&external->references, 1);
    pthread_mutex_unlock(&lock);
    return external;
}

static hipError_t add_buffer(void **out, struct hip_external *external,
                             const hipExternalMemoryBufferDesc *desc)
{
    struct hip_allocation old;
    if (desc->flags != 0 || desc->size == 0 || desc->offset > external->size ||
        desc->size > external->size - desc->offset)
        return hipErrorInvalidValue;
    char *address = (char *)external->memory + desc->offset;
    if (hip_memory_overlap(address, desc->size, &old))
        return hipErrorAlreadyMapped;
    struct hip_allocation row =
        hip_memory_row(address, desc->size, HIP_MEMORY_DEVICE, external->device);
    row.origin = HIP_ORIGIN_EXTERNAL;
    row.external = external;
    if (!hip_memory_add(&row))
        return hipErrorOutOfMemory;
    *out = address;
    return hipSuccess;
}

static hipError_t get_buffer(void **out, hipExternalMemory_t handle,
                             const hipExternalMemoryBufferDesc *desc)
{
    if (out == NULL || desc == NULL)
        return hipErrorInvalidValue;
    struct hip_external *external = hold_memory(handle);
    if (external == NULL)
        return hipErrorInvalidValue;
    hipError_t error = add_buffer(out, external, desc);
    if (error != hipSuccess)
        hip_external_release(external);
    return error;
}

hipError_t hipExternalMemoryGetMappedBuffer(void **ptr, hipExternalMemory_t ext_mem,
                                            const hipExternalMemoryBufferDesc *desc)
{
    return hip_return(hip_ready() ?: get_buffer(ptr, ext_mem, desc));
}

/* Buffers that were asked for stay until they are freed. */
static hipError_t destroy_memory(hipExternalMemory_t handle)
{
    struct hip_external *external = take(&memories, handle);
    if (external == NULL)
        return hipErrorInvalidValue;
    hip_external_release(external);
    return hipSuccess;
}

hipError_t hipDestroyExternalMemory(hipExternalMemory_t ext_mem)
{
    return hip_return(hip_ready() ?: destroy_memory(ext_mem));
}

/* ---- semaphores ---- */

static void hold_semaphore(void *data)
{
    struct semaphore *semaphore = data;
    atomic_fetch_add(&semaphore->references, 1);
}

static void drop_semaphore(void *data)
{
    struct semaphore *semaphore = data;
    /* release pairs with the acquire of whoever drops the last reference */
    if (atomic_fetch_sub_explicit(&semaphore->references, 1, memory_order_acq_rel) != 1)
        return;
    close(semaphore->file);
    free(semaphore);
}

static bool is_eventfd(int file)
{
    char path[32], target[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    ssize_t length = readlink(path, target, sizeof target - 1);
    if (length <= 0)
        return false;
    target[length] = '\0';
    return strstr(target, "[eventfd]") != NULL;
}

static hipError_t import_eventfd(hipExternalSemaphore_t *out, int file)
{
    if (fcntl(file, F_GETFD) < 0)
        return hipErrorInvalidValue;
    if (!is_eventfd(file)) {
        cairn_log(CAIRN_LOG_ERROR, "hip: external semaphore: descriptor %d is no eventfd", file);
        return hipErrorNotSupported;
    }
    struct semaphore *semaphore = malloc(sizeof *semaphore);
    if (semaphore == NULL)
        return hipErrorOutOfMemory;
    atomic_init(&semaphore->references, 1);
    semaphore->file = fcntl(file, F_DUPFD_CLOEXEC, 0);
    pthread_mutex_lock(&lock);
    bool known = semaphore->file >= 0 && hip_map_put(&semaphores, semaphore, semaphore);
    pthread_mutex_unlock(&lock);
    if (!known) {
        drop_semaphore(semaphore);
        return hipErrorOutOfMemory;
    }
    *out = semaphore;
    return hipSuccess;
}

static hipError_t import_semaphore(hipExternalSemaphore_t *out,
                                   const hipExternalSemaphoreHandleDesc *desc)
{
    if (out == NULL || desc == NULL || desc->flags != 0 ||
        desc->type < hipExternalSemaphoreHandleTypeOpaqueFd ||
        desc->type > hipExternalSemaphoreHandleTypeTimelineSemaphoreWin32)
        return hipErrorInvalidValue;
    if (desc->type != hipExternalSemaphoreHandleTypeOpaqueFd)
        return unknown_type("semaphore", (int)desc->type);
    return import_eventfd(out, desc->handle.fd);
}

hipError_t hipImportExternalSemaphore(hipExternalSemaphore_t *ext_sem,
                                      const hipExternalSemaphoreHandleDesc *desc)
{
    return hip_return(hip_ready() ?: import_semaphore(ext_sem, desc));
}

static hipError_t destroy_semaphore(hipExternalSemaphore_t handle)
{
    struct semaphore *semaphore = take(&semaphores, handle);
    if (semaphore == NULL)
        return hipErrorInvalidValue;
    drop_semaphore(semaphore);
    return hipSuccess;
}

hipError_t hipDestroyExternalSemaphore(hipExternalSemaphore_t ext_sem)
{
    return hip_return(hip_ready() ?: destroy_semaphore(ext_sem));
}

static hipError_t run_signal(void *data, uint64_t value)
{
    const struct semaphore *semaphore = data;
    const uint64_t one = 1;
    while (write(semaphore->file, &one, sizeof one) != sizeof one) {
        struct pollfd room = {.fd = semaphore->file, .events = POLLOUT};
        if (errno != EINTR && errno != EAGAIN)
            return hipErrorOperatingSystem;
        (void)poll(&room, 1, -1);
    }
    return hipSuccess;
}

static hipError_t run_wait(void *data, uint64_t value)
{
    const struct semaphore *semaphore = data;
    uint64_t count;
    while (read(semaphore->file, &count, sizeof count) != sizeof count) {
        struct pollfd ready = {.fd = semaphore->file, .events = POLLIN};
        if (errno != EINTR && errno != EAGAIN)
            return hipErrorOperatingSystem;
        (void)poll(&ready, 1, -1);
    }
    return hipSuccess;
}

static hipError_t enqueue(struct ihipStream_t *stream, hipExternalSemaphore_t handle,
                          hipError_t (*run)(void *, uint64_t))
{
    struct hip_command command = {
        .kind = HIP_COMMAND_NATIVE,
        .native = {.run = run, .hold = hold_semaphore, .drop = drop_semaphore, .data = handle}};
    pthread_mutex_lock(&lock);
    bool known = handle != NULL && hip_map_get(&semaphores, handle) != NULL;
    if (known)
        hold_semaphore(handle);
    pthread_mutex_unlock(&lock);
    if (!known)
        return hipErrorInvalidValue;
    hipError_t error = hip_stream_enqueue(stream, &command, NULL);
    if (error != hipSuccess)
        drop_semaphore(handle);
    return error;
}

static hipError_t signal_all(const hipExternalSemaphore_t *handles,
                             const hipExternalSemaphoreSignalParams *params, unsigned count,
                             hipStream_t stream_handle)
{
    struct ihipStream_t *stream;
    if (handles == NULL || params == NULL || hip_stream_find(stream_handle, &stream) != hipSuccess)
        return hipErrorInvalidValue;
    hipError_t error = hipSuccess;
    for (unsigned i = 0; i < count && error == hipSuccess; i++)
        error =
            params[i].flags != 0 ? hipErrorInvalidValue : enqueue(stream, handles[i], run_signal);
    return error;
}

hipError_t hipSignalExternalSemaphoresAsync(const hipExternalSemaphore_t *handles,
                                            const hipExternalSemaphoreSignalParams *params,
                                            unsigned int count, hipStream_t stream)
{
    return hip_return(hip_ready() ?: signal_all(handles, params, count, stream));
}

static hipError_t wait_all(const hipExternalSemaphore_t *handles,
                           const hipExternalSemaphoreWaitParams *params, unsigned count,
                           hipStream_t stream_handle)
{
    struct ihipStream_t *stream;
    if (handles == NULL || params == NULL || hip_stream_find(stream_handle, &stream) != hipSuccess)
        return hipErrorInvalidValue;
    hipError_t error = hipSuccess;
    for (unsigned i = 0; i < count && error == hipSuccess; i++)
        error = params[i].flags != 0 ? hipErrorInvalidValue : enqueue(stream, handles[i], run_wait);
    return error;
}

hipError_t hipWaitExternalSemaphoresAsync(const hipExternalSemaphore_t *handles,
                                          const hipExternalSemaphoreWaitParams *params,
                                          unsigned int count, hipStream_t stream)
{
    return hip_return(hip_ready() ?: wait_all(handles, params, count, stream));
}
