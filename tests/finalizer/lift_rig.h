/* SPDX-License-Identifier: MIT
 * Runs pieces of assembly twice from the same random state, in the interpreter and as finalized
 * code, and compares everything that a kernel can see. Pieces of one text are assembled at once;
 * each ends with s_endpgm.
 */
#ifndef CAIRN_TESTS_LIFT_RIG_H
#define CAIRN_TESTS_LIFT_RIG_H

#include "asm_harness.h"
#include "finalizer/finalizer.h"

#include <stdbool.h>

struct lift_rig {
    struct asm_machine *machine;
    struct asm_machine *twin; /* the same, for finalized code; guest memory is the machine's */
    const char *const *pieces;
    unsigned count;
    uint32_t *offsets; /* of the pieces in the code */
    unsigned compiled, stepped;
};

/* How one comparison is made. */
struct lift_run {
    enum cairn_target_level target;
    enum cairn_tier tier;
    bool full;       /* code may count on EXEC being full at entry */
    bool no_scratch; /* geometry.has_scratch is off */
    uint64_t exec;   /* at entry */
    uint64_t seed;
    /* Changes the random state before both runs; may be NULL. */
    void (*prepare)(struct asm_machine *machine, uint64_t *random);
    bool may_step; /* pieces may hold instructions that the interpreter executes */
};

struct lift_rig *lift_rig_create(const char *const *pieces, unsigned count);
void lift_rig_destroy(struct lift_rig *rig);

/* Fails the test with the piece and what differs. */
void lift_rig_compare(struct lift_rig *rig, unsigned piece, const struct lift_run *run);

/* Levels that this host can run, ended by CAIRN_TARGET_NATIVE. */
const enum cairn_target_level *lift_rig_levels(void);
uint64_t lift_random(uint64_t *state);

#endif
