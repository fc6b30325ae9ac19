/* SPDX-License-Identifier: MIT
 * Doing a host command: copies and fills through HSA, so that device memory need not be visible to
 * the host; callbacks; values in memory.
 */
#include "hip/command.h"

#include "hip/memory.h"
#include "hip/pool.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- copies ---- */

static hipError_t copy_bytes(void *dst, const void *src, size_t size)
{
    if (size == 0 || dst == src)
        return hipSuccess;
    return hip_error_of_hsa(hsa_memory_copy(dst, src, size), hipErrorInvalidValue);
}

static hipError_t run_copy(const struct hip_copy *copy)
{
    bool flat_rows = copy->dst_pitch == copy->width && copy->src_pitch == copy->width;
    bool flat_slices = copy->dst_slice == copy->width * copy->height &&
                       copy->src_slice == copy->width * copy->height;
    size_t width = copy->width, height = copy->height, depth = copy->depth;
    if (width == 0 || height == 0 || depth == 0)
        return hipSuccess;
    if (flat_rows || height == 1) {
        width *= height;
        height = 1;
        if (flat_slices || depth == 1) {
            width *= depth;
            depth = 1;
        }
    }
    for (size_t z = 0; z < depth; z++) {
        for (size_t y = 0; y < height; y++) {
            char *dst = (char *)copy->dst + z * copy->dst_slice + y * copy->dst_pitch;
            const char *src = (const char *)copy->src + z * copy->src_slice + y * copy->src_pitch;
            hipError_t error = copy_bytes(dst, src, width);
            if (error != hipSuccess)
                return error;
        }
    }
    return hipSuccess;
}

/* ---- fills ---- */

static uint32_t spread(uint32_t value, uint32_t element_bytes)
{
    if (element_bytes == 1)
        return (value & 0xFF) * 0x01010101u;
    return element_bytes == 2 ? (value & 0xFFFF) * 0x00010001u : value;
}

/* HSA fills aligned words; the ragged ends are copied from a pattern. `phase` is where in the
 * pattern `dst` starts. */
static hipError_t fill_ends(char *dst, size_t size, uint32_t word, size_t phase)
{
    uint8_t bytes[8];
    memcpy(bytes, &word, 4);
    memcpy(bytes + 4, &word, 4);
    return copy_bytes(dst, bytes + phase % 4, size);
}

static hipError_t fill_row(char *dst, size_t size, uint32_t word)
{
    size_t head = (size_t)(-(uintptr_t)dst & 3);
    if (head > size)
        head = size;
    size_t words = (size - head) / 4;
    size_t tail = size - head - words * 4;
    hipError_t error = hipSuccess;
    if (head != 0)
        error = fill_ends(dst, head, word, 0);
    if (error == hipSuccess && words != 0) {
        uint32_t turned = head == 0 ? word : word >> (8 * head) | word << (32 - 8 * head);
        error =
            hip_error_of_hsa(hsa_amd_memory_fill(dst + head, turned, words), hipErrorInvalidValue);
    }
    if (error == hipSuccess && tail != 0)
        error = fill_ends(dst + head + words * 4, tail, word, head);
    return error;
}

static hipError_t run_fill(const struct hip_fill *fill)
{
    uint32_t word = spread(fill->value, fill->element_bytes);
    size_t width = fill->width * fill->element_bytes, height = fill->height, depth = fill->depth;
    if (width == 0 || height == 0 || depth == 0)
        return hipSuccess;
    if (fill->pitch == width || height == 1) {
        width *= height;
        height = 1;
        if (fill->slice == width || depth == 1) {
            width *= depth;
            depth = 1;
        }
    }
    for (size_t z = 0; z < depth; z++) {
        for (size_t y = 0; y < height; y++) {
            char *dst = (char *)fill->dst + z * fill->slice + y * fill->pitch;
            hipError_t error = fill_row(dst, width, word);
            if (error != hipSuccess)
                return error;
        }
    }
    return hipSuccess;
}

