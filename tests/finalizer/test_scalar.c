/* SPDX-License-Identifier: MIT
 * Scalar instructions in finalized code against the interpreter: random instances of every one of
 * them, strung together to programs and run from random states, and loads that take the slow way.
 */
#include "native_rig.h"

#include "finalizer/registers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PROGRAM_INSNS = 40, PROGRAM_WORDS = 2048, STATES = 300 };

static struct asm_machine *machine;
static struct native_options options = {.tier = CAIRN_TIER_QUICK};
static uint64_t random_state = 0x853c49e6748fea9b;
static unsigned failures, programs, insns, stepped_insns;

static uint64_t random_bits(void)
{
    random_state ^= random_state << 13, random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state * 0x2545f4914f6cdd1d;
}

/* ---- states */

static uint32_t random_value(void)
{
    static const uint32_t special[] = {0,  1,  0xffffffff, 0x80000000, 0x7fffffff, 31,        32,
                                       63, 64, 0x00200000, 0x00200001, 0x0040001f, 0x00400000};
    uint64_t r = random_bits();
    switch (r % 5) {
    case 0:
        return (uint32_t)(r >> 8) % 80 - 16; /* an inline constant */
    case 1:
    case 2:
        return special[(r >> 8) % 13];
    case 3:
        return (uint32_t)(r >> 8) % 128 | ((uint32_t)(r >> 16) % 128) << 16;
    default:
        return (uint32_t)(r >> 32);
    }
}

static void random_registers(void)
{
    struct cairn_wave *wave = machine->wave;
    for (unsigned code = 0; code < 128; code++)
        if (code < CAIRN_CODE_TTMP0 || code >= CAIRN_CODE_M0)
            wave->sgpr[code] = random_value();
    for (unsigned i = 0; i < 2 && random_bits() % 2; i++)
        wave->sgpr[2 + i] = wave->sgpr[i];
    wave->sgpr[101] |= 1;
    wave->scc = random_bits() & 1;
}

/* ---- programs */

struct program {
    uint32_t words[PROGRAM_WORDS];
    uint32_t count, insns;
};

static void add_move(struct program *program, unsigned code, uint32_t value)
{
    program->words[program->count++] = 0xbe8000ff | code << 16; /* s_mov_b32 */
    program->words[program->count++] = value;
}

/* Registers of a load, so that it is one of data. */
static void aim_load(struct program *program, const struct cairn_insn *insn)
{
    const struct cairn_operand *soffset = &insn->slot[CAIRN_SLOT_SOFFSET];
    unsigned base = insn->slot[CAIRN_SLOT_ADDR].code;
    bool buffer = insn->slot[CAIRN_SLOT_ADDR].dwords == 4;
    uint32_t small = (uint32_t)random_bits() % 4096;
    uint64_t at = (uintptr_t)machine->data + 8192;
    if (!buffer)
        at -= (uint64_t)(int64_t)insn->imm + (cairn_operand_present(soffset) ? small : 0);
    if (cairn_operand_present(soffset))
        add_move(program, soffset->code, small);
    add_move(program, base, (uint32_t)at);
    add_move(program, base + 1, (uint32_t)(at >> 32) & 0xffff);
    if (buffer)
        add_move(program, base + 2, 4096 + (uint32_t)random_bits() % 65536);
}

static bool is_wanted(const struct cairn_insn *insn)
{
    struct cairn_regs reads, writes;
    bool any;
    uint32_t flags = cairn_isa_flags(insn);
    if (insn->encoding > CAIRN_ENC_SMEM || insn->encoding == CAIRN_ENC_SOPP ||
        !cairn_interp_has(insn) || (flags & (CAIRN_ISA_BRANCH | CAIRN_ISA_STORES)))
        return false;
    if (insn->op == CAIRN_OP_s_memtime || insn->op == CAIRN_OP_s_memrealtime)
        return false;
    cairn_insn_registers(insn, &reads, &writes, &any);
    return !any && !cairn_regs_has_s(&writes, CAIRN_SREG_MODE);
}

/* Remembers SCC in s101 without changing it: s_cselect_b32 s100, 3, 5; s_mul_i32 s101, s101, s100.
 */
