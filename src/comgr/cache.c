/* SPDX-License-Identifier: MIT
 * What makes two actions the same, and what an entry of the cache holds.
 */
#include "comgr/cache.h"

#include "comgr/cache_file.h"
#include "comgr/cache_priv.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FORMAT = 1, FILES_MAX = 100000 };

/* ---- may it be cached? ---- */

/* Options that read or write files which nothing here follows, or that print. */
static bool option_is_followed(const char *option)
{
    static const char *const beginnings[] = {
        "@",         "-o",          "-save-temps", "--save-temps",  "-M",         "-v",
        "-###",      "-B",          "-fplugin",    "-fpass-plugin", "-load",      "-ftime",
        "-fprofile", "-dump",       "-mlink-",     "--rocm-",       "--hip-path", "--config",
        "-fmodule",  "-print",      "-debug",      "-serialize-",   "-fsave-",    "-fstack-usage",
        "-gsplit",   "-dependency", "-fcrash",     "-Rpass",        "-fproc-stat"};
    for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++)
        if (strncmp(option, beginnings[i], strlen(beginnings[i])) == 0)
            return false;
    return true;
}

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);
    return value != NULL && value[0] != '\0' && strcmp(value, "0") != 0;
}

/* __DATE__ and its kind make a result that is of its moment. */
static bool is_timeless(struct cairn_bytes text)
{
    static const char *const words[] = {"__DATE__", "__TIME__", "__TIMESTAMP__"};
    for (size_t i = 0; text.left != 0 && i < sizeof words / sizeof words[0]; i++)
        if (memmem(text.at, text.left, words[i], strlen(words[i])) != NULL)
            return false;
    return true;
}

static bool may_cache(const struct comgr_work *work)
{
    if (is_set("AMD_COMGR_SAVE_TEMPS") || is_set("AMD_COMGR_EMIT_VERBOSE_LOGS"))
        return false;
    for (size_t i = 0; i < work->info->options.count; i++)
        if (!option_is_followed(work->info->options.items[i]))
            return false;
    for (size_t i = 0; i < work->input->count; i++)
        if (!is_timeless(cairn_bytes_of(work->input->items[i]->bytes, work->input->items[i]->size)))
            return false;
    return true;
}

/* ---- the key ---- */

void comgr_cache_add_text(struct cairn_sha256 *hash, const char *text)
{
    cairn_sha256_add(hash, text, strlen(text) + 1);
}

/* A program or library is known by its place, size and time: hashing clang would take longer than
 * running it. */
static void add_file_facts(struct cairn_sha256 *hash, const char *path)
{
    struct stat facts;
    memset(&facts, 0, sizeof facts);
    comgr_cache_add_text(hash, path);
    if (stat(path, &facts) != 0)
        return;
    uint64_t words[] = {(uint64_t)facts.st_size, (uint64_t)facts.st_mtim.tv_sec,
                        (uint64_t)facts.st_mtim.tv_nsec, (uint64_t)facts.st_ino};
    cairn_sha256_add(hash, words, sizeof words);
}

/* Another build of this library may call clang in another way. */
static void add_self(struct cairn_sha256 *hash)
{
    Dl_info here;
    if (dladdr((void *)(uintptr_t)&add_file_facts, &here) != 0 && here.dli_fname != NULL)
        add_file_facts(hash, here.dli_fname);
}

static void add_toolchain(struct cairn_sha256 *hash, const struct cairn_toolchain *toolchain)
{
    static const char *const programs[] = {"clang-22", "clang", "ld.lld"};
    static const char *const libraries[] = {"ockl.bc", "ocml.bc", "opencl.bc", "hip.bc",
                                            "oclc_wavefrontsize64_on.bc"};
    char path[PATH_MAX + 64];
    for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", toolchain->llvm_bin, programs[i]);
        add_file_facts(hash, path);
    }
    for (size_t i = 0; i < sizeof libraries / sizeof libraries[0]; i++) {
        snprintf(path, sizeof path, "%s/amdgcn/bitcode/%s", toolchain->prefix, libraries[i]);
        add_file_facts(hash, path);
    }
}

/* What else clang reads of the environment; the folder counts where paths may be relative. */
static void add_environment(struct cairn_sha256 *hash)
{
    static const char *const variables[] = {
        "CPATH",    "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH", "CCC_OVERRIDE_OPTIONS",
        "HIP_PATH", "ROCM_PATH",      "SOURCE_DATE_EPOCH"};
    char folder[PATH_MAX] = "";
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        const char *value = getenv(variables[i]);
        comgr_cache_add_text(hash, value != NULL ? value : "");
    }
    if (getcwd(folder, sizeof folder) == NULL)
        folder[0] = '\0';
    comgr_cache_add_text(hash, folder);
}

void comgr_cache_add_surroundings(struct cairn_sha256 *hash, const struct comgr_work *work)
{
    add_self(hash);
    add_toolchain(hash, &work->toolchain);
    add_environment(hash);
}

