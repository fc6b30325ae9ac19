/* SPDX-License-Identifier: MIT
 * Kernels by code object, entry and geometry. Finding one that is there takes no lock.
 */
#include "device/soft/engine_priv.h"

#include "base/log.h"
#include "base/option.h"
#include "device/stats.h"
#include "interp/interp.h"

#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 64, PROPERTY_BITS = 16 };
enum { ENGINE_INTERPRETER, ENGINE_FINALIZER }; /* choices of CAIRN_ENGINE */
enum { TIER_AUTO, TIER_QUICK, TIER_FULL };     /* of CAIRN_TIER */

/* Full-tier code is made when about as much time was spent as making it takes: instructions
 * executed for each one of the program. */
enum { HOT_LEAST = 1 << 20, HOT_FOR_EACH = 1 << 15 };
/* Kernels of more instructions keep their code: the full tier takes longer than in proportion. */
enum { IMPROVED_MOST = 8000 };
/* The interpreter begins; quickly made code is asked for when so many instructions were executed,
 * or at once for a grid of so many waves. */
enum { COLD_INSTRUCTIONS = 1 << 16, COLD_WAVES = 512 };

struct cairn_engine cairn_engine = {.lock = PTHREAD_MUTEX_INITIALIZER,
                                    .changed = PTHREAD_COND_INITIALIZER,
                                    .work = PTHREAD_COND_INITIALIZER};

/* What code->native_cache points to. Lists grow at their heads, under the engine's lock. */
struct table {
    struct cairn_engine_kernel *_Atomic buckets[BUCKETS];
};

/* ---- keys */

static bool groups_are_whole(const struct cairn_launch *launch)
{
    return launch->grid[0] % launch->workgroup[0] == 0 &&
           launch->grid[1] % launch->workgroup[1] == 0 &&
           launch->grid[2] % launch->workgroup[2] == 0;
}

/* What is allocated for one launch only is rounded down, for code of its own for each size would be
 * too much. */
static uint32_t lds_for_sure(const struct cairn_launch *launch)
{
    uint32_t power =
        launch->lds_bytes == 0 ? 0 : UINT32_C(1) << (31 - __builtin_clz(launch->lds_bytes));
    return power > launch->lds_fixed_bytes ? power : launch->lds_fixed_bytes;
}

static void make_geometry(const struct cairn_launch *launch, enum cairn_target_level target,
                          struct cairn_geometry *geometry)
{
    for (int i = 0; i < 3; i++)
        geometry->workgroup[i] = launch->workgroup[i];
    geometry->wave_size = launch->wave_size;
    geometry->width = cairn_engine_width(target);
    geometry->whole_groups = groups_are_whole(launch);
    geometry->merged = cairn_option_choice(CAIRN_OPTION_MERGE) == 0; /* where it is legal */
    geometry->has_scratch = launch->private_bytes > 0;
    geometry->lds_bytes = lds_for_sure(launch);
    geometry->mode = cairn_launch_mode(launch);
    geometry->arch_rows = launch->agpr_offset < launch->vgprs ? launch->agpr_offset : launch->vgprs;
    geometry->rows = launch->vgprs;
    geometry->rsrc1 = launch->rsrc1;
    geometry->rsrc2 = launch->rsrc2;
    geometry->properties = launch->kernel_code_properties;
}

static void make_key(const struct cairn_launch *launch, struct cairn_engine_key *key)
{
    memset(key, 0, sizeof *key);
    key->entry_offset = launch->entry_pc - launch->code->base;
    key->target = cairn_engine_target();
    key->exact_nan = cairn_option_choice(CAIRN_OPTION_NAN);
    make_geometry(launch, key->target, &key->geometry);
}

static unsigned bucket_of(const struct cairn_engine_key *key)
{
    uint64_t mix = key->entry_offset ^ (uint64_t)key->geometry.workgroup[0] << 40 ^
                   (uint64_t)key->geometry.workgroup[1] << 20;
    return (unsigned)(mix * UINT64_C(0x9e3779b97f4a7c15) >> 58);
}

/* ---- tables */

