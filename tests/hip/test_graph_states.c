/* SPDX-License-Identifier: MIT
 * Graphs in states that programs seldom meet: destroyed twice, launched again with memory that
 * nobody freed, updated to something else; what captures remember and refuse.
 */
#include "rig.h"

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

enum { BYTES = 1 << 16 };

static hipMemAllocNodeParams alloc_params(void)
{
    return (hipMemAllocNodeParams){.poolProps = {.allocType = hipMemAllocationTypePinned,
                                                 .location = {hipMemLocationTypeDevice, 0}},
                                   .bytesize = BYTES};
}

static void a_graph_that_is_gone_is_in_an_illegal_state(void **state)
{
    hipGraph_t graph;
    OK(hipGraphCreate(&graph, 0));
    OK(hipGraphDestroy(graph));
    EXPECT(hipGraphDestroy(graph), hipErrorIllegalState);
    EXPECT(hipGraphDestroy(NULL), hipErrorInvalidValue);
}

static void nodes_of_memory_stay_in_their_graph(void **state)
{
    hipMemAllocNodeParams params = alloc_params(), none = alloc_params();
    hipGraph_t graph, clone;
    hipGraphNode_t alloc, release, again;
    void *outside;
    OK(hipGraphCreate(&graph, 0));
    OK(hipMalloc(&outside, BYTES));
    OK(hipGraphAddMemAllocNode(&alloc, graph, NULL, 0, &params));
    none.bytesize = 0;
    none.dptr = outside;
    EXPECT(hipGraphAddMemAllocNode(&again, graph, NULL, 0, &none), hipErrorInvalidValue);
    assert_null(none.dptr);
    EXPECT(hipGraphAddMemFreeNode(&release, graph, &alloc, 1, outside), hipErrorInvalidValue);
    EXPECT(hipGraphAddMemFreeNode(&release, graph, &alloc, 0, params.dptr), hipErrorInvalidValue);
    EXPECT(hipGraphAddMemFreeNode(&release, graph, &alloc, 1, (char *)params.dptr + 8),
           hipErrorInvalidValue);
    OK(hipGraphAddMemFreeNode(&release, graph, &alloc, 1, params.dptr));
    EXPECT(hipGraphAddMemFreeNode(&again, graph, &alloc, 1, params.dptr), hipErrorInvalidValue);
    EXPECT(hipGraphDestroyNode(alloc), hipErrorNotSupported);
    EXPECT(hipGraphDestroyNode(release), hipErrorNotSupported);
    EXPECT(hipGraphClone(&clone, graph), hipErrorNotSupported);
    OK(hipGraphDestroy(graph));
    OK(hipFree(outside));
}

static void a_node_is_found_in_clones_of_clones(void **state)
{
    hipGraph_t graph, clone, second;
    hipGraphNode_t first, node, found;
    OK(hipGraphCreate(&graph, 0));
    OK(hipGraphAddEmptyNode(&first, graph, NULL, 0));
    OK(hipGraphAddEmptyNode(&node, graph, &first, 1));
    OK(hipGraphClone(&clone, graph));
    OK(hipGraphClone(&second, clone));
    OK(hipGraphNodeFindInClone(&found, node, second));
    OK(hipGraphDestroyNode(found));
    EXPECT(hipGraphNodeFindInClone(&found, node, second), hipErrorInvalidValue);
    OK(hipGraphNodeFindInClone(&found, node, clone)); /* clones are independent */
    EXPECT(hipGraphNodeFindInClone(&found, node, graph), hipErrorInvalidValue);
    OK(hipGraphDestroy(graph));
    OK(hipGraphDestroy(clone));
    OK(hipGraphDestroy(second));
}

static void memory_that_nobody_freed_forbids_the_next_launch(void **state)
{
    hipMemAllocNodeParams params = alloc_params();
    hipGraph_t graph;
    hipGraphNode_t alloc;
    hipGraphExec_t exec;
    hipStream_t stream;
    OK(hipStreamCreate(&stream));
    OK(hipGraphCreate(&graph, 0));
    OK(hipGraphAddMemAllocNode(&alloc, graph, NULL, 0, &params));
    OK(hipGraphInstantiate(&exec, graph, NULL, NULL, 0));
    OK(hipGraphLaunch(exec, stream));
    EXPECT(hipGraphLaunch(exec, stream), hipErrorInvalidValue);
    for (int i = 0; i < 3; i++) {
        OK(i == 0 ? hipFree(params.dptr) : hipFreeAsync(params.dptr, stream));
        OK(hipGraphLaunch(exec, stream));
    }
    OK(hipFreeAsync(params.dptr, stream));
    EXPECT(hipFreeAsync(params.dptr, stream), hipErrorInvalidValue);
    OK(hipGraphExecDestroy(exec));
    OK(hipGraphInstantiateWithFlags(&exec, graph, hipGraphInstantiateFlagAutoFreeOnLaunch));
    OK(hipGraphLaunch(exec, stream));
    OK(hipGraphLaunch(exec, stream));
    OK(hipMemsetAsync(params.dptr, 1, BYTES, stream));
    OK(hipStreamSynchronize(stream));
    OK(hipFree(params.dptr));
    OK(hipGraphExecDestroy(exec));
    OK(hipGraphDestroy(graph));
    OK(hipStreamDestroy(stream));
}

