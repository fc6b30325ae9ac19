/* SPDX-License-Identifier: MIT
 * How many chunks of a segment may go in step: as many as the host has registers for.
 */
#include "finalizer/llvm/segment_priv.h"

#include <string.h>

/* What a segment whose chunks go in step may have: instructions, and vector registers that are
 * alive at once and hold something else in each lane. */
enum { STEP_INSNS = 96, STEP_REGISTERS = 16 };

/* Registers that anywhere in the segment hold something else in each lane. */
static void find_varying(const struct cairn_lift *lift, const struct cairn_segment *segment,
                         struct cairn_regs *varying)
{
    struct cairn_shape shape[CAIRN_VREGS];
    memset(varying, 0, sizeof *varying);
    for (uint32_t n = 0; n < segment->count; n++) {
        const struct cairn_program_block *at = &lift->program->blocks[segment->block[n]];
        memcpy(shape, lift->facts->entry[segment->block[n]], sizeof shape);
        for (uint32_t i = at->first; i < at->first + at->count; i++) {
            cairn_region_advance(shape, lift, i);
            for (unsigned v = 0; v < CAIRN_VREGS; v++)
                if (shape[v].kind == CAIRN_SHAPE_VARYING && !shape[v].pair)
                    cairn_regs_add_v(varying, v);
        }
    }
}

static unsigned count_live(const struct cairn_regs *live, const struct cairn_segment *segment,
                           const struct cairn_regs *varying)
{
    unsigned count = 0;
    for (unsigned i = 0; i < 8; i++)
        count += (unsigned)__builtin_popcountll(live->v[i] & varying->v[i] &
                                                (segment->reads.v[i] | segment->writes.v[i]));
    return count;
}

/* Is there room in the host's registers for the chunks of a wave at once? */
static unsigned most_live(const struct cairn_lift *lift, const struct cairn_segment *segment)
{
    const bool *full = cairn_lifter_of((struct cairn_lift *)lift)->full;
    struct cairn_regs varying, live;
    unsigned most = 0;
    find_varying(lift, segment, &varying);
    for (uint32_t n = 0; n < segment->count; n++) {
        const struct cairn_program_block *at = &lift->program->blocks[segment->block[n]];
        live = lift->live->live_out[segment->block[n]];
        for (uint32_t i = at->first + at->count; i > at->first; i--) {
            unsigned count = count_live(&live, segment, &varying);
            most = count > most ? count : most;
            cairn_liveness_step(lift->program, full, i - 1, &live);
        }
    }
    return most;
}

bool cairn_segment_fits(const struct cairn_lift *lift, const struct cairn_segment *segment)
{
    return segment->insns <= STEP_INSNS && most_live(lift, segment) <= STEP_REGISTERS;
}

/* In a loop by chunk each instruction waits for the one before, and what lies side by side in
 * memory is come back to a strip of turns later. Two chunks in step do better at both, if there are
 * registers for them: 32 of 16 lanes, or 16 of 8. More gain nothing. */
unsigned cairn_segment_loop_parts(const struct cairn_lift *lift,
                                  const struct cairn_segment *segment)
{
    unsigned registers = 2 * lift->width;
    bool two = lift->chunks % 2 == 0 && 2 * most_live(lift, segment) <= registers * 3 / 4;
    return two ? 2 : 1;
}
