/* SPDX-License-Identifier: MIT
 * The devices of the process: made from CAIRN_DEVICES, opened and closed any number of times, and
 * left behind in the parent when the process forks (its threads are not in the child).
 */
#include "device/device_priv.h"

#include "base/log.h"
#include "base/option.h"
#include "device/memory_priv.h"
#include "device/soft/engine.h"
#include "device/soft/slot.h"
#include "device/soft/soft.h"
#include "device/stats.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CORES_ALL, CORES_SHARE }; /* CAIRN_CORES */
enum { MAX_DEVICES = 64, MAX_WORKERS = 1024, PAGE_BYTES = 4096 };

static struct {
    pthread_mutex_t lock; /* guards what follows; readers of open devices need no lock */
    struct cairn_device *list[MAX_DEVICES];
    _Atomic uint32_t count;
    pthread_once_t fork_once;
} devices = {.lock = PTHREAD_MUTEX_INITIALIZER, .fork_once = PTHREAD_ONCE_INIT};

static void fork_prepare(void)
{
    pthread_mutex_lock(&devices.lock);
    cairn_engine_fork_prepare();
    cairn_queues_fork_prepare();
    cairn_codes_fork_prepare();
    cairn_signals_fork_prepare();
    cairn_memory_fork_prepare();
}

static void fork_parent(void)
{
    cairn_memory_fork_parent();
    cairn_signals_fork_parent();
    cairn_codes_fork_parent();
    cairn_queues_fork_parent();
    cairn_engine_fork_parent();
    pthread_mutex_unlock(&devices.lock);
}

/* The child has memory and signals, but no device until it opens them anew. The parent's device
 * structs stay, unused: allocations refer to them. */
static void fork_child(void)
{
#if defined(__SANITIZE_THREAD__) || __has_feature(thread_sanitizer)
    fork_parent(); /* the sanitizer goes by calls: to it, a lock that is made anew stays held */
#endif
    cairn_memory_fork_child();
    cairn_signals_fork_child();
    cairn_codes_fork_child();
    cairn_queues_fork_child();
    cairn_slots_fork_child();
    cairn_engine_fork_child();
    atomic_store_explicit(&devices.count, 0, memory_order_relaxed);
    devices.lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
}

static void watch_forks(void)
{
    if (pthread_atfork(fork_prepare, fork_parent, fork_child) != 0)
        cairn_log(CAIRN_LOG_WARN, "forked children cannot use the devices: pthread_atfork failed");
}

/* CPUs that the control group's quota amounts to (cgroup v2 cpu.max: quota and period). */
static uint64_t quota_cpus(void)
{
    unsigned long long quota, period;
    FILE *file = fopen("/sys/fs/cgroup/cpu.max", "re");
    if (file == NULL)
        return UINT64_MAX;
    bool limited = fscanf(file, "%llu %llu", &quota, &period) == 2 && period > 0;
    fclose(file);
    return limited ? (quota + period - 1) / period : UINT64_MAX;
}

static uint64_t device_entries(void)
{
    uint64_t entries = 1;
    for (const char *at = cairn_option_text(CAIRN_OPTION_DEVICES); *at != '\0'; at++)
        entries += *at == ',';
    return entries;
}

/* Of each device. */
static uint32_t worker_count(void)
{
    uint64_t asked = cairn_option_u64(CAIRN_OPTION_THREADS);
    cpu_set_t allowed;
    if (asked == 0 && sched_getaffinity(0, sizeof allowed, &allowed) == 0) {
        asked = (uint64_t)CPU_COUNT(&allowed);
        if (quota_cpus() < asked)
            asked = quota_cpus();
        if (cairn_option_choice(CAIRN_OPTION_CORES) == CORES_SHARE)
            asked = (asked + device_entries() - 1) / device_entries();
    }
    if (asked == 0)
        asked = 1;
    return asked > MAX_WORKERS ? MAX_WORKERS : (uint32_t)asked;
}

/* One feature of an entry, "xnack+" or "sramecc-", into its flag. */
static bool parse_feature(const char *text, size_t length, const struct cairn_gfx *gfx, bool *xnack,
                          bool *sramecc)
{
    bool on = length > 0 && text[length - 1] == '+';
    if (length == 0 || (!on && text[length - 1] != '-'))
        return false;
    if (gfx->has_xnack && length == 6 && memcmp(text, "xnack", 5) == 0)
        *xnack = on;
    else if (gfx->has_sramecc && length == 8 && memcmp(text, "sramecc", 7) == 0)
        *sramecc = on;
    else
        return false;
    return true;
}

/* HSA_XNACK=1 is how programs ask the driver for devices that reach all memory of the process. */
static bool default_xnack(const struct cairn_gfx *gfx)
{
    const char *asked = getenv("HSA_XNACK");
    return gfx->has_xnack && asked != NULL && strcmp(asked, "1") == 0;
}

/* "gfx90a" or "gfx90a:sramecc+:xnack-" of `length` bytes. Without a word about them, memory is ECC
 * protected and xnack is off, as the products are set up, unless the environment asks for it. */
