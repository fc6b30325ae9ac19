/* SPDX-License-Identifier: MIT
 * The rig: see native_rig.h.
 */
#include "native_rig.h"

#include "device/soft/engine_run.h"
#include "finalizer/llvm/compile.h"
#include "finalizer/object.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void give_up(const char *why)
{
    fprintf(stderr, "native_rig: %s\n", why);
    exit(2);
}

/* ---- compiling */

enum cairn_target_level native_best_target(void)
{
    __builtin_cpu_init();
    if (__builtin_cpu_supports("x86-64-v4"))
        return CAIRN_TARGET_V4;
    return __builtin_cpu_supports("x86-64-v3") ? CAIRN_TARGET_V3 : CAIRN_TARGET_BASE;
}

static bool whole_groups(const struct cairn_launch *launch)
{
    for (unsigned i = 0; i < 3; i++)
        if (launch->grid[i] % launch->workgroup[i] != 0)
            return false;
    return true;
}

static struct cairn_geometry geometry_of(const struct cairn_launch *launch,
                                         const struct native_options *options)
{
    enum cairn_target_level target = options->target;
    struct cairn_geometry geometry = {
        .wave_size = launch->wave_size,
        .width = target == CAIRN_TARGET_V4 ? 16 : 8,
        .whole_groups = whole_groups(launch),
        .merged = options->merged,
        .has_scratch = launch->private_bytes > 0,
        .lds_bytes = launch->lds_bytes,
        .mode = cairn_launch_mode(launch),
        .arch_rows = launch->agpr_offset < launch->vgprs ? launch->agpr_offset : launch->vgprs,
        .rows = launch->vgprs,
        .rsrc1 = launch->rsrc1,
        .rsrc2 = launch->rsrc2,
        .properties = launch->kernel_code_properties,
    };
    memcpy(geometry.workgroup, launch->workgroup, sizeof geometry.workgroup);
    return geometry;
}

static const struct {
    const char *name;
    void *function;
} helpers[] = {
    {"memcpy", (void *)memcpy},
    {"memset", (void *)memset},
    {"memmove", (void *)memmove},
    {"fma", (void *)fma},
    {"fmaf", (void *)fmaf},
    {"floor", (void *)floor},
    {"floorf", (void *)floorf},
    {"ceil", (void *)ceil},
    {"ceilf", (void *)ceilf},
    {"trunc", (void *)trunc},
    {"truncf", (void *)truncf},
    {"rint", (void *)rint},
    {"rintf", (void *)rintf},
    {"ldexp", (void *)ldexp},
    {"ldexpf", (void *)ldexpf},
    {"roundeven", (void *)roundeven},
    {"roundevenf", (void *)roundevenf},
};

static uint64_t resolve(void *user, const char *name)
{
    (void)user;
    for (size_t i = 0; i < sizeof helpers / sizeof helpers[0]; i++)
        if (strcmp(helpers[i].name, name) == 0)
            return (uint64_t)(uintptr_t)helpers[i].function;
    return 0;
}

struct cairn_native_code *native_compile(const struct asm_machine *machine,
                                         const struct native_options *options, uint32_t *stepped)
{
    static const struct cairn_object_symbols symbols = {.resolve = resolve};
    const struct cairn_launch *launch = &machine->launch;
    const struct cairn_code *code = &machine->code;
    struct cairn_finalize_result result = {0};
    struct cairn_finalize_request request = {
        .gfx = launch->gfx,
        .code = cairn_bytes_of((const void *)(uintptr_t)code->base, code->size),
        .entry_offset = (uint32_t)(launch->entry_pc - code->base),
        .geometry = geometry_of(launch, options),
        .tier = options->tier,
        .target = options->target,
        .exact_nan = options->exact_nan,
        .name = "test",
    };
    if (cairn_compile(&request, &result) != CAIRN_OK)
        return NULL;
    struct cairn_native_code *native = calloc(1, sizeof *native);
    if (native == NULL || cairn_object_load(cairn_bytes_of(result.object, result.object_bytes),
                                            &symbols, &native->object) != CAIRN_OK)
        give_up("the object file does not load");
    free(result.object);
    native->width = request.geometry.width;
    native->entry = (cairn_native_entry)cairn_object_symbol(native->object, CAIRN_NATIVE_SYMBOL);
    if (native->entry == NULL)
        give_up("the object file has no entry");
    if (result.merged)
        native->own =
            (const void *)cairn_object_constant(native->object, CAIRN_NATIVE_OWN_SYMBOL).at;
    if (result.merged && native->own == NULL)
        give_up("the object file has no table of the waves' own registers");
    if (stepped != NULL)
        *stepped = result.stepped;
    return native;
}

