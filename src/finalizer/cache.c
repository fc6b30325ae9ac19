/* SPDX-License-Identifier: MIT
 * Entries of the disk cache: what is written, and what of a file that was found is checked before
 * its code is handed out.
 */
#include "finalizer/cache.h"

#include "base/log.h"
#include "base/option.h"
#include "base/own_files.h"
#include "finalizer/build_id.h"
#include "finalizer/cache_priv.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    CODE_MAX_BYTES = 1 << 28,
    /* A use is written down when the last one is longer ago than this. */
    USE_SECONDS = 3600,
};

static void count(_Atomic uint64_t *counter)
{
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

static void hash_maker(const struct cairn_cache_config *config, uint8_t out[CAIRN_SHA256_BYTES])
{
    struct cairn_sha256 hash;
    cairn_sha256_start(&hash);
    cairn_sha256_add_u32(&hash, CAIRN_CACHE_FORMAT);
    cairn_sha256_add(&hash, config->build, strlen(config->build) + 1);
    cairn_sha256_add(&hash, config->target, strlen(config->target) + 1);
    cairn_sha256_finish(&hash, out);
}

struct cairn_cache_name cairn_cache_name_of(const struct cairn_cache *cache,
                                            const struct cairn_cache_key *key)
{
    struct cairn_sha256 hash;
    uint8_t digest[CAIRN_SHA256_BYTES];
    struct cairn_cache_name name;
    cairn_sha256_start(&hash);
    cairn_sha256_add(&hash, cache->maker, sizeof cache->maker);
    cairn_sha256_add(&hash, key->bytes, sizeof key->bytes);
    cairn_sha256_finish(&hash, digest);
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(name.text + 2 * i, 3, "%02x", digest[i]);
    return name;
}

void cairn_cache_checksum(const struct cairn_cache_header *header, struct cairn_bytes code,
                          uint8_t out[CAIRN_SHA256_BYTES])
{
    struct cairn_cache_header copy = *header;
    struct cairn_sha256 hash;
    memset(copy.checksum, 0, sizeof copy.checksum);
    cairn_sha256_start(&hash);
    cairn_sha256_add(&hash, &copy, sizeof copy);
    cairn_sha256_add(&hash, code.at, code.left);
    cairn_sha256_finish(&hash, out);
}

static int open_folder(const char *path)
{
    bool foreign;
    int folder = cairn_own_folder_open(path, &foreign);
    if (folder < 0 && foreign)
        cairn_log(CAIRN_LOG_INFO,
                  "no code cache: %s must belong to user %u and be writable by nobody else", path,
                  (unsigned)geteuid());
    else if (folder < 0)
        cairn_log(CAIRN_LOG_INFO, "no code cache: %s cannot be opened: %m", path);
    return folder;
}

enum cairn_status cairn_cache_open(const struct cairn_cache_config *config,
                                   struct cairn_cache **out)
{
    if (config->directory[0] == '\0' || config->build[0] == '\0' || config->limit_bytes == 0)
        return CAIRN_ERR_INVALID_ARGUMENT;
    struct cairn_cache *cache = calloc(1, sizeof *cache);
    if (cache == NULL)
        return CAIRN_ERR_NO_MEMORY;
    cache->folder = open_folder(config->directory);
    if (cache->folder < 0) {
        free(cache);
        return CAIRN_ERR_IO;
    }
    cache->limit_bytes = config->limit_bytes;
    hash_maker(config, cache->maker);
    *out = cache;
    return CAIRN_OK;
}

void cairn_cache_close(struct cairn_cache *cache)
{
    if (cache == NULL)
        return;
    close(cache->folder);
    free(cache);
}

/* False: no cache. A program with more rights than its user takes no folder from the environment.
 */
static bool default_folder(char *path, size_t size)
{
    const char *set = getenv("CAIRN_CACHE_DIR");
    const char *option = cairn_option_text(CAIRN_OPTION_CACHE_DIR);
    const char *base = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    int length = -1;
    if (getauxval(AT_SECURE) != 0 || (set != NULL && set[0] == '\0') || strcmp(option, "off") == 0)
        return false;
    if (option[0] != '\0')
        length = snprintf(path, size, "%s", option);
    else if (base != NULL && base[0] == '/')
        length = snprintf(path, size, "%s/cairn", base);
    else if (home != NULL && home[0] == '/')
        length = snprintf(path, size, "%s/.cache/cairn", home);
    return length > 0 && (size_t)length < size;
}

enum cairn_status cairn_cache_open_default(const char *module, const char *target,
                                           struct cairn_cache **out)
{
    char directory[PATH_MAX], build[2 * CAIRN_BUILD_ID_TEXT], compiler[CAIRN_BUILD_ID_TEXT];
    uint64_t megabytes = cairn_option_u64(CAIRN_OPTION_CACHE_SIZE_MB);
    if (megabytes == 0 || !default_folder(directory, sizeof directory))
        return CAIRN_ERR_NOT_FOUND;
    if (cairn_build_id()[0] == '\0' || cairn_build_id_of_file(module, compiler) != CAIRN_OK) {
        cairn_log(CAIRN_LOG_INFO, "no code cache: no build id in this library or in %s", module);
        return CAIRN_ERR_NOT_FOUND;
    }
    snprintf(build, sizeof build, "%s %s", cairn_build_id(), compiler);
    const struct cairn_cache_config config = {
        .directory = directory,
        .limit_bytes = megabytes <= UINT64_MAX >> 20 ? megabytes << 20 : UINT64_MAX,
        .build = build,
        .target = target,
    };
    return cairn_cache_open(&config, out);
}

static bool header_fits(const struct cairn_cache *cache, const struct cairn_cache_key *key,
                        const struct cairn_cache_header *header, uint64_t file_size)
{
    return memcmp(header->magic, CAIRN_CACHE_MAGIC, sizeof header->magic) == 0 &&
           header->format == CAIRN_CACHE_FORMAT && header->code_bytes <= CODE_MAX_BYTES &&
           header->code_bytes == file_size - sizeof *header &&
           memcmp(header->maker, cache->maker, sizeof header->maker) == 0 &&
           memcmp(header->key, key->bytes, sizeof header->key) == 0;
}

/* The whole entry, checked. BAD_FORMAT: not to be used. */
static enum cairn_status read_entry(const struct cairn_cache *cache,
                                    const struct cairn_cache_key *key, int fd, uint64_t file_size,
                                    struct cairn_cache_entry *out)
{
    struct cairn_cache_header header;
    uint8_t checksum[CAIRN_SHA256_BYTES];
    if (file_size < sizeof header || !cairn_own_file_read(fd, &header, sizeof header) ||
        !header_fits(cache, key, &header, file_size))
        return CAIRN_ERR_BAD_FORMAT;
    uint8_t *code = malloc(header.code_bytes != 0 ? header.code_bytes : 1);
    if (code == NULL)
        return CAIRN_ERR_NO_MEMORY;
    struct cairn_bytes bytes = cairn_bytes_of(code, header.code_bytes);
    enum cairn_status status = CAIRN_ERR_BAD_FORMAT;
    if (cairn_own_file_read(fd, code, header.code_bytes)) {
        cairn_cache_checksum(&header, bytes, checksum);
        if (memcmp(checksum, header.checksum, sizeof checksum) == 0)
            status = CAIRN_OK;
    }
    if (status != CAIRN_OK) {
        free(code);
        return status;
    }
    out->code = bytes;
    out->tier = header.tier;
    memcpy(out->facts, header.facts, sizeof out->facts);
    return CAIRN_OK;
}

/* The time of last use, which eviction goes by, is the modification time. */
static void note_use(int fd)
{
    struct stat facts;
    if (fstat(fd, &facts) != 0 || facts.st_mtim.tv_sec + USE_SECONDS > time(NULL))
        return;
    const struct timespec now[2] = {{.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_NOW}};
    futimens(fd, now);
}

enum cairn_status cairn_cache_get(struct cairn_cache *cache, const struct cairn_cache_key *key,
                                  struct cairn_cache_entry *out)
{
    if (cache == NULL)
        return CAIRN_ERR_NOT_FOUND;
    struct cairn_cache_name name = cairn_cache_name_of(cache, key);
    uint64_t size = 0;
    bool refused;
    int fd = cairn_own_file_open(cache->folder, name.text, &size, &refused);
    enum cairn_status status = refused ? CAIRN_ERR_BAD_FORMAT : CAIRN_ERR_NOT_FOUND;
    if (fd >= 0) {
        status = read_entry(cache, key, fd, size, out);
        if (status == CAIRN_OK)
            note_use(fd);
        close(fd);
    }
    if (status == CAIRN_ERR_BAD_FORMAT) {
        count(&cache->rejected);
        cairn_log(CAIRN_LOG_INFO, "code cache: entry %s is damaged or not safely ours", name.text);
    }
    count(status == CAIRN_OK ? &cache->hits : &cache->misses);
    return status == CAIRN_ERR_BAD_FORMAT ? CAIRN_ERR_NOT_FOUND : status;
}

void cairn_cache_entry_free(struct cairn_cache_entry *entry)
{
    free((void *)(uintptr_t)entry->code.at);
    entry->code = (struct cairn_bytes){0};
}

/* An entry is read whole before it may keep another one out: a damaged one must not. */
static bool better_is_there(struct cairn_cache *cache, const char *name,
                            const struct cairn_cache_key *key, uint32_t tier)
{
    struct cairn_cache_entry there;
    uint64_t size = 0;
    bool refused;
    int fd = cairn_own_file_open(cache->folder, name, &size, &refused);
    if (fd < 0)
        return false;
    bool better = read_entry(cache, key, fd, size, &there) == CAIRN_OK;
    close(fd);
    if (!better)
        return false;
    better = there.tier > tier;
    cairn_cache_entry_free(&there);
    return better;
}

/* True once in about a sixteenth of the limit stored, counted over all processes without any of
 * them having to know of the others: an entry is that likely to be the one. */
static bool eviction_is_due(const struct cairn_cache *cache, uint64_t stored)
{
    static _Atomic uint64_t calls; /* relaxed: only makes the numbers differ */
    struct timespec now;
    struct cairn_sha256 hash;
    uint64_t digest[CAIRN_SHA256_BYTES / 8], share = cache->limit_bytes / 16;
    if (stored >= share)
        return true;
    clock_gettime(CLOCK_REALTIME, &now);
    cairn_sha256_start(&hash);
    cairn_sha256_add(&hash, &now, sizeof now);
    cairn_sha256_add_u64(&hash, (uint64_t)getpid());
    cairn_sha256_add_u64(&hash, atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed));
    cairn_sha256_finish(&hash, (uint8_t *)digest);
    return digest[0] % share < stored;
}

