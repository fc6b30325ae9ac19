/* SPDX-License-Identifier: MIT
 * What cairn_insn_registers says, held against the interpreter: random instances of every
 * instruction run in random states. Only registers that are said to be written may change; and when
 * all registers that are not said to be read get other values, results, memory, faults and the pc
 * must stay the same.
 */
#include "asm_harness.h"

#include "finalizer/registers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    ROWS = CAIRN_VREGS,
    LANES = CAIRN_WAVE_LANES,
    DATA = 32 * 1024, /* bytes of data that are looked at */
    SCRATCH = ASM_PRIVATE_BYTES * LANES,
    POOL = 1 << 20,
};

/* Everything that an instruction can change. */
struct machine_state {
    struct cairn_wave wave;
    uint32_t vgpr[ROWS][LANES];
    uint8_t data[DATA], lds[ASM_LDS_BYTES], scratch[SCRATCH];
};

struct instance {
    struct cairn_insn insn;
    uint32_t offset;
};

static struct asm_machine *machine;
static struct instance *instances;
static uint32_t instance_count;
static struct machine_state before, after, other_before, other_after;
static uint32_t pool[POOL + 64];
static uint64_t random_state = 0x2545f4914f6cdd1d;
static unsigned failures, ran, faulted;

static uint64_t random_bits(void)
{
    random_state ^= random_state << 13, random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state * 0x2545f4914f6cdd1d;
}

/* ---- code: every instance, and a yield behind it */

static void load_instances(void)
{
    static const uint32_t s_sleep = 0xbf8e0001;
    FILE *file = fopen(INSTANCES, "rb");
    uint32_t record[4], words = 0;
    assert_non_null(file);
    uint32_t *code = malloc(5u << 20);
    instances = malloc(sizeof *instances * 65536);
    while (fread(record, sizeof record, 1, file) == 1 && instance_count < 65536) {
        struct instance *at = &instances[instance_count];
        memcpy(code + words, record + 1, 12);
        if (cairn_isa_decode(machine->launch.gfx, cairn_bytes_of(record + 1, 4 * record[0]),
                             &at->insn) != CAIRN_OK)
            continue;
        at->offset = 4 * words;
        words += record[0];
        code[words++] = s_sleep;
        instance_count++;
    }
    fclose(file);
    free((void *)(uintptr_t)machine->code.base);
    machine->code.base = (uintptr_t)code;
    machine->code.size = 4 * words;
}

/* ---- states */

static void capture(struct machine_state *state, bool memory)
{
    state->wave = *machine->wave;
    memcpy(state->vgpr, machine->wave->vgpr, sizeof state->vgpr);
    if (!memory)
        return;
    memcpy(state->data, machine->data, DATA);
    memcpy(state->lds, machine->group.lds, ASM_LDS_BYTES);
    memcpy(state->scratch, machine->wave->scratch, SCRATCH);
}

static void restore(const struct machine_state *state, bool memory)
{
    *machine->wave = state->wave;
    memcpy(machine->wave->vgpr, state->vgpr, sizeof state->vgpr);
    if (!memory)
        return;
    memcpy(machine->data, state->data, DATA);
    memcpy(machine->group.lds, state->lds, ASM_LDS_BYTES);
    memcpy(machine->wave->scratch, state->scratch, SCRATCH);
}

static bool is_settable(unsigned code) /* trap temporaries are always 0 */
{
    return code < CAIRN_CODE_TTMP0 || code == CAIRN_CODE_M0 || code >= CAIRN_CODE_EXEC_LO;
}

static uint32_t random_mode(void)
{
    uint32_t usual = 0x3f0;
    return random_bits() % 2 ? usual : (uint32_t)random_bits() & 0x8003ff;
}

/* New values for all registers that are not in `keep`. */
static void randomise(struct cairn_wave *wave, const struct cairn_regs *keep)
{
    for (unsigned code = 0; code < 128; code++)
        if (is_settable(code) && !cairn_regs_has_s(keep, code))
            wave->sgpr[code] = (uint32_t)random_bits();
    if (!cairn_regs_has_s(keep, CAIRN_SREG_SCC))
        wave->scc = random_bits() & 1;
    if (!cairn_regs_has_s(keep, CAIRN_SREG_MODE))
        wave->mode = random_mode();
    for (unsigned row = 0; row < ROWS; row++)
        if (!cairn_regs_has_v(keep, row))
            memcpy(wave->vgpr[row], pool + random_bits() % POOL, sizeof wave->vgpr[row]);
}

