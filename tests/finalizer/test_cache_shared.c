/* SPDX-License-Identifier: MIT
 * The disk cache in the hands of many: processes and threads that write, read and evict at once,
 * the limit of the folder, and what the environment says about the folder.
 */
#include "cache_rig.h"
#include "finalizer/build_id.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

enum { LIMIT = 1 << 20, PROCESSES = 6, THREADS = 4, KEYS = 12, ROUNDS = 300 };

static bool put(struct cairn_cache *cache, unsigned number, uint32_t tier, size_t size)
{
    struct cairn_cache_key key = rig_key(number);
    struct cairn_cache_entry entry = rig_entry(number, tier, size);
    enum cairn_status status = cairn_cache_put(cache, &key, &entry);
    cairn_cache_entry_free(&entry);
    return status == CAIRN_OK;
}

/* False if something wrong came out. */
static bool get(struct cairn_cache *cache, unsigned number, bool *found)
{
    struct cairn_cache_key key = rig_key(number);
    struct cairn_cache_entry entry;
    *found = cairn_cache_get(cache, &key, &entry) == CAIRN_OK;
    if (!*found)
        return true;
    bool right = rig_entry_is_right(number, &entry);
    cairn_cache_entry_free(&entry);
    return right;
}

/* Writes, reads and, now and then, evicts; false when anything but a right entry or none came out.
 */
static bool use_much(struct cairn_cache *cache, unsigned seed)
{
    for (unsigned i = 0; i < ROUNDS; i++) {
        bool found;
        unsigned number = (seed * 3 + i) % KEYS;
        if ((i + seed) % 3 == 0 && !put(cache, number, (i + seed) % 2, 1000 + 5000 * (seed % 3)))
            return false;
        if (!get(cache, number, &found))
            return false;
        if (i % 50 == seed)
            cairn_cache_evict(cache);
    }
    return true;
}

static int be_a_process(unsigned seed)
{
    struct cairn_cache *cache = rig_open("build", "cpu", 96 << 10);
    bool good = use_much(cache, seed);
    struct cairn_cache_counts counts = cairn_cache_counts(cache);
    cairn_cache_close(cache);
    return !good ? 1 : counts.rejected != 0 ? 2 : counts.hits == 0 ? 3 : 0;
}

static void processes_share_a_folder(void **state)
{
    (void)state;
    pid_t children[PROCESSES];
    for (unsigned i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0)
            _exit(be_a_process(i));
    }
    for (unsigned i = 0; i < PROCESSES; i++) {
        int result;
        assert_int_equal(waitpid(children[i], &result, 0), children[i]);
        assert_int_equal(result, 0);
    }
}

struct worker {
    pthread_t thread;
    struct cairn_cache *cache;
    unsigned seed;
    bool good;
};

static void *work(void *argument)
{
    struct worker *worker = argument;
    worker->good = use_much(worker->cache, worker->seed);
    return NULL;
}

static void threads_share_a_cache(void **state)
{
    (void)state;
    struct worker workers[THREADS];
    struct cairn_cache *cache = rig_open("build", "cpu", 96 << 10);
    for (unsigned i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.cache = cache, .seed = i};
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        assert_true(workers[i].good);
    }
    struct cairn_cache_counts counts = cairn_cache_counts(cache);
    assert_int_equal(counts.rejected, 0);
    assert_int_equal(counts.hits + counts.misses, THREADS * ROUNDS);
    cairn_cache_close(cache);
}

static void set_used(const char *path, time_t seconds_ago)
{
    struct timespec times[2] = {{.tv_sec = time(NULL) - seconds_ago}};
    times[1] = times[0];
    assert_int_equal(utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW), 0);
}

/* Puts entry `number` with a last use that long ago. The folder's one new file is it. */
static void put_aged(struct cairn_cache *cache, unsigned number, size_t size, time_t seconds_ago)
{
    char keep[512];
    assert_true(put(cache, number, 0, size));
    snprintf(keep, sizeof keep, "%s", rig_path("aged"));
    mkdir(keep, 0700);
    char aged[600];
    snprintf(aged, sizeof aged, "%s/%u", keep, number);
    assert_int_equal(rename(rig_only_entry(), aged), 0);
    set_used(aged, seconds_ago);
}