static void make_key(struct comgr_work *work)
{
    struct cairn_sha256 hash;
    const struct comgr_action_info *info = work->info;
    cairn_sha256_start(&hash);
    cairn_sha256_add_u32(&hash, FORMAT);
    comgr_cache_add_surroundings(&hash, work);
    cairn_sha256_add_u32(&hash, (uint32_t)work->kind);
    cairn_sha256_add_u32(&hash, (uint32_t)info->language);
    cairn_sha256_add_u32(&hash, (uint32_t)info->links_device_libs);
    comgr_cache_add_text(&hash, info->isa_name);
    comgr_cache_add_text(&hash, info->path);
    cairn_sha256_add_u32(&hash, (uint32_t)info->options.count);
    for (size_t i = 0; i < info->options.count; i++)
        comgr_cache_add_text(&hash, info->options.items[i]);
    for (size_t i = 0; i < work->input->count; i++) {
        const struct comgr_data *data = work->input->items[i];
        uint64_t size = data->size;
        cairn_sha256_add_u32(&hash, (uint32_t)data->kind);
        comgr_cache_add_text(&hash, data->name);
        cairn_sha256_add(&hash, &size, sizeof size);
        cairn_sha256_add(&hash, data->bytes, data->size);
    }
    cairn_sha256_finish(&hash, work->cache_key);
}

bool comgr_cache_open(struct comgr_work *work)
{
    if (!may_cache(work) || (work->cache_folder = comgr_cache_folder()) < 0)
        return false;
    make_key(work);
    work->caches = true;
    return true;
}

void comgr_cache_close(struct comgr_work *work)
{
    if (work->cache_folder >= 0)
        close(work->cache_folder);
    work->cache_folder = -1;
}

/* ---- files that were read ---- */

static void hash_bytes(struct cairn_bytes bytes, uint8_t digest[CAIRN_SHA256_BYTES])
{
    struct cairn_sha256 hash;
    cairn_sha256_start(&hash);
    cairn_sha256_add(&hash, bytes.at, bytes.left);
    cairn_sha256_finish(&hash, digest);
}

/* One word of the rule: spaces and signs are escaped by "\", a line goes on after "\" at its end.
 */
static size_t take_word(const char **at, char *out, size_t size)
{
    const char *p = *at;
    size_t length = 0;
    while (*p == ' ' || *p == '\n' || (p[0] == '\\' && p[1] == '\n'))
        p += 1 + (p[0] == '\\');
    while (*p != '\0' && *p != ' ' && *p != '\n') {
        if (p[0] == '\\' && p[1] == '\n')
            break;
        if ((p[0] == '\\' && (p[1] == ' ' || p[1] == '#')) || (p[0] == '$' && p[1] == '$'))
            p++;
        if (length + 1 < size)
            out[length++] = *p;
        p++;
    }
    out[length] = '\0';
    *at = p;
    return length;
}

static bool is_among(const struct comgr_texts *files, size_t count, const char *path)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(files->items[i], path) == 0)
            return true;
    return false;
}

bool comgr_cache_read_rule(const struct comgr_work *work, const char *rule_path,
                           struct comgr_texts *files)
{
    uint8_t *bytes;
    size_t size, known = files->count; /* those of a precompiled header, which clang repeats */
    char word[PATH_MAX];
    if (comgr_work_read_bytes(rule_path, &bytes, &size) != AMD_COMGR_STATUS_SUCCESS)
        return false;
    bytes[size] = '\0'; /* there is room for it */
    const char *at = strchr((char *)bytes, ':');
    at = at != NULL ? at + 1 : (char *)bytes + size;
    while (take_word(&at, word, sizeof word) != 0)
        if (strncmp(word, work->folder, strlen(work->folder)) != 0 && !is_among(files, known, word))
            comgr_texts_push(files, word);
    free(bytes);
    return !files->failed;
}

void comgr_cache_note_files(struct comgr_work *work, const char *rule_path)
{
    if (work->caches && !comgr_cache_read_rule(work, rule_path, &work->files_read))
        work->caches = false; /* nobody knows what was read */
}

static bool put_file(const char *path, struct comgr_buffer *out)
{
    uint8_t *bytes, digest[CAIRN_SHA256_BYTES];
    size_t size;
    uint32_t length = (uint32_t)strlen(path);
    if (comgr_work_read_bytes(path, &bytes, &size) != AMD_COMGR_STATUS_SUCCESS)
        return false;
    struct cairn_bytes text = cairn_bytes_of(bytes, size);
    bool timeless = is_timeless(text);
    hash_bytes(text, digest);
    free(bytes);
    comgr_buffer_add(out, (char *)&length, sizeof length);
    comgr_buffer_add(out, path, length);
    comgr_buffer_add(out, (char *)digest, sizeof digest);
    return timeless;
}

