/* SPDX-License-Identifier: MIT
 * Checking and preparing kernel launches.
 */
#ifndef CAIRN_HIP_LAUNCH_H
#define CAIRN_HIP_LAUNCH_H

#include "hip/module.h"
#include "hip/stream.h"

struct ihipEvent_t;

/* Sizes against the device and the kernel; logs what is wrong. */
hipError_t hip_launch_check(const struct hip_kernel_launch *launch);
/* CooperativeLaunchTooLarge: its workgroups do not fit on the device all at once. */
hipError_t hip_launch_check_cooperative(const struct hip_kernel_launch *launch);
/* Lays the explicit arguments out in `out` (function->explicit_bytes). One of `params` and `extra`
 * may be NULL. */
hipError_t hip_launch_arguments(const struct ihipModuleSymbol_t *function, void *const *params,
                                void *const *extra, uint8_t *out);
/* Checks, lays out, enqueues; grid in work-items. Events, if not NULL, are recorded around the
 * kernel. */
hipError_t hip_launch(struct ihipStream_t *stream, struct hip_kernel_launch *launch,
                      void *const *params, void *const *extra, struct ihipEvent_t *start,
                      struct ihipEvent_t *stop);
/* How many workgroups of the kernel fit on one compute unit; `grid_limit` gets how many on the
 * device. */
hipError_t hip_occupancy(const struct ihipModuleSymbol_t *function, uint32_t block_size,
                         size_t dynamic_lds, uint32_t *blocks, uint32_t *grid_limit);

#endif
