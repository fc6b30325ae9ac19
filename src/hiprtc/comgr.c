/* SPDX-License-Identifier: MIT
 * Loading libamd_comgr.
 */
#include "hiprtc/comgr.h"

#include "base/log.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct hiprtc_comgr table;
static bool loaded;

static void load(void)
{
    void *library = dlopen("libamd_comgr.so.3", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        cairn_log(CAIRN_LOG_ERROR, "hiprtc: %s", dlerror());
        return;
    }
#define LOOK_UP(name)                                                                              \
    table.name = (__typeof__(table.name))dlsym(library, "amd_comgr_" #name);                       \
    if (table.name == NULL) {                                                                      \
        cairn_log(CAIRN_LOG_ERROR, "hiprtc: libamd_comgr.so.3 has no amd_comgr_" #name);           \
        return;                                                                                    \
    }
    HIPRTC_COMGR_FUNCTIONS(LOOK_UP)
#undef LOOK_UP
    loaded = true;
}

const struct hiprtc_comgr *hiprtc_comgr(void)
{
    pthread_once(&once, load);
    return loaded ? &table : NULL;
}