static void add_witness(struct program *program)
{
    program->words[program->count++] = 0x85648583;
    program->words[program->count++] = 0x92656465;
}

static bool is_trap_register(unsigned code)
{
    return code >= CAIRN_CODE_TTMP0 && code < CAIRN_CODE_M0;
}

static void add_insn(struct program *program, const uint32_t *words, uint32_t count,
                     const struct cairn_insn *insn)
{
    if (insn->encoding == CAIRN_ENC_SMEM && !is_trap_register(insn->slot[CAIRN_SLOT_ADDR].code))
        aim_load(program, insn);
    memcpy(program->words + program->count, words, count * sizeof *words);
    program->count += count;
    program->insns++;
    if (cairn_isa_flags(insn) & CAIRN_ISA_WRITES_SCC)
        add_witness(program);
}

/* ---- comparing */

static void complain(const struct program *program, const char *what)
{
    char text[256];
    if (failures++ >= 10)
        return;
    print_error("%s, after\n", what);
    struct cairn_bytes bytes = cairn_bytes_of(program->words, 4 * program->count);
    struct cairn_insn insn;
    while (bytes.left > 0 && cairn_isa_decode(machine->launch.gfx, bytes, &insn) == CAIRN_OK) {
        cairn_isa_format(machine->launch.gfx, &insn, 0, text, sizeof text);
        print_error("    %s\n", text);
        bytes.at += insn.size_bytes;
        bytes.left -= insn.size_bytes;
    }
}

static bool run_both(struct cairn_native_code *code, char *text, size_t size)
{
    struct native_state *start = native_capture(machine);
    native_run(NULL, machine);
    struct native_state *expected = native_capture(machine);
    native_restore(machine, start);
    native_run(code, machine);
    struct native_state *got = native_capture(machine);
    bool differs = native_differs(expected, got, text, size);
    native_restore(machine, start);
    native_free(start);
    native_free(expected);
    native_free(got);
    return differs;
}

/* The same for what scalar instructions that store nothing can change. */
static bool scalars_differ(struct cairn_native_code *code, char *text, size_t size)
{
    struct cairn_wave start = *machine->wave;
    native_run(NULL, machine);
    struct cairn_wave expected = *machine->wave, *got = machine->wave;
    *machine->wave = start;
    native_run(code, machine);
    for (unsigned i = 0; i < 128; i++)
        if (got->sgpr[i] != expected.sgpr[i]) {
            snprintf(text, size, "s%u is %#x, not %#x", i, got->sgpr[i], expected.sgpr[i]);
            return true;
        }
    snprintf(text, size, "SCC is %u, pc %#llx, state %d", got->scc, (unsigned long long)got->pc,
             (int)got->state);
    return got->scc != expected.scc || got->pc != expected.pc || got->state != expected.state;
}

static void check_program(struct program *program)
{
    char text[256];
    uint32_t stepped = 0;
    program->words[program->count++] = 0xbf810000; /* s_endpgm */
    cairn_interp_forget(&machine->code);
    free((void *)(uintptr_t)machine->code.base);
    machine->code.size = 4 * program->count;
    void *code = malloc(machine->code.size);
    memcpy(code, program->words, machine->code.size);
    machine->code.base = machine->launch.entry_pc = (uintptr_t)code;
    struct cairn_native_code *native = native_compile(machine, &options, &stepped);
    assert_non_null(native);
    programs++;
    insns += program->insns;
    stepped_insns += stepped;
    for (unsigned i = 0; i < STATES; i++) {
        random_registers();
        machine->wave->pc = machine->launch.entry_pc;
        machine->wave->state = CAIRN_WAVE_READY;
        if (scalars_differ(native, text, sizeof text)) {
            complain(program, text);
            break;
        }
    }
    native_destroy(native);
}

static uint32_t (*read_instances(size_t *count))[4]
{
    enum { MOST = 65536 };
    uint32_t (*records)[4] = malloc(sizeof *records * MOST);
    FILE *file = fopen(INSTANCES, "rb");
    assert_non_null(file);
    *count = fread(records, sizeof *records, MOST, file);
    fclose(file);
    return records;
}

