/* SPDX-License-Identifier: MIT
 * Matrix instructions (MFMA) of the interpreter. A handler is chosen once, when code is decoded.
 * The moves between VGPRs and AGPRs are not here: they are ordinary vector moves.
 */
#ifndef CAIRN_INTERP_MATRIX_H
#define CAIRN_INTERP_MATRIX_H

#include "isa/insn.h"
#include "machine/wave.h"

/* The handler of a matrix instruction; NULL: not implemented. All registers that it names exist
 * when it runs. Handlers do not advance the pc. */
void (*cairn_interp_matrix_select(const struct cairn_insn *insn))(struct cairn_wave *wave,
                                                                  const struct cairn_insn *insn);

#endif
