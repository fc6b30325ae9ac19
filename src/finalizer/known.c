/* SPDX-License-Identifier: MIT
 * Known values by a forward pass over the blocks until nothing changes. Where ways meet, a register
 * is known if it holds the same on all of them.
 */
#include "finalizer/known_priv.h"
#include "finalizer/scopes.h"

#include <stdlib.h>
#include <string.h>

/* ---- blocks */

static void join(struct cairn_known *known, struct cairn_known_state *to,
                 const struct cairn_known_state *from)
{
    struct cairn_known_state before = *to;
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        if (to->vector[i] != from->vector[i])
            to->vector[i] = 0;
    for (unsigned i = 0; i < CAIRN_KNOWN_PAIRS; i++)
        if (to->mask[i] != from->mask[i])
            to->mask[i] = 0;
    for (unsigned i = 0; i < 128; i++)
        if (cairn_known_has_number(to, i) &&
            (!cairn_known_has_number(from, i) || from->number[i] != to->number[i])) {
            to->numbers[i / 64] &= ~(UINT64_C(1) << (i % 64));
            to->number[i] = 0;
        }
    known->changed = known->changed || memcmp(&before, to, sizeof before) != 0;
}

static void flow(struct cairn_known *known, uint32_t to, const struct cairn_known_state *state)
{
    if (to == CAIRN_NO_BLOCK)
        return;
    if (known->reached[to]) {
        join(known, &known->in[to], state);
        return;
    }
    known->in[to] = *state;
    known->reached[to] = known->changed = true;
}

static void run(struct cairn_known *known)
{
    const struct cairn_program *program = known->program;
    struct cairn_known_state state;
    do {
        known->changed = false;
        for (uint32_t i = 0; i < program->block_count; i++) {
            const struct cairn_program_block *block = &program->blocks[program->order[i]];
            if (!known->reached[program->order[i]])
                continue;
            state = known->in[program->order[i]];
            for (uint32_t j = 0; j < block->count; j++)
                cairn_known_step(known, block->first + j, &state);
            if (block->end == CAIRN_END_CALL || block->end == CAIRN_END_INDIRECT)
                continue;
            flow(known, block->next, &state);
            flow(known, block->taken, &state);
        }
    } while (known->changed);
}

/* ---- at entry; see cairn_workgroup_init */

static void set_ids(struct cairn_known *known, const struct cairn_geometry *geometry,
                    struct cairn_known_state *state)
{
    uint32_t id[3][CAIRN_KNOWN_LANES], bits[CAIRN_KNOWN_MASK_WORDS] = {0};
    const uint32_t *size = geometry->workgroup;
    uint32_t items = size[0] * size[1] * size[2], dims = geometry->rsrc2 >> 11 & 3;
    bool packed = known->program->gfx->packed_work_item_ids;
    for (uint32_t i = 0; i < known->lanes; i++) {
        uint32_t item = i < items ? i : items - 1; /* lanes behind the last one count on */
        id[0][i] = item % size[0] + (i - item);
        id[1][i] = dims >= 1 ? item / size[0] % size[1] : 0;
        id[2][i] = dims >= 2 ? item / size[0] / size[1] : 0;
        if (packed)
            id[0][i] |= id[1][i] << 10 | id[2][i] << 20;
        bits[i / 32] |= (uint32_t)(i < items) << (i % 32);
    }
    for (unsigned i = 0; i < 3; i++)
        if (i == 0 || (!packed && i <= dims))
            state->vector[i] = cairn_known_intern(&known->vectors, id[i]);
    state->mask[CAIRN_CODE_EXEC_LO / 2] = cairn_known_intern(&known->masks, bits);
}

static void start(struct cairn_known *known, const struct cairn_geometry *geometry)
{
    uint64_t waves = cairn_geometry_waves(geometry);
    if (!geometry->whole_groups || geometry->wave_size != 64 || waves == 0 ||
        waves * geometry->wave_size > CAIRN_KNOWN_LANES)
        return;
    known->lanes = (uint32_t)(waves * geometry->wave_size);
    known->wave_size = geometry->wave_size;
    known->vectors.words_each = known->lanes;
    known->masks.words_each = known->lanes / 32;
    set_ids(known, geometry, &known->in[known->program->entry]);
    known->reached[known->program->entry] = true;
    for (uint32_t i = 0; i < known->program->block_count; i++)
        if (cairn_block_is_root(known->program, i))
            memset(&known->in[i], 0, sizeof known->in[i]), known->reached[i] = true;
    run(known);
}

/* ---- the face */

enum cairn_status cairn_known_build(const struct cairn_program *program,
                                    const struct cairn_geometry *geometry,
                                    const struct cairn_insn_facts *facts, struct cairn_known **out)
{
    struct cairn_known *known = calloc(1, sizeof *known);
    if (known == NULL)
        return CAIRN_ERR_NO_MEMORY;
    known->program = program;
    known->facts = facts;
    known->in = calloc(program->block_count + 1, sizeof *known->in);
    known->reached = calloc(program->block_count + 1, sizeof *known->reached);
    if (known->in == NULL || known->reached == NULL) {
        cairn_known_destroy(known);
        return CAIRN_ERR_NO_MEMORY;
    }
    start(known, geometry);
    *out = known;
    return CAIRN_OK;
}

void cairn_known_destroy(struct cairn_known *known)
{
    if (known == NULL)
        return;
    cairn_known_pool_close(&known->vectors);
    cairn_known_pool_close(&known->masks);
    free(known->in);
    free(known->reached);
    free(known);
}

uint32_t cairn_known_lanes(const struct cairn_known *known)
{
    return known->lanes;
}

const struct cairn_known_state *cairn_known_entry(const struct cairn_known *known, uint32_t block)
{
    return &known->in[block];
}

const uint32_t *cairn_known_vector(const struct cairn_known *known, uint32_t id)
{
    return cairn_known_words(&known->vectors, id);
}

const uint32_t *cairn_known_mask(const struct cairn_known *known, uint32_t id)
{
    return cairn_known_words(&known->masks, id);
}
