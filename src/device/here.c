/* SPDX-License-Identifier: MIT
 * Whether guest code may run on an application's thread: there must be stack enough, and memory
 * faults must reach our handler.
 */
#include "device/here.h"

#include <pthread.h>
#include <signal.h>
#include <stdint.h>

enum { STACK_BYTES = 192 << 10 };

struct thread_facts {
    bool known, faults_arrive;
    uintptr_t stack_low, stack_high; /* of the thread; code may run on other stacks, too */
};
static _Thread_local struct thread_facts facts;

static void find_facts(void)
{
    pthread_attr_t attributes;
    sigset_t blocked;
    void *low;
    size_t size;
    facts.known = true;
    facts.faults_arrive = pthread_sigmask(SIG_BLOCK, NULL, &blocked) == 0 &&
                          !sigismember(&blocked, SIGSEGV) && !sigismember(&blocked, SIGBUS);
    if (pthread_getattr_np(pthread_self(), &attributes) != 0)
        return;
    if (pthread_attr_getstack(&attributes, &low, &size) == 0) {
        facts.stack_low = (uintptr_t)low;
        facts.stack_high = facts.stack_low + size;
    }
    pthread_attr_destroy(&attributes);
}

bool cairn_may_run_here(void)
{
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    if (!facts.known)
        find_facts();
    return facts.faults_arrive && here < facts.stack_high && here > facts.stack_low &&
           here - facts.stack_low > STACK_BYTES;
}
