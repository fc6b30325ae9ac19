/* SPDX-License-Identifier: MIT
 * Taking entries out of offload bundles, and out of archives whose members are bundles (clang's
 * "Clang Offload Bundler"; the common archive format of ar(5) with long names in "//").
 */
#include "comgr/action.h"

#include "obj/obj.h"

#include <ar.h>
#include <stdio.h>
#include <stdlib.h>

/* The part of an id after its kind: "amdgcn-amd-amdhsa--gfx90a". Ids without an environment, as
 * older compilers write them, have one dash less: "amdgcn-amd-amdhsa-gfx90a". */
static const char *target_of(const char *id, size_t *kind_length)
{
    *kind_length = strcspn(id, "-");
    return id[*kind_length] == '-' ? id + *kind_length + 1 : id + *kind_length;
}

static bool same_kind(const char *a, size_t a_length, const char *b, size_t b_length)
{
    bool a_hip = strncmp(a, "hip", 3) == 0, b_hip = strncmp(b, "hip", 3) == 0;
    return (a_hip && b_hip) || (a_length == b_length && memcmp(a, b, a_length) == 0);
}

static bool id_fits(const char *wanted, const char *entry)
{
    size_t wanted_kind, entry_kind;
    const char *wanted_target = target_of(wanted, &wanted_kind);
    const char *entry_target = target_of(entry, &entry_kind);
    return same_kind(wanted, wanted_kind, entry, entry_kind) &&
           comgr_isa_fits(wanted_target, entry_target);
}

struct cairn_bytes comgr_bundle_entry(const struct cairn_bundle *bundle, const char *id)
{
    for (uint32_t i = 0; i < bundle->entry_count; i++)
        if (strcmp(bundle->entries[i].id, id) == 0)
            return bundle->entries[i].image;
    for (uint32_t i = 0; i < bundle->entry_count; i++)
        if (id_fits(id, bundle->entries[i].id))
            return bundle->entries[i].image;
    return cairn_bytes_of(NULL, 0);
}

/* ---- archives ---- */

struct member {
    char name[sizeof(((struct ar_hdr *)0)->ar_name) + 1];
    struct cairn_bytes bytes;
};

static amd_comgr_status_t take_member(struct cairn_bytes *in, struct member *out)
{
    struct ar_hdr header;
    char size[sizeof header.ar_size + 1] = "";
    if (cairn_bytes_take(in, &header, sizeof header) != CAIRN_OK ||
        memcmp(header.ar_fmag, ARFMAG, sizeof header.ar_fmag) != 0)
        return AMD_COMGR_STATUS_ERROR;
    memcpy(size, header.ar_size, sizeof header.ar_size);
    uint64_t bytes = strtoull(size, NULL, 10);
    if (cairn_bytes_slice(*in, 0, bytes, &out->bytes) != CAIRN_OK)
        return AMD_COMGR_STATUS_ERROR;
    memcpy(out->name, header.ar_name, sizeof header.ar_name);
    out->name[sizeof header.ar_name] = '\0';
    size_t step = bytes + (bytes & 1) < in->left ? (size_t)(bytes + (bytes & 1)) : in->left;
    in->at += step;
    in->left -= step;
    return AMD_COMGR_STATUS_SUCCESS;
}

/* Symbol tables and the table of long names. */
static bool is_special(const struct member *member)
{
    return strncmp(member->name, "/ ", 2) == 0 || strncmp(member->name, "//", 2) == 0 ||
           strncmp(member->name, "/SYM64/", 7) == 0;
}

/* A name ends at '/', or "/123" points into the table of long names. */
static void full_name(const struct member *member, struct cairn_bytes long_names, char *out,
                      size_t size)
{
    const char *text = member->name;
    size_t limit = sizeof member->name - 1;
    if (text[0] == '/') {
        uint64_t at = strtoull(text + 1, NULL, 10);
        if (at >= long_names.left)
            at = long_names.left;
        text = (const char *)long_names.at + at;
        limit = long_names.left - at;
    }
    size_t length = 0;
    while (length < limit && length + 1 < size && text[length] != '/' && text[length] != '\n' &&
           text[length] != '\0')
        length++;
    if (length != 0)
        memcpy(out, text, length);
    out[length] = '\0';
}

static amd_comgr_status_t
visit_bundle(struct cairn_bytes bytes, const char *name, const char *id,
             amd_comgr_status_t (*visit)(const char *name, struct cairn_bytes bytes, void *user),
             void *user)
{
    struct cairn_bundle *bundle;
    enum cairn_status opened = cairn_bundle_create(bytes, &bundle);
    if (opened != CAIRN_OK)
        return comgr_status_of(opened);
    struct cairn_bytes entry = comgr_bundle_entry(bundle, id);
    amd_comgr_status_t status =
        entry.left != 0 ? visit(name, entry, user) : AMD_COMGR_STATUS_SUCCESS;
    cairn_bundle_destroy(bundle);
    return status;
}

