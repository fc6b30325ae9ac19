/* SPDX-License-Identifier: MIT
 * Graphs: built by hand and by capture, launched, updated, cloned; what is refused.
 */
#include "rig.h"

enum { N = 256 };

static hipKernelNodeParams scale_params(void **args)
{
    return (hipKernelNodeParams){.func = (void *)kernel_scale,
                                 .gridDim = {N / 64, 1, 1},
                                 .blockDim = {64, 1, 1},
                                 .kernelParams = args};
}

static void on_host(void *user)
{
    ++*(int *)user;
}

/* memset 1 -> scale by 3 -> scale by 5 -> copy out -> host function */
static void a_graph_built_by_hand_runs_in_order(void **state)
{
    int *data, *out, n = N, three = 3, five = 5, called = 0;
    hipGraph_t graph;
    hipGraphExec_t exec;
    hipGraphNode_t fill, first, second, copy, host;
    OK(hipMalloc((void **)&data, N * 4));
    OK(hipHostMalloc((void **)&out, N * 4, 0));
    void *first_args[] = {&data, &n, &three}, *second_args[] = {&data, &n, &five};
    hipKernelNodeParams first_params = scale_params(first_args),
                        second_params = scale_params(second_args);
    hipMemsetParams fill_params = {
        .dst = data, .elementSize = 4, .height = 1, .value = 1, .width = N, .pitch = N * 4};
    hipHostNodeParams host_params = {on_host, &called};
    OK(hipGraphCreate(&graph, 0));
    OK(hipGraphAddKernelNode(&second, graph, NULL, 0, &second_params)); /* edges come later */
    OK(hipGraphAddKernelNode(&first, graph, NULL, 0, &first_params));
    OK(hipGraphAddMemsetNode(&fill, graph, NULL, 0, &fill_params));
    OK(hipGraphAddDependencies(graph, &fill, &first, 1));
    OK(hipGraphAddDependencies(graph, &first, &second, 1));
    OK(hipGraphAddMemcpyNode1D(&copy, graph, &second, 1, out, data, N * 4, hipMemcpyDeviceToHost));
    OK(hipGraphAddHostNode(&host, graph, &copy, 1, &host_params));
    five = 1000; /* arguments were taken when the node was made */
    OK(hipGraphInstantiate(&exec, graph, NULL, NULL, 0));
    for (int round = 1; round <= 3; round++) {
        memset(out, 0, N * 4);
        OK(hipGraphLaunch(exec, NULL));
        OK(hipDeviceSynchronize());
        for (int i = 0; i < N; i++)
            assert_int_equal(out[i], 15);
        assert_int_equal(called, round);
    }
    /* another factor for the second kernel */
    five = 7;
    OK(hipGraphExecKernelNodeSetParams(exec, second, &second_params));
    OK(hipGraphLaunch(exec, NULL));
    OK(hipDeviceSynchronize());
    assert_int_equal(out[0], 21);
    /* and without it */
    OK(hipGraphNodeSetEnabled(exec, second, 0));
    OK(hipGraphLaunch(exec, NULL));
    OK(hipDeviceSynchronize());
    assert_int_equal(out[0], 3);
    OK(hipGraphExecDestroy(exec));
    EXPECT(hipGraphLaunch(exec, NULL), hipErrorInvalidValue);
    OK(hipGraphDestroy(graph));
    EXPECT(hipGraphDestroy(graph), hipErrorIllegalState);
    OK(hipFree(data));
    OK(hipHostFree(out));
}