static void flags_of_instantiation_are_the_documented_ones(void **state)
{
    hipGraphInstantiateParams params = {.flags = hipGraphInstantiateFlagUpload};
    unsigned long long flags;
    hipGraph_t graph;
    hipGraphExec_t exec;
    OK(hipGraphCreate(&graph, 0));
    EXPECT(hipGraphInstantiateWithFlags(&exec, graph, hipGraphInstantiateFlagUpload),
           hipErrorInvalidValue);
    EXPECT(hipGraphInstantiateWithFlags(&exec, graph, hipGraphInstantiateFlagDeviceLaunch),
           hipErrorInvalidValue);
    EXPECT(hipGraphInstantiateWithFlags(&exec, graph, 16), hipErrorInvalidValue);
    OK(hipGraphInstantiateWithParams(&exec, graph, &params));
    assert_int_equal(params.result_out, hipGraphInstantiateSuccess);
    OK(hipGraphExecGetFlags(exec, &flags));
    assert_int_equal(flags, hipGraphInstantiateFlagUpload);
    OK(hipGraphExecDestroy(exec));
    params.flags = 64;
    EXPECT(hipGraphInstantiateWithParams(&exec, graph, &params), hipErrorInvalidValue);
    assert_int_equal(params.result_out, hipGraphInstantiateError);
    OK(hipGraphDestroy(graph));
}

static void high_marks_of_graph_memory_are_reset_to_zero(void **state)
{
    hipMemAllocNodeParams params = alloc_params();
    uint64_t value = 0;
    hipGraph_t graph;
    hipGraphNode_t alloc;
    hipGraphExec_t exec;
    OK(hipGraphCreate(&graph, 0));
    OK(hipGraphAddMemAllocNode(&alloc, graph, NULL, 0, &params));
    OK(hipGraphInstantiate(&exec, graph, NULL, NULL, 0));
    OK(hipGraphLaunch(exec, NULL));
    OK(hipDeviceGetGraphMemAttribute(0, hipGraphMemAttrUsedMemHigh, &value));
    assert_in_range(value, BYTES, UINT64_MAX);
    value = 0;
    OK(hipDeviceSetGraphMemAttribute(0, hipGraphMemAttrUsedMemHigh, &value));
    value = 1;
    OK(hipDeviceGetGraphMemAttribute(0, hipGraphMemAttrUsedMemHigh, &value));
    assert_int_equal(value, 0);
    OK(hipDeviceGetGraphMemAttribute(0, hipGraphMemAttrUsedMemCurrent, &value));
    assert_int_equal(value, BYTES);
    OK(hipFree(params.dptr));
    OK(hipGraphExecDestroy(exec));
    OK(hipGraphDestroy(graph));
}

/* Programs look for their kernels in what they captured by the host's address of the function. */
static void a_captured_kernel_is_known_by_its_name(void **state)
{
    hipKernelNodeParams params;
    hipGraphNode_t node;
    hipStream_t stream;
    hipGraph_t graph;
    size_t count = 1;
    int *data;
    OK(hipStreamCreate(&stream));
    OK(hipMalloc((void **)&data, 4));
    OK(hipStreamBeginCapture(stream, hipStreamCaptureModeRelaxed));
    launch_scale(data, 1, 2, stream);
    OK(hipStreamEndCapture(stream, &graph));
    OK(hipGraphGetNodes(graph, &node, &count));
    OK(hipGraphKernelNodeGetParams(node, &params));
    assert_ptr_equal(params.func, kernel_scale);
    assert_int_equal(*(int *)params.kernelParams[2], 2);
    OK(hipGraphKernelNodeSetParams(node, &params));
    OK(hipGraphDestroy(graph));
    OK(hipFree(data));
    OK(hipStreamDestroy(stream));
}