static bool decode_record(const uint32_t record[4], struct cairn_insn *insn)
{
    struct cairn_bytes bytes = cairn_bytes_of(record + 1, 4 * record[0]);
    return cairn_isa_decode(machine->launch.gfx, bytes, insn) == CAIRN_OK;
}

/* ---- every operation on registers that the program does not change: s[0:1] and s[2:3], which are
 * the same now and then */

static bool put_registers(const struct cairn_insn *insn, uint32_t *word, unsigned dst)
{
    switch (insn->encoding) {
    case CAIRN_ENC_SOP2:
        *word = (*word & 0xff800000) | dst << 16 | 2 << 8;
        return true;
    case CAIRN_ENC_SOP1:
        *word = (*word & 0xff80ff00) | dst << 16;
        return true;
    case CAIRN_ENC_SOPC:
        *word = (*word & 0xffff0000) | 2 << 8;
        return true;
    case CAIRN_ENC_SOPK:
        *word = (*word & 0xff80ffff) | dst << 16;
        return insn->op != CAIRN_OP_s_setreg_imm32_b32;
    default:
        return false;
    }
}

static void check_operations(void)
{
    enum { FIRST = 16, LAST = 96 };
    size_t count;
    uint32_t (*records)[4] = read_instances(&count);
    struct program program = {0};
    unsigned dst = FIRST;
    int last_op = -1;
    for (size_t i = 0; i < count; i++) {
        struct cairn_insn insn;
        if (!decode_record(records[i], &insn) || !is_wanted(&insn) || insn.op == last_op ||
            !put_registers(&insn, &records[i][1], dst))
            continue;
        last_op = insn.op;
        add_insn(&program, &records[i][1], 1, &insn);
        dst += 2;
        if (dst < LAST)
            continue;
        check_program(&program);
        program.count = program.insns = 0;
        dst = FIRST;
    }
    check_program(&program);
    free(records);
}

/* ---- programs of random instances */

/* Instances of all rows come in order; taken with a stride, a program has many different ones. */
static void check_instances(unsigned stride)
{
    size_t count;
    uint32_t (*records)[4] = read_instances(&count);
    struct program program = {0};
    for (size_t i = 0; i < count; i++) {
        const uint32_t *record = records[i * stride % count];
        struct cairn_insn insn;
        if (!decode_record(record, &insn) || !is_wanted(&insn))
            continue;
        add_insn(&program, record + 1, record[0], &insn);
        if (program.insns < PROGRAM_INSNS)
            continue;
        check_program(&program);
        program.count = program.insns = 0;
    }
    check_program(&program);
    free(records);
}

static int set_up(void **state)
{
    (void)state;
    machine = asm_create("s_nop 0");
    machine->launch.grid[0]++; /* EXEC is random: nothing may be taken for granted of it */
    machine->space.window_base = (uintptr_t)machine->data; /* what lies around is no memory */
    machine->space.window_size = ASM_DATA_BYTES;
    for (unsigned i = 0; i < ASM_DATA_BYTES; i++)
        machine->data[i] = (uint8_t)random_bits();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    asm_destroy(machine);
    return 0;
}

static void random_scalar_programs_agree(void **state)
{
    (void)state;
    options.target = native_best_target();
    check_operations();
    check_instances(7919); /* prime to the number of instances */
    options.tier = CAIRN_TIER_FULL;
    check_instances(104729);
    print_message("%u programs, %u instructions, %u of them stepped\n", programs, insns,
                  stepped_insns);
    assert_int_equal(failures, 0);
    assert_true(insns > 2000 && stepped_insns < insns / 4);
}

/* ---- loads that are not of guest memory in the window */

static uint32_t registered[64];

static bool covers_registered(const struct cairn_address_space *space, uint64_t address,
                              uint64_t size)
{
    uint64_t base = (uintptr_t)registered;
    (void)space;
    return address >= base && address - base <= sizeof registered - size;
}

struct load_case {
    const char *why, *text;
};

