/* SPDX-License-Identifier: MIT
 * Running guest code on an application's own thread.
 */
#ifndef CAIRN_DEVICE_HERE_H
#define CAIRN_DEVICE_HERE_H

#include <stdbool.h>

/* May the calling thread run guest code? What it blocks is asked once a thread. */
bool cairn_may_run_here(void);

#endif
