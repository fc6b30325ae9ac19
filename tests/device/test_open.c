/* SPDX-License-Identifier: MIT
 * What CAIRN_DEVICES may say, each in a process of its own because options are read once; and what
 * CAIRN_STATS prints.
 */
#include "rig.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The exit status of `child` run in a fork with one variable set. */
static int run_with(const char *variable, const char *value, int (*child)(void))
{
    int status = -1;
    pid_t pid = fork();
    if (pid == 0) {
        setenv(variable, value, 1);
        _exit(child());
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

enum { REFUSED = 100, OTHER_ERROR = 101 };

static int count_devices(void)
{
    enum cairn_status status = cairn_devices_open();
    if (status == CAIRN_ERR_INVALID_ARGUMENT && cairn_device_count() == 0)
        return REFUSED;
    return status == CAIRN_OK ? (int)cairn_device_count() : OTHER_ERROR;
}

/* Whether the first device has xnack. */
static int has_xnack(void)
{
    if (cairn_devices_open() != CAIRN_OK)
        return OTHER_ERROR;
    return strstr(cairn_device_info(cairn_device_at(0))->target_id, ":xnack+") != NULL;
}

static void device_lists(void **state)
{
    (void)state;
    char many[65 * 7 + 1] = "";
    for (int i = 0; i < 65; i++)
        strcat(many, i == 0 ? "gfx90a" : ",gfx90a");
    const struct {
        const char *why, *list;
        int expected;
    } cases[] = {
        {"default", "", 1},
        {"one", "gfx90a", 1},
        {"three", "gfx90a,gfx90a,gfx90a", 3},
        {"features", "gfx90a:xnack+:sramecc-", 1},
        {"unknown chip", "gfx1", REFUSED},
        {"second is unknown", "gfx90a,gfx9", REFUSED},
        {"empty entry", "gfx90a,", REFUSED},
        {"unknown feature", "gfx90a:turbo+", REFUSED},
        {"feature without sign", "gfx90a:xnack", REFUSED},
        {"empty feature", "gfx90a:", REFUSED},
        {"too many", many, REFUSED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int got = run_with("CAIRN_DEVICES", cases[i].list, count_devices);
        if (got != cases[i].expected)
            fail_msg("%s: %d", cases[i].why, got);
    }
}

static int has_xnack_where_said(void)
{
    setenv("CAIRN_DEVICES", "gfx90a:xnack-", 1);
    return has_xnack();
}

static void xnack_is_as_the_environment_asks(void **state)
{
    (void)state;
    assert_int_equal(run_with("HSA_XNACK", "1", has_xnack), 1);
    assert_int_equal(run_with("HSA_XNACK", "0", has_xnack), 0);
    assert_int_equal(run_with("HSA_XNACK", "1", has_xnack_where_said), 0);
    assert_int_equal(run_with("CAIRN_DEVICES", "gfx90a:xnack+", has_xnack), 1);
}

static int limits_hold(void)
{
    void *at;
    if (cairn_devices_open() != CAIRN_OK)
        return 1;
    struct cairn_device *device = cairn_device_at(0);
    if (cairn_device_info(device)->vram_bytes != 3 << 20)
        return 2;
    if (cairn_memory_alloc(device, CAIRN_MEMORY_DEVICE, 3 << 20, 0, 0, &at) != CAIRN_OK)
        return 3;
    return cairn_memory_alloc(device, CAIRN_MEMORY_DEVICE, 1, 0, 0, &at) == CAIRN_ERR_NO_MEMORY ? 0
                                                                                                : 4;
}

static void vram_is_as_configured(void **state)
{
    (void)state;
    assert_int_equal(run_with("CAIRN_VRAM", "3M", limits_hold), 0);
}

static int count_threads(void)
{
    return cairn_devices_open() == CAIRN_OK
               ? (int)cairn_device_info(cairn_device_at(0))->worker_threads
               : OTHER_ERROR;
}

static void threads_are_as_configured(void **state)
{
    (void)state;
    assert_int_equal(run_with("CAIRN_THREADS", "7", count_threads), 7);
}

/* Two GPUs use each what one alone uses, or the half of it. */
static int count_threads_of_two(void)
{
    setenv("CAIRN_DEVICES", "gfx90a,gfx90a", 1);
    return count_threads();
}

static void cores_are_shared_as_configured(void **state)
{
    (void)state;
    int alone = run_with("CAIRN_CORES", "share", count_threads);
    assert_int_equal(run_with("CAIRN_CORES", "all", count_threads_of_two), alone);
    assert_int_equal(run_with("CAIRN_CORES", "share", count_threads_of_two), (alone + 1) / 2);
}

static int stats_ends[2];

static enum cairn_wave_state end(struct cairn_wave *wave, uint64_t budget, uint64_t step)
{
    (void)wave;
    (void)budget;
    (void)step;
    return CAIRN_WAVE_DONE;
}

static int print_stats(void)
{
    struct rig_queue q;
    dup2(stats_ends[1], STDERR_FILENO);
    rig_open();
    struct cairn_signal *done = rig_signal(1);
    union aql_packet p = rig_dispatch(rig_kernel(end, NULL), 1000, 100, NULL, done);
    rig_queue_open(&q, 4);
    rig_push(&q, &p);
    rig_wait(done);
    rig_close(); /* with the queue still there */
    return 0;
}

static void stats_count_workgroups_and_waves(void **state)
{
    (void)state;
    static const char *const wanted[] = {" 1 dispatches\n", " 10 workgroups\n", " 20 waves\n"};
    char text[4096] = "";
    assert_int_equal(pipe(stats_ends), 0);
    assert_int_equal(run_with("CAIRN_STATS", "1", print_stats), 0);
    assert_true(read(stats_ends[0], text, sizeof text - 1) > 0);
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        if (strstr(text, wanted[i]) == NULL)
            fail_msg("no \"%s\" in:\n%s", wanted[i], text);
    close(stats_ends[0]);
    close(stats_ends[1]);
}

int main(void)
{
    setenv("CAIRN_LOG_FILE", "/dev/null", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(device_lists),
        cmocka_unit_test(xnack_is_as_the_environment_asks),
        cmocka_unit_test(vram_is_as_configured),
        cmocka_unit_test(threads_are_as_configured),
        cmocka_unit_test(cores_are_shared_as_configured),
        cmocka_unit_test(stats_count_workgroups_and_waves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
