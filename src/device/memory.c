/* SPDX-License-Identifier: MIT
 * Memory of the software GPU: one reserved address window in which each allocation is made
 * accessible and followed by a page that is not, with accounting against the device's VRAM and the
 * machine. Everything else of the window is inaccessible, so a wild access faults.
 */
#include "device/memory_priv.h"

#include "base/bytes.h"
#include "base/log.h"
#include "device/device_priv.h"
#include "device/extents.h"
#include "device/share.h"
#include "machine/guard.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#if defined(__SANITIZE_THREAD__) || __has_feature(thread_sanitizer)
enum { WINDOW_BITS = 36 }; /* the sanitizer leaves little address space */
#else
enum { WINDOW_BITS = 40 };
#endif
enum { WINDOW_BITS_LEAST = 32, APERTURE_BITS = 32 };

/* Code that adds a 32-bit index, times the size of an element, to the address of an allocation may
 * leave out the check if all that it can reach lies in the window: allocations keep away from its
 * start, and the window begins where the high half of addresses changes. */
static const uint64_t window_alignment = (uint64_t)1 << 32;
static const uint64_t window_margin = (uint64_t)65 << 30;
enum { WINDOW_BITS_MARGIN = 36 }; /* a smaller window has none */

enum {
    PAGE_BYTES = 4096,
    BIG_BYTES = 2 << 20,   /* from here on aligned to it, so that the kernel may use large pages */
    GUARDED_LIMIT = 16384, /* allocations with a guard page; the kernel limits mappings (65530) */
};

static struct {
    pthread_rwlock_t lock; /* guards what follows, and ranges.c */
    bool reserved;
    struct cairn_extents extents;
    uint64_t host_bytes, host_limit;
    struct cairn_address_space space; /* constant once reserved */
    struct cairn_address_space xnack_space;
} memory = {.lock = PTHREAD_RWLOCK_INITIALIZER};

static uint64_t read_limit(const char *path)
{
    unsigned long long bytes = 0;
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return UINT64_MAX;
    if (fscanf(file, "%llu", &bytes) != 1 || bytes == 0)
        bytes = UINT64_MAX;
    fclose(file);
    return bytes;
}

uint64_t cairn_machine_memory_bytes(void)
{
    struct sysinfo info;
    uint64_t bytes = (uint64_t)4 << 30;
    if (sysinfo(&info) == 0)
        bytes = (uint64_t)info.totalram * info.mem_unit;
    uint64_t v2 = read_limit("/sys/fs/cgroup/memory.max");
    uint64_t v1 = read_limit("/sys/fs/cgroup/memory/memory.limit_in_bytes");
    if (v2 < bytes)
        bytes = v2;
    return v1 < bytes ? v1 : bytes;
}

uint64_t cairn_address_reserve(uint64_t size, uint64_t alignment)
{
    uint64_t padded = size + alignment;
    void *at = mmap(NULL, padded, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED)
        return 0;
    uint64_t start = (uint64_t)at, aligned = cairn_align_up(start, alignment);
    if (aligned > start)
        munmap(at, aligned - start);
    if (start + padded > aligned + size)
        munmap((void *)(aligned + size), start + padded - (aligned + size));
    return aligned;
}

static bool is_read_only(uint64_t address)
{
    struct cairn_allocation found;
    return cairn_memory_find((const void *)address, &found) == CAIRN_OK && found.no_write &&
           !found.no_read;
}

static enum cairn_status reserve_locked(void)
{
    uint64_t base = 0;
    unsigned bits = WINDOW_BITS;
    for (; bits >= WINDOW_BITS_LEAST; bits--) {
        base = cairn_address_reserve((uint64_t)1 << bits,
                                     bits < WINDOW_BITS_MARGIN ? BIG_BYTES : window_alignment);
        if (base != 0)
            break;
    }
    uint64_t aperture =
        cairn_address_reserve((uint64_t)1 << APERTURE_BITS, (uint64_t)1 << APERTURE_BITS);
    if (base == 0 || aperture == 0) {
        cairn_log(CAIRN_LOG_ERROR, "cannot reserve address space for device memory (%u bits)",
                  bits);
        return CAIRN_ERR_NO_MEMORY;
    }
    uint64_t size = (uint64_t)1 << bits, margin = 0;
    if (bits >= WINDOW_BITS_MARGIN)
        margin = size / 4 < window_margin ? size / 4 : window_margin;
    if (!cairn_extents_init(&memory.extents, base + margin, size - margin))
        return CAIRN_ERR_NO_MEMORY;
    memory.space = (struct cairn_address_space){.window_base = base,
                                                .window_size = (uint64_t)1 << bits,
                                                .private_aperture = aperture,
                                                .covers_slow = cairn_ranges_covers,
                                                .is_read_only = is_read_only};
    cairn_guard_set_retry(cairn_memory_was_moved);
    memory.xnack_space = memory.space;
    memory.xnack_space.covers_slow = cairn_ranges_covers_process;
    memory.host_limit = cairn_machine_memory_bytes();
    memory.reserved = true;
    return CAIRN_OK;
}

