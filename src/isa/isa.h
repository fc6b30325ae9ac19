/* SPDX-License-Identifier: MIT
 * The face of the instruction tables: decode and format. No allocation, no I/O, no state; every
 * function may be called from any thread. Tables are static and made from isa/gfx9.def.
 */
#ifndef CAIRN_ISA_ISA_H
#define CAIRN_ISA_ISA_H

#include "base/bytes.h"
#include "gfx/gfx.h"
#include "isa/insn.h"
#include "isa/op.h" /* generated: enum cairn_op, CAIRN_OP_<base mnemonic>, such as CAIRN_OP_v_add_u32 */

enum cairn_isa_flag {
    CAIRN_ISA_LOADS = 1 << 0,
    CAIRN_ISA_STORES = 1 << 1,
    CAIRN_ISA_BRANCH = 1 << 2, /* may change the pc to something other than the next instruction */
    CAIRN_ISA_ENDS = 1 << 3,   /* s_endpgm and its like: nothing after it is reached */
    CAIRN_ISA_READS_SCC = 1 << 4,
    CAIRN_ISA_WRITES_SCC = 1 << 5,
    CAIRN_ISA_READS_VCC = 1 << 6, /* implicitly; explicit operands are in slots */
    CAIRN_ISA_WRITES_VCC = 1 << 7,
    CAIRN_ISA_READS_EXEC = 1 << 8,
    CAIRN_ISA_WRITES_EXEC = 1 << 9,
    CAIRN_ISA_READS_M0 = 1 << 10,
    CAIRN_ISA_ATOMIC = 1 << 11,
    /* The old destination is read: fmac, s_cmov, results of half a register. SDWA that preserves
     * and DPP that skips lanes read it too, whatever the row. */
    CAIRN_ISA_DST_IS_SOURCE = 1 << 12,
    CAIRN_ISA_WRITES_M0 = 1 << 13,
};

/* Decodes the instruction at the start of `code` for `gfx`. CAIRN_ERR_TRUNCATED: the bytes end
 * inside it; CAIRN_ERR_ILLEGAL_INSTRUCTION: no such encoding on this chip. *out is written on
 * success only. */
CAIRN_MUST_CHECK enum cairn_status
cairn_isa_decode(const struct cairn_gfx *gfx, struct cairn_bytes code, struct cairn_insn *out);

/* The text that llvm-objdump-22 prints for it, without comment, into `text` (always terminated, cut
 * if it does not fit). `pc` is the instruction's address: branch targets are printed as LLVM prints
 * them without symbols. Returns the full length, like snprintf. */
size_t cairn_isa_format(const struct cairn_gfx *gfx, const struct cairn_insn *insn, uint64_t pc,
                        char *text, size_t size);

/* "v_add_u32_e32": the mnemonic with its encoding suffix; and "v_add_u32": the operation alone. */
const char *cairn_isa_mnemonic(const struct cairn_insn *insn);
const char *cairn_op_name(enum cairn_op op);

/* enum cairn_isa_flag bits: of the row, and READS_M0 for transfers between memory and LDS.
 * v_swap_b32 writes SRC0 too, which no flag says. */
uint32_t cairn_isa_flags(const struct cairn_insn *insn);

#endif
