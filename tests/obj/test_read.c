/* SPDX-License-Identifier: MIT
 * Code objects and bundles that clang made are read back right; cut and flipped ones are refused or
 * read within their bounds, never worse.
 */
#include "obj/obj.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "load.h"

static const struct cairn_obj_symbol *find_symbol(const struct cairn_obj *obj, const char *name)
{
    for (uint32_t i = 0; i < obj->symbol_count; i++)
        if (strcmp(obj->symbols[i].name, name) == 0)
            return &obj->symbols[i];
    fail_msg("no symbol %s", name);
    return NULL;
}

static void check_kernel(const struct cairn_obj *obj)
{
    static const enum cairn_arg_kind kinds[] = {CAIRN_ARG_GLOBAL_BUFFER, CAIRN_ARG_BY_VALUE,
                                                CAIRN_ARG_BY_VALUE};
    static const uint32_t offsets[] = {0, 8, 12}, sizes[] = {8, 4, 1};
    const struct cairn_kernel_info *kernel = cairn_obj_find_kernel(obj, "scale.kd");
    assert_non_null(kernel);
    assert_string_equal(kernel->name, "scale");
    assert_int_equal(kernel->wavefront_size, 64);
    assert_int_equal(kernel->max_workgroup_size, 1024);
    assert_true(kernel->arg_count >= 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(kernel->args[i].kind, kinds[i]);
        assert_int_equal(kernel->args[i].offset_bytes, offsets[i]);
        assert_int_equal(kernel->args[i].size_bytes, sizes[i]);
    }
    assert_int_equal(kernel->args[0].address_space, 1);
    assert_null(cairn_obj_find_kernel(obj, "scale"));
}

static void code_objects_of_each_version_are_read(void **state)
{
    (void)state;
    static const char *const names[] = {"v4.co", "v5.co", "v6.co"};
    for (uint32_t i = 0; i < 3; i++) {
        struct cairn_bytes image = load(names[i]);
        struct cairn_obj *obj;
        assert_int_equal(cairn_obj_create(image, &obj), CAIRN_OK);
        assert_int_equal(obj->abi_version, 4 + i);
        assert_string_equal(obj->target.processor, "gfx90a");
        assert_int_equal(obj->target.xnack, CAIRN_FEATURE_ANY);
        check_kernel(obj);
        assert_int_equal(find_symbol(obj, "scale")->kind, CAIRN_SYMBOL_FUNCTION);
        assert_int_equal(find_symbol(obj, "scale.kd")->kind, CAIRN_SYMBOL_KERNEL_DESCRIPTOR);
        const struct cairn_obj_symbol *counter = find_symbol(obj, "counter");
        assert_int_equal(counter->size, 4);
        assert_int_equal(obj->relocation_count, 1);
        assert_int_equal(obj->relocations[0].type, 13);
        assert_int_equal((uint64_t)obj->relocations[0].addend, counter->value);
        assert_int_equal(obj->relocations[0].vaddr, find_symbol(obj, "counter_address")->value);
        cairn_obj_destroy(obj);
        free((void *)image.at);
    }
}

static void features_in_the_header_reach_the_target_id(void **state)
{
    (void)state;
    struct cairn_bytes image = load("xnack.co");
    struct cairn_obj *obj;
    assert_int_equal(cairn_obj_create(image, &obj), CAIRN_OK);
    assert_int_equal(obj->target.xnack, CAIRN_FEATURE_ON);
    cairn_obj_destroy(obj);
    free((void *)image.at);
}

