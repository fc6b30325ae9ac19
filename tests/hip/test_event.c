/* SPDX-License-Identifier: MIT
 * Events and streams in states that programs seldom ask about: events of captures, events of other
 * devices, what a capture tells when it is invalid.
 */
#include "rig.h"

static void an_event_has_one_way_of_releasing(void **state)
{
    static const unsigned release[] = {hipEventReleaseToDevice, hipEventReleaseToSystem,
                                       hipEventDisableSystemFence};
    hipEvent_t event;
    for (size_t i = 0; i < COUNT(release); i++) {
        OK(hipEventCreateWithFlags(&event, release[i] | hipEventDisableTiming));
        OK(hipEventDestroy(event));
        EXPECT(hipEventCreateWithFlags(&event, release[i] | release[(i + 1) % COUNT(release)]),
               hipErrorInvalidValue);
    }
}

static void an_event_is_recorded_on_its_own_device(void **state)
{
    hipEvent_t event;
    hipStream_t stream;
    OK(hipEventCreate(&event));
    OK(hipSetDevice(1));
    OK(hipStreamCreate(&stream));
    EXPECT(hipEventRecord(event, stream), hipErrorInvalidHandle);
    EXPECT(hipEventRecord(event, NULL), hipErrorInvalidHandle);
    OK(hipStreamWaitEvent(stream, event, 0));
    OK(hipSetDevice(0));
    OK(hipEventRecord(event, NULL));
    OK(hipSetDevice(1));
    OK(hipStreamWaitEvent(stream, event, 0));
    OK(hipStreamSynchronize(stream));
    OK(hipEventSynchronize(event));
    OK(hipStreamDestroy(stream));
    OK(hipEventDestroy(event));
    OK(hipSetDevice(0));
}

static void end_invalid(hipStream_t stream)
{
    hipGraph_t graph;
    EXPECT(hipStreamEndCapture(stream, &graph), hipErrorStreamCaptureInvalidated);
}

static void asking_an_event_of_a_capture_ends_the_capture(void **state)
{
    hipStream_t stream;
    hipEvent_t event;
    OK(hipStreamCreate(&stream));
    OK(hipEventCreate(&event));
    for (int query = 0; query < 2; query++) {
        OK(hipStreamBeginCapture(stream, hipStreamCaptureModeRelaxed));
        OK(hipEventRecord(event, stream));
        EXPECT(query ? hipEventQuery(event) : hipEventSynchronize(event), hipErrorCapturedEvent);
        end_invalid(stream);
    }
    /* recorded before its stream began to capture */
    OK(hipEventRecord(event, stream));
    OK(hipEventSynchronize(event));
    for (int query = 0; query < 2; query++) {
        OK(hipStreamBeginCapture(stream, hipStreamCaptureModeRelaxed));
        EXPECT(query ? hipEventQuery(event) : hipEventSynchronize(event), hipErrorCapturedEvent);
        end_invalid(stream);
    }
    OK(hipEventQuery(event));
    OK(hipEventDestroy(event));
    OK(hipStreamDestroy(stream));
}

static void an_event_is_free_again_when_its_capture_is_over(void **state)
{
    hipStream_t stream, other;
    hipEvent_t event;
    hipGraph_t graph;
    float time;
    OK(hipStreamCreate(&stream));
    OK(hipStreamCreate(&other));
    OK(hipEventCreate(&event));
    OK(hipStreamBeginCapture(stream, hipStreamCaptureModeRelaxed));
    OK(hipEventRecord(event, stream));
    OK(hipStreamEndCapture(stream, &graph));
    OK(hipEventQuery(event));
    OK(hipEventSynchronize(event));
    OK(hipStreamWaitEvent(other, event, 0));
    EXPECT(hipEventElapsedTime(&time, event, event), hipErrorInvalidHandle); /* never happened */
    OK(hipEventRecord(event, other));
    OK(hipEventSynchronize(event));
    OK(hipEventElapsedTime(&time, event, event));
    OK(hipGraphDestroy(graph));
    OK(hipEventDestroy(event));
    OK(hipStreamDestroy(stream));
    OK(hipStreamDestroy(other));
}

