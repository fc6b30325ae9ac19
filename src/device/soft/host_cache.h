/* SPDX-License-Identifier: MIT
 * What is known of the host's caches.
 */
#ifndef CAIRN_DEVICE_SOFT_HOST_CACHE_H
#define CAIRN_DEVICE_SOFT_HOST_CACHE_H

#include "base/bytes.h"

/* Bytes in the last caches of the CPUs that the process may use, together; never 0. */
uint64_t cairn_host_cache_bytes(void);

#endif
