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

/* Descriptors to commands. InvalidValue, InvalidPitchValue; NotSupported for arrays. */
hipError_t hip_copy_of_3d(const hipMemcpy3DParms *parms, struct hip_command *out);
hipError_t hip_copy_of_drv_3d(const HIP_MEMCPY3D *parms, struct hip_command *out);
hipError_t hip_fill_of_memset(const hipMemsetParams *parms, struct hip_command *out);

#endif
