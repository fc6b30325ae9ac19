/* SPDX-License-Identifier: MIT
 * Tells waves that wait from waves that work. A wave that comes back to the same place with the
 * same registers and scratch has not got anywhere: it spins until somebody else changes memory.
 */
#ifndef CAIRN_DEVICE_SOFT_WATCH_H
#define CAIRN_DEVICE_SOFT_WATCH_H

#include "machine/wave.h"

enum { CAIRN_WATCH_DEPTH = 2 }; /* a loop may be left at more than one place */

/* States of one wave at the ends of its last turns. */
struct cairn_watch {
    uint64_t scalars[CAIRN_WATCH_DEPTH];
    uint64_t vectors[CAIRN_WATCH_DEPTH]; /* 0: not looked at */
    uint64_t scratch[CAIRN_WATCH_DEPTH]; /* 0: not looked at */
    uint32_t next;
};

/* Notes the state of `wave` after a turn; true if it was in that very state after an earlier one.
 * `with_scratch`: scratch counts, too, since that is where a loop may keep its counter; scratch too
 * large to be looked at is never the same. */
bool cairn_watch_repeats(struct cairn_watch *watch, const struct cairn_wave *wave,
                         bool with_scratch);

#endif
