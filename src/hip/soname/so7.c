/* SPDX-License-Identifier: MIT
 * libamdhip64.so.7, for programs that were linked with ROCm 7: the last error is the last failure,
 * hipMemsetParams has another order, and some functions are new. Facts: ROCm's documentation, "HIP
 * API 7.0 changes" (docs/HIP.md says what is not followed).
 */
#include "next.h"

enum { VERSION_7 = 700 };

/* ---- the last failure of the thread, not the result of its last call */

static hipError_t ask(const char *name)
{
    hipError_t (*entry)(void) = NULL;
    if (NEXT(hipGetProcAddress)(name, (void **)&entry, VERSION_7, 0, NULL) != hipSuccess)
        return hipErrorUnknown;
    return entry();
}

EXPORT hipError_t hipGetLastError(void)
{
    return ask("hipGetLastError");
}

EXPORT hipError_t hipPeekAtLastError(void)
{
    return ask("hipPeekAtLastError");
}

EXPORT hipError_t hipPointerGetAttributes(hipPointerAttribute_t *attributes, const void *pointer)
{
    if (attributes == NULL || pointer == NULL) {
        if (attributes != NULL)
            *attributes = (hipPointerAttribute_t){.device = -2}; /* of no device */
        return hipSuccess;
    }
    return NEXT(hipPointerGetAttributes)(attributes, pointer);
}

/* ---- hipMemsetParams */

struct memset_params {
    void *dst;
    size_t pitch;
    unsigned value, element_size;
    size_t width, height;
};
_Static_assert(sizeof(struct memset_params) == 40, "hipMemsetParams of ROCm 7");

static hipMemsetParams from_7(const struct memset_params *params)
{
    return (hipMemsetParams){.dst = params->dst,
                             .elementSize = params->element_size,
                             .height = params->height,
                             .pitch = params->pitch,
                             .value = params->value,
                             .width = params->width};
}

static struct memset_params to_7(const hipMemsetParams *params)
{
    return (struct memset_params){.dst = params->dst,
                                  .pitch = params->pitch,
                                  .value = params->value,
                                  .element_size = params->elementSize,
                                  .width = params->width,
                                  .height = params->height};
}

/* NULL stays NULL, which is for the function behind us to refuse. */
static const hipMemsetParams *convert(const hipMemsetParams *params, hipMemsetParams *out)
{
    if (params == NULL)
        return NULL;
    *out = from_7((const void *)params);
    return out;
}

EXPORT hipError_t hipGraphAddMemsetNode(hipGraphNode_t *node, hipGraph_t graph,
                                        const hipGraphNode_t *deps, size_t count,
                                        const hipMemsetParams *params)
{
    hipMemsetParams now;
    return NEXT(hipGraphAddMemsetNode)(node, graph, deps, count, convert(params, &now));
}

EXPORT hipError_t hipGraphMemsetNodeGetParams(hipGraphNode_t node, hipMemsetParams *params)
{
    hipMemsetParams now;
    hipError_t error = NEXT(hipGraphMemsetNodeGetParams)(node, params != NULL ? &now : NULL);
    if (error == hipSuccess)
        *(struct memset_params *)params = to_7(&now);
    return error;
}

EXPORT hipError_t hipGraphMemsetNodeSetParams(hipGraphNode_t node, const hipMemsetParams *params)
{
    hipMemsetParams now;
    return NEXT(hipGraphMemsetNodeSetParams)(node, convert(params, &now));
}

EXPORT hipError_t hipGraphExecMemsetNodeSetParams(hipGraphExec_t exec, hipGraphNode_t node,
                                                  const hipMemsetParams *params)
{
    hipMemsetParams now;
    return NEXT(hipGraphExecMemsetNodeSetParams)(exec, node, convert(params, &now));
}

/* hipDrvGraphAddMemsetNode and its relative had this layout before, as HIP_MEMSET_NODE_PARAMS. */

/* The same inside of the parameters of any node. */
static hipGraphNodeParams *convert_any(hipGraphNodeParams *params, hipGraphNodeParams *out)
{
    if (params == NULL || params->type != hipGraphNodeTypeMemset)
        return params;
    *out = *params;
    out->memset = from_7((const void *)&params->memset);
    return out;
}

EXPORT hipError_t hipGraphAddNode(hipGraphNode_t *node, hipGraph_t graph,
                                  const hipGraphNode_t *deps, size_t count,
                                  hipGraphNodeParams *params)
{
    hipGraphNodeParams now;
    return NEXT(hipGraphAddNode)(node, graph, deps, count, convert_any(params, &now));
}

EXPORT hipError_t hipGraphNodeSetParams(hipGraphNode_t node, hipGraphNodeParams *params)
{
    hipGraphNodeParams now;
    return NEXT(hipGraphNodeSetParams)(node, convert_any(params, &now));
}

EXPORT hipError_t hipGraphExecNodeSetParams(hipGraphExec_t exec, hipGraphNode_t node,
                                            hipGraphNodeParams *params)
{
    hipGraphNodeParams now;
    return NEXT(hipGraphExecNodeSetParams)(exec, node, convert_any(params, &now));
}

/* ---- new in 7.1: fills of rows by address */

#define FILL(bits, type)                                                                           \
    EXPORT hipError_t hipMemsetD2D##bits(hipDeviceptr_t dst, size_t pitch, unsigned type value,    \
                                         size_t width, size_t height);                             \
    EXPORT hipError_t hipMemsetD2D##bits(hipDeviceptr_t dst, size_t pitch, unsigned type value,    \
                                         size_t width, size_t height)                              \
    {                                                                                              \
        for (size_t y = 0; y < height; y++) {                                                      \
            hipError_t error =                                                                     \
                NEXT(hipMemsetD##bits)((hipDeviceptr_t)((char *)dst + y * pitch), value, width);   \
            if (error != hipSuccess)                                                               \
                return error;                                                                      \
        }                                                                                          \
        return hipSuccess;                                                                         \
    }                                                                                              \
    EXPORT hipError_t hipMemsetD2D##bits##Async(hipDeviceptr_t dst, size_t pitch,                  \
                                                unsigned type value, size_t width, size_t height,  \
                                                hipStream_t stream);                               \
    EXPORT hipError_t hipMemsetD2D##bits##Async(hipDeviceptr_t dst, size_t pitch,                  \
                                                unsigned type value, size_t width, size_t height,  \
                                                hipStream_t stream)                                \
    {                                                                                              \
        for (size_t y = 0; y < height; y++) {                                                      \
            hipError_t error = NEXT(hipMemsetD##bits##Async)(                                      \
                (hipDeviceptr_t)((char *)dst + y * pitch), value, width, stream);                  \
            if (error != hipSuccess)                                                               \
                return error;                                                                      \
        }                                                                                          \
        return hipSuccess;                                                                         \
    }
FILL(8, char)
FILL(16, short)
FILL(32, int)
