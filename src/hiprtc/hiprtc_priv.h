/* SPDX-License-Identifier: MIT
 * What the files of hiprtc share.
 */
#ifndef CAIRN_HIPRTC_HIPRTC_PRIV_H
#define CAIRN_HIPRTC_HIPRTC_PRIV_H

#include "hip/hiprtc.h"
#include "hiprtc/comgr.h"

#include <stdbool.h>
#include <stdint.h>

/* Text or bytes that grow. Once memory was out, `failed` stays set and adding does nothing. */
struct hiprtc_bytes {
    char *at; /* followed by a zero; NULL: empty */
    size_t size, room;
    bool failed;
};

void hiprtc_bytes_add(struct hiprtc_bytes *bytes, const void *from, size_t size);
void hiprtc_bytes_add_text(struct hiprtc_bytes *bytes, const char *text);
void hiprtc_bytes_free(struct hiprtc_bytes *bytes);

/* A list of texts that it owns. */
struct hiprtc_texts {
    char **items;
    size_t count, room;
    bool failed;
};

void hiprtc_texts_add(struct hiprtc_texts *list, const char *text);
void hiprtc_texts_free(struct hiprtc_texts *list);

/* Live programs and link states, so that a stale handle is an error. */
bool hiprtc_handle_add(const void *object);
bool hiprtc_handle_is_live(const void *object);
void hiprtc_handle_remove(const void *object);

/* Isa name of the current device of the HIP runtime that the process uses; false: there is none. */
bool hiprtc_device_isa(char *out, size_t size);

hiprtcResult hiprtc_result_of(amd_comgr_status_t status);

/* ---- pipeline.c: actions in a row ---- */

/* Adds a data object to a set. */
amd_comgr_status_t hiprtc_add_data(const struct hiprtc_comgr *comgr, amd_comgr_data_set_t set,
                                   amd_comgr_data_kind_t kind, const char *name, const void *bytes,
                                   size_t size);

struct hiprtc_step {
    amd_comgr_action_kind_t action;
    amd_comgr_language_t language;
    const struct hiprtc_texts *options; /* NULL: none */
};

/* Performs the steps, each on the results of the one before, the first on `input`. `out` gets the
 * only data object of the last result that has kind `kind`; `log` what was said on the way, also
 * when it fails. */
amd_comgr_status_t hiprtc_perform(const struct hiprtc_comgr *comgr, const char *isa,
                                  const struct hiprtc_step *steps, size_t count,
                                  amd_comgr_data_set_t input, amd_comgr_data_kind_t kind,
                                  struct hiprtc_bytes *out, struct hiprtc_bytes *log);

#endif
