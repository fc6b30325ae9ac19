/* SPDX-License-Identifier: MIT
 * Signals: a pool of 64-byte objects in guest-visible memory, and waiting on them. A waiter spins
 * for a moment, then sleeps on the signal's own futex word (one signal) or on one word of the
 * process (several). Kernels store to signals without telling anybody; so workers look after the
 * sleepers' signals whenever waves start to wait (cairn_signals_look), and sleepers look themselves
 * every few milliseconds.
 */
#include "base/option.h"
#include "device/device_priv.h"
#include "device/futex.h"
#include "device/share.h"

#include <pthread.h>
#include <stdlib.h>

enum {
    CHUNK_BYTES = 64 << 10,
    SPIN_LOOKS = 50,      /* between two readings of the clock */
    KNOWN_CHUNKS = 16,    /* the first ones, which are found without a lock */
    ANY_WAITER = 1 << 16, /* `waiters`: sleepers on this signal below, on several signals above */
};

static const uint64_t spin_ns = 20000;
static const uint64_t poll_first_ns = 500000; /* the last one is an option */

static struct {
    pthread_mutex_t lock; /* guards the free list */
    struct cairn_signal **free_list;
    size_t free_count, capacity;   /* capacity: of all signals that there are */
    _Atomic uint32_t any_sequence; /* futex word of waits for several signals */
} pool = {.lock = PTHREAD_MUTEX_INITIALIZER};

static struct {
    _Atomic uint32_t count; /* release after the address; pairs with cairn_signal_is_pooled */
    _Atomic uint64_t address[KNOWN_CHUNKS];
} chunks;

struct wait_set {
    uint32_t count;
    struct cairn_signal *const *signals;
    const enum cairn_condition *conditions;
    const int64_t *compares;
    int64_t seen;
};

struct sleeper {
    const struct wait_set *set;
    _Atomic uint32_t *word; /* what it sleeps on */
    struct sleeper *previous, *next;
};

static struct {
    pthread_mutex_t lock; /* guards the list */
    struct sleeper *first;
    _Atomic uint32_t count;
} sleepers = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void note_chunk_locked(const void *chunk)
{
    uint32_t count = atomic_load_explicit(&chunks.count, memory_order_relaxed);
    if (count == KNOWN_CHUNKS)
        return;
    atomic_store_explicit(&chunks.address[count], (uint64_t)chunk, memory_order_relaxed);
    atomic_store_explicit(&chunks.count, count + 1, memory_order_release);
}

bool cairn_signal_is_pooled(uint64_t handle)
{
    uint32_t count = atomic_load_explicit(&chunks.count, memory_order_acquire);
    for (uint32_t i = 0; i < count; i++)
        if (handle - atomic_load_explicit(&chunks.address[i], memory_order_relaxed) < CHUNK_BYTES)
            return true;
    return false;
}

static enum cairn_status grow_locked(void)
{
    size_t more = CHUNK_BYTES / sizeof(struct cairn_signal);
    void *chunk;
    struct cairn_signal **grown =
        realloc(pool.free_list, (pool.capacity + more) * sizeof(struct cairn_signal *));
    if (grown == NULL)
        return CAIRN_ERR_NO_MEMORY;
    pool.free_list = grown;
    enum cairn_status status =
        cairn_memory_alloc(NULL, CAIRN_MEMORY_HOST, CHUNK_BYTES, 0, 0, &chunk);
    if (status != CAIRN_OK)
        return status;
    pool.capacity += more;
    note_chunk_locked(chunk);
    struct cairn_signal *signals = chunk;
    for (size_t i = more; i > 0; i--)
        pool.free_list[pool.free_count++] = &signals[i - 1];
    return CAIRN_OK;
}

/* Who wakes the waiters of a signal may do so after one of them has destroyed it, when it may be in
 * use again: the two words for sleepers are therefore atomic at all times, and `wake_sequence` goes
 * on counting. A wake too many is only a look too many. */
static void reset(struct cairn_signal *signal, int64_t initial)
{
    signal->event_mailbox = 0;
    signal->event_id = 0;
    __atomic_store_n(&signal->reserved1, 0, __ATOMIC_RELAXED); /* a late waker looks at it */
    signal->start_ts = signal->end_ts = 0;
    signal->queue_ptr = 0;
    atomic_store_explicit(&signal->waiters, 0, memory_order_relaxed);
    atomic_store_explicit(&signal->value, initial, memory_order_relaxed);
    signal->kind = 1;
}

enum cairn_status cairn_signal_create(int64_t initial, struct cairn_signal **out)
{
    struct cairn_signal *signal = NULL;
    enum cairn_status status = CAIRN_OK;
    pthread_mutex_lock(&pool.lock);
    if (pool.free_count == 0)
        status = grow_locked();
    if (status == CAIRN_OK)
        signal = pool.free_list[--pool.free_count];
    pthread_mutex_unlock(&pool.lock);
    if (signal == NULL)
        return status;
    reset(signal, initial);
    *out = signal;
    return CAIRN_OK;
}

