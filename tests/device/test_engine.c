/* SPDX-License-Identifier: MIT
 * Which engine executes what: kernels are made once for each geometry, forgotten with their code,
 * improved when they are hot, and interpreted where the compiler does not take them. The compiler
 * is stepper_module.c.
 */
#include "asm_harness.h"

#include "device/soft/engine_priv.h"
#include "device/stats.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char loop[] = "s_movk_i32 s8, 100\n"
                           "again: v_add_u32_e32 v1, 3, v1\n"
                           "s_sub_u32 s8, s8, 1\n"
                           "s_cmp_lg_u32 s8, 0\n"
                           "s_cbranch_scc1 again\n";

static const char *refused(const struct cairn_code *code, uint64_t pc)
{
    (void)code, (void)pc;
    return "please refuse me";
}

/* The kernel of the machine's launch once it has code: it is asked for by work done in vain. */
static struct cairn_engine_kernel *find_made(struct asm_machine *m)
{
    struct cairn_engine_kernel *kernel = cairn_engine_find(&m->launch, NULL);
    assert_non_null(kernel);
    if (kernel->native == NULL)
        cairn_engine_spend(kernel, UINT64_C(1) << 16); /* not so many that it is improved, too */
    for (int i = 0; i < 10000 && cairn_engine_code(kernel, false, false) == NULL; i++)
        usleep(1000);
    assert_non_null(cairn_engine_code(kernel, false, false));
    return kernel;
}

static void a_kernel_is_interpreted_until_code_pays(void **state)
{
    struct asm_machine *m = asm_create(loop);
    uint64_t before = cairn_stats_get(CAIRN_COUNT_KERNELS_COMPILED);
    struct cairn_engine_kernel *kernel = cairn_engine_find(&m->launch, NULL);
    cairn_engine_spend(kernel, 100);
    usleep(20000);
    assert_null(cairn_engine_code(kernel, false, false));
    assert_int_equal(cairn_stats_get(CAIRN_COUNT_KERNELS_COMPILED), before);
    cairn_engine_forget(&m->code);
    m->launch.workgroups[0] = 100000; /* so many that it pays at once */
    kernel = cairn_engine_find(&m->launch, NULL);
    for (int i = 0; i < 10000 && cairn_engine_code(kernel, false, false) == NULL; i++)
        usleep(1000);
    assert_non_null(cairn_engine_code(kernel, false, false));
    cairn_engine_forget(&m->code);
    asm_destroy(m);
}

static void a_kernel_is_made_once_for_each_geometry(void **state)
{
    struct asm_machine *m = asm_create(loop);
    uint64_t before = cairn_stats_get(CAIRN_COUNT_KERNELS_COMPILED);
    struct cairn_engine_kernel *kernel = find_made(m);
    assert_ptr_equal(cairn_engine_find(&m->launch, NULL), kernel);
    m->launch.grid[0] = 100; /* the last workgroup is not whole any more */
    struct cairn_engine_kernel *ragged = find_made(m);
    assert_ptr_not_equal(ragged, kernel);
    assert_int_equal(cairn_stats_get(CAIRN_COUNT_KERNELS_COMPILED) - before, 2);
    cairn_engine_forget(&m->code);
    assert_null(m->code.native_cache);
    asm_destroy(m);
}

static void waves_run_in_it(void **state)
{
    struct asm_machine *m = asm_create(loop);
    struct cairn_native_code *code = cairn_engine_code(find_made(m), false, false);
    uint64_t before = cairn_stats_get(CAIRN_COUNT_STEPPED);
    while (m->wave->state == CAIRN_WAVE_READY)
        cairn_engine_run_group(code, &m->group, 64, NULL);
    assert_int_equal(m->wave->state, CAIRN_WAVE_DONE);
    assert_int_equal(m->wave->vgpr[1][17], 300);
    assert_int_equal(m->wave->instructions, 402);
    assert_true(cairn_stats_get(CAIRN_COUNT_STEPPED) > before);
    cairn_engine_forget(&m->code);
    asm_destroy(m);
}

static void what_the_compiler_refuses_is_interpreted(void **state)
{
    struct asm_machine *m = asm_create(loop);
    uint64_t before = cairn_stats_get(CAIRN_COUNT_KERNELS_INTERPRETED);
    struct cairn_engine_kernel *kernel = cairn_engine_find(&m->launch, refused);
    cairn_engine_spend(kernel, UINT64_C(1) << 20);
    for (int i = 0; i < 10000 && kernel->progress != CAIRN_ENGINE_FAILED; i++)
        usleep(1000);
    assert_null(cairn_engine_find(&m->launch, refused));
    assert_null(cairn_engine_find(&m->launch, refused)); /* and not asked for again */
    m->launch.grid[0] = 100;
    assert_null(cairn_engine_find(&m->launch, refused)); /* counted once for all geometries */
    assert_int_equal(cairn_stats_get(CAIRN_COUNT_KERNELS_INTERPRETED) - before, 1);
    cairn_engine_forget(&m->code);
    asm_destroy(m);
}

