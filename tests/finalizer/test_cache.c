/* SPDX-License-Identifier: MIT
 * What is put into the disk cache comes back, and nothing else does: no damaged file, no file of
 * another build, no file or folder that others may write to.
 */
#include "cache_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

enum { LIMIT = 1 << 20, SMALL = 90 };

static void put(struct cairn_cache *cache, unsigned number, uint32_t tier, size_t size)
{
    struct cairn_cache_key key = rig_key(number);
    struct cairn_cache_entry entry = rig_entry(number, tier, size);
    assert_int_equal(cairn_cache_put(cache, &key, &entry), CAIRN_OK);
    cairn_cache_entry_free(&entry);
}

/* -1: not there; otherwise its tier. */
static int get(struct cairn_cache *cache, unsigned number)
{
    struct cairn_cache_key key = rig_key(number);
    struct cairn_cache_entry entry;
    enum cairn_status status = cairn_cache_get(cache, &key, &entry);
    if (status == CAIRN_ERR_NOT_FOUND)
        return -1;
    assert_int_equal(status, CAIRN_OK);
    assert_true(rig_entry_is_right(number, &entry));
    int tier = (int)entry.tier;
    cairn_cache_entry_free(&entry);
    return tier;
}

static void what_is_put_comes_back(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 63, 4096, 100000};
    struct cairn_cache *cache = rig_open("build", "cpu", LIMIT);
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(get(cache, i), -1);
        put(cache, i, i % 2, sizes[i]);
    }
    cairn_cache_close(cache);
    cache = rig_open("build", "cpu", LIMIT);
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(get(cache, i), i % 2);
    assert_int_equal(get(cache, 5), -1);
    struct cairn_cache_counts counts = cairn_cache_counts(cache);
    assert_int_equal(counts.hits, 5);
    assert_int_equal(counts.misses, 1);
    assert_int_equal(counts.rejected, 0);
    cairn_cache_close(cache);
}

static void other_builds_and_targets_keep_entries_of_their_own(void **state)
{
    (void)state;
    static const char *const makers[][2] = {
        {"build", "cpu"}, {"build", "cpu2"}, {"build2", "cpu"}, {"buil", "dcpu"}};
    struct cairn_cache *caches[4];
    for (unsigned i = 0; i < 4; i++) {
        caches[i] = rig_open(makers[i][0], makers[i][1], LIMIT);
        assert_int_equal(get(caches[i], 1), -1);
        put(caches[i], 1, i, SMALL);
    }
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(get(caches[i], 1), i);
        cairn_cache_close(caches[i]);
    }
    assert_int_equal(rig_entry_count(), 4);
}

static void a_lower_tier_does_not_displace_a_higher_one(void **state)
{
    (void)state;
    struct cairn_cache *cache = rig_open("build", "cpu", LIMIT);
    put(cache, 1, 0, SMALL);
    put(cache, 1, 1, SMALL);
    assert_int_equal(get(cache, 1), 1);
    put(cache, 1, 0, SMALL);
    assert_int_equal(get(cache, 1), 1);
    assert_int_equal(truncate(rig_only_entry(), 150), 0); /* of no use, so it is displaced */
    put(cache, 1, 0, SMALL);
    assert_int_equal(get(cache, 1), 0);
    cairn_cache_close(cache);
}

static uint8_t *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    uint8_t *bytes = malloc(LIMIT);
    assert_non_null(bytes);
    *size = fread(bytes, 1, LIMIT, file);
    fclose(file);
    return bytes;
}