static void random_exec(struct cairn_wave *wave)
{
    static const uint64_t masks[] = {~UINT64_C(0), 0, 1, ~UINT64_C(0)};
    uint64_t kind = random_bits() % 8;
    cairn_wave_write64(wave, CAIRN_CODE_EXEC_LO, kind < 4 ? masks[kind] : random_bits());
}

/* ---- addresses that exist, so that memory instructions do something */

static void set_scalar(struct cairn_wave *wave, unsigned code, uint64_t value, unsigned dwords)
{
    for (unsigned i = 0; i < dwords && code + i < 128; i++, value >>= 32)
        if (is_settable(code + i))
            wave->sgpr[code + i] = (uint32_t)value;
}

static void set_vector(struct cairn_wave *wave, const struct cairn_operand *operand, unsigned lane,
                       uint64_t value)
{
    if (!cairn_operand_present(operand))
        return;
    uint32_t (*row)[LANES] = &wave->vgpr[cairn_vreg_of_code(operand->code)];
    row[0][lane] = (uint32_t)value;
    if (operand->dwords > 1)
        row[1][lane] = (uint32_t)(value >> 32);
}

static void aim_flat(struct cairn_wave *wave, const struct cairn_insn *insn)
{
    const struct cairn_operand *addr = &insn->slot[CAIRN_SLOT_ADDR];
    const struct cairn_operand *saddr = &insn->slot[CAIRN_SLOT_SADDR];
    bool scratch = insn->encoding == CAIRN_ENC_SCRATCH;
    uint64_t bases[] = {(uintptr_t)machine->data + 8192, (uintptr_t)machine->group.lds + 8192,
                        machine->space.private_aperture};
    unsigned kind = insn->encoding == CAIRN_ENC_FLAT ? random_bits() % 3 : 0;
    bool offset = cairn_operand_present(saddr);
    uint64_t base = scratch ? 0 : bases[kind];
    if (offset)
        set_scalar(wave, saddr->code, scratch ? 64 - (uint64_t)(int64_t)insn->imm : base - 4096,
                   saddr->dwords);
    for (unsigned lane = 0; lane < LANES; lane++) {
        uint64_t place = random_bits() % 12 * 16 + base - (uint64_t)(int64_t)insn->imm;
        set_vector(wave, addr, lane, offset ? place - (base - 4096) : place);
    }
}

static void aim_buffer(struct cairn_wave *wave, const struct cairn_insn *insn)
{
    const struct cairn_operand *soffset = &insn->slot[CAIRN_SLOT_SOFFSET];
    unsigned rsrc = insn->slot[CAIRN_SLOT_RSRC].code;
    bool private = random_bits() % 4 == 0;
    uint64_t base = private ? (uintptr_t)wave->scratch : (uintptr_t)machine->data;
    uint64_t stride = random_bits() % 3 * 4;
    if (soffset->code < 128)
        set_scalar(wave, soffset->code, random_bits() % 16 * 4, 1);
    set_scalar(wave, rsrc, base | stride << 48 | (uint64_t)private << 63, 2);
    set_scalar(wave, rsrc + 2, 16384 | (random_bits() << 32), 2);
    for (unsigned lane = 0; lane < LANES; lane++)
        set_vector(wave, &insn->slot[CAIRN_SLOT_ADDR], lane,
                   random_bits() % 64 | (random_bits() % 64 * 4) << 32);
    wave->sgpr[CAIRN_CODE_M0] = random_bits() % 64 * 4;
}