static void bring_back(const char *name, unsigned number)
{
    char aged[600];
    snprintf(aged, sizeof aged, "%s/aged/%u", rig_folder, number);
    assert_int_equal(rename(aged, rig_path(name)), 0);
}

static void what_was_not_used_longest_is_evicted(void **state)
{
    (void)state;
    /* 20 entries of 4 pages, the higher the number the older, in a limit of 16 of them. */
    struct cairn_cache *cache = rig_open("build", "cpu", 16 * 16384);
    char names[20][65];
    bool found;
    for (unsigned i = 0; i < 20; i++) {
        put_aged(cache, i, 16000, 10000 + 10000 * (time_t)i);
        memset(names[i], 0, sizeof names[i]);
    }
    for (unsigned i = 0; i < 20; i++) { /* its name: where a second copy goes */
        assert_true(put(cache, i, 0, 16000));
        snprintf(names[i], sizeof names[i], "%s", strrchr(rig_only_entry(), '/') + 1);
        assert_int_equal(unlink(rig_path(names[i])), 0);
    }
    for (unsigned i = 0; i < 20; i++)
        bring_back(names[i], i);
    assert_true(get(cache, 19, &found) && found); /* used now, so no longer the oldest */
    cairn_cache_evict(cache);
    for (unsigned i = 0; i < 20; i++) {
        assert_true(get(cache, i, &found));
        assert_int_equal(found, i < 13 || i == 19); /* seven eighths of the limit: 14 */
    }
    assert_int_equal(cairn_cache_counts(cache).evictions, 6);
    cairn_cache_close(cache);
}

static void storing_keeps_the_folder_within_its_limit(void **state)
{
    (void)state;
    struct cairn_cache *cache = rig_open("build", "cpu", LIMIT);
    for (unsigned i = 0; i < 200; i++)
        assert_true(put(cache, i, 0, 65536)); /* a sixteenth: each looks */
    assert_true(rig_entry_count() <= 16);
    assert_true(rig_entry_count() >= 10);
    struct cairn_cache_key key = rig_key(1000);
    struct cairn_cache_entry huge = rig_entry(1000, 0, LIMIT / 8 + 1);
    assert_int_equal(cairn_cache_put(cache, &key, &huge), CAIRN_ERR_OUT_OF_RANGE);
    cairn_cache_entry_free(&huge);
    cairn_cache_close(cache);
    cache = rig_open("build", "cpu", LIMIT);
    for (unsigned i = 0; i < 3000; i++)
        assert_true(put(cache, i, 0, 3000)); /* one in about twenty looks */
    struct cairn_cache_counts counts = cairn_cache_counts(cache);
    assert_true(counts.evictions > 0);
    assert_true(rig_entry_count() < 2 * LIMIT / 4096);
    cairn_cache_close(cache);
}

static void touch(const char *name, time_t seconds_ago)
{
    FILE *file = fopen(rig_path(name), "w");
    assert_non_null(file);
    fclose(file);
    set_used(rig_path(name), seconds_ago);
}

static void only_files_of_the_cache_are_removed(void **state)
{
    (void)state;
    struct cairn_cache *cache = rig_open("build", "cpu", 4096);
    touch("notes.txt", 1000000);
    touch(".new-0123456789abcdef", 1000000);
    touch(".new-fedcba9876543210", 10);
    assert_true(put(cache, 1, 0, 100));
    assert_true(put(cache, 2, 0, 100));
    cairn_cache_evict(cache);
    assert_int_equal(access(rig_path("notes.txt"), F_OK), 0);
    assert_int_equal(access(rig_path(".new-fedcba9876543210"), F_OK), 0);
    assert_int_not_equal(access(rig_path(".new-0123456789abcdef"), F_OK), 0);
    assert_int_equal(rig_entry_count(), 0);
    cairn_cache_close(cache);
}

struct environment_case {
    const char *what, *cache_dir, *size, *xdg, *home;
    const char *expected; /* folder that is there afterwards, below the test's; NULL: no cache */
};

