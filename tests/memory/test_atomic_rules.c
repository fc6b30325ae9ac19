/* SPDX-License-Identifier: MIT
 * Rules of atomics one by one: order of data, alignment, bounds, returned values, the DS forms with
 * two addresses; and what several host threads see of atomics and of pairs of dwords.
 */
#include "machine.h"

#include <pthread.h>
#include <string.h>

static void compare_and_swap_takes_its_data_in_the_order_of_its_family(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        uint32_t expected;
        const char *why;
    } cases[] = {
        {"ds_cmpst_b32 v2, v8, v9", 222, "DS: compare, then new"},
        {"global_atomic_cmpswap v[2:3], v[8:9], off", 111, "memory: new, then compare"},
    };
    machine_preload(cases);
    for (unsigned i = 0; i < 2; i++) {
        struct machine *m = machine_reset();
        uint8_t *at = i == 0 ? m->group.lds : m->memory;
        uint32_t value = i == 0 ? 111 : 222;
        memcpy(at, &value, 4);
        machine_set_exec(m, 1);
        machine_set_v64(m, 2, 0, i == 0 ? 0 : (uintptr_t)at);
        machine_v(m, 8)[0] = 111;
        machine_v(m, 9)[0] = 222;
        machine_do(m, cases[i].line);
        memcpy(&value, at, 4);
        if (value != cases[i].expected)
            fail_msg("%s: %u", cases[i].why, value);
    }
}

static void adds_of_a_whole_wave_to_one_counter_return_ascending_sums(void **state)
{
    (void)state;
    static const char *const lines[] = {"global_atomic_add v16, v[2:3], v8, off glc",
                                        "flat_atomic_add v16, v[2:3], v8 glc"};
    machine_preload(lines);
    for (unsigned i = 0; i < 2; i++) {
        struct machine *m = machine_reset();
        uint32_t sum = 0xfffffff0;
        memcpy(m->memory + 40, &sum, 4);
        uint64_t mask = 0x8000ffff0f0f0101;
        machine_set_exec(m, mask);
        for (unsigned lane = 0; lane < 64; lane++)
            machine_set_v64(m, 2, lane, mask >> lane & 1 ? (uintptr_t)m->memory + 40 : 3);
        machine_do(m, lines[i]);
        for (unsigned lane = 0; lane < 64; lane++) {
            bool on = mask >> lane & 1;
            assert_int_equal(machine_v(m, 16)[lane], on ? sum : 16 << 16 | lane);
            sum += on ? machine_v(m, 8)[lane] : 0;
        }
        assert_memory_equal(m->memory + 40, &sum, 4);
    }
}

static void two_exchanges_are_addressed_like_read2(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        uint32_t first, second; /* byte offsets */
        unsigned dwords;
    } cases[] = {
        {"ds_wrxchg2_rtn_b32 v[16:17], v2, v8, v9 offset0:1 offset1:3", 4, 12, 1},
        {"ds_wrxchg2st64_rtn_b32 v[16:17], v2, v8, v9 offset0:1 offset1:2", 256, 512, 1},
        {"ds_wrxchg2_rtn_b64 v[16:19], v2, v[8:9], v[10:11] offset0:1 offset1:3", 8, 24, 2},
        {"ds_wrxchg2st64_rtn_b64 v[16:19], v2, v[8:9], v[10:11] offset1:2", 0, 1024, 2},
    };
    machine_preload(cases);
    for (unsigned i = 0; i < 4; i++) {
        struct machine *m = machine_reset();
        unsigned n = cases[i].dwords;
        for (unsigned k = 0; k < MACHINE_LDS; k += 4)
            memcpy(m->group.lds + k, &(uint32_t){k}, 4);
        machine_set_exec(m, 2);
        machine_v(m, 2)[1] = 32;
        machine_do(m, cases[i].line);
        for (unsigned d = 0; d < 2 * n; d++) {
            uint32_t at = 32 + (d < n ? cases[i].first : cases[i].second) + d % n * 4, now;
            memcpy(&now, m->group.lds + at, 4);
            if (machine_v(m, 16 + d)[1] != at || now != ((8 + d) << 16 | 1))
                fail_msg("%s: dword %u: returned %u, stored %#x", cases[i].line, d,
                         machine_v(m, 16 + d)[1], now);
        }
    }
}