static void bundles_give_the_entry_for_the_device(void **state)
{
    (void)state;
    static const struct {
        const char *file, *device, *expected; /* expected: end of the id, NULL for none */
    } cases[] = {
        {"plain.hipfb", "gfx90a:sramecc+:xnack-", "gfx90a:xnack-"},
        {"plain.hipfb", "gfx90a:sramecc+:xnack+", "gfx90a:xnack+"},
        {"plain.hipfb", "gfx906:xnack-", "gfx906"},
        {"plain.hipfb", "gfx1100", NULL},
        {"generic.hipfb", "gfx942:xnack-", "gfx9-4-generic"},
        {"generic.hipfb", "gfx90a:xnack-", NULL},
        {"zstd.hipfb", "gfx90a:sramecc+:xnack-", "gfx90a"},
        {"v5.co", "gfx90a:sramecc+:xnack-", "gfx90a"},
        {"xnack.co", "gfx90a:sramecc+:xnack-", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cairn_bytes bytes = load(cases[i].file);
        struct cairn_bundle *bundle;
        struct cairn_target_id device;
        size_t size;
        assert_int_equal(cairn_target_id_parse(cases[i].device, strlen(cases[i].device), &device),
                         CAIRN_OK);
        assert_int_equal(cairn_bundle_create(bytes, &bundle), CAIRN_OK);
        assert_int_equal(cairn_bundle_size(bytes.at, bytes.left, &size), CAIRN_OK);
        assert_true(size <= bytes.left && size + 8192 > bytes.left);
        const struct cairn_bundle_entry *entry = cairn_bundle_select(bundle, &device);
        if ((entry != NULL) != (cases[i].expected != NULL))
            fail_msg("%s on %s: %s", cases[i].file, cases[i].device, entry ? entry->id : "none");
        if (entry != NULL) {
            const char *tail = entry->id + strlen(entry->id) - strlen(cases[i].expected);
            assert_string_equal(tail, cases[i].expected);
            struct cairn_obj *obj;
            assert_int_equal(cairn_obj_create(entry->image, &obj), CAIRN_OK);
            cairn_obj_destroy(obj);
        }
        cairn_bundle_destroy(bundle);
        free((void *)bytes.at);
    }
}

/* Reads all of it the way a loader would, so that a bad pointer is touched. */
static void read_everything(struct cairn_bytes bytes)
{
    struct cairn_bundle *bundle;
    if (cairn_bundle_create(bytes, &bundle) != CAIRN_OK)
        return;
    for (uint32_t i = 0; i < bundle->entry_count; i++) {
        struct cairn_obj *obj;
        if (cairn_obj_create(bundle->entries[i].image, &obj) == CAIRN_OK)
            cairn_obj_destroy(obj);
    }
    cairn_bundle_destroy(bundle);
}

static void damaged_files_do_no_harm(void **state)
{
    (void)state;
    static const char *const names[] = {"v5.co", "plain.hipfb", "zstd.hipfb"};
    uint32_t seed = 1;
    for (size_t n = 0; n < sizeof names / sizeof names[0]; n++) {
        struct cairn_bytes bytes = load(names[n]);
        for (size_t cut = 0; cut < bytes.left; cut += 1 + cut / 16) {
            uint8_t *copy = malloc(cut + 1); /* its own block: a sanitizer sees the end */
            assert_non_null(copy);
            memcpy(copy, bytes.at, cut);
            read_everything(cairn_bytes_of(copy, cut));
            free(copy);
        }
        uint8_t *copy = malloc(bytes.left);
        for (int round = 0; round < 2000; round++) {
            memcpy(copy, bytes.at, bytes.left);
            for (int flips = 0; flips < 3; flips++) {
                seed = seed * 1664525 + 1013904223;
                copy[seed % bytes.left % 8192] ^= (uint8_t)(1 << (seed >> 29));
            }
            read_everything(cairn_bytes_of(copy, bytes.left));
        }
        free(copy);
        free((void *)bytes.at);
    }
}

static void a_truncated_code_object_is_refused(void **state)
{
    (void)state;
    struct cairn_bytes bytes = load("v5.co");
    struct cairn_obj *obj;
    assert_int_equal(cairn_obj_create(cairn_bytes_of(bytes.at, 63), &obj), CAIRN_ERR_TRUNCATED);
    assert_int_equal(cairn_obj_create(cairn_bytes_of(bytes.at, 1024), &obj), CAIRN_ERR_TRUNCATED);
    for (size_t gone = 1; gone < bytes.left; gone += 1 + gone / 16)
        if (cairn_obj_create(cairn_bytes_of(bytes.at, bytes.left - gone), &obj) == CAIRN_OK)
            fail_msg("read, though the last %zu bytes are gone", gone);
    free((void *)bytes.at);
}

int main(void)
{
    setenv("CAIRN_LOG_FILE", "/dev/null", 1); /* thousands of expected rejections */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(code_objects_of_each_version_are_read),
        cmocka_unit_test(features_in_the_header_reach_the_target_id),
        cmocka_unit_test(bundles_give_the_entry_for_the_device),
        cmocka_unit_test(damaged_files_do_no_harm),
        cmocka_unit_test(a_truncated_code_object_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
