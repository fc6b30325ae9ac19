/* SPDX-License-Identifier: MIT
 * Graph objects: handles, nodes and edges, cloning, ordering.
 */
#include "hip/graph.h"

#include <stdlib.h>
#include <string.h>

pthread_mutex_t hip_graph_lock = PTHREAD_MUTEX_INITIALIZER;

/* Live handles; guarded by hip_graph_lock. */
static struct hip_map graphs, nodes, execs;

bool hip_graph_is_locked(const struct ihipGraph *graph)
{
    return graph != NULL && hip_map_get(&graphs, graph) != NULL;
}

bool hip_node_is_locked(const struct hipGraphNode *node)
{
    return node != NULL && hip_map_get(&nodes, node) != NULL;
}

bool hip_exec_is_locked(const struct hipGraphExec *exec)
{
    return exec != NULL && hip_map_get(&execs, exec) != NULL;
}

/* ---- graphs ---- */

hipError_t hip_graph_create_locked(struct ihipGraph **out)
{
    static unsigned long long last_number; /* guarded by hip_graph_lock */
    struct ihipGraph *graph = calloc(1, sizeof *graph);
    if (graph == NULL || !hip_map_put(&graphs, graph, graph)) {
        free(graph);
        return hipErrorOutOfMemory;
    }
    graph->number = ++last_number;
    *out = graph;
    return hipSuccess;
}

void hip_graph_destroy_locked(struct ihipGraph *graph)
{
    struct hipGraphNode *node = graph->first;
    while (node != NULL) {
        struct hipGraphNode *next = node->next;
        hip_map_remove(&nodes, node);
        hip_node_clear(node);
        free(node->deps);
        free(node);
        node = next;
    }
    hip_map_remove(&graphs, graph);
    pthread_mutex_unlock(&hip_graph_lock); /* a user object's destructor may use graphs */
    hip_graph_users_drop(graph->users);
    pthread_mutex_lock(&hip_graph_lock);
    free(graph);
}

/* ---- nodes and edges ---- */

bool hip_node_depend_locked(struct hipGraphNode *node, struct hipGraphNode *on)
{
    for (uint32_t i = 0; i < node->dep_count; i++)
        if (node->deps[i] == on)
            return true;
    if (node->dep_count == node->dep_capacity) {
        uint32_t capacity = node->dep_capacity * 2 + 4;
        struct hipGraphNode **grown = realloc(node->deps, capacity * sizeof(struct hipGraphNode *));
        if (grown == NULL)
            return false;
        node->deps = grown;
        node->dep_capacity = capacity;
    }
    node->deps[node->dep_count++] = on;
    return true;
}

static hipError_t check_deps(const struct ihipGraph *graph, struct hipGraphNode *const *deps,
                             size_t count)
{
    if (count > 0 && deps == NULL)
        return hipErrorInvalidValue;
    for (size_t i = 0; i < count; i++) {
        if (!hip_node_is_locked(deps[i]) || deps[i]->graph != graph)
            return hipErrorInvalidValue;
        for (size_t k = 0; k < i; k++)
            if (deps[k] == deps[i])
                return hipErrorInvalidValue;
    }
    return hipSuccess;
}

hipError_t hip_node_add_locked(struct ihipGraph *graph, hipGraphNodeType type,
                               struct hipGraphNode *const *deps, size_t count,
                               struct hipGraphNode **out)
{
    static unsigned long long last_number; /* guarded by hip_graph_lock */
    hipError_t error = check_deps(graph, deps, count);
    if (error != hipSuccess)
        return error;
    struct hipGraphNode *node = calloc(1, sizeof *node);
    if (node == NULL || !hip_map_put(&nodes, node, node)) {
        free(node);
        return hipErrorOutOfMemory;
    }
    node->graph = graph;
    node->number = ++last_number;
    node->type = type;
    for (size_t i = 0; i < count; i++) {
        if (hip_node_depend_locked(node, deps[i]))
            continue;
        hip_map_remove(&nodes, node);
        free(node->deps);
        free(node);
        return hipErrorOutOfMemory;
    }
    if (graph->last != NULL)
        graph->last->next = node;
    else
        graph->first = node;
    graph->last = node;
    graph->node_count++;
    *out = node;
    return hipSuccess;
}

