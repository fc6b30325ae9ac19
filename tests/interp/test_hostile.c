/* SPDX-License-Identifier: MIT
 * Whatever bytes a wave executes, in whatever state, the process lives: random words that decode
 * are strung together and run, with registers random or pointing at memory, few registers or many.
 * What the wave does is not looked at, only that it comes back with a state that makes sense, and
 * that registers of its neighbour are untouched. More rounds: first argument.
 */
#include "asm_harness.h"

#include "isa/isa.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static uint64_t random_state = 0x853c49e6748fea9b;
static unsigned rounds = 300;
static uint64_t executed;

static uint64_t random_bits(void)
{
    random_state ^= random_state << 13, random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state * 0x2545f4914f6cdd1d;
}

/* The first bits of each encoding, so that rare ones come up as often as others. */
static uint32_t random_word(void)
{
    static const struct {
        uint32_t bits, mask;
    } encodings[] = {
        {0x00000000, 0x80000000}, {0x7e000000, 0xfe000000}, {0x7c000000, 0xfe000000},
        {0x80000000, 0xc0000000}, {0xbe800000, 0xff800000}, {0xbf000000, 0xff800000},
        {0xb0000000, 0xf0000000}, {0xbf800000, 0xff800000}, {0xc0000000, 0xfc000000},
        {0xd0000000, 0xfc000000}, {0xd3800000, 0xff800000}, {0xd8000000, 0xfc000000},
        {0xdc000000, 0xfc000000}, {0xe0000000, 0xfc000000}, {0xe8000000, 0xfc000000},
        {0xf0000000, 0xfc000000}, {0x00000000, 0x00000000},
    };
    uint64_t r = random_bits();
    unsigned i = (unsigned)(r >> 40) % (sizeof encodings / sizeof encodings[0]);
    uint32_t word = ((uint32_t)r & ~encodings[i].mask) | encodings[i].bits;
    if (word >> 31 == 0 && (r >> 60) < 4) /* SDWA and DPP */
        word = (word & ~0x1ffu) | (r >> 60 & 1 ? 0xf9 : 0xfa);
    return word;
}

/* Fills `words` with instructions that decode, and returns how many words they take. */
static size_t random_code(uint32_t *words, size_t limit)
{
    const struct cairn_gfx *gfx = cairn_gfx_by_name("gfx90a", 6);
    size_t count = 0;
    while (count + 3 < limit) {
        struct cairn_insn insn;
        uint32_t *at = words + count;
        at[0] = random_word();
        at[1] = (uint32_t)random_bits();
        at[2] = (uint32_t)random_bits();
        if (cairn_isa_decode(gfx, cairn_bytes_of(at, 12), &insn) != CAIRN_OK)
            continue;
        if (insn.op == CAIRN_OP_s_endpgm && random_bits() % 8 != 0)
            continue;
        count += insn.size_bytes / 4;
    }
    return count;
}

static uint32_t random_value(const struct asm_machine *m)
{
    uint64_t r = random_bits();
    switch (r % 6) {
    case 0:
        return (uint32_t)(r >> 8);
    case 1:
        return (uint32_t)(r >> 8) % 256;
    case 2:
        return (uint32_t)((uintptr_t)m->data + (r >> 8) % ASM_DATA_BYTES);
    case 3:
        return (uint32_t)((uintptr_t)m->data >> 32);
    case 4:
        return (uint32_t)-(int64_t)((r >> 8) % 256);
    default:
        return 0;
    }
}

static void random_registers(struct asm_machine *m)
{
    for (unsigned i = 0; i < m->group.wave_count; i++) {
        struct cairn_wave *wave = &m->group.waves[i];
        for (unsigned n = 0; n < 102; n++)
            wave->sgpr[n] = random_value(m);
        for (unsigned n = 0; n < 100; n += 2) /* some pairs that are addresses, or descriptors */
            if (random_bits() % 3 == 0)
                cairn_wave_write64(wave, n, (uintptr_t)m->data + random_bits() % ASM_DATA_BYTES);
        for (unsigned n = 0; n < m->launch.vgprs; n++) {
            uint32_t same = random_value(m);
            for (unsigned lane = 0; lane < 64; lane++)
                wave->vgpr[n][lane] = random_bits() % 2 ? same : random_value(m);
        }
        cairn_wave_write64(wave, 126, random_bits() | random_bits());
        cairn_wave_write64(wave, 106, random_bits());
        wave->sgpr[124] = random_value(m);
        wave->scc = random_bits() & 1;
        wave->mode = random_bits() % 4 ? 0x3f0 : (uint32_t)random_bits() & 0x18ff3ff;
    }
}