static void ds_atomics_outside_of_the_allocation_return_0_and_change_nothing(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "ds_add_rtn_u32 v16, v2, v8",
        "ds_cmpst_rtn_b64 v[16:17], v2, v[8:9], v[10:11]",
        "ds_wrxchg2_rtn_b32 v[16:17], v2, v8, v9 offset1:1",
        "ds_add_rtn_f64 v[16:17], v2, v[8:9]",
    };
    machine_preload(lines);
    for (unsigned i = 0; i < 4; i++) {
        struct machine *m = machine_reset();
        for (unsigned lane = 0; lane < 64; lane++)
            machine_v(m, 2)[lane] = MACHINE_LDS + lane * 8;
        machine_do(m, lines[i]);
        machine_expect_running(m, lines[i]);
        assert_int_equal(machine_v(m, 16)[3], 0);
        for (unsigned k = 0; k < 1024; k++)
            assert_int_equal(m->group.lds[MACHINE_LDS + k], MACHINE_POISON);
    }
}

static void a_misaligned_atomic_is_a_fault_of_its_lane(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        bool lds, absolute;
        uint32_t offset;
    } cases[] = {
        {"ds_add_u32 v2, v8", true, false, 2},
        {"ds_add_u64 v2, v[8:9]", true, false, 4},
        {"ds_wrxchg2_rtn_b64 v[16:19], v2, v[8:9], v[10:11] offset1:1", true, false, 4},
        {"flat_atomic_add v[2:3], v8", true, true, 1},
        {"flat_atomic_add_x2 v[2:3], v[8:9]", false, true, 12},
        {"global_atomic_add_f64 v[2:3], v[8:9], off", false, true, 4},
        {"buffer_atomic_add v8, v2, s[4:7], 0 offen", false, false, 3},
    };
    machine_preload(cases);
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct machine *m = machine_reset();
        uint64_t base = (uintptr_t)(cases[i].lds ? m->group.lds : m->memory);
        machine_set_buffer(m, 4, base, 0, 4096, 0, false);
        for (unsigned lane = 0; lane < 64; lane++)
            machine_set_v64(m, 2, lane, (cases[i].absolute ? base : 0) + 64 * lane);
        machine_set_v64(m, 2, 5, (cases[i].absolute ? base : 0) + cases[i].offset);
        machine_do(m, cases[i].line);
        machine_expect_fault(m, cases[i].line, CAIRN_FAULT_MISALIGNED, base + cases[i].offset, 5);
    }
}

/* ---- threads */

struct worker {
    struct cairn_wave wave;
    uint32_t registers[MACHINE_VGPRS][64] __attribute__((aligned(64)));
    const struct cairn_insn *insns;
    unsigned count;
};

enum { REPEATS = 400, WORKERS = 3 };

static void *work(void *argument)
{
    struct worker *w = argument;
    for (unsigned i = 0; i < REPEATS; i++)
        for (unsigned k = 0; k < w->count; k++)
            cairn_interp_memory_select (&w->insns[k])(&w->wave, &w->insns[k]);
    return NULL;
}

static void atomics_of_several_host_threads_lose_nothing(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "global_atomic_add v[2:3], v8, off",
        "flat_atomic_add_x2 v[2:3], v[8:9] offset:64",
        "global_atomic_add_f64 v[2:3], v[10:11], off offset:128",
        "global_atomic_add_f32 v[2:3], v12, off offset:192",
        "flat_atomic_inc v[2:3], v13 offset:256",
        "global_atomic_pk_add_f16 v[2:3], v14, off offset:320",
    };
    static struct worker workers[WORKERS];
    static struct cairn_insn insns[6];
    pthread_t threads[WORKERS];
    struct machine *m = machine_reset();
    machine_assemble(lines, 6, insns);
    for (unsigned i = 0; i < WORKERS; i++) {
        struct worker *w = &workers[i];
        *w = (struct worker){.wave = m->wave, .insns = insns, .count = 6};
        w->wave.vgpr = w->registers;
        for (unsigned lane = 0; lane < 64; lane++) {
            uint64_t address = (uintptr_t)m->memory + lane % 4 * 8;
            double one = 1;
            w->registers[2][lane] = (uint32_t)address;
            w->registers[3][lane] = (uint32_t)(address >> 32);
            w->registers[8][lane] = 3;
            w->registers[9][lane] = 1;
            memcpy(&w->registers[10][lane], &(uint32_t){0}, 4);
            uint64_t bits;
            memcpy(&bits, &one, 8);
            w->registers[10][lane] = (uint32_t)bits;
            w->registers[11][lane] = (uint32_t)(bits >> 32);
            w->registers[12][lane] = 0x3f800000;
            w->registers[13][lane] = 0xffffffff;
            w->registers[14][lane] = lane & 4 ? 0xb8003800 : 0x3800b800; /* -+0.5, +-0.5 */
        }
        assert_int_equal(pthread_create(&threads[i], NULL, work, w), 0);
    }
    for (unsigned i = 0; i < WORKERS; i++)
        pthread_join(threads[i], NULL);
    uint32_t hits = REPEATS * WORKERS * 16;
    for (unsigned i = 0; i < 4; i++) {
        uint32_t word, pair;
        uint64_t wide;
        double real;
        float single;
        memcpy(&word, m->memory + i * 8, 4);
        assert_int_equal(word, 3 * hits);
        memcpy(&wide, m->memory + 64 + i * 8, 8);
        assert_true(wide == (UINT64_C(0x100000003)) * hits);
        memcpy(&real, m->memory + 128 + i * 8, 8);
        assert_true(real == hits);
        memcpy(&single, m->memory + 192 + i * 8, 4);
        assert_true(single == hits);
        memcpy(&word, m->memory + 256 + i * 8, 4);
        assert_int_equal(word, hits);
        memcpy(&pair, m->memory + 320 + i * 8, 4); /* exact sums of halves: nothing is left */
        assert_int_equal(pair, 0);
    }
}

