/* SPDX-License-Identifier: MIT
 * What a profiler's library sees: calls with their arguments, finished operations, markers and
 * ranges of roctx, names of functions and commands.
 */
#include "rig.h"

#include "hip/trace.h"

#include <pthread.h>
#include <roctracer/roctx.h>
#include <stdatomic.h>

HIP_PUBLIC_API void hipRegisterTracerCallback(hip_tracer_fn tracer);
HIP_PUBLIC_API const char *hipGetCmdName(unsigned kind);

enum { MAX_CALLS = 256 };

/* The protocol's activity record. */
struct record {
    uint32_t domain, kind, op;
    uint64_t correlation, begin_ns, end_ns;
    int device;
    uint64_t queue;
    union {
        size_t bytes;
        const char *kernel;
    };
};

struct call {
    uint32_t id, phase;
    uint64_t correlation;
    unsigned char arguments[64];
};

static struct call calls[MAX_CALLS];
static struct record records[MAX_CALLS];
static _Atomic int call_count, record_count;
static _Atomic uint64_t last_correlation;

static void note(uint32_t id, struct hip_trace *trace)
{
    int index = atomic_fetch_add(&call_count, 1);
    if (index >= MAX_CALLS)
        return;
    calls[index] = (struct call){id, trace->phase, trace->correlation, {0}};
    memcpy(calls[index].arguments, trace->arguments, sizeof calls[index].arguments);
}

static int trace_all(uint32_t domain, uint32_t id, void *data)
{
    if (domain == HIP_TRACE_API) {
        struct hip_trace *trace = data;
        trace->correlation = atomic_fetch_add(&last_correlation, 1) + 1;
        trace->on_enter = trace->on_exit = note;
    } else if (data != NULL) {
        int index = atomic_fetch_add(&record_count, 1);
        if (index < MAX_CALLS)
            memcpy(&records[index], data, sizeof records[index]);
    }
    return 0;
}

static int trace_nothing(uint32_t domain, uint32_t id, void *data)
{
    return 1;
}

static void begin(hip_tracer_fn tracer)
{
    call_count = record_count = 0;
    hipRegisterTracerCallback(tracer);
}

static const char *name_of(const struct call *call)
{
    return hipApiName(call->id);
}

static void calls_are_seen_with_their_arguments(void **state)
{
    int *memory = NULL;
    begin(trace_all);
    OK(hipMalloc((void **)&memory, 4096));
    OK(hipFree(memory));
    EXPECT(hipMalloc(NULL, 1), hipErrorInvalidValue);
    hipRegisterTracerCallback(NULL);
    OK(hipDeviceSynchronize()); /* not seen */
    assert_int_equal(call_count, 6);
    for (int i = 0; i < 6; i++) {
        assert_string_equal(name_of(&calls[i]), i / 2 == 1 ? "hipFree" : "hipMalloc");
        assert_int_equal(calls[i].phase, i % 2);
        assert_int_equal(calls[i].correlation, calls[i - i % 2].correlation);
    }
    struct {
        void **ptr;
        void *ptr_value;
        size_t size;
    } malloc_arguments;
    memcpy(&malloc_arguments, calls[0].arguments, sizeof malloc_arguments);
    assert_ptr_equal(malloc_arguments.ptr, &memory);
    assert_int_equal(malloc_arguments.size, 4096);
    void *freed;
    memcpy(&freed, calls[2].arguments, sizeof freed);
    assert_ptr_equal(freed, memory);
}

static void a_tracer_may_decline(void **state)
{
    begin(trace_nothing);
    OK(hipDeviceSynchronize());
    hipRegisterTracerCallback(NULL);
    assert_int_equal(call_count, 0);
}

static const struct record *find_record(uint32_t op)
{
    for (int i = 0; i < record_count; i++)
        if (records[i].op == op)
            return &records[i];
    fail_msg("no record of operation %u", op);
    return NULL;
}

