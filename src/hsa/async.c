/* SPDX-License-Identifier: MIT
 * The handler thread: runs hsa_amd_signal_async_handler handlers when their condition holds and
 * hsa_amd_async_function functions, one after the other. Also the list of system event handlers.
 */
#include "hsa_priv.h"

#include "base/log.h"

#include <stdlib.h>

struct watch {
    struct cairn_signal *signal; /* NULL: a plain function to call once */
    enum cairn_condition condition;
    int64_t compare;
    hsa_amd_signal_handler handler;
    void (*function)(void *);
    void *argument;
    struct watch *next;
};

struct async {
    pthread_mutex_t lock; /* guards all but wake and thread */
    pthread_cond_t round_cond;
    struct watch *watches;
    uint32_t count;
    uint64_t rounds;           /* how often the thread has ended a wait */
    bool waiting, stopping;    /* waiting: the thread looks at signals without the lock */
    struct cairn_signal *wake; /* its value counts changes of the list */
    pthread_t thread;
};

static bool holds(const struct watch *watch, int64_t value)
{
    switch (watch->condition) {
    case CAIRN_COND_EQ:
        return value == watch->compare;
    case CAIRN_COND_NE:
        return value != watch->compare;
    case CAIRN_COND_LT:
        return value < watch->compare;
    case CAIRN_COND_GTE:
        return value >= watch->compare;
    }
    return false;
}

/* Takes out the first watch whose condition holds. */
static struct watch *take_locked(struct async *async, int64_t *value)
{
    for (struct watch **at = &async->watches; *at != NULL; at = &(*at)->next) {
        struct watch *watch = *at;
        *value = 0;
        if (watch->signal != NULL) {
            *value = atomic_load_explicit(&watch->signal->value, memory_order_acquire);
            if (!holds(watch, *value))
                continue;
        }
        *at = watch->next;
        async->count--;
        return watch;
    }
    return NULL;
}

/* Behind all others, so that a handler that is always due does not keep the rest from running. */
static void append_locked(struct async *async, struct watch *watch)
{
    struct watch **at = &async->watches;
    while (*at != NULL)
        at = &(*at)->next;
    watch->next = NULL;
    *at = watch;
    async->count++;
}

/* Calls out without the lock; the signal may be gone after a handler that returned false. */
static void run(struct async *async, struct watch *watch, int64_t value)
{
    bool keep = false;
    pthread_mutex_unlock(&async->lock);
    if (watch->signal == NULL)
        watch->function(watch->argument);
    else
        keep = watch->handler(value, watch->argument);
    pthread_mutex_lock(&async->lock);
    if (keep)
        append_locked(async, watch);
    else
        free(watch);
}

struct wait_set {
    uint32_t capacity;
    struct cairn_signal **signals;
    enum cairn_condition *conditions;
    int64_t *compares;
};

static bool reserve(struct wait_set *set, uint32_t count)
{
    if (count <= set->capacity)
        return true;
    struct wait_set bigger = {.capacity = count * 2,
                              .signals = calloc(count, 2 * sizeof *set->signals),
                              .conditions = calloc(count, 2 * sizeof *set->conditions),
                              .compares = calloc(count, 2 * sizeof *set->compares)};
    if (bigger.signals == NULL || bigger.conditions == NULL || bigger.compares == NULL) {
        free(bigger.signals);
        free(bigger.conditions);
        free(bigger.compares);
        return false;
    }
    free(set->signals);
    free(set->conditions);
    free(set->compares);
    *set = bigger;
    return true;
}

static uint32_t gather_locked(const struct async *async, int64_t seen, struct wait_set *set)
{
    uint32_t count = 0;
    if (!reserve(set, async->count + 1))
        return 0;
    set->signals[count] = async->wake;
    set->conditions[count] = CAIRN_COND_NE;
    set->compares[count++] = seen;
    for (const struct watch *watch = async->watches; watch != NULL; watch = watch->next) {
        set->signals[count] = watch->signal;
        set->conditions[count] = watch->condition;
        set->compares[count++] = watch->compare;
    }
    return count;
}

static void *handler_thread(void *argument)
{
    struct async *async = argument;
    struct wait_set set = {0};
    int64_t value;
    pthread_mutex_lock(&async->lock);
    while (!async->stopping) {
        int64_t seen = atomic_load_explicit(&async->wake->value, memory_order_acquire);
        struct watch *watch = take_locked(async, &value);
        if (watch != NULL) {
            run(async, watch, value);
            continue;
        }
        uint32_t count = gather_locked(async, seen, &set);
        async->waiting = true;
        pthread_mutex_unlock(&async->lock);
        if (count != 0)
            (void)cairn_signal_wait_any(count, set.signals, set.conditions, set.compares,
                                        UINT64_MAX, &value);
        pthread_mutex_lock(&async->lock);
        async->waiting = false;
        async->rounds++;
        pthread_cond_broadcast(&async->round_cond);
    }
    pthread_mutex_unlock(&async->lock);
    free(set.signals);
    free(set.conditions);
    free(set.compares);
    return NULL;
}

