/* SPDX-License-Identifier: MIT
 * EXEC as a symbol. Each place where EXEC gets a value that is not known to be an older one makes a
 * scope; scopes form a tree in which a child's lanes are a subset of its parent's. The root is EXEC
 * at kernel entry. ANY, above the root, is what nothing is known of.
 */
#ifndef CAIRN_FINALIZER_SCOPES_H
#define CAIRN_FINALIZER_SCOPES_H

#include "finalizer/registers.h"

enum { CAIRN_SCOPE_ANY = 0, CAIRN_SCOPE_ROOT = 1 };

struct cairn_scopes {
    uint32_t *parent; /* by scope; of ANY: itself */
    uint32_t *depth;
    uint32_t count;
    /* EXEC in front of each instruction, and the scope that the instruction makes (0: none). */
    uint32_t *at, *made;
    uint32_t *block_made; /* by block: the scope made by joining unequal predecessors; 0: none */
    uint32_t *block_out;  /* by block: EXEC at its end */
};

CAIRN_MUST_CHECK enum cairn_status cairn_scopes_build(const struct cairn_program *program,
                                                      struct cairn_scopes **out);
void cairn_scopes_destroy(struct cairn_scopes *scopes);

/* May control come here in ways that the program does not show (calls, returns, jump tables)? Then
 * nothing is known at its start. */
bool cairn_block_is_root(const struct cairn_program *program, uint32_t block);

/* The smallest scope that holds both. */
uint32_t cairn_scope_join(const struct cairn_scopes *scopes, uint32_t a, uint32_t b);
/* Are all lanes of `inner` in `outer`? */
bool cairn_scope_within(const struct cairn_scopes *scopes, uint32_t inner, uint32_t outer);

#endif
