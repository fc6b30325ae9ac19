/* SPDX-License-Identifier: MIT
 * Making bundles: a table and images, marked parts of a text, or sections of the host's object.
 */
#include "bundler.h"

#include "base/sha256.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

static const char magic[] = "__CLANG_OFFLOAD_BUNDLE__";
enum { MAGIC_BYTES = sizeof magic - 1, LEVEL = 3 };

static void add_u64(struct buffer *out, uint64_t value)
{
    buffer_add(out, &value, sizeof value);
}

static void bundle_binary(const struct bundler *run, const struct cairn_bytes *inputs,
                          struct buffer *out)
{
    uint64_t align = run->align > 1 ? run->align : 1, at = MAGIC_BYTES + 8;
    for (size_t i = 0; i < run->target_count; i++)
        at += 24 + strlen(run->targets[i]);
    buffer_add(out, magic, MAGIC_BYTES);
    add_u64(out, run->target_count);
    for (size_t i = 0; i < run->target_count; i++) {
        at = (at + align - 1) / align * align;
        add_u64(out, at);
        add_u64(out, inputs[i].left);
        add_u64(out, strlen(run->targets[i]));
        buffer_add(out, run->targets[i], strlen(run->targets[i]));
        at += inputs[i].left;
    }
    for (size_t i = 0; i < run->target_count; i++) {
        buffer_pad(out, align);
        buffer_add(out, inputs[i].at, inputs[i].left);
    }
}

static void bundle_text(const struct bundler *run, const struct cairn_bytes *inputs,
                        struct buffer *out)
{
    for (size_t i = 0; i < run->target_count; i++) {
        buffer_text(out, "\n%s %s__START__ %s\n", run->comment, magic, run->targets[i]);
        buffer_add(out, inputs[i].at, inputs[i].left);
        buffer_text(out, "\n%s %s__END__ %s\n", run->comment, magic, run->targets[i]);
    }
}

/* ---- objects ---- */

static bool is_object(struct cairn_bytes bytes, Elf64_Ehdr *header)
{
    if (bytes.left < sizeof *header)
        return false;
    memcpy(header, bytes.at, sizeof *header);
    return memcmp(header->e_ident, ELFMAG, SELFMAG) == 0 &&
           header->e_ident[EI_CLASS] == ELFCLASS64 && header->e_ident[EI_DATA] == ELFDATA2LSB;
}

/* The object with a section more for each target: the old bytes, then the images, the names of all
 * sections, and the table of sections. The host's own section is a byte that says "the file". */
void bundle_object(const struct bundler *run, size_t host, const struct cairn_bytes *inputs,
                   struct buffer *out)
{
    Elf64_Ehdr header;
    struct cairn_bytes table, names;
    struct buffer all_names = {0}, sections = {0};
    memcpy(&header, inputs[host].at, sizeof header);
    if (header.e_shentsize != sizeof(Elf64_Shdr) || header.e_shnum == 0 ||
        header.e_shnum + run->target_count >= SHN_LORESERVE ||
        header.e_shstrndx >= header.e_shnum ||
        cairn_bytes_slice(inputs[host], header.e_shoff, header.e_shnum * sizeof(Elf64_Shdr),
                          &table) != CAIRN_OK)
        fail("'%s': its table of sections cannot be read", run->inputs[host]);
    buffer_add(&sections, table.at, table.left);
    Elf64_Shdr *name_section = (Elf64_Shdr *)sections.at + header.e_shstrndx;
    if (cairn_bytes_slice(inputs[host], name_section->sh_offset, name_section->sh_size, &names) !=
        CAIRN_OK)
        fail("'%s': the names of its sections lie outside", run->inputs[host]);
    buffer_add(&all_names, names.at, names.left);
    buffer_add(out, inputs[host].at, inputs[host].left);
    for (size_t i = 0; i < run->target_count; i++) {
        struct cairn_bytes image = i == host ? cairn_bytes_of("", 1) : inputs[i];
        Elf64_Shdr section = {.sh_name = (Elf64_Word)all_names.size,
                              .sh_type = SHT_PROGBITS,
                              .sh_flags = SHF_EXCLUDE,
                              .sh_offset = out->size,
                              .sh_size = image.left,
                              .sh_addralign = 1};
        buffer_text(&all_names, "%s%s", magic, run->targets[i]);
        buffer_add(&all_names, "", 1);
        buffer_add(out, image.at, image.left);
        buffer_add(&sections, &section, sizeof section);
    }
    name_section = (Elf64_Shdr *)sections.at + header.e_shstrndx;
    name_section->sh_offset = out->size;
    name_section->sh_size = all_names.size;
    buffer_add(out, all_names.at, all_names.size);
    buffer_pad(out, 8);
    header.e_shoff = out->size;
    header.e_shnum = (Elf64_Half)(header.e_shnum + run->target_count);
    buffer_add(out, sections.at, sections.size);
    memcpy(out->at, &header, sizeof header);
    free(all_names.at);
    free(sections.at);
}

/* ---- compression ---- */

/* Version 3 of the header, zstd. Nobody checks the hash against another program's. */
static void compress(const struct bundler *run, struct buffer *out)
{
    struct cairn_sha256 hash;
    uint8_t digest[CAIRN_SHA256_BYTES];
    size_t bound = ZSTD_compressBound(out->size);
    uint8_t *stream = malloc(bound);
    if (stream == NULL)
        fail("out of memory");
    size_t size =
        ZSTD_compress(stream, bound, out->at, out->size, run->level != 0 ? run->level : LEVEL);
    if (ZSTD_isError(size))
        fail("cannot compress: %s", ZSTD_getErrorName(size));
    cairn_sha256_start(&hash);
    cairn_sha256_add(&hash, out->at, out->size);
    cairn_sha256_finish(&hash, digest);
    static const uint16_t version_and_method[] = {3, 1};
    struct buffer whole = {0};
    buffer_add(&whole, "CCOB", 4);
    buffer_add(&whole, version_and_method, sizeof version_and_method);
    add_u64(&whole, 32 + size);
    add_u64(&whole, out->size);
    buffer_add(&whole, digest, 8);
    buffer_add(&whole, stream, size);
    free(stream);
    free(out->at);
    *out = whole;
}

void bundle(const struct bundler *run)
{
    static struct cairn_bytes inputs[ENTRIES_MAX];
    struct buffer out = {0};
    Elf64_Ehdr header;
    size_t host = run->target_count;
    for (size_t i = 0; i < run->target_count; i++) {
        inputs[i] = read_file(run->inputs[i]);
        if (id_is_host(run->targets[i]))
            host = i;
    }
    if (run->comment != NULL)
        bundle_text(run, inputs, &out);
    else if (run->type[0] == 'o' && host != run->target_count && is_object(inputs[host], &header))
        bundle_object(run, host, inputs, &out);
    else
        bundle_binary(run, inputs, &out);
    if (run->compresses && out.size >= MAGIC_BYTES && memcmp(out.at, magic, MAGIC_BYTES) == 0)
        compress(run, &out);
    write_output(run->outputs[0], cairn_bytes_of(out.at, out.size));
    free(out.at);
}
