/* SPDX-License-Identifier: MIT
 * The driver of finalized code, with entries written here in C: what it makes of each way to come
 * back, how the interpreter helps out, and how faults get their names.
 */
#include "asm_harness.h"

#include "device/soft/engine_run.h"
#include "isa/insn.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>

static unsigned calls; /* of the entry */
static uint64_t stepped;

static enum cairn_wave_state run(struct asm_machine *m, cairn_native_entry entry, uint64_t budget)
{
    struct cairn_native_code code = {.entry = entry, .width = 16};
    calls = 0;
    stepped = 0;
    enum cairn_wave_state state = cairn_native_run(&code, m->wave, budget, &stepped);
    free((void *)code.strange);
    return state;
}

static uint64_t offset(const struct cairn_native_frame *frame)
{
    return frame->wave->pc - frame->code_base;
}

/* ---- ways to come back */

static uint32_t ends(struct cairn_native_frame *frame)
{
    frame->wave->fuel -= 5;
    return CAIRN_NATIVE_DONE;
}

static uint32_t meets_barrier(struct cairn_native_frame *frame)
{
    if (calls++ == 0) {
        frame->wave->pc += 4;
        return CAIRN_NATIVE_BARRIER;
    }
    return CAIRN_NATIVE_DONE;
}

static uint32_t yields(struct cairn_native_frame *frame)
{
    calls++;
    frame->wave->fuel -= 7;
    return CAIRN_NATIVE_YIELD;
}

static void each_way_to_come_back_has_its_state(void **state)
{
    struct asm_machine *m = asm_create("s_nop 0");
    assert_int_equal(run(m, ends, 100), CAIRN_WAVE_DONE);
    assert_int_equal(m->wave->instructions, 5);
    asm_reset(m);
    assert_int_equal(run(m, yields, 100), CAIRN_WAVE_READY);
    assert_int_equal(calls, 1);
    assert_int_equal(m->wave->instructions, 7);
    asm_reset(m);
    assert_int_equal(run(m, meets_barrier, 100), CAIRN_WAVE_DONE); /* nobody else to wait for */
    assert_int_equal(calls, 2);
    asm_destroy(m);
}

static void a_barrier_of_several_waves_is_waited_at(void **state)
{
    struct asm_machine *m = asm_create_items("s_nop 0", 128);
    assert_int_equal(run(m, meets_barrier, 100), CAIRN_WAVE_BARRIER);
    assert_int_equal(m->wave->pc, m->code.base + 4);
    asm_destroy(m);
}

static void a_stopped_launch_runs_nothing(void **state)
{
    struct asm_machine *m = asm_create("s_nop 0");
    m->launch.stop = 1;
    assert_int_equal(run(m, ends, 100), CAIRN_WAVE_READY);
    assert_int_equal(m->wave->instructions, 0);
    asm_destroy(m);
}

/* ---- groups */

/* Five barriers; wave 2 ends at the third. Each visit is noted in s20. */
static uint32_t meets_five(struct cairn_native_frame *frame)
{
    struct cairn_wave *wave = frame->wave;
    wave->fuel -= 10;
    if (++wave->sgpr[20] == (wave->index == 2 ? 3 : 6))
        return CAIRN_NATIVE_DONE;
    for (uint32_t i = 0; i < wave->group->wave_count; i++) { /* nobody is two barriers ahead */
        const struct cairn_wave *other = &wave->group->waves[i];
        if (other->state != CAIRN_WAVE_DONE && wave->sgpr[20] > other->sgpr[20] + 1)
            frame->give_up(frame);
    }
    return CAIRN_NATIVE_BARRIER;
}

static void a_group_runs_over_its_barriers(void **state)
{
    struct asm_machine *m = asm_create_items("s_nop 0", 256);
    struct cairn_native_code code = {.entry = meets_five, .width = 16};
    stepped = 0;
    assert_int_equal(cairn_native_run_group(&code, &m->group, 1000, NULL, &stepped), 5);
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(m->group.waves[i].state, CAIRN_WAVE_DONE);
        assert_int_equal(m->group.waves[i].instructions, i == 2 ? 30 : 60);
    }
    asm_destroy(m);
}

