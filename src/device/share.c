/* SPDX-License-Identifier: MIT
 * Memory in anonymous files: making them, moving an allocation into one while it is in use, and
 * mapping another process's. A move makes the pages read-only, copies them, and puts the file in
 * their place; a store that faults meanwhile waits in the signal handler and is repeated.
 */
#include "device/share.h"

#include "base/bytes.h"
#include "base/log.h"
#include "device/device_priv.h"
#include "device/memory_priv.h"
#include "machine/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGE_BYTES = 4096, NAME_BYTES = 96, MOVES_KEPT = 64 };
enum { HANDLE_MAGIC = 0x31697063 };

/* ---- files ----
 * The name of the file, which every holder can read, says what memory it is:
 * cairn/<kind>/<ordinal of the device, or ->/<flags>. */

static int make_file(const struct cairn_backing *backing)
{
    char name[NAME_BYTES];
    int ordinal = backing->device != NULL ? (int)backing->device->info.ordinal : -1;
    snprintf(name, sizeof name, "cairn/%d/%d/%llu", (int)backing->kind, ordinal,
             (unsigned long long)backing->flags);
    int file = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (file < 0)
        return -1;
    /* Sealed: nobody can take pages away that another process has mapped. */
    if (ftruncate(file, (off_t)backing->size_bytes) == 0 &&
        fcntl(file, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
        return file;
    close(file);
    return -1;
}

static void read_name(int file, struct cairn_backing *backing)
{
    char link[64], name[NAME_BYTES + 32];
    int kind, ordinal;
    unsigned long long flags;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, name, sizeof name - 1);
    name[length > 0 ? length : 0] = '\0';
    backing->is_ours = sscanf(name, "/memfd:cairn/%d/%d/%llu", &kind, &ordinal, &flags) == 3 &&
                       (kind == CAIRN_MEMORY_HOST || kind == CAIRN_MEMORY_DEVICE);
    if (!backing->is_ours)
        return;
    backing->kind = (enum cairn_memory_kind)kind;
    backing->flags = flags;
    backing->device = ordinal >= 0 ? cairn_device_at((uint32_t)ordinal) : NULL;
}

static enum cairn_status create_locked(struct cairn_backing *backing)
{
    if (!cairn_memory_charge_locked(backing->device, backing->kind, backing->size_bytes))
        return CAIRN_ERR_NO_MEMORY;
    backing->file = make_file(backing);
    if (backing->file >= 0)
        return CAIRN_OK;
    cairn_log(CAIRN_LOG_ERROR, "cannot make a file for %llu bytes of shareable memory: %s",
              (unsigned long long)backing->size_bytes, strerror(errno));
    cairn_memory_refund_locked(backing->device, backing->kind, backing->size_bytes);
    return CAIRN_ERR_NO_MEMORY;
}

enum cairn_status cairn_backing_create(struct cairn_device *device, enum cairn_memory_kind kind,
                                       uint64_t size_bytes, uint64_t flags,
                                       struct cairn_backing **out)
{
    if (size_bytes == 0 || size_bytes % PAGE_BYTES != 0 || size_bytes > INT64_MAX ||
        (unsigned)kind > CAIRN_MEMORY_DEVICE || (kind == CAIRN_MEMORY_DEVICE && device == NULL))
        return CAIRN_ERR_INVALID_ARGUMENT;
    struct cairn_backing *backing = malloc(sizeof *backing);
    if (backing == NULL)
        return CAIRN_ERR_NO_MEMORY;
    *backing = (struct cairn_backing){.device = device,
                                      .kind = kind,
                                      .size_bytes = size_bytes,
                                      .flags = flags,
                                      .is_ours = true,
                                      .charged = true,
                                      .references = 1};
    cairn_memory_lock();
    enum cairn_status status = create_locked(backing);
    cairn_memory_unlock();
    if (status == CAIRN_OK)
        *out = backing;
    else
        free(backing);
    return status;
}

/* The length of what the descriptor stands for; a dma-buf says it through lseek alone. */
static uint64_t length_of(int file)
{
    struct stat facts;
    if (fstat(file, &facts) == 0 && S_ISREG(facts.st_mode))
        return (uint64_t)facts.st_size;
    off_t end = lseek(file, 0, SEEK_END);
    return end > 0 ? (uint64_t)end : 0;
}

static bool is_mappable(int file)
{
    void *at = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (at == MAP_FAILED)
        return false;
    munmap(at, PAGE_BYTES);
    return true;
}

enum cairn_status cairn_backing_import(int file, struct cairn_backing **out)
{
    uint64_t length = length_of(file);
    if (length == 0 || !is_mappable(file)) {
        cairn_log(CAIRN_LOG_ERROR, "file descriptor %d is no memory that can be mapped", file);
        return CAIRN_ERR_INVALID_ARGUMENT;
    }
    struct cairn_backing *backing = malloc(sizeof *backing);
    if (backing == NULL)
        return CAIRN_ERR_NO_MEMORY;
    *backing = (struct cairn_backing){.kind = CAIRN_MEMORY_HOST,
                                      .size_bytes = cairn_align_up(length, PAGE_BYTES),
                                      .imported = true,
                                      .references = 1};
    backing->file = fcntl(file, F_DUPFD_CLOEXEC, 0);
    if (backing->file < 0) {
        free(backing);
        return CAIRN_ERR_NO_MEMORY;
    }
    read_name(backing->file, backing);
    *out = backing;
    return CAIRN_OK;
}

void cairn_backing_retain(struct cairn_backing *backing)
{
    cairn_memory_lock();
    backing->references++;
    cairn_memory_unlock();
}

void cairn_backing_release_locked(struct cairn_backing *backing)
{
    if (--backing->references != 0)
        return;
    if (backing->charged)
        cairn_memory_refund_locked(backing->device, backing->kind, backing->size_bytes);
    close(backing->file);
    free(backing);
}

void cairn_backing_release(struct cairn_backing *backing)
{
    cairn_memory_lock();
    cairn_backing_release_locked(backing);
    cairn_memory_unlock();
}

/* ---- moving an allocation into a file ---- */

/* Ranges that are being moved, or were: a thread may come late with a fault of then. Written under
 * the memory lock; `active` pairs with the signal handler's loads. */
static struct {
    _Atomic uint64_t start[MOVES_KEPT], end[MOVES_KEPT];
    _Atomic uint32_t next;
    _Atomic uint32_t active; /* index + 1 of the move in progress, 0: none */
} moves;

static _Thread_local uint64_t last_retry __attribute__((tls_model("initial-exec")));

/* After the move the access goes through, so one more try of an address is enough. */
bool cairn_memory_was_moved(uint64_t address)
{
    for (uint32_t i = 0; i < MOVES_KEPT; i++) {
        uint64_t start = atomic_load_explicit(&moves.start[i], memory_order_acquire);
        if (start == 0 || address < start ||
            address >= atomic_load_explicit(&moves.end[i], memory_order_acquire))
            continue;
        if (atomic_load_explicit(&moves.active, memory_order_acquire) == i + 1) {
            while (atomic_load_explicit(&moves.active, memory_order_acquire) == i + 1)
                sched_yield();
        } else if (last_retry == address) {
            last_retry = 0;
            return false;
        }
        last_retry = address;
        return true;
    }
    return false;
}

/* The range is being freed: a fault there is a fault. */
void cairn_memory_forget_moves(uint64_t start, uint64_t size)
{
    for (uint32_t i = 0; i < MOVES_KEPT; i++)
        if (atomic_load_explicit(&moves.start[i], memory_order_relaxed) - start < size)
            atomic_store_explicit(&moves.start[i], 0, memory_order_release);
}

static void begin_move(uint64_t start, uint64_t size)
{
    uint32_t index = atomic_fetch_add_explicit(&moves.next, 1, memory_order_relaxed) % MOVES_KEPT;
    atomic_store_explicit(&moves.start[index], 0, memory_order_release);
    atomic_store_explicit(&moves.end[index], start + size, memory_order_release);
    atomic_store_explicit(&moves.active, index + 1, memory_order_release);
    atomic_store_explicit(&moves.start[index], start, memory_order_release);
}

static void end_move(void)
{
    atomic_store_explicit(&moves.active, 0, memory_order_release);
}

static bool write_all(int file, const char *from, uint64_t size, uint64_t offset)
{
    while (size > 0) {
        ssize_t written = pwrite(file, from, size, (off_t)offset);
        if (written <= 0)
            return false;
        from += written;
        size -= (uint64_t)written;
        offset += (uint64_t)written;
    }
    return true;
}

/* Pages of zeros stay holes of the file. */
static bool copy_pages(int file, uint64_t start, uint64_t size)
{
    static const char zeros[PAGE_BYTES];
    uint64_t first = 0; /* of a run of pages that are not zero */
    for (uint64_t at = 0; at < size; at += PAGE_BYTES) {
        if (memcmp((const char *)start + at, zeros, PAGE_BYTES) != 0)
            continue;
        if (!write_all(file, (const char *)start + first, at - first, first))
            return false;
        first = at + PAGE_BYTES;
    }
    return write_all(file, (const char *)start + first, size - first, first);
}

static bool map_file(uint64_t start, uint64_t size, int file)
{
    return mmap((void *)start, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, 0) !=
           MAP_FAILED;
}

static bool move_locked(uint64_t start, uint64_t size, int file)
{
    begin_move(start, size);
    bool moved = mprotect((void *)start, size, PROT_READ) == 0 && copy_pages(file, start, size) &&
                 map_file(start, size, file);
    if (!moved && mprotect((void *)start, size, PROT_READ | PROT_WRITE) != 0)
        cairn_log(CAIRN_LOG_ERROR, "memory at 0x%llx stays read-only: %s",
                  (unsigned long long)start, strerror(errno));
    end_move();
    return moved;
}

static struct cairn_extent *allocation_at(struct cairn_extents *extents, const void *address)
{
    struct cairn_extent *extent = cairn_extents_find(extents, (uint64_t)address);
    return extent != NULL && extent->used && extent->start == (uint64_t)address &&
                   extent->allocation.size_bytes != 0 &&
                   extent->allocation.kind != CAIRN_MEMORY_CODE
               ? extent
               : NULL;
}

static enum cairn_status share_locked(struct cairn_extent *extent)
{
    struct cairn_backing *backing = malloc(sizeof *backing);
    if (backing == NULL)
        return CAIRN_ERR_NO_MEMORY;
    *backing = (struct cairn_backing){.device = extent->allocation.device,
                                      .kind = extent->allocation.kind,
                                      .size_bytes = extent->mapped_bytes,
                                      .flags = extent->allocation.flags,
                                      .is_ours = true,
                                      .references = 1};
    backing->file = make_file(backing);
    if (backing->file < 0)
        goto free_backing;
    if (!move_locked(extent->start, extent->mapped_bytes, backing->file))
        goto close_file;
    extent->backing = backing;
    return CAIRN_OK;
close_file:
    close(backing->file);
free_backing:
    free(backing);
    cairn_log(CAIRN_LOG_ERROR, "cannot move %llu bytes at 0x%llx into a file: %s",
              (unsigned long long)extent->mapped_bytes, (unsigned long long)extent->start,
              strerror(errno));
    return CAIRN_ERR_NO_MEMORY;
}

enum cairn_status cairn_memory_share(void *address, struct cairn_backing **out)
{
    enum cairn_status status = cairn_guard_install();
    if (status != CAIRN_OK)
        return status;
    struct cairn_extent *extent = allocation_at(cairn_memory_lock(), address);
    if (extent == NULL)
        status = CAIRN_ERR_NOT_FOUND;
    else if (extent->backing == NULL)
        status = share_locked(extent);
    if (status == CAIRN_OK)
        *out = extent->backing;
    cairn_memory_unlock();
    return status;
}

enum cairn_status cairn_memory_unshare(void *address)
{
    enum cairn_status status = CAIRN_OK;
    struct cairn_extent *extent = allocation_at(cairn_memory_lock(), address);
    if (extent == NULL || extent->backing == NULL) {
        status = CAIRN_ERR_NOT_FOUND;
    } else if (mmap(address, extent->mapped_bytes, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) == MAP_FAILED) {
        status = CAIRN_ERR_NO_MEMORY;
    } else {
        cairn_backing_release_locked(extent->backing);
        extent->backing = NULL;
    }
    cairn_memory_unlock();
    return status;
}

/* ---- mapping a file ---- */

static enum cairn_status attach_locked(struct cairn_extents *extents, struct cairn_backing *backing,
                                       uint64_t size_bytes, void **out)
{
    uint64_t mapped = cairn_align_up(size_bytes, PAGE_BYTES);
    struct cairn_extent *extent = cairn_extents_take(extents, mapped + PAGE_BYTES, PAGE_BYTES);
    if (extent == NULL)
        return CAIRN_ERR_NO_MEMORY;
    if (!map_file(extent->start, mapped, backing->file)) {
        cairn_extents_give(extents, extent);
        return CAIRN_ERR_NO_MEMORY;
    }
    extent->mapped_bytes = mapped;
    extent->charged = false;
    extent->backing = backing;
    extent->allocation = (struct cairn_allocation){.address = extent->start,
                                                   .size_bytes = size_bytes,
                                                   .kind = backing->kind,
                                                   .device = backing->device,
                                                   .flags = backing->flags,
                                                   .attached = true,
                                                   .foreign = !backing->is_ours};
    backing->references++;
    *out = (void *)extent->start;
    return CAIRN_OK;
}

enum cairn_status cairn_memory_attach(struct cairn_backing *backing, uint64_t size_bytes,
                                      void **out)
{
    if (size_bytes == 0 || size_bytes > backing->size_bytes)
        return CAIRN_ERR_INVALID_ARGUMENT;
    struct cairn_extents *extents = cairn_memory_lock();
    enum cairn_status status = attach_locked(extents, backing, size_bytes, out);
    cairn_memory_unlock();
    return status;
}

/* ---- handles ---- */

enum cairn_status cairn_share_name(const struct cairn_backing *backing, uint64_t size_bytes,
                                   uint32_t use, struct cairn_share_handle *out)
{
    struct stat facts;
    if (fstat(backing->file, &facts) != 0)
        return CAIRN_ERR_IO;
    *out = (struct cairn_share_handle){.magic = HANDLE_MAGIC,
                                       .process = getpid(),
                                       .file = backing->file,
                                       .use = use,
                                       .size_bytes = size_bytes,
                                       .inode = facts.st_ino};
    return CAIRN_OK;
}

/* Every check is on the opened file: the process and its descriptors may be others by now. */
static bool is_named_file(const struct cairn_share_handle *handle, int file)
{
    struct stat facts;
    return fstat(file, &facts) == 0 && facts.st_ino == handle->inode &&
           (uint64_t)facts.st_size == cairn_align_up(handle->size_bytes, PAGE_BYTES);
}

enum cairn_status cairn_share_open(const struct cairn_share_handle *handle, uint32_t use,
                                   struct cairn_backing **out)
{
    char path[64];
    if (handle->magic != HANDLE_MAGIC || handle->use != use || handle->size_bytes == 0 ||
        handle->size_bytes > INT64_MAX)
        return CAIRN_ERR_INVALID_ARGUMENT;
    snprintf(path, sizeof path, "/proc/%d/fd/%d", handle->process, handle->file);
    int file = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0) {
        cairn_log(CAIRN_LOG_ERROR, "cannot open shared memory of process %d: %s", handle->process,
                  strerror(errno));
        return CAIRN_ERR_INVALID_ARGUMENT;
    }
    enum cairn_status status = CAIRN_ERR_INVALID_ARGUMENT;
    struct cairn_backing *backing;
    if (is_named_file(handle, file))
        status = cairn_backing_import(file, &backing);
    close(file);
    if (status == CAIRN_OK && !backing->is_ours) {
        cairn_backing_release(backing);
        status = CAIRN_ERR_INVALID_ARGUMENT;
    }
    if (status == CAIRN_OK)
        *out = backing;
    else
        cairn_log(CAIRN_LOG_ERROR, "process %d no longer has the memory that the handle names",
                  handle->process);
    return status;
}
