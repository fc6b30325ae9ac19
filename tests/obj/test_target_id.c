/* SPDX-License-Identifier: MIT
 * Target ids: what parses, and which code may run on which device.
 */
#include "obj/obj.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void ids_parse_and_print(void **state)
{
    (void)state;
    static const struct {
        const char *text, *printed; /* NULL: must be refused */
    } cases[] = {
        {"gfx90a", "gfx90a"},
        {"gfx90a:xnack+", "gfx90a:xnack+"},
        {"gfx90a:xnack-:sramecc+", "gfx90a:sramecc+:xnack-"},
        {"amdgcn-amd-amdhsa--gfx906:sramecc-", "gfx906:sramecc-"},
        {"hipv4-amdgcn-amd-amdhsa--gfx9-4-generic", "gfx9-4-generic"},
        {"hip-amdgcn-amd-amdhsa-unknown-gfx1100", "gfx1100"},
        {"", NULL},
        {"amdgcn-amd-amdhsa--", NULL},
        {"gfx90a:", NULL},
        {"gfx90a:xnack", NULL},
        {"gfx90a:speed+", NULL},
        {"gfx012345678901234567890123456789012345", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cairn_target_id id;
        char text[128];
        enum cairn_status status = cairn_target_id_parse(cases[i].text, strlen(cases[i].text), &id);
        if ((status == CAIRN_OK) != (cases[i].printed != NULL))
            fail_msg("\"%s\": %s", cases[i].text, cairn_status_name(status));
        if (status != CAIRN_OK)
            continue;
        assert_int_equal(cairn_target_id_format(&id, text, sizeof text), strlen(cases[i].printed));
        assert_string_equal(text, cases[i].printed);
    }
}

static struct cairn_target_id parsed(const char *text)
{
    struct cairn_target_id id;
    assert_int_equal(cairn_target_id_parse(text, strlen(text), &id), CAIRN_OK);
    return id;
}

static void code_runs_only_where_its_chip_and_features_are(void **state)
{
    (void)state;
    static const struct {
        const char *code, *device;
        bool fits;
    } cases[] = {
        {"gfx90a", "gfx90a:sramecc+:xnack-", true},
        {"gfx90a:xnack-", "gfx90a:sramecc+:xnack-", true},
        {"gfx90a:xnack+", "gfx90a:sramecc+:xnack-", false},
        {"gfx90a:sramecc-", "gfx90a:sramecc+:xnack-", false},
        {"gfx906", "gfx90a:sramecc+:xnack-", false},
        {"gfx9-generic", "gfx906:sramecc+:xnack-", true},
        {"gfx9-generic", "gfx90a:sramecc+:xnack-", false},
        {"gfx9-4-generic", "gfx942:sramecc+:xnack-", true},
        {"gfx10-3-generic", "gfx103", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cairn_target_id code = parsed(cases[i].code), device = parsed(cases[i].device);
        if (cairn_target_id_fits(&code, &device) != cases[i].fits)
            fail_msg("%s on %s: expected %d", cases[i].code, cases[i].device, cases[i].fits);
    }
}

static void the_most_specific_bundle_entry_wins(void **state)
{
    (void)state;
    static const struct {
        const char *ids[3];
        const char *device;
        int expected; /* -1: none */
    } cases[] = {
        {{"hip-amdgcn-amd-amdhsa--gfx906", "hip-amdgcn-amd-amdhsa--gfx90a", "host-x86_64--"},
         "gfx90a:xnack-",
         1},
        {{"hipv4-amdgcn-amd-amdhsa--gfx90a", "hipv4-amdgcn-amd-amdhsa--gfx90a:xnack-", "x"},
         "gfx90a:xnack-",
         1},
        {{"hipv4-amdgcn-amd-amdhsa--gfx9-4-generic", "hipv4-amdgcn-amd-amdhsa--gfx942", "x"},
         "gfx942:xnack-",
         1},
        {{"hipv4-amdgcn-amd-amdhsa--gfx9-4-generic", "x", "y"}, "gfx942:xnack-", 0},
        {{"host-x86_64-gfx90a", "cuda-nvptx64--gfx90a", "hip-spirv64--gfx90a"},
         "gfx90a:xnack-",
         -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cairn_bundle_entry entries[3] = {0};
        for (size_t k = 0; k < 3; k++)
            strcpy(entries[k].id, cases[i].ids[k]);
        struct cairn_bundle bundle = {.entry_count = 3, .entries = entries};
        struct cairn_target_id device = parsed(cases[i].device);
        const struct cairn_bundle_entry *got = cairn_bundle_select(&bundle, &device);
        int index = got != NULL ? (int)(got - entries) : -1;
        if (index != cases[i].expected)
            fail_msg("row %zu: entry %d instead of %d", i, index, cases[i].expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_parse_and_print),
        cmocka_unit_test(code_runs_only_where_its_chip_and_features_are),
        cmocka_unit_test(the_most_specific_bundle_entry_wins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
