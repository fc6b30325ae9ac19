/* SPDX-License-Identifier: MIT
 * A sorted list. Places are looked for from the end and from whose turn it is, since new workgroups
 * come last and a resumed one goes back to where it was.
 */
#include "device/soft/waiting.h"

#include "device/soft/slot.h"

/* The last one that was started before `ticket`, or NULL. */
static struct cairn_slot *find_before(const struct cairn_waiting *waiting, uint64_t ticket)
{
    struct cairn_slot *at = waiting->last;
    if (at == NULL || at->ticket < ticket)
        return at;
    if (waiting->turn != NULL)
        at = waiting->turn;
    while (at != NULL && at->ticket >= ticket)
        at = at->previous;
    while (at != NULL && at->next->ticket < ticket)
        at = at->next;
    return at;
}

void cairn_waiting_add(struct cairn_waiting *waiting, struct cairn_slot *slot)
{
    struct cairn_slot *before = find_before(waiting, slot->ticket);
    slot->previous = before;
    slot->next = before != NULL ? before->next : waiting->first;
    *(before != NULL ? &before->next : &waiting->first) = slot;
    *(slot->next != NULL ? &slot->next->previous : &waiting->last) = slot;
    waiting->count++;
}

struct cairn_slot *cairn_waiting_take(struct cairn_waiting *waiting)
{
    struct cairn_slot *slot = waiting->turn != NULL ? waiting->turn : waiting->first;
    *(slot->previous != NULL ? &slot->previous->next : &waiting->first) = slot->next;
    *(slot->next != NULL ? &slot->next->previous : &waiting->last) = slot->previous;
    waiting->turn = slot->next;
    waiting->count--;
    return slot;
}

void cairn_waiting_turn_after(struct cairn_waiting *waiting, uint64_t ticket)
{
    struct cairn_slot *before = find_before(waiting, ticket + 1);
    waiting->turn = before != NULL ? before->next : waiting->first;
}