static void forget_dep(struct hipGraphNode *node, const struct hipGraphNode *dep)
{
    for (uint32_t i = 0; i < node->dep_count; i++) {
        if (node->deps[i] != dep)
            continue;
        node->deps[i] = node->deps[--node->dep_count];
        return;
    }
}

void hip_node_remove_locked(struct hipGraphNode *node)
{
    struct ihipGraph *graph = node->graph;
    struct hipGraphNode *before = NULL;
    for (struct hipGraphNode *n = graph->first; n != NULL; n = n->next) {
        forget_dep(n, node);
        if (n->next == node)
            before = n;
    }
    if (before != NULL)
        before->next = node->next;
    else
        graph->first = node->next;
    if (graph->last == node)
        graph->last = before;
    graph->node_count--;
    hip_map_remove(&nodes, node);
    hip_node_clear(node);
    free(node->deps);
    free(node);
}

/* ---- cloning and ordering ---- */

static struct hipGraphNode *clone_of(struct ihipGraph *graph, const struct hipGraphNode *node)
{
    for (struct hipGraphNode *n = graph->first; n != NULL; n = n->next)
        if (n->origin == node)
            return n;
    return NULL;
}

static hipError_t clone_node(struct ihipGraph *to, struct hipGraphNode *from,
                             struct hip_map *clones)
{
    struct hipGraphNode *node;
    hipError_t error = hip_node_add_locked(to, from->type, NULL, 0, &node);
    if (error == hipSuccess)
        error = hip_node_copy(node, from);
    if (error != hipSuccess)
        return error;
    node->origin = from;
    node->number = from->number;
    node->disabled = from->disabled;
    return hip_map_put(clones, from, node) ? hipSuccess : hipErrorOutOfMemory;
}

hipError_t hip_graph_clone_locked(const struct ihipGraph *from, struct ihipGraph **out)
{
    struct ihipGraph *graph;
    struct hip_map clones = {0};
    hipError_t error = hip_graph_create_locked(&graph);
    if (error != hipSuccess)
        return error;
    graph->origin = (struct ihipGraph *)from;
    for (struct hipGraphNode *n = from->first; n != NULL && error == hipSuccess; n = n->next)
        error = clone_node(graph, n, &clones);
    for (struct hipGraphNode *n = from->first; n != NULL && error == hipSuccess; n = n->next)
        for (uint32_t i = 0; i < n->dep_count && error == hipSuccess; i++)
            if (!hip_node_depend_locked(hip_map_get(&clones, n), hip_map_get(&clones, n->deps[i])))
                error = hipErrorOutOfMemory;
    hip_map_clear(&clones);
    if (error == hipSuccess)
        error = hip_graph_users_copy_locked(graph, from);
    if (error != hipSuccess) {
        hip_graph_destroy_locked(graph);
        return error;
    }
    *out = graph;
    return hipSuccess;
}

/* Depth first along the dependencies; mark 1: being visited, 2: placed. */
static bool place(struct hipGraphNode *node, struct hipGraphNode **order, uint32_t *count)
{
    if (node->mark == 2)
        return true;
    if (node->mark == 1)
        return false;
    node->mark = 1;
    for (uint32_t i = 0; i < node->dep_count; i++)
        if (!place(node->deps[i], order, count))
            return false;
    node->mark = 2;
    order[(*count)++] = node;
    return true;
}