static struct table *table_of(struct cairn_code *code)
{
    struct table *table = __atomic_load_n((struct table **)&code->native_cache, __ATOMIC_ACQUIRE);
    if (__builtin_expect(table != NULL, 1))
        return table;
    struct table *made = calloc(1, sizeof *made);
    if (made == NULL)
        return NULL;
    if (__atomic_compare_exchange_n((struct table **)&code->native_cache, &table, made, false,
                                    __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return made;
    free(made);
    return table;
}

static struct cairn_engine_kernel *look_up(struct table *table, const struct cairn_engine_key *key)
{
    struct cairn_engine_kernel *kernel =
        atomic_load_explicit(&table->buckets[bucket_of(key)], memory_order_acquire);
    while (kernel != NULL && memcmp(&kernel->key, key, sizeof *key) != 0)
        kernel = kernel->next;
    return kernel;
}

static struct cairn_engine_kernel *kernel_create(const struct cairn_launch *launch,
                                                 const struct cairn_engine_key *key,
                                                 const char *name)
{
    struct cairn_engine_kernel *kernel = calloc(1, sizeof *kernel);
    char *copy = strdup(name != NULL ? name : "(unnamed)");
    if (kernel == NULL || copy == NULL) {
        free(kernel);
        free(copy);
        return NULL;
    }
    memcpy(&kernel->key, key, sizeof *key);
    kernel->gfx = launch->gfx;
    kernel->code = launch->code;
    kernel->name = copy;
    kernel->hot = UINT64_MAX;
    return kernel;
}

void cairn_engine_kernel_free(struct cairn_engine_kernel *kernel)
{
    cairn_native_code_destroy(kernel->native);
    cairn_native_code_destroy(kernel->before);
    free(kernel->name);
    free(kernel);
}

/* ---- the first launch */

/* Has the same kernel failed in another geometry? Then nobody needs to hear of it again. */
static bool failed_before(const struct cairn_engine_kernel *kernel)
{
    struct table *table = kernel->code->native_cache;
    bool found = false;
    for (unsigned i = 0; i < BUCKETS && !found; i++) {
        const struct cairn_engine_kernel *other =
            atomic_load_explicit(&table->buckets[i], memory_order_acquire);
        for (; other != NULL && !found; other = other->next)
            found =
                other->key.entry_offset == kernel->key.entry_offset &&
                atomic_load_explicit(&other->progress, memory_order_relaxed) == CAIRN_ENGINE_FAILED;
    }
    return found;
}

void cairn_engine_set_hot(struct cairn_engine_kernel *kernel, enum cairn_tier tier, uint32_t insns)
{
    uint64_t hot = (uint64_t)insns * HOT_FOR_EACH;
    if (cairn_option_choice(CAIRN_OPTION_TIER) == TIER_AUTO && tier != CAIRN_TIER_FULL &&
        insns <= IMPROVED_MOST)
        atomic_store_explicit(&kernel->hot, hot > HOT_LEAST ? hot : HOT_LEAST,
                              memory_order_relaxed);
}

void cairn_engine_note_failed(struct cairn_engine_kernel *kernel)
{
    if (cairn_engine_module() == NULL || failed_before(kernel))
        return;
    cairn_log(CAIRN_LOG_WARN, "kernel %s cannot be finalized and is interpreted", kernel->name);
    cairn_stats_add(CAIRN_COUNT_KERNELS_INTERPRETED, 1);
}

/* What is to be had at once: in tier `auto` what the disk cache has, else the compiler's work. */
static uint32_t get_code(struct cairn_engine_kernel *kernel)
{
    unsigned wanted = cairn_option_choice(CAIRN_OPTION_TIER);
    struct cairn_finalize_request request = {
        .gfx = kernel->gfx,
        .code = cairn_bytes_of((const void *)kernel->code->base, kernel->code->size),
        .entry_offset = (uint32_t)kernel->key.entry_offset,
        .geometry = kernel->key.geometry,
        .tier = wanted == TIER_FULL ? CAIRN_TIER_FULL : CAIRN_TIER_QUICK,
        .target = kernel->key.target,
        .exact_nan = kernel->key.exact_nan != 0,
        .name = kernel->name,
    };
    struct cairn_native_code *native = NULL;
    enum cairn_tier tier;
    uint32_t insns;
    enum cairn_status status = wanted == TIER_AUTO
                                   ? cairn_engine_fetch(&request, &native, &tier, &insns)
                                   : cairn_engine_build(&request, &native, &tier, &insns);
    if (status == CAIRN_OK) {
        cairn_engine_set_hot(kernel, tier, insns);
        atomic_store_explicit(&kernel->native, native, memory_order_release);
        return CAIRN_ENGINE_READY;
    }
    bool hopeful = cairn_engine_module_path()[0] != '\0' && !failed_before(kernel);
    if (wanted == TIER_AUTO && hopeful) {
        atomic_store_explicit(&kernel->hot, COLD_INSTRUCTIONS, memory_order_relaxed);
        return CAIRN_ENGINE_COLD;
    }
    cairn_engine_note_failed(kernel);
    return CAIRN_ENGINE_FAILED;
}

static void build(struct cairn_engine_kernel *kernel)
{
    uint32_t progress = get_code(kernel);
    pthread_mutex_lock(&cairn_engine.lock);
    atomic_store_explicit(&kernel->progress, progress, memory_order_release);
    cairn_engine.compiling--;
    pthread_cond_broadcast(&cairn_engine.changed);
    pthread_mutex_unlock(&cairn_engine.lock);
}

/* Another thread may have made it meanwhile, or may be making it: then waits for it. */
static struct cairn_engine_kernel *find_or_build(struct table *table,
                                                 const struct cairn_launch *launch,
                                                 const struct cairn_engine_key *key,
                                                 const char *name)
{
    struct cairn_engine_kernel *made = kernel_create(launch, key, name);
    if (made == NULL)
        return NULL;
    pthread_mutex_lock(&cairn_engine.lock);
    struct cairn_engine_kernel *kernel = look_up(table, key);
    bool mine = kernel == NULL;
    if (mine) {
        struct cairn_engine_kernel *_Atomic *bucket = &table->buckets[bucket_of(key)];
        kernel = made;
        kernel->next = atomic_load_explicit(bucket, memory_order_relaxed);
        atomic_store_explicit(bucket, kernel, memory_order_release);
        cairn_engine.compiling++;
    }
    while (!mine &&
           atomic_load_explicit(&kernel->progress, memory_order_relaxed) == CAIRN_ENGINE_BUILDING)
        pthread_cond_wait(&cairn_engine.changed, &cairn_engine.lock);
    pthread_mutex_unlock(&cairn_engine.lock);
    if (mine)
        build(kernel);
    else
        cairn_engine_kernel_free(made);
    return kernel;
}

static bool may_be_finalized(const struct cairn_launch *launch)
{
    return cairn_option_choice(CAIRN_OPTION_ENGINE) == ENGINE_FINALIZER &&
           launch->entry_pc - launch->code->base <= UINT32_MAX;
}

bool cairn_engine_is_ready(const struct cairn_launch *launch)
{
    struct cairn_engine_key key;
    if (!may_be_finalized(launch))
        return true;
    if (cairn_option_choice(CAIRN_OPTION_TIER) == TIER_AUTO)
        return true; /* nobody waits for the compiler */
    struct table *table = table_of(launch->code);
    make_key(launch, &key);
    struct cairn_engine_kernel *kernel = table != NULL ? look_up(table, &key) : NULL;
    return kernel != NULL &&
           atomic_load_explicit(&kernel->progress, memory_order_acquire) != CAIRN_ENGINE_BUILDING;
}

static uint64_t count_waves(const struct cairn_launch *launch)
{
    uint64_t items = (uint64_t)launch->workgroup[0] * launch->workgroup[1] * launch->workgroup[2];
    uint64_t groups =
        (uint64_t)launch->workgroups[0] * launch->workgroups[1] * launch->workgroups[2];
    return groups * ((items + launch->wave_size - 1) / launch->wave_size);
}

struct cairn_engine_kernel *cairn_engine_find(const struct cairn_launch *launch,
                                              const char *(*name_of)(const struct cairn_code *code,
                                                                     uint64_t pc))
{
    struct cairn_engine_key key;
    if (!may_be_finalized(launch))
        return NULL;
    struct table *table = table_of(launch->code);
    if (table == NULL)
        return NULL;
    make_key(launch, &key);
    struct cairn_engine_kernel *kernel = look_up(table, &key);
    if (kernel == NULL ||
        atomic_load_explicit(&kernel->progress, memory_order_acquire) == CAIRN_ENGINE_BUILDING)
        kernel = find_or_build(table, launch, &key,
                               name_of != NULL ? name_of(launch->code, launch->entry_pc) : NULL);
    if (kernel == NULL ||
        atomic_load_explicit(&kernel->progress, memory_order_acquire) == CAIRN_ENGINE_FAILED)
        return NULL;
    if (atomic_load_explicit(&kernel->progress, memory_order_acquire) == CAIRN_ENGINE_COLD &&
        count_waves(launch) >= COLD_WAVES)
        cairn_engine_spend(kernel, COLD_INSTRUCTIONS);
    return kernel;
}

/* ---- running */

struct cairn_native_code *cairn_engine_code(const struct cairn_engine_kernel *kernel, bool begun,
                                            bool merged)
{
    if (kernel == NULL)
        return NULL;
    struct cairn_native_code *native =
        atomic_load_explicit(&((struct cairn_engine_kernel *)kernel)->native, memory_order_acquire);
    return native != NULL && begun && (native->own != NULL) != merged ? NULL : native;
}

bool cairn_engine_merges(const struct cairn_native_code *code)
{
    return code != NULL && code->own != NULL;
}

uint32_t cairn_engine_run_group(struct cairn_native_code *code, struct cairn_workgroup *group,
                                uint64_t budget, struct cairn_native_line *line)
{
    uint64_t stepped = 0;
    uint32_t barriers = cairn_native_run_group(code, group, budget, line, &stepped);
    if (stepped > 0)
        cairn_stats_add(CAIRN_COUNT_STEPPED, stepped);
    return barriers;
}

void cairn_engine_spend(struct cairn_engine_kernel *kernel, uint64_t instructions)
{
    if (kernel == NULL || atomic_load_explicit(&kernel->hot, memory_order_relaxed) == UINT64_MAX)
        return;
    uint64_t before = atomic_fetch_add_explicit(&kernel->spent, instructions, memory_order_relaxed);
    uint64_t hot = atomic_load_explicit(&kernel->hot, memory_order_relaxed);
    if (before + instructions >= hot &&
        atomic_exchange_explicit(&kernel->hot, UINT64_MAX, memory_order_relaxed) != UINT64_MAX)
        cairn_engine_improve(kernel);
}

/* ---- ends */

void cairn_engine_forget(struct cairn_code *code)
{
    struct table *table = code->native_cache;
    if (table == NULL)
        return;
    pthread_mutex_lock(&cairn_engine.lock);
    for (unsigned i = 0; i < BUCKETS; i++) {
        struct cairn_engine_kernel *next, *kernel = table->buckets[i];
        for (; kernel != NULL; kernel = next) {
            next = kernel->next;
            kernel->code = NULL;
            if (!kernel->queued || cairn_engine_unqueue_locked(kernel))
                cairn_engine_kernel_free(kernel);
        }
    }
    pthread_mutex_unlock(&cairn_engine.lock);
    free(table);
    code->native_cache = NULL;
}

void cairn_engine_fork_prepare(void)
{
    pthread_mutex_lock(&cairn_engine.lock);
    while (cairn_engine.compiling > 0)
        pthread_cond_wait(&cairn_engine.changed, &cairn_engine.lock);
}

void cairn_engine_fork_parent(void)
{
    pthread_mutex_unlock(&cairn_engine.lock);
}

/* The thread stayed in the parent; so do the jobs. */
void cairn_engine_fork_child(void)
{
    cairn_engine.lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    cairn_engine.changed = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
    cairn_engine.work = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
    cairn_engine.has_thread = false;
    while (cairn_engine.jobs != NULL) {
        cairn_engine.jobs->queued = false;
        cairn_engine.jobs = cairn_engine.jobs->next_job;
    }
    cairn_engine.last_job = NULL;
}
