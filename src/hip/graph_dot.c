/* SPDX-License-Identifier: MIT
 * hipGraphDebugDotPrint: a graph as a drawing for Graphviz, its child graphs as clusters of their
 * own. The words for kinds of nodes and directions of copies are those that ROCm's drawings have,
 * as programs look for them; flags add what a node was given.
 */
#include "hip/graph.h"
#include "hip/memory.h"

#include <stdio.h>

static const char *const type_names[] = {
    [hipGraphNodeTypeKernel] = "KERNEL",
    [hipGraphNodeTypeMemcpy] = "MEMCPY",
    [hipGraphNodeTypeMemset] = "MEMSET",
    [hipGraphNodeTypeHost] = "HOST",
    [hipGraphNodeTypeGraph] = "GRAPH",
    [hipGraphNodeTypeEmpty] = "EMPTY",
    [hipGraphNodeTypeWaitEvent] = "EVENT_WAIT",
    [hipGraphNodeTypeEventRecord] = "EVENT_RECORD",
    [hipGraphNodeTypeExtSemaphoreSignal] = "EXTERNAL_SEMAPHORE_SIGNAL",
    [hipGraphNodeTypeExtSemaphoreWait] = "EXTERNAL_SEMAPHORE_WAIT",
    [hipGraphNodeTypeMemAlloc] = "MEM_ALLOC",
    [hipGraphNodeTypeMemFree] = "MEM_FREE",
    [hipGraphNodeTypeMemcpyFromSymbol] = "MEMCPY",
    [hipGraphNodeTypeMemcpyToSymbol] = "MEMCPY",
    [hipGraphNodeTypeBatchMemOp] = "BATCH_MEM_OP",
};

struct drawing {
    FILE *file;
    unsigned flags;
    unsigned clusters;
};

static bool wants(const struct drawing *drawing, unsigned flag)
{
    return (drawing->flags & (flag | hipGraphDebugDotFlagsVerbose)) != 0;
}

static void write_escaped(FILE *file, const char *text)
{
    for (; text != NULL && *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            fputc('\\', file);
        fputc(*text, file);
    }
}

/* ---- nodes ---- */

static void write_kernel(const struct drawing *drawing, const struct hipGraphNode *node)
{
    const struct hip_kernel_launch *launch = &node->command.kernel;
    FILE *file = drawing->file;
    fputs("\\n", file);
    write_escaped(file, hipKernelNameRef(launch->function));
    if (wants(drawing, hipGraphDebugDotFlagsKernelNodeParams))
        fprintf(file,
                "\\ngrid of %u x %u x %u work-items\\nblocks of %u x %u x %u\\n%u bytes of dynamic "
                "shared memory\\n%u bytes of arguments",
                launch->grid[0], launch->grid[1], launch->grid[2], launch->block[0],
                launch->block[1], launch->block[2], launch->dynamic_lds, launch->args_size);
    if (wants(drawing, hipGraphDebugDotFlagsKernelNodeAttributes))
        fprintf(file,
                "\\ncooperative %d\\npriority %d\\naccess policy window of %zu bytes at %p, hit "
                "ratio %g",
                node->cooperative, node->priority, node->window.num_bytes, node->window.base_ptr,
                (double)node->window.hitRatio);
}

/* One end of a copy: array, device, host. */
static char place_of(const void *address, hipArray_const_t array, bool is_device, bool is_host)
{
    struct hip_allocation row;
    if (array != NULL)
        return 'A';
    if (is_device || is_host)
        return is_device ? 'D' : 'H';
    return hip_memory_find(address, &row) && row.kind == HIP_MEMORY_DEVICE ? 'D' : 'H';
}

static void write_copy(const struct drawing *drawing, const struct hipGraphNode *node)
{
    const struct hip_copy *copy = &node->command.copy;
    const hipMemcpy3DParms *given = &node->params.copy;
    hipMemcpyKind kind = given->kind;
    bool to_device = kind == hipMemcpyHostToDevice || kind == hipMemcpyDeviceToDevice;
    bool to_host = kind == hipMemcpyDeviceToHost || kind == hipMemcpyHostToHost;
    bool from_device = kind == hipMemcpyDeviceToHost || kind == hipMemcpyDeviceToDevice;
    bool from_host = kind == hipMemcpyHostToDevice || kind == hipMemcpyHostToHost;
    fprintf(drawing->file, "\\n%cto%c, %zu bytes",
            place_of(copy->src, given->srcArray, from_device, from_host),
            place_of(copy->dst, given->dstArray, to_device, to_host),
            copy->width * copy->height * copy->depth);
    if (wants(drawing, hipGraphDebugDotFlagsMemcpyNodeParams))
        fprintf(drawing->file,
                "\\nfrom %p, pitch %zu\\nto %p, pitch %zu\\n%zu bytes x %zu rows x %zu slices",
                copy->src, copy->src_pitch, copy->dst, copy->dst_pitch, copy->width, copy->height,
                copy->depth);
}