static void a_group_comes_back_when_a_wave_has_used_its_budget(void **state)
{
    struct asm_machine *m = asm_create_items("s_nop 0", 256);
    struct cairn_native_code code = {.entry = meets_five, .width = 16};
    stepped = 0;
    assert_int_equal(cairn_native_run_group(&code, &m->group, 25, NULL, &stepped), 3);
    assert_int_equal(m->wave->state, CAIRN_WAVE_READY);
    assert_int_equal(cairn_native_run_group(&code, &m->group, 1000, NULL, &stepped), 2);
    assert_int_equal(m->wave->state, CAIRN_WAVE_DONE);
    asm_destroy(m);
}

static uint32_t third_wave_faults(struct cairn_native_frame *frame)
{
    if (frame->wave->index == 2)
        *(volatile uint32_t *)frame->window_base = 1;
    return CAIRN_NATIVE_BARRIER;
}

static void the_wave_that_faults_is_named(void **state)
{
    struct asm_machine *m = asm_create_items("v_mov_b32 v1, 0\n"
                                             "global_store_dword v1, v0, s[8:9] offset:-4\n",
                                             256);
    struct cairn_native_code code = {.entry = third_wave_faults, .width = 16};
    for (uint32_t i = 0; i < 4; i++)
        cairn_wave_write64(&m->group.waves[i], 8, (uintptr_t)m->data);
    stepped = 0;
    assert_int_equal(cairn_native_run_group(&code, &m->group, 1000, NULL, &stepped), 0);
    const struct cairn_fault *fault = &m->group.waves[2].fault;
    assert_int_equal(m->group.waves[1].state, CAIRN_WAVE_BARRIER);
    assert_int_equal(m->group.waves[2].state, CAIRN_WAVE_FAULTED);
    assert_int_equal(m->group.waves[3].state, CAIRN_WAVE_READY);
    assert_int_equal(fault->lane, 0);
    assert_string_equal(fault->insn_name, "global_store_dword");
    asm_destroy(m);
}

/* ---- the interpreter helps out */

static uint32_t steps_all(struct cairn_native_frame *frame)
{
    calls++;
    while (frame->step(frame, frame->wave))
        continue;
    return CAIRN_NATIVE_STATE;
}

static void stepped_instructions_do_what_they_do(void **state)
{
    struct asm_machine *m = asm_create("s_movk_i32 s8, 3\n"
                                       "loop: v_add_u32_e32 v1, 5, v1\n"
                                       "s_nop 3\n"
                                       "s_sub_u32 s8, s8, 1\n"
                                       "s_cmp_lg_u32 s8, 0\n"
                                       "s_cbranch_scc1 loop\n");
    assert_int_equal(run(m, steps_all, 100), CAIRN_WAVE_DONE);
    assert_int_equal(m->wave->vgpr[1][63], 15);
    assert_int_equal(stepped, 1 + 3 * 5 + 1);
    assert_int_equal(calls, 3); /* two branches were taken */
    asm_destroy(m);
}

static void a_stepped_yield_ends_the_turn(void **state)
{
    struct asm_machine *m = asm_create("s_sleep 1\ns_movk_i32 s8, 3");
    assert_int_equal(run(m, steps_all, 100), CAIRN_WAVE_READY);
    assert_int_equal(m->wave->pc, m->code.base + 4);
    assert_int_equal(m->wave->instructions, 0);
    assert_int_equal(run(m, steps_all, 100), CAIRN_WAVE_DONE);
    assert_int_equal(m->wave->sgpr[8], 3);
    asm_destroy(m);
}