static void operations_are_told_with_their_call(void **state)
{
    enum { N = 256 };
    int *memory, host[N] = {0};
    uint64_t launch = 0;
    OK(hipMalloc((void **)&memory, sizeof host));
    begin(trace_all);
    OK(hipMemcpy(memory, host, sizeof host, hipMemcpyHostToDevice));
    launch_scale(memory, N, 2, NULL);
    OK(hipDeviceSynchronize());
    hipRegisterTracerCallback(NULL);
    for (int i = 0; i < call_count; i++)
        if (strcmp(name_of(&calls[i]), "hipLaunchKernel") == 0)
            launch = calls[i].correlation;
    const struct record *kernel = find_record(0), *copy = find_record(1);
    assert_string_equal(kernel->kernel, "scale");
    assert_string_equal(hipGetCmdName(kernel->kind), "KernelExecution");
    assert_true(launch != 0);
    assert_int_equal(kernel->correlation, launch);
    assert_true(kernel->begin_ns != 0 && kernel->begin_ns <= kernel->end_ns);
    assert_string_equal(hipGetCmdName(copy->kind), "CopyHostToDevice");
    assert_int_equal(copy->bytes, sizeof host);
    assert_true(copy->end_ns <= kernel->end_ns);
    OK(hipFree(memory));
}

static void *synchronize_often(void *stop)
{
    while (!atomic_load((_Atomic bool *)stop))
        (void)hipDeviceSynchronize();
    return NULL;
}

static void tracing_can_begin_and_end_while_others_call(void **state)
{
    _Atomic bool stop = false;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, synchronize_often, &stop), 0);
    for (int i = 0; i < 200; i++) {
        begin(i % 2 == 0 ? trace_all : trace_nothing);
        OK(hipStreamSynchronize(NULL));
    }
    hipRegisterTracerCallback(NULL);
    atomic_store(&stop, true);
    pthread_join(thread, NULL);
}

static void names_are_those_of_functions(void **state)
{
    assert_string_equal(hipApiName(0), "unknown");
    assert_string_equal(hipApiName(1000000), "unknown");
    assert_string_equal(hipApiName(1), "__hipPopCallConfiguration");
    assert_string_equal(hipApiName(392), "hipGetFuncBySymbol");
    assert_string_equal(hipGetCmdName(12345), "Unknown command kind");
}

/* ---- roctx ---- */

static roctx_api_data_t ranges[8];
static uint32_t range_ids[8];
static int range_count;

static int trace_ranges(uint32_t domain, uint32_t operation, void *data)
{
    assert_int_equal(domain, 6);
    range_ids[range_count] = operation;
    ranges[range_count++] = *(roctx_api_data_t *)data;
    return 0;
}

static void ranges_nest_and_are_told(void **state)
{
    assert_int_equal(roctx_version_major(), 4);
    assert_int_equal(roctx_version_minor(), 1);
    assert_int_equal(roctxRangePop(), -1);
    roctxRegisterTracerCallback(trace_ranges);
    roctxMark("mark");
    assert_int_equal(roctxRangePush("outer"), 0);
    assert_int_equal(roctxRangePush("inner"), 1);
    roctx_range_id_t id = roctxRangeStart("process");
    assert_int_equal(roctxRangePop(), 1);
    assert_int_equal(roctxRangePop(), 0);
    roctxRangeStop(id);
    roctxRegisterTracerCallback(NULL);
    roctxMark("nobody");
    static const uint32_t want[] = {0, 1, 1, 3, 2, 2, 4};
    assert_int_equal(range_count, COUNT(want));
    for (size_t i = 0; i < COUNT(want); i++)
        assert_int_equal(range_ids[i], want[i]);
    assert_string_equal(ranges[2].args.message, "inner");
    assert_int_equal(ranges[3].args.id, id);
    assert_int_equal(ranges[6].args.roctxRangeStop.id, id);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_are_seen_with_their_arguments),
        cmocka_unit_test(a_tracer_may_decline),
        cmocka_unit_test(operations_are_told_with_their_call),
        cmocka_unit_test(tracing_can_begin_and_end_while_others_call),
        cmocka_unit_test(names_are_those_of_functions),
        cmocka_unit_test(ranges_nest_and_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
