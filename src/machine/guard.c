/* SPDX-License-Identifier: MIT
 * The process-wide signal handler and the per-thread point it jumps to. A signal that does not come
 * from guest code goes to the handler that was installed before.
 */
#include "machine/guard.h"

#include "base/log.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <ucontext.h>

/* initial-exec: reading it in a signal handler must not allocate. */
static _Thread_local struct cairn_guard *current __attribute__((tls_model("initial-exec")));

/* True while this thread gives a signal away, so that handlers that know each other do not go
 * round.
 */
static _Thread_local bool passing __attribute__((tls_model("initial-exec")));

static bool (*_Atomic retry)(uint64_t address);

static pthread_mutex_t install_lock = PTHREAD_MUTEX_INITIALIZER; /* guards installing */
/* What was there before us. Written before our handler is installed for the first time, or while
 * another's is. */
static struct sigaction old_segv, old_bus;

void cairn_guard_enter(struct cairn_guard *guard, struct cairn_wave *wave)
{
    guard->wave = wave;
    guard->native = false;
    guard->outer = current;
    current = guard;
}

void cairn_guard_leave(struct cairn_guard *guard)
{
    current = guard->outer;
}

/* Back to the default: the access faults again and ends the process, as it should. A signal that
 * was sent by kill() has no access to repeat. */
static void default_action(int number, const siginfo_t *info)
{
    struct sigaction standard = {.sa_handler = SIG_DFL};
    sigaction(number, &standard, NULL);
    if (info->si_code <= 0)
        raise(number);
}

static void pass_on(int number, siginfo_t *info, void *context)
{
    const struct sigaction *old = number == SIGBUS ? &old_bus : &old_segv;
    bool has_handler =
        (old->sa_flags & SA_SIGINFO) || (old->sa_handler != SIG_DFL && old->sa_handler != SIG_IGN);
    if (passing || !has_handler) {
        default_action(number, info);
        return;
    }
    passing = true;
    if (old->sa_flags & SA_SIGINFO)
        old->sa_sigaction(number, info, context);
    else
        old->sa_handler(number);
    passing = false;
}

/* x86: page fault error code, bits 0 (the page is present), 1 (a write). */
static void note_kind(struct cairn_guard *guard, const void *context)
{
#if defined(__x86_64__)
    const ucontext_t *machine = context;
    guard->stored = (machine->uc_mcontext.gregs[REG_ERR] & 2) != 0;
    guard->read_only = (machine->uc_mcontext.gregs[REG_ERR] & 3) == 3;
#else
    (void)context;
    guard->stored = guard->read_only = false;
#endif
}

/* A page of a read-only mapping that nobody has touched yet is not present. */
enum cairn_fault_kind cairn_guard_kind(const struct cairn_guard *guard)
{
    const struct cairn_address_space *space = guard->wave->launch->space;
    bool read_only =
        guard->read_only || (guard->stored && space != NULL && space->is_read_only != NULL &&
                             space->is_read_only(guard->address));
    return read_only ? CAIRN_FAULT_READ_ONLY : CAIRN_FAULT_UNMAPPED;
}

void cairn_guard_set_retry(bool (*may_retry)(uint64_t address))
{
    atomic_store_explicit(&retry, may_retry, memory_order_release);
}

static void on_signal(int number, siginfo_t *info, void *context)
{
    struct cairn_guard *guard = current;
    bool (*may_retry)(uint64_t) = atomic_load_explicit(&retry, memory_order_acquire);
    if (may_retry != NULL && info->si_code > 0 && may_retry((uint64_t)(uintptr_t)info->si_addr))
        return;
    if (guard == NULL || info->si_code <= 0 ||
        (!guard->native && guard->wave->memory_insn == NULL)) {
        int saved = errno;
        pass_on(number, info, context);
        errno = saved;
        return;
    }
    guard->address = (uint64_t)(uintptr_t)info->si_addr;
    note_kind(guard, context);
    /* The jump restores no signal mask, so that entering the interpreter costs no system call. */
    pthread_sigmask(SIG_SETMASK, &((const ucontext_t *)context)->uc_sigmask, NULL);
    siglongjmp(guard->jump, 1);
}

/* SA_NODEFER: a second fault inside of the application's handler is its own. SA_ONSTACK: used where
 * the application gave its threads an alternate stack. */
static enum cairn_status install_one(int number, struct sigaction *old)
{
    struct sigaction action = {.sa_sigaction = on_signal,
                               .sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK};
    struct sigaction now;
    sigemptyset(&action.sa_mask);
    if (sigaction(number, NULL, &now) != 0)
        return CAIRN_ERR_IO;
    if ((now.sa_flags & SA_SIGINFO) && now.sa_sigaction == on_signal)
        return CAIRN_OK;
    *old = now;
    return sigaction(number, &action, NULL) == 0 ? CAIRN_OK : CAIRN_ERR_IO;
}

enum cairn_status cairn_guard_install(void)
{
    pthread_mutex_lock(&install_lock);
    enum cairn_status status = install_one(SIGSEGV, &old_segv);
    if (status == CAIRN_OK)
        status = install_one(SIGBUS, &old_bus);
    pthread_mutex_unlock(&install_lock);
    if (status != CAIRN_OK)
        cairn_log(CAIRN_LOG_ERROR, "cannot handle SIGSEGV: %s", strerror(errno));
    return status;
}
