/* SPDX-License-Identifier: MIT
 * The watchdog: a dispatch that never ends is stopped with an error after CAIRN_WATCHDOG_MS, one
 * that waits behind a short one is not, and the device goes on.
 */
#include "rig.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static enum cairn_wave_state run_for_ever(struct cairn_wave *wave, uint64_t budget, uint64_t step)
{
    (void)step;
    if (wave->launch->kernarg_address != 0)
        return CAIRN_WAVE_READY; /* waits for ever */
    wave->instructions += budget;
    return CAIRN_WAVE_READY;
}

static enum cairn_wave_state end(struct cairn_wave *wave, uint64_t budget, uint64_t step)
{
    (void)wave;
    (void)budget;
    (void)step;
    return CAIRN_WAVE_DONE;
}

static void endless_kernels_are_stopped(void **state)
{
    (void)state;
    rig_open();
    for (uint32_t form = 0; form < 4; form++) {
        struct rig_queue bad, good;
        struct cairn_signal *never = rig_signal(1), *done = rig_signal(1);
        rig_queue_open(&bad, 4);
        rig_queue_open(&good, 4);
        uint64_t start = cairn_clock_now();
        union aql_packet p = rig_dispatch(rig_kernel(run_for_ever, NULL), form / 2 ? 64 * 20 : 1,
                                          64, form % 2 ? &bad : NULL, never);
        rig_push(&bad, &p);
        p = rig_dispatch(rig_kernel(end, NULL), 64 * 20, 64, NULL, done);
        rig_push(&good, &p);
        rig_wait(done);
        rig_queue_wait_error(&bad);
        uint64_t took = cairn_clock_now() - start;
        assert_true(took >= 100000000 && took < 3000000000);
        assert_int_equal(bad.error, CAIRN_QUEUE_WATCHDOG);
        assert_int_equal(bad.fault.kind, CAIRN_FAULT_WATCHDOG);
        assert_non_null(strstr(bad.text, "watchdog"));
        assert_int_equal(never->value, 1);
        cairn_signal_store(done, 1);
        rig_push(&good, &p);
        rig_wait(done);
        assert_int_equal(good.errors, 0);
        rig_queue_close(&bad);
        rig_queue_close(&good);
        cairn_signal_destroy(never);
        cairn_signal_destroy(done);
    }
    rig_close();
}

/* A process of its own with an endless kernel running. */
static pid_t endless_process(bool exits)
{
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        struct rig_queue q;
        setenv("CAIRN_WATCHDOG_MS", "0", 1); /* read at first use: the parent has not yet */
        signal(SIGINT, SIG_DFL);
        rig_open();
        rig_queue_open(&q, 4);
        union aql_packet p =
            rig_dispatch(rig_kernel(run_for_ever, NULL), 64 * 20, 64, NULL, rig_signal(1));
        rig_push(&q, &p);
        usleep(20000);
        byte = (char)write(ready[1], "r", 1);
        if (exits)
            exit(byte == 1 ? 5 : 6);
        cairn_signal_wait(rig_signal(1), CAIRN_COND_EQ, 0, UINT64_MAX);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    close(ready[1]);
    return child;
}

static int end_of(pid_t child)
{
    int status = -1;
    for (int i = 0; i < 5000; i++) {
        if (waitpid(child, &status, WNOHANG) == child)
            return status;
        usleep(1000);
    }
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    fail_msg("the process hangs");
    return status;
}

static void control_c_ends_a_process_with_an_endless_kernel(void **state)
{
    (void)state;
    pid_t child = endless_process(false);
    assert_int_equal(kill(child, SIGINT), 0);
    int status = end_of(child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
}

static void exit_does_not_wait_for_an_endless_kernel(void **state)
{
    (void)state;
    int status = end_of(endless_process(true));
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 5);
}

int main(void)
{
    setenv("CAIRN_LOG_FILE", "/dev/null", 1);
    setenv("CAIRN_WATCHDOG_MS", "100", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(control_c_ends_a_process_with_an_endless_kernel),
        cmocka_unit_test(exit_does_not_wait_for_an_endless_kernel),
        cmocka_unit_test(endless_kernels_are_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
