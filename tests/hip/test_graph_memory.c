/* SPDX-License-Identifier: MIT
 * Graphs: their memory, values in memory, what capture forbids, parameters of copies.
 */
#include "rig.h"

enum { N = 64, BYTES = N * sizeof(int) };

static uint64_t attribute(hipGraphMemAttributeType which)
{
    uint64_t value = 77;
    OK(hipDeviceGetGraphMemAttribute(0, which, &value));
    return value;
}

static void expect_usage(uint64_t current, uint64_t high)
{
    assert_int_equal(attribute(hipGraphMemAttrUsedMemCurrent), current);
    assert_int_equal(attribute(hipGraphMemAttrReservedMemCurrent), current);
    assert_int_equal(attribute(hipGraphMemAttrUsedMemHigh), high);
    assert_int_equal(attribute(hipGraphMemAttrReservedMemHigh), high);
}

static void reset_usage(void)
{
    uint64_t zero = 0;
    OK(hipDeviceSetGraphMemAttribute(0, hipGraphMemAttrUsedMemHigh, &zero));
    OK(hipDeviceSetGraphMemAttribute(0, hipGraphMemAttrReservedMemHigh, &zero));
}

static const hipMemAllocNodeParams alloc_params = {
    .poolProps = {.allocType = hipMemAllocationTypePinned,
                  .location = {hipMemLocationTypeDevice, 0}},
    .bytesize = BYTES};

static void memory_counts_from_a_launch_until_it_is_freed(void **state)
{
    hipMemAllocNodeParams memory = alloc_params;
    hipGraph_t graph;
    hipGraphExec_t exec, second;
    hipGraphNode_t alloc, freed;
    uint64_t one = 1;
    reset_usage();
    OK(hipGraphCreate(&graph, 0));
    OK(hipGraphAddMemAllocNode(&alloc, graph, NULL, 0, &memory));
    OK(hipGraphInstantiate(&exec, graph, NULL, NULL, 0));
    EXPECT(hipGraphInstantiate(&second, graph, NULL, NULL, 0), hipErrorNotSupported);
    expect_usage(0, 0);
    OK(hipGraphLaunch(exec, NULL));
    OK(hipDeviceSynchronize());
    expect_usage(BYTES, BYTES);
    OK(hipFree(memory.dptr));
    expect_usage(0, BYTES);
    EXPECT(hipFree(memory.dptr), hipErrorInvalidValue);
    OK(hipGraphLaunch(exec, NULL)); /* again, at the same address */
    OK(hipMemset(memory.dptr, 1, BYTES));
    OK(hipGraphExecDestroy(exec));
    OK(hipGraphInstantiate(&second, graph, NULL, NULL, 0));
    OK(hipGraphExecDestroy(second));
    OK(hipGraphDestroy(graph));
    OK(hipMemset(memory.dptr, 2, BYTES)); /* the program's until it is freed */
    OK(hipFreeAsync(memory.dptr, NULL));
    OK(hipDeviceSynchronize());
    expect_usage(0, BYTES);
    memory = alloc_params;
    OK(hipGraphCreate(&graph, 0));
    OK(hipGraphAddMemAllocNode(&alloc, graph, NULL, 0, &memory));
    OK(hipGraphAddMemFreeNode(&freed, graph, &alloc, 1, memory.dptr));
    OK(hipGraphInstantiate(&exec, graph, NULL, NULL, 0));
    for (int i = 0; i < 3; i++)
        OK(hipGraphLaunch(exec, NULL));
    OK(hipDeviceSynchronize());
    expect_usage(0, BYTES);
    OK(hipGraphExecDestroy(exec));
    OK(hipGraphDestroy(graph));
    OK(hipDeviceGraphMemTrim(0));
    reset_usage();
    expect_usage(0, 0);
    EXPECT(hipDeviceSetGraphMemAttribute(0, hipGraphMemAttrUsedMemHigh, &one),
           hipErrorInvalidValue);
    EXPECT(hipDeviceSetGraphMemAttribute(0, hipGraphMemAttrUsedMemCurrent, &one),
           hipErrorInvalidValue);
    EXPECT(hipDeviceGetGraphMemAttribute(9, hipGraphMemAttrUsedMemCurrent, &one),
           hipErrorInvalidDevice);
    EXPECT(hipDeviceGraphMemTrim(-1), hipErrorInvalidDevice);
}