/* Knows its beginning and what comes after the call, not the function. */
static uint32_t calls_out(struct cairn_native_frame *frame)
{
    calls++;
    switch (offset(frame)) {
    case 0: /* s_call_b64 */
        cairn_wave_write64(frame->wave, 30, frame->wave->pc + 4);
        frame->wave->pc = frame->code_base + 12;
        return CAIRN_NATIVE_LEAVE;
    case 4: /* s_cbranch_scc1 */
        frame->wave->fuel -= 10;
        frame->wave->pc = frame->code_base + (frame->wave->scc ? 0 : 8);
        return frame->wave->scc ? CAIRN_NATIVE_LEAVE : CAIRN_NATIVE_DONE;
    default:
        return CAIRN_NATIVE_LEAVE;
    }
}

static const char function[] = "start: s_call_b64 s[30:31], function\n"
                               "s_cbranch_scc1 start\n"
                               "s_endpgm\n"
                               "function: s_add_u32 s8, s8, 1\n"
                               "s_cmp_lt_u32 s8, 50\n"
                               "s_setpc_b64 s[30:31]\n";

static void strange_places_are_interpreted_and_remembered(void **state)
{
    struct asm_machine *m = asm_create(function);
    assert_int_equal(run(m, calls_out, 10000), CAIRN_WAVE_DONE);
    assert_int_equal(m->wave->sgpr[8], 50);
    assert_int_equal(calls, 2 * 50 + 1);
    assert_int_equal(m->wave->instructions, 50 * 3 + 50 * 10);
    asm_destroy(m);
}

static void what_leaves_again_and_again_uses_up_its_turn(void **state)
{
    struct asm_machine *m = asm_create(function);
    assert_int_equal(run(m, calls_out, 30), CAIRN_WAVE_READY);
    assert_true(m->wave->sgpr[8] < 5);
    asm_destroy(m);
}

static uint32_t gets_lost(struct cairn_native_frame *frame)
{
    frame->wave->pc = frame->code_base + (1 << 20);
    return CAIRN_NATIVE_LEAVE;
}

static void a_pc_outside_of_the_code_is_a_fault(void **state)
{
    struct asm_machine *m = asm_create("s_nop 0");
    assert_int_equal(run(m, gets_lost, 100), CAIRN_WAVE_FAULTED);
    assert_int_equal(m->wave->fault.kind, CAIRN_FAULT_BAD_PC);
    asm_destroy(m);
}

/* ---- faults */

/* v1 = lane * 4; lanes `from`, from + 1, ... lie behind the data. */
static const char store[] = "v_lshlrev_b32 v1, 2, v0\n"
                            "s_mov_b32 s6, 7\n"
                            "global_store_dword v1, v0, s[8:9]\n";
enum { STORE_OFFSET = 8 };

static struct asm_machine *store_behind(unsigned from)
{
    struct asm_machine *m = asm_create(store);
    asm_set_sgpr64(m, 8, (uintptr_t)m->data + ASM_DATA_BYTES - 4 * from);
    return m;
}

/* As code for regions of all three instructions does it: chunk 2 meets the page that is not there.
 */
static uint32_t touches_in_chunk_2(struct cairn_native_frame *frame)
{
    frame->chunk = 2;
    *(volatile uint32_t *)(frame->window_base + frame->window_size - 8) = 1;
    return CAIRN_NATIVE_DONE;
}

static void check_lane(const struct cairn_wave *wave, int lane, uint64_t address)
{
    assert_int_equal(wave->state, CAIRN_WAVE_FAULTED);
    assert_int_equal(wave->fault.kind, CAIRN_FAULT_UNMAPPED);
    assert_int_equal(wave->fault.lane, lane);
    assert_true(wave->fault.address == address);
    assert_int_equal(wave->fault.pc, wave->launch->code->base + STORE_OFFSET);
    assert_string_equal(wave->fault.insn_name, "global_store_dword");
}

static void a_signal_in_finalized_code_gets_lane_pc_and_address(void **state)
{
    struct asm_machine *m = store_behind(37);
    run(m, touches_in_chunk_2, 100);
    check_lane(m->wave, 37, (uintptr_t)m->data + ASM_DATA_BYTES);
    asm_destroy(m);
}

