/* SPDX-License-Identifier: MIT
 * Turns LLVM's ways of giving up into a status. A fatal error jumps out of LLVM's frames: it is
 * built without exceptions, so nothing else leads out of them but the end of the process.
 */
#include "finalizer/llvm/guard.h"
#include "base/dump.h"
#include "base/log.h"

#include <llvm-c/Core.h>
#include <llvm-c/ErrorHandling.h>
#include <pthread.h>
#include <setjmp.h>
#include <stddef.h>

struct guard {
    jmp_buf leave;
    const char *name;
    unsigned errors;
};

static _Thread_local struct guard *current;
static _Thread_local bool lost;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void on_fatal_error(const char *reason)
{
    cairn_log(CAIRN_LOG_ERROR, "finalizer: kernel %s: LLVM gave up: %s", cairn_guard_name(),
              reason);
    if (current != NULL)
        longjmp(current->leave, 1);
}

static void on_diagnostic(LLVMDiagnosticInfoRef info, void *unused)
{
    (void)unused;
    LLVMDiagnosticSeverity severity = LLVMGetDiagInfoSeverity(info);
    if (severity == LLVMDSError && current != NULL)
        current->errors++;
    enum cairn_log_level level = severity == LLVMDSError ? CAIRN_LOG_ERROR : CAIRN_LOG_DEBUG;
    if (!cairn_log_enabled(level))
        return;
    char *text = LLVMGetDiagInfoDescription(info);
    cairn_log(level, "finalizer: kernel %s: %s", cairn_guard_name(), text);
    LLVMDisposeMessage(text);
}

static void install(void)
{
    LLVMInstallFatalErrorHandler(on_fatal_error);
}

enum cairn_status cairn_guard_run(const char *name, enum cairn_status (*body)(void *argument),
                                  void *argument)
{
    pthread_once(&once, install);
    struct guard guard = {.name = name};
    current = &guard;
    volatile enum cairn_status status = CAIRN_ERR_UNSUPPORTED;
    lost = false;
    if (setjmp(guard.leave) == 0)
        status = body(argument);
    else
        lost = true;
    current = NULL;
    return status == CAIRN_OK && guard.errors != 0 ? CAIRN_ERR_UNSUPPORTED : status;
}

LLVMContextRef cairn_guard_context(void)
{
    LLVMContextRef context = LLVMContextCreate();
    LLVMContextSetDiagnosticHandler(context, on_diagnostic, NULL);
    const char *name = cairn_guard_name();
    LLVMContextSetDiscardValueNames(context, !cairn_dump_wanted(name, "ir") &&
                                                 !cairn_dump_wanted(name, "opt"));
    return context;
}

bool cairn_guard_failed(void)
{
    return current != NULL && current->errors != 0;
}

bool cairn_guard_lost(void)
{
    return lost;
}

const char *cairn_guard_name(void)
{
    return current != NULL ? current->name : "?";
}
