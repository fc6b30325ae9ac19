/* SPDX-License-Identifier: MIT
 * The facts of shapes.h. For now the weakest ones: what is always right.
 */
#include "finalizer/shapes.h"

#include <stdlib.h>

enum cairn_status cairn_facts_build(const struct cairn_program *program,
                                    const struct cairn_geometry *geometry,
                                    const struct cairn_liveness *live, struct cairn_facts **out)
{
    (void)geometry, (void)live;
    struct cairn_facts *facts = calloc(1, sizeof *facts);
    if (facts == NULL)
        return CAIRN_ERR_NO_MEMORY;
    facts->insn = calloc(program->insn_count + 1, sizeof *facts->insn);
    facts->entry = calloc(program->block_count + 1, sizeof *facts->entry);
    facts->not_mergeable = "not analysed";
    if (facts->insn == NULL || facts->entry == NULL) {
        cairn_facts_destroy(facts);
        return CAIRN_ERR_NO_MEMORY;
    }
    *out = facts;
    return CAIRN_OK;
}

void cairn_facts_destroy(struct cairn_facts *facts)
{
    if (facts == NULL)
        return;
    free(facts->insn);
    free(facts->entry);
    free(facts);
}
