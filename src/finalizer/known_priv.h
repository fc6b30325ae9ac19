/* SPDX-License-Identifier: MIT
 * What the pass that finds known values shares: the way through the blocks (known.c), one
 * instruction (known_step.c), and those of the scalar unit (known_scalar.c).
 */
#ifndef CAIRN_FINALIZER_KNOWN_PRIV_H
#define CAIRN_FINALIZER_KNOWN_PRIV_H

#include "finalizer/known.h"
#include "finalizer/known_value.h"

enum { CAIRN_KNOWN_MASK_WORDS = CAIRN_KNOWN_LANES / 32 };

struct cairn_known {
    const struct cairn_program *program;
    const struct cairn_insn_facts *facts;
    uint32_t lanes, wave_size;
    struct cairn_known_pool vectors, masks;
    struct cairn_known_state *in; /* by block */
    bool *reached;
    bool changed;
};

/* An instruction, and the state in front of it. */
struct cairn_known_step {
    struct cairn_known *known;
    struct cairn_known_state *state;
    const struct cairn_insn *insn;
    bool full_write;
};

static inline bool cairn_known_has_number(const struct cairn_known_state *state, unsigned code)
{
    return state->numbers[code / 64] >> (code % 64) & 1;
}

/* ---- known_step.c: operands */
/* False: the source is no number that is the same in all lanes, or not known. */
bool cairn_known_number_of(const struct cairn_known_step *step, unsigned slot, uint32_t *out);
/* A source of 64 bits that is a literal or an integer constant. */
bool cairn_known_wide_constant(const struct cairn_known_step *step, unsigned slot, uint64_t *out);
/* Ids of masks; 0: not known. */
uint32_t cairn_known_mask_source(const struct cairn_known_step *step, unsigned slot);
uint32_t cairn_known_exec_of(const struct cairn_known_step *step);

/* ---- known_scalar.c */
/* Masks that an instruction of the scalar unit makes: of its destination, and of EXEC. */
struct cairn_known_masks {
    uint32_t result, exec;
    bool sets_exec;
};

/* False: the instruction makes none, but perhaps a number. */
bool cairn_known_mask_results(const struct cairn_known_step *step, struct cairn_known_masks *out);
/* Numbers that are the same in all waves; false: it makes none, or it is not known. */
bool cairn_known_number_result(const struct cairn_known_step *step, uint32_t *out);
/* s_mov_b64 of a constant makes two numbers of it. */
bool cairn_known_wide_number(const struct cairn_known_step *step, uint64_t *out);

#endif
