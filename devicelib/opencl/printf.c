/* SPDX-License-Identifier: MIT */
/* OpenCL C's printf becomes a call of __printf_alloc only after this library has been linked, so
 * that the function must be there unasked. */
#define PRINTF_ALLOC_IS __attribute__((used))
#include "ockl/printf_buffer.c"