static void aim_smem(struct cairn_wave *wave, const struct cairn_insn *insn)
{
    const struct cairn_operand *soffset = &insn->slot[CAIRN_SLOT_SOFFSET];
    const struct cairn_operand *base = &insn->slot[CAIRN_SLOT_ADDR];
    uint64_t offset = (uint64_t)(int64_t)insn->imm, small = random_bits() % 64 * 8;
    bool has_soffset = cairn_operand_present(soffset);
    if (base->dwords == 4) {
        set_scalar(wave, base->code, (uintptr_t)machine->data, 2);
        set_scalar(wave, base->code + 2, 16384, 1);
    } else if (cairn_operand_present(base)) {
        set_scalar(wave, base->code,
                   (uintptr_t)machine->data + 8192 - offset - (has_soffset ? small : 0), 2);
    }
    if (has_soffset)
        set_scalar(wave, soffset->code, small, 1);
}

static void aim(struct cairn_wave *wave, const struct cairn_insn *insn)
{
    switch (insn->encoding) {
    case CAIRN_ENC_FLAT:
    case CAIRN_ENC_GLOBAL:
    case CAIRN_ENC_SCRATCH:
        set_scalar(wave, CAIRN_CODE_FLAT_SCRATCH_LO, (uintptr_t)wave->scratch, 2);
        aim_flat(wave, insn);
        wave->sgpr[CAIRN_CODE_M0] = random_bits() % 64 * 4;
        break;
    case CAIRN_ENC_MUBUF:
    case CAIRN_ENC_MTBUF:
        set_scalar(wave, CAIRN_CODE_FLAT_SCRATCH_LO, (uintptr_t)wave->scratch, 2);
        aim_buffer(wave, insn);
        break;
    case CAIRN_ENC_SMEM:
        aim_smem(wave, insn);
        break;
    case CAIRN_ENC_DS:
        wave->sgpr[CAIRN_CODE_M0] = random_bits() % 2 ? 0xffffffff : random_bits() % 64 * 4;
        for (unsigned lane = 0; lane < LANES; lane++)
            set_vector(wave, &insn->slot[CAIRN_SLOT_ADDR], lane,
                       random_bits() % 16 * 16 - (uint32_t)(random_bits() % 2 ? insn->imm : 0));
        break;
    default:
        break;
    }
}

/* ---- comparing */

static void complain(const struct instance *at, const char *what, const char *file, unsigned number)
{
    char text[256];
    cairn_isa_format(machine->launch.gfx, &at->insn, 0, text, sizeof text);
    if (failures++ < 40)
        print_error("%s: %s %s%u\n", text, what, file, number);
}

static void check_changes(const struct instance *at, const struct cairn_regs *writes)
{
    for (unsigned code = 0; code < 128; code++)
        if (after.wave.sgpr[code] != before.wave.sgpr[code] && !cairn_regs_has_s(writes, code))
            complain(at, "also writes", "s", code);
    if (after.wave.scc != before.wave.scc && !cairn_regs_has_s(writes, CAIRN_SREG_SCC))
        complain(at, "also writes", "SCC ", after.wave.scc);
    if (after.wave.mode != before.wave.mode && !cairn_regs_has_s(writes, CAIRN_SREG_MODE))
        complain(at, "also writes", "MODE ", after.wave.mode);
    for (unsigned row = 0; row < ROWS; row++)
        if (!cairn_regs_has_v(writes, row) &&
            memcmp(after.vgpr[row], before.vgpr[row], sizeof after.vgpr[row]) != 0)
            complain(at, "also writes", row < 256 ? "v" : "a", row % 256);
}

static bool row_agrees(unsigned row, uint64_t lanes)
{
    for (unsigned lane = 0; lane < LANES; lane++) {
        uint32_t value = lanes >> lane & 1 ? after.vgpr[row][lane] : other_before.vgpr[row][lane];
        if (other_after.vgpr[row][lane] != value)
            return false;
    }
    return true;
}

/* Lanes that are off keep what they had, which needs not be the same. */
static void check_results(const struct instance *at, const struct cairn_regs *writes)
{
    uint64_t lanes = ~UINT64_C(0);
    if (cairn_isa_flags(&at->insn) & CAIRN_ISA_READS_EXEC)
        lanes = cairn_wave_read64(&before.wave, CAIRN_CODE_EXEC_LO);
    for (unsigned code = 0; code < 128; code++)
        if (cairn_regs_has_s(writes, code) && after.wave.sgpr[code] != other_after.wave.sgpr[code])
            complain(at, "reads more (or writes less) for", "s", code);
    if (cairn_regs_has_s(writes, CAIRN_SREG_SCC) && after.wave.scc != other_after.wave.scc)
        complain(at, "reads more (or writes less) for", "SCC ", after.wave.scc);
    for (unsigned row = 0; row < ROWS; row++)
        if (cairn_regs_has_v(writes, row) && !row_agrees(row, lanes))
            complain(at, "reads more (or writes less) for", row < 256 ? "v" : "a", row % 256);
}