static void write_fill(const struct drawing *drawing, const hipMemsetParams *fill)
{
    fprintf(drawing->file, "\\n%u, %zu bytes", fill->value,
            fill->width * fill->height * fill->elementSize);
    if (wants(drawing, hipGraphDebugDotFlagsMemsetNodeParams))
        fprintf(drawing->file, "\\nat %p, pitch %zu\\n%zu elements of %u bytes x %zu rows",
                fill->dst, fill->pitch, fill->width, fill->elementSize, fill->height);
}

static void write_details(const struct drawing *drawing, const struct hipGraphNode *node)
{
    FILE *file = drawing->file;
    switch (node->command.kind) {
    case HIP_COMMAND_KERNEL:
        write_kernel(drawing, node);
        break;
    case HIP_COMMAND_COPY:
        write_copy(drawing, node);
        break;
    case HIP_COMMAND_FILL:
        write_fill(drawing, &node->params.fill);
        break;
    case HIP_COMMAND_HOST:
        if (wants(drawing, hipGraphDebugDotFlagsHostNodeParams))
            fprintf(file, "\\nfunction %p\\nuser data %p", *(void **)&node->params.host.fn,
                    node->params.host.userData);
        break;
    default:
        break;
    }
    if (node->event != NULL && wants(drawing, hipGraphDebugDotFlagsEventNodeParams))
        fprintf(file, "\\nevent %p", (const void *)node->event);
    if (node->type == hipGraphNodeTypeMemAlloc)
        fprintf(file, "\\n%zu bytes at %p", node->params.alloc.bytesize, node->params.alloc.dptr);
    if (wants(drawing, hipGraphDebugDotFlagsHandles))
        fprintf(file, "\\nnode %p", (const void *)node);
}

/* ---- graphs ---- */

static void write_graph(struct drawing *drawing, const struct ihipGraph *graph)
{
    unsigned number = drawing->clusters++;
    FILE *file = drawing->file;
    fprintf(file, "subgraph cluster_%u {\nlabel=\"graph %u\";\n", number, number);
    for (const struct hipGraphNode *node = graph->first; node != NULL; node = node->next) {
        bool is_named = (unsigned)node->type < sizeof type_names / sizeof type_names[0] &&
                        type_names[node->type] != NULL;
        fprintf(file, "\"%p\" [label=\"%s", (const void *)node,
                is_named ? type_names[node->type] : "?");
        write_details(drawing, node);
        if (node->child != NULL)
            fprintf(file, "\\ngraph %u", drawing->clusters);
        fprintf(file, "\"];\n");
        if (node->child != NULL)
            write_graph(drawing, node->child);
    }
    for (const struct hipGraphNode *node = graph->first; node != NULL; node = node->next)
        for (uint32_t i = 0; i < node->dep_count; i++)
            fprintf(file, "\"%p\" -> \"%p\";\n", (const void *)node->deps[i], (const void *)node);
    fprintf(file, "}\n");
}

static hipError_t draw_locked(hipGraph_t graph, const char *path, unsigned flags)
{
    if (path == NULL || !hip_graph_is_locked(graph))
        return hipErrorInvalidValue;
    struct drawing drawing = {.file = fopen(path, "w"), .flags = flags};
    if (drawing.file == NULL)
        return hipErrorOperatingSystem;
    fprintf(drawing.file, "digraph hip {\n");
    write_graph(&drawing, graph);
    fprintf(drawing.file, "}\n");
    return fclose(drawing.file) == 0 ? hipSuccess : hipErrorOperatingSystem;
}

static hipError_t draw(hipGraph_t graph, const char *path, unsigned flags)
{
    pthread_mutex_lock(&hip_graph_lock);
    hipError_t error = draw_locked(graph, path, flags);
    pthread_mutex_unlock(&hip_graph_lock);
    return error;
}

hipError_t hipGraphDebugDotPrint(hipGraph_t graph, const char *path, unsigned int flags)
{
    return hip_return(hip_ready() ?: draw(graph, path, flags));
}
