/* SPDX-License-Identifier: MIT
 * Code for kernels in which time is spent, quickly made at first, of the full tier where it is
 * much, made by one thread in the background, one kernel after the other. A kernel may be forgotten
 * meanwhile.
 */
#include "device/soft/engine_priv.h"

#include "base/log.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static struct cairn_engine_kernel *take_job_locked(void)
{
    struct cairn_engine *engine = &cairn_engine;
    while (engine->jobs == NULL)
        pthread_cond_wait(&engine->work, &engine->lock);
    struct cairn_engine_kernel *kernel = engine->jobs;
    engine->jobs = kernel->next_job;
    if (engine->jobs == NULL)
        engine->last_job = NULL;
    return kernel;
}

/* A copy of its code object, which may be unloaded while it is compiled. */
static bool copy_code_locked(const struct cairn_engine_kernel *kernel, struct cairn_bytes *out)
{
    void *copy = malloc(kernel->code->size);
    if (copy == NULL)
        return false;
    memcpy(copy, (const void *)kernel->code->base, kernel->code->size);
    *out = cairn_bytes_of(copy, kernel->code->size);
    return true;
}

/* The kernel's former code stays: waves may be in it. Workgroups change over where they are, which
 * needs the same idea of what merged waves have in common. */
static void finish_locked(struct cairn_engine_kernel *kernel, struct cairn_native_code *native)
{
    struct cairn_native_code *before = atomic_load_explicit(&kernel->native, memory_order_relaxed);
    kernel->queued = false;
    if (native == NULL && before == NULL && kernel->code != NULL) {
        cairn_engine_note_failed(kernel);
        atomic_store_explicit(&kernel->progress, CAIRN_ENGINE_FAILED, memory_order_release);
    } else if (native != NULL && before == NULL) {
        atomic_store_explicit(&kernel->native, native, memory_order_release);
        atomic_store_explicit(&kernel->progress, CAIRN_ENGINE_READY, memory_order_release);
    } else if (native != NULL && (native->own != NULL) == (before->own != NULL)) {
        kernel->before = before;
        atomic_store_explicit(&kernel->native, native, memory_order_release);
    } else {
        cairn_native_code_destroy(native);
    }
    if (kernel->code == NULL)
        cairn_engine_kernel_free(kernel);
    cairn_engine.compiling--;
    pthread_cond_broadcast(&cairn_engine.changed);
}

static void run_job(struct cairn_engine_kernel *kernel, struct cairn_bytes code)
{
    bool first = atomic_load_explicit(&kernel->native, memory_order_relaxed) == NULL;
    struct cairn_finalize_request request = {
        .gfx = kernel->gfx,
        .code = code,
        .entry_offset = (uint32_t)kernel->key.entry_offset,
        .geometry = kernel->key.geometry,
        .tier = first ? CAIRN_TIER_QUICK : CAIRN_TIER_FULL,
        .target = kernel->key.target,
        .exact_nan = kernel->key.exact_nan != 0,
        .name = kernel->name,
    };
    struct cairn_native_code *native = NULL;
    enum cairn_tier tier;
    uint32_t insns;
    if (cairn_engine_build(&request, &native, &tier, &insns) == CAIRN_OK)
        cairn_engine_set_hot(kernel, tier, insns);
    else if (!first)
        cairn_log(CAIRN_LOG_INFO, "kernel %s keeps its quickly made code", kernel->name);
    pthread_mutex_lock(&cairn_engine.lock);
    finish_locked(kernel, native);
    pthread_mutex_unlock(&cairn_engine.lock);
}

static void *tier_main(void *argument)
{
    for (;;) {
        struct cairn_bytes code;
        pthread_mutex_lock(&cairn_engine.lock);
        struct cairn_engine_kernel *kernel = take_job_locked();
        cairn_engine.compiling++;
        bool ready = copy_code_locked(kernel, &code);
        if (!ready)
            finish_locked(kernel, NULL);
        pthread_mutex_unlock(&cairn_engine.lock);
        if (ready) {
            run_job(kernel, code);
            free((void *)code.at);
        }
    }
    return argument;
}

/* Signals meant for the application's threads are not taken by ours. */
static bool start_thread_locked(void)
{
    pthread_t thread;
    sigset_t all, before;
    sigfillset(&all);
    sigdelset(&all, SIGSEGV);
    sigdelset(&all, SIGBUS);
    sigdelset(&all, SIGFPE);
    sigdelset(&all, SIGILL);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&thread, NULL, tier_main, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error != 0)
        return false;
    pthread_setname_np(thread, "cairn-tier");
    pthread_detach(thread);
    return true;
}

void cairn_engine_improve(struct cairn_engine_kernel *kernel)
{
    struct cairn_engine *engine = &cairn_engine;
    pthread_mutex_lock(&engine->lock);
    if (engine->has_thread || (engine->has_thread = start_thread_locked())) {
        bool first = atomic_load_explicit(&kernel->native, memory_order_relaxed) == NULL;
        kernel->queued = true;
        kernel->next_job = first ? engine->jobs : NULL;
        if (first)
            engine->jobs = kernel;
        else if (engine->last_job != NULL)
            engine->last_job->next_job = kernel;
        else
            engine->jobs = kernel;
        if (!first || engine->last_job == NULL)
            engine->last_job = kernel;
        pthread_cond_signal(&engine->work);
    }
    pthread_mutex_unlock(&engine->lock);
}

bool cairn_engine_unqueue_locked(struct cairn_engine_kernel *kernel)
{
    struct cairn_engine_kernel **link = &cairn_engine.jobs, *previous = NULL;
    while (*link != NULL && *link != kernel) {
        previous = *link;
        link = &previous->next_job;
    }
    if (*link == NULL)
        return false;
    *link = kernel->next_job;
    if (cairn_engine.last_job == kernel)
        cairn_engine.last_job = previous;
    return true;
}
