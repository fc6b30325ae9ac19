/* SPDX-License-Identifier: MIT
 * Matrix instructions, interpreter against finalizer: every shape with random registers (D on top
 * of A, B or part of C too), constants for C, moved operands, and numbers of all kinds.
 * LIFT_MATRIX_ROUNDS: how many programs a shape; LIFT_MATRIX_SEED: of the first.
 */
#include "machine/sem_mfma.h"
#include "native_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { REGS = 72, END_SGPR = 60 };

static const struct {
    const char *name;
    struct cairn_sem_mfma_shape shape;
} shapes[] = {
#define MFMA(op, M, K, KL, BLOCKS, KIND) {#op, {M, K, KL, BLOCKS, CAIRN_SEM_MFMA_##KIND}},
#include "machine/sem_mfma.def"
#undef MFMA
};

static uint64_t state;

static uint64_t random64(void)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    uint64_t x = state ^ state >> 29;
    return x * UINT64_C(0xbf58476d1ce4e5b9) ^ x >> 32;
}

static unsigned below(unsigned limit)
{
    return (unsigned)(random64() >> 33) % limit;
}

/* ---- programs */

static int registers(char *out, size_t size, char file, unsigned first, unsigned count)
{
    return count == 1 ? snprintf(out, size, "%c%u", file, first)
                      : snprintf(out, size, "%c[%u:%u]", file, first, first + count - 1);
}

/* Even registers below REGS: tuples must be aligned. */
static unsigned any_first(unsigned count)
{
    return 2 * below((REGS - count) / 2 + 1);
}

/* Assemblers refuse large C that are partly D. */
static unsigned any_addend(unsigned d_first, unsigned count)
{
    unsigned first = any_first(count);
    bool meets = first < d_first + count && d_first < first + count;
    return below(2) || (count > 4 && meets) ? d_first : first;
}

static void add_fields(char *out, size_t size, const struct cairn_sem_mfma_shape *shape)
{
    if (below(3) != 0)
        return;
    if (shape->kind == CAIRN_SEM_MFMA_F64) {
        snprintf(out, size, " blgp:%u", below(8));
        return;
    }
    unsigned most = (unsigned)__builtin_ctz(shape->blocks), cbsz = below(most + 1);
    snprintf(out, size, " cbsz:%u abid:%u blgp:%u", cbsz, below(1u << cbsz), below(8));
}

/* Some add to the D of one before. */
struct history {
    unsigned count, d[5];
    char file[5];
};

static void add_insn(char *out, size_t size, unsigned number, struct history *history)
{
    static const char *const constants[] = {"0", "1.0", "-4.0", "-3", "64", "0.5"};
    static const char *const integers[] = {"0", "1", "-16", "-3", "64", "17"};
    const struct cairn_sem_mfma_shape *shape = &shapes[number].shape;
    unsigned in = cairn_sem_mfma_in_dwords(*shape), outs = cairn_sem_mfma_out_dwords(*shape);
    bool again = history->count > 0 && below(3) != 0;
    unsigned before = again ? below(history->count) : 0;
    unsigned d_first = again ? history->d[before] : any_first(outs);
    char d[16], a[16], b[16], c[16], fields[64] = "";
    char file = again ? history->file[before] : (below(2) ? 'a' : 'v');
    history->d[history->count] = d_first;
    history->file[history->count++] = file;
    registers(d, sizeof d, file, d_first, outs);
    registers(a, sizeof a, below(2) ? 'a' : 'v', any_first(in), in);
    registers(b, sizeof b, below(2) ? 'a' : 'v', any_first(in), in);
    if (!again && below(4) == 0)
        snprintf(c, sizeof c, "%s",
                 shape->kind == CAIRN_SEM_MFMA_I8 ? integers[below(6)] : constants[below(6)]);
    else
        registers(c, sizeof c, file, again ? d_first : any_addend(d_first, outs), outs);
    if (!again)
        add_fields(fields, sizeof fields, shape);
    snprintf(out, size, "%s %s, %s, %s, %s%s\n", shapes[number].name, d, a, b, c, fields);
}

/* The jump, whose target only the machine knows, keeps all registers alive. */
static void make_program(char *out, size_t size, unsigned number)
{
    size_t used = (size_t)snprintf(out, size, "s_mov_b64 exec, s[40:41]\n");
    struct history history = {0};
    for (unsigned i = 0; i < 5; i++) {
        add_insn(out + used, size - used, number, &history);
        used += strlen(out + used);
        if (below(3) == 0)
            used += (size_t)snprintf(out + used, size - used, "v_xor_b32 v%u, v%u, v%u\n",
                                     below(REGS), below(REGS), below(REGS));
    }
    snprintf(out + used, size - used, "s_setpc_b64 s[%u:%u]\n", END_SGPR, END_SGPR + 1);
}

/* ---- numbers */

static bool tiny;

static uint32_t any_f32(void)
{
    uint32_t bits = (uint32_t)random64();
    switch (below(60)) {
    case 0:
        return 0x7f800000u | (bits & 0x80000000u);
    case 1:
        return 0x7f800001u | (bits & 0x807fffffu);
    case 2:
        return bits & 0x807fffffu;
    case 3:
        return bits & 0x80000000u;
    case 4:
        return bits;
    default: /* near each other, so that sums round; if tiny, to denormals */
        return (bits & 0x807fffffu) | ((tiny ? 57 : 120) + below(14)) << 23;
    }
}

