/* SPDX-License-Identifier: MIT
 * Markers and ranges (roctx.h): told to the profiler's function if there is one.
 */
#include <roctracer/roctx.h>

#include <stdatomic.h>
#include <stddef.h>

enum { DOMAIN_ROCTX = 6 };

typedef int (*tracer_fn)(uint32_t domain, uint32_t operation, void *data);

static tracer_fn _Atomic tracer;
static _Thread_local int level; /* open ranges of the thread */
static _Atomic roctx_range_id_t last_id;

static void tell(enum roctx_api_id_t operation, const char *message, roctx_range_id_t id)
{
    tracer_fn function = atomic_load_explicit(&tracer, memory_order_acquire);
    roctx_api_data_t data = {.args = {.message = message, .id = id}};
    if (function != NULL)
        (void)function(DOMAIN_ROCTX, (uint32_t)operation, &data);
}

#pragma GCC visibility push(default)

uint32_t roctx_version_major(void)
{
    return ROCTX_VERSION_MAJOR;
}

uint32_t roctx_version_minor(void)
{
    return ROCTX_VERSION_MINOR;
}

void roctxMarkA(const char *message)
{
    tell(ROCTX_API_ID_roctxMarkA, message, 0);
}

int roctxRangePushA(const char *message)
{
    tell(ROCTX_API_ID_roctxRangePushA, message, 0);
    return level++;
}

int roctxRangePop(void)
{
    tell(ROCTX_API_ID_roctxRangePop, NULL, 0);
    return level == 0 ? -1 : --level;
}

roctx_range_id_t roctxRangeStartA(const char *message)
{
    roctx_range_id_t id = atomic_fetch_add(&last_id, 1) + 1;
    tell(ROCTX_API_ID_roctxRangeStartA, message, id);
    return id;
}

void roctxRangeStop(roctx_range_id_t id)
{
    tell(ROCTX_API_ID_roctxRangeStop, NULL, id);
}

void roctxRegisterTracerCallback(int (*callback)(uint32_t domain, uint32_t operation, void *data))
{
    atomic_store_explicit(&tracer, callback, memory_order_release);
}

#pragma GCC visibility pop
