/* SPDX-License-Identifier: MIT
 * Graph nodes that wait for and write values in memory, several in a row: the graph's form of
 * hipStreamBatchMemOp.
 */
#include "hip/graph.h"
#include "hip/stream.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_OPS = 256 };

/* What a node of this type does; its command has the reference. Constant but for the count. */
struct batch {
    _Atomic int references;
    hipCtx_t context;
    unsigned count;
    hipStreamBatchMemOpParams *given; /* as the program gave them */
    struct hip_command ops[];         /* WAIT and WRITE */
};

static void hold(void *data)
{
    struct batch *batch = data;
    atomic_fetch_add(&batch->references, 1);
}

static void drop(void *data)
{
    struct batch *batch = data;
    /* release pairs with the acquire of whoever drops the last reference */
    if (atomic_fetch_sub_explicit(&batch->references, 1, memory_order_acq_rel) != 1)
        return;
    free(batch->given);
    free(batch);
}

static hipError_t run(void *data, uint64_t value)
{
    const struct batch *batch = data;
    hipError_t error = hipSuccess;
    for (unsigned i = 0; i < batch->count && error == hipSuccess; i++)
        error = hip_command_run(&batch->ops[i], hipSuccess);
    return error;
}

static hipError_t fill(struct batch *batch, const hipBatchMemOpNodeParams *params)
{
    batch->context = params->ctx;
    batch->count = params->count;
    batch->given = malloc(params->count * sizeof *batch->given);
    if (batch->given == NULL)
        return hipErrorOutOfMemory;
    memcpy(batch->given, params->paramArray, params->count * sizeof *batch->given);
    hipError_t error = hipSuccess;
    for (unsigned i = 0; i < params->count && error == hipSuccess; i++)
        error = hip_command_of_mem_op(&params->paramArray[i], &batch->ops[i]);
    return error;
}

static hipError_t set_batch(struct hipGraphNode *node, const void *given)
{
    const hipBatchMemOpNodeParams *params = given;
    if (params == NULL || params->paramArray == NULL || params->count == 0 ||
        params->count > MAX_OPS || params->flags != 0)
        return hipErrorInvalidValue;
    struct batch *batch = calloc(1, sizeof *batch + params->count * sizeof batch->ops[0]);
    if (batch == NULL)
        return hipErrorOutOfMemory;
    atomic_init(&batch->references, 1);
    hipError_t error = fill(batch, params);
    if (error != hipSuccess) {
        drop(batch);
        return error;
    }
    if (node->command.kind == HIP_COMMAND_NATIVE)
        hip_command_finish(&node->command);
    node->command =
        (struct hip_command){.kind = HIP_COMMAND_NATIVE,
                             .native = {.run = run, .hold = hold, .drop = drop, .data = batch}};
    return hipSuccess;
}

hipError_t hipGraphAddBatchMemOpNode(hipGraphNode_t *node, hipGraph_t graph,
                                     const hipGraphNode_t *dependencies, size_t count,
                                     const hipBatchMemOpNodeParams *params)
{
    return hip_return(hip_ready()
                          ?: hip_node_new(node, graph, dependencies, count,
                                          hipGraphNodeTypeBatchMemOp, set_batch, params));
}

/* The array that is given out is the node's own. A captured value has no parameters to give. */
static hipError_t get_params(hipGraphNode_t handle, hipBatchMemOpNodeParams *out)
{
    struct hipGraphNode *node;
    if (out == NULL)
        return hipErrorInvalidValue;
    pthread_mutex_lock(&hip_graph_lock);
    hipError_t error = hip_node_find_locked(NULL, false, handle, hipGraphNodeTypeBatchMemOp, &node);
    if (error == hipSuccess && node->command.kind != HIP_COMMAND_NATIVE)
        error = hipErrorNotSupported;
    if (error == hipSuccess) {
        const struct batch *batch = node->command.native.data;
        *out = (hipBatchMemOpNodeParams){
            .ctx = batch->context, .count = batch->count, .paramArray = batch->given};
    }
    pthread_mutex_unlock(&hip_graph_lock);
    return error;
}

hipError_t hipGraphBatchMemOpNodeGetParams(hipGraphNode_t node, hipBatchMemOpNodeParams *params)
{
    return hip_return(hip_ready() ?: get_params(node, params));
}

hipError_t hipGraphBatchMemOpNodeSetParams(hipGraphNode_t node, hipBatchMemOpNodeParams *params)
{
    return hip_return(
        hip_ready()
            ?: hip_node_change(NULL, false, node, hipGraphNodeTypeBatchMemOp, set_batch, params));
}

hipError_t hipGraphExecBatchMemOpNodeSetParams(hipGraphExec_t exec, hipGraphNode_t node,
                                               const hipBatchMemOpNodeParams *params)
{
    return hip_return(
        hip_ready()
            ?: hip_node_change(exec, true, node, hipGraphNodeTypeBatchMemOp, set_batch, params));
}
