/* SPDX-License-Identifier: MIT
 * Where the cache's folder is, and what a file of it holds.
 */
#include "comgr/cache_file.h"

#include "base/log.h"
#include "base/option.h"
#include "base/own_files.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

struct header {
    char magic[8];
    uint64_t size;
    uint8_t key[CAIRN_SHA256_BYTES];
    uint8_t checksum[CAIRN_SHA256_BYTES]; /* of the content */
};
_Static_assert(sizeof(struct header) == 80, "layout of cache files");

static const char magic[8] = "CAIRNRC";
enum { NAME_BYTES = 2 * CAIRN_SHA256_BYTES + 1, TRIM_ONE_IN = 16 };

/* ---- the folder ---- */

static bool choose_folder(char *out, size_t size)
{
    const char *amd = getenv("AMD_COMGR_CACHE"), *folder = getenv("AMD_COMGR_CACHE_DIR");
    const char *own = getenv("CAIRN_CACHE_DIR"), *xdg = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    int length;
    if (getauxval(AT_SECURE) != 0) /* more rights than its user: no folder of his choice */
        return false;
    if (amd != NULL && strcmp(amd, "0") == 0)
        return false;
    if (folder != NULL && folder[0] != '\0')
        length = snprintf(out, size, "%s", folder);
    else if (own != NULL && (own[0] == '\0' || strcmp(own, "off") == 0))
        return false;
    else if (own != NULL)
        length = snprintf(out, size, "%s/comgr", own);
    else if (xdg != NULL && xdg[0] == '/')
        length = snprintf(out, size, "%s/cairn/comgr", xdg);
    else if (home != NULL && home[0] == '/')
        length = snprintf(out, size, "%s/.cache/cairn/comgr", home);
    else
        return false;
    return length > 0 && (size_t)length < size && cairn_option_u64(CAIRN_OPTION_CACHE_SIZE_MB) != 0;
}

int comgr_cache_folder(void)
{
    char path[PATH_MAX];
    bool foreign;
    if (!choose_folder(path, sizeof path))
        return -1;
    int folder = cairn_own_folder_open(path, &foreign);
    if (folder < 0)
        CAIRN_LOG_ONCE("comgr: no cache: %s must be a folder that belongs to user %u alone", path,
                       (unsigned)geteuid());
    return folder;
}

static void name_of(const uint8_t *key, char out[NAME_BYTES])
{
    for (size_t i = 0; i < CAIRN_SHA256_BYTES; i++)
        snprintf(out + 2 * i, 3, "%02x", key[i]);
}

/* ---- reading ---- */

static void checksum(struct cairn_bytes content, uint8_t out[CAIRN_SHA256_BYTES])
{
    struct cairn_sha256 hash;
    cairn_sha256_start(&hash);
    cairn_sha256_add(&hash, content.at, content.left);
    cairn_sha256_finish(&hash, out);
}

static bool is_whole(const uint8_t *bytes, size_t size, const uint8_t *key)
{
    struct header header;
    uint8_t sum[CAIRN_SHA256_BYTES];
    if (size < sizeof header)
        return false;
    memcpy(&header, bytes, sizeof header);
    if (memcmp(header.magic, magic, sizeof magic) != 0 || header.size != size - sizeof header ||
        memcmp(header.key, key, sizeof header.key) != 0)
        return false;
    checksum(cairn_bytes_of(bytes + sizeof header, size - sizeof header), sum);
    return memcmp(sum, header.checksum, sizeof sum) == 0;
}

bool comgr_cache_read(int folder, const uint8_t key[CAIRN_SHA256_BYTES], uint8_t **whole,
                      struct cairn_bytes *content)
{
    char name[NAME_BYTES];
    uint64_t size;
    bool refused;
    name_of(key, name);
    int fd = cairn_own_file_open(folder, name, &size, &refused);
    if (fd < 0)
        return false;
    uint8_t *bytes = malloc(size + 1);
    bool good = bytes != NULL && cairn_own_file_read(fd, bytes, size) && is_whole(bytes, size, key);
    if (good)
        futimens(fd, NULL); /* the time of last use */
    close(fd);
    if (!good) {
        free(bytes);
        return false;
    }
    *whole = bytes;
    *content = cairn_bytes_of(bytes + sizeof(struct header), size - sizeof(struct header));
    return true;
}

/* ---- writing ---- */

void comgr_cache_write(int folder, const uint8_t key[CAIRN_SHA256_BYTES],
                       struct cairn_bytes content)
{
    char name[NAME_BYTES];
    uint64_t limit = cairn_option_u64(CAIRN_OPTION_CACHE_SIZE_MB) << 20;
    struct header header = {.size = content.left};
    name_of(key, name);
    memcpy(header.magic, magic, sizeof magic);
    memcpy(header.key, key, sizeof header.key);
    checksum(content, header.checksum);
    (void)!cairn_own_file_replace(folder, name, cairn_bytes_of(&header, sizeof header), content);
    if (header.checksum[0] % TRIM_ONE_IN == 0)
        cairn_own_folder_trim(folder, NAME_BYTES - 1, limit, limit / 10 * 9);
}
