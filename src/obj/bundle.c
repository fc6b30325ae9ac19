/* SPDX-License-Identifier: MIT
 * Offload bundles (clang's "Clang Offload Bundler", Bundled Binary File Layout) and the choice of
 * the entry that fits a device.
 */
#include "base/log.h"
#include "obj/obj_priv.h"

#include <elf.h>
#include <stdlib.h>

static const char magic[] = "__CLANG_OFFLOAD_BUNDLE__";
enum { MAGIC_BYTES = sizeof magic - 1, ENTRY_HEADER_BYTES = 24 };

struct bundle_whole {
    struct cairn_bundle bundle; /* first: the public pointer is ours too */
    struct cairn_bundle_entry *entries;
    uint8_t *plain; /* decompressed bytes, owned; NULL if the caller's bytes are used */
};

enum bundle_kind { KIND_UNKNOWN, KIND_PLAIN, KIND_COMPRESSED, KIND_ELF };

static enum bundle_kind kind_of(struct cairn_bytes bytes)
{
    if (bytes.left >= MAGIC_BYTES && memcmp(bytes.at, magic, MAGIC_BYTES) == 0)
        return KIND_PLAIN;
    if (bytes.left >= 4 && memcmp(bytes.at, "CCOB", 4) == 0)
        return KIND_COMPRESSED;
    if (bytes.left >= SELFMAG && memcmp(bytes.at, ELFMAG, SELFMAG) == 0)
        return KIND_ELF;
    return KIND_UNKNOWN;
}

struct entry_header {
    uint64_t offset, size, id_size;
    struct cairn_bytes id;
};

static enum cairn_status take_entry_header(struct cairn_bytes *in, struct entry_header *out)
{
    enum cairn_status status = cairn_bytes_take_u64(in, &out->offset);
    if (status == CAIRN_OK)
        status = cairn_bytes_take_u64(in, &out->size);
    if (status == CAIRN_OK)
        status = cairn_bytes_take_u64(in, &out->id_size);
    if (status == CAIRN_OK)
        status = cairn_bytes_slice(*in, 0, out->id_size, &out->id);
    if (status != CAIRN_OK)
        return status;
    in->at += out->id_size;
    in->left -= out->id_size;
    return CAIRN_OK;
}

static enum cairn_status take_count(struct cairn_bytes *in, uint64_t *count)
{
    in->at += MAGIC_BYTES;
    in->left -= MAGIC_BYTES;
    if (cairn_bytes_take_u64(in, count) != CAIRN_OK || *count > in->left / ENTRY_HEADER_BYTES)
        return OBJ_REJECT(CAIRN_ERR_TRUNCATED, "bundle of %zu bytes ends in its entry table",
                          in->left + MAGIC_BYTES);
    return CAIRN_OK;
}

static enum cairn_status read_entry(struct cairn_bytes bytes, struct cairn_bytes *in,
                                    uint64_t index, struct cairn_bundle_entry *out)
{
    struct entry_header header;
    if (take_entry_header(in, &header) != CAIRN_OK)
        return OBJ_REJECT(CAIRN_ERR_TRUNCATED, "bundle ends in the header of entry %llu",
                          (unsigned long long)index);
    if (header.id_size >= sizeof out->id)
        return OBJ_REJECT(CAIRN_ERR_BAD_FORMAT, "bundle entry %llu: id of %llu bytes",
                          (unsigned long long)index, (unsigned long long)header.id_size);
    if (cairn_bytes_slice(bytes, header.offset, header.size, &out->image) != CAIRN_OK)
        return OBJ_REJECT(CAIRN_ERR_TRUNCATED,
                          "bundle entry %llu: offset %llu size %llu lies outside of %zu bytes",
                          (unsigned long long)index, (unsigned long long)header.offset,
                          (unsigned long long)header.size, bytes.left);
    memcpy(out->id, header.id.at, header.id.left);
    out->id[header.id.left] = '\0';
    return CAIRN_OK;
}

static enum cairn_status read_plain(struct cairn_bytes bytes, struct bundle_whole *whole)
{
    struct cairn_bytes in = bytes;
    uint64_t count;
    enum cairn_status status = take_count(&in, &count);
    if (status != CAIRN_OK)
        return status;
    whole->entries = calloc(count != 0 ? count : 1, sizeof *whole->entries);
    if (whole->entries == NULL)
        return CAIRN_ERR_NO_MEMORY;
    for (uint64_t i = 0; i < count; i++) {
        status = read_entry(bytes, &in, i, &whole->entries[i]);
        if (status != CAIRN_OK)
            return status;
    }
    whole->bundle.entry_count = (uint32_t)count;
    return CAIRN_OK;
}

