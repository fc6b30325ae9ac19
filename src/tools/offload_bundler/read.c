/* SPDX-License-Identifier: MIT
 * Taking bundles apart, whatever form they have.
 */
#include "bundler.h"

#include "obj/obj.h"

#include <elf.h>
#include <stdio.h>
#include <string.h>

static const char magic[] = "__CLANG_OFFLOAD_BUNDLE__";
enum { MAGIC_BYTES = sizeof magic - 1 };

static bool begins(struct cairn_bytes file, const char *text, size_t length)
{
    return file.left >= length && memcmp(file.at, text, length) == 0;
}

static struct entry *entry_add(struct entry *out, size_t *count, const char *id, size_t length,
                               struct cairn_bytes bytes)
{
    if (*count == ENTRIES_MAX)
        fail("more than %d entries", ENTRIES_MAX);
    id_normalize(id, length, out[*count].id);
    out[*count].bytes = bytes;
    return &out[(*count)++];
}

static size_t binary_entries(struct cairn_bytes file, struct entry *out)
{
    struct cairn_bundle *bundle;
    size_t count = 0;
    if (cairn_bundle_create(file, &bundle) != CAIRN_OK)
        fail("the bundle cannot be read");
    keep(bundle);
    for (uint32_t i = 0; i < bundle->entry_count; i++)
        entry_add(out, &count, bundle->entries[i].id, strlen(bundle->entries[i].id),
                  bundle->entries[i].image);
    return count;
}

/* ---- objects ---- */

/* Section `index`'s name in `names`, zero-terminated inside of it, or "". */
static const char *name_in(struct cairn_bytes names, uint32_t at)
{
    if (at >= names.left || memchr(names.at + at, 0, names.left - at) == NULL)
        return "";
    return (const char *)names.at + at;
}

static size_t object_entries(struct cairn_bytes file, struct entry *out)
{
    Elf64_Ehdr header;
    struct cairn_bytes table, names, bytes;
    size_t count = 0;
    if (file.left < sizeof header)
        return 0;
    memcpy(&header, file.at, sizeof header);
    if (header.e_shentsize != sizeof(Elf64_Shdr) || header.e_shstrndx >= header.e_shnum ||
        cairn_bytes_slice(file, header.e_shoff, header.e_shnum * sizeof(Elf64_Shdr), &table) !=
            CAIRN_OK)
        return 0;
    Elf64_Shdr section;
    memcpy(&section, table.at + header.e_shstrndx * sizeof section, sizeof section);
    if (cairn_bytes_slice(file, section.sh_offset, section.sh_size, &names) != CAIRN_OK)
        return 0;
    for (unsigned i = 0; i < header.e_shnum; i++) {
        memcpy(&section, table.at + i * sizeof section, sizeof section);
        const char *name = name_in(names, section.sh_name);
        if (strncmp(name, magic, MAGIC_BYTES) != 0)
            continue;
        if (section.sh_type == SHT_NOBITS ||
            cairn_bytes_slice(file, section.sh_offset, section.sh_size, &bytes) != CAIRN_OK)
            fail("section '%s' lies outside of the file", name);
        name += MAGIC_BYTES;
        /* One byte stands for the object itself, which keeps its other sections harmlessly. */
        entry_add(out, &count, name, strlen(name),
                  id_is_host(name) && bytes.left < 2 ? file : bytes);
    }
    return count;
}

/* ---- text ---- */

static const uint8_t *find(const uint8_t *from, const uint8_t *end, const char *text)
{
    return memmem(from, (size_t)(end - from), text, strlen(text));
}

static size_t text_entries(const struct bundler *run, struct cairn_bytes file, struct entry *out)
{
    char start[64], stop[64];
    const uint8_t *at = file.at, *end = at + file.left;
    size_t count = 0;
    snprintf(start, sizeof start, "\n%s %s__START__ ", run->comment, magic);
    snprintf(stop, sizeof stop, "\n%s %s__END__ ", run->comment, magic);
    while (file.left != 0 && (at = find(at, end, start)) != NULL) {
        const uint8_t *id = at + strlen(start), *line = find(id, end, "\n");
        const uint8_t *close = line != NULL ? find(line, end, stop) : NULL;
        if (close == NULL)
            fail("an entry of the text has no end");
        size_t size = close > line ? (size_t)(close - line - 1) : 0;
        entry_add(out, &count, (const char *)id, (size_t)(line - id),
                  cairn_bytes_of(line + 1, size));
        at = close;
    }
    return count;
}

size_t entries_of(const struct bundler *run, struct cairn_bytes file, struct entry *out)
{
    if (run->comment != NULL)
        return text_entries(run, file, out);
    if (begins(file, magic, MAGIC_BYTES) || begins(file, "CCOB", 4))
        return binary_entries(file, out);
    return begins(file, ELFMAG, SELFMAG) ? object_entries(file, out) : 0;
}

/* ---- what is asked for ---- */

static const struct entry *entry_for(const struct entry *entries, size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(entries[i].id, id) == 0)
            return &entries[i];
    for (size_t i = 0; i < count; i++)
        if (id_fits(id, entries[i].id))
            return &entries[i];
    return NULL;
}

void unbundle(const struct bundler *run)
{
    static struct entry entries[ENTRIES_MAX];
    struct cairn_bytes file = read_file(run->inputs[0]);
    size_t count = entries_of(run, file, entries);
    for (size_t i = 0; i < run->target_count; i++) {
        const struct entry *entry = entry_for(entries, count, run->targets[i]);
        struct cairn_bytes bytes = entry != NULL ? entry->bytes : cairn_bytes_of("", 0);
        if (count == 0 && id_is_host(run->targets[i]))
            bytes = file; /* no bundle: all of it is the host's */
        else if (entry == NULL && count != 0 && !run->may_miss)
            fail("Can't find bundles for %s", run->targets[i]);
        write_output(run->outputs[i], bytes);
    }
}

void list(const struct bundler *run)
{
    static struct entry entries[ENTRIES_MAX];
    for (size_t input = 0; input < run->input_count; input++) {
        size_t count = entries_of(run, read_file(run->inputs[input]), entries);
        for (size_t i = 0; i < count; i++)
            puts(entries[i].id);
    }
}