static void events_of_a_captured_launch_are_nodes(void **state)
{
    static const hipGraphNodeType types[] = {hipGraphNodeTypeEventRecord, hipGraphNodeTypeKernel,
                                             hipGraphNodeTypeEventRecord};
    int n = 1, factor = 5, value = 3;
    int *data;
    void *args[] = {&data, &n, &factor};
    hipGraphNode_t nodes[3];
    size_t count = COUNT(nodes);
    hipStream_t stream;
    hipEvent_t start, stop, event;
    hipGraph_t graph;
    hipGraphExec_t exec;
    float time = -1;
    OK(hipStreamCreate(&stream));
    OK(hipEventCreate(&start));
    OK(hipEventCreate(&stop));
    OK(hipMalloc((void **)&data, 4));
    OK(hipMemcpy(data, &value, 4, hipMemcpyHostToDevice));
    OK(hipStreamBeginCapture(stream, hipStreamCaptureModeRelaxed));
    OK(hipExtLaunchKernel(kernel_scale, (dim3){1, 1, 1}, (dim3){64, 1, 1}, args, 0, stream, start,
                          stop, 0));
    OK(hipStreamEndCapture(stream, &graph));
    OK(hipGraphGetNodes(graph, nodes, &count));
    assert_int_equal(count, 3);
    for (size_t i = 0; i < count; i++) {
        hipGraphNodeType type;
        OK(hipGraphNodeGetType(nodes[i], &type));
        assert_int_equal(type, types[i]);
    }
    OK(hipGraphEventRecordNodeGetEvent(nodes[2], &event));
    assert_ptr_equal(event, stop);
    OK(hipGraphInstantiate(&exec, graph, NULL, NULL, 0));
    OK(hipGraphLaunch(exec, stream));
    OK(hipEventSynchronize(stop));
    OK(hipEventElapsedTime(&time, start, stop));
    assert_true(time >= 0);
    OK(hipMemcpy(&value, data, 4, hipMemcpyDeviceToHost));
    assert_int_equal(value, 15);
    OK(hipGraphExecDestroy(exec));
    OK(hipGraphDestroy(graph));
    OK(hipEventDestroy(start));
    OK(hipEventDestroy(stop));
    OK(hipFree(data));
    OK(hipStreamDestroy(stream));
}

static void end_invalid(hipStream_t stream)
{
    hipGraph_t graph;
    EXPECT(hipStreamEndCapture(stream, &graph), hipErrorStreamCaptureInvalidated);
}

static void a_capture_takes_waiting_copies_and_refuses_arrays(void **state)
{
    const hipChannelFormatDesc desc = {32, 0, 0, 0, hipChannelFormatKindSigned};
    hipStream_t stream;
    hipGraph_t graph;
    hipArray_t array, other;
    hipMipmappedArray_t mipmap;
    size_t count;
    int *data, value = 1;
    OK(hipStreamCreate(&stream));
    OK(hipMalloc((void **)&data, 4));
    OK(hipMallocArray(&array, &desc, 4, 4, 0));
    OK(hipStreamBeginCapture(stream, hipStreamCaptureModeRelaxed));
    OK(hipMemcpyWithStream(data, &value, 4, hipMemcpyHostToDevice, stream));
    OK(hipMallocArray(&other, &desc, 4, 4, 0)); /* relaxed */
    OK(hipFreeArray(other));
    OK(hipStreamEndCapture(stream, &graph));
    OK(hipGraphGetNodes(graph, NULL, &count));
    assert_int_equal(count, 1);
    OK(hipGraphDestroy(graph));
    for (int i = 0; i < 3; i++) {
        OK(hipStreamBeginCapture(stream, hipStreamCaptureModeThreadLocal));
        EXPECT(i == 0   ? hipMallocArray(&other, &desc, 4, 4, 0)
               : i == 1 ? hipFreeArray(array)
                        : hipMallocMipmappedArray(&mipmap, &desc, make_hipExtent(4, 4, 0), 1, 0),
               hipErrorStreamCaptureUnsupported);
        end_invalid(stream);
    }
    OK(hipFreeArray(array));
    OK(hipFree(data));
    OK(hipStreamDestroy(stream));
}

static hipError_t update(hipGraphExec_t exec, hipGraph_t graph, hipGraphExecUpdateResult *result)
{
    hipGraphNode_t node;
    return hipGraphExecUpdate(exec, graph, &node, result);
}

