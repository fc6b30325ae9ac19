/* SPDX-License-Identifier: MIT
 * Signals: no wake-up is lost under stress, timeouts are kept, plain stores are seen, and thousands
 * of signals are cheap.
 */
#include "device/device.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

static int open_devices(void **state)
{
    (void)state;
    return cairn_devices_open() != CAIRN_OK;
}

static int close_devices(void **state)
{
    (void)state;
    cairn_devices_close();
    return 0;
}

static struct cairn_signal *make(int64_t value)
{
    struct cairn_signal *signal = NULL;
    assert_int_equal(cairn_signal_create(value, &signal), CAIRN_OK);
    return signal;
}

static void conditions_and_timeouts(void **state)
{
    (void)state;
    struct cairn_signal *signal = make(5);
    static const struct {
        enum cairn_condition condition;
        int64_t compare;
        bool holds;
    } cases[] = {
        {CAIRN_COND_EQ, 5, true},  {CAIRN_COND_EQ, 4, false},  {CAIRN_COND_NE, 4, true},
        {CAIRN_COND_NE, 5, false}, {CAIRN_COND_LT, 6, true},   {CAIRN_COND_LT, 5, false},
        {CAIRN_COND_GTE, 5, true}, {CAIRN_COND_GTE, 6, false}, {CAIRN_COND_LT, -1, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t start = cairn_clock_now();
        int64_t value = 0;
        assert_int_equal(cairn_signal_wait(signal, cases[i].condition, cases[i].compare, 3000000),
                         5);
        uint64_t took = cairn_clock_now() - start;
        assert_int_equal(took >= 3000000, !cases[i].holds);
        assert_int_equal(
            cairn_signal_wait_any(1, &signal, &cases[i].condition, &cases[i].compare, 0, &value),
            cases[i].holds ? 0 : UINT32_MAX);
    }
    assert_int_equal((uint64_t)signal % 64, 0);
    assert_int_equal(cairn_signal_add(signal, -7), 5);
    assert_int_equal(cairn_signal_wait(signal, CAIRN_COND_EQ, -2, 0), -2);
    cairn_signal_destroy(signal);
}

struct game {
    struct cairn_signal *ping, *pong;
    int rounds;
};

static void *answer(void *argument)
{
    struct game *game = argument;
    for (int i = 1; i <= game->rounds; i++) {
        cairn_signal_wait(game->ping, CAIRN_COND_GTE, i, UINT64_MAX);
        cairn_signal_add(game->pong, 1);
        if (i % 64 == 0)
            usleep(100); /* lets the other side fall asleep */
    }
    return NULL;
}

/* A lost wake-up would cost a poll interval: rounds take far longer then. */
static void ping_pong_loses_no_wake_up(void **state)
{
    (void)state;
    struct game game = {make(0), make(0), 4000};
    pthread_t thread;
    pthread_create(&thread, NULL, answer, &game);
    for (int i = 1; i <= game.rounds; i++) {
        if (i % 100 == 0)
            usleep(100);
        cairn_signal_store(game.ping, i);
        assert_true(cairn_signal_wait(game.pong, CAIRN_COND_GTE, i, UINT64_MAX) >= i);
    }
    pthread_join(thread, NULL);
    assert_int_equal(game.ping->waiters, 0);
    cairn_signal_destroy(game.ping);
    cairn_signal_destroy(game.pong);
}

enum { PARTIES = 4 };
static struct cairn_signal *any[PARTIES];

static void *poke(void *argument)
{
    for (int i = 0; i < 500; i++) {
        struct cairn_signal *mine = any[(uintptr_t)argument];
        cairn_signal_wait(mine, CAIRN_COND_EQ, 0, UINT64_MAX);
        if (i % 32 == 0)
            usleep(200);
        cairn_signal_store(mine, 1);
    }
    return NULL;
}

static void wait_any_sees_every_one(void **state)
{
    (void)state;
    pthread_t threads[PARTIES];
    enum cairn_condition conditions[PARTIES];
    int64_t compares[PARTIES], value;
    int seen[PARTIES] = {0};
    for (int i = 0; i < PARTIES; i++) {
        any[i] = make(0);
        conditions[i] = CAIRN_COND_EQ;
        compares[i] = 1;
    }
    for (uintptr_t i = 0; i < PARTIES; i++)
        pthread_create(&threads[i], NULL, poke, (void *)i);
    for (int i = 0; i < PARTIES * 500; i++) {
        uint32_t found =
            cairn_signal_wait_any(PARTIES, any, conditions, compares, 5000000000u, &value);
        assert_true(found < PARTIES);
        assert_int_equal(value, 1);
        seen[found]++;
        cairn_signal_store(any[found], 0);
    }
    for (int i = 0; i < PARTIES; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(seen[i], 500);
        cairn_signal_destroy(any[i]);
    }
}

static void *silent_store(void *argument)
{
    struct cairn_signal *signal = argument;
    usleep(20000);
    atomic_store(&signal->value, 9);
    return NULL;
}

static void plain_store_is_seen_by_sleepers(void **state)
{
    (void)state;
    struct cairn_signal *signal = make(0);
    pthread_t thread;
    pthread_create(&thread, NULL, silent_store, signal);
    uint64_t start = cairn_clock_now();
    assert_int_equal(cairn_signal_wait(signal, CAIRN_COND_EQ, 9, UINT64_MAX), 9);
    assert_true(cairn_clock_now() - start < 1000000000);
    pthread_join(thread, NULL);
    cairn_signal_destroy(signal);
}

static void thousands_are_cheap_and_distinct(void **state)
{
    (void)state;
    enum { MANY = 5000 };
    static struct cairn_signal *signals[MANY];
    uint64_t start = cairn_clock_now();
    for (int round = 0; round < 4; round++) {
        for (int i = 0; i < MANY; i++)
            signals[i] = make(i);
        for (int i = 0; i < MANY; i++)
            assert_int_equal(signals[i]->value, i);
        for (int i = 0; i < MANY; i++)
            cairn_signal_destroy(signals[i]);
    }
    uint64_t each = (cairn_clock_now() - start) / (4 * MANY);
    print_message("create + destroy: %llu ns\n", (unsigned long long)each);
    assert_true(each < 20000);
}

struct waker {
    struct cairn_signal *signal;
    _Atomic bool stop;
    _Atomic uint32_t wakes;
};

static void *wake_on(void *argument)
{
    struct waker *waker = argument;
    for (; !waker->stop; waker->wakes++)
        cairn_signal_wake(waker->signal);
    return NULL;
}

/* Who changed the value may come to wake the waiters when one of them has destroyed the signal. */
static void late_wakes_do_no_harm_to_a_signal_used_again(void **state)
{
    (void)state;
    struct waker waker = {.signal = make(3)};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, wake_on, &waker), 0);
    for (int64_t i = 0; i < 2000 || waker.wakes < 2000; i++) {
        cairn_signal_destroy(waker.signal);
        assert_ptr_equal(make(i), waker.signal); /* the one given back last */
        assert_int_equal(cairn_signal_wait(waker.signal, CAIRN_COND_EQ, i, 0), i);
        assert_int_equal(waker.signal->waiters, 0);
        waker.signal->start_ts = 1;
    }
    waker.stop = true;
    pthread_join(thread, NULL);
    cairn_signal_destroy(waker.signal);
    struct cairn_signal *again = make(1);
    assert_int_equal(again->start_ts, 0);
    cairn_signal_destroy(again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conditions_and_timeouts),
        cmocka_unit_test(ping_pong_loses_no_wake_up),
        cmocka_unit_test(wait_any_sees_every_one),
        cmocka_unit_test(plain_store_is_seen_by_sleepers),
        cmocka_unit_test(thousands_are_cheap_and_distinct),
        cmocka_unit_test(late_wakes_do_no_harm_to_a_signal_used_again),
    };
    return cmocka_run_group_tests(tests, open_devices, close_devices);
}
