/* SPDX-License-Identifier: MIT
 * What the files of src/obj share: the object under construction and its parts' parsers.
 */
#ifndef CAIRN_OBJ_OBJ_PRIV_H
#define CAIRN_OBJ_OBJ_PRIV_H

#include "base/arena.h"
#include "obj/obj.h"

/* The public struct first, so that a pointer to one is a pointer to the other. */
struct cairn_obj_whole {
    struct cairn_obj obj;
    struct cairn_arena arena;
};

/* Logs `what` with the numbers and returns `status`: for the function that decides the error. */
#define OBJ_REJECT(status, ...) (cairn_log(CAIRN_LOG_ERROR, "code object: " __VA_ARGS__), (status))

/* NULL if `mach` is not known. */
const char *cairn_obj_mach_name(uint32_t mach);
bool cairn_target_id_is_generic(const struct cairn_target_id *id);

/* Fills kernels and printf_formats from the bytes of the AMDGPU metadata note. */
CAIRN_MUST_CHECK enum cairn_status cairn_obj_read_metadata(struct cairn_obj_whole *whole,
                                                           struct cairn_bytes note);
/* Undoes CCOB compression into a malloc'ed buffer that the caller frees. */
CAIRN_MUST_CHECK enum cairn_status cairn_ccob_inflate(struct cairn_bytes bytes, uint8_t **out,
                                                      size_t *out_size);
/* Total size that a CCOB header states; version 1 states none: CAIRN_ERR_NOT_FOUND. */
CAIRN_MUST_CHECK enum cairn_status cairn_ccob_size(struct cairn_bytes bytes, uint64_t *size);

#endif
