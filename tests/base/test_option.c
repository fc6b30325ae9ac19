/* SPDX-License-Identifier: MIT
 * The option table as `cairn env` shows it.
 */
#include "base/option.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Whether `word` is one of `choices`, which are separated by bars. */
static bool is_choice(const char *word, const char *choices)
{
    size_t length = strlen(word);
    for (; choices != NULL; choices = strchr(choices, '|')) {
        choices += *choices == '|';
        if (strcspn(choices, "|") == length && strncmp(choices, word, length) == 0)
            return true;
    }
    return false;
}

static void the_default_of_a_choice_is_one_of_its_words(void **state)
{
    (void)state;
    for (int i = 0; i < CAIRN_OPTION_COUNT; i++) {
        const struct cairn_option_info *info = cairn_option_describe((enum cairn_option)i);
        if (strchr(info->kind, '|') != NULL && !is_choice(info->default_value, info->kind))
            fail_msg("%s: default %s, choices %s", info->variable, info->default_value, info->kind);
    }
    assert_string_equal(cairn_option_describe(CAIRN_OPTION_LOG)->default_value, "warning");
}

static void a_word_that_is_no_choice_leaves_the_default(void **state)
{
    (void)state;
    assert_int_equal(cairn_option_choice(CAIRN_OPTION_LOG), 1);
    assert_int_equal(cairn_option_u64(CAIRN_OPTION_WATCHDOG_MS), 2 << 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_default_of_a_choice_is_one_of_its_words),
        cmocka_unit_test(a_word_that_is_no_choice_leaves_the_default),
    };
    setenv("CAIRN_LOG", "loud", 1);
    setenv("CAIRN_WATCHDOG_MS", "2K", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
