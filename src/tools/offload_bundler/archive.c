/* SPDX-License-Identifier: MIT
 * Static libraries whose members are bundles: for each target, an archive of the members' entries
 * for it (ar(5), with long names in "//").
 */
#include "bundler.h"

#include <ar.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct member {
    char name[256];
    struct cairn_bytes bytes;
};

/* False: the archive ends here. */
static bool take_member(struct cairn_bytes *in, struct cairn_bytes *long_names, struct member *out)
{
    struct ar_hdr header;
    char digits[sizeof header.ar_size + 1] = "";
    if (in->left == 0)
        return false;
    if (cairn_bytes_take(in, &header, sizeof header) != CAIRN_OK ||
        memcmp(header.ar_fmag, ARFMAG, sizeof header.ar_fmag) != 0)
        fail("the archive is damaged");
    memcpy(digits, header.ar_size, sizeof header.ar_size);
    uint64_t size = strtoull(digits, NULL, 10);
    if (cairn_bytes_slice(*in, 0, size, &out->bytes) != CAIRN_OK)
        fail("the archive ends in a member");
    const char *name = header.ar_name;
    size_t limit = sizeof header.ar_name, length = 0;
    bool special = name[0] == '/' && (name[1] < '0' || name[1] > '9'); /* an index, or the names */
    if (special) {
        length = 2;
    } else if (name[0] == '/') {
        uint64_t at = strtoull(name + 1, NULL, 10);
        at = at < long_names->left ? at : long_names->left;
        name = (const char *)long_names->at + at;
        limit = long_names->left - at;
    }
    while (!special && length < limit && length < sizeof out->name - 1 && name[length] != '/' &&
           name[length] != '\n')
        length++;
    memcpy(out->name, name, length);
    out->name[length] = '\0';
    if (out->name[0] == '/' && out->name[1] == '/')
        *long_names = out->bytes;
    size_t step = (size_t)(size + (size & 1));
    step = step < in->left ? step : in->left;
    in->at += step;
    in->left -= step;
    return true;
}

/* Names only tell the linker's messages which member is meant: a number and the entry's ending do.
 */
static void put_member(struct buffer *out, unsigned number, struct cairn_bytes bytes)
{
    char header[sizeof(struct ar_hdr) + 1], name[17];
    snprintf(name, sizeof name, "%u.bc/", number);
    snprintf(header, sizeof header, "%-16s%-12d%-6d%-6d%-8s%-10zu%s", name, 0, 0, 0, "644",
             bytes.left, ARFMAG);
    buffer_add(out, header, sizeof(struct ar_hdr));
    buffer_add(out, bytes.at, bytes.left);
    if (bytes.left % 2 != 0)
        buffer_add(out, "\n", 1);
}

void unbundle_archive(const struct bundler *run)
{
    static struct entry entries[ENTRIES_MAX];
    static struct buffer outputs[ENTRIES_MAX];
    struct cairn_bytes file = read_file(run->inputs[0]), long_names = cairn_bytes_of("", 0);
    struct member member;
    char magic[SARMAG];
    unsigned number = 0;
    if (cairn_bytes_take(&file, magic, SARMAG) != CAIRN_OK || memcmp(magic, ARMAG, SARMAG) != 0)
        fail("'%s' is no archive", run->inputs[0]);
    while (take_member(&file, &long_names, &member)) {
        if (member.name[0] == '/')
            continue;
        size_t count = entries_of(run, member.bytes, entries);
        for (size_t i = 0; i < run->target_count; i++)
            for (size_t j = 0; j < count; j++)
                if (!id_is_host(entries[j].id) && id_fits(run->targets[i], entries[j].id) &&
                    entries[j].bytes.left != 0)
                    put_member(&outputs[i], number++, entries[j].bytes);
    }
    for (size_t i = 0; i < run->target_count; i++) {
        struct buffer whole = {0};
        if (outputs[i].size == 0 && !run->may_miss)
            fail("no member has code for %s", run->targets[i]);
        buffer_add(&whole, ARMAG, SARMAG);
        buffer_add(&whole, outputs[i].at, outputs[i].size);
        write_output(run->outputs[i], cairn_bytes_of(whole.at, whole.size));
        free(whole.at);
    }
}