static void nodes_and_edges_can_be_listed(void **state)
{
    hipGraph_t graph, clone;
    hipGraphNode_t a, b, c, nodes[4], from[4], to[4], found;
    hipGraphNodeType type;
    size_t count = 0;
    OK(hipGraphCreate(&graph, 0));
    OK(hipGraphAddEmptyNode(&a, graph, NULL, 0));
    OK(hipGraphAddEmptyNode(&b, graph, &a, 1));
    hipGraphNode_t both[] = {a, b};
    OK(hipGraphAddEmptyNode(&c, graph, both, 2));
    OK(hipGraphGetNodes(graph, NULL, &count));
    assert_int_equal(count, 3);
    count = 4;
    OK(hipGraphGetRootNodes(graph, nodes, &count));
    assert_int_equal(count, 1);
    assert_ptr_equal(nodes[0], a);
    count = 4;
    OK(hipGraphGetEdges(graph, from, to, &count));
    assert_int_equal(count, 3);
    count = 4;
    OK(hipGraphNodeGetDependentNodes(a, nodes, &count));
    assert_int_equal(count, 2);
    OK(hipGraphNodeGetType(c, &type));
    assert_int_equal(type, hipGraphNodeTypeEmpty);
    OK(hipGraphClone(&clone, graph));
    OK(hipGraphNodeFindInClone(&found, b, clone));
    assert_ptr_not_equal(found, b);
    count = 4;
    OK(hipGraphNodeGetDependencies(found, nodes, &count));
    assert_int_equal(count, 1);
    OK(hipGraphDestroyNode(b));
    count = 0;
    OK(hipGraphGetEdges(graph, NULL, NULL, &count));
    assert_int_equal(count, 1);
    EXPECT(hipGraphAddEmptyNode(&found, clone, &a, 1), hipErrorInvalidValue);
    EXPECT(hipGraphAddDependencies(graph, &a, &a, 1), hipErrorInvalidValue);
    OK(hipGraphDestroy(graph));
    OK(hipGraphDestroy(clone));
}

static void a_graph_can_hold_a_copy_of_itself(void **state)
{
    int *data, value = 1, n = 1, factor = 3;
    hipGraph_t graph;
    hipGraphExec_t exec;
    hipGraphNode_t node, child;
    OK(hipMalloc((void **)&data, N * 4));
    OK(hipMemcpy(data, &value, 4, hipMemcpyHostToDevice));
    void *args[] = {&data, &n, &factor};
    hipKernelNodeParams params = scale_params(args);
    OK(hipGraphCreate(&graph, 0));
    OK(hipGraphAddKernelNode(&node, graph, NULL, 0, &params));
    OK(hipGraphAddChildGraphNode(&child, graph, &node, 1, graph));
    OK(hipGraphInstantiate(&exec, graph, NULL, NULL, 0));
    OK(hipGraphLaunch(exec, NULL));
    OK(hipMemcpy(&value, data, 4, hipMemcpyDeviceToHost));
    assert_int_equal(value, 9);
    OK(hipGraphExecDestroy(exec));
    OK(hipGraphDestroy(graph));
    OK(hipFree(data));
}

static void cycles_are_refused(void **state)
{
    hipGraph_t graph;
    hipGraphExec_t exec;
    hipGraphNode_t a, b;
    OK(hipGraphCreate(&graph, 0));
    OK(hipGraphAddEmptyNode(&a, graph, NULL, 0));
    OK(hipGraphAddEmptyNode(&b, graph, &a, 1));
    OK(hipGraphAddDependencies(graph, &b, &a, 1));
    EXPECT(hipGraphInstantiate(&exec, graph, NULL, NULL, 0), hipErrorInvalidValue);
    OK(hipGraphDestroy(graph));
}

static void kinds_of_nodes_that_are_not_there_are_refused(void **state)
{
    /* By AMD's reference hipGraphAddNode returns InvalidValue; 15 and 100 stand for conditional
     * nodes of interfaces that have them. */
    static const struct row {
        int type;
        hipError_t want;
    } rows[] = {
        {hipGraphNodeTypeExtSemaphoreSignal, hipErrorNotSupported},
        {hipGraphNodeTypeExtSemaphoreWait, hipErrorNotSupported},
        {hipGraphNodeTypeMemcpyFromSymbol, hipErrorInvalidValue},
        {hipGraphNodeTypeMemcpyToSymbol, hipErrorInvalidValue},
        {hipGraphNodeTypeBatchMemOp, hipErrorInvalidValue},
        {hipGraphNodeTypeCount, hipErrorInvalidValue},
        {100, hipErrorInvalidValue},
        {-1, hipErrorInvalidValue},
    };
    hipGraph_t graph;
    hipGraphNode_t node = NULL;
    size_t count = 1;
    OK(hipGraphCreate(&graph, 0));
    for (size_t i = 0; i < COUNT(rows); i++) {
        hipGraphNodeParams params = {.type = (hipGraphNodeType)rows[i].type};
        hipError_t got = hipGraphAddNode(&node, graph, NULL, 0, &params);
        if (got != rows[i].want)
            fail_msg("type %d: %s, want %s", rows[i].type, hipGetErrorName(got),
                     hipGetErrorName(rows[i].want));
    }
    EXPECT(hipGraphAddNode(&node, graph, NULL, 0, NULL), hipErrorInvalidValue);
    assert_null(node);
    OK(hipGraphGetNodes(graph, NULL, &count));
    assert_int_equal(count, 0);
    OK(hipGraphDestroy(graph));
}

