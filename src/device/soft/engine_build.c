/* SPDX-License-Identifier: MIT
 * Finalized code for one request: from the disk cache or by the compiler's module, loaded into
 * executable memory.
 */
#include "device/soft/engine_priv.h"

#include "base/log.h"
#include "base/option.h"
#include "device/device.h"
#include "device/stats.h"
#include "finalizer/code_key.h"
#include "finalizer/native_symbols.h"
#include "finalizer/object.h"

#include <stdlib.h>

/* ---- what the options and the machine allow */

enum { LEVEL_BEST, LEVEL_BASE, LEVEL_V3, LEVEL_V4 }; /* choices of CAIRN_TARGET_CPU */

static enum cairn_target_level host_level(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("x86-64-v4"))
        return CAIRN_TARGET_V4;
    if (__builtin_cpu_supports("x86-64-v3"))
        return CAIRN_TARGET_V3;
#endif
    return CAIRN_TARGET_BASE;
}

enum cairn_target_level cairn_engine_target(void)
{
    static _Atomic int known = -1;
    int target = atomic_load_explicit(&known, memory_order_relaxed);
    if (target >= 0)
        return (enum cairn_target_level)target;
    unsigned wanted = cairn_option_choice(CAIRN_OPTION_TARGET_CPU);
    target = host_level();
    if (wanted == LEVEL_BEST && target != CAIRN_TARGET_BASE)
        target = CAIRN_TARGET_NATIVE;
    else if (wanted == LEVEL_BASE)
        target = CAIRN_TARGET_BASE;
    else if (wanted == LEVEL_V3 && target == CAIRN_TARGET_V4)
        target = CAIRN_TARGET_V3;
    atomic_store_explicit(&known, target, memory_order_relaxed);
    return (enum cairn_target_level)target;
}

unsigned cairn_engine_width(enum cairn_target_level target)
{
    bool wide = target == CAIRN_TARGET_V4 ||
                (target == CAIRN_TARGET_NATIVE && host_level() == CAIRN_TARGET_V4);
    return wide ? 16 : 8;
}

/* ---- loading */

/* Of merged waves: a table that has its end. */
static const struct cairn_native_own *own_table(const struct cairn_object *object)
{
    struct cairn_bytes bytes = cairn_object_constant(object, CAIRN_NATIVE_OWN_SYMBOL);
    const struct cairn_native_own *own = (const void *)bytes.at;
    size_t count = bytes.left / sizeof *own;
    return count > 0 && own[count - 1].offset == UINT64_MAX ? own : NULL;
}

static enum cairn_status load(struct cairn_bytes file, uint32_t width,
                              struct cairn_native_code **out)
{
    struct cairn_native_code *native = calloc(1, sizeof *native);
    if (native == NULL)
        return CAIRN_ERR_NO_MEMORY;
    enum cairn_status status = cairn_object_load(file, &cairn_native_symbols, &native->object);
    if (status != CAIRN_OK)
        goto free_native;
    native->width = width;
    native->own = own_table(native->object);
    struct cairn_bytes claims = cairn_object_constant(native->object, CAIRN_NATIVE_CLAIM_SYMBOL);
    native->claims = (const void *)claims.at;
    native->claim_count = claims.left / sizeof *native->claims;
    native->entry = (cairn_native_entry)cairn_object_symbol(native->object, CAIRN_NATIVE_SYMBOL);
    if (native->entry == NULL) {
        cairn_log(CAIRN_LOG_ERROR, "finalized code has no %s", CAIRN_NATIVE_SYMBOL);
        status = CAIRN_ERR_BAD_FORMAT;
        goto destroy_object;
    }
    *out = native;
    return CAIRN_OK;
destroy_object:
    cairn_object_destroy(native->object);
free_native:
    free(native);
    return status;
}

/* ---- compiling */

static enum cairn_status compile(const struct cairn_finalize_request *request,
                                 struct cairn_finalize_result *result)
{
    const struct cairn_finalizer_module *module = cairn_engine_module();
    if (module == NULL)
        return CAIRN_ERR_UNSUPPORTED;
    uint64_t start = cairn_clock_now();
    enum cairn_status status = module->finalize(request, result);
    uint64_t us = (cairn_clock_now() - start) / 1000;
    cairn_stats_add(CAIRN_COUNT_COMPILE_US, us);
    if (status != CAIRN_OK)
        return status;
    cairn_stats_add(CAIRN_COUNT_KERNELS_COMPILED, 1);
    cairn_log(CAIRN_LOG_INFO,
              "kernel %s: %u instructions (%u stepped) to %zu bytes, tier %d, %llu us",
              request->name, result->insns, result->stepped, result->object_bytes,
              (int)request->tier, (unsigned long long)us);
    return CAIRN_OK;
}

/* ---- the disk cache; facts: instructions, those stepped, merged */

static enum cairn_status take_cached(const struct cairn_finalize_request *request,
                                     const struct cairn_cache_key *key,
                                     struct cairn_native_code **out, enum cairn_tier *tier,
                                     uint32_t *insns)
{
    struct cairn_cache_entry entry;
    enum cairn_status status = cairn_cache_get(cairn_engine_cache(), key, &entry);
    if (status != CAIRN_OK)
        return status;
    bool fits = entry.tier >= (uint32_t)request->tier;
    status = fits ? load(entry.code, request->geometry.width, out) : CAIRN_ERR_NOT_FOUND;
    if (status == CAIRN_OK) {
        *tier = (enum cairn_tier)entry.tier;
        *insns = entry.facts[0];
        cairn_stats_add(CAIRN_COUNT_KERNELS_CACHED, 1);
    }
    cairn_cache_entry_free(&entry);
    return status;
}

static void keep(const struct cairn_finalize_request *request, const struct cairn_cache_key *key,
                 const struct cairn_finalize_result *result)
{
    const struct cairn_cache_entry entry = {
        .code = cairn_bytes_of(result->object, result->object_bytes),
        .tier = request->tier,
        .facts = {result->insns, result->stepped, result->merged},
    };
    (void)cairn_cache_put(cairn_engine_cache(), key, &entry); /* goes on without */
}

enum cairn_status cairn_engine_fetch(const struct cairn_finalize_request *request,
                                     struct cairn_native_code **out, enum cairn_tier *tier,
                                     uint32_t *insns)
{
    struct cairn_cache_key key;
    if (cairn_engine_cache() == NULL || cairn_code_key(request, &key) != CAIRN_OK)
        return CAIRN_ERR_NOT_FOUND;
    return take_cached(request, &key, out, tier, insns);
}

enum cairn_status cairn_engine_build(const struct cairn_finalize_request *request,
                                     struct cairn_native_code **out, enum cairn_tier *tier,
                                     uint32_t *insns)
{
    struct cairn_finalize_result result = {0};
    struct cairn_cache_key key;
    bool cached = cairn_engine_cache() != NULL && cairn_code_key(request, &key) == CAIRN_OK;
    if (cached && take_cached(request, &key, out, tier, insns) == CAIRN_OK)
        return CAIRN_OK;
    enum cairn_status status = compile(request, &result);
    if (status != CAIRN_OK)
        return status;
    *tier = request->tier;
    *insns = result.insns;
    status = load(cairn_bytes_of(result.object, result.object_bytes), request->geometry.width, out);
    if (status == CAIRN_OK && cached)
        keep(request, &key, &result);
    free(result.object);
    return status;
}