static struct async *async_create(void)
{
    struct async *async = calloc(1, sizeof *async);
    if (async == NULL)
        return NULL;
    pthread_mutex_init(&async->lock, NULL);
    pthread_cond_init(&async->round_cond, NULL);
    if (cairn_signal_create(0, &async->wake) != CAIRN_OK)
        goto free_async;
    if (pthread_create(&async->thread, NULL, handler_thread, async) != 0)
        goto destroy_wake;
    return async;
destroy_wake:
    cairn_signal_destroy(async->wake);
free_async:
    free(async);
    return NULL;
}

static struct async *async_get(void)
{
    struct process *process = &cairn_hsa_process;
    pthread_mutex_lock(&process->list_lock);
    if (process->async == NULL)
        process->async = async_create();
    struct async *async = process->async;
    pthread_mutex_unlock(&process->list_lock);
    return async;
}

void cairn_hsa_async_destroy(void)
{
    struct async *async = cairn_hsa_process.async;
    if (async == NULL)
        return;
    pthread_mutex_lock(&async->lock);
    async->stopping = true;
    pthread_mutex_unlock(&async->lock);
    (void)cairn_signal_add(async->wake, 1);
    pthread_join(async->thread, NULL);
    while (async->watches != NULL) {
        struct watch *next = async->watches->next;
        free(async->watches);
        async->watches = next;
    }
    cairn_signal_destroy(async->wake);
    pthread_cond_destroy(&async->round_cond);
    pthread_mutex_destroy(&async->lock);
    free(async);
    cairn_hsa_process.async = NULL;
}

/* Drops the watches of a signal that is about to be destroyed, and returns when the handler thread
 * does not look at it any more. */
void cairn_hsa_async_forget(const struct cairn_signal *signal)
{
    pthread_mutex_lock(&cairn_hsa_process.list_lock);
    struct async *async = cairn_hsa_process.async;
    pthread_mutex_unlock(&cairn_hsa_process.list_lock);
    if (async == NULL)
        return;
    bool found = false;
    pthread_mutex_lock(&async->lock);
    for (struct watch **at = &async->watches; *at != NULL;) {
        struct watch *watch = *at;
        if (watch->signal != signal) {
            at = &watch->next;
            continue;
        }
        *at = watch->next;
        async->count--;
        free(watch);
        found = true;
    }
    if (found && async->waiting) {
        uint64_t round = async->rounds;
        (void)cairn_signal_add(async->wake, 1);
        while (async->rounds == round)
            pthread_cond_wait(&async->round_cond, &async->lock);
    }
    pthread_mutex_unlock(&async->lock);
}

static hsa_status_t add_watch(const struct watch *wanted)
{
    struct async *async = async_get();
    struct watch *watch = malloc(sizeof *watch);
    if (async == NULL || watch == NULL) {
        free(watch);
        return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    }
    *watch = *wanted;
    pthread_mutex_lock(&async->lock);
    append_locked(async, watch);
    pthread_mutex_unlock(&async->lock);
    (void)cairn_signal_add(async->wake, 1);
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_amd_signal_async_handler(hsa_signal_t signal, hsa_signal_condition_t cond,
                                          hsa_signal_value_t value, hsa_amd_signal_handler handler,
                                          void *arg)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (handler == NULL || (unsigned)cond > HSA_SIGNAL_CONDITION_GTE)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    if (signal.handle == 0)
        return HSA_STATUS_ERROR_INVALID_SIGNAL;
    return add_watch(&(struct watch){.signal = cairn_hsa_signal_of(signal),
                                     .condition = (enum cairn_condition)cond,
                                     .compare = value,
                                     .handler = handler,
                                     .argument = arg});
}

hsa_status_t hsa_amd_async_function(void (*callback)(void *), void *arg)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (callback == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    return add_watch(&(struct watch){.function = callback, .argument = arg});
}

/* ---- system events ---- */

hsa_status_t hsa_amd_register_system_event_handler(hsa_amd_system_event_callback_t callback,
                                                   void *data)
{
    struct process *process = &cairn_hsa_process;
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (callback == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    struct event_handler *handler = malloc(sizeof *handler);
    if (handler == NULL)
        return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    *handler = (struct event_handler){.callback = callback, .data = data};
    pthread_mutex_lock(&process->list_lock);
    struct event_handler **at = &process->event_handlers;
    while (*at != NULL)
        at = &(*at)->next;
    *at = handler;
    pthread_mutex_unlock(&process->list_lock);
    return HSA_STATUS_SUCCESS;
}

/* The list only grows until shut-down; the lock is not held during a call. */
bool cairn_hsa_event_send(const hsa_amd_event_t *event)
{
    struct process *process = &cairn_hsa_process;
    pthread_mutex_lock(&process->list_lock);
    const struct event_handler *handler = process->event_handlers;
    pthread_mutex_unlock(&process->list_lock);
    bool handled = false;
    while (handler != NULL) {
        handled |= handler->callback(event, handler->data) == HSA_STATUS_SUCCESS;
        pthread_mutex_lock(&process->list_lock);
        handler = handler->next;
        pthread_mutex_unlock(&process->list_lock);
    }
    return handled;
}

void cairn_hsa_event_handlers_destroy(void)
{
    struct process *process = &cairn_hsa_process;
    while (process->event_handlers != NULL) {
        struct event_handler *next = process->event_handlers->next;
        free(process->event_handlers);
        process->event_handlers = next;
    }
}
