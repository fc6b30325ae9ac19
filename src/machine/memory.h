/* SPDX-License-Identifier: MIT
 * What guest code may touch. Guest addresses are host addresses; nearly all of them lie in one
 * reserved window in which every live allocation is mapped with its own protection and everything
 * else is PROT_NONE (an access there is caught as SIGSEGV and becomes a fault of the wave). Host
 * memory that was registered (locked) lies outside of the window and is found in `ranges`.
 * Apertures are never in either.
 */
#ifndef CAIRN_MACHINE_MEMORY_H
#define CAIRN_MACHINE_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

/* Owned and changed by the device; waves only read it. `covers_slow` may be called from any thread.
 */
struct cairn_address_space {
    uint64_t window_base, window_size; /* fixed for the life of the process */
    uint64_t private_aperture;         /* 4 GiB-aligned base of the private aperture, reserved */
    /* Is [address, address+size) inside one registered range? Only asked when outside of the
     * window. */
    bool (*covers_slow)(const struct cairn_address_space *space, uint64_t address, uint64_t size);
    /* After a store faulted there: may the address be read? May be NULL. Not asked inside of a
     * signal handler. */
    bool (*is_read_only)(uint64_t address);
};

static inline bool cairn_memory_covers(const struct cairn_address_space *space, uint64_t address,
                                       uint64_t size)
{
    if (__builtin_expect(address - space->window_base <= space->window_size - size, 1))
        return true;
    return space->covers_slow != 0 && space->covers_slow(space, address, size);
}

#endif
