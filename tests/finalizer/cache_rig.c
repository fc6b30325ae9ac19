/* SPDX-License-Identifier: MIT
 * The folder, keys and contents of cache_rig.h.
 */
#include "cache_rig.h"

#include <dirent.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

char rig_folder[256];

int rig_make_folder(void **state)
{
    (void)state;
    const char *base = getenv("TMPDIR");
    if (base ==
        NULL) /* thousands of files are replaced, each of which a disk would write at once */
        base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(rig_folder, sizeof rig_folder, "%s/cairn-cache-XXXXXX", base);
    return mkdtemp(rig_folder) != NULL ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *facts, int kind, struct FTW *walk)
{
    return remove(path);
}

int rig_remove_folder(void **state)
{
    (void)state;
    return nftw(rig_folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

struct cairn_cache_key rig_key(unsigned number)
{
    struct cairn_cache_key key;
    for (size_t i = 0; i < sizeof key.bytes; i++)
        key.bytes[i] = (uint8_t)(number * 7 + i);
    return key;
}

static uint8_t byte_at(unsigned number, uint32_t tier, size_t size, size_t i)
{
    return (uint8_t)((number + 3) * 31 + tier * 101 + size + i * 13 + (i >> 8));
}

struct cairn_cache_entry rig_entry(unsigned number, uint32_t tier, size_t size)
{
    uint8_t *code = malloc(size != 0 ? size : 1);
    assert_non_null(code);
    for (size_t i = 0; i < size; i++)
        code[i] = byte_at(number, tier, size, i);
    return (struct cairn_cache_entry){
        .code = cairn_bytes_of(code, size), .tier = tier, .facts = {number, tier, 77, ~number}};
}

bool rig_entry_is_right(unsigned number, const struct cairn_cache_entry *entry)
{
    size_t size = entry->code.left;
    for (size_t i = 0; i < size; i++)
        if (entry->code.at[i] != byte_at(number, entry->tier, size, i))
            return false;
    return entry->facts[0] == number && entry->facts[1] == entry->tier && entry->facts[2] == 77 &&
           entry->facts[3] == ~number;
}

struct cairn_cache *rig_open(const char *build, const char *target, uint64_t limit_bytes)
{
    const struct cairn_cache_config config = {
        .directory = rig_folder, .limit_bytes = limit_bytes, .build = build, .target = target};
    struct cairn_cache *cache;
    assert_int_equal(cairn_cache_open(&config, &cache), CAIRN_OK);
    return cache;
}

const char *rig_path(const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", rig_folder, name);
    return path;
}

static unsigned find_entries(char *last, size_t size)
{
    DIR *folder = opendir(rig_folder);
    assert_non_null(folder);
    unsigned entries = 0;
    for (struct dirent *at; (at = readdir(folder)) != NULL;) {
        if (strlen(at->d_name) != 64)
            continue;
        snprintf(last, size, "%s", at->d_name);
        entries++;
    }
    closedir(folder);
    return entries;
}

const char *rig_only_entry(void)
{
    char name[256];
    assert_int_equal(find_entries(name, sizeof name), 1);
    return rig_path(name);
}

unsigned rig_entry_count(void)
{
    char name[256];
    return find_entries(name, sizeof name);
}
