/* SPDX-License-Identifier: MIT
 * Choosing the handler of a matrix instruction: the fields are checked here, once.
 */
#include "interp/matrix.h"

#include "interp/matrix_kernel.h"
#include "machine/sem_mfma.h"

/* Blocks of the shape; 0: not a matrix instruction. */
static unsigned blocks_of(unsigned op, bool *is_f64)
{
    switch (op) {
#define MFMA(op, M, K, KL, BLOCKS, KIND)                                                           \
    case CAIRN_OP_##op:                                                                            \
        *is_f64 = CAIRN_SEM_MFMA_##KIND == CAIRN_SEM_MFMA_F64;                                     \
        return BLOCKS;
#include "machine/sem_mfma.def"
#undef MFMA
    default:
        return 0;
    }
}

void (*cairn_interp_matrix_select(const struct cairn_insn *insn))(struct cairn_wave *wave,
                                                                  const struct cairn_insn *insn)
{
    bool is_f64 = false;
    unsigned blocks = blocks_of(insn->op, &is_f64);
    /* A group of 2^CBSZ blocks takes block ABID of the group (AMD "CDNA2 ISA" 7.1). */
    unsigned group = 1u << insn->cbsz;
    bool broadcasts = !is_f64 && insn->cbsz != 0;
    if (blocks == 0 || (broadcasts && (group > blocks || insn->abid >= group)))
        return NULL;
    return cairn_matrix_handler_of(insn->op);
}
