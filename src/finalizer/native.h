/* SPDX-License-Identifier: MIT
 * What finalized code and the driver that calls it agree on. Finalized code runs one wave, or all
 * waves of a workgroup side by side (merged), from wave->pc on until it has to come back. All guest
 * state is in struct cairn_wave whenever it returns or calls; every layout here is part of the
 * cache's format: change CAIRN_NATIVE_VERSION with it.
 */
#ifndef CAIRN_FINALIZER_NATIVE_H
#define CAIRN_FINALIZER_NATIVE_H

#include "machine/wave.h"

struct cairn_access_table;
struct cairn_matrix_table;

enum { CAIRN_NATIVE_VERSION = 7 };

/* Why finalized code came back. wave->pc says where to go on. */
enum cairn_native_exit {
    CAIRN_NATIVE_DONE,    /* s_endpgm */
    CAIRN_NATIVE_BARRIER, /* at s_barrier; the pc is behind it */
    CAIRN_NATIVE_YIELD,   /* out of fuel, s_sleep, or launch->stop is set */
    CAIRN_NATIVE_LEAVE,   /* the pc is no place that this code knows: find other code for it */
    CAIRN_NATIVE_STATE,   /* `step` has set wave->state: done, barrier, faulted */
};

struct cairn_native_frame {
    struct cairn_wave *wave; /* of the wave, or of the workgroup's first wave */
    uint32_t waves;          /* 1, or of the workgroup when merged */
    /* The chunk whose memory is accessed now, counted over all merged waves; wave->pc is then the
     * start of the region. For faults only. */
    uint32_t chunk;
    uint64_t code_base;
    uint64_t window_base, window_size; /* cairn_address_space */
    uint64_t private_aperture;
    uint8_t *lds;
    uint64_t lds_bytes;
    /* Executes the instruction at wave->pc in the interpreter. True: go on behind it (wave->pc is
     * there); false: return CAIRN_NATIVE_STATE (or LEAVE if the pc is elsewhere). */
    bool (*step)(struct cairn_native_frame *frame, struct cairn_wave *wave);
    /* Gives up the region that runs: the interpreter replays it and names the fault. Does not
     * return. */
    void (*give_up)(struct cairn_native_frame *frame);
    /* What does the accesses to guest memory that are not in line: &cairn_finalizer_accesses. */
    const struct cairn_access_table *access;
    /* What computes matrix instructions: cairn_finalizer_matrices(). */
    const struct cairn_matrix_table *matrices;
    /* The first wave of the workgroup, if code of single waves may by itself go on with the next
     * wave where one has ended or met the barrier, as the driver does: with the next one that is
     * ready, and with the first one again when all have met, or with the next workgroup. It sets
     * wave->state as the driver would, and `wave` to the one that runs. NULL: it may not. */
    struct cairn_wave *first;
    uint64_t barriers; /* at which it found that all have met */
    /* Code that runs all of a workgroup may go on to the one behind it, x first, by itself, so many
     * times: it counts down and changes `id`. 0: not at all. The memory of the waves and its layout
     * stay. All other state of the workgroup that runs when it comes back is as it always is, but
     * for group->id and the hardware id of the waves. */
    uint64_t groups_left;
    uint32_t id[3], workgroups[3]; /* of the workgroup that runs; how many there are */
    const uint32_t *stop;          /* launch->stop */
    /* Stores may go past the host's caches if a work-item loads and stores at least so many bytes
     * around them; the code then sets `streamed`, and the caller orders them (sfence). */
    uint32_t stream_from, streamed;
    /* As at the entry of any workgroup, but for its id; see struct cairn_mold. May be NULL if
     * groups_left is 0. */
    const struct cairn_wave *entry_waves;
    const uint32_t (*entry_ids)[CAIRN_WAVE_LANES];
    /* Somebody else has executed a part of the workgroups: rows that this code does not write may
     * have been written. The code takes it back when it has made them again. */
    uint32_t foreign;
};

/* Returns enum cairn_native_exit. */
typedef uint32_t (*cairn_native_entry)(struct cairn_native_frame *frame);

/* Code of merged waves has this table, ended by an offset of UINT64_MAX; other code has none. While
 * the region at `offset` runs, each wave has its own of the scalar registers in `own` (a bit a
 * code), and those of the first wave hold for all else. */
struct cairn_native_own {
    uint64_t offset; /* from the base of the code */
    uint64_t own[2];
};
#define CAIRN_NATIVE_OWN_SYMBOL "cairn_own"

/* Code of single waves writes lanes that are off, too, where nobody looks at them, and counts on
 * it: of a register whose lanes follow from lane 0 it reads lane 0. The interpreter writes the
 * lanes of EXEC. So a wave that it has executed may only enter where the registers are what the
 * code counts on. These are the rows of all places where a wave may enter, by offset; each has one
 * of vreg CAIRN_NATIVE_NO_VREG, and one for each thing that is counted on there: the value of the
 * register (of the pair that it is the high half of) goes up by `stride` from lane to lane, in a
 * run of lanes. */
struct cairn_native_claim {
    uint32_t offset; /* from the base of the code */
    uint16_t vreg;   /* 256 and above: accumulation registers */
    uint8_t pair;
    uint8_t run; /* lanes, a power of two; 0: of a chunk */
    int32_t stride;
};
enum { CAIRN_NATIVE_NO_VREG = 0xffff };
#define CAIRN_NATIVE_CLAIM_SYMBOL "cairn_claims"

#define CAIRN_NATIVE_SYMBOL "cairn_kernel"

#endif
