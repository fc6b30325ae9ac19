/* SPDX-License-Identifier: MIT
 * See lift_rig.h.
 */
#include "lift_rig.h"

#include "device/soft/engine_run.h"
#include "finalizer/llvm/compile.h"
#include "finalizer/object.h"
#include "isa/isa.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

uint64_t lift_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(0x2545f4914f6cdd1d);
}

const enum cairn_target_level *lift_rig_levels(void)
{
    static enum cairn_target_level levels[4] = {CAIRN_TARGET_BASE};
    unsigned count = 1;
    __builtin_cpu_init();
    if (__builtin_cpu_supports("x86-64-v3"))
        levels[count++] = CAIRN_TARGET_V3;
    if (__builtin_cpu_supports("x86-64-v4"))
        levels[count++] = CAIRN_TARGET_V4;
    levels[count] = CAIRN_TARGET_NATIVE;
    return levels;
}

/* ---- pieces */

static char *join(const char *const *pieces, unsigned count)
{
    size_t size = 1;
    for (unsigned i = 0; i < count; i++)
        size += strlen(pieces[i]) + 16;
    char *text = malloc(size), *at = text;
    assert_non_null(text);
    for (unsigned i = 0; i < count; i++)
        at += sprintf(at, "%s%s\n", pieces[i], i + 1 < count ? "\ns_endpgm" : "");
    return text;
}

static void find_pieces(struct lift_rig *rig)
{
    const struct asm_machine *m = rig->machine;
    const uint8_t *code = (const uint8_t *)(uintptr_t)m->code.base;
    unsigned found = 0;
    bool begins = true;
    for (size_t at = 0; at < m->code.size;) {
        struct cairn_insn insn;
        struct cairn_bytes left = {code + at, m->code.size - at};
        assert_int_equal(cairn_isa_decode(m->launch.gfx, left, &insn), CAIRN_OK);
        if (begins && found < rig->count)
            rig->offsets[found++] = (uint32_t)at;
        begins = insn.op == CAIRN_OP_s_endpgm;
        at += insn.size_bytes;
    }
    assert_int_equal(found, rig->count);
}

struct lift_rig *lift_rig_create(const char *const *pieces, unsigned count)
{
    struct lift_rig *rig = calloc(1, sizeof *rig);
    char *text = join(pieces, count);
    assert_non_null(rig);
    rig->machine = asm_create(text);
    rig->pieces = pieces;
    rig->count = count;
    rig->offsets = calloc(count, sizeof *rig->offsets);
    find_pieces(rig);
    free(text);
    return rig;
}

void lift_rig_destroy(struct lift_rig *rig)
{
    asm_destroy(rig->machine);
    free(rig->offsets);
    free(rig);
}

/* ---- state */

enum { ROWS = ASM_VGPRS, SCRATCH = ASM_PRIVATE_BYTES * CAIRN_WAVE_LANES };

struct state {
    uint32_t sgpr[128], scc;
    uint32_t vgpr[ROWS][CAIRN_WAVE_LANES];
    uint8_t data[ASM_DATA_BYTES], lds[ASM_LDS_BYTES], scratch[SCRATCH];
    enum cairn_wave_state end;
    struct cairn_fault fault;
};

static void randomise(void *at, size_t bytes, uint64_t *random)
{
    uint64_t *words = at;
    for (size_t i = 0; i < bytes / 8; i++)
        words[i] = lift_random(random);
}

/* v0 stays the work-item id. */
static void set_up(struct lift_rig *rig, unsigned piece, const struct lift_run *run)
{
    struct asm_machine *m = rig->machine;
    uint64_t random = run->seed * 2 + 1;
    asm_reset(m);
    randomise(m->wave->vgpr[1], 63 * sizeof m->wave->vgpr[0], &random);
    randomise(m->data, 65536, &random);
    randomise(m->group.lds, ASM_LDS_BYTES, &random);
    randomise(m->wave->scratch, SCRATCH, &random);
    asm_set_exec(m, run->exec);
    if (run->prepare != NULL)
        run->prepare(m, &random);
    m->wave->pc = m->code.base + rig->offsets[piece];
}

static void capture(const struct asm_machine *m, struct state *out)
{
    memcpy(out->sgpr, m->wave->sgpr, sizeof out->sgpr);
    out->scc = m->wave->scc;
    memcpy(out->vgpr, m->wave->vgpr, sizeof out->vgpr);
    memcpy(out->data, m->data, sizeof out->data);
    memcpy(out->lds, m->group.lds, sizeof out->lds);
    memcpy(out->scratch, m->wave->scratch, sizeof out->scratch);
    out->end = m->wave->state;
    out->fault = m->wave->fault;
}

/* ---- finalized code */

static uint64_t resolve(void *user, const char *name)
{
    (void)user;
    if (strcmp(name, "memcpy") == 0)
        return (uintptr_t)memcpy;
    return strcmp(name, "memset") == 0 ? (uintptr_t)memset : 0;
}