static void a_captured_stream_becomes_a_graph(void **state)
{
    int *data, *out, host[N];
    hipStream_t stream;
    hipGraph_t graph;
    hipGraphExec_t exec;
    hipStreamCaptureStatus status;
    size_t count = 0;
    OK(hipStreamCreate(&stream));
    OK(hipMalloc((void **)&data, N * 4));
    OK(hipHostMalloc((void **)&out, N * 4, 0));
    for (int i = 0; i < N; i++)
        host[i] = i;
    OK(hipMemcpy(data, host, sizeof host, hipMemcpyHostToDevice));
    OK(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal));
    OK(hipStreamIsCapturing(stream, &status));
    assert_int_equal(status, hipStreamCaptureStatusActive);
    launch_scale(data, N, 2, stream);
    OK(hipGetLastError());
    OK(hipMemcpyAsync(out, data, N * 4, hipMemcpyDeviceToHost, stream));
    OK(hipStreamEndCapture(stream, &graph));
    OK(hipMemcpy(host, data, sizeof host, hipMemcpyDeviceToHost));
    assert_int_equal(host[3], 3); /* nothing has run */
    OK(hipGraphGetNodes(graph, NULL, &count));
    assert_int_equal(count, 2);
    OK(hipGraphInstantiate(&exec, graph, NULL, NULL, 0));
    OK(hipGraphDestroy(graph)); /* the executable graph is on its own */
    for (int i = 0; i < 3; i++)
        OK(hipGraphLaunch(exec, stream));
    OK(hipStreamSynchronize(stream));
    for (int i = 0; i < N; i++)
        assert_int_equal(out[i], i * 8);
    OK(hipGraphExecDestroy(exec));
    OK(hipFree(data));
    OK(hipHostFree(out));
    OK(hipStreamDestroy(stream));
}

static void streams_join_a_capture_by_events(void **state)
{
    int *data, value = 1;
    hipStream_t first, second;
    hipEvent_t fork, back;
    hipGraph_t graph;
    hipGraphExec_t exec;
    OK(hipStreamCreate(&first));
    OK(hipStreamCreate(&second));
    OK(hipEventCreate(&fork));
    OK(hipEventCreate(&back));
    OK(hipMalloc((void **)&data, 4));
    OK(hipMemcpy(data, &value, 4, hipMemcpyHostToDevice));
    OK(hipStreamBeginCapture(first, hipStreamCaptureModeRelaxed));
    launch_scale(data, 1, 2, first);
    OK(hipEventRecord(fork, first));
    OK(hipStreamWaitEvent(second, fork, 0));
    launch_scale(data, 1, 3, second);
    OK(hipEventRecord(back, second));
    OK(hipStreamWaitEvent(first, back, 0));
    launch_scale(data, 1, 5, first);
    EXPECT(hipStreamEndCapture(second, &graph), hipErrorStreamCaptureUnmatched);
    OK(hipStreamEndCapture(first, &graph));
    OK(hipGraphInstantiate(&exec, graph, NULL, NULL, 0));
    OK(hipGraphLaunch(exec, second));
    OK(hipStreamSynchronize(second));
    OK(hipMemcpy(&value, data, 4, hipMemcpyDeviceToHost));
    assert_int_equal(value, 30);
    OK(hipGraphExecDestroy(exec));
    OK(hipGraphDestroy(graph));
    /* a stream that does not come back */
    OK(hipStreamBeginCapture(first, hipStreamCaptureModeRelaxed));
    launch_scale(data, 1, 2, first);
    OK(hipEventRecord(fork, first));
    OK(hipStreamWaitEvent(second, fork, 0));
    launch_scale(data, 1, 3, second);
    EXPECT(hipStreamEndCapture(first, &graph), hipErrorStreamCaptureUnjoined);
    OK(hipStreamWaitEvent(second, fork, 0)); /* stands for nothing any more */
    OK(hipEventDestroy(fork));
    OK(hipEventDestroy(back));
    OK(hipFree(data));
    OK(hipStreamDestroy(first));
    OK(hipStreamDestroy(second));
}

