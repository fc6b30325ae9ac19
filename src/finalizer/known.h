/* SPDX-License-Identifier: MIT
 * What registers hold where the shape of the workgroup alone says it: functions of the work-item's
 * number, and lane masks that are made by comparing such. Known values are interned: two with the
 * same number are equal in all lanes, number 0 is not known. They hold lane by lane, whether waves
 * run one by one or all at once; lanes are counted over all waves of the workgroup.
 */
#ifndef CAIRN_FINALIZER_KNOWN_H
#define CAIRN_FINALIZER_KNOWN_H

#include "finalizer/shapes.h"

enum { CAIRN_KNOWN_PAIRS = 64 };

struct cairn_known_state {
    uint32_t vector[CAIRN_VREGS];
    uint32_t mask[CAIRN_KNOWN_PAIRS]; /* of a pair of scalar registers, by the even code / 2 */
    uint64_t numbers[2];              /* scalar registers that hold number[code], in all waves */
    uint32_t number[128];
};

struct cairn_known;

/* `full`, by instruction: facts of shapes.h. CAIRN_ERR_NO_MEMORY. */
CAIRN_MUST_CHECK enum cairn_status cairn_known_build(const struct cairn_program *program,
                                                     const struct cairn_geometry *geometry,
                                                     const struct cairn_insn_facts *facts,
                                                     struct cairn_known **out);
void cairn_known_destroy(struct cairn_known *known);

/* Of all waves of the workgroup, a multiple of the wave's size; 0: nothing is known at all. */
uint32_t cairn_known_lanes(const struct cairn_known *known);
/* The state at the start of a block, and what an instruction makes of it. */
const struct cairn_known_state *cairn_known_entry(const struct cairn_known *known, uint32_t block);
void cairn_known_step(struct cairn_known *known, uint32_t insn, struct cairn_known_state *state);
/* The pair of scalar registers is no longer known. */
void cairn_known_forget_mask(struct cairn_known_state *state, unsigned code);
/* A word a lane; 32 lanes a word. `id` is not 0. Valid until the next step. */
const uint32_t *cairn_known_vector(const struct cairn_known *known, uint32_t id);
const uint32_t *cairn_known_mask(const struct cairn_known *known, uint32_t id);
/* The number of the mask in a pair of scalar registers, by the even code. */
uint32_t cairn_known_mask_of(struct cairn_known *known, const struct cairn_known_state *state,
                             unsigned code);

#endif