static void captured_allocations_belong_to_the_graph(void **state)
{
    hipStream_t stream;
    hipGraph_t graph;
    hipGraphExec_t exec;
    hipGraphNode_t nodes[8];
    hipGraphNodeType type;
    size_t count = 8;
    int *memory, *result, host[N];
    OK(hipStreamCreate(&stream));
    OK(hipMalloc((void **)&result, BYTES));
    OK(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal));
    OK(hipMallocAsync((void **)&memory, BYTES, stream));
    OK(hipMemsetD32Async((hipDeviceptr_t)memory, 5, N, stream));
    launch_scale(memory, N, 4, stream);
    OK(hipMemcpyAsync(result, memory, BYTES, hipMemcpyDeviceToDevice, stream));
    OK(hipFreeAsync(memory, stream));
    OK(hipStreamEndCapture(stream, &graph));
    OK(hipGraphGetNodes(graph, nodes, &count));
    assert_int_equal(count, 5);
    OK(hipGraphNodeGetType(nodes[0], &type));
    assert_int_equal(type, hipGraphNodeTypeMemAlloc);
    OK(hipGraphNodeGetType(nodes[4], &type));
    assert_int_equal(type, hipGraphNodeTypeMemFree);
    OK(hipGraphInstantiate(&exec, graph, NULL, NULL, 0));
    for (int i = 0; i < 3; i++) {
        OK(hipMemset(result, 0, BYTES));
        OK(hipGraphLaunch(exec, stream));
        OK(hipStreamSynchronize(stream));
        OK(hipMemcpy(host, result, BYTES, hipMemcpyDeviceToHost));
        assert_int_equal(host[N - 1], 20);
    }
    OK(hipGraphExecDestroy(exec));
    OK(hipGraphDestroy(graph));
    OK(hipStreamDestroy(stream));
    OK(hipFree(result));
}

static hipStreamBatchMemOpParams write_op(void *address, uint32_t value)
{
    return (hipStreamBatchMemOpParams){.writeValue = {.operation = hipStreamMemOpWriteValue32,
                                                      .address = address,
                                                      .value = value}};
}

static void batches_of_values_are_nodes(void **state)
{
    uint32_t *words;
    hipGraph_t graph;
    hipGraphExec_t exec;
    hipGraphNode_t node;
    OK(hipHostMalloc((void **)&words, 64, 0));
    memset(words, 0, 64);
    hipStreamBatchMemOpParams ops[3] = {write_op(&words[0], 11), write_op(&words[1], 22)};
    ops[2].waitValue =
        (struct hipStreamMemOpWaitValueParams_t){.operation = hipStreamMemOpWaitValue32,
                                                 .address = &words[1],
                                                 .value = 22,
                                                 .flags = hipStreamWaitValueEq};
    hipBatchMemOpNodeParams params = {.count = 3, .paramArray = ops}, read, bad;
    OK(hipGraphCreate(&graph, 0));
    OK(hipGraphAddBatchMemOpNode(&node, graph, NULL, 0, &params));
    OK(hipGraphBatchMemOpNodeGetParams(node, &read));
    assert_int_equal(read.count, 3);
    assert_int_equal(read.paramArray[1].writeValue.value, 22);
    OK(hipGraphInstantiate(&exec, graph, NULL, NULL, 0));
    OK(hipGraphLaunch(exec, NULL));
    OK(hipDeviceSynchronize());
    assert_int_equal(words[0], 11);
    assert_int_equal(words[1], 22);
    hipStreamBatchMemOpParams other = write_op(&words[2], 33);
    params = (hipBatchMemOpNodeParams){.count = 1, .paramArray = &other};
    OK(hipGraphExecBatchMemOpNodeSetParams(exec, node, &params));
    OK(hipGraphLaunch(exec, NULL));
    OK(hipDeviceSynchronize());
    assert_int_equal(words[2], 33);
    OK(hipGraphBatchMemOpNodeGetParams(node, &read)); /* the graph itself is as it was */
    assert_int_equal(read.count, 3);
    OK(hipGraphBatchMemOpNodeSetParams(node, &params));
    OK(hipGraphBatchMemOpNodeGetParams(node, &read));
    assert_int_equal(read.count, 1);
    bad = params;
    bad.count = 0;
    EXPECT(hipGraphAddBatchMemOpNode(&node, graph, NULL, 0, &bad), hipErrorInvalidValue);
    bad.count = 257;
    EXPECT(hipGraphAddBatchMemOpNode(&node, graph, NULL, 0, &bad), hipErrorInvalidValue);
    bad = params;
    bad.paramArray = NULL;
    EXPECT(hipGraphAddBatchMemOpNode(&node, graph, NULL, 0, &bad), hipErrorInvalidValue);
    EXPECT(hipGraphAddBatchMemOpNode(&node, graph, NULL, 0, NULL), hipErrorInvalidValue);
    other.operation = hipStreamMemOpBarrier;
    EXPECT(hipGraphAddBatchMemOpNode(&node, graph, NULL, 0, &params), hipErrorNotSupported);
    EXPECT(hipGraphBatchMemOpNodeGetParams(NULL, &read), hipErrorInvalidValue);
    OK(hipGraphExecDestroy(exec));
    OK(hipGraphDestroy(graph));
    OK(hipHostFree(words));
}