static void events_from_outside_are_nodes_of_a_capture(void **state)
{
    int *data, value = 1;
    hipStream_t stream, other;
    hipEvent_t before, after, got;
    hipGraph_t graph;
    hipGraphExec_t exec;
    hipGraphNode_t nodes[3];
    hipGraphNodeType type;
    size_t count = COUNT(nodes);
    OK(hipStreamCreate(&stream));
    OK(hipStreamCreate(&other));
    OK(hipEventCreate(&before));
    OK(hipEventCreate(&after));
    OK(hipMalloc((void **)&data, 4));
    OK(hipMemcpy(data, &value, 4, hipMemcpyHostToDevice));
    OK(hipStreamBeginCapture(stream, hipStreamCaptureModeRelaxed));
    EXPECT(hipEventRecordWithFlags(after, stream, 2), hipErrorInvalidValue);
    OK(hipStreamWaitEvent(stream, before, hipEventWaitExternal));
    launch_scale(data, 1, 7, stream);
    OK(hipEventRecordWithFlags(after, stream, hipEventRecordExternal));
    OK(hipStreamEndCapture(stream, &graph));
    OK(hipGraphGetNodes(graph, nodes, &count));
    assert_int_equal(count, 3);
    OK(hipGraphNodeGetType(nodes[0], &type));
    assert_int_equal(type, hipGraphNodeTypeWaitEvent);
    OK(hipGraphEventWaitNodeGetEvent(nodes[0], &got));
    assert_ptr_equal(got, before);
    OK(hipGraphNodeGetType(nodes[2], &type));
    assert_int_equal(type, hipGraphNodeTypeEventRecord);
    OK(hipGraphEventRecordNodeGetEvent(nodes[2], &got));
    assert_ptr_equal(got, after);
    /* another stream waits for what the graph records */
    OK(hipGraphInstantiate(&exec, graph, NULL, NULL, 0));
    OK(hipGraphLaunch(exec, stream));
    OK(hipStreamWaitEvent(other, after, 0));
    launch_scale(data, 1, 3, other);
    OK(hipStreamSynchronize(other));
    OK(hipMemcpy(&value, data, 4, hipMemcpyDeviceToHost));
    assert_int_equal(value, 21);
    OK(hipEventSynchronize(after));
    OK(hipGraphExecDestroy(exec));
    OK(hipGraphDestroy(graph));
    OK(hipEventDestroy(before));
    OK(hipEventDestroy(after));
    OK(hipFree(data));
    OK(hipStreamDestroy(stream));
    OK(hipStreamDestroy(other));
}

static void capture_forbids_waiting(void **state)
{
    hipStream_t stream;
    hipGraph_t graph = NULL;
    OK(hipStreamCreate(&stream));
    EXPECT(hipStreamBeginCapture(NULL, hipStreamCaptureModeGlobal),
           hipErrorStreamCaptureUnsupported);
    EXPECT(hipStreamEndCapture(stream, &graph), hipErrorIllegalState);
    OK(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal));
    EXPECT(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal), hipErrorIllegalState);
    EXPECT(hipStreamSynchronize(stream), hipErrorStreamCaptureUnsupported);
    EXPECT(hipStreamEndCapture(stream, &graph), hipErrorStreamCaptureInvalidated);
    assert_null(graph);
    OK(hipStreamSynchronize(stream));
    OK(hipStreamDestroy(stream));
}

