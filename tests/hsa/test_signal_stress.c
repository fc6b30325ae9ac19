/* SPDX-License-Identifier: MIT
 * Eight threads that wait for each other in every way that there is, round after round: along a
 * ring, at a counter, for any and for all of several signals, through handlers. Sleepers do not
 * look unasked here (CAIRN_POLL_US=0), so a lost wake-up is a wait that never ends, and is
 * reported. Argument: seconds.
 */
#include "rig.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 8, LAPS = 4 };
static const uint64_t lost_ns = UINT64_C(20000000000); /* no honest wait takes so long */

static unsigned seconds = 3;

struct table {
    hsa_signal_t counter;               /* arrivals of all threads, ever growing */
    hsa_signal_t ring[THREADS];         /* laps done before it is the thread's turn */
    hsa_signal_t box[THREADS][THREADS]; /* to, from */
    _Atomic uint32_t last_round;        /* decided by thread 0, a round ahead */
    _Atomic int wrong;
};

struct player {
    struct table *table;
    uint32_t me, round;
    uint64_t random;
};

static uint32_t draw(struct player *player, uint32_t below)
{
    player->random = player->random * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (uint32_t)(player->random >> 33) % below;
}

/* Now and then the others are given the time to fall asleep. */
static void dawdle(struct player *player)
{
    uint32_t number = draw(player, 64);
    if (number == 0)
        usleep(40 + draw(player, 100));
    else if (number < 8)
        sched_yield();
}

static bool complain(struct player *player, const char *what, int64_t got, int64_t wanted)
{
    if (atomic_fetch_add(&player->table->wrong, 1) < 8)
        printf("thread %u, round %u: %s: %lld, not %lld\n", player->me, player->round, what,
               (long long)got, (long long)wanted);
    return false;
}

static bool wait_for(struct player *player, hsa_signal_t signal, hsa_signal_condition_t condition,
                     int64_t value, const char *what)
{
    hsa_wait_state_t state = draw(player, 2) ? HSA_WAIT_STATE_ACTIVE : HSA_WAIT_STATE_BLOCKED;
    int64_t got = hsa_signal_wait_scacquire(signal, condition, value, lost_ns, state);
    bool holds = condition == HSA_SIGNAL_CONDITION_GTE ? got >= value : got == value;
    return holds || complain(player, what, got, value);
}

/* ---- the games; each leaves its signals as it found them, but for what only grows ---- */

static bool around_the_ring(struct player *player)
{
    struct table *table = player->table;
    hsa_signal_t next = table->ring[(player->me + 1) % THREADS];
    for (uint32_t lap = 1; lap <= LAPS; lap++) {
        if ((player->me != 0 || lap > 1) &&
            !wait_for(player, table->ring[player->me], HSA_SIGNAL_CONDITION_EQ, 1, "the ring"))
            return false;
        hsa_signal_store_relaxed(table->ring[player->me], 0);
        dawdle(player);
        if (player->me != THREADS - 1 || lap < LAPS)
            hsa_signal_store_screlease(next, 1);
    }
    return true;
}

/* Everybody puts something into everybody's boxes; each waits for all of its own. */
static bool all_to_all(struct player *player)
{
    struct table *table = player->table;
    hsa_signal_condition_t conditions[THREADS];
    hsa_signal_value_t values[THREADS], seen[THREADS];
    for (uint32_t i = 0; i < THREADS; i++) {
        uint32_t to = (player->me + i) % THREADS;
        dawdle(player);
        hsa_signal_add_screlease(table->box[to][player->me], to + 1);
        conditions[i] = HSA_SIGNAL_CONDITION_EQ;
        values[i] = player->me + 1;
    }
    if (hsa_amd_signal_wait_all(THREADS, table->box[player->me], conditions, values, lost_ns,
                                HSA_WAIT_STATE_BLOCKED, seen) != 0)
        return complain(player, "all boxes", -1, 0);
    for (uint32_t i = 0; i < THREADS; i++)
        hsa_signal_exchange_scacq_screl(table->box[player->me][i], 0);
    return true;
}