amd_comgr_status_t comgr_archive_entries(
    struct cairn_bytes archive, const char *id,
    amd_comgr_status_t (*visit)(const char *name, struct cairn_bytes bytes, void *user), void *user)
{
    char magic[SARMAG];
    struct cairn_bytes long_names = cairn_bytes_of("", 0);
    if (cairn_bytes_take(&archive, magic, SARMAG) != CAIRN_OK || memcmp(magic, ARMAG, SARMAG) != 0)
        return AMD_COMGR_STATUS_ERROR;
    while (archive.left != 0) {
        struct member member;
        char name[256];
        amd_comgr_status_t status = take_member(&archive, &member);
        if (status != AMD_COMGR_STATUS_SUCCESS)
            return status;
        if (strncmp(member.name, "//", 2) == 0)
            long_names = member.bytes;
        if (is_special(&member))
            continue;
        full_name(&member, long_names, name, sizeof name);
        status = visit_bundle(member.bytes, name, id, visit, user);
        if (status != AMD_COMGR_STATUS_SUCCESS)
            return status;
    }
    return AMD_COMGR_STATUS_SUCCESS;
}

/* ---- the action ---- */

static void append_member(struct comgr_buffer *out, const char *name, struct cairn_bytes bytes)
{
    char short_name[17];
    snprintf(short_name, sizeof short_name, "%.15s/", name);
    comgr_buffer_addf(out, "%-16s%-12d%-6d%-6d%-8s%-10zu%s", short_name, 0, 0, 0, "644", bytes.left,
                      ARFMAG);
    comgr_buffer_add(out, (const char *)bytes.at, bytes.left);
    if (bytes.left % 2 != 0)
        comgr_buffer_add(out, "\n", 1);
}

static amd_comgr_status_t collect_member(const char *name, struct cairn_bytes bytes, void *user)
{
    append_member(user, name, bytes);
    return AMD_COMGR_STATUS_SUCCESS;
}

static amd_comgr_status_t take_entry(const struct comgr_data *data, const char *id,
                                     struct comgr_buffer *out)
{
    struct cairn_bytes bytes = cairn_bytes_of(data->bytes, data->size);
    if (data->kind == AMD_COMGR_DATA_KIND_AR_BUNDLE) {
        comgr_buffer_add(out, ARMAG, SARMAG);
        return comgr_archive_entries(bytes, id, collect_member, out);
    }
    struct cairn_bundle *bundle;
    enum cairn_status opened = cairn_bundle_create(bytes, &bundle);
    if (opened != CAIRN_OK)
        return comgr_status_of(opened);
    struct cairn_bytes entry = comgr_bundle_entry(bundle, id);
    comgr_buffer_add(out, (const char *)entry.at, entry.left);
    cairn_bundle_destroy(bundle);
    return AMD_COMGR_STATUS_SUCCESS;
}

static amd_comgr_status_t unbundle_one(struct comgr_work *work, const struct comgr_data *data,
                                       const char *id, amd_comgr_data_kind_t gives,
                                       const char *suffix)
{
    struct comgr_buffer bytes = {0}, name = {0};
    struct comgr_data *result;
    comgr_name_with(data->name[0] != '\0' ? data->name : "bundle", "", &name);
    comgr_buffer_addf(&name, "-%s%s", id, suffix);
    amd_comgr_status_t status = take_entry(data, id, &bytes);
    if (bytes.failed || name.failed)
        status = AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES;
    if (status == AMD_COMGR_STATUS_SUCCESS)
        status = comgr_data_create(gives, name.text, (uint8_t *)bytes.text, bytes.size, &result);
    free(name.text);
    if (status != AMD_COMGR_STATUS_SUCCESS) {
        free(bytes.text);
        return status;
    }
    status = comgr_data_set_append(work->result, result);
    comgr_data_drop(result);
    return status;
}

amd_comgr_status_t comgr_unbundle(struct comgr_work *work)
{
    static const struct {
        amd_comgr_data_kind_t takes, gives;
        const char *suffix;
    } rows[] = {
        {AMD_COMGR_DATA_KIND_BC_BUNDLE, AMD_COMGR_DATA_KIND_BC, ".bc"},
        {AMD_COMGR_DATA_KIND_AR_BUNDLE, AMD_COMGR_DATA_KIND_AR, ".a"},
        {AMD_COMGR_DATA_KIND_OBJ_BUNDLE, AMD_COMGR_DATA_KIND_EXECUTABLE, ".o"},
    };
    amd_comgr_status_t status = AMD_COMGR_STATUS_SUCCESS;
    for (size_t i = 0; i < work->input->count; i++) {
        const struct comgr_data *data = work->input->items[i];
        size_t row = 0;
        while (row < sizeof rows / sizeof rows[0] && rows[row].takes != data->kind)
            row++;
        if (row == sizeof rows / sizeof rows[0])
            return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
        for (size_t j = 0; j < work->info->bundle_ids.count; j++) {
            status = unbundle_one(work, data, work->info->bundle_ids.items[j], rows[row].gives,
                                  rows[row].suffix);
            if (status != AMD_COMGR_STATUS_SUCCESS)
                return status;
        }
    }
    return status;
}