/* ---- values ---- */

/* Only what is seen is masked, and there is no sign (HIP documentation, hipStreamWaitValue32). */
static bool value_holds(const struct hip_value *wait, uint64_t seen)
{
    uint64_t value = wait->value;
    seen &= wait->mask;
    switch (wait->condition) {
    case hipStreamWaitValueGte:
        return seen >= value;
    case hipStreamWaitValueEq:
        return seen == value;
    case hipStreamWaitValueAnd:
        return (seen & value) != 0;
    default: /* nor */
        return (~(seen | value) & wait->mask) != 0;
    }
}

/* Host memory is read and written in one piece, as other threads and kernels look at it meanwhile.
 */
static bool is_host_memory(const void *address)
{
    struct hip_allocation row;
    return hip_memory_find(address, &row) && row.kind != HIP_MEMORY_DEVICE;
}

static hipError_t load_value(const struct hip_value *value, uint64_t *out)
{
    *out = 0;
    if (!is_host_memory(value->address))
        return copy_bytes(out, value->address, value->bytes);
    /* acquire pairs with the release of whoever writes the value that is waited for */
    *out = value->bytes == 4 ? __atomic_load_n((uint32_t *)value->address, __ATOMIC_ACQUIRE)
                             : __atomic_load_n((uint64_t *)value->address, __ATOMIC_ACQUIRE);
    return hipSuccess;
}

static hipError_t store_value(const struct hip_value *value)
{
    if (!is_host_memory(value->address))
        return copy_bytes(value->address, &value->value, value->bytes);
    if (value->bytes == 4)
        __atomic_store_n((uint32_t *)value->address, (uint32_t)value->value, __ATOMIC_RELEASE);
    else
        __atomic_store_n((uint64_t *)value->address, value->value, __ATOMIC_RELEASE);
    return hipSuccess;
}

static hipError_t run_wait(const struct hip_value *wait)
{
    for (long pause_ns = 1000;; pause_ns = pause_ns < 1000000 ? pause_ns * 2 : pause_ns) {
        uint64_t seen;
        hipError_t error = load_value(wait, &seen);
        if (error != hipSuccess)
            return error;
        if (value_holds(wait, seen))
            return hipSuccess;
        nanosleep(&(struct timespec){.tv_nsec = pause_ns}, NULL);
    }
}

hipError_t hip_command_run(const struct hip_command *command, hipError_t stream_error)
{
    switch (command->kind) {
    case HIP_COMMAND_COPY:
        return run_copy(&command->copy);
    case HIP_COMMAND_FILL:
        return run_fill(&command->fill);
    case HIP_COMMAND_HOST:
        command->host.function(command->host.user);
        return hipSuccess;
    case HIP_COMMAND_CALLBACK:
        command->host.callback(command->host.stream, stream_error, command->host.user);
        return stream_error;
    case HIP_COMMAND_WRITE:
        return store_value(&command->value);
    case HIP_COMMAND_WAIT:
        return run_wait(&command->value);
    case HIP_COMMAND_FREE: {
        struct hip_allocation row;
        if (!hip_memory_find(command->memory, &row) || !hip_memory_is_freeable(&row) ||
            row.base != (uint64_t)(uintptr_t)command->memory)
            return hipErrorInvalidValue;
        return row.pool != NULL ? hip_pool_free(&row) : hip_memory_release(command->memory);
    }
    case HIP_COMMAND_NATIVE:
        return command->native.run(command->native.data, command->native.value);
    default:
        return hipErrorInvalidValue;
    }
}

void hip_command_hold(const struct hip_command *command)
{
    if (command->kind == HIP_COMMAND_NATIVE)
        command->native.hold(command->native.data);
}

void hip_command_finish(struct hip_command *command)
{
    if (command->kind == HIP_COMMAND_NATIVE)
        command->native.drop(command->native.data);
    if (command->kind != HIP_COMMAND_COPY)
        return;
    free(command->copy.staging);
    command->copy.staging = NULL;
}