/* s[2:3]: data; s[4:5]: registered memory; s[6:7]: the last byte but 7 of data; s[8:11] a buffer */
static const struct load_case load_cases[] = {
    {"registered memory", "s_mov_b32 s20, 1\n s_load_dwordx8 s[24:31], s[4:5], 0x10\n"
                          "s_add_u32 s20, s20, s24\n s_add_u32 s21, s31, s25"},
    {"a pair of it", "s_load_dwordx2 vcc, s[4:5], 0x8\n s_mov_b64 s[20:21], vcc"},
    {"beside registered memory", "s_mov_b32 s20, 1\n s_load_dword s24, s[4:5], 0x100\n"
                                 "s_mov_b32 s21, 2"},
    {"null", "s_mov_b64 s[22:23], 0\n s_mov_b32 s20, 5\n s_load_dwordx2 s[24:25], s[22:23], 0x20\n"
             "s_mov_b32 s21, 2"},
    {"the last words", "s_load_dwordx2 s[24:25], s[6:7], 0\n s_add_u32 s20, s24, s25"},
    {"past the last words", "s_mov_b32 s20, 9\n s_load_dwordx4 s[24:27], s[6:7], 0\n"
                            "s_mov_b32 s20, 3"},
    {"a page that is not there", "s_mov_b32 s20, 9\n s_load_dword s24, s[6:7], 8\n"
                                 "s_mov_b32 s20, 3"},
    {"outside of the window", "s_mov_b32 s20, 9\n s_add_u32 s7, s7, 1\n"
                              "s_load_dword s24, s[6:7], 8\n s_mov_b32 s20, 3"},
    {"partly inside of a buffer", "s_buffer_load_dwordx8 s[24:31], s[8:11], 0x50"},
    {"outside of a buffer", "s_movk_i32 s20, 0x60\n s_buffer_load_dwordx4 s[24:27], s[8:11], s20"},
    {"a buffer that is not there",
     "s_mov_b32 s9, 0\n s_mov_b32 s10, -1\n s_buffer_load_dword s24, s[8:11], 0"},
    {"between lanes", "v_mov_b32 v1, s2\n s_load_dword s24, s[4:5], 0\n v_add_u32 v1, s24, v1\n"
                      "s_load_dword s24, s[2:3], 0\n v_add_u32 v2, s24, v1"},
    {"where the program counter is",
     "s_getpc_b64 s[20:21]\n s_load_dwordx2 s[24:25], s[20:21], 0\n s_mov_b32 s22, s24"},
};

static void set_bases(struct asm_machine *m)
{
    for (unsigned i = 0; i < 64; i++)
        registered[i] = 0x1000000u + i;
    for (unsigned i = 0; i < ASM_DATA_BYTES; i++)
        m->data[i] = (uint8_t)(i * 7 + i / 256);
    m->space.covers_slow = covers_registered;
    asm_set_sgpr64(m, 2, (uintptr_t)m->data);
    asm_set_sgpr64(m, 4, (uintptr_t)registered);
    asm_set_sgpr64(m, 6, (uintptr_t)m->data + ASM_DATA_BYTES - 8);
    asm_set_sgpr64(m, 8, (uintptr_t)m->data | UINT64_C(4) << 48);
    asm_set_sgpr64(m, 10, 24);
}

static void odd_loads_agree(void **state)
{
    (void)state;
    unsigned failed = 0;
    options.target = native_best_target();
    for (unsigned i = 0; i < 2 * sizeof load_cases / sizeof load_cases[0]; i++) {
        const struct load_case *row = &load_cases[i / 2];
        char text[256];
        struct asm_machine *before = machine;
        machine = asm_create(row->text);
        set_bases(machine);
        options.tier = i % 2 ? CAIRN_TIER_FULL : CAIRN_TIER_QUICK;
        struct cairn_native_code *code = native_compile(machine, &options, NULL);
        assert_non_null(code);
        if (run_both(code, text, sizeof text)) {
            print_error("%s: %s\n", row->why, text);
            failed++;
        }
        native_destroy(code);
        asm_destroy(machine);
        machine = before;
    }
    assert_int_equal(failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_scalar_programs_agree),
        cmocka_unit_test(odd_loads_agree),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