static void capture_makes_unsafe_calls_fail(void **state)
{
    hipStream_t stream, other;
    hipGraph_t graph;
    hipStreamCaptureStatus status;
    hipStreamCaptureMode mode = hipStreamCaptureModeRelaxed;
    void *memory;
    int value = 0, *device;
    OK(hipStreamCreate(&stream));
    OK(hipStreamCreate(&other));
    OK(hipMalloc((void **)&device, 64));
    OK(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal));
    EXPECT(hipStreamIsCapturing(NULL, &status), hipErrorStreamCaptureImplicit);
    EXPECT(hipMalloc(&memory, 64), hipErrorStreamCaptureUnsupported);
    OK(hipStreamIsCapturing(stream, &status));
    assert_int_equal(status, hipStreamCaptureStatusInvalidated);
    EXPECT(hipStreamEndCapture(stream, &graph), hipErrorStreamCaptureInvalidated);
    OK(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal));
    EXPECT(hipDeviceSynchronize(), hipErrorStreamCaptureUnsupported);
    EXPECT(hipStreamEndCapture(stream, &graph), hipErrorStreamCaptureInvalidated);
    OK(hipStreamBeginCapture(stream, hipStreamCaptureModeRelaxed));
    EXPECT(hipMemcpy(device, &value, 4, hipMemcpyHostToDevice), hipErrorStreamCaptureImplicit);
    EXPECT(hipStreamEndCapture(stream, &graph), hipErrorStreamCaptureInvalidated);
    OK(hipStreamBeginCapture(stream, hipStreamCaptureModeThreadLocal));
    EXPECT(hipStreamSynchronize(other), hipErrorStreamCaptureUnsupported);
    EXPECT(hipStreamEndCapture(stream, &graph), hipErrorStreamCaptureInvalidated);
    OK(hipThreadExchangeStreamCaptureMode(&mode));
    OK(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal));
    OK(hipMalloc(&memory, 64)); /* the thread said that it knows what it does */
    OK(hipFree(memory));
    OK(hipStreamSynchronize(other));
    OK(hipStreamEndCapture(stream, &graph));
    OK(hipThreadExchangeStreamCaptureMode(&mode));
    OK(hipGraphDestroy(graph));
    OK(hipFree(device));
    OK(hipStreamDestroy(stream));
    OK(hipStreamDestroy(other));
}

static void parameters_of_copies_are_told_and_kept(void **state)
{
    int host[N] = {0}, *device;
    hipGraph_t graph;
    hipGraphExec_t exec;
    hipGraphNode_t node;
    HIP_MEMCPY3D drv;
    OK(hipMalloc((void **)&device, BYTES));
    OK(hipGraphCreate(&graph, 0));
    OK(hipGraphAddMemcpyNode1D(&node, graph, NULL, 0, device, host, BYTES, hipMemcpyHostToDevice));
    OK(hipDrvGraphMemcpyNodeGetParams(node, &drv));
    assert_int_equal(drv.srcMemoryType, hipMemoryTypeHost);
    assert_ptr_equal(drv.srcHost, host);
    assert_int_equal(drv.dstMemoryType, hipMemoryTypeDevice);
    assert_ptr_equal(drv.dstDevice, device);
    assert_int_equal(drv.WidthInBytes, BYTES);
    EXPECT(hipDrvGraphMemcpyNodeGetParams(node, NULL), hipErrorInvalidValue);
    OK(hipGraphInstantiate(&exec, graph, NULL, NULL, 0));
    EXPECT(
        hipGraphExecMemcpyNodeSetParams1D(exec, node, host, device, BYTES, hipMemcpyDeviceToHost),
        hipErrorInvalidValue);
    EXPECT(
        hipGraphExecMemcpyNodeSetParams1D(exec, node, device, device, BYTES, hipMemcpyHostToDevice),
        hipErrorInvalidValue);
    OK(hipGraphExecMemcpyNodeSetParams1D(exec, node, device, host, 4, hipMemcpyHostToDevice));
    OK(hipGraphExecDestroy(exec));
    OK(hipGraphDestroy(graph));
    OK(hipFree(device));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_counts_from_a_launch_until_it_is_freed),
        cmocka_unit_test(captured_allocations_belong_to_the_graph),
        cmocka_unit_test(batches_of_values_are_nodes),
        cmocka_unit_test(capture_makes_unsafe_calls_fail),
        cmocka_unit_test(parameters_of_copies_are_told_and_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