static void fill_header(const struct cairn_cache *cache, const struct cairn_cache_key *key,
                        const struct cairn_cache_entry *entry, struct cairn_cache_header *header)
{
    *header = (struct cairn_cache_header){
        .magic = CAIRN_CACHE_MAGIC,
        .format = CAIRN_CACHE_FORMAT,
        .tier = entry->tier,
        .code_bytes = entry->code.left,
    };
    memcpy(header->facts, entry->facts, sizeof header->facts);
    memcpy(header->maker, cache->maker, sizeof header->maker);
    memcpy(header->key, key->bytes, sizeof header->key);
    cairn_cache_checksum(header, entry->code, header->checksum);
}

void cairn_cache_evict(struct cairn_cache *cache)
{
    size_t removed =
        cairn_own_folder_trim(cache->folder, CAIRN_CACHE_NAME_LENGTH, cache->limit_bytes,
                              cache->limit_bytes - cache->limit_bytes / 8);
    atomic_fetch_add_explicit(&cache->evictions, removed, memory_order_relaxed);
}

enum cairn_status cairn_cache_put(struct cairn_cache *cache, const struct cairn_cache_key *key,
                                  const struct cairn_cache_entry *entry)
{
    if (cache == NULL)
        return CAIRN_ERR_NOT_FOUND;
    if (entry->code.left > CODE_MAX_BYTES || entry->code.left > cache->limit_bytes / 8)
        return CAIRN_ERR_OUT_OF_RANGE;
    struct cairn_cache_name name = cairn_cache_name_of(cache, key);
    if (better_is_there(cache, name.text, key, entry->tier))
        return CAIRN_OK;
    struct cairn_cache_header header;
    fill_header(cache, key, entry, &header);
    if (!cairn_own_file_replace(cache->folder, name.text, cairn_bytes_of(&header, sizeof header),
                                entry->code)) {
        if (!atomic_exchange_explicit(&cache->write_failed, true, memory_order_relaxed))
            cairn_log(CAIRN_LOG_INFO, "code cache: an entry cannot be written: %m");
        return CAIRN_ERR_IO;
    }
    count(&cache->stores);
    if (eviction_is_due(cache, entry->code.left + sizeof header))
        cairn_cache_evict(cache);
    return CAIRN_OK;
}

struct cairn_cache_counts cairn_cache_counts(const struct cairn_cache *cache)
{
    if (cache == NULL)
        return (struct cairn_cache_counts){0};
    return (struct cairn_cache_counts){
        .hits = atomic_load_explicit(&cache->hits, memory_order_relaxed),
        .misses = atomic_load_explicit(&cache->misses, memory_order_relaxed),
        .rejected = atomic_load_explicit(&cache->rejected, memory_order_relaxed),
        .stores = atomic_load_explicit(&cache->stores, memory_order_relaxed),
        .evictions = atomic_load_explicit(&cache->evictions, memory_order_relaxed),
    };
}