enum cairn_status cairn_memory_open(void)
{
    pthread_rwlock_wrlock(&memory.lock);
    enum cairn_status status = memory.reserved ? CAIRN_OK : reserve_locked();
    pthread_rwlock_unlock(&memory.lock);
    return status;
}

const struct cairn_address_space *cairn_memory_space(bool xnack)
{
    return xnack ? &memory.xnack_space : &memory.space;
}

/* Fresh pages are zero. */
void cairn_memory_hide(uint64_t start, uint64_t size)
{
    void *at = mmap((void *)start, size, PROT_NONE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
    if (at != MAP_FAILED)
        return;
    madvise((void *)start, size, MADV_DONTNEED); /* too many mappings: at least empty */
    cairn_log(CAIRN_LOG_WARN, "cannot protect freed memory at 0x%llx", (unsigned long long)start);
}

bool cairn_memory_charge_locked(struct cairn_device *device, enum cairn_memory_kind kind,
                                uint64_t bytes)
{
    if (kind != CAIRN_MEMORY_DEVICE) {
        if (bytes > memory.host_limit - memory.host_bytes)
            return false;
        memory.host_bytes += bytes;
        return true;
    }
    uint64_t used = atomic_load_explicit(&device->vram_used, memory_order_relaxed);
    if (used > device->info.vram_bytes || bytes > device->info.vram_bytes - used)
        return false;
    atomic_store_explicit(&device->vram_used, used + bytes, memory_order_relaxed);
    return true;
}

void cairn_memory_refund_locked(struct cairn_device *device, enum cairn_memory_kind kind,
                                uint64_t bytes)
{
    if (kind == CAIRN_MEMORY_DEVICE)
        atomic_fetch_sub_explicit(&device->vram_used, bytes, memory_order_relaxed);
    else
        memory.host_bytes -= bytes;
}

static struct cairn_extent *place_locked(uint64_t mapped, uint64_t alignment)
{
    uint64_t guard = memory.extents.used_count < GUARDED_LIMIT ? PAGE_BYTES : 0;
    struct cairn_extent *extent = cairn_extents_take(&memory.extents, mapped + guard, alignment);
    if (extent == NULL)
        return NULL;
    if (mprotect((void *)extent->start, mapped, PROT_READ | PROT_WRITE) != 0) {
        cairn_extents_give(&memory.extents, extent);
        return NULL;
    }
    if (mapped >= BIG_BYTES) /* whether there are large pages is the kernel's affair */
        madvise((void *)extent->start, mapped & ~(uint64_t)(BIG_BYTES - 1), MADV_HUGEPAGE);
    return extent;
}

static enum cairn_status alloc_locked(struct cairn_device *device, enum cairn_memory_kind kind,
                                      uint64_t size, uint64_t alignment, uint64_t flags, void **out)
{
    uint64_t mapped = cairn_align_up(size, PAGE_BYTES);
    if (!cairn_memory_charge_locked(device, kind, mapped))
        return CAIRN_ERR_NO_MEMORY;
    struct cairn_extent *extent = place_locked(mapped, alignment);
    if (extent == NULL) {
        cairn_memory_refund_locked(device, kind, mapped);
        return CAIRN_ERR_NO_MEMORY;
    }
    extent->mapped_bytes = mapped;
    extent->charged = true;
    extent->allocation = (struct cairn_allocation){.address = extent->start,
                                                   .size_bytes = size,
                                                   .kind = kind,
                                                   .device = device,
                                                   .flags = flags};
    *out = (void *)extent->start;
    return CAIRN_OK;
}

enum cairn_status cairn_memory_alloc(struct cairn_device *device, enum cairn_memory_kind kind,
                                     uint64_t size_bytes, uint64_t alignment, uint64_t flags,
                                     void **out)
{
    if (size_bytes == 0 || (alignment & (alignment - 1)) != 0 ||
        (unsigned)kind > CAIRN_MEMORY_CODE || (kind == CAIRN_MEMORY_DEVICE && device == NULL))
        return CAIRN_ERR_INVALID_ARGUMENT;
    if (size_bytes > memory.space.window_size || alignment > memory.space.window_size)
        return CAIRN_ERR_NO_MEMORY;
    if (alignment < PAGE_BYTES)
        alignment = PAGE_BYTES;
    if (size_bytes >= BIG_BYTES && alignment < BIG_BYTES)
        alignment = BIG_BYTES;
    pthread_rwlock_wrlock(&memory.lock);
    enum cairn_status status = alloc_locked(device, kind, size_bytes, alignment, flags, out);
    pthread_rwlock_unlock(&memory.lock);
    return status;
}

/* The allocation that starts at `address`, not one that is being freed (its size is 0). */
static struct cairn_extent *extent_at_locked(const void *address)
{
    struct cairn_extent *extent = cairn_extents_find(&memory.extents, (uint64_t)address);
    return extent != NULL && extent->used && extent->start == (uint64_t)address &&
                   extent->allocation.size_bytes != 0
               ? extent
               : NULL;
}

/* Second half of freeing: the pages are gone. */
static void give_locked(struct cairn_extent *extent)
{
    if (extent->charged)
        cairn_memory_refund_locked(extent->allocation.device, extent->allocation.kind,
                                   extent->mapped_bytes);
    if (extent->backing != NULL)
        cairn_backing_release_locked(extent->backing);
    extent->backing = NULL;
    extent->charged = false;
    cairn_extents_give(&memory.extents, extent);
}

enum cairn_status cairn_memory_free(void *address)
{
    pthread_rwlock_wrlock(&memory.lock);
    struct cairn_extent *extent = extent_at_locked(address);
    if (extent != NULL)
        extent->allocation.size_bytes = 0;
    pthread_rwlock_unlock(&memory.lock);
    if (extent == NULL)
        return CAIRN_ERR_NOT_FOUND;
    cairn_memory_forget_moves(extent->start, extent->mapped_bytes);
    cairn_memory_hide(extent->start,
                      extent->mapped_bytes); /* may take long; the extent is ours alone */
    pthread_rwlock_wrlock(&memory.lock);
    give_locked(extent);
    pthread_rwlock_unlock(&memory.lock);
    return CAIRN_OK;
}

void cairn_memory_close(void)
{
    pthread_rwlock_wrlock(&memory.lock);
    cairn_ranges_clear();
    struct cairn_extent *extent = cairn_extents_next_used(&memory.extents, 0);
    while (extent != NULL) {
        uint64_t start = extent->start;
        if (extent->mappings != NULL)
            cairn_mappings_destroy_locked(extent);
        if (extent->mapped_bytes != 0) {
            cairn_memory_forget_moves(start, extent->mapped_bytes);
            cairn_memory_hide(start, extent->mapped_bytes);
        }
        give_locked(extent);
        extent = cairn_extents_next_used(&memory.extents, start);
    }
    pthread_rwlock_unlock(&memory.lock);
}

enum cairn_status cairn_memory_register(void *address, uint64_t size_bytes, uint64_t flags)
{
    pthread_rwlock_wrlock(&memory.lock);
    enum cairn_status status = cairn_ranges_add((uint64_t)address, size_bytes, flags);
    pthread_rwlock_unlock(&memory.lock);
    return status;
}

enum cairn_status cairn_memory_unregister_sized(void *address, uint64_t size_bytes)
{
    pthread_rwlock_wrlock(&memory.lock);
    enum cairn_status status = cairn_ranges_remove((uint64_t)address, size_bytes);
    pthread_rwlock_unlock(&memory.lock);
    return status;
}

enum cairn_status cairn_memory_unregister(void *address)
{
    return cairn_memory_unregister_sized(address, 0);
}

enum cairn_status cairn_memory_find(const void *address, struct cairn_allocation *out)
{
    uint64_t at = (uint64_t)address;
    pthread_rwlock_rdlock(&memory.lock);
    struct cairn_extent *extent = cairn_extents_find(&memory.extents, at);
    bool found =
        extent != NULL && extent->used && at - extent->start < extent->allocation.size_bytes;
    if (found)
        *out = extent->allocation;
    else if (extent != NULL && extent->used && extent->mappings != NULL)
        found = cairn_mappings_find_locked(extent, at, out);
    else
        found = cairn_ranges_find_locked(at, out);
    pthread_rwlock_unlock(&memory.lock);
    return found ? CAIRN_OK : CAIRN_ERR_NOT_FOUND;
}

enum cairn_status cairn_memory_set_user(void *address, void *user)
{
    pthread_rwlock_wrlock(&memory.lock);
    struct cairn_extent *extent = extent_at_locked(address);
    struct cairn_extent *around = cairn_extents_find(&memory.extents, (uint64_t)address);
    bool found = extent != NULL;
    if (found)
        extent->allocation.user = user;
    else if (around != NULL && around->used && around->mappings != NULL)
        found = cairn_mappings_set_user_locked(around, (uint64_t)address, user);
    else
        found = cairn_ranges_set_user_locked((uint64_t)address, user);
    pthread_rwlock_unlock(&memory.lock);
    return found ? CAIRN_OK : CAIRN_ERR_NOT_FOUND;
}

uint64_t cairn_device_vram_used(const struct cairn_device *device)
{
    return atomic_load_explicit(&device->vram_used, memory_order_relaxed);
}

struct cairn_extents *cairn_memory_lock(void)
{
    pthread_rwlock_wrlock(&memory.lock);
    return &memory.extents;
}

void cairn_memory_unlock(void)
{
    pthread_rwlock_unlock(&memory.lock);
}

void cairn_memory_fork_prepare(void)
{
    pthread_rwlock_wrlock(&memory.lock);
}

void cairn_memory_fork_parent(void)
{
    pthread_rwlock_unlock(&memory.lock);
}

void cairn_memory_fork_child(void)
{
    memory.lock = (pthread_rwlock_t)PTHREAD_RWLOCK_INITIALIZER;
}