static void check_outcome(const struct instance *at, bool memory)
{
    const struct cairn_wave *a = &after.wave, *b = &other_after.wave;
    if (a->pc != b->pc)
        complain(at, "reads more for", "the pc ", 0);
    if (a->state != b->state || a->fault.kind != b->fault.kind ||
        a->fault.address != b->fault.address || a->fault.lane != b->fault.lane)
        complain(at, "reads more for", "its state, fault ", a->fault.kind);
    if (memory && (memcmp(after.data, other_after.data, DATA) != 0 ||
                   memcmp(after.lds, other_after.lds, ASM_LDS_BYTES) != 0 ||
                   memcmp(after.scratch, other_after.scratch, SCRATCH) != 0))
        complain(at, "reads more for", "memory ", 0);
}

/* ---- running */

static void run(const struct instance *at, struct machine_state *out, bool memory)
{
    machine->wave->pc = machine->code.base + at->offset;
    cairn_interp_run(machine->wave, 1);
    capture(out, memory);
}

static bool is_clock(const struct cairn_insn *insn)
{
    return insn->op == CAIRN_OP_s_memtime || insn->op == CAIRN_OP_s_memrealtime;
}

static void prepare(const struct instance *at, const struct cairn_wave *fresh)
{
    static const struct cairn_regs nothing;
    *machine->wave = *fresh;
    randomise(machine->wave, &nothing);
    random_exec(machine->wave);
    aim(machine->wave, &at->insn);
}

static void check_instance(const struct instance *at, const struct cairn_wave *fresh)
{
    struct cairn_regs reads, writes;
    bool any, memory = at->insn.encoding >= CAIRN_ENC_DS || at->insn.encoding == CAIRN_ENC_SMEM;
    cairn_insn_registers(&at->insn, &reads, &writes, &any);
    if (any || !cairn_interp_has(&at->insn))
        return;
    prepare(at, fresh);
    capture(&before, memory);
    run(at, &after, memory);
    ran++;
    faulted += after.wave.state == CAIRN_WAVE_FAULTED;
    check_changes(at, &writes);
    restore(&before, memory);
    randomise(machine->wave, &reads);
    capture(&other_before, memory);
    run(at, &other_after, memory);
    if (after.wave.state != CAIRN_WAVE_FAULTED && !is_clock(&at->insn))
        check_results(at, &writes);
    check_outcome(at, memory);
    restore(&before, memory);
}

static void registers_are_what_the_interpreter_uses(void **state)
{
    (void)state;
    machine = asm_create("s_nop 0");
    load_instances();
    /* What lies behind is no memory. */
    machine->space.window_size = (uintptr_t)machine->data + DATA - machine->space.window_base;
    for (unsigned i = 0; i < POOL + 64; i++)
        pool[i] = (uint32_t)random_bits();
    for (unsigned i = 0; i < DATA; i++)
        machine->data[i] = (uint8_t)random_bits();
    for (unsigned i = 0; i < ASM_LDS_BYTES; i++)
        machine->group.lds[i] = (uint8_t)random_bits();
    for (unsigned i = 0; i < SCRATCH; i++)
        machine->wave->scratch[i] = (uint8_t)random_bits();
    struct cairn_wave fresh = *machine->wave;
    for (uint32_t i = 0; i < instance_count; i++)
        check_instance(&instances[i], &fresh);
    print_message("%u instances, %u run, %u of them fault\n", instance_count, ran, faulted);
    *machine->wave = fresh;
    asm_destroy(machine);
    free(instances);
    assert_int_equal(failures, 0);
    assert_true(ran > 1700 && faulted < ran / 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registers_are_what_the_interpreter_uses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