static void an_executable_graph_takes_new_parameters_of_the_same_shape(void **state)
{
    int *data, value = 1, n = 1, factor = 2;
    hipGraph_t graph, changed;
    hipGraphExec_t exec;
    hipGraphNode_t node, culprit;
    hipGraphExecUpdateResult result;
    OK(hipMalloc((void **)&data, N * 4));
    OK(hipMemcpy(data, &value, 4, hipMemcpyHostToDevice));
    void *args[] = {&data, &n, &factor};
    hipKernelNodeParams params = scale_params(args);
    OK(hipGraphCreate(&graph, 0));
    OK(hipGraphAddKernelNode(&node, graph, NULL, 0, &params));
    OK(hipGraphInstantiate(&exec, graph, NULL, NULL, 0));
    factor = 9;
    OK(hipGraphCreate(&changed, 0));
    OK(hipGraphAddKernelNode(&node, changed, NULL, 0, &params));
    OK(hipGraphExecUpdate(exec, changed, &culprit, &result));
    assert_int_equal(result, hipGraphExecUpdateSuccess);
    OK(hipGraphLaunch(exec, NULL));
    OK(hipMemcpy(&value, data, 4, hipMemcpyDeviceToHost));
    assert_int_equal(value, 9);
    OK(hipGraphAddEmptyNode(&node, changed, NULL, 0));
    EXPECT(hipGraphExecUpdate(exec, changed, &culprit, &result), hipErrorGraphExecUpdateFailure);
    assert_int_equal(result, hipGraphExecUpdateErrorTopologyChanged);
    OK(hipGraphExecDestroy(exec));
    OK(hipGraphDestroy(graph));
    OK(hipGraphDestroy(changed));
    OK(hipFree(data));
}

/* hipGraph(Exec)NodeSetParams refuse what the functions of one kind of node refuse. */
static void parameters_of_any_node_are_checked_as_those_of_its_kind(void **state)
{
    hipGraph_t graph, child, other;
    hipGraphExec_t exec;
    hipGraphNode_t empty, inner, copy;
    int *data;
    hipGraphNodeParams nothing = {.type = hipGraphNodeTypeEmpty};
    OK(hipMalloc((void **)&data, 64));
    OK(hipGraphCreate(&graph, 0));
    OK(hipGraphCreate(&child, 0));
    OK(hipGraphCreate(&other, 0));
    OK(hipGraphAddEmptyNode(&empty, child, NULL, 0));
    OK(hipGraphAddEmptyNode(&empty, graph, NULL, 0));
    OK(hipGraphAddChildGraphNode(&inner, graph, NULL, 0, child));
    OK(hipGraphAddMemcpyNode1D(&copy, graph, NULL, 0, data, data + 8, 32, hipMemcpyDeviceToDevice));
    OK(hipGraphInstantiate(&exec, graph, NULL, NULL, 0));
    OK(hipGraphNodeSetParams(empty, &nothing));
    OK(hipGraphExecNodeSetParams(exec, empty, &nothing));
    EXPECT(hipGraphNodeSetParams(NULL, &nothing), hipErrorInvalidValue);
    EXPECT(hipGraphNodeSetParams(inner, &nothing), hipErrorInvalidValue);
    EXPECT(hipGraphExecNodeSetParams(NULL, empty, &nothing), hipErrorInvalidValue);
    hipGraphNodeParams graphs = {.type = hipGraphNodeTypeGraph, .graph = {child}};
    OK(hipGraphExecNodeSetParams(exec, inner, &graphs));
    graphs.graph.graph = other;
    EXPECT(hipGraphExecNodeSetParams(exec, inner, &graphs), hipErrorUnknown);
    hipGraphNodeParams copies = {.type = hipGraphNodeTypeMemcpy};
    OK(hipGraphMemcpyNodeGetParams(copy, &copies.memcpy.copyParams));
    OK(hipGraphExecNodeSetParams(exec, copy, &copies));
    copies.memcpy.copyParams.kind = hipMemcpyDeviceToHost;
    EXPECT(hipGraphExecNodeSetParams(exec, copy, &copies), hipErrorInvalidValue);
    OK(hipGraphExecDestroy(exec));
    OK(hipGraphDestroy(graph));
    OK(hipGraphDestroy(child));
    OK(hipGraphDestroy(other));
    OK(hipFree(data));
}

