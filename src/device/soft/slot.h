/* SPDX-License-Identifier: MIT
 * The memory of one resident workgroup: its waves, registers, scratch and LDS. Slots are used again
 * for workgroup after workgroup and grow as needed.
 */
#ifndef CAIRN_DEVICE_SOFT_SLOT_H
#define CAIRN_DEVICE_SOFT_SLOT_H

#include "device/soft/watch.h"
#include "machine/wave.h"

enum { CAIRN_SLOT_WAVES = 32 }; /* 1024 work-items in waves of 32 */

struct cairn_slot {
    struct cairn_workgroup group; /* valid between place and the end of the workgroup */
    struct cairn_slot *next;      /* in a list of free or parked slots */
    struct cairn_slot *previous;  /* in a list of waiting ones */
    uint64_t ticket;
    uint8_t *block; /* waves, then VGPRs, scratch, and what the mold needs */
    size_t block_bytes;
    struct cairn_mold mold;       /* of the launch that it was reserved for */
    uint64_t placed;              /* workgroups, since it was reserved */
    uint8_t *lds;                 /* 4 GiB-aligned, owned; NULL until a workgroup needs LDS */
    uint32_t lds_bytes, lds_used; /* accessible; maybe not zero */
    uint8_t *no_lds; /* the arena of workgroups without LDS; not owned, NULL until one comes */
    uint32_t live_waves, first_wave; /* not ended yet; whose turn it is */
    bool settles;                    /* a barrier was released and no wave has run since */
    bool begun;                      /* its waves have executed something */
    bool merged;                     /* in code that runs them side by side */
    bool interpreted;                /* the interpreter has had them last */
    bool waits;                      /* parked: its waves only waited when last seen */
    bool watched;                    /* `watches` are of this workgroup */
    struct cairn_watch watches[CAIRN_SLOT_WAVES];
};

struct cairn_slot *cairn_slot_create(void);
void cairn_slot_destroy(struct cairn_slot *slot);
/* Bytes of ordinary memory that a workgroup of this launch takes. */
size_t cairn_slot_bytes(const struct cairn_workgroup_needs *needs);
/* Makes room for workgroups of `launch`; false: no memory or no address space, slot as before. */
bool cairn_slot_reserve(struct cairn_slot *slot, const struct cairn_launch *launch,
                        const struct cairn_workgroup_needs *needs);
/* Sets up workgroup number `ticket` (x fastest). The slot was last reserved for this launch. */
void cairn_slot_place(struct cairn_slot *slot, const struct cairn_launch *launch,
                      const struct cairn_workgroup_needs *needs, uint64_t ticket);

/* Does `address` lie in the reservation of any LDS arena? Takes no lock. */
bool cairn_slot_owns(uint64_t address);

void cairn_slots_fork_child(void);

#endif