void native_destroy(struct cairn_native_code *code)
{
    cairn_native_code_destroy(code);
}

/* ---- running */

enum cairn_wave_state native_run(struct cairn_native_code *code, struct asm_machine *machine)
{
    enum { SLICES = 100000, BUDGET = 100000 };
    struct cairn_workgroup *group = &machine->group;
    uint64_t stepped = 0;
    bool running = true;
    for (unsigned slice = 0; slice < SLICES && running; slice++) {
        running = false;
        for (uint32_t i = 0; i < group->wave_count; i++) {
            struct cairn_wave *wave = &group->waves[i];
            if (wave->state == CAIRN_WAVE_READY && code != NULL)
                cairn_native_run(code, wave, BUDGET, &stepped);
            else if (wave->state == CAIRN_WAVE_READY)
                cairn_interp_run(wave, BUDGET);
            if (wave->state == CAIRN_WAVE_FAULTED)
                return CAIRN_WAVE_FAULTED;
            cairn_workgroup_release_barrier(group);
        }
        for (uint32_t i = 0; i < group->wave_count; i++)
            running = running || group->waves[i].state != CAIRN_WAVE_DONE;
    }
    return machine->wave->state;
}

bool native_run_group(struct cairn_native_code *code, struct asm_machine *machine)
{
    enum { SLICES = 100000, BUDGET = 100000 };
    struct cairn_workgroup *group = &machine->group;
    uint64_t stepped = 0;
    bool running = true;
    for (unsigned slice = 0; slice < SLICES && running; slice++) {
        running = false;
        cairn_native_run_group(code, group, BUDGET, NULL, &stepped);
        for (uint32_t i = 0; i < group->wave_count; i++) {
            if (group->waves[i].state == CAIRN_WAVE_FAULTED)
                return code->own != NULL;
            running = running || group->waves[i].state != CAIRN_WAVE_DONE;
        }
    }
    return code->own != NULL;
}

/* ---- states */

struct native_state {
    uint32_t waves, rows;
    struct cairn_wave *wave;
    uint32_t *vgpr; /* of all waves */
    size_t vgpr_bytes, scratch_bytes;
    uint8_t *scratch, *data, *lds;
};

static void *copy_of(const void *from, size_t size)
{
    void *copy = malloc(size + 1);
    if (copy == NULL)
        give_up("out of memory");
    if (size > 0)
        memcpy(copy, from, size);
    return copy;
}

struct native_state *native_capture(const struct asm_machine *machine)
{
    struct cairn_workgroup_needs needs;
    struct native_state *state = calloc(1, sizeof *state);
    if (state == NULL)
        give_up("out of memory");
    cairn_workgroup_measure(&machine->launch, &needs);
    state->waves = machine->group.wave_count;
    state->rows = machine->launch.vgprs;
    state->vgpr_bytes = needs.vgpr_bytes;
    state->scratch_bytes = needs.scratch_bytes;
    state->wave = copy_of(machine->group.waves, state->waves * sizeof *state->wave);
    state->vgpr = copy_of(machine->group.waves[0].vgpr, needs.vgpr_bytes);
    state->scratch = copy_of(machine->group.waves[0].scratch, needs.scratch_bytes);
    state->data = copy_of(machine->data, ASM_DATA_BYTES);
    state->lds = copy_of(machine->group.lds, ASM_LDS_BYTES);
    return state;
}