/* Takes them as they come, by wait-any or as a group. */
static bool one_by_one(struct player *player)
{
    struct table *table = player->table;
    hsa_signal_t *mine = table->box[player->me];
    hsa_signal_condition_t conditions[THREADS];
    hsa_signal_value_t values[THREADS] = {0}, seen = 0;
    hsa_signal_group_t group;
    for (uint32_t i = 0; i < THREADS; i++) {
        conditions[i] = HSA_SIGNAL_CONDITION_NE;
        dawdle(player);
        hsa_signal_or_screlease(table->box[(player->me + i) % THREADS][player->me], 4);
    }
    bool as_group = draw(player, 2) == 0;
    if (as_group && hsa_signal_group_create(THREADS, mine, 0, NULL, &group) != HSA_STATUS_SUCCESS)
        return complain(player, "making a group", 0, 1);
    for (uint32_t taken = 0; taken < THREADS; taken++) {
        hsa_signal_t found = {0};
        if (as_group) {
            (void)hsa_signal_group_wait_any_scacquire(group, conditions, values,
                                                      HSA_WAIT_STATE_BLOCKED, &found, &seen);
        } else {
            uint32_t index = hsa_amd_signal_wait_any(THREADS, mine, conditions, values, lost_ns,
                                                     HSA_WAIT_STATE_BLOCKED, &seen);
            found = index < THREADS ? mine[index] : found;
        }
        if (found.handle == 0 || hsa_signal_cas_scacq_screl(found, 4, 0) != 4)
            return complain(player, "any box", seen, 4);
    }
    return !as_group || hsa_signal_group_destroy(group) == HSA_STATUS_SUCCESS;
}

struct relay {
    hsa_signal_t from, to;
    int left; /* how often the handler wants to run again */
};

static bool pass_on(hsa_signal_value_t value, void *argument)
{
    struct relay *relay = argument;
    hsa_signal_store_relaxed(relay->from, 0);
    bool again = --relay->left > 0;
    hsa_signal_add_screlease(relay->to, 1);
    return again;
}

/* Through the handler thread and back, on signals that live for one round. */
static bool through_a_handler(struct player *player)
{
    struct relay relay = {.left = LAPS};
    bool good = hsa_signal_create(0, 0, NULL, &relay.from) == HSA_STATUS_SUCCESS &&
                hsa_signal_create(0, 0, NULL, &relay.to) == HSA_STATUS_SUCCESS &&
                hsa_amd_signal_async_handler(relay.from, HSA_SIGNAL_CONDITION_NE, 0, pass_on,
                                             &relay) == HSA_STATUS_SUCCESS;
    for (int i = 1; good && i <= LAPS; i++) {
        dawdle(player);
        hsa_signal_store_screlease(relay.from, i);
        good = wait_for(player, relay.to, HSA_SIGNAL_CONDITION_GTE, i, "the handler");
    }
    return good && hsa_signal_destroy(relay.from) == HSA_STATUS_SUCCESS &&
           hsa_signal_destroy(relay.to) == HSA_STATUS_SUCCESS;
}

static bool (*const games[])(struct player *) = {around_the_ring, all_to_all, one_by_one,
                                                 through_a_handler};
enum { GAMES = sizeof games / sizeof games[0] };

/* ---- the rounds ---- */

static void *play(void *argument)
{
    struct player *player = argument;
    struct table *table = player->table;
    time_t end = time(NULL) + seconds;
    for (player->round = 1; player->round <= atomic_load(&table->last_round); player->round++) {
        if (player->me == 0 && time(NULL) >= end)
            atomic_store(&table->last_round, player->round);
        if (!games[player->round % GAMES](player) || atomic_load(&table->wrong) != 0)
            break;
        hsa_signal_add_scacq_screl(table->counter, 1);
        if (!wait_for(player, table->counter, HSA_SIGNAL_CONDITION_GTE,
                      (int64_t)player->round * THREADS, "the counter"))
            break;
    }
    return NULL;
}

static void no_wake_up_is_lost(void **state)
{
    static struct table table;
    struct player players[THREADS];
    pthread_t threads[THREADS];
    table.counter = rig_signal(0);
    table.last_round = UINT32_MAX;
    for (uint32_t i = 0; i < THREADS; i++) {
        table.ring[i] = rig_signal(0);
        for (uint32_t j = 0; j < THREADS; j++)
            table.box[i][j] = rig_signal(0);
    }
    for (uint32_t i = 0; i < THREADS; i++) {
        players[i] = (struct player){&table, i, 0, i};
        assert_int_equal(pthread_create(&threads[i], NULL, play, &players[i]), 0);
    }
    for (uint32_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(table.wrong, 0);
    printf("%u rounds\n", players[0].round - 1);
    assert_true(players[0].round > GAMES);
    OK(hsa_signal_destroy(table.counter));
    for (uint32_t i = 0; i < THREADS; i++) {
        OK(hsa_signal_destroy(table.ring[i]));
        for (uint32_t j = 0; j < THREADS; j++)
            OK(hsa_signal_destroy(table.box[i][j]));
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_wake_up_is_lost)};
    if (argc > 1)
        seconds = (unsigned)strtoul(argv[1], NULL, 10);
    return cmocka_run_group_tests(tests, rig_open, rig_close);
}
