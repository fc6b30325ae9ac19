/* SPDX-License-Identifier: MIT
 * Graphs: nodes that are commands, edges between them, and their executable form. One lock guards
 * all graph objects of the process; building and launching graphs is not where time is spent.
 */
#ifndef CAIRN_HIP_GRAPH_H
#define CAIRN_HIP_GRAPH_H

#include "hip/command.h"
#include "hip/event.h"

struct hip_graph_memory;
struct ihipStream_t;

struct hipGraphNode {
    struct hipGraphNode *next; /* in its graph */
    struct ihipGraph *graph;
    unsigned long long number; /* the same in clones, and in clones of clones */
    hipGraphNodeType type;
    struct hipGraphNode **deps;
    uint32_t dep_count, dep_capacity;
    struct hip_command command; /* MARKER for nodes that are no command; kernel args are owned */
    union {                     /* as the program gave it, for hipGraph*GetParams */
        hipKernelNodeParams kernel;
        hipMemcpy3DParms copy;
        hipMemsetParams fill;
        hipHostNodeParams host;
        hipMemAllocNodeParams alloc;
    } params;
    void **param_pointers;   /* owned: what params.kernel.kernelParams points to */
    struct ihipGraph *child; /* owned */
    hipEvent_t event;
    struct hip_graph_memory *memory; /* of an allocation node and its clones */
    struct hipGraphNode
        *origin; /* the node that this one was cloned from; compared, not followed */
    bool disabled;
    bool was_captured; /* a copy whose direction nobody gave */
    bool claims;       /* the node that frees params.alloc.dptr, and not a copy of it */
    bool set_aside;    /* a capture's next nodes were told not to depend on it */
    int priority;
    int cooperative; /* as hipGraphKernelNodeSetAttribute gave it */
    int attribute;   /* that it gave last; 0: none */
    hipAccessPolicyWindow window;
    uint32_t mark; /* scratch of the functions that walk */
};

struct hip_graph_user {
    struct hip_graph_user *next;
    struct hipUserObject *object;
    unsigned long long number; /* of the object, as its address may be used again */
    unsigned count;
};

struct ihipGraph {
    struct hipGraphNode *first, *last;
    uint32_t node_count;
    struct hip_graph_user *users;
    struct ihipGraph *origin;
    unsigned long long number; /* of all graphs, as an address may be used again */
    unsigned execs;            /* executable graphs made of it and alive */
    bool is_child;             /* owned by a node */
};

struct hipGraphExec {
    struct ihipGraph *graph;   /* owned clone */
    unsigned long long source; /* number of the graph that it was made of */
    unsigned long long flags;
    bool launched;
};

extern pthread_mutex_t hip_graph_lock;

/* All below: hip_graph_lock held. */
hipError_t hip_graph_create_locked(struct ihipGraph **out);
void hip_graph_destroy_locked(struct ihipGraph *graph);
hipError_t hip_graph_clone_locked(const struct ihipGraph *from, struct ihipGraph **out);
bool hip_graph_is_locked(const struct ihipGraph *graph);
bool hip_node_is_locked(const struct hipGraphNode *node);
bool hip_exec_is_locked(const struct hipGraphExec *exec);
/* Allocates or frees; has a node that does. */
bool hip_node_is_memory(const struct hipGraphNode *node);
bool hip_graph_has_memory(const struct ihipGraph *graph);
/* Adds an empty node that depends on `deps`. InvalidValue: a dependency of another graph, or twice.
 */
hipError_t hip_node_add_locked(struct ihipGraph *graph, hipGraphNodeType type,
                               struct hipGraphNode *const *deps, size_t count,
                               struct hipGraphNode **out);
void hip_node_remove_locked(struct hipGraphNode *node);
bool hip_node_depend_locked(struct hipGraphNode *node, struct hipGraphNode *on);
/* Nodes in an order that respects the edges; free() it. InvalidValue: a cycle. */
hipError_t hip_graph_sort_locked(struct ihipGraph *graph, struct hipGraphNode ***out);
hipError_t hip_exec_create_locked(struct ihipGraph *graph, unsigned long long flags,
                                  struct hipGraphExec **out);