/* As ROCm has it: the stream itself waits, the graph does not. */
static void a_capture_may_wait_for_what_was_before_it(void **state)
{
    hipStream_t stream, before, waiting;
    hipEvent_t outside, own;
    hipGraph_t graph;
    size_t count;
    int *data;
    OK(hipStreamCreate(&stream));
    OK(hipStreamCreate(&before));
    OK(hipStreamCreate(&waiting));
    OK(hipEventCreate(&outside));
    OK(hipEventCreate(&own));
    OK(hipMalloc((void **)&data, 4));
    OK(hipEventRecord(outside, before));
    OK(hipEventRecord(own, stream));
    OK(hipStreamBeginCapture(stream, hipStreamCaptureModeRelaxed));
    OK(hipStreamWaitEvent(stream, outside, 0));
    launch_scale(data, 1, 2, stream);
    EXPECT(hipStreamWaitEvent(waiting, own, 0), hipErrorStreamCaptureIsolation);
    EXPECT(hipStreamWaitEvent(NULL, own, 0), hipErrorStreamCaptureIsolation);
    OK(hipEventRecord(own, stream));
    EXPECT(hipStreamWaitEvent(NULL, own, 0), hipErrorInvalidHandle);
    OK(hipStreamEndCapture(stream, &graph));
    OK(hipGraphGetNodes(graph, NULL, &count));
    assert_int_equal(count, 1);
    OK(hipStreamWaitEvent(waiting, own, 0));
    OK(hipGraphDestroy(graph));
    OK(hipFree(data));
    OK(hipEventDestroy(outside));
    OK(hipEventDestroy(own));
    OK(hipStreamDestroy(stream));
    OK(hipStreamDestroy(before));
    OK(hipStreamDestroy(waiting));
}

/* hipEventSynchronize is among the calls that a capture of the global mode forbids; hipEventQuery
 * and events of the null stream are not. */
static void waiting_for_an_event_is_unsafe_while_others_capture(void **state)
{
    hipStreamCaptureMode mode = hipStreamCaptureModeRelaxed;
    hipStream_t stream, other;
    hipEvent_t event, of_null;
    hipGraph_t graph;
    OK(hipStreamCreateWithFlags(&stream, hipStreamNonBlocking));
    OK(hipStreamCreateWithFlags(&other, hipStreamNonBlocking));
    OK(hipEventCreate(&event));
    OK(hipEventCreate(&of_null));
    OK(hipEventRecord(event, other));
    OK(hipEventRecord(of_null, NULL));
    OK(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal));
    OK(hipEventQuery(event));
    OK(hipEventSynchronize(of_null));
    OK(hipThreadExchangeStreamCaptureMode(&mode));
    OK(hipEventSynchronize(event));
    OK(hipThreadExchangeStreamCaptureMode(&mode));
    OK(hipStreamEndCapture(stream, &graph));
    OK(hipGraphDestroy(graph));
    OK(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal));
    EXPECT(hipEventSynchronize(event), hipErrorStreamCaptureUnsupported);
    end_invalid(stream);
    OK(hipEventDestroy(event));
    OK(hipEventDestroy(of_null));
    OK(hipStreamDestroy(stream));
    OK(hipStreamDestroy(other));
}

static void an_invalid_capture_tells_nothing_but_that(void **state)
{
    hipStream_t stream;
    hipStreamCaptureStatus status;
    unsigned long long id = 7;
    hipGraph_t graph = (hipGraph_t)&id;
    size_t count = 9;
    OK(hipStreamCreate(&stream));
    OK(hipStreamBeginCapture(stream, hipStreamCaptureModeRelaxed));
    EXPECT(hipStreamQuery(stream), hipErrorStreamCaptureUnsupported);
    OK(hipStreamGetCaptureInfo_v2(stream, &status, &id, &graph, NULL, &count));
    assert_int_equal(status, hipStreamCaptureStatusInvalidated);
    assert_int_equal(id, 7);
    assert_int_equal(count, 9);
    assert_ptr_equal(graph, &id);
    EXPECT(hipMemsetAsync(&id, 0, 0, stream), hipSuccess); /* no bytes, no node */
    end_invalid(stream);
    OK(hipStreamDestroy(stream));
}

static void a_capture_to_a_graph_takes_plain_edges(void **state)
{
    hipGraphEdgeData edge = {0};
    hipGraphNode_t node;
    hipStream_t stream;
    hipGraph_t graph;
    OK(hipStreamCreate(&stream));
    OK(hipGraphCreate(&graph, 0));
    OK(hipGraphAddEmptyNode(&node, graph, NULL, 0));
    EXPECT(hipStreamBeginCaptureToGraph(stream, graph, &node, &edge, 1, 0), hipErrorNotSupported);
    EXPECT(hipStreamBeginCaptureToGraph(stream, graph, &node, NULL, 0, 0), hipErrorInvalidValue);
    EXPECT(hipStreamBeginCaptureToGraph(stream, graph, NULL, NULL, 1, 0), hipErrorInvalidValue);
    OK(hipGraphDestroy(graph));
    OK(hipStreamDestroy(stream));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_has_one_way_of_releasing),
        cmocka_unit_test(an_event_is_recorded_on_its_own_device),
        cmocka_unit_test(asking_an_event_of_a_capture_ends_the_capture),
        cmocka_unit_test(an_event_is_free_again_when_its_capture_is_over),
        cmocka_unit_test(a_capture_may_wait_for_what_was_before_it),
        cmocka_unit_test(waiting_for_an_event_is_unsafe_while_others_capture),
        cmocka_unit_test(an_invalid_capture_tells_nothing_but_that),
        cmocka_unit_test(a_capture_to_a_graph_takes_plain_edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
