/* SPDX-License-Identifier: MIT
 * Signals between two threads: how long a value takes there and back, for both ways of waiting, and
 * with the other side found asleep.
 */
#include "bench.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>

enum { ROUNDS = 20000, SLOW_ROUNDS = 300 };

struct pair {
    hsa_signal_t ping, pong;
    hsa_wait_state_t state;
    int rounds;
};

static void *answer(void *argument)
{
    struct pair *pair = argument;
    for (int i = 1; i <= pair->rounds; i++) {
        hsa_signal_wait_scacquire(pair->ping, HSA_SIGNAL_CONDITION_GTE, i, UINT64_MAX, pair->state);
        hsa_signal_store_screlease(pair->pong, i);
    }
    return NULL;
}

/* `rest_ns` before each round, so that the other thread sleeps by then. */
static void round_trips(hsa_wait_state_t state, int rounds, long rest_ns, const char *what,
                        const char *goal)
{
    static double times[ROUNDS];
    struct pair pair = {rig_signal(0), rig_signal(0), state, rounds};
    struct timespec rest = {.tv_nsec = rest_ns};
    pthread_t other;
    char text[80];
    pthread_create(&other, NULL, answer, &pair);
    for (int i = 1; i <= rounds; i++) {
        if (rest_ns > 0)
            nanosleep(&rest, NULL);
        uint64_t start = bench_wall_ns();
        hsa_signal_store_screlease(pair.ping, i);
        hsa_signal_wait_scacquire(pair.pong, HSA_SIGNAL_CONDITION_GTE, i, UINT64_MAX, state);
        times[i - 1] = (double)(bench_wall_ns() - start) / 1e3;
    }
    pthread_join(other, NULL);
    bench_say(what, bench_quantile(times, (size_t)rounds, 0.5), "us", goal);
    snprintf(text, sizeof text, "%s, 99 in 100", what);
    bench_say(text, bench_quantile(times, (size_t)rounds, 0.99), "us", NULL);
    OK(hsa_signal_destroy(pair.ping));
    OK(hsa_signal_destroy(pair.pong));
}

void bench_signal(void)
{
    static double times[ROUNDS];
    hsa_signal_t signal = rig_signal(0);
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t start = bench_wall_ns();
        for (int k = 0; k < 10; k++)
            hsa_signal_store_screlease(signal, k);
        times[i] = (double)(bench_wall_ns() - start) / 10;
    }
    OK(hsa_signal_destroy(signal));
    bench_say("a signal's store, nobody waits", bench_quantile(times, ROUNDS, 0.5), "ns", NULL);
    round_trips(HSA_WAIT_STATE_ACTIVE, ROUNDS, 0, "signal there and back, busy waits", "3");
    round_trips(HSA_WAIT_STATE_BLOCKED, ROUNDS, 0, "signal there and back, blocked waits", "3");
    round_trips(HSA_WAIT_STATE_BLOCKED, SLOW_ROUNDS, 1000000,
                "signal there and back, the other asleep", NULL);
}