/* Could one be updated to the other? */
bool hip_graph_same_shape_locked(struct ihipGraph *a, struct ihipGraph *b);
/* The node of the executable graph that came from `node`. */
struct hipGraphNode *hip_exec_node_locked(struct hipGraphExec *exec,
                                          const struct hipGraphNode *node);

/* ---- memory and user objects of graphs ---- */

hipError_t hip_graph_memory_create(struct hip_device *device, size_t size,
                                   struct hip_graph_memory **out);
void *hip_graph_memory_address(const struct hip_graph_memory *memory);
/* References of nodes. */
void hip_graph_memory_hold(struct hip_graph_memory *memory);
void hip_graph_memory_drop(struct hip_graph_memory *memory); /* NULL allowed */
/* A launch has reached the allocation node, or the node that frees `address`. */
void hip_graph_memory_use(struct hip_graph_memory *memory);
/* Memory of an allocation node that no node frees yet gets one that does; InvalidValue: no such
 * memory. */
hipError_t hip_graph_memory_claim(void *address);
/* That node is gone. */
void hip_graph_memory_disclaim(void *address);
/* A launch has reached the node, and nobody has freed the memory since. */
bool hip_graph_memory_is_used(struct hip_graph_memory *memory);
void hip_graph_memory_unuse(struct hip_graph_memory *memory);
hipError_t hip_graph_memory_free_node(struct ihipStream_t *stream, void *address);
hipError_t hip_graph_users_copy_locked(struct ihipGraph *to, const struct ihipGraph *from);
void hip_graph_users_drop(struct hip_graph_user *users_of_graph); /* lock not held */

/* Parameters into a node; the old ones are replaced only on success. */
hipError_t hip_node_set_kernel(struct hipGraphNode *node, const hipKernelNodeParams *params);
hipError_t hip_node_set_copy(struct hipGraphNode *node, const hipMemcpy3DParms *params);
hipError_t hip_node_set_copy_1d(struct hipGraphNode *node, void *dst, const void *src, size_t size,
                                hipMemcpyKind kind);
hipError_t hip_node_set_fill(struct hipGraphNode *node, const hipMemsetParams *params);
hipError_t hip_node_set_host(struct hipGraphNode *node, const hipHostNodeParams *params);
hipError_t hip_node_set_event(struct hipGraphNode *node, hipEvent_t event);
hipError_t hip_node_set_child(struct hipGraphNode *node, struct ihipGraph *child);
/* A captured command, with what it owns copied. */
hipError_t hip_node_set_command(struct hipGraphNode *node, const struct hip_command *command);
/* Everything that a node does, from one node to another of the same type. */
hipError_t hip_node_copy(struct hipGraphNode *to, const struct hipGraphNode *from);
/* Gives back what a node owns besides its edges. */
void hip_node_clear(struct hipGraphNode *node);

/* ---- for the API functions; these take hip_graph_lock themselves ---- */

/* How a node gets its parameters: `params` as its kind of node wants them. */
typedef hipError_t (*hip_node_set_fn)(struct hipGraphNode *node, const void *params);
hipError_t hip_node_set_copy_any(struct hipGraphNode *node, const void *params);
hipError_t hip_node_set_fill_any(struct hipGraphNode *node, const void *params);
/* A fill of an executable graph keeps its size if it has several rows. */
hipError_t hip_node_change_exec_fill(struct hipGraphNode *node, const void *params);
/* A copy of an executable graph keeps its direction. */
hipError_t hip_node_change_exec_copy(struct hipGraphNode *node, const void *params);
hipError_t hip_node_new(hipGraphNode_t *out, hipGraph_t graph, const hipGraphNode_t *deps,
                        size_t count, hipGraphNodeType type, hip_node_set_fn set,
                        const void *params);
/* With `in_exec` the node's counterpart in an executable graph. Nodes without parameters have no
 * `set`. */
hipError_t hip_node_change(hipGraphExec_t exec, bool in_exec, hipGraphNode_t handle,
                           hipGraphNodeType type, hip_node_set_fn set, const void *params);
hipError_t hip_node_get(hipGraphNode_t handle, hipGraphNodeType type, void *out, size_t size);
/* This one with the lock held. */
hipError_t hip_node_find_locked(hipGraphExec_t exec, bool in_exec, hipGraphNode_t handle,
                                hipGraphNodeType type, struct hipGraphNode **out);

#endif
