/* SPDX-License-Identifier: MIT
 * The runtime's side of tracing: the tracer, calls, operations, names.
 */
#include "hip/trace.h"

#include "hip/memory.h"
#include "hip/module.h"
#include "hip/stream.h"

#include <string.h>

hip_tracer_fn _Atomic hip_tracer;

/* The traced call that the thread is in; 0: none. */
static _Thread_local uint64_t correlation;

enum op_id { OP_DISPATCH, OP_COPY, OP_BARRIER };

/* Kinds of commands are named by their numbers in OpenCL (CL/cl.h). */
enum {
    KIND_KERNEL = 0x11F0,
    KIND_READ = 0x11F3,
    KIND_WRITE = 0x11F4,
    KIND_COPY = 0x11F5,
    KIND_MARKER = 0x11FE,
    KIND_READ_RECT = 0x1201,
    KIND_WRITE_RECT = 0x1202,
    KIND_COPY_RECT = 0x1203,
    KIND_FILL = 0x1207,
};

/* roctracer's activity record. */
struct record {
    uint32_t domain, kind, op;
    uint64_t correlation;
    uint64_t begin_ns, end_ns;
    int device;
    uint64_t queue;
    union {
        size_t bytes;
        const char *kernel;
    };
};
_Static_assert(sizeof(struct record) == 64, "activity record");

/* ---- calls ---- */

bool hip_trace_open(struct hip_trace *trace, uint32_t id)
{
    hip_tracer_fn tracer = atomic_load_explicit(&hip_tracer, memory_order_acquire);
    memset(trace, 0, sizeof *trace);
    if (tracer == NULL || tracer(HIP_TRACE_API, id, trace) != 0)
        return false;
    correlation = trace->correlation;
    return true;
}

void hip_trace_enter(struct hip_trace *trace, uint32_t id)
{
    trace->phase = HIP_TRACE_ENTER;
    trace->on_enter(id, trace);
}

void hip_trace_close(struct hip_trace *trace, uint32_t id)
{
    trace->phase = HIP_TRACE_EXIT;
    if (trace->on_exit != NULL)
        trace->on_exit(id, trace);
    correlation = 0;
}

/* Returns the tracer to be called; NULL ends tracing. */
static void set_tracer(hip_tracer_fn tracer)
{
    atomic_store_explicit(&hip_tracer, tracer, memory_order_release);
}

#pragma GCC visibility push(default)
void hipRegisterTracerCallback(hip_tracer_fn tracer);

void hipRegisterTracerCallback(hip_tracer_fn tracer)
{
    set_tracer(tracer);
}
#pragma GCC visibility pop

/* ---- operations ---- */

static bool op_id_of(const struct hip_command *command, uint32_t *id)
{
    switch (command->kind) {
    case HIP_COMMAND_KERNEL:
        *id = OP_DISPATCH;
        return true;
    case HIP_COMMAND_COPY:
    case HIP_COMMAND_FILL:
        *id = OP_COPY;
        return true;
    case HIP_COMMAND_MARKER:
        *id = OP_BARRIER;
        return true;
    default:
        return false;
    }
}

void hip_trace_op_begin(struct hip_op *op)
{
    uint32_t id;
    hip_tracer_fn tracer = atomic_load_explicit(&hip_tracer, memory_order_acquire);
    op->traced =
        tracer != NULL && op_id_of(&op->command, &id) && tracer(HIP_TRACE_OPS, id, NULL) == 0;
    op->correlation = correlation;
    if (op->traced && op->command.kind == HIP_COMMAND_COPY) {
        struct hip_allocation row;
        const struct hip_copy *copy = &op->command.copy;
        bool from = hip_memory_find(copy->src, &row) && row.kind == HIP_MEMORY_DEVICE;
        bool to = hip_memory_find(copy->dst, &row) && row.kind == HIP_MEMORY_DEVICE;
        bool flat = copy->height == 1 && copy->depth == 1;
        op->trace_kind = from == to ? (flat ? KIND_COPY : KIND_COPY_RECT)
                         : from     ? (flat ? KIND_READ : KIND_READ_RECT)
                                    : (flat ? KIND_WRITE : KIND_WRITE_RECT);
    }
}

static void describe(const struct hip_command *command, struct record *record)
{
    const struct hip_copy *copy = &command->copy;
    const struct hip_fill *fill = &command->fill;
    switch (command->kind) {
    case HIP_COMMAND_KERNEL:
        record->kind = KIND_KERNEL;
        record->kernel = command->kernel.function->name;
        break;
    case HIP_COMMAND_COPY:
        record->bytes = copy->width * copy->height * copy->depth;
        break;
    case HIP_COMMAND_FILL:
        record->kind = KIND_FILL;
        record->bytes = fill->width * fill->height * fill->depth * fill->element_bytes;
        break;
    default:
        record->kind = KIND_MARKER;
    }
}

static uint64_t nanoseconds(uint64_t ticks)
{
    return (uint64_t)((double)ticks * 1e9 / (double)hip_process.ticks_per_second);
}

void hip_trace_op_end(const struct hip_op *op)
{
    uint64_t start, end;
    hip_tracer_fn tracer = atomic_load_explicit(&hip_tracer, memory_order_acquire);
    struct record record = {.domain = HIP_TRACE_OPS,
                            .kind = op->trace_kind,
                            .correlation = op->correlation,
                            .device = op->device->ordinal,
                            .queue = (uintptr_t)op->stream};
    if (tracer == NULL || !op_id_of(&op->command, &record.op))
        return;
    hip_op_times(op, &start, &end);
    record.begin_ns = nanoseconds(start);
    record.end_ns = nanoseconds(end);
    describe(&op->command, &record);
    (void)tracer(HIP_TRACE_OPS, record.op, &record);
}

/* ---- names ---- */

const char *hipApiName(uint32_t id)
{
    bool known = id < hip_api_name_count && hip_api_names[id] != NULL;
    return known ? hip_api_names[id] : "unknown";
}

#pragma GCC visibility push(default)
const char *hipGetCmdName(unsigned kind);

const char *hipGetCmdName(unsigned kind)
{
    static const struct {
        unsigned kind;
        const char *name;
    } names[] = {
        {0, "InternalMarker"},
        {KIND_KERNEL, "KernelExecution"},
        {KIND_READ, "CopyDeviceToHost"},
        {KIND_WRITE, "CopyHostToDevice"},
        {KIND_COPY, "CopyDeviceToDevice"},
        {KIND_READ_RECT, "CopyDeviceToHost2D"},
        {KIND_WRITE_RECT, "CopyHostToDevice2D"},
        {KIND_COPY_RECT, "CopyDeviceToDevice2D"},
        {KIND_FILL, "FillBuffer"},
        {KIND_MARKER, "Marker"},
    };
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].kind == kind)
            return names[i].name;
    return "Unknown command kind";
}
#pragma GCC visibility pop
