/* SPDX-License-Identifier: MIT
 * Copies, shared by the one-, two- and three-dimensional functions and by graphs.
 */
#ifndef CAIRN_HIP_COPY_H
#define CAIRN_HIP_COPY_H

#include "hip/stream.h"

/* The program's own memory, which HIP does not know. */
bool hip_copy_is_pageable(const void *address);
hipError_t hip_copy_check_kind(hipMemcpyKind kind);
/* Enqueues; takes care of unpinned memory. */
hipError_t hip_copy_async(struct ihipStream_t *stream, struct hip_command *command);
hipError_t hip_copy_sync(struct ihipStream_t *stream, struct hip_command *command);

/* Checks and enqueues a pitched copy. */
hipError_t hip_copy_pitched(const struct hip_command *command, hipStream_t stream, bool sync);

/* One side of a pitched copy. */
struct hip_copy_side {
    char *at;
    size_t pitch, slice;
};
/* A box of an array: `x` and `width` in bytes. InvalidHandle: no array; InvalidValue: the box
 * leaves it. */
hipError_t hip_copy_array_side(hipArray_const_t array, const hipPos *at, const hipExtent *extent,
                               struct hip_copy_side *out);
struct hip_command hip_copy_between(const struct hip_copy_side *dst,
                                    const struct hip_copy_side *src, const hipExtent *extent);

/* Descriptors to commands. InvalidValue, InvalidPitchValue, InvalidHandle. */
hipError_t hip_copy_of_3d(const hipMemcpy3DParms *parms, struct hip_command *out);
hipError_t hip_copy_of_drv_3d(const HIP_MEMCPY3D *parms, struct hip_command *out);
hipError_t hip_fill_of_memset(const hipMemsetParams *parms, struct hip_command *out);

#endif
