/* SPDX-License-Identifier: MIT
 * Tools: the libraries that HSA_TOOLS_LIB names are loaded when the runtime is opened, get the
 * function tables and may replace entries (OnLoad, OnUnload as ROCm's tools have them). The tables
 * are as they were once the runtime is closed.
 */
#include "api_table.h"
#include "hsa_priv.h"

#include "base/log.h"
#include "base/option.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_TOOLS = 16, PATH_BYTES = 512, RUNTIME_VERSION = 1 };

struct HsaApiTable; /* hsa_api_trace.h: what tools know the tables as */
typedef bool (*tool_on_load)(struct HsaApiTable *table, uint64_t runtime_version,
                             uint64_t failed_count, const char *const *failed_names);
typedef void (*tool_on_unload)(void);

/* Guarded by the process's open_lock. */
static struct {
    void *libraries[MAX_TOOLS];
    uint32_t count;
    char failed[MAX_TOOLS][PATH_BYTES];
    uint32_t failed_count;
    void *originals[API_TABLES]; /* owned copies; NULL: no tool was ever loaded */
} tools;

static bool save_tables(void)
{
    for (int i = 0; i < API_TABLES; i++) {
        tools.originals[i] = malloc(cairn_hsa_api_sizes[i]);
        if (tools.originals[i] == NULL)
            return false;
        memcpy(tools.originals[i], cairn_hsa_api_root.tables[i], cairn_hsa_api_sizes[i]);
    }
    return true;
}

static void restore_tables(void)
{
    for (int i = 0; i < API_TABLES; i++) {
        if (tools.originals[i] != NULL)
            memcpy(cairn_hsa_api_root.tables[i], tools.originals[i], cairn_hsa_api_sizes[i]);
        free(tools.originals[i]);
        tools.originals[i] = NULL;
    }
}

static bool load_tool(const char *path)
{
    const char *failed[MAX_TOOLS];
    for (uint32_t i = 0; i < tools.failed_count; i++)
        failed[i] = tools.failed[i];
    void *library = dlopen(path, RTLD_LAZY);
    if (library == NULL) {
        cairn_log(CAIRN_LOG_ERROR, "hsa: HSA_TOOLS_LIB: %s", dlerror());
        return false;
    }
    tool_on_load on_load = (tool_on_load)dlsym(library, "OnLoad");
    if (on_load == NULL || !on_load((struct HsaApiTable *)&cairn_hsa_api_root, RUNTIME_VERSION,
                                    tools.failed_count, failed)) {
        cairn_log(CAIRN_LOG_ERROR, "hsa: HSA_TOOLS_LIB: %s %s", path,
                  on_load == NULL ? "has no OnLoad" : "does not want to be loaded");
        dlclose(library);
        return false;
    }
    tools.libraries[tools.count++] = library;
    return true;
}

void cairn_hsa_tools_load(void)
{
    const char *at = cairn_option_text(CAIRN_OPTION_TOOLS_LIB);
    char path[PATH_BYTES];
    tools.failed_count = 0;
    at += strspn(at, " :");
    if (*at == '\0' || !save_tables())
        return;
    for (; *at != '\0'; at += strspn(at, " :")) {
        size_t length = strcspn(at, " :");
        snprintf(path, sizeof path, "%.*s", (int)length, at);
        at += length;
        if (tools.count == MAX_TOOLS || tools.failed_count == MAX_TOOLS)
            break;
        if (!load_tool(path))
            memcpy(tools.failed[tools.failed_count++], path, sizeof path);
    }
}

/* The last one loaded goes first. Libraries stay mapped: threads may still be in their code. */
void cairn_hsa_tools_unload(void)
{
    while (tools.count > 0) {
        tool_on_unload on_unload =
            (tool_on_unload)dlsym(tools.libraries[--tools.count], "OnUnload");
        if (on_unload != NULL)
            on_unload();
    }
    restore_tables();
}