/* The free list never needs to grow here: it has room for every signal of every chunk. */
void cairn_signal_destroy(struct cairn_signal *signal)
{
    if (signal == NULL || signal->kind != 1)
        return;
    if (cairn_signal_is_shared(signal)) {
        cairn_signal_leave_shared(signal);
        return;
    }
    signal->kind = 0;
    pthread_mutex_lock(&pool.lock);
    pool.free_list[pool.free_count++] = signal;
    pthread_mutex_unlock(&pool.lock);
}

void cairn_signals_close(void)
{
    pthread_mutex_lock(&pool.lock);
    pool.free_count = pool.capacity = 0;
    free(pool.free_list);
    pool.free_list = NULL;
    atomic_store_explicit(&chunks.count, 0, memory_order_relaxed);
    pthread_mutex_unlock(&pool.lock);
    cairn_signals_close_shared();
}

void cairn_signals_fork_prepare(void)
{
    pthread_mutex_lock(&pool.lock);
    pthread_mutex_lock(&sleepers.lock);
}

void cairn_signals_fork_parent(void)
{
    pthread_mutex_unlock(&sleepers.lock);
    pthread_mutex_unlock(&pool.lock);
}

void cairn_signals_fork_child(void)
{
    pool.lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    sleepers.lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    cairn_signals_fork_child_shared();
    sleepers.first = NULL; /* they are in the parent */
    atomic_store_explicit(&sleepers.count, 0, memory_order_relaxed);
}

/* The value was changed in sequentially consistent order, and a waiter counts itself in the same
 * order before it reads the value: one of the two sees the other. */
void cairn_signal_wake(struct cairn_signal *signal)
{
    uint32_t waiters = atomic_load_explicit(&signal->waiters, memory_order_seq_cst);
    if (waiters % ANY_WAITER != 0) {
        atomic_fetch_add_explicit(&signal->wake_sequence, 1, memory_order_seq_cst);
        if (cairn_signal_is_shared(signal))
            cairn_futex_wake_all_processes(&signal->wake_sequence);
        else
            cairn_futex_wake_all(&signal->wake_sequence);
    }
    if (waiters >= ANY_WAITER) {
        atomic_fetch_add_explicit(&pool.any_sequence, 1, memory_order_seq_cst);
        cairn_futex_wake_all(&pool.any_sequence);
    }
}

void cairn_signal_store(struct cairn_signal *signal, int64_t value)
{
    atomic_store_explicit(&signal->value, value, memory_order_seq_cst);
    cairn_signal_wake(signal);
}

int64_t cairn_signal_add(struct cairn_signal *signal, int64_t delta)
{
    int64_t old = atomic_fetch_add_explicit(&signal->value, delta, memory_order_seq_cst);
    cairn_signal_wake(signal);
    return old;
}

static bool holds(int64_t value, enum cairn_condition condition, int64_t compare)
{
    switch (condition) {
    case CAIRN_COND_EQ:
        return value == compare;
    case CAIRN_COND_NE:
        return value != compare;
    case CAIRN_COND_LT:
        return value < compare;
    case CAIRN_COND_GTE:
        return value >= compare;
    }
    return false;
}

/* The first signal of the set whose condition holds, or UINT32_MAX; *seen: the value seen last. */
static uint32_t look_at(const struct wait_set *set, int64_t *seen)
{
    for (uint32_t i = 0; i < set->count; i++) {
        *seen = atomic_load_explicit(&set->signals[i]->value, memory_order_seq_cst);
        if (holds(*seen, set->conditions[i], set->compares[i]))
            return i;
    }
    return UINT32_MAX;
}

static uint32_t look(struct wait_set *set)
{
    return look_at(set, &set->seen);
}

static uint32_t spin(struct wait_set *set, uint64_t limit_ns)
{
    uint64_t until = cairn_clock_now() + limit_ns;
    uint32_t found;
    do {
        for (unsigned round = 0; round < SPIN_LOOKS; round++) {
            found = look(set);
            if (found != UINT32_MAX)
                return found;
            for (unsigned pause = 0; pause < 8; pause++)
                cairn_spin_hint();
        }
    } while (cairn_clock_now() < until);
    return found;
}

static bool has_shared(const struct wait_set *set)
{
    for (uint32_t i = 0; i < set->count; i++)
        if (cairn_signal_is_shared(set->signals[i]))
            return true;
    return false;
}