static void child_graphs_events_and_memory_of_a_graph(void **state)
{
    int value = 0, n = 1, factor = 3;
    hipGraph_t child, graph;
    hipGraphExec_t exec;
    hipGraphNode_t alloc, fill, inner, sub, record;
    hipEvent_t event;
    hipMemAllocNodeParams memory = {.poolProps = {.allocType = hipMemAllocationTypePinned,
                                                  .location = {hipMemLocationTypeDevice, 0}},
                                    .bytesize = 1024};
    OK(hipEventCreate(&event));
    OK(hipGraphCreate(&graph, 0));
    OK(hipGraphAddMemAllocNode(&alloc, graph, NULL, 0, &memory));
    assert_non_null(memory.dptr);
    hipMemsetParams fill_params = {
        .dst = memory.dptr, .elementSize = 4, .height = 1, .value = 4, .width = 1, .pitch = 4};
    OK(hipGraphAddMemsetNode(&fill, graph, &alloc, 1, &fill_params));
    void *args[] = {&memory.dptr, &n, &factor};
    hipKernelNodeParams params = scale_params(args), read;
    OK(hipGraphCreate(&child, 0));
    OK(hipGraphAddKernelNode(&inner, child, NULL, 0, &params));
    OK(hipGraphKernelNodeGetParams(inner, &read));
    assert_int_equal(read.gridDim.x, N / 64);
    assert_int_equal(*(int *)read.kernelParams[2], 3);
    OK(hipGraphAddChildGraphNode(&sub, graph, &fill, 1, child));
    OK(hipGraphAddEventRecordNode(&record, graph, &sub, 1, event));
    OK(hipGraphInstantiate(&exec, graph, NULL, NULL, 0));
    OK(hipGraphLaunch(exec, NULL));
    OK(hipEventSynchronize(event));
    OK(hipMemcpy(&value, memory.dptr, 4, hipMemcpyDeviceToHost));
    assert_int_equal(value, 12);
    OK(hipGraphExecDestroy(exec));
    OK(hipGraphDestroy(child));
    OK(hipGraphDestroy(graph));
    OK(hipFree(memory.dptr)); /* allocated by the launch, and no node freed it */
    EXPECT(hipFree(memory.dptr), hipErrorInvalidValue);
    OK(hipEventDestroy(event));
}

static void user_objects_go_with_the_last_graph(void **state)
{
    int destroyed = 0;
    hipUserObject_t object;
    hipGraph_t graph;
    OK(hipUserObjectCreate(&object, &destroyed, on_host, 1, hipUserObjectNoDestructorSync));
    OK(hipGraphCreate(&graph, 0));
    OK(hipGraphRetainUserObject(graph, object, 1, 0));
    OK(hipUserObjectRelease(object, 1));
    assert_int_equal(destroyed, 0);
    OK(hipGraphDestroy(graph));
    assert_int_equal(destroyed, 1);
    OK(hipUserObjectRelease(object, 1)); /* gone: nothing happens */
    assert_int_equal(destroyed, 1);
    EXPECT(hipUserObjectRelease(NULL, 1), hipErrorInvalidValue);
    EXPECT(hipUserObjectRetain(object, 0), hipErrorInvalidValue);
}

static void an_executable_graph_holds_the_user_objects(void **state)
{
    int destroyed = 0;
    hipUserObject_t object;
    hipGraph_t graph;
    hipGraphExec_t exec;
    OK(hipUserObjectCreate(&object, &destroyed, on_host, 1, hipUserObjectNoDestructorSync));
    OK(hipGraphCreate(&graph, 0));
    OK(hipGraphRetainUserObject(graph, object, 1, hipGraphUserObjectMove));
    OK(hipGraphInstantiate(&exec, graph, NULL, NULL, 0));
    OK(hipGraphDestroy(graph));
    assert_int_equal(destroyed, 0);
    OK(hipGraphExecDestroy(exec));
    assert_int_equal(destroyed, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_graph_built_by_hand_runs_in_order),
        cmocka_unit_test(nodes_and_edges_can_be_listed),
        cmocka_unit_test(a_graph_can_hold_a_copy_of_itself),
        cmocka_unit_test(cycles_are_refused),
        cmocka_unit_test(kinds_of_nodes_that_are_not_there_are_refused),
        cmocka_unit_test(a_captured_stream_becomes_a_graph),
        cmocka_unit_test(streams_join_a_capture_by_events),
        cmocka_unit_test(events_from_outside_are_nodes_of_a_capture),
        cmocka_unit_test(capture_forbids_waiting),
        cmocka_unit_test(an_executable_graph_takes_new_parameters_of_the_same_shape),
        cmocka_unit_test(parameters_of_any_node_are_checked_as_those_of_its_kind),
        cmocka_unit_test(child_graphs_events_and_memory_of_a_graph),
        cmocka_unit_test(user_objects_go_with_the_last_graph),
        cmocka_unit_test(an_executable_graph_holds_the_user_objects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
