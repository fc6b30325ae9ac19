/* SPDX-License-Identifier: MIT
 * Compute unit masks: where workgroups of masked streams say that they are, and what the masks of
 * the environment leave. Masks of the environment are those of a new process: the program runs
 * itself for them.
 */
#include "rig.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

enum { UNITS = 104, WORDS = 4, GROUPS = 3 * UNITS };

extern char **environ;
static const uint32_t all[WORDS] = {~0u, ~0u, ~0u, 0xff};

/* CDNA2 ISA, HW_ID: cu[11:8] se[15:13]; bits of a mask go around the eight shader engines. */
static uint32_t unit_of(uint32_t place)
{
    return (place >> 8 & 15) * 8 + (place >> 13 & 7);
}

/* Every unit of `mask` has workgroups of the stream, and no other has. */
static bool runs_on(hipStream_t stream, const uint32_t mask[WORDS])
{
    uint32_t *places, seen[WORDS] = {0};
    OK(hipHostMalloc((void **)&places, GROUPS * sizeof *places, 0));
    memset(places, 0xff, GROUPS * sizeof *places);
    OK(hipLaunchKernel(kernel_places, (dim3){GROUPS, 1, 1}, (dim3){64, 1, 1}, (void *[]){&places},
                       0, stream));
    OK(hipStreamSynchronize(stream));
    for (int i = 0; i < GROUPS; i++) {
        uint32_t unit = unit_of(places[i]);
        assert_true(unit < UNITS);
        seen[unit / 32] |= 1u << (unit % 32);
    }
    OK(hipHostFree(places));
    return memcmp(seen, mask, sizeof seen) == 0;
}

static bool tells(hipStream_t stream, const uint32_t mask[WORDS])
{
    uint32_t told[WORDS + 1] = {0};
    OK(hipExtStreamGetCUMask(stream, WORDS + 1, told));
    return told[WORDS] == 0 && memcmp(told, mask, sizeof *told * WORDS) == 0;
}

static void check(const uint32_t *asked, uint32_t words, const uint32_t left[WORDS])
{
    hipStream_t stream;
    OK(hipExtStreamCreateWithCUMask(&stream, words, asked));
    assert_true(tells(stream, left));
    assert_true(runs_on(stream, left));
    OK(hipStreamDestroy(stream));
}

static void a_stream_keeps_to_its_units(void **state)
{
    check((uint32_t[]){0x10}, 1, (uint32_t[WORDS]){0x10});
    check((uint32_t[]){0, 0x80000001, 7}, 3, (uint32_t[WORDS]){0, 0x80000001, 7});
    check(all, WORDS, all);
}

static void units_that_are_not_there_do_not_count(void **state)
{
    check((uint32_t[]){5, 0, 0, 0xffffff00, 0xff}, 5, (uint32_t[WORDS]){5});
    check((uint32_t[]){0, 0, 0, 0xffffff00}, 4, all); /* none is left: as without a mask */
}

static void other_streams_have_all_units(void **state)
{
    hipStream_t stream;
    OK(hipStreamCreate(&stream));
    assert_true(tells(NULL, all) && tells(stream, all) && tells(hipStreamPerThread, all));
    assert_true(runs_on(NULL, all) && runs_on(stream, all));
    OK(hipStreamDestroy(stream));
}

static void bad_arguments_of_masks(void **state)
{
    hipStream_t stream;
    uint32_t mask[WORDS] = {1};
    EXPECT(hipExtStreamCreateWithCUMask(NULL, 1, mask), hipErrorInvalidHandle);
    EXPECT(hipExtStreamCreateWithCUMask(&stream, 0, mask), hipErrorInvalidValue);
    EXPECT(hipExtStreamCreateWithCUMask(&stream, 1, NULL), hipErrorInvalidValue);
    EXPECT(hipExtStreamGetCUMask(NULL, WORDS, NULL), hipErrorInvalidValue);
    EXPECT(hipExtStreamGetCUMask(NULL, WORDS - 1, mask), hipErrorInvalidValue);
}

/* ---- masks of the environment ---- */

/* The null stream of a process with this variable is told `told` and runs on `used`. */
static void child_has(const char *variable, const char *text, uint32_t told, uint32_t used)
{
    char words[2][16], program[] = "/proc/self/exe";
    char *arguments[] = {program, words[0], words[1], NULL};
    pid_t child;
    int status;
    snprintf(words[0], sizeof words[0], "%x", told);
    snprintf(words[1], sizeof words[1], "%x", used);
    setenv(variable, text, 1);
    int error = posix_spawn(&child, program, NULL, NULL, arguments, environ);
    unsetenv(variable);
    assert_int_equal(error, 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (status != 0)
        fail_msg("%s=%s: not told %x or not run on %x", variable, text, told, used);
}

static int be_child(const char *told, const char *used)
{
    uint32_t masks[2][WORDS] = {{(uint32_t)strtoul(told, NULL, 16)},
                                {(uint32_t)strtoul(used, NULL, 16)}};
    for (int i = 0; i < 2; i++)
        if (masks[i][0] == 0)
            memcpy(masks[i], all, sizeof all);
    return tells(NULL, masks[0]) && runs_on(NULL, masks[1]) ? 0 : 1;
}

static void the_environment_limits_hip(void **state)
{
    child_has("ROC_GLOBAL_CU_MASK", "0xf0", 0xf0, 0xf0);
    child_has("ROC_GLOBAL_CU_MASK", "0X00000000000000000000000000000000C0000001", 0xc0000001,
              0xc0000001);
    child_has("ROC_GLOBAL_CU_MASK", "f0", 0, 0); /* not its grammar: ignored */
    child_has("ROC_GLOBAL_CU_MASK", "0xf0z", 0, 0);
}

static void the_environment_limits_queues(void **state)
{
    child_has("HSA_CU_MASK", "0:0-3,8", 0, 0x10f);
    child_has("HSA_CU_MASK", "0-1:0x30;1:7", 0, 0x30);
    child_has("HSA_CU_MASK", "3:1;0:4;0:5-5", 0, 0x30);
    child_has("HSA_CU_MASK", "1:1", 0, 0);
    child_has("HSA_CU_MASK", "0:3-1", 0, 0); /* not its grammar: ignored */
    child_has("HSA_CU_MASK", "0:1;", 0, 0);
    child_has("HSA_CU_MASK", "0:0x", 0, 0);
    child_has("HSA_CU_MASK", "0:99999999999", 0, 0);
}

static void both_masks_hold(void **state)
{
    setenv("ROC_GLOBAL_CU_MASK", "0xff", 1);
    child_has("HSA_CU_MASK", "0:4-12", 0xff, 0xf0);
    unsetenv("ROC_GLOBAL_CU_MASK");
}

int main(int count, char **arguments)
{
    if (count == 3)
        return be_child(arguments[1], arguments[2]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stream_keeps_to_its_units),
        cmocka_unit_test(units_that_are_not_there_do_not_count),
        cmocka_unit_test(other_streams_have_all_units),
        cmocka_unit_test(bad_arguments_of_masks),
        cmocka_unit_test(the_environment_limits_hip),
        cmocka_unit_test(the_environment_limits_queues),
        cmocka_unit_test(both_masks_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
