/* SPDX-License-Identifier: MIT
 * Buffered printf: kernels write messages into a buffer of their launch, which is printed when the
 * program next waits after the launch is over.
 */
#ifndef CAIRN_HIP_PRINTF_BUFFER_H
#define CAIRN_HIP_PRINTF_BUFFER_H

#include "hip/runtime.h"

struct hip_op;
struct cairn_obj;
struct ihipModuleSymbol_t;

/* Gives the launch `op` a buffer and puts its address into the kernel arguments. OutOfMemory: no
 * memory, or too many launches whose messages nobody has waited for. */
hipError_t hip_printf_attach(struct hip_op *op, const struct ihipModuleSymbol_t *function,
                             void *kernarg);
/* Prints what finished launches on the device have left, in the order of the launches. */
void hip_printf_flush(struct hip_device *device);
/* `obj` is about to go: its finished launches are printed, others are not. */
void hip_printf_forget(struct hip_device *device, const struct cairn_obj *obj);

/* Prints the messages in `bytes`, with the records of amdhsa.printf; returns how many were printed.
 * It stops, and says why, at what is no message (printf_message.c). */
int hip_printf_messages(struct cairn_bytes bytes, const char *const *formats, uint32_t count);

#endif
