/* SPDX-License-Identifier: MIT
 * The last cache of the host, as Linux describes it in /sys/devices/system/cpu.
 */
#include "device/soft/host_cache.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { USUAL_BYTES = 32 << 20, LEVELS = 4 };

/* Text of a file about a cache of one CPU; false: there is none. */
static bool read_fact(int cpu, int index, const char *what, char *out, int size)
{
    char path[128];
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/cache/index%d/%s", cpu, index, what);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    bool good = fgets(out, size, file) != NULL;
    fclose(file);
    return good;
}

/* How many CPUs a list such as 0-3,8 names. */
static unsigned count_of_list(const char *list)
{
    unsigned count = 0;
    while (*list >= '0' && *list <= '9') {
        char *end;
        unsigned long first = strtoul(list, &end, 10), last = first;
        if (*end == '-')
            last = strtoul(end + 1, &end, 10);
        count += last >= first ? (unsigned)(last - first + 1) : 0;
        list = *end == ',' ? end + 1 : end;
    }
    return count;
}

static int first_of(const cpu_set_t *set)
{
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, set))
            return cpu;
    return 0;
}

static uint64_t find(void)
{
    cpu_set_t set;
    char text[256];
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return USUAL_BYTES;
    int cpu = first_of(&set), index = LEVELS;
    while (index >= 0 && !read_fact(cpu, index, "size", text, sizeof text))
        index--;
    char *unit = text;
    uint64_t bytes = index >= 0 ? strtoull(text, &unit, 10) : 0;
    bytes <<= *unit == 'K' ? 10 : *unit == 'M' ? 20 : 0;
    if (bytes == 0 || !read_fact(cpu, index, "shared_cpu_list", text, sizeof text))
        return bytes != 0 ? bytes : USUAL_BYTES;
    unsigned cpus = (unsigned)CPU_COUNT(&set), sharing = count_of_list(text);
    return sharing == 0 ? bytes : bytes * ((cpus + sharing - 1) / sharing);
}

uint64_t cairn_host_cache_bytes(void)
{
    static _Atomic uint64_t known;
    uint64_t bytes = atomic_load_explicit(&known, memory_order_relaxed);
    if (__builtin_expect(bytes != 0, 1))
        return bytes;
    bytes = find();
    atomic_store_explicit(&known, bytes, memory_order_relaxed);
    return bytes;
}