static void write_file(const char *path, const uint8_t *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void cut_and_lengthened_entries_are_no_entries(void **state)
{
    (void)state;
    struct cairn_cache *cache = rig_open("build", "cpu", LIMIT);
    put(cache, 1, 1, SMALL);
    const char *path = rig_only_entry();
    size_t size;
    uint8_t *bytes = read_file(path, &size);
    for (size_t cut = 0; cut < size; cut++) {
        write_file(path, bytes, cut);
        assert_int_equal(get(cache, 1), -1);
    }
    bytes[size] = 0;
    write_file(path, bytes, size + 1);
    assert_int_equal(get(cache, 1), -1);
    assert_int_equal(cairn_cache_counts(cache).rejected, size + 1);
    write_file(path, bytes, size);
    assert_int_equal(get(cache, 1), 1);
    free(bytes);
    cairn_cache_close(cache);
}

static void an_entry_with_any_bit_flipped_is_no_entry(void **state)
{
    (void)state;
    struct cairn_cache *cache = rig_open("build", "cpu", LIMIT);
    put(cache, 1, 1, SMALL);
    const char *path = rig_only_entry();
    size_t size;
    uint8_t *bytes = read_file(path, &size);
    for (size_t bit = 0; bit < 8 * size; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        write_file(path, bytes, size);
        if (get(cache, 1) != -1)
            fail_msg("bit %zu of byte %zu does not matter", bit % 8, bit / 8);
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    free(bytes);
    cairn_cache_close(cache);
}

static void an_entry_under_another_name_is_no_entry(void **state)
{
    (void)state;
    struct cairn_cache *cache = rig_open("build", "cpu", LIMIT);
    struct cairn_cache *other = rig_open("other build", "cpu", LIMIT);
    char first[512];
    put(cache, 1, 1, SMALL);
    snprintf(first, sizeof first, "%s", rig_only_entry());
    assert_int_equal(rename(first, rig_path("kept")), 0);
    put(cache, 2, 1, SMALL); /* another key's */
    assert_int_equal(rename(rig_only_entry(), first), 0);
    assert_int_equal(get(cache, 1), -1);
    assert_int_equal(unlink(first), 0);
    put(other, 1, 1, SMALL); /* another build's */
    assert_int_equal(rename(rig_only_entry(), first), 0);
    assert_int_equal(get(cache, 1), -1);
    assert_int_equal(rename(rig_path("kept"), first), 0);
    assert_int_equal(get(cache, 1), 1);
    cairn_cache_close(other);
    cairn_cache_close(cache);
}

static void make_group_writable(const char *path)
{
    assert_int_equal(chmod(path, 0620), 0);
}

static void make_world_writable(const char *path)
{
    assert_int_equal(chmod(path, 0602), 0);
}

static void make_foreign(const char *path)
{
    assert_int_equal(chown(path, 12345, 12345), 0);
}

static void make_link(const char *path)
{
    char real[512];
    snprintf(real, sizeof real, "%s/real", rig_folder);
    assert_int_equal(rename(path, real), 0);
    assert_int_equal(symlink(real, path), 0);
}

static void make_fifo(const char *path)
{
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
}

static const struct {
    const char *what;
    void (*make)(const char *path);
    bool needs_root;
} unsafe[] = {
    {"writable by the group", make_group_writable, false},
    {"writable by all", make_world_writable, false},
    {"of another user", make_foreign, true},
    {"a symbolic link", make_link, false},
    {"a FIFO", make_fifo, false},
};

static void a_file_that_is_not_safely_ours_is_no_entry(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof unsafe / sizeof unsafe[0]; i++) {
        if (unsafe[i].needs_root && geteuid() != 0)
            continue;
        struct cairn_cache *cache = rig_open("build", "cpu", LIMIT);
        put(cache, 1, 1, SMALL);
        unsafe[i].make(rig_only_entry());
        if (get(cache, 1) != -1)
            fail_msg("a file %s is handed out", unsafe[i].what);
        assert_int_equal(cairn_cache_counts(cache).rejected, 1);
        put(cache, 1, 0, SMALL); /* takes its place, and does not write through a link */
        assert_int_equal(get(cache, 1), 0);
        struct stat facts;
        assert_int_equal(lstat(rig_only_entry(), &facts), 0);
        assert_true(S_ISREG(facts.st_mode));
        assert_int_equal(facts.st_mode & 0777, 0600);
        cairn_cache_close(cache);
        assert_int_equal(unlink(rig_only_entry()), 0);
    }
}

static enum cairn_status try_open(const char *path)
{
    const struct cairn_cache_config config = {
        .directory = path, .limit_bytes = LIMIT, .build = "build", .target = "cpu"};
    struct cairn_cache *cache;
    enum cairn_status status = cairn_cache_open(&config, &cache);
    if (status == CAIRN_OK)
        cairn_cache_close(cache);
    return status;
}

static void folders_are_made_for_us_alone(void **state)
{
    (void)state;
    struct stat facts;
    const char *path = rig_path("a/b/cairn");
    umask(0);
    assert_int_equal(try_open(path), CAIRN_OK);
    assert_int_equal(stat(path, &facts), 0);
    assert_int_equal(facts.st_mode & 07777, 0700);
    assert_int_equal(try_open(path), CAIRN_OK);
}

static void a_folder_that_is_not_safely_ours_is_not_used(void **state)
{
    (void)state;
    static const mode_t modes[] = {0770, 0702, 01777};
    const char *path = rig_path("folder");
    assert_int_equal(mkdir(path, 0700), 0);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(chmod(path, modes[i]), 0);
        assert_int_equal(try_open(path), CAIRN_ERR_IO);
    }
    assert_int_equal(chmod(path, 0755), 0);
    assert_int_equal(try_open(path), CAIRN_OK);
    if (geteuid() == 0) {
        assert_int_equal(chown(path, 12345, 12345), 0);
        assert_int_equal(try_open(path), CAIRN_ERR_IO);
        assert_int_equal(chown(path, 0, 0), 0);
    }
    char link[512];
    snprintf(link, sizeof link, "%s/link", rig_folder);
    assert_int_equal(symlink(rig_path("folder"), link), 0);
    assert_int_equal(try_open(link), CAIRN_ERR_IO);
    write_file(rig_path("file"), (const uint8_t *)"x", 1);
    assert_int_equal(try_open(rig_path("file")), CAIRN_ERR_IO);
    assert_int_equal(try_open(rig_path("file/below")), CAIRN_ERR_IO);
    assert_int_equal(try_open(""), CAIRN_ERR_INVALID_ARGUMENT);
}