static bool parse_entry(const char *text, size_t length, struct cairn_device *device)
{
    const char *end = text + length, *colon = memchr(text, ':', length);
    const struct cairn_gfx *gfx =
        cairn_gfx_by_name(text, (size_t)((colon != NULL ? colon : end) - text));
    bool xnack = false, sramecc = true;
    if (gfx == NULL)
        return false;
    xnack = default_xnack(gfx);
    while (colon != NULL) {
        const char *feature = colon + 1;
        colon = memchr(feature, ':', (size_t)(end - feature));
        const char *stop = colon != NULL ? colon : end;
        if (!parse_feature(feature, (size_t)(stop - feature), gfx, &xnack, &sramecc))
            return false;
    }
    device->info.gfx = gfx;
    device->xnack = xnack;
    snprintf(device->info.target_id, sizeof device->info.target_id, "%s%s%s", gfx->name,
             !gfx->has_sramecc ? "" : (sramecc ? ":sramecc+" : ":sramecc-"),
             !gfx->has_xnack ? "" : (xnack ? ":xnack+" : ":xnack-"));
    return true;
}

static void list_chips(char *text, size_t size)
{
    size_t used = 0;
    for (int id = 0; id < CAIRN_GFX_COUNT && used < size; id++)
        used += (size_t)snprintf(text + used, size - used, "%s%s", id == 0 ? "" : ", ",
                                 cairn_gfx_at((enum cairn_gfx_id)id)->name);
}

static enum cairn_status add_device(const char *text, size_t length, uint32_t ordinal)
{
    struct cairn_device *device = calloc(1, sizeof *device);
    if (device == NULL)
        return CAIRN_ERR_NO_MEMORY;
    for (; length > 0 && text[0] == ' '; length--)
        text++;
    while (length > 0 && text[length - 1] == ' ')
        length--;
    if (!parse_entry(text, length, device)) {
        char chips[256] = "";
        list_chips(chips, sizeof chips);
        cairn_log(CAIRN_LOG_ERROR,
                  "CAIRN_DEVICES: \"%.*s\" is not a chip that Cairn has (%s; features as in "
                  "gfx90a:sramecc+:xnack-)",
                  (int)length, text, chips);
        free(device);
        return CAIRN_ERR_INVALID_ARGUMENT;
    }
    device->info.ordinal = ordinal;
    device->info.worker_threads = worker_count();
    device->info.vram_bytes = cairn_option_u64(CAIRN_OPTION_VRAM);
    if (device->info.vram_bytes == 0)
        device->info.vram_bytes = cairn_machine_memory_bytes() / 2;
    device->info.vram_bytes &= ~(uint64_t)(PAGE_BYTES - 1);
    enum cairn_status status = cairn_soft_create(device, &device->soft);
    if (status != CAIRN_OK) {
        free(device);
        return status;
    }
    devices.list[ordinal] = device;
    return CAIRN_OK;
}

static void drop_devices_locked(uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        cairn_soft_destroy(devices.list[i]->soft);
        free(devices.list[i]);
        devices.list[i] = NULL;
    }
}

static enum cairn_status open_locked(void)
{
    enum cairn_status status = cairn_memory_open();
    uint32_t count = 0;
    const char *at = cairn_option_text(CAIRN_OPTION_DEVICES);
    while (status == CAIRN_OK) {
        size_t length = strcspn(at, ",");
        if (count == MAX_DEVICES) {
            cairn_log(CAIRN_LOG_ERROR, "CAIRN_DEVICES: more than %d devices", MAX_DEVICES);
            status = CAIRN_ERR_INVALID_ARGUMENT;
            break;
        }
        status = add_device(at, length, count);
        if (status == CAIRN_OK)
            count++;
        if (at[length] == '\0')
            break;
        at += length + 1;
    }
    if (status != CAIRN_OK)
        drop_devices_locked(count);
    else
        atomic_store_explicit(&devices.count, count, memory_order_release);
    return status;
}

enum cairn_status cairn_devices_open(void)
{
    enum cairn_status status = CAIRN_OK;
    pthread_once(&devices.fork_once, watch_forks);
    pthread_mutex_lock(&devices.lock);
    if (cairn_device_count() == 0)
        status = open_locked();
    cairn_stats_open();
    pthread_mutex_unlock(&devices.lock);
    return status;
}

void cairn_devices_close(void)
{
    pthread_mutex_lock(&devices.lock);
    uint32_t count = cairn_device_count();
    if (count > 0) {
        cairn_queues_close();
        for (uint32_t i = 0; i < count; i++)
            cairn_soft_stop(devices.list[i]->soft);
        cairn_signals_close();
        cairn_memory_close();
        cairn_stats_print();
        atomic_store_explicit(&devices.count, 0, memory_order_relaxed);
        drop_devices_locked(count);
    }
    pthread_mutex_unlock(&devices.lock);
}

uint32_t cairn_device_count(void)
{
    return atomic_load_explicit(&devices.count, memory_order_acquire);
}

struct cairn_device *cairn_device_at(uint32_t ordinal)
{
    return ordinal < cairn_device_count() ? devices.list[ordinal] : NULL;
}

const struct cairn_device_info *cairn_device_info(const struct cairn_device *device)
{
    return &device->info;
}
