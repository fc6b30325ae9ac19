/* SPDX-License-Identifier: MIT
 * Global wave sync instructions through a queue: set up by one kernel, used by the next, as AMD's
 * HIP runtime does before a cooperative launch.
 */
#include "load.h"
#include "rig.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

static struct loaded *code;
static struct rig_queue queue;

static int open_all(void **state)
{
    (void)state;
    assert_int_equal(cairn_devices_open(), CAIRN_OK);
    code = load_file(cairn_device_at(0), KERNELS_FILE);
    rig_queue_open(&queue, 16);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    rig_queue_close(&queue);
    load_drop(code);
    cairn_devices_close();
    return 0;
}

static uint64_t *memory(void)
{
    void *at;
    assert_int_equal(cairn_memory_alloc(cairn_device_at(0), CAIRN_MEMORY_DEVICE, 4096, 0, 0, &at),
                     CAIRN_OK);
    return at;
}

static void launch(const char *kernel, uint32_t groups, uint64_t *kernarg)
{
    struct cairn_signal *done = rig_signal(1);
    union aql_packet p = rig_dispatch(load_kernel(code, kernel), groups * 64, 64, kernarg, done);
    p.dispatch.header |= AQL_HEADER_BARRIER;
    rig_push(&queue, &p);
    rig_wait(done);
    cairn_signal_destroy(done);
}

static void a_grid_barrier_holds_all_workgroups_in_every_round(void **state)
{
    (void)state;
    enum { ROUNDS = 5 };
    static const uint32_t sizes[] = {1, 2, 30, 200};
    uint64_t *kernarg = memory();
    uint32_t *words = (uint32_t *)memory();
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        memset(words, 0, 8);
        kernarg[0] = sizes[i] - 1;
        launch("gws_set_up", 1, kernarg);
        kernarg[0] = (uint64_t)&words[0];
        kernarg[1] = (uint64_t)&words[1];
        kernarg[2] = (uint64_t)ROUNDS << 32 | sizes[i];
        launch("gws_rounds", sizes[i], kernarg);
        assert_int_equal(words[0], ROUNDS * sizes[i]);
        assert_int_equal(words[1], 0);
    }
    assert_int_equal(cairn_memory_free(kernarg), CAIRN_OK);
    assert_int_equal(cairn_memory_free(words), CAIRN_OK);
}

static void a_semaphore_lets_in_no_more_than_it_has(void **state)
{
    (void)state;
    enum { GROUPS = 50, MOST = 3 };
    uint64_t *kernarg = memory();
    uint32_t *words = (uint32_t *)memory();
    kernarg[0] = (uint64_t)&words[0];
    kernarg[1] = (uint64_t)&words[2];
    kernarg[2] = MOST;
    launch("gws_semaphore", GROUPS, kernarg);
    assert_int_equal(words[0], 0);
    assert_int_equal(words[1], GROUPS);
    assert_int_equal(words[2], 0);
    assert_int_equal(cairn_memory_free(kernarg), CAIRN_OK);
    assert_int_equal(cairn_memory_free(words), CAIRN_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_grid_barrier_holds_all_workgroups_in_every_round),
        cmocka_unit_test(a_semaphore_lets_in_no_more_than_it_has),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