static void a_folder_that_goes_away_is_no_cache(void **state)
{
    (void)state;
    struct cairn_cache *cache = rig_open("build", "cpu", LIMIT);
    put(cache, 1, 1, SMALL);
    assert_int_equal(rig_remove_folder(NULL), 0);
    assert_int_equal(get(cache, 1), -1);
    struct cairn_cache_key key = rig_key(1);
    struct cairn_cache_entry entry = rig_entry(1, 0, SMALL);
    assert_int_equal(cairn_cache_put(cache, &key, &entry), CAIRN_ERR_IO);
    cairn_cache_evict(cache);
    cairn_cache_entry_free(&entry);
    cairn_cache_close(cache);
    assert_int_equal(mkdir(rig_folder, 0700), 0);
}

static void without_a_cache_nothing_is_kept(void **state)
{
    (void)state;
    struct cairn_cache_key key = rig_key(1);
    struct cairn_cache_entry entry = rig_entry(1, 0, SMALL);
    assert_int_equal(cairn_cache_put(NULL, &key, &entry), CAIRN_ERR_NOT_FOUND);
    assert_int_equal(get(NULL, 1), -1);
    assert_int_equal(cairn_cache_counts(NULL).stores, 0);
    cairn_cache_close(NULL);
    cairn_cache_entry_free(&entry);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, rig_make_folder, rig_remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(what_is_put_comes_back),
        IN_FOLDER(other_builds_and_targets_keep_entries_of_their_own),
        IN_FOLDER(a_lower_tier_does_not_displace_a_higher_one),
        IN_FOLDER(cut_and_lengthened_entries_are_no_entries),
        IN_FOLDER(an_entry_with_any_bit_flipped_is_no_entry),
        IN_FOLDER(an_entry_under_another_name_is_no_entry),
        IN_FOLDER(a_file_that_is_not_safely_ours_is_no_entry),
        IN_FOLDER(folders_are_made_for_us_alone),
        IN_FOLDER(a_folder_that_is_not_safely_ours_is_not_used),
        IN_FOLDER(a_folder_that_goes_away_is_no_cache),
        IN_FOLDER(without_a_cache_nothing_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