static void wait_for_counter(enum cairn_counter counter, uint64_t value)
{
    struct timespec pause = {.tv_nsec = 1000000};
    for (int i = 0; i < 10000 && cairn_stats_get(counter) < value; i++)
        nanosleep(&pause, NULL);
    assert_true(cairn_stats_get(counter) >= value);
}

static void hot_kernels_are_compiled_again(void **state)
{
    struct asm_machine *m = asm_create(loop);
    struct cairn_engine_kernel *kernel = find_made(m);
    struct cairn_native_code *quick = kernel->native;
    uint64_t before = cairn_stats_get(CAIRN_COUNT_KERNELS_COMPILED);
    cairn_engine_spend(kernel, 1000);
    assert_int_equal(cairn_stats_get(CAIRN_COUNT_KERNELS_COMPILED), before);
    cairn_engine_spend(kernel, UINT64_C(1) << 40);
    cairn_engine_spend(kernel, UINT64_C(1) << 40);
    wait_for_counter(CAIRN_COUNT_KERNELS_COMPILED, before + 1);
    for (int i = 0; i < 10000 && kernel->native == quick; i++)
        usleep(1000);
    assert_ptr_not_equal(kernel->native, quick);
    cairn_engine_run_group(kernel->native, &m->group, 100000, NULL);
    assert_int_equal(m->wave->state, CAIRN_WAVE_DONE);
    assert_int_equal(m->wave->vgpr[1][0], 300);
    cairn_engine_forget(&m->code);
    asm_destroy(m);
}

/* What is still being compiled for nobody would be counted in the next test. */
static void wait_for_compiler(void)
{
    pthread_mutex_lock(&cairn_engine.lock);
    while (cairn_engine.compiling > 0 || cairn_engine.jobs != NULL)
        pthread_cond_wait(&cairn_engine.changed, &cairn_engine.lock);
    pthread_mutex_unlock(&cairn_engine.lock);
}

static void kernels_may_be_forgotten_while_they_are_improved(void **state)
{
    struct asm_machine *m = asm_create(loop);
    for (int i = 0; i < 50; i++) {
        m->launch.grid[0] = 64 * (uint32_t)(i + 1);
        m->launch.private_bytes = i % 2 ? 0 : 4;
        cairn_engine_spend(cairn_engine_find(&m->launch, NULL), UINT64_C(1) << 40);
        if (i % 3 != 0)
            usleep(100 * (unsigned)i);
        cairn_engine_forget(&m->code);
    }
    asm_destroy(m);
    wait_for_compiler();
}

static void *find_it(void *argument)
{
    struct asm_machine *m = argument;
    return cairn_engine_find(&m->launch, NULL);
}

static void threads_share_a_kernel(void **state)
{
    for (int round = 0; round < 20; round++) {
        struct asm_machine *m = asm_create(loop);
        uint64_t before = cairn_stats_get(CAIRN_COUNT_KERNELS_COMPILED);
        pthread_t threads[4];
        void *found[4];
        for (int i = 0; i < 4; i++)
            pthread_create(&threads[i], NULL, find_it, m);
        for (int i = 0; i < 4; i++) {
            pthread_join(threads[i], &found[i]);
            assert_non_null(found[i]);
            assert_ptr_equal(found[i], found[0]);
        }
        assert_ptr_equal(find_made(m), found[0]);
        assert_int_equal(cairn_stats_get(CAIRN_COUNT_KERNELS_COMPILED) - before, 1);
        cairn_engine_forget(&m->code);
        asm_destroy(m);
    }
}

static void a_forked_child_goes_on(void **state)
{
    struct asm_machine *m = asm_create(loop);
    struct cairn_engine_kernel *kernel = find_made(m);
    cairn_engine_spend(kernel, UINT64_C(1) << 40);
    cairn_engine_fork_prepare();
    pid_t child = fork();
    if (child == 0) {
        cairn_engine_fork_child();
        cairn_engine_run_group(kernel->native, &m->group, 100000, NULL);
        bool good = m->wave->state == CAIRN_WAVE_DONE;
        m->launch.grid[0] = 100;
        good = good && cairn_engine_find(&m->launch, NULL) != NULL;
        cairn_engine_forget(&m->code);
        _exit(good ? 0 : 1);
    }
    cairn_engine_fork_parent();
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    cairn_engine_forget(&m->code);
    asm_destroy(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kernel_is_interpreted_until_code_pays),
        cmocka_unit_test(a_kernel_is_made_once_for_each_geometry),
        cmocka_unit_test(waves_run_in_it),
        cmocka_unit_test(what_the_compiler_refuses_is_interpreted),
        cmocka_unit_test(hot_kernels_are_compiled_again),
        cmocka_unit_test(kernels_may_be_forgotten_while_they_are_improved),
        cmocka_unit_test(threads_share_a_kernel),
        cmocka_unit_test(a_forked_child_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