hipError_t hip_graph_sort_locked(struct ihipGraph *graph, struct hipGraphNode ***out)
{
    uint32_t count = 0;
    struct hipGraphNode **order = calloc(graph->node_count + 1, sizeof(struct hipGraphNode *));
    if (order == NULL)
        return hipErrorOutOfMemory;
    for (struct hipGraphNode *n = graph->first; n != NULL; n = n->next)
        n->mark = 0;
    for (struct hipGraphNode *n = graph->first; n != NULL; n = n->next) {
        if (place(n, order, &count))
            continue;
        free(order);
        return hipErrorInvalidValue;
    }
    *out = order;
    return hipSuccess;
}

/* ---- executable graphs ---- */

bool hip_node_is_memory(const struct hipGraphNode *node)
{
    return node->type == hipGraphNodeTypeMemAlloc || node->type == hipGraphNodeTypeMemFree;
}

bool hip_graph_has_memory(const struct ihipGraph *graph)
{
    for (const struct hipGraphNode *n = graph->first; n != NULL; n = n->next)
        if (hip_node_is_memory(n))
            return true;
    return false;
}

hipError_t hip_exec_create_locked(struct ihipGraph *graph, unsigned long long flags,
                                  struct hipGraphExec **out)
{
    struct hipGraphNode **order;
    hipError_t error = hip_graph_sort_locked(graph, &order);
    if (error != hipSuccess)
        return error;
    free(order);
    if (graph->execs != 0 && hip_graph_has_memory(graph))
        return hipErrorNotSupported; /* both would use the same memory */
    struct hipGraphExec *exec = calloc(1, sizeof *exec);
    if (exec == NULL)
        return hipErrorOutOfMemory;
    error = hip_graph_clone_locked(graph, &exec->graph);
    if (error == hipSuccess && !hip_map_put(&execs, exec, exec)) {
        hip_graph_destroy_locked(exec->graph);
        error = hipErrorOutOfMemory;
    }
    if (error != hipSuccess) {
        free(exec);
        return error;
    }
    exec->flags = flags;
    exec->source = graph->number;
    graph->execs++;
    *out = exec;
    return hipSuccess;
}

struct hipGraphNode *hip_exec_node_locked(struct hipGraphExec *exec,
                                          const struct hipGraphNode *node)
{
    return clone_of(exec->graph, node);
}

static hipError_t exec_destroy(struct hipGraphExec *exec)
{
    hipError_t error = hipErrorInvalidValue;
    pthread_mutex_lock(&hip_graph_lock);
    if (exec != NULL && hip_map_remove(&execs, exec) != NULL) {
        struct ihipGraph *source = exec->graph->origin;
        if (hip_graph_is_locked(source) && source->number == exec->source)
            source->execs--;
        hip_graph_destroy_locked(exec->graph);
        free(exec);
        error = hipSuccess;
    }
    pthread_mutex_unlock(&hip_graph_lock);
    return error;
}

hipError_t hipGraphExecDestroy(hipGraphExec_t exec)
{
    return hip_return(hip_ready() ?: exec_destroy(exec));
}

static struct hipGraphNode *numbered(struct ihipGraph *graph, unsigned long long number)
{
    struct hipGraphNode *node = graph->first;
    while (node != NULL && node->number != number)
        node = node->next;
    return node;
}

static hipError_t node_find_in_clone(hipGraphNode_t *out, hipGraphNode_t node, hipGraph_t clone)
{
    hipError_t error = hipErrorInvalidValue;
    pthread_mutex_lock(&hip_graph_lock);
    if (out != NULL && hip_node_is_locked(node) && hip_graph_is_locked(clone) &&
        clone->origin != NULL) {
        struct hipGraphNode *found = numbered(clone, node->number);
        if (found != NULL) {
            *out = found;
            error = hipSuccess;
        }
    }
    pthread_mutex_unlock(&hip_graph_lock);
    return error;
}

hipError_t hipGraphNodeFindInClone(hipGraphNode_t *node, hipGraphNode_t original, hipGraph_t cloned)
{
    return hip_return(hip_ready() ?: node_find_in_clone(node, original, cloned));
}
