/* SPDX-License-Identifier: MIT
 * The passes that make the facts of shapes.h.
 */
#ifndef CAIRN_FINALIZER_FACTS_PRIV_H
#define CAIRN_FINALIZER_FACTS_PRIV_H

#include "finalizer/scopes.h"
#include "finalizer/shapes.h"

/* need.c: sets full_write and unread, given exec_full. */
CAIRN_MUST_CHECK enum cairn_status cairn_facts_find_full(const struct cairn_program *program,
                                                         const struct cairn_scopes *scopes,
                                                         struct cairn_insn_facts *facts);
/* shapes.c: sets shapes, by instruction and at block entries, given exec_full and full_write. */
CAIRN_MUST_CHECK enum cairn_status cairn_facts_find_shapes(const struct cairn_program *program,
                                                           const struct cairn_geometry *geometry,
                                                           const bool *stepped,
                                                           struct cairn_facts *facts);

#endif
