/* SPDX-License-Identifier: MIT
 * Finalized code on disk: what names an entry, and which folder of them this process uses.
 */
#include "device/soft/engine_priv.h"

#include "base/log.h"
#include "base/sha256.h"
#include "finalizer/program.h"

#include <stdio.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

enum { MOST_INSNS = 200000, TARGET_BYTES = 160 };

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct cairn_cache *cache; /* NULL: none */

/* The CPU and what it can do: code for it by name is for no other. */
static void describe_host(char *text, size_t size)
{
#if defined(__x86_64__)
    unsigned vendor[4] = {0}, model[4] = {0}, features[4] = {0}, more[4] = {0};
    __get_cpuid(0, &vendor[0], &vendor[1], &vendor[2], &vendor[3]);
    __get_cpuid(1, &model[0], &model[1], &model[2], &model[3]);
    __get_cpuid_count(7, 0, &features[0], &features[1], &features[2], &features[3]);
    __get_cpuid_count(7, 1, &more[0], &more[1], &more[2], &more[3]);
    model[2] &= ~(1u << 27); /* OSXSAVE and the like are the kernel's */
    snprintf(text, size, "native %08x%08x%08x %08x %08x %08x %08x%08x%08x %08x%08x", vendor[1],
             vendor[3], vendor[2], model[0], model[2], model[3], features[1], features[2],
             features[3], more[0], more[3]);
#else
    snprintf(text, size, "native");
#endif
}

static void open_cache(void)
{
    static const char *const levels[] = {
        [CAIRN_TARGET_BASE] = "x86-64",
        [CAIRN_TARGET_V3] = "x86-64-v3",
        [CAIRN_TARGET_V4] = "x86-64-v4",
    };
    char target[TARGET_BYTES];
    enum cairn_target_level level = cairn_engine_target();
    if (cairn_engine_module_path()[0] == '\0')
        return;
    if (level == CAIRN_TARGET_NATIVE)
        describe_host(target, sizeof target);
    else
        snprintf(target, sizeof target, "%s", levels[level]);
    if (cairn_cache_open_default(cairn_engine_module_path(), target, &cache) != CAIRN_OK)
        cairn_log(CAIRN_LOG_INFO, "finalized code is not kept on disk");
}

struct cairn_cache *cairn_engine_cache(void)
{
    pthread_once(&once, open_cache);
    return cache;
}

_Static_assert(sizeof(struct cairn_geometry) == 48, "hash_geometry takes every field");

static void hash_geometry(struct cairn_sha256 *hash, const struct cairn_geometry *geometry)
{
    const uint32_t numbers[] = {
        geometry->workgroup[0], geometry->workgroup[1], geometry->workgroup[2],
        geometry->wave_size,    geometry->width,        geometry->whole_groups,
        geometry->merged,       geometry->has_scratch,  geometry->mode,
        geometry->arch_rows,    geometry->rows,         geometry->rsrc1,
        geometry->rsrc2,        geometry->properties,
    };
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        cairn_sha256_add_u32(hash, numbers[i]);
}

/* The instructions that the program can reach, with their places, and all that they are compiled
 * for but the tier. */
enum cairn_status cairn_engine_cache_key(const struct cairn_finalize_request *request,
                                         struct cairn_cache_key *key)
{
    struct cairn_program *program;
    enum cairn_status status = cairn_program_build(
        request->gfx, request->code, request->entry_offset, MOST_INSNS, NULL, &program);
    if (status != CAIRN_OK)
        return status;
    struct cairn_sha256 hash;
    cairn_sha256_start(&hash);
    cairn_sha256_add_u32(&hash, CAIRN_NATIVE_VERSION);
    cairn_sha256_add(&hash, request->gfx->name, strlen(request->gfx->name) + 1);
    hash_geometry(&hash, &request->geometry);
    cairn_sha256_add_u32(&hash, request->target);
    cairn_sha256_add_u32(&hash, request->exact_nan);
    cairn_sha256_add_u32(&hash, request->entry_offset);
    for (uint32_t i = 0; i < program->insn_count; i++) {
        const struct cairn_program_insn *insn = &program->insns[i];
        cairn_sha256_add_u32(&hash, insn->offset);
        cairn_sha256_add(&hash, request->code.at + insn->offset, insn->insn.size_bytes);
    }
    cairn_program_destroy(program);
    cairn_sha256_finish(&hash, key->bytes);
    return CAIRN_OK;
}
