/* SPDX-License-Identifier: MIT
 * From a dispatch packet and its kernel descriptor to what waves need, with every check that a
 * packet must pass.
 */
#ifndef CAIRN_DEVICE_LAUNCH_H
#define CAIRN_DEVICE_LAUNCH_H

#include "device/aql.h"
#include "device/device.h"
#include "machine/wave.h"

enum { CAIRN_LAUNCH_TEXT_BYTES = 192 };

/* Fills *out from `packet` (a copy that nobody changes). On an error, `text` says what is wrong
 * with which numbers, and *out is undefined. packet_address, queue_address and dispatch_id are the
 * caller's to set. */
CAIRN_MUST_CHECK enum cairn_queue_error cairn_launch_prepare(const struct cairn_device *device,
                                                             const struct aql_dispatch *packet,
                                                             struct cairn_launch *out,
                                                             char text[CAIRN_LAUNCH_TEXT_BYTES]);
/* Workgroups of a prepared launch that the chip itself holds at once: all its compute units, by
 * wave slots, vector registers and LDS. */
uint64_t cairn_launch_capacity(const struct cairn_launch *launch);

#endif