struct tearing {
    struct worker *reader;
    unsigned dwords, torn;
    _Atomic bool done;
};

static void *read_pairs(void *argument)
{
    struct tearing *t = argument;
    struct worker *w = t->reader;
    for (unsigned i = 0; i < 4000; i++) {
        cairn_interp_memory_select (&w->insns[1])(&w->wave, &w->insns[1]);
        for (unsigned lane = 0; lane < 64; lane++)
            for (unsigned d = 1; d < t->dwords; d++)
                t->torn += w->registers[8 + d][lane] != w->registers[8][lane];
    }
    t->done = true;
    return NULL;
}

/* Guest code loads and stores 64-bit atomics as pairs of dwords (look-back scans, queues). */
static void an_aligned_pair_is_never_seen_half_written(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "global_store_dwordx2 v[2:3], v[8:9], off",  "global_load_dwordx2 v[8:9], v[2:3], off",
        "global_store_dwordx4 v[2:3], v[8:11], off", "global_load_dwordx4 v[8:11], v[2:3], off",
        "flat_store_dwordx2 v[2:3], v[8:9]",         "flat_load_dwordx2 v[8:9], v[2:3]",
    };
    static struct worker writer, reader;
    struct cairn_insn insns[6];
    struct machine *m = machine_reset();
    machine_assemble(lines, 6, insns);
    for (unsigned k = 0; k < 6; k++) {
        unsigned pair = k / 2, scattered = k % 2;
        struct tearing t = {.reader = &reader, .dwords = pair == 1 ? 4 : 2};
        pthread_t thread;
        memset(m->memory, 0, 4096);
        writer = (struct worker){.wave = m->wave};
        reader = (struct worker){.wave = m->wave, .insns = &insns[pair * 2]};
        writer.wave.vgpr = writer.registers;
        reader.wave.vgpr = reader.registers;
        for (unsigned lane = 0; lane < 64; lane++) {
            unsigned place = scattered ? lane * 11 % 64 : lane;
            uint64_t address = (uintptr_t)m->memory + place * t.dwords * 4;
            writer.registers[2][lane] = reader.registers[2][lane] = (uint32_t)address;
            writer.registers[3][lane] = reader.registers[3][lane] = (uint32_t)(address >> 32);
        }
        assert_int_equal(pthread_create(&thread, NULL, read_pairs, &t), 0);
        for (unsigned i = 0; !t.done; i++) {
            for (unsigned d = 0; d < t.dwords; d++)
                memset(writer.registers[8 + d], (int)(i & 255), sizeof writer.registers[0]);
            cairn_interp_memory_select (&insns[pair * 2])(&writer.wave, &insns[pair * 2]);
        }
        pthread_join(thread, NULL);
        if (t.torn != 0)
            fail_msg("%s: %u torn", lines[pair * 2 + 1], t.torn);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compare_and_swap_takes_its_data_in_the_order_of_its_family),
        cmocka_unit_test(adds_of_a_whole_wave_to_one_counter_return_ascending_sums),
        cmocka_unit_test(two_exchanges_are_addressed_like_read2),
        cmocka_unit_test(ds_atomics_outside_of_the_allocation_return_0_and_change_nothing),
        cmocka_unit_test(a_misaligned_atomic_is_a_fault_of_its_lane),
        cmocka_unit_test(atomics_of_several_host_threads_lose_nothing),
        cmocka_unit_test(an_aligned_pair_is_never_seen_half_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