static enum cairn_status read_compressed(struct cairn_bytes bytes, struct bundle_whole *whole)
{
    size_t size = 0;
    enum cairn_status status = cairn_ccob_inflate(bytes, &whole->plain, &size);
    if (status != CAIRN_OK)
        return status;
    struct cairn_bytes plain = cairn_bytes_of(whole->plain, size);
    if (kind_of(plain) != KIND_PLAIN)
        return OBJ_REJECT(CAIRN_ERR_BAD_FORMAT, "compressed bundle holds no bundle");
    return read_plain(plain, whole);
}

/* A bare code object: one entry, whose id is made from its header. */
static enum cairn_status read_elf(struct cairn_bytes bytes, struct bundle_whole *whole)
{
    static const char prefix[] = "hipv4-amdgcn-amd-amdhsa--";
    struct cairn_obj *obj;
    enum cairn_status status = cairn_obj_create(bytes, &obj);
    if (status != CAIRN_OK)
        return status;
    whole->entries = calloc(1, sizeof *whole->entries);
    if (whole->entries != NULL) {
        struct cairn_bundle_entry *entry = &whole->entries[0];
        memcpy(entry->id, prefix, sizeof prefix);
        cairn_target_id_format(&obj->target, entry->id + sizeof prefix - 1,
                               sizeof entry->id - sizeof prefix + 1);
        entry->image = bytes;
        whole->bundle.entry_count = 1;
    }
    cairn_obj_destroy(obj);
    return whole->entries != NULL ? CAIRN_OK : CAIRN_ERR_NO_MEMORY;
}

static enum cairn_status read_any(struct cairn_bytes bytes, struct bundle_whole *whole)
{
    switch (kind_of(bytes)) {
    case KIND_PLAIN:
        return read_plain(bytes, whole);
    case KIND_COMPRESSED:
        return read_compressed(bytes, whole);
    case KIND_ELF:
        return read_elf(bytes, whole);
    case KIND_UNKNOWN:
        break;
    }
    return OBJ_REJECT(CAIRN_ERR_BAD_FORMAT,
                      "%zu bytes are neither an offload bundle nor a code object", bytes.left);
}

enum cairn_status cairn_bundle_create(struct cairn_bytes bytes, struct cairn_bundle **out)
{
    struct bundle_whole *whole = calloc(1, sizeof *whole);
    if (whole == NULL)
        return CAIRN_ERR_NO_MEMORY;
    enum cairn_status status = read_any(bytes, whole);
    if (status != CAIRN_OK) {
        cairn_bundle_destroy(&whole->bundle);
        return status;
    }
    whole->bundle.entries = whole->entries;
    *out = &whole->bundle;
    return CAIRN_OK;
}

void cairn_bundle_destroy(struct cairn_bundle *bundle)
{
    if (bundle == NULL)
        return;
    struct bundle_whole *whole = (struct bundle_whole *)bundle;
    free(whole->entries);
    free(whole->plain);
    free(whole);
}

enum cairn_status cairn_bundle_places(struct cairn_bytes bytes, cairn_bundle_visit *visit,
                                      void *user)
{
    struct cairn_bytes in = bytes;
    uint64_t count;
    if (kind_of(bytes) != KIND_PLAIN)
        return OBJ_REJECT(CAIRN_ERR_BAD_FORMAT, "%zu bytes are no plain offload bundle",
                          bytes.left);
    enum cairn_status status = take_count(&in, &count);
    for (uint64_t i = 0; i < count && status == CAIRN_OK; i++) {
        struct entry_header header;
        char id[sizeof(((struct cairn_bundle_entry *)0)->id)];
        if (take_entry_header(&in, &header) != CAIRN_OK)
            return OBJ_REJECT(CAIRN_ERR_TRUNCATED, "bundle ends in the header of entry %llu",
                              (unsigned long long)i);
        if (header.id_size >= sizeof id)
            return OBJ_REJECT(CAIRN_ERR_BAD_FORMAT, "bundle entry %llu: id of %llu bytes",
                              (unsigned long long)i, (unsigned long long)header.id_size);
        memcpy(id, header.id.at, header.id.left);
        id[header.id.left] = '\0';
        visit(id, header.offset, header.size, user);
    }
    return status;
}