bool comgr_cache_put_files(const struct comgr_texts *files, struct comgr_buffer *out)
{
    uint32_t count = (uint32_t)files->count;
    if (files->failed || files->count > FILES_MAX)
        return false;
    comgr_buffer_add(out, (char *)&count, sizeof count);
    for (uint32_t i = 0; i < count; i++)
        if (!put_file(files->items[i], out))
            return false;
    return true;
}

static bool take_file(struct cairn_bytes *in, comgr_cache_file_fn accept, void *context)
{
    uint32_t length;
    char path[PATH_MAX];
    uint8_t was[CAIRN_SHA256_BYTES], is[CAIRN_SHA256_BYTES], *bytes;
    size_t size;
    if (cairn_bytes_take_u32(in, &length) != CAIRN_OK || length >= sizeof path ||
        cairn_bytes_take(in, path, length) != CAIRN_OK ||
        cairn_bytes_take(in, was, sizeof was) != CAIRN_OK)
        return false;
    path[length] = '\0';
    if (comgr_work_read_bytes(path, &bytes, &size) != AMD_COMGR_STATUS_SUCCESS)
        return false;
    struct cairn_bytes text = cairn_bytes_of(bytes, size);
    hash_bytes(text, is);
    bool good = memcmp(was, is, sizeof is) == 0 && (accept == NULL || accept(path, text, context));
    free(bytes);
    return good;
}

bool comgr_cache_take_files(struct cairn_bytes *in, comgr_cache_file_fn accept, void *context)
{
    uint32_t count;
    if (cairn_bytes_take_u32(in, &count) != CAIRN_OK)
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (!take_file(in, accept, context))
            return false;
    return true;
}

/* ---- results ---- */

static void put_bytes(struct comgr_buffer *out, const void *bytes, uint64_t size)
{
    comgr_buffer_add(out, (char *)&size, sizeof size);
    if (size != 0)
        comgr_buffer_add(out, bytes, size);
}

static bool take_bytes(struct cairn_bytes *in, struct cairn_bytes *out)
{
    uint64_t size;
    if (cairn_bytes_take_u64(in, &size) != CAIRN_OK ||
        cairn_bytes_slice(*in, 0, size, out) != CAIRN_OK)
        return false;
    in->at += size;
    in->left -= size;
    return true;
}

void comgr_cache_put(struct comgr_work *work)
{
    struct comgr_buffer payload = {0};
    uint32_t count = (uint32_t)work->result->count;
    if (!work->caches || work->log.failed || !comgr_cache_put_files(&work->files_read, &payload))
        goto done;
    comgr_buffer_add(&payload, (char *)&count, sizeof count);
    for (uint32_t i = 0; i < count; i++) {
        const struct comgr_data *data = work->result->items[i];
        uint32_t kind = (uint32_t)data->kind;
        comgr_buffer_add(&payload, (char *)&kind, sizeof kind);
        put_bytes(&payload, data->name, strlen(data->name));
        put_bytes(&payload, data->bytes, data->size);
    }
    put_bytes(&payload, work->log.text, work->log.size);
    if (!payload.failed)
        comgr_cache_write(work->cache_folder, work->cache_key,
                          cairn_bytes_of(payload.text, payload.size));
done:
    free(payload.text);
}

static bool take_result(struct cairn_bytes *in, struct comgr_data_set *result)
{
    uint32_t kind;
    struct cairn_bytes name, bytes;
    char text[PATH_MAX];
    struct comgr_data *data;
    if (cairn_bytes_take_u32(in, &kind) != CAIRN_OK || !take_bytes(in, &name) ||
        !take_bytes(in, &bytes) || name.left >= sizeof text)
        return false;
    memcpy(text, name.at, name.left);
    text[name.left] = '\0';
    uint8_t *copy = malloc(bytes.left + 1);
    if (copy == NULL)
        return false;
    if (bytes.left != 0)
        memcpy(copy, bytes.at, bytes.left);
    if (comgr_data_create((amd_comgr_data_kind_t)kind, text, copy, bytes.left, &data) !=
        AMD_COMGR_STATUS_SUCCESS) {
        free(copy);
        return false;
    }
    bool appended = comgr_data_set_append(result, data) == AMD_COMGR_STATUS_SUCCESS;
    comgr_data_drop(data);
    return appended;
}

bool comgr_cache_get(struct comgr_work *work)
{
    uint8_t *whole;
    struct cairn_bytes in, log;
    uint32_t count;
    if (!work->caches || !comgr_cache_read(work->cache_folder, work->cache_key, &whole, &in))
        return false;
    bool good =
        comgr_cache_take_files(&in, NULL, NULL) && cairn_bytes_take_u32(&in, &count) == CAIRN_OK;
    for (uint32_t i = 0; good && i < count; i++)
        good = take_result(&in, work->result);
    good = good && take_bytes(&in, &log);
    if (good && log.left != 0)
        comgr_buffer_add(&work->log, (const char *)log.at, log.left);
    if (!good)
        comgr_data_set_clear(work->result);
    free(whole);
    return good;
}