static void lanes_of_chunks_that_are_done_are_not_replayed(void **state)
{
    struct asm_machine *m = store_behind(37);
    for (unsigned lane = 0; lane < 32; lane++)
        m->wave->vgpr[0][lane] = 1 << 20; /* would fault now */
    run(m, touches_in_chunk_2, 100);
    check_lane(m->wave, 37, (uintptr_t)m->data + ASM_DATA_BYTES);
    asm_destroy(m);
}

static uint32_t gives_up(struct cairn_native_frame *frame)
{
    frame->give_up(frame);
    return CAIRN_NATIVE_DONE;
}

static void code_that_gives_up_gets_the_same(void **state)
{
    struct asm_machine *m = store_behind(3);
    run(m, gives_up, 100);
    check_lane(m->wave, 3, (uintptr_t)m->data + ASM_DATA_BYTES);
    asm_destroy(m);
}

static void a_fault_that_does_not_repeat_is_one_all_the_same(void **state)
{
    struct asm_machine *m = store_behind(64);
    uint64_t address = m->space.window_base + m->space.window_size - 8;
    run(m, touches_in_chunk_2, 100);
    assert_int_equal(m->wave->state, CAIRN_WAVE_FAULTED);
    assert_int_equal(m->wave->fault.kind, CAIRN_FAULT_UNMAPPED);
    assert_int_equal(m->wave->fault.lane, -1);
    assert_true(m->wave->fault.address == address);
    assert_int_equal(m->wave->fault.pc, m->code.base);
    asm_destroy(m);
}

static void a_stepped_instruction_faults_as_in_the_interpreter(void **state)
{
    struct asm_machine *m = store_behind(11);
    run(m, steps_all, 100);
    check_lane(m->wave, 11, (uintptr_t)m->data + ASM_DATA_BYTES);
    asm_destroy(m);
}

static uint32_t leaves_at_once(struct cairn_native_frame *frame)
{
    frame->wave->pc = frame->code_base + 4;
    return CAIRN_NATIVE_LEAVE;
}

static void faults_do_not_wear_out(void **state)
{
    struct asm_machine *m = store_behind(5);
    for (int i = 0; i < 100; i++) {
        m->wave->state = CAIRN_WAVE_READY;
        m->wave->pc = m->code.base;
        run(m, i % 2 ? touches_in_chunk_2 : steps_all, 100);
        check_lane(m->wave, i % 2 ? 32 : 5,
                   (uintptr_t)m->data + ASM_DATA_BYTES + (i % 2 ? 4 * (32 - 5) : 0));
    }
    asm_reset(m);
    asm_set_sgpr64(m, 8, (uintptr_t)m->data);
    assert_int_equal(run(m, leaves_at_once, 100),
                     CAIRN_WAVE_DONE); /* the interpreter finishes it */
    asm_destroy(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_way_to_come_back_has_its_state),
        cmocka_unit_test(a_barrier_of_several_waves_is_waited_at),
        cmocka_unit_test(a_stopped_launch_runs_nothing),
        cmocka_unit_test(a_group_runs_over_its_barriers),
        cmocka_unit_test(a_group_comes_back_when_a_wave_has_used_its_budget),
        cmocka_unit_test(the_wave_that_faults_is_named),
        cmocka_unit_test(stepped_instructions_do_what_they_do),
        cmocka_unit_test(a_stepped_yield_ends_the_turn),
        cmocka_unit_test(strange_places_are_interpreted_and_remembered),
        cmocka_unit_test(what_leaves_again_and_again_uses_up_its_turn),
        cmocka_unit_test(a_pc_outside_of_the_code_is_a_fault),
        cmocka_unit_test(a_signal_in_finalized_code_gets_lane_pc_and_address),
        cmocka_unit_test(lanes_of_chunks_that_are_done_are_not_replayed),
        cmocka_unit_test(code_that_gives_up_gets_the_same),
        cmocka_unit_test(a_fault_that_does_not_repeat_is_one_all_the_same),
        cmocka_unit_test(a_stepped_instruction_faults_as_in_the_interpreter),
        cmocka_unit_test(faults_do_not_wear_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
