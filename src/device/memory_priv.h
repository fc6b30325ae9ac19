/* SPDX-License-Identifier: MIT
 * What the rest of this folder needs of memory.c and ranges.c beyond device.h: the window's life,
 * the address space that waves see, and what fork has to know.
 */
#ifndef CAIRN_DEVICE_MEMORY_PRIV_H
#define CAIRN_DEVICE_MEMORY_PRIV_H

#include "device/device.h"
#include "device/extents.h"
#include "machine/memory.h"

struct cairn_backing;

/* Reserves the window and the private aperture at the first call; later calls do nothing. */
CAIRN_MUST_CHECK enum cairn_status cairn_memory_open(void);
/* Frees every allocation and forgets every registration; the reservation stays for ever. */
void cairn_memory_close(void);
/* What waves may touch; valid after cairn_memory_open. On a device with xnack, all memory of the
 * process is theirs, as on the hardware: page faults are resolved like the CPU's. */
const struct cairn_address_space *cairn_memory_space(bool xnack);
/* Bytes of memory that this process may use: of the machine, or of its control group if less. */
uint64_t cairn_machine_memory_bytes(void);

void cairn_memory_fork_prepare(void);
void cairn_memory_fork_parent(void);
void cairn_memory_fork_child(void);

/* Reserves `size` bytes of inaccessible address space at a multiple of `alignment`; 0: none left.
 */
uint64_t cairn_address_reserve(uint64_t size, uint64_t alignment);

/* For the other files about the window: its lock and what it guards. */
struct cairn_extents *cairn_memory_lock(void);
void cairn_memory_unlock(void);
bool cairn_memory_charge_locked(struct cairn_device *device, enum cairn_memory_kind kind,
                                uint64_t bytes);
void cairn_memory_refund_locked(struct cairn_device *device, enum cairn_memory_kind kind,
                                uint64_t bytes);
/* Gives the pages back and makes the range inaccessible; needs no lock if the extent is the
 * caller's alone. */
void cairn_memory_hide(uint64_t start, uint64_t size);

/* What is mapped in a reservation, vmem.c. */
bool cairn_mappings_find_locked(const struct cairn_extent *extent, uint64_t address,
                                struct cairn_allocation *out);
bool cairn_mappings_set_user_locked(struct cairn_extent *extent, uint64_t address, void *user);
void cairn_mappings_destroy_locked(struct cairn_extent *extent);

/* Memory in files, share.c. `was_moved`: the fault came of pages that were being copied into a
 * file; returns once they are there again, and the access may be repeated. */
bool cairn_memory_was_moved(uint64_t address);
void cairn_memory_forget_moves(uint64_t start, uint64_t size);
void cairn_backing_release_locked(struct cairn_backing *backing);

/* Registered ranges. Changed under the caller's lock; covers may be asked at any time. */
CAIRN_MUST_CHECK enum cairn_status cairn_ranges_add(uint64_t address, uint64_t size,
                                                    uint64_t flags);
/* `size` 0: whatever its size, the newest. */
CAIRN_MUST_CHECK enum cairn_status cairn_ranges_remove(uint64_t address, uint64_t size);
bool cairn_ranges_covers(const struct cairn_address_space *space, uint64_t address, uint64_t size);
/* For devices with xnack: whatever may be the process's own memory. If it is not, the access
 * faults. */
bool cairn_ranges_covers_process(const struct cairn_address_space *space, uint64_t address,
                                 uint64_t size);
bool cairn_ranges_find_locked(uint64_t address, struct cairn_allocation *out);
bool cairn_ranges_set_user_locked(uint64_t address, void *user);
void cairn_ranges_clear(void);

#endif
