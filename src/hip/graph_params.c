/* SPDX-License-Identifier: MIT
 * What graph nodes do: from the program's parameters to commands, and copies of both.
 */
#include "hip/copy.h"
#include "hip/graph.h"
#include "hip/launch.h"
#include "hip/memory.h"

#include <stdlib.h>
#include <string.h>

void hip_node_clear(struct hipGraphNode *node)
{
    if (node->command.kind == HIP_COMMAND_KERNEL)
        free(node->command.kernel.args);
    else if (node->command.kind == HIP_COMMAND_NATIVE)
        hip_command_finish(&node->command);
    free(node->param_pointers);
    node->param_pointers = NULL;
    if (node->child != NULL)
        hip_graph_destroy_locked(node->child);
    node->child = NULL;
    if (node->claims)
        hip_graph_memory_disclaim(node->params.alloc.dptr);
    node->claims = false;
    hip_graph_memory_drop(node->memory);
    node->memory = NULL;
    memset(&node->command, 0, sizeof node->command);
}

/* ---- kernels ---- */

/* Pointers to the arguments inside the node's copy of them, for hipGraphKernelNodeGetParams. */
static bool point_at_args(struct hipGraphNode *node)
{
    const struct hip_kernel_launch *launch = &node->command.kernel;
    const struct cairn_kernel_info *info = launch->function->info;
    void **pointers = calloc(launch->function->explicit_count + 1, sizeof(void *));
    uint32_t next = 0;
    if (pointers == NULL)
        return false;
    for (uint32_t i = 0; i < info->arg_count; i++)
        if (info->args[i].kind < CAIRN_ARG_HIDDEN_GLOBAL_OFFSET_X)
            pointers[next++] = launch->args + info->args[i].offset_bytes;
    free(node->param_pointers);
    node->param_pointers = pointers;
    node->params.kernel.kernelParams = pointers;
    node->params.kernel.extra = NULL;
    return true;
}

static hipError_t set_launch(struct hipGraphNode *node, const struct hip_kernel_launch *launch)
{
    uint8_t *args = malloc(launch->args_size + 1);
    if (args == NULL)
        return hipErrorOutOfMemory;
    if (launch->args_size != 0)
        memcpy(args, launch->args, launch->args_size);
    if (node->command.kind == HIP_COMMAND_KERNEL)
        free(node->command.kernel.args);
    node->command = (struct hip_command){.kind = HIP_COMMAND_KERNEL, .kernel = *launch};
    node->command.kernel.args = args;
    return point_at_args(node) ? hipSuccess : hipErrorOutOfMemory;
}

static hipError_t describe_launch(const hipKernelNodeParams *params,
                                  struct hip_kernel_launch *launch)
{
    const uint32_t grid[3] = {params->gridDim.x, params->gridDim.y, params->gridDim.z};
    const uint32_t block[3] = {params->blockDim.x, params->blockDim.y, params->blockDim.z};
    hipError_t error = hip_function_of(params->func, hip_current_device(), &launch->function);
    if (error != hipSuccess)
        return error;
    for (int i = 0; i < 3; i++) {
        uint64_t items = (uint64_t)grid[i] * block[i];
        if (items > UINT32_MAX)
            return hipErrorInvalidConfiguration;
        launch->grid[i] = (uint32_t)items;
        launch->block[i] = block[i];
    }
    launch->dynamic_lds = params->sharedMemBytes;
    return hip_launch_check(launch);
}

hipError_t hip_node_set_kernel(struct hipGraphNode *node, const hipKernelNodeParams *params)
{
    struct hip_kernel_launch launch = {0};
    if (params == NULL || params->func == NULL)
        return hipErrorInvalidValue;
    hipError_t error = describe_launch(params, &launch);
    if (error != hipSuccess)
        return error;
    launch.args_size = launch.function->explicit_bytes;
    launch.args = calloc(1, launch.args_size + 1);
    if (launch.args == NULL)
        return hipErrorOutOfMemory;
    error = hip_launch_arguments(launch.function, params->kernelParams,
                                 params->kernelParams != NULL ? NULL : params->extra, launch.args);
    if (error == hipSuccess) {
        node->params.kernel = *params;
        error = set_launch(node, &launch);
    }
    free(launch.args);
    return error;
}

/* ---- copies, fills, host functions ---- */

hipError_t hip_node_set_copy(struct hipGraphNode *node, const hipMemcpy3DParms *params)
{
    struct hip_command command;
    hipError_t error = hip_copy_of_3d(params, &command);
    if (error != hipSuccess)
        return error;
    node->command = command;
    node->params.copy = *params;
    return hipSuccess;
}

hipError_t hip_node_set_copy_1d(struct hipGraphNode *node, void *dst, const void *src, size_t size,
                                hipMemcpyKind kind)
{
    hipMemcpy3DParms params = {.dstPtr = make_hipPitchedPtr(dst, size, size, 1),
                               .srcPtr = make_hipPitchedPtr((void *)src, size, size, 1),
                               .extent = make_hipExtent(size, 1, 1),
                               .kind = kind};
    if (dst == NULL || src == NULL || size == 0)
        return hipErrorInvalidValue;
    hipError_t error = hip_memory_check(dst, size) ?: hip_memory_check(src, size);
    return error != hipSuccess ? error : hip_node_set_copy(node, &params);
}

