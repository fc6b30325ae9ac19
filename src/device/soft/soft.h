/* SPDX-License-Identifier: MIT
 * The software GPU: worker threads that run the workgroups of dispatches on CPU cores, fairly
 * between waves, workgroups and queues.
 */
#ifndef CAIRN_DEVICE_SOFT_SOFT_H
#define CAIRN_DEVICE_SOFT_SOFT_H

#include "device/dispatch.h"

struct cairn_soft;
struct cairn_soft_worker;

CAIRN_MUST_CHECK enum cairn_status cairn_soft_create(struct cairn_device *device,
                                                     struct cairn_soft **out);
/* Ends the worker threads; no dispatch is in flight. */
void cairn_soft_stop(struct cairn_soft *soft);
/* After cairn_soft_stop. */
void cairn_soft_destroy(struct cairn_soft *soft);

/* Starts a dispatch whose launch, needs, total and counters are set. A small one is run by the
 * calling thread, with what `worker` holds, unless it takes long. CAIRN_ERR_NO_MEMORY: it cannot
 * run at all; then nothing was started and cairn_dispatch_done will not be called. */
CAIRN_MUST_CHECK enum cairn_status cairn_soft_start(struct cairn_soft *soft,
                                                    struct cairn_soft_worker *worker,
                                                    struct cairn_dispatch *dispatch);
/* Makes all waves of it stop soon and starts no more; cairn_dispatch_done is called when all have,
 * maybe before this returns. Does nothing to a dispatch that is done already. */
void cairn_soft_cancel(struct cairn_soft *soft, struct cairn_dispatch *dispatch);

/* What queues may have has changed: sleeping workers look again. */
void cairn_soft_look(struct cairn_soft *soft);

/* What a thread other than the workers needs to run small dispatches itself. */
struct cairn_soft_worker *cairn_soft_worker_create(struct cairn_soft *soft);
void cairn_soft_worker_destroy(struct cairn_soft_worker *worker);

#endif