/* Looks at the fault and makes the wave go on behind it. False if there is nothing behind it. */
static bool step_over_fault(struct asm_machine *m)
{
    struct cairn_wave *wave = m->wave;
    struct cairn_insn insn;
    assert_in_range(wave->state, CAIRN_WAVE_READY, CAIRN_WAVE_FAULTED);
    if (wave->state == CAIRN_WAVE_BARRIER)
        wave->state = CAIRN_WAVE_READY;
    if (wave->state != CAIRN_WAVE_FAULTED)
        return true;
    assert_in_range(wave->fault.kind, CAIRN_FAULT_NONE + 1, CAIRN_FAULT_COUNT - 1);
    assert_in_range(wave->fault.lane + 1, 0, 64);
    if (wave->fault.kind == CAIRN_FAULT_BAD_PC) { /* land anywhere */
        wave->pc = m->code.base + random_bits() % (m->code.size / 4) * 4;
        wave->state = CAIRN_WAVE_READY;
        memset(&wave->fault, 0, sizeof wave->fault);
        return true;
    }
    uint64_t pc = wave->fault.pc, offset = pc - m->code.base;
    struct cairn_bytes bytes = cairn_bytes_of((const void *)(uintptr_t)pc, m->code.size - offset);
    if (cairn_isa_decode(m->launch.gfx, bytes, &insn) != CAIRN_OK)
        insn.size_bytes = 4;
    wave->pc = pc + insn.size_bytes;
    wave->state = CAIRN_WAVE_READY;
    memset(&wave->fault, 0, sizeof wave->fault);
    return true;
}

enum { CODE_WORDS = 256 };

/* Two waves; the second must not notice what the first does to its own registers. */
static void run_round(struct asm_machine *m, bool few)
{
    m->launch.vgprs = few ? 24 : ASM_VGPRS;
    m->launch.agpr_offset = few ? 16 : 256;
    asm_reset(m);
    random_registers(m);
    struct cairn_wave *other = &m->group.waves[1];
    size_t bytes = m->launch.vgprs * sizeof *other->vgpr;
    uint32_t *before = malloc(bytes);
    memcpy(before, other->vgpr, bytes);
    struct cairn_wave saved = *other;
    assert_int_equal(cairn_interp_install_handler(), CAIRN_OK);
    for (unsigned turn = 0; turn < 300 && m->wave->state != CAIRN_WAVE_DONE; turn++) {
        cairn_interp_run(m->wave, 500);
        if (!step_over_fault(m))
            break;
    }
    executed += m->wave->instructions;
    assert_memory_equal(before, other->vgpr, bytes);
    assert_memory_equal(&saved, other, sizeof saved);
    free(before);
}

static void random_code_cannot_hurt_the_process(void **state)
{
    struct asm_machine *m = asm_create_items("s_nop 0", 128);
    uint64_t original = m->code.base;
    uint32_t *words = malloc(CODE_WORDS * 4);
    for (unsigned i = 0; i < rounds; i++) {
        m->code.base = m->launch.entry_pc = (uintptr_t)words;
        m->code.size = random_code(words, CODE_WORDS) * 4;
        run_round(m, i % 2);
        cairn_interp_forget(&m->code);
    }
    print_message("%lu instructions\n", (unsigned long)executed);
    free(words);
    m->code.base = original;
    m->launch.vgprs = ASM_VGPRS;
    asm_destroy(m);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        rounds = (unsigned)atoi(argv[1]);
    if (argc > 2)
        random_state = (uint64_t)strtoull(argv[2], NULL, 0) | 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_code_cannot_hurt_the_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