/* Sleeps on `word` until the set holds or `deadline`. The caller has counted itself as a waiter. */
static uint32_t sleep_for(struct wait_set *set, _Atomic uint32_t *word, uint64_t deadline)
{
    bool shared = has_shared(set);
    uint64_t last_ns = cairn_option_u64(CAIRN_OPTION_POLL_US) * 1000;
    if (shared && set->count > 1 && last_ns == 0) /* others cannot wake waits for several */
        last_ns = poll_first_ns;
    uint64_t poll_ns = last_ns == 0 ? UINT64_MAX : poll_first_ns;
    for (;;) {
        uint32_t sequence = atomic_load_explicit(word, memory_order_seq_cst);
        uint32_t found = look(set);
        uint64_t now = cairn_clock_now();
        if (found != UINT32_MAX || now >= deadline)
            return found;
        uint64_t left = deadline - now;
        if (shared && set->count == 1)
            cairn_futex_wait_processes(word, sequence, left < poll_ns ? left : poll_ns);
        else
            cairn_futex_wait(word, sequence, left < poll_ns ? left : poll_ns);
        if (poll_ns < last_ns)
            poll_ns += poll_first_ns / 2;
    }
}

static void sleeper_add(struct sleeper *sleeper)
{
    pthread_mutex_lock(&sleepers.lock);
    sleeper->previous = NULL;
    sleeper->next = sleepers.first;
    if (sleepers.first != NULL)
        sleepers.first->previous = sleeper;
    sleepers.first = sleeper;
    atomic_fetch_add_explicit(&sleepers.count, 1, memory_order_relaxed);
    pthread_mutex_unlock(&sleepers.lock);
}

static void sleeper_remove(struct sleeper *sleeper)
{
    pthread_mutex_lock(&sleepers.lock);
    if (sleeper->previous != NULL)
        sleeper->previous->next = sleeper->next;
    else
        sleepers.first = sleeper->next;
    if (sleeper->next != NULL)
        sleeper->next->previous = sleeper->previous;
    atomic_fetch_sub_explicit(&sleepers.count, 1, memory_order_relaxed);
    pthread_mutex_unlock(&sleepers.lock);
}

/* A sleeper's set stays valid while it is in the list. Missing one costs a poll interval, no more.
 */
void cairn_signals_look(void)
{
    int64_t seen;
    if (atomic_load_explicit(&sleepers.count, memory_order_relaxed) == 0 ||
        pthread_mutex_trylock(&sleepers.lock) != 0)
        return;
    for (struct sleeper *sleeper = sleepers.first; sleeper != NULL; sleeper = sleeper->next)
        if (look_at(sleeper->set, &seen) != UINT32_MAX) {
            atomic_fetch_add_explicit(sleeper->word, 1, memory_order_seq_cst);
            cairn_futex_wake_all(sleeper->word);
        }
    pthread_mutex_unlock(&sleepers.lock);
}

static uint32_t wait_set(struct wait_set *set, uint64_t timeout_ns)
{
    uint32_t found = look(set);
    if (found != UINT32_MAX || timeout_ns == 0)
        return found;
    uint64_t start = cairn_clock_now();
    uint64_t deadline = timeout_ns > UINT64_MAX - start ? UINT64_MAX : start + timeout_ns;
    found = spin(set, timeout_ns < spin_ns ? timeout_ns : spin_ns);
    if (found != UINT32_MAX)
        return found;
    uint32_t share = set->count == 1 ? 1 : ANY_WAITER;
    for (uint32_t i = 0; i < set->count; i++)
        atomic_fetch_add_explicit(&set->signals[i]->waiters, share, memory_order_seq_cst);
    struct sleeper self = {
        .set = set, .word = set->count == 1 ? &set->signals[0]->wake_sequence : &pool.any_sequence};
    sleeper_add(&self);
    found = sleep_for(set, self.word, deadline);
    sleeper_remove(&self);
    for (uint32_t i = 0; i < set->count; i++)
        atomic_fetch_sub_explicit(&set->signals[i]->waiters, share, memory_order_relaxed);
    return found;
}

int64_t cairn_signal_wait(struct cairn_signal *signal, enum cairn_condition condition,
                          int64_t compare, uint64_t timeout_ns)
{
    struct wait_set set = {
        .count = 1, .signals = &signal, .conditions = &condition, .compares = &compare};
    wait_set(&set, timeout_ns);
    return set.seen;
}

uint32_t cairn_signal_wait_any(uint32_t count, struct cairn_signal *const *signals,
                               const enum cairn_condition *conditions, const int64_t *compares,
                               uint64_t timeout_ns, int64_t *value)
{
    struct wait_set set = {
        .count = count, .signals = signals, .conditions = conditions, .compares = compares};
    if (count == 0)
        return UINT32_MAX;
    uint32_t found = wait_set(&set, timeout_ns);
    if (found != UINT32_MAX && value != NULL)
        *value = set.seen;
    return found;
}