struct native_state *native_capture_vectors(struct asm_machine *machine)
{
    for (uint32_t i = 0; i < machine->group.wave_count; i++) {
        memset(machine->group.waves[i].sgpr, 0, sizeof machine->group.waves[i].sgpr);
        machine->group.waves[i].scc = 0;
        machine->group.waves[i].pc = 0;
    }
    return native_capture(machine);
}

const struct cairn_wave *native_faulted(const struct asm_machine *machine)
{
    for (uint32_t i = 0; i < machine->group.wave_count; i++)
        if (machine->group.waves[i].state == CAIRN_WAVE_FAULTED)
            return &machine->group.waves[i];
    return NULL;
}

void native_restore(struct asm_machine *machine, const struct native_state *state)
{
    memcpy(machine->group.waves, state->wave, state->waves * sizeof *state->wave);
    memcpy(machine->group.waves[0].vgpr, state->vgpr, state->vgpr_bytes);
    if (state->scratch_bytes > 0)
        memcpy(machine->group.waves[0].scratch, state->scratch, state->scratch_bytes);
    memcpy(machine->data, state->data, ASM_DATA_BYTES);
    memcpy(machine->group.lds, state->lds, ASM_LDS_BYTES);
}

static bool bytes_differ(const char *what, const uint8_t *a, const uint8_t *b, size_t count,
                         char *text, size_t size)
{
    if (memcmp(a, b, count) == 0)
        return false;
    size_t i = 0;
    while (a[i] == b[i])
        i++;
    snprintf(text, size, "%s byte %#zx: %#x, %#x", what, i, a[i], b[i]);
    return true;
}

static bool wave_differs(const struct cairn_wave *a, const struct cairn_wave *b, char *text,
                         size_t size)
{
    for (unsigned code = 0; code < 128; code++)
        if (a->sgpr[code] != b->sgpr[code]) {
            snprintf(text, size, "wave %u s%u: %#x, %#x", a->index, code, a->sgpr[code],
                     b->sgpr[code]);
            return true;
        }
    if (a->scc != b->scc || a->mode != b->mode || a->pc != b->pc || a->state != b->state) {
        snprintf(text, size, "wave %u: SCC %u, %u; MODE %#x, %#x; state %d, %d; pc %#llx, %#llx",
                 a->index, a->scc, b->scc, a->mode, b->mode, (int)a->state, (int)b->state,
                 (unsigned long long)a->pc, (unsigned long long)b->pc);
        return true;
    }
    if (a->fault.kind == b->fault.kind && a->fault.pc == b->fault.pc &&
        a->fault.address == b->fault.address && a->fault.lane == b->fault.lane)
        return false;
    snprintf(text, size, "wave %u: fault %d, %d; address %#llx, %#llx; lane %d, %d", a->index,
             (int)a->fault.kind, (int)b->fault.kind, (unsigned long long)a->fault.address,
             (unsigned long long)b->fault.address, a->fault.lane, b->fault.lane);
    return true;
}

bool native_differs(const struct native_state *a, const struct native_state *b, char *text,
                    size_t size)
{
    for (uint32_t i = 0; i < a->waves; i++)
        if (wave_differs(&a->wave[i], &b->wave[i], text, size))
            return true;
    return bytes_differ("LDS", a->lds, b->lds, ASM_LDS_BYTES, text, size) ||
           bytes_differ("memory", a->data, b->data, ASM_DATA_BYTES, text, size) ||
           bytes_differ("scratch", a->scratch, b->scratch, a->scratch_bytes, text, size);
}

void native_free(struct native_state *state)
{
    if (state == NULL)
        return;
    free(state->wave);
    free(state->vgpr);
    free(state->scratch);
    free(state->data);
    free(state->lds);
    free(state);
}
