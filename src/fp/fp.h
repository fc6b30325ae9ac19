/* SPDX-License-Identifier: MIT
 * The host's floating-point environment around guest code: src/fp relies on the host rounding to
 * nearest even and keeping denormals, and threads inherit other settings from programs built with
 * -ffast-math.
 */
#ifndef CAIRN_FP_FP_H
#define CAIRN_FP_FP_H

#include <stdint.h>

/* Sets the environment that src/fp needs on this thread; returns what to give to leave. */
uint32_t cairn_fp_host_enter(void);
void cairn_fp_host_leave(uint32_t saved);

#endif