static struct cairn_native_code *compile(struct lift_rig *rig, unsigned piece,
                                         const struct lift_run *run)
{
    const struct asm_machine *m = rig->machine;
    const struct cairn_launch *launch = &m->launch;
    struct cairn_finalize_request request = {
        .gfx = launch->gfx,
        .code = {(const uint8_t *)(uintptr_t)m->code.base, m->code.size},
        .entry_offset = rig->offsets[piece],
        .geometry = {.workgroup = {64, 1, 1},
                     .wave_size = 64,
                     .whole_groups = run->full,
                     .has_scratch = !run->no_scratch,
                     .mode = 0x3f0,
                     .arch_rows = launch->agpr_offset,
                     .rows = launch->vgprs,
                     .rsrc1 = launch->rsrc1,
                     .rsrc2 = launch->rsrc2,
                     .properties = launch->kernel_code_properties},
        .tier = run->tier,
        .target = run->target,
        .name = rig->pieces[piece],
    };
    struct cairn_finalize_result result;
    static const struct cairn_object_symbols symbols = {.resolve = resolve};
    struct cairn_native_code *code = calloc(1, sizeof *code);
    if (cairn_compile(&request, &result) != CAIRN_OK)
        fail_msg("%s: cannot be compiled", rig->pieces[piece]);
    if (result.stepped != 0 && !run->may_step)
        fail_msg("%s: %u instructions are left to the interpreter", rig->pieces[piece],
                 result.stepped);
    rig->compiled++;
    rig->stepped += result.stepped;
    struct cairn_bytes file = {result.object, result.object_bytes};
    assert_int_equal(cairn_object_load(file, &symbols, &code->object), CAIRN_OK);
    free(result.object);
    code->width = run->target == CAIRN_TARGET_V4 ? 16 : 8;
    code->entry = (cairn_native_entry)cairn_object_symbol(code->object, CAIRN_NATIVE_SYMBOL);
    assert_non_null(code->entry);
    return code;
}

/* ---- comparing */

static const char *difference(const struct state *a, const struct state *b, const uint32_t *live)
{
    static char text[160];
    (void)live;
    for (unsigned i = 0; i < 128; i++)
        if (a->sgpr[i] != b->sgpr[i]) {
            sprintf(text, "s%u is %#x, not %#x", i, b->sgpr[i], a->sgpr[i]);
            return text;
        }
    for (unsigned i = 0; i < ASM_LDS_BYTES; i++)
        if (a->lds[i] != b->lds[i]) {
            sprintf(text, "LDS byte %#x is %#x, not %#x", i, b->lds[i], a->lds[i]);
            return text;
        }
    for (unsigned i = 0; i < ASM_DATA_BYTES; i++)
        if (a->data[i] != b->data[i]) {
            sprintf(text, "byte %#x of memory is %#x, not %#x", i, b->data[i], a->data[i]);
            return text;
        }
    for (unsigned i = 0; i < SCRATCH; i++)
        if (a->scratch[i] != b->scratch[i]) {
            sprintf(text, "byte %#x of scratch is %#x, not %#x", i, b->scratch[i], a->scratch[i]);
            return text;
        }
    return NULL;
}

static void compare_faults(const struct lift_rig *rig, unsigned piece, const struct state *a,
                           const struct state *b)
{
    if (a->fault.kind != b->fault.kind || a->fault.lane != b->fault.lane ||
        a->fault.address != b->fault.address || a->fault.pc != b->fault.pc)
        fail_msg("%s: fault %u of lane %d at %#lx, not %u of lane %d at %#lx", rig->pieces[piece],
                 b->fault.kind, b->fault.lane, (unsigned long)b->fault.address, a->fault.kind,
                 a->fault.lane, (unsigned long)a->fault.address);
}

/* A kernel's results are what it stores: the pieces store what they want compared. */
void lift_rig_compare(struct lift_rig *rig, unsigned piece, const struct lift_run *run)
{
    static struct state expected, actual;
    uint64_t stepped = 0;
    set_up(rig, piece, run);
    expected.end = cairn_interp_run(rig->machine->wave, 100000);
    capture(rig->machine, &expected);
    struct cairn_native_code *code = compile(rig, piece, run);
    set_up(rig, piece, run);
    cairn_native_run(code, rig->machine->wave, 100000, &stepped);
    capture(rig->machine, &actual);
    cairn_native_code_destroy(code);
    if (expected.end != actual.end)
        fail_msg("%s: ends in state %d, not %d (target %d, tier %d, exec %#lx, seed %lu)",
                 rig->pieces[piece], actual.end, expected.end, run->target, run->tier,
                 (unsigned long)run->exec, (unsigned long)run->seed);
    if (expected.end == CAIRN_WAVE_FAULTED) {
        compare_faults(rig, piece, &expected, &actual);
        return;
    }
    const char *differs = difference(&expected, &actual, NULL);
    if (differs != NULL)
        fail_msg("%s: %s (target %d, tier %d, full %d, exec %#lx, seed %lu)", rig->pieces[piece],
                 differs, run->target, run->tier, run->full, (unsigned long)run->exec,
                 (unsigned long)run->seed);
}
