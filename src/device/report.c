/* SPDX-License-Identifier: MIT
 * What a queue's error is called: one line with kernel, instruction, place, source line, workgroup,
 * lane and address, logged once by whoever found it first.
 */
#include "device/queue_priv.h"

#include "base/log.h"
#include "device/device_priv.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct line {
    char *at;
    size_t left;
};

__attribute__((format(printf, 2, 3))) static void append(struct line *line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vsnprintf(line->at, line->left, format, args);
    va_end(args);
    if (length < 0)
        return;
    size_t used = (size_t)length < line->left ? (size_t)length : line->left - 1;
    line->at += used;
    line->left -= used;
}

static bool has_address(enum cairn_fault_kind kind)
{
    return kind == CAIRN_FAULT_UNMAPPED || kind == CAIRN_FAULT_READ_ONLY ||
           kind == CAIRN_FAULT_MISALIGNED || kind == CAIRN_FAULT_APERTURE ||
           kind == CAIRN_FAULT_SCRATCH;
}

/* The function that the pc is in, if it is another one than the kernel, and the source line. */
static void append_place(struct line *line, const struct cairn_launch *launch,
                         const struct cairn_fault *fault, const char *kernel)
{
    bool inside = fault->pc - launch->code->base < launch->code->size;
    const char *function = inside ? cairn_code_name(launch->code, fault->pc) : NULL;
    if (fault->insn_name[0] != '\0')
        append(line, " by %s", fault->insn_name);
    append(line, " at pc 0x%" PRIx64, fault->pc);
    if (function != NULL && (kernel == NULL || strcmp(function, kernel) != 0))
        append(line, " in %s", function);
    else if (inside && fault->pc >= launch->entry_pc)
        append(line, " (entry + 0x%" PRIx64 ")", fault->pc - launch->entry_pc);
    char source[256];
    if (inside && cairn_code_line(launch->code, fault->pc, source, sizeof source))
        append(line, ", %s", source);
}

void cairn_fault_describe(const struct cairn_dispatch *dispatch, const struct cairn_fault *fault,
                          char *text, size_t size)
{
    const struct cairn_launch *launch = &dispatch->launch;
    const char *kernel = cairn_code_name(launch->code, launch->entry_pc);
    struct line line = {text, size};
    append(&line, "kernel %s: %s", kernel != NULL ? kernel : "(unnamed)",
           cairn_fault_text(fault->kind));
    if (has_address(fault->kind))
        append(&line, ", address 0x%" PRIx64, fault->address);
    if (fault->kind == CAIRN_FAULT_TRAP)
        append(&line, " (trap id %" PRIu32 ")", fault->detail);
    append_place(&line, launch, fault, kernel);
    append(&line, ", workgroup (%" PRIu32 ",%" PRIu32 ",%" PRIu32 ")", fault->workgroup[0],
           fault->workgroup[1], fault->workgroup[2]);
    if (fault->lane >= 0)
        append(&line, ", lane %" PRId32, fault->lane);
}

void cairn_queue_fail(struct cairn_queue_state *state, enum cairn_queue_error error,
                      const struct cairn_fault *fault, const char *text)
{
    pthread_mutex_lock(&state->error_lock);
    bool first = state->error == CAIRN_QUEUE_OK;
    if (first) {
        state->error = error;
        state->has_fault = fault != NULL;
        if (fault != NULL)
            state->fault = *fault;
        snprintf(state->text, sizeof state->text, "%s", text);
        cairn_log(CAIRN_LOG_ERROR, "queue %" PRIu64 ": %s", state->shared->amd.id, state->text);
        atomic_store_explicit(&state->failed, 1, memory_order_release);
    }
    pthread_mutex_unlock(&state->error_lock);
    cairn_queue_wake(state);
}