static enum cairn_status plain_size(struct cairn_bytes bytes, uint64_t *size)
{
    struct cairn_bytes in = bytes;
    uint64_t count, end;
    enum cairn_status status = take_count(&in, &count);
    if (status != CAIRN_OK)
        return status;
    uint64_t total = 0;
    for (uint64_t i = 0; i < count; i++) {
        struct entry_header header;
        if (take_entry_header(&in, &header) != CAIRN_OK ||
            __builtin_add_overflow(header.offset, header.size, &end))
            return OBJ_REJECT(CAIRN_ERR_TRUNCATED, "bundle ends in the header of entry %llu",
                              (unsigned long long)i);
        if (end > total)
            total = end;
    }
    uint64_t table = (uint64_t)(in.at - bytes.at);
    *size = total > table ? total : table;
    return CAIRN_OK;
}

/* A code object ends with its section headers or its last segment, whichever is later. */
static enum cairn_status elf_size(struct cairn_bytes bytes, uint64_t *size)
{
    Elf64_Ehdr header;
    struct cairn_bytes in = bytes;
    if (cairn_bytes_take(&in, &header, sizeof header) != CAIRN_OK)
        return OBJ_REJECT(CAIRN_ERR_TRUNCATED, "%zu bytes are too few for an ELF header",
                          bytes.left);
    uint64_t end, last = sizeof header;
    if (__builtin_add_overflow(header.e_shoff, (uint64_t)header.e_shnum * header.e_shentsize, &end))
        return OBJ_REJECT(CAIRN_ERR_BAD_FORMAT, "section headers at %#llx",
                          (unsigned long long)header.e_shoff);
    last = end > last ? end : last;
    for (unsigned i = 0; i < header.e_phnum; i++) {
        Elf64_Phdr program;
        struct cairn_bytes at;
        if (cairn_bytes_slice(bytes, header.e_phoff, (i + 1ull) * sizeof program, &at) != CAIRN_OK)
            return OBJ_REJECT(CAIRN_ERR_TRUNCATED, "program header %u lies outside of the file", i);
        memcpy(&program, at.at + i * sizeof program, sizeof program);
        if (__builtin_add_overflow(program.p_offset, program.p_filesz, &end))
            return OBJ_REJECT(CAIRN_ERR_BAD_FORMAT, "segment at %#llx",
                              (unsigned long long)program.p_offset);
        last = end > last ? end : last;
    }
    *size = last;
    return CAIRN_OK;
}

enum cairn_status cairn_bundle_size(const void *at, size_t limit, size_t *size)
{
    struct cairn_bytes bytes = cairn_bytes_of(at, limit);
    uint64_t total = 0;
    enum cairn_status status = CAIRN_ERR_BAD_FORMAT;
    switch (kind_of(bytes)) {
    case KIND_PLAIN:
        status = plain_size(bytes, &total);
        break;
    case KIND_COMPRESSED:
        status = cairn_ccob_size(bytes, &total);
        if (status == CAIRN_ERR_NOT_FOUND) {
            total = limit;
            status = CAIRN_OK;
        }
        break;
    case KIND_ELF:
        status = elf_size(bytes, &total);
        break;
    case KIND_UNKNOWN:
        return OBJ_REJECT(CAIRN_ERR_BAD_FORMAT, "neither an offload bundle nor a code object");
    }
    if (status != CAIRN_OK)
        return status;
    if (total > limit)
        return OBJ_REJECT(CAIRN_ERR_TRUNCATED, "bundle of %llu bytes, %zu are there",
                          (unsigned long long)total, limit);
    *size = (size_t)total;
    return CAIRN_OK;
}

static bool is_device_entry(const char *id)
{
    static const char *const kinds[] = {"hip-", "hipv4-", "openmp-"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strncmp(id, kinds[i], strlen(kinds[i])) == 0)
            return strstr(id, "amdgcn") != NULL;
    return false;
}

/* How well code fits: a chip of its own counts more than a feature that is stated. */
static int fitness(const struct cairn_target_id *code)
{
    return 4 * !cairn_target_id_is_generic(code) + (code->xnack >= CAIRN_FEATURE_OFF) +
           (code->sramecc >= CAIRN_FEATURE_OFF);
}

const struct cairn_bundle_entry *cairn_bundle_select(const struct cairn_bundle *bundle,
                                                     const struct cairn_target_id *device)
{
    const struct cairn_bundle_entry *best = NULL;
    int best_fitness = -1;
    for (uint32_t i = 0; i < bundle->entry_count; i++) {
        const struct cairn_bundle_entry *entry = &bundle->entries[i];
        struct cairn_target_id code;
        if (!is_device_entry(entry->id) ||
            cairn_target_id_parse(entry->id, strlen(entry->id), &code) != CAIRN_OK ||
            !cairn_target_id_fits(&code, device) || fitness(&code) <= best_fitness)
            continue;
        best = entry;
        best_fitness = fitness(&code);
    }
    return best;
}
