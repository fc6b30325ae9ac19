/* SPDX-License-Identifier: MIT
 * Signals: what a guest does to memory is its own fault, on any thread and stack; what the
 * application does is the application's, and reaches the handler that it had.
 */
#include "asm_harness.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static sigjmp_buf back;
static volatile sig_atomic_t seen;

static void application_handler(int number)
{
    seen = number;
    siglongjmp(back, 1);
}

static void a_fault_of_the_application_reaches_its_handler(void **state)
{
    struct sigaction action = {.sa_handler = application_handler, .sa_flags = SA_NODEFER}, old;
    sigaction(SIGSEGV, &action, &old);
    assert_int_equal(cairn_interp_install_handler(), CAIRN_OK);
    volatile int *nowhere = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    seen = 0;
    if (sigsetjmp(back, 1) == 0)
        *nowhere = 1;
    assert_int_equal(seen, SIGSEGV);
    munmap((void *)nowhere, 4096);
    sigaction(SIGSEGV, &old, NULL);
}

static const char store[] = "v_lshlrev_b32 v1, 2, v0\n"
                            "global_store_dword v1, v0, s[8:9]\n";

static void a_store_to_a_read_only_page_is_told_apart(void **state)
{
    struct asm_machine *m = asm_create(store);
    asm_set_sgpr64(m, 8, (uintptr_t)m->data);
    *(volatile uint8_t *)m->data; /* so that the page is there */
    mprotect(m->data, 4096, PROT_READ);
    assert_int_equal(asm_run(m), CAIRN_WAVE_FAULTED);
    assert_int_equal(m->wave->fault.kind, CAIRN_FAULT_READ_ONLY);
    mprotect(m->data, 4096, PROT_READ | PROT_WRITE);
    asm_destroy(m);
}

static void a_scalar_load_faults_too(void **state)
{
    struct asm_machine *m = asm_create("s_load_dword s10, s[8:9], 0x0");
    asm_set_sgpr64(m, 8, (uintptr_t)m->data + ASM_DATA_BYTES);
    assert_int_equal(asm_run(m), CAIRN_WAVE_FAULTED);
    assert_int_equal(m->wave->fault.kind, CAIRN_FAULT_UNMAPPED);
    assert_int_equal(m->wave->fault.lane, -1);
    assert_true(m->wave->fault.address == (uintptr_t)m->data + ASM_DATA_BYTES);
    asm_destroy(m);
}

/* Faults again and again: nothing of the jump out of the handler is left behind. */
static void *fault_often(void *argument)
{
    struct asm_machine *m = argument;
    uint64_t wrong = 0;
    for (int i = 0; i < 200; i++) {
        m->wave->state = CAIRN_WAVE_READY;
        m->wave->pc = m->code.base;
        m->wave->fault.kind = CAIRN_FAULT_NONE;
        asm_set_sgpr64(m, 8, (uintptr_t)m->data + ASM_DATA_BYTES - 4u * (unsigned)(i % 64));
        cairn_interp_run(m->wave, 1000);
        wrong += m->wave->state != CAIRN_WAVE_FAULTED || m->wave->fault.lane != i % 64;
    }
    return (void *)(uintptr_t)wrong;
}

static void *fault_on_an_alternate_stack(void *argument)
{
    stack_t stack = {.ss_sp = malloc(1 << 16), .ss_size = 1 << 16};
    sigaltstack(&stack, NULL);
    void *wrong = fault_often(argument);
    stack.ss_flags = SS_DISABLE;
    sigaltstack(&stack, NULL);
    free(stack.ss_sp);
    return wrong;
}

static void threads_fault_independently(void **state)
{
    pthread_t threads[4];
    struct asm_machine *machines[4];
    for (int i = 0; i < 4; i++)
        machines[i] = asm_create(store);
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, i % 2 ? fault_often : fault_on_an_alternate_stack,
                       machines[i]);
    for (int i = 0; i < 4; i++) {
        void *wrong;
        pthread_join(threads[i], &wrong);
        assert_null(wrong);
        asm_destroy(machines[i]);
    }
}

/* ---- one code object, many threads: blocks are decoded by whoever gets there first */

static struct asm_machine *shared;

static void *run_shared(void *argument)
{
    struct cairn_workgroup group;
    struct cairn_workgroup_needs needs;
    static const uint32_t id[3];
    cairn_workgroup_measure(&shared->launch, &needs);
    void *waves = malloc(needs.wave_bytes), *scratch = aligned_alloc(64, needs.scratch_bytes);
    void *registers = aligned_alloc(64, needs.vgpr_bytes);
    cairn_workgroup_init(&group, &shared->launch, id, waves, registers, scratch, NULL, true);
    while (group.waves[0].state == CAIRN_WAVE_READY)
        cairn_interp_run(&group.waves[0], 100);
    bool good = group.waves[0].state == CAIRN_WAVE_DONE && group.waves[0].sgpr[8] == 3000;
    free(waves);
    free(registers);
    free(scratch);
    return good ? NULL : argument;
}

static void threads_share_decoded_code(void **state)
{
    char text[8192], *at = text;
    at += sprintf(at, "s_mov_b32 s8, 0\ns_mov_b32 s9, 0\nl0:\n");
    for (int i = 1; i <= 100; i++) /* many small blocks */
        at += sprintf(at, "s_add_u32 s8, s8, 1\ns_branch l%d\nl%d:\n", i, i);
    sprintf(at, "s_add_u32 s9, s9, 1\ns_cmp_lt_u32 s9, 30\ns_cbranch_scc1 l0\n");
    shared = asm_create(text);
    for (int round = 0; round < 10; round++) {
        pthread_t threads[4];
        for (int i = 0; i < 4; i++)
            pthread_create(&threads[i], NULL, run_shared, &threads);
        for (int i = 0; i < 4; i++) {
            void *wrong;
            pthread_join(threads[i], &wrong);
            assert_null(wrong);
        }
        cairn_interp_forget(&shared->code);
    }
    asm_destroy(shared);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fault_of_the_application_reaches_its_handler),
        cmocka_unit_test(a_store_to_a_read_only_page_is_told_apart),
        cmocka_unit_test(a_scalar_load_faults_too),
        cmocka_unit_test(threads_fault_independently),
        cmocka_unit_test(threads_share_decoded_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
