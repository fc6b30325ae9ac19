/* SPDX-License-Identifier: MIT
 * The objects of libamd_comgr, as its files see them. The API promises to be called for one object
 * by one thread at a time; only reference counts are shared between threads.
 */
#ifndef CAIRN_COMGR_COMGR_H
#define CAIRN_COMGR_COMGR_H

#include "amd_comgr/amd_comgr.h"
#include "base/bytes.h"
#include "comgr/handle.h"

#include <stdatomic.h>

/* A growing list of texts; owns them. Once memory was out, `failed` stays set. */
struct comgr_texts {
    char **items; /* terminated by NULL, as an argv is */
    size_t count, room;
    bool failed;
};

/* A text that grows. Once memory was out, `failed` stays set and adding does nothing. */
struct comgr_buffer {
    char *text; /* zero-terminated; NULL: empty */
    size_t size, room;
    bool failed;
};

struct comgr_symbols;

struct comgr_data {
    uint64_t handle;
    atomic_uint references; /* relaxed add, release-acquire to zero */
    amd_comgr_data_kind_t kind;
    char *name; /* never NULL */
    uint8_t *bytes;
    size_t size;
    struct comgr_symbols *symbols; /* made when first asked for */
    bool names_populated, expressions_populated;
    struct comgr_texts names;
    struct comgr_texts expressions; /* pairs: expression, symbol */
};

struct comgr_data_set {
    struct comgr_data **items;
    size_t count, room;
};

struct comgr_action_info {
    char *isa_name, *path; /* never NULL */
    amd_comgr_language_t language;
    bool has_options, logging, links_device_libs;
    struct comgr_texts options, bundle_ids;
};

/* ---- texts.c ---- */

/* Replaces what is there; on failure nothing changes. */
amd_comgr_status_t comgr_text_set(char **at, const char *text);
/* The protocol of all functions that give out a text with its terminating zero. */
amd_comgr_status_t comgr_text_give(const char *text, size_t *size, char *out);
amd_comgr_status_t comgr_texts_add(struct comgr_texts *list, const char *text, size_t length);
/* For lists that are made whole and then asked for `failed`. */
void comgr_texts_push(struct comgr_texts *list, const char *text);
void comgr_texts_pushf(struct comgr_texts *list, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Replaces the list by copies. */
amd_comgr_status_t comgr_texts_set(struct comgr_texts *list, const char *const *items,
                                   size_t count);
void comgr_texts_clear(struct comgr_texts *list);
void comgr_buffer_add(struct comgr_buffer *buffer, const char *text, size_t length);
void comgr_buffer_addf(struct comgr_buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
amd_comgr_status_t comgr_status_of(enum cairn_status status);

/* ---- data.c, data_set.c, action_info.c ---- */

/* NULL: no live object. Data objects always have a kind. */
struct comgr_data *comgr_data_of(amd_comgr_data_t data);
struct comgr_data_set *comgr_data_set_of(amd_comgr_data_set_t set);
struct comgr_action_info *comgr_action_info_of(amd_comgr_action_info_t info);

bool comgr_is_data_kind(amd_comgr_data_kind_t kind);
/* One reference for the caller; takes `bytes`, which came from malloc, on success only. */
amd_comgr_status_t comgr_data_create(amd_comgr_data_kind_t kind, const char *name, uint8_t *bytes,
                                     size_t size, struct comgr_data **out);
void comgr_data_hold(struct comgr_data *data);
void comgr_data_drop(struct comgr_data *data);
/* Takes `bytes`. */
void comgr_data_replace(struct comgr_data *data, uint8_t *bytes, size_t size);
amd_comgr_status_t comgr_data_set_append(struct comgr_data_set *set, struct comgr_data *data);
void comgr_data_set_clear(struct comgr_data_set *set);

/* ---- isa.c ---- */

struct comgr_isa;
/* NULL: not supported. */
const struct comgr_isa *comgr_isa_find(const char *isa_name);
/* The target id in it, "gfx90a:xnack+". */
const char *comgr_isa_target(const char *isa_name);
/* May code for `code` run where `wanted` is asked for? Both are isa names without faults. */
bool comgr_isa_fits(const char *wanted, const char *code);
/* The isa name of an ELF file; false: it states none that is known, or no room. */
struct comgr_elf;
bool comgr_isa_of_elf(const struct comgr_elf *elf, char *text, size_t size);

#endif
