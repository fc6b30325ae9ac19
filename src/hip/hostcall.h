/* SPDX-License-Identifier: MIT
 * Calls from kernels to the host: printf, functions, memory.
 */
#ifndef CAIRN_HIP_HOSTCALL_H
#define CAIRN_HIP_HOSTCALL_H

#include "hip/runtime.h"

#include <stdio.h>

/* The device's buffer, made with its service thread at the first call. Device lock held. */
hipError_t hip_hostcall_buffer(struct hip_device *device, uint64_t *address);
/* Writes out what kernels have printed so far. */
void hip_hostcall_flush(struct hip_device *device);

/* Formats one message: the format string, then its arguments, in 64-bit words (printf.c). Returns
 * the characters written or a negative number. */
int hip_printf(FILE *stream, const uint64_t *words, size_t count);

#endif
