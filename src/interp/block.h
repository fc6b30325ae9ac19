/* SPDX-License-Identifier: MIT
 * Decoded code: ops, the blocks that they form, and how an instruction gets its handler. An op is
 * a decoded instruction with its handler and its operands resolved; handlers run one another in a
 * chain (tail calls) until the block ends. For src/interp only.
 */
#ifndef CAIRN_INTERP_BLOCK_H
#define CAIRN_INTERP_BLOCK_H

#include "interp/operand.h"
#include "isa/isa.h"
#include "machine/wave.h"

struct cairn_interp_op;
struct cairn_valu_row;

/* Runs the op and, by a tail call, those after it. A handler that ends the block (it changes the
 * pc, waits, ends, faults) sets wave->pc and returns instead. */
typedef void (*cairn_op_run)(struct cairn_wave *wave, const struct cairn_interp_op *op);

enum cairn_source_kind {
    CAIRN_SOURCE_NONE,
    CAIRN_SOURCE_SGPR,  /* index: operand code */
    CAIRN_SOURCE_CONST, /* value */
    CAIRN_SOURCE_LIVE,  /* SCC, apertures, ...: cairn_scalar_value */
    CAIRN_SOURCE_VGPR,  /* index: row */
    CAIRN_SOURCE_AGPR,  /* index: number, row from the launch */
};

struct cairn_interp_source {
    uint8_t kind;   /* enum cairn_source_kind */
    uint8_t dwords; /* 1 or 2 for scalars */
    uint16_t index;
    uint64_t value;
};

struct cairn_interp_op {
    cairn_op_run run;
    uint64_t pc;
    union {
        const struct cairn_valu_row *valu;
        void (*memory)(struct cairn_wave *wave, const struct cairn_insn *insn);
        cairn_op_run inner; /* of a wrapping handler */
    };
    uint16_t dst;  /* operand code (scalar) or arch row (vector) */
    uint16_t sdst; /* operand code of the mask written */
    struct cairn_interp_source src[3];
    struct cairn_insn insn;
};

/* Which code a block's ops were made for: MODE bits that change what instructions do, and waves
 * that have fewer registers than the block names. */
enum cairn_block_mode {
    CAIRN_BLOCK_INDEXED = 1 << 0, /* MODE.GPR_IDX_EN */
    CAIRN_BLOCK_SKIP = 1 << 1,    /* MODE.VSKIP */
    CAIRN_BLOCK_CHECKED = 1 << 2, /* register bounds looked at for each instruction */
    CAIRN_BLOCK_SINGLE = 1 << 3,  /* of one instruction */
    CAIRN_BLOCK_MODES = 1 << 4,
};

enum { CAIRN_MODE_GPR_IDX_EN_BIT = 27, CAIRN_MODE_VSKIP_BIT = 28 };

struct cairn_block {
    uint32_t instructions;
    uint16_t arch_rows, acc_rows; /* registers that vector instructions name: 0..n-1 */
    struct cairn_interp_op ops[];
};

#define CAIRN_TAIL __attribute__((musttail))

/* The block that begins at `pc` (inside the code, 4-aligned), decoded now if need be. NULL: out of
 * memory. */
const struct cairn_block *cairn_block_at(struct cairn_code *code, const struct cairn_gfx *gfx,
                                         uint64_t pc, unsigned mode);

/* Gives `op`, whose pc and insn are set, its handler and operands. */
void cairn_op_prepare(struct cairn_interp_op *op, unsigned mode);

/* Do the registers of a vector or matrix instruction exist in every wave that has so many? */
void cairn_op_rows(const struct cairn_insn *insn, uint16_t *arch_rows, uint16_t *acc_rows);
bool cairn_insn_is_vector(const struct cairn_insn *insn); /* VALU and matrix, not memory */

/* Resolves source slot 0..2 into op->src. */
void cairn_op_source(struct cairn_interp_op *op, unsigned slot);

/* The families. Each sets op->run (and more) if the instruction is one of its own. */
bool cairn_scalar_prepare(struct cairn_interp_op *op);  /* SOP1 SOP2 SOPC SOPK, but for: */
bool cairn_control_prepare(struct cairn_interp_op *op); /* branches, waits, messages, mode */
bool cairn_smem_prepare(struct cairn_interp_op *op);
bool cairn_gws_prepare(struct cairn_interp_op *op);
bool cairn_valu_prepare(struct cairn_interp_op *op);
bool cairn_lane_prepare(struct cairn_interp_op *op); /* VALU that is not lane by lane */

/* Handlers that several families use. */
void cairn_op_end(struct cairn_wave *wave, const struct cairn_interp_op *op); /* pc is op's; stop */
void cairn_op_nop(struct cairn_wave *wave, const struct cairn_interp_op *op);
void cairn_op_illegal(struct cairn_wave *wave, const struct cairn_interp_op *op);
void cairn_op_unimplemented(struct cairn_wave *wave, const struct cairn_interp_op *op);
void cairn_op_bad_register(struct cairn_wave *wave, const struct cairn_interp_op *op);
/* Vector instruction in a block that is INDEXED or CHECKED: registers found anew, then run. */
void cairn_op_redirected(struct cairn_wave *wave, const struct cairn_interp_op *op);

static inline uint32_t cairn_source32(const struct cairn_wave *wave,
                                      const struct cairn_interp_op *op, unsigned slot)
{
    const struct cairn_interp_source *source = &op->src[slot];
    if (__builtin_expect(source->kind == CAIRN_SOURCE_SGPR, 1))
        return wave->sgpr[source->index];
    if (source->kind == CAIRN_SOURCE_CONST)
        return (uint32_t)source->value;
    return (uint32_t)cairn_scalar_value(wave, &op->insn, &op->insn.slot[CAIRN_SLOT_SRC0 + slot]);
}

static inline uint64_t cairn_source64(const struct cairn_wave *wave,
                                      const struct cairn_interp_op *op, unsigned slot)
{
    const struct cairn_interp_source *source = &op->src[slot];
    if (__builtin_expect(source->kind == CAIRN_SOURCE_SGPR, 1))
        return cairn_wave_read64(wave, source->index);
    if (source->kind == CAIRN_SOURCE_CONST)
        return source->value;
    return cairn_scalar_value(wave, &op->insn, &op->insn.slot[CAIRN_SLOT_SRC0 + slot]);
}

#endif
