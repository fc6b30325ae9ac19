/* SPDX-License-Identifier: MIT
 * Turns LLVM's ways of giving up into a status. A fatal error jumps out of LLVM's frames: it is
 * built without exceptions, so nothing else leads out of them but the end of the process. Running
 * out of memory is such an error (memory.cpp). A crash
 * does the same, by way of the process's handler of memory faults (machine/guard.h), on a stack of
 * its own, because too deep a recursion is the likeliest crash.
 */
#include "finalizer/llvm/guard.h"
#include "base/dump.h"
#include "base/log.h"
#include "finalizer/llvm/memory.h"
#include "machine/guard.h"

#include <llvm-c/Core.h>
#include <llvm-c/ErrorHandling.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>

enum { SIGNAL_STACK_BYTES = 65536 };

struct guard {
    struct cairn_guard fault; /* its jump also serves fatal errors */
    bool fatal;
    const char *name;
    unsigned errors;
    enum cairn_status status;
};

static _Thread_local struct guard *current;
static _Thread_local bool lost;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void on_fatal_error(const char *reason)
{
    cairn_log(CAIRN_LOG_ERROR, "finalizer: kernel %s: LLVM gave up: %s", cairn_guard_name(),
              reason);
    if (current == NULL)
        return;
    current->fatal = true;
    siglongjmp(current->fault.jump, 1);
}

void cairn_guard_no_memory(void)
{
    if (current != NULL)
        on_fatal_error("no memory");
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
    cairn_memory_handlers_install();
}

/* Whoever handles faults already, is this library or passes on to it. Where it is another copy of
 * it (programs that have it linked in statically), a second handler would stay in front of that
 * one, which leaves by a jump. */
static enum cairn_status install_handler(void)
{
    struct sigaction now;
    bool has_handler =
        sigaction(SIGSEGV, NULL, &now) == 0 &&
        ((now.sa_flags & SA_SIGINFO) || (now.sa_handler != SIG_DFL && now.sa_handler != SIG_IGN));
    return has_handler ? CAIRN_OK : cairn_guard_install();
}

/* A stack for the signal handler, where the thread has none. NULL: it had one, or there is no
 * memory. */
static void *set_signal_stack(void)
{
    stack_t now, own = {.ss_size = SIGNAL_STACK_BYTES};
    if (sigaltstack(NULL, &now) != 0 || !(now.ss_flags & SS_DISABLE))
        return NULL;
    own.ss_sp = malloc(SIGNAL_STACK_BYTES);
    if (own.ss_sp != NULL && sigaltstack(&own, NULL) != 0) {
        free(own.ss_sp);
        own.ss_sp = NULL;
    }
    return own.ss_sp;
}

static void drop_signal_stack(void *stack)
{
    stack_t none = {.ss_flags = SS_DISABLE};
    if (stack != NULL && sigaltstack(&none, NULL) == 0)
        free(stack);
}

static void end_early(const struct guard *guard)
{
    lost = true;
    if (!guard->fatal)
        cairn_log(CAIRN_LOG_ERROR, "finalizer: kernel %s: the compiler crashed at address 0x%llx",
                  guard->name, (unsigned long long)guard->fault.address);
}

enum cairn_status cairn_guard_run(const char *name, enum cairn_status (*body)(void *argument),
                                  void *argument)
{
    pthread_once(&once, install);
    enum cairn_status status = install_handler();
    if (status != CAIRN_OK)
        return status;
    struct guard guard = {.name = name, .status = CAIRN_ERR_UNSUPPORTED};
    void *volatile stack = set_signal_stack();
    cairn_guard_enter(&guard.fault, NULL);
    guard.fault.native = true;
    current = &guard;
    lost = false;
    if (sigsetjmp(guard.fault.jump, 0) == 0)
        guard.status = body(argument);
    else
        end_early(&guard);
    current = NULL;
    cairn_guard_leave(&guard.fault);
    drop_signal_stack(stack);
    return guard.errors != 0 && guard.status == CAIRN_OK ? CAIRN_ERR_UNSUPPORTED : guard.status;
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
