/* SPDX-License-Identifier: MIT
 * A queue in front of a queue: the application writes to one whose packets pass through handlers,
 * and what they let through goes to the device's queue below.
 */
#ifndef CAIRN_HSA_INTERCEPT_H
#define CAIRN_HSA_INTERCEPT_H

#include "hsa_priv.h"

#include "hsa/hsa_api_trace.h"

struct intercept;

/* `size` packets, as checked by the caller; `below` stays the caller's. */
CAIRN_MUST_CHECK hsa_status_t cairn_hsa_intercept_create(struct cairn_queue *below, uint32_t size,
                                                         hsa_queue_type32_t type,
                                                         struct intercept **out);
/* The queue below is gone, or takes no more. */
void cairn_hsa_intercept_destroy(struct intercept *intercept);
hsa_queue_t *cairn_hsa_intercept_queue(struct intercept *intercept);
CAIRN_MUST_CHECK hsa_status_t cairn_hsa_intercept_add(struct intercept *intercept,
                                                      hsa_amd_queue_intercept_handler handler,
                                                      void *data);
/* The queue below has failed or was stopped: packets are dropped from now on. */
void cairn_hsa_intercept_stop(struct intercept *intercept);

#endif
