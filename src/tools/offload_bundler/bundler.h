/* SPDX-License-Identifier: MIT
 * What the parts of clang-offload-bundler share: one run of it, and buffers that grow.
 */
#ifndef CAIRN_TOOLS_OFFLOAD_BUNDLER_H
#define CAIRN_TOOLS_OFFLOAD_BUNDLER_H

#include "base/bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ID_BYTES = 128, ENTRIES_MAX = 256 };

struct bundler {
    const char *type;    /* "o", "bc", "s", ... */
    const char *comment; /* what a line of text begins with when it marks an entry; NULL: binary */
    uint64_t align;
    bool unbundles, lists, may_miss, compresses;
    int level; /* of compression; 0: the library's own choice */
    size_t target_count, input_count, output_count;
    char targets[ENTRIES_MAX][ID_BYTES]; /* in the form that is written */
    const char *inputs[ENTRIES_MAX];
    const char *outputs[ENTRIES_MAX];
};

struct buffer {
    uint8_t *at;
    size_t size, room;
};

/* These end the program with a message when memory or a file fails. */
void fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
void buffer_add(struct buffer *buffer, const void *bytes, size_t size);
void buffer_text(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void buffer_pad(struct buffer *buffer, uint64_t align);
/* Memory that entries point into stays until the program ends; reachable, so no leak. */
void keep(void *memory);
/* Kept. */
struct cairn_bytes read_file(const char *path);
void write_output(const char *path, struct cairn_bytes bytes);

/* "hip-amdgcn-amd-amdhsa-unknown-gfx90a" as "hip-amdgcn-amd-amdhsa--gfx90a": kind, four parts of a
 * triple, chip. */
void id_normalize(const char *text, size_t length, char out[ID_BYTES]);
bool id_is_host(const char *id);
/* May code of the entry `have` serve who asks for `want`? */
bool id_fits(const char *want, const char *have);

/* ---- write.c ---- */

void bundle(const struct bundler *run);
void bundle_object(const struct bundler *run, size_t host, const struct cairn_bytes *inputs,
                   struct buffer *out);

/* ---- read.c ---- */

struct entry {
    char id[ID_BYTES];
    struct cairn_bytes bytes;
};

/* The entries of a file of any form; 0: it is no bundle. The bytes are the file's, or kept. */
size_t entries_of(const struct bundler *run, struct cairn_bytes file, struct entry *out);
void unbundle(const struct bundler *run);
void list(const struct bundler *run);

/* ---- archive.c ---- */

void unbundle_archive(const struct bundler *run);

#endif
