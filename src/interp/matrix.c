/* SPDX-License-Identifier: MIT
 * Matrix instructions: none has a handler yet, so each is an unimplemented-instruction fault.
 */
#include "interp/matrix.h"

#include <stddef.h>

void (*cairn_interp_matrix_select(const struct cairn_insn *insn))(struct cairn_wave *wave,
                                                                  const struct cairn_insn *insn)
{
    (void)insn;
    return NULL;
}