static const struct environment_case environments[] = {
    {"the option", "own", NULL, "xdg", "home", "own"},
    {"XDG_CACHE_HOME", NULL, NULL, "xdg", "home", "xdg/cairn"},
    {"the home folder", NULL, NULL, NULL, "home", "home/.cache/cairn"},
    {"off", "off", NULL, "xdg", "home", NULL},
    {"set to nothing", "", NULL, "xdg", "home", NULL},
    {"no size", NULL, "0", "xdg", "home", NULL},
    {"no home", NULL, NULL, NULL, NULL, NULL},
};

static void set_folder(const char *variable, const char *name)
{
    if (name == NULL)
        unsetenv(variable);
    else
        setenv(variable, name[0] == '\0' || strcmp(name, "off") == 0 ? name : rig_path(name), 1);
}

/* In a process of its own: options are read once. */
static int open_by_environment(const struct environment_case *row)
{
    set_folder("CAIRN_CACHE_DIR", row->cache_dir);
    set_folder("XDG_CACHE_HOME", row->xdg);
    set_folder("HOME", row->home);
    if (row->size != NULL)
        setenv("CAIRN_CACHE_SIZE_MB", row->size, 1);
    struct cairn_cache *cache = NULL;
    enum cairn_status status = cairn_cache_open_default("/proc/self/exe", "cpu", &cache);
    if (row->expected == NULL)
        return status == CAIRN_ERR_NOT_FOUND ? 0 : 1;
    if (status != CAIRN_OK || !put(cache, 1, 0, 100))
        return 2;
    cairn_cache_close(cache);
    return access(rig_path(row->expected), F_OK) == 0 ? 0 : 3;
}

static void the_environment_says_where_the_folder_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof environments / sizeof environments[0]; i++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0)
            _exit(open_by_environment(&environments[i]));
        int result;
        assert_int_equal(waitpid(child, &result, 0), child);
        if (result != 0)
            fail_msg("%s: exit status %d", environments[i].what, WEXITSTATUS(result));
    }
}

static void this_build_names_itself(void **state)
{
    (void)state;
    char text[CAIRN_BUILD_ID_TEXT];
    assert_int_equal(cairn_build_id_of_file("/proc/self/exe", text), CAIRN_OK);
    assert_string_equal(cairn_build_id(), text);
    assert_true(strlen(text) >= 16);
    assert_int_equal(cairn_build_id_of_file("/etc/passwd", text), CAIRN_ERR_BAD_FORMAT);
    assert_int_equal(cairn_build_id_of_file(rig_folder, text), CAIRN_ERR_BAD_FORMAT);
    assert_int_equal(cairn_build_id_of_file("/no/such/file", text), CAIRN_ERR_NOT_FOUND);
}

static void notes_are_read_within_bounds(void **state)
{
    (void)state;
    static const uint8_t notes[] = {4, 0, 0, 0, 1, 0, 0,   0,   1,   0, 0,    0,   'X',
                                    0, 0, 0, 7, 0, 0, 0,   4,   0,   0, 0,    2,   0,
                                    0, 0, 3, 0, 0, 0, 'G', 'N', 'U', 0, 0xab, 0x01};
    char text[CAIRN_BUILD_ID_TEXT];
    assert_int_equal(cairn_build_id_in_notes(cairn_bytes_of(notes, sizeof notes), text), CAIRN_OK);
    assert_string_equal(text, "ab01");
    for (size_t size = 0; size < sizeof notes; size++) {
        uint8_t *copy = malloc(size != 0 ? size : 1);
        assert_non_null(copy);
        memcpy(copy, notes, size);
        assert_int_equal(cairn_build_id_in_notes(cairn_bytes_of(copy, size), text),
                         CAIRN_ERR_NOT_FOUND);
        free(copy);
    }
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, rig_make_folder, rig_remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(processes_share_a_folder),
        IN_FOLDER(the_environment_says_where_the_folder_is), /* before any option is read here */
        IN_FOLDER(threads_share_a_cache),
        IN_FOLDER(what_was_not_used_longest_is_evicted),
        IN_FOLDER(storing_keeps_the_folder_within_its_limit),
        IN_FOLDER(only_files_of_the_cache_are_removed),
        IN_FOLDER(this_build_names_itself),
        cmocka_unit_test(notes_are_read_within_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
