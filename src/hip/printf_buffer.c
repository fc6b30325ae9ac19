/* SPDX-License-Identifier: MIT
 * The buffers of launches: taken, kept until the launch is over, printed, used again.
 */
#include "hip/printf_buffer.h"

#include "hip/module.h"
#include "hip/stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER_BYTES = 8, WAITING_MAX = 1024, BYTES_MAX = 1 << 30 };

struct record {
    struct record *next;
    struct hip_device *device;
    const struct cairn_obj *obj;
    struct hip_op *op; /* reference held */
    uint32_t *memory;  /* bytes used, bytes there are, messages */
    uint32_t room;
};

/* Guards the lists. A leaf but for hip_op_release. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct record *waiting, **waiting_end = &waiting, *spare;
static unsigned waiting_count;
static _Atomic bool in_use; /* relaxed: who launched knows of it anyway */

static struct record *record_create(uint32_t room)
{
    struct record *record = calloc(1, sizeof *record);
    if (record == NULL)
        return NULL;
    record->memory = hip_host_pool_alloc(hip_process.kernarg_pool, (size_t)room + HEADER_BYTES);
    record->room = room;
    if (record->memory == NULL) {
        free(record);
        return NULL;
    }
    return record;
}

static struct record *take_spare_locked(uint32_t room)
{
    for (struct record **at = &spare; *at != NULL; at = &(*at)->next)
        if ((*at)->room == room) {
            struct record *record = *at;
            *at = record->next;
            return record;
        }
    return NULL;
}

static bool put_address(const struct ihipModuleSymbol_t *function, void *kernarg, void *address)
{
    for (uint32_t i = 0; i < function->info->arg_count; i++) {
        const struct cairn_kernel_arg *arg = &function->info->args[i];
        if (arg->kind != CAIRN_ARG_HIDDEN_PRINTF_BUFFER)
            continue;
        if (arg->size_bytes != sizeof address ||
            arg->offset_bytes > function->kernarg_bytes - sizeof address)
            return false;
        memcpy((char *)kernarg + arg->offset_bytes, &address, sizeof address);
    }
    return true;
}

hipError_t hip_printf_attach(struct hip_op *op, const struct ihipModuleSymbol_t *function,
                             void *kernarg)
{
    size_t limit = atomic_load(&op->device->limits[hipLimitPrintfFifoSize]);
    uint32_t room = limit < BYTES_MAX ? (uint32_t)limit : BYTES_MAX;
    hip_printf_flush(op->device);
    pthread_mutex_lock(&lock);
    struct record *record = waiting_count < WAITING_MAX ? take_spare_locked(room) : NULL;
    if (record == NULL && waiting_count < WAITING_MAX)
        record = record_create(room);
    if (record == NULL || !put_address(function, kernarg, record->memory)) {
        pthread_mutex_unlock(&lock);
        return hipErrorOutOfMemory;
    }
    record->memory[0] = 0;
    record->memory[1] = room;
    record->device = op->device;
    record->obj = function->obj;
    record->op = op;
    record->next = NULL;
    hip_op_hold(op);
    *waiting_end = record;
    waiting_end = &record->next;
    waiting_count++;
    atomic_store_explicit(&in_use, true, memory_order_relaxed);
    pthread_mutex_unlock(&lock);
    return hipSuccess;
}

static void print_record(const struct record *record)
{
    uint32_t used = record->memory[0] < record->room ? record->memory[0] : record->room;
    hip_printf_messages(cairn_bytes_of((char *)record->memory + HEADER_BYTES, used),
                        record->obj->printf_formats, record->obj->printf_count);
    fflush(stdout);
}

/* Prints and takes out what is over; with `obj`, all of its records are taken out. */
static void flush(const struct hip_device *device, const struct cairn_obj *obj)
{
    struct record **at = &waiting, *record;
    pthread_mutex_lock(&lock);
    while ((record = *at) != NULL) {
        bool done = record->device == device && hip_op_done(record->op);
        if (!done && (obj == NULL || record->obj != obj)) {
            at = &record->next;
            continue;
        }
        if (done && record->memory[0] != 0)
            print_record(record);
        *at = record->next;
        if (waiting_end == &record->next)
            waiting_end = at;
        waiting_count--;
        hip_op_release(record->op);
        record->next = spare;
        spare = record;
    }
    pthread_mutex_unlock(&lock);
}

void hip_printf_flush(struct hip_device *device)
{
    if (atomic_load_explicit(&in_use, memory_order_relaxed))
        flush(device, NULL);
}

void hip_printf_forget(struct hip_device *device, const struct cairn_obj *obj)
{
    if (atomic_load_explicit(&in_use, memory_order_relaxed))
        flush(device, obj);
}
