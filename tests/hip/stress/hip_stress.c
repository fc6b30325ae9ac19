/* SPDX-License-Identifier: MIT
 * hip_stress: threads that make random calls on a set of streams for some seconds (stress.h).
 */
#include "stress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct stress stress = {.capture_lock = PTHREAD_RWLOCK_INITIALIZER};

/* splitmix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014. */
uint32_t stress_random(struct thread *thread, uint32_t below)
{
    uint64_t z = thread->random += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return (uint32_t)(((z ^ z >> 31) >> 32) * below >> 32);
}

void stress_fail(const char *file, int line, const char *what, const char *how)
{
    if (atomic_fetch_add(&stress.failures, 1) < 10)
        fprintf(stderr, "hip_stress: %s:%d: %s: %s\n",
                strrchr(file, '/') ? strrchr(file, '/') + 1 : file, line, what, how);
    atomic_store(&stress.stop, true);
}

static void compare(const struct slot *slot, int b)
{
    for (uint32_t i = 0; i < WORDS; i++) {
        char text[128];
        if (slot->pinned[i] == slot->model[b][i])
            continue;
        snprintf(text, sizeof text, "slot %d, buffer %d, word %u: 0x%08x, want 0x%08x", slot->index,
                 b, i, slot->pinned[i], slot->model[b][i]);
        stress_fail(__FILE__, __LINE__, "contents", text);
        return;
    }
}

void stress_check(struct thread *thread, struct slot *slot)
{
    for (int b = 0; b < BUFFERS; b++) {
        TRY(hipMemcpyAsync(slot->pinned, slot->device[b], WORDS * 4, hipMemcpyDeviceToHost,
                           slot->stream));
        TRY(hipStreamSynchronize(slot->stream));
        compare(slot, b);
    }
    WANT(atomic_load(&slot->called) == slot->called_model);
    WANT(*slot->flag == slot->flag_model);
    thread->checks++;
}

void stress_open_slot(struct thread *thread, struct slot *slot)
{
    pthread_mutex_init(&slot->lock, NULL);
    TRY(hipStreamCreate(&slot->stream));
    TRY(hipHostMalloc((void **)&slot->pinned, WORDS * 4 + 64, 0));
    slot->flag = slot->pinned + WORDS;
    *slot->flag = 0;
    for (int b = 0; b < BUFFERS; b++) {
        TRY(hipMalloc((void **)&slot->device[b], WORDS * 4));
        TRY(hipMemsetAsync(slot->device[b], 0, WORDS * 4, slot->stream));
    }
}

void stress_close_slot(struct slot *slot)
{
    for (int b = 0; b < BUFFERS; b++)
        TRY(hipFree(slot->device[b]));
    TRY(hipStreamDestroy(slot->stream));
    TRY(hipHostFree(slot->pinned));
    pthread_mutex_destroy(&slot->lock);
}

/* ---- threads ---- */

static struct slot *lock_some_slot(struct thread *thread)
{
    for (;;) {
        struct slot *slot = &stress.slots[stress_random(thread, (uint32_t)stress.slot_count)];
        if (pthread_mutex_trylock(&slot->lock) == 0)
            return slot;
        if (stress_random(thread, 8) == 0) {
            pthread_mutex_lock(&slot->lock);
            return slot;
        }
    }
}

/* A second one, if it is free at once: two threads must not wait for each other. */
static struct slot *try_other_slot(struct thread *thread)
{
    struct slot *slot = &stress.slots[stress_random(thread, (uint32_t)stress.slot_count)];
    return pthread_mutex_trylock(&slot->lock) == 0 ? slot : NULL;
}

static void *work(void *data)
{
    struct thread *thread = data;
    while (!atomic_load(&stress.stop)) {
        struct slot *slot = lock_some_slot(thread);
        struct slot *other = stress_random(thread, 10) == 0 ? try_other_slot(thread) : NULL;
        if (other != NULL) {
            stress_exchange(thread, slot, other);
            pthread_mutex_unlock(&other->lock);
        } else {
            for (uint32_t n = 1 + stress_random(thread, 6); n > 0; n--)
                stress_call(thread, slot);
        }
        slot->calls++;
        thread->calls++;
        pthread_mutex_unlock(&slot->lock);
    }
    return NULL;
}

static void run_threads(struct thread *threads, int count, int seconds)
{
    for (int i = 0; i < count; i++)
        pthread_create(&threads[i].id, NULL, work, &threads[i]);
    for (int tenths = 0; tenths < seconds * 10 && !atomic_load(&stress.stop); tenths++)
        nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    atomic_store(&stress.stop, true);
    for (int i = 0; i < count; i++)
        pthread_join(threads[i].id, NULL);
}

static int usage(const char *program)
{
    fprintf(
        stderr,
        "usage: %s [--seconds N] [--threads N] [--streams N] [--seed N] [--module FILE]\n"
        "Random calls by 16 threads on 32 streams, results checked; exits with 1 at a mistake.\n",
        program);
    return 2;
}

int main(int argc, char **argv)
{
    int seconds = 5, thread_count = 16;
    unsigned long long seed = 1, calls = 0, checks = 0;
    struct thread threads[64] = {{0}};
    stress.slot_count = 32;
    stress.module = MODULE_FOLDER "/kernels.co";
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 >= argc)
            return usage(argv[0]);
        if (strcmp(argv[i], "--seconds") == 0)
            seconds = atoi(argv[i + 1]);
        else if (strcmp(argv[i], "--threads") == 0)
            thread_count = atoi(argv[i + 1]);
        else if (strcmp(argv[i], "--streams") == 0)
            stress.slot_count = atoi(argv[i + 1]);
        else if (strcmp(argv[i], "--seed") == 0)
            seed = strtoull(argv[i + 1], NULL, 0);
        else if (strcmp(argv[i], "--module") == 0)
            stress.module = argv[i + 1];
        else
            return usage(argv[0]);
    }
    if (seconds < 1 || thread_count < 1 || thread_count > 64 || stress.slot_count < 1 ||
        stress.slot_count > MAX_SLOTS)
        return usage(argv[0]);
    for (int i = 0; i < thread_count; i++)
        threads[i] = (struct thread){.index = i, .random = seed * 1000 + (unsigned)i};
    for (int i = 0; i < stress.slot_count; i++) {
        stress.slots[i].index = i;
        stress_open_slot(&threads[0], &stress.slots[i]);
    }
    run_threads(threads, thread_count, seconds);
    for (int i = 0; i < stress.slot_count; i++) {
        stress_check(&threads[0], &stress.slots[i]);
        stress_close_slot(&stress.slots[i]);
    }
    for (int i = 0; i < thread_count; i++) {
        calls += threads[i].calls;
        checks += threads[i].checks;
    }
    printf("hip_stress: %d threads, %d streams, %d s, seed %llu: %llu turns, %llu checks, %d "
           "failures\n",
           thread_count, stress.slot_count, seconds, seed, calls, checks,
           atomic_load(&stress.failures));
    return atomic_load(&stress.failures) != 0 || checks == 0;
}
