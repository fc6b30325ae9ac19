/* SPDX-License-Identifier: MIT
 * User objects: a counted destructor of the program's that graphs can hold. Each object has a
 * number, so that a graph which still names an object that is gone means no other.
 */
#include "hip/graph.h"

#include <limits.h>
#include <stdlib.h>

struct hipUserObject {
    hipHostFn_t destroy;
    void *user;
    unsigned long long number;
    unsigned count; /* guarded by user_lock */
};

static pthread_mutex_t user_lock = PTHREAD_MUTEX_INITIALIZER;
static struct hip_map users; /* live objects; guarded by user_lock */
static unsigned long long last_number;

static bool is_count(unsigned count)
{
    return count != 0 && count <= INT_MAX;
}

static hipError_t create(hipUserObject_t *out, void *user, hipHostFn_t destroy, unsigned count,
                         unsigned flags)
{
    if (out == NULL || destroy == NULL || !is_count(count) ||
        flags != hipUserObjectNoDestructorSync)
        return hipErrorInvalidValue;
    struct hipUserObject *object = malloc(sizeof *object);
    if (object == NULL)
        return hipErrorOutOfMemory;
    pthread_mutex_lock(&user_lock);
    *object = (struct hipUserObject){destroy, user, ++last_number, count};
    bool known = hip_map_put(&users, object, object);
    pthread_mutex_unlock(&user_lock);
    if (!known) {
        free(object);
        return hipErrorOutOfMemory;
    }
    *out = object;
    return hipSuccess;
}

hipError_t hipUserObjectCreate(hipUserObject_t *object, void *ptr, hipHostFn_t destroy,
                               unsigned int initial_refcount, unsigned int flags)
{
    return hip_return(create(object, ptr, destroy, initial_refcount, flags));
}

/* An object that is gone, or has fewer references, is left alone. `number` 0: whichever it is. */
static bool release(hipUserObject_t object, unsigned long long number, unsigned count)
{
    struct hipUserObject dead = {0};
    pthread_mutex_lock(&user_lock);
    struct hipUserObject *live = hip_map_get(&users, object);
    bool known = live != NULL && (number == 0 || live->number == number) && live->count >= count;
    if (known) {
        live->count -= count;
        if (live->count == 0) {
            hip_map_remove(&users, live);
            dead = *live;
            free(live);
        }
    }
    pthread_mutex_unlock(&user_lock);
    if (dead.destroy != NULL)
        dead.destroy(dead.user);
    return known;
}

/* The object's number; 0: it is gone. */
static unsigned long long retain(hipUserObject_t object, unsigned count)
{
    unsigned long long number = 0;
    pthread_mutex_lock(&user_lock);
    struct hipUserObject *live = hip_map_get(&users, object);
    if (live != NULL) {
        live->count += count;
        number = live->number;
    }
    pthread_mutex_unlock(&user_lock);
    return number;
}

/* As in ROCm, an object that is gone is no error: the call does nothing. */
hipError_t hipUserObjectRetain(hipUserObject_t object, unsigned int count)
{
    if (object == NULL || !is_count(count))
        return hip_return(hipErrorInvalidValue);
    (void)retain(object, count);
    return hip_return(hipSuccess);
}

hipError_t hipUserObjectRelease(hipUserObject_t object, unsigned int count)
{
    if (object == NULL || !is_count(count))
        return hip_return(hipErrorInvalidValue);
    (void)release(object, 0, count);
    return hip_return(hipSuccess);
}

/* ---- of graphs ---- */

static struct hip_graph_user *user_of(struct ihipGraph *graph, hipUserObject_t object,
                                      unsigned long long number)
{
    struct hip_graph_user *user = graph->users;
    while (user != NULL && (user->object != object || (number != 0 && user->number != number)))
        user = user->next;
    return user;
}

static hipError_t add_user_locked(struct ihipGraph *graph, hipUserObject_t object,
                                  unsigned long long number, unsigned count)
{
    struct hip_graph_user *user = user_of(graph, object, number);
    if (user == NULL) {
        user = calloc(1, sizeof *user);
        if (user == NULL)
            return hipErrorOutOfMemory;
        *user = (struct hip_graph_user){graph->users, object, number, 0};
        graph->users = user;
    }
    user->count += count;
    return hipSuccess;
}

static hipError_t graph_retain(hipGraph_t graph, hipUserObject_t object, unsigned count,
                               unsigned flags)
{
    if (object == NULL || !is_count(count) || (flags != 0 && flags != hipGraphUserObjectMove))
        return hipErrorInvalidValue;
    bool move = flags == hipGraphUserObjectMove;
    pthread_mutex_lock(&hip_graph_lock);
    hipError_t error = hip_graph_is_locked(graph) ? hipSuccess : hipErrorInvalidValue;
    unsigned long long number = error == hipSuccess ? retain(object, move ? 0 : count) : 0;
    if (number != 0)
        error = add_user_locked(graph, object, number, count);
    pthread_mutex_unlock(&hip_graph_lock);
    if (error != hipSuccess && number != 0 && !move)
        (void)release(object, number, count);
    return error;
}

hipError_t hipGraphRetainUserObject(hipGraph_t graph, hipUserObject_t object, unsigned int count,
                                    unsigned int flags)
{
    return hip_return(graph_retain(graph, object, count, flags));
}

/* What the graph does not hold is not released. */
static hipError_t graph_release(hipGraph_t graph, hipUserObject_t object, unsigned count)
{
    unsigned long long number = 0;
    if (object == NULL || !is_count(count))
        return hipErrorInvalidValue;
    pthread_mutex_lock(&hip_graph_lock);
    bool known = hip_graph_is_locked(graph);
    struct hip_graph_user *user = known ? user_of(graph, object, 0) : NULL;
    if (user != NULL && user->count >= count) {
        user->count -= count;
        number = user->number;
    }
    pthread_mutex_unlock(&hip_graph_lock);
    if (number != 0)
        (void)release(object, number, count);
    return known ? hipSuccess : hipErrorInvalidValue;
}

hipError_t hipGraphReleaseUserObject(hipGraph_t graph, hipUserObject_t object, unsigned int count)
{
    return hip_return(graph_release(graph, object, count));
}

/* A clone holds the objects too. */
hipError_t hip_graph_users_copy_locked(struct ihipGraph *to, const struct ihipGraph *from)
{
    for (const struct hip_graph_user *user = from->users; user != NULL; user = user->next) {
        if (user->count == 0 || retain(user->object, 0) != user->number)
            continue;
        (void)retain(user->object, 1);
        hipError_t error = add_user_locked(to, user->object, user->number, 1);
        if (error != hipSuccess) {
            (void)release(user->object, user->number, 1);
            return error;
        }
    }
    return hipSuccess;
}

/* Runs destructors, so hip_graph_lock must not be held. */
void hip_graph_users_drop(struct hip_graph_user *users_of_graph)
{
    while (users_of_graph != NULL) {
        struct hip_graph_user *user = users_of_graph;
        users_of_graph = user->next;
        if (user->count != 0)
            (void)release(user->object, user->number, user->count);
        free(user);
    }
}
