/* SPDX-License-Identifier: MIT
 * Runs the passes that make the facts.
 */
#include "finalizer/facts_priv.h"
#include "finalizer/known.h"

#include <stdlib.h>

static void find_exec(const struct cairn_program *program, const struct cairn_geometry *geometry,
                      const struct cairn_scopes *scopes, struct cairn_facts *facts)
{
    bool full = cairn_geometry_full_waves(geometry);
    for (uint32_t i = 0; i < program->insn_count; i++)
        facts->insn[i].exec_full = full && scopes->at[i] == CAIRN_SCOPE_ROOT;
}

static enum cairn_status run(const struct cairn_program *program,
                             const struct cairn_geometry *geometry, const bool *stepped,
                             struct cairn_facts *facts)
{
    struct cairn_scopes *scopes = NULL;
    enum cairn_status status = cairn_scopes_build(program, &scopes);
    if (status != CAIRN_OK)
        return status;
    find_exec(program, geometry, scopes, facts);
    status = cairn_facts_find_full(program, scopes, facts->insn);
    if (status == CAIRN_OK)
        status = cairn_facts_find_shapes(program, geometry, stepped, facts);
    if (status == CAIRN_OK)
        status = cairn_known_build(program, geometry, facts->insn, &facts->known);
    cairn_scopes_destroy(scopes);
    return status;
}

enum cairn_status cairn_facts_build(const struct cairn_program *program,
                                    const struct cairn_geometry *geometry, const bool *stepped,
                                    struct cairn_facts **out)
{
    struct cairn_facts *facts = calloc(1, sizeof *facts);
    if (facts == NULL)
        return CAIRN_ERR_NO_MEMORY;
    facts->insn = calloc(program->insn_count + 1, sizeof *facts->insn);
    facts->entry = calloc(program->block_count + 1, sizeof *facts->entry);
    enum cairn_status status = CAIRN_ERR_NO_MEMORY;
    if (facts->insn != NULL && facts->entry != NULL)
        status = run(program, geometry, stepped, facts);
    if (status == CAIRN_OK)
        *out = facts;
    else
        cairn_facts_destroy(facts);
    return status;
}

void cairn_facts_destroy(struct cairn_facts *facts)
{
    if (facts == NULL)
        return;
    cairn_known_destroy(facts->known);
    free(facts->insn);
    free(facts->entry);
    free(facts);
}