static uint32_t any_half(void)
{
    uint32_t bits = (uint32_t)random64();
    switch (below(100)) {
    case 0:
        return 0x7c00 | (bits & 0x83ff);
    case 1:
        return bits & 0x83ff;
    case 2:
        return bits & 0xffff;
    default:
        return (bits & 0x83ff) | (10 + below(9)) << 10;
    }
}

static uint32_t any_dword(enum cairn_sem_mfma_kind kind, unsigned row)
{
    if (row % 8 == 0 && tiny) /* products of zeros only: C as it is, or flushed */
        return (uint32_t)random64() & 0x80008000u;
    switch (kind) {
    case CAIRN_SEM_MFMA_F16:
        return below(tiny ? 2 : 3) ? any_half() | any_half() << 16 : any_f32();
    case CAIRN_SEM_MFMA_BF16:
        return any_f32() >> 16 | (any_f32() & 0xffff0000u);
    case CAIRN_SEM_MFMA_I8:
        return (uint32_t)random64();
    case CAIRN_SEM_MFMA_F64: /* the odd register is the high half */
        if (row % 2 == 0 || below(50) == 0)
            return (uint32_t)random64();
        return below(60) == 0 ? 0x7ff00000 : (uint32_t)(1000 + below(40)) << 20 | below(2) << 31;
    default:
        return any_f32();
    }
}

static void fill(struct asm_machine *machine, enum cairn_sem_mfma_kind kind)
{
    struct cairn_wave *wave = machine->wave;
    for (unsigned i = 0; i < REGS; i++)
        for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++) {
            wave->vgpr[i][lane] = any_dword(kind, i);
            wave->vgpr[256 + i][lane] = any_dword(kind, i);
        }
    asm_set_sgpr64(machine, 40, random64());
    asm_set_sgpr64(machine, END_SGPR, machine->code.base + machine->code.size - 4);
}

/* ---- both engines */

/* All rows: the programs keep them alive. */
static void check_rows(const struct asm_machine *machine, const uint32_t *expected,
                       const char *text)
{
    const uint32_t *got = machine->wave->vgpr[0];
    for (unsigned i = 0; i < ASM_VGPRS * CAIRN_WAVE_LANES; i++)
        if (got[i] != expected[i])
            fail_msg("row %u lane %u: %#x, %#x\n%s", i / CAIRN_WAVE_LANES, i % CAIRN_WAVE_LANES,
                     expected[i], got[i], text);
}

static void compare(struct asm_machine *machine, const struct native_options *options,
                    enum cairn_sem_mfma_kind kind, const char *text)
{
    static uint32_t rows[ASM_VGPRS * CAIRN_WAVE_LANES];
    uint32_t stepped;
    char why[256];
    struct cairn_native_code *code = native_compile(machine, options, &stepped);
    assert_non_null(code);
    if (stepped != 0)
        fail_msg("%u instructions are not lifted:\n%s", stepped, text);
    for (unsigned i = 0; i < 2; i++) {
        asm_reset(machine);
        tiny = i == 1;
        fill(machine, kind);
        struct native_state *start = native_capture(machine);
        assert_int_equal(native_run(NULL, machine), CAIRN_WAVE_DONE);
        struct native_state *expected = native_capture(machine);
        memcpy(rows, machine->wave->vgpr, sizeof rows);
        native_restore(machine, start);
        assert_int_equal(native_run(code, machine), CAIRN_WAVE_DONE);
        check_rows(machine, rows, text);
        struct native_state *got = native_capture(machine);
        if (native_differs(expected, got, why, sizeof why))
            fail_msg("target %u: %s\n%s", options->target, why, text);
        native_free(start);
        native_free(expected);
        native_free(got);
    }
    native_destroy(code);
}

static void every_shape_does_the_same(void **unused)
{
    (void)unused;
    const char *count = getenv("LIFT_MATRIX_ROUNDS"), *seed = getenv("LIFT_MATRIX_SEED");
    unsigned rounds = count != NULL ? (unsigned)atoi(count) : 3;
    uint64_t first = seed != NULL ? strtoull(seed, NULL, 0) : 1;
    for (unsigned i = 0; i < rounds * (sizeof shapes / sizeof shapes[0]); i++) {
        unsigned number = i % (sizeof shapes / sizeof shapes[0]);
        char text[1024];
        state = (first + i) * UINT64_C(0x9e3779b97f4a7c15);
        make_program(text, sizeof text, number);
        struct asm_machine *machine = asm_create(text);
        machine->launch.grid[0]++; /* v0 is random: it may not be taken for an id */
        for (enum cairn_target_level t = CAIRN_TARGET_BASE; t <= native_best_target(); t++) {
            struct native_options options = {.target = t, .exact_nan = true};
            compare(machine, &options, shapes[number].shape.kind, text);
        }
        asm_destroy(machine);
    }
}

int main(void)
{
    setenv("CAIRN_VERIFY", "1", true);
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_shape_does_the_same)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
