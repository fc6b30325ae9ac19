/* SPDX-License-Identifier: MIT
 * Finds and loads the finalizer's compiler, a shared library of its own because of LLVM's size. It
 * is never unloaded.
 */
#include "device/soft/engine_priv.h"

#include "base/log.h"
#include "base/option.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATH_BYTES = 4096 };

static pthread_once_t path_once = PTHREAD_ONCE_INIT, load_once = PTHREAD_ONCE_INIT;
static char path[PATH_BYTES]; /* "": none */
static const struct cairn_finalizer_module *module;

/* Where it lies from the folder that this code was loaded from: when installed, in a build tree,
 * and seen from a test of a build tree. */
static const char *const places[] = {"libcairn_finalizer.so",
                                     "finalizer/llvm/libcairn_finalizer.so",
                                     "../../src/finalizer/llvm/libcairn_finalizer.so"};

static void find_path(void)
{
    const char *asked = cairn_option_text(CAIRN_OPTION_FINALIZER);
    Dl_info self;
    if (strcmp(asked, "off") == 0)
        return;
    if (asked[0] != '\0') {
        snprintf(path, sizeof path, "%s", asked);
        return;
    }
    if (dladdr((void *)cairn_engine_module, &self) == 0 || self.dli_fname == NULL)
        return;
    const char *slash = strrchr(self.dli_fname, '/');
    int length = slash != NULL ? (int)(slash - self.dli_fname) : 1;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        int done = snprintf(path, sizeof path, "%.*s/%s", length,
                            slash != NULL ? self.dli_fname : ".", places[i]);
        if (done > 0 && (size_t)done < sizeof path && access(path, R_OK) == 0)
            return;
    }
    path[0] = '\0';
}

const char *cairn_engine_module_path(void)
{
    pthread_once(&path_once, find_path);
    return path;
}

static void load(void)
{
    const char *file = cairn_engine_module_path();
    if (file[0] == '\0') {
        if (strcmp(cairn_option_text(CAIRN_OPTION_FINALIZER), "off") != 0)
            cairn_log(CAIRN_LOG_WARN, "libcairn_finalizer.so is not there: kernels are "
                                      "interpreted");
        return;
    }
    void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        cairn_log(CAIRN_LOG_WARN, "kernels are interpreted: %s", dlerror());
        return;
    }
    const struct cairn_finalizer_module *found = dlsym(library, "cairn_finalizer_module");
    if (found == NULL || found->version != CAIRN_NATIVE_VERSION)
        cairn_log(CAIRN_LOG_WARN, "%s does not fit this build: kernels are interpreted", file);
    else
        module = found;
}

const struct cairn_finalizer_module *cairn_engine_module(void)
{
    pthread_once(&load_once, load);
    return module;
}