static void updates_tell_what_does_not_fit(void **state)
{
    hipGraphExecUpdateResult result;
    hipGraph_t graph, one, other, child;
    hipGraphNode_t node, second, third;
    hipGraphExec_t exec;
    int *data;
    OK(hipMalloc((void **)&data, 64));
    hipMemsetParams fill = {.dst = data, .elementSize = 4, .height = 1, .width = 4, .value = 1};
    OK(hipGraphCreate(&graph, 0));
    OK(hipGraphAddMemsetNode(&node, graph, NULL, 0, &fill));
    OK(hipGraphAddEmptyNode(&second, graph, &node, 1));
    OK(hipGraphInstantiate(&exec, graph, NULL, NULL, 0));
    OK(hipGraphCreate(&one, 0));
    OK(hipGraphAddMemsetNode(&node, one, NULL, 0, &fill));
    EXPECT(update(exec, one, &result), hipErrorGraphExecUpdateFailure);
    assert_int_equal(result, hipGraphExecUpdateErrorTopologyChanged);
    OK(hipGraphAddEmptyNode(&third, one, NULL, 0)); /* as many, but no edge */
    EXPECT(update(exec, one, &result), hipErrorGraphExecUpdateFailure);
    assert_int_equal(result, hipGraphExecUpdateErrorTopologyChanged);
    OK(hipGraphAddDependencies(one, &node, &third, 1));
    OK(update(exec, one, &result));
    assert_int_equal(result, hipGraphExecUpdateSuccess);
    OK(hipGraphCreate(&other, 0));
    OK(hipGraphAddEmptyNode(&node, other, NULL, 0));
    OK(hipGraphAddEmptyNode(&second, other, &node, 1));
    EXPECT(update(exec, other, &result), hipErrorGraphExecUpdateFailure);
    assert_int_equal(result, hipGraphExecUpdateErrorNodeTypeChanged);
    OK(hipGraphExecDestroy(exec));
    /* a child is replaced by one of its shape */
    OK(hipGraphCreate(&child, 0));
    OK(hipGraphAddChildGraphNode(&node, child, NULL, 0, one));
    OK(hipGraphInstantiate(&exec, child, NULL, NULL, 0));
    OK(hipGraphExecChildGraphNodeSetParams(exec, node, graph));
    EXPECT(hipGraphExecChildGraphNodeSetParams(exec, node, other), hipErrorUnknown);
    OK(hipGraphExecDestroy(exec));
    OK(hipGraphDestroy(child));
    OK(hipGraphDestroy(graph));
    OK(hipGraphDestroy(one));
    OK(hipGraphDestroy(other));
    OK(hipFree(data));
}

static void attributes_of_different_kinds_are_not_copied(void **state)
{
    int n = 1, factor = 2;
    int *data = NULL;
    void *args[] = {&data, &n, &factor};
    hipKernelNodeParams params = {.func = (void *)kernel_scale,
                                  .gridDim = {1, 1, 1},
                                  .blockDim = {64, 1, 1},
                                  .kernelParams = args};
    hipKernelNodeAttrValue value = {.cooperative = 1};
    hipGraphNode_t first, second;
    hipGraph_t graph;
    OK(hipGraphCreate(&graph, 0));
    OK(hipGraphAddKernelNode(&first, graph, NULL, 0, &params));
    OK(hipGraphAddKernelNode(&second, graph, NULL, 0, &params));
    OK(hipGraphKernelNodeCopyAttributes(first, second));
    OK(hipGraphKernelNodeSetAttribute(first, hipLaunchAttributeCooperative, &value));
    OK(hipGraphKernelNodeCopyAttributes(first, second));
    memset(&value, 0, sizeof value);
    OK(hipGraphKernelNodeGetAttribute(second, hipLaunchAttributeCooperative, &value));
    assert_int_equal(value.cooperative, 1);
    value.priority = 0;
    OK(hipGraphKernelNodeSetAttribute(second, hipLaunchAttributePriority, &value));
    EXPECT(hipGraphKernelNodeCopyAttributes(first, second), hipErrorInvalidContext);
    OK(hipGraphDestroy(graph));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_graph_that_is_gone_is_in_an_illegal_state),
        cmocka_unit_test(nodes_of_memory_stay_in_their_graph),
        cmocka_unit_test(a_node_is_found_in_clones_of_clones),
        cmocka_unit_test(memory_that_nobody_freed_forbids_the_next_launch),
        cmocka_unit_test(flags_of_instantiation_are_the_documented_ones),
        cmocka_unit_test(high_marks_of_graph_memory_are_reset_to_zero),
        cmocka_unit_test(a_captured_kernel_is_known_by_its_name),
        cmocka_unit_test(events_of_a_captured_launch_are_nodes),
        cmocka_unit_test(a_capture_takes_waiting_copies_and_refuses_arrays),
        cmocka_unit_test(updates_tell_what_does_not_fit),
        cmocka_unit_test(attributes_of_different_kinds_are_not_copied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