hipError_t hip_node_set_fill(struct hipGraphNode *node, const hipMemsetParams *params)
{
    struct hip_command command;
    hipError_t error = hip_fill_of_memset(params, &command);
    if (error != hipSuccess)
        return error;
    if (params->width == 0 || params->height == 0)
        return hipErrorInvalidValue;
    node->command = command;
    node->params.fill = *params;
    return hipSuccess;
}

hipError_t hip_node_set_host(struct hipGraphNode *node, const hipHostNodeParams *params)
{
    if (params == NULL || params->fn == NULL)
        return hipErrorInvalidValue;
    node->command = (struct hip_command){
        .kind = HIP_COMMAND_HOST, .host = {.function = params->fn, .user = params->userData}};
    node->params.host = *params;
    return hipSuccess;
}

hipError_t hip_node_set_event(struct hipGraphNode *node, hipEvent_t event)
{
    struct ihipEvent_t *found;
    if (hip_event_find(event, &found) != hipSuccess)
        return hipErrorInvalidValue;
    node->event = event;
    return hipSuccess;
}

hipError_t hip_node_set_child(struct hipGraphNode *node, struct ihipGraph *child)
{
    struct ihipGraph *clone;
    hipError_t error = hip_graph_clone_locked(child, &clone);
    if (error != hipSuccess)
        return error;
    if (node->child != NULL)
        hip_graph_destroy_locked(node->child);
    clone->is_child = true;
    node->child = clone;
    return hipSuccess;
}

/* ---- whole nodes ---- */

static void describe_copy(struct hipGraphNode *node)
{
    const struct hip_copy *copy = &node->command.copy;
    size_t dst_rows = copy->dst_pitch == 0 ? 0 : copy->dst_slice / copy->dst_pitch;
    size_t src_rows = copy->src_pitch == 0 ? 0 : copy->src_slice / copy->src_pitch;
    node->params.copy = (hipMemcpy3DParms){
        .dstPtr = make_hipPitchedPtr(copy->dst, copy->dst_pitch, copy->width, dst_rows),
        .srcPtr = make_hipPitchedPtr((void *)copy->src, copy->src_pitch, copy->width, src_rows),
        .extent = make_hipExtent(copy->width, copy->height, copy->depth),
        .kind = hipMemcpyDefault};
    node->was_captured = true;
}

static void describe_fill(struct hipGraphNode *node)
{
    const struct hip_fill *fill = &node->command.fill;
    node->params.fill = (hipMemsetParams){.dst = fill->dst,
                                          .elementSize = fill->element_bytes,
                                          .height = fill->height,
                                          .pitch = fill->pitch,
                                          .value = fill->value,
                                          .width = fill->width};
}

static void describe_kernel(struct hipGraphNode *node)
{
    const struct hip_kernel_launch *launch = &node->command.kernel;
    uint32_t grid[3];
    for (int i = 0; i < 3; i++)
        grid[i] = (launch->grid[i] + launch->block[i] - 1) / launch->block[i];
    node->params.kernel.func =
        launch->named != NULL ? (void *)launch->named : (void *)launch->function;
    node->params.kernel.gridDim = (dim3){grid[0], grid[1], grid[2]};
    node->params.kernel.blockDim = (dim3){launch->block[0], launch->block[1], launch->block[2]};
    node->params.kernel.sharedMemBytes = launch->dynamic_lds;
}

hipError_t hip_node_set_command(struct hipGraphNode *node, const struct hip_command *command)
{
    if (command->kind == HIP_COMMAND_KERNEL) {
        hipError_t error = set_launch(node, &command->kernel);
        if (error == hipSuccess)
            describe_kernel(node);
        return error;
    }
    node->command = *command;
    if (command->kind == HIP_COMMAND_COPY)
        describe_copy(node);
    else if (command->kind == HIP_COMMAND_FILL)
        describe_fill(node);
    else if (command->kind == HIP_COMMAND_HOST)
        node->params.host = (hipHostNodeParams){command->host.function, command->host.user};
    return hipSuccess;
}

hipError_t hip_node_copy(struct hipGraphNode *to, const struct hipGraphNode *from)
{
    hipError_t error = hipSuccess;
    if (from->child != NULL)
        error = hip_node_set_child(to, from->child);
    if (error != hipSuccess)
        return error;
    to->params = from->params;
    to->event = from->event;
    to->was_captured = from->was_captured;
    to->priority = from->priority;
    to->cooperative = from->cooperative;
    to->window = from->window;
    if (from->memory != NULL && from->memory != to->memory) {
        hip_graph_memory_drop(to->memory);
        to->memory = from->memory;
        hip_graph_memory_hold(to->memory);
    }
    if (from->command.kind == HIP_COMMAND_KERNEL)
        return set_launch(to, &from->command.kernel);
    hip_command_hold(&from->command);
    if (to->command.kind == HIP_COMMAND_NATIVE)
        hip_command_finish(&to->command);
    to->command = from->command;
    return hipSuccess;
}
