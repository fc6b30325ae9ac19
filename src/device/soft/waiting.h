/* SPDX-License-Identifier: MIT
 * The workgroups of a dispatch that only waited when last seen, in the order of their tickets. They
 * are resumed in turn; but when a workgroup has ended, it is the turn of the one that was started
 * next after it, since most waiting is for what an earlier workgroup leaves behind. Guarded by the
 * scheduler's lock.
 */
#ifndef CAIRN_DEVICE_SOFT_WAITING_H
#define CAIRN_DEVICE_SOFT_WAITING_H

#include <stdint.h>

struct cairn_slot;

struct cairn_waiting {
    struct cairn_slot *first, *last;
    struct cairn_slot *turn; /* who is resumed next; NULL: the first */
    uint32_t count;
};

void cairn_waiting_add(struct cairn_waiting *waiting, struct cairn_slot *slot);
/* Takes out whose turn it is; there must be one. */
struct cairn_slot *cairn_waiting_take(struct cairn_waiting *waiting);
/* Gives the turn to the first workgroup after `ticket`. */
void cairn_waiting_turn_after(struct cairn_waiting *waiting, uint64_t ticket);

#endif
