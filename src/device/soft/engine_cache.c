/* SPDX-License-Identifier: MIT
 * Which folder of finalized code on disk this process uses.
 */
#include "device/soft/engine_priv.h"

#include "base/log.h"

#include <stdio.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

enum { TARGET_BYTES = 160 };

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct cairn_cache *cache; /* NULL: none */

/* The CPU and what it can do: code for it by name is for no other. */
static void describe_host(char *text, size_t size)
{
#if defined(__x86_64__)
    unsigned vendor[4] = {0}, model[4] = {0}, features[4] = {0}, more[4] = {0};
    __get_cpuid(0, &vendor[0], &vendor[1], &vendor[2], &vendor[3]);
    __get_cpuid(1, &model[0], &model[1], &model[2], &model[3]);
    __get_cpuid_count(7, 0, &features[0], &features[1], &features[2], &features[3]);
    __get_cpuid_count(7, 1, &more[0], &more[1], &more[2], &more[3]);
    model[2] &= ~(1u << 27); /* OSXSAVE and the like are the kernel's */
    snprintf(text, size, "native %08x%08x%08x %08x %08x %08x %08x%08x%08x %08x%08x", vendor[1],
             vendor[3], vendor[2], model[0], model[2], model[3], features[1], features[2],
             features[3], more[0], more[3]);
#else
    snprintf(text, size, "native");
#endif
}

static void open_cache(void)
{
    static const char *const levels[] = {
        [CAIRN_TARGET_BASE] = "x86-64",
        [CAIRN_TARGET_V3] = "x86-64-v3",
        [CAIRN_TARGET_V4] = "x86-64-v4",
    };
    char target[TARGET_BYTES];
    enum cairn_target_level level = cairn_engine_target();
    if (cairn_engine_module_path()[0] == '\0')
        return;
    if (level == CAIRN_TARGET_NATIVE)
        describe_host(target, sizeof target);
    else
        snprintf(target, sizeof target, "%s", levels[level]);
    if (cairn_cache_open_default(cairn_engine_module_path(), target, &cache) != CAIRN_OK)
        cairn_log(CAIRN_LOG_INFO, "finalized code is not kept on disk");
}

struct cairn_cache *cairn_engine_cache(void)
{
    pthread_once(&once, open_cache);
    return cache;
}
