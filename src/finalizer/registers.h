/* SPDX-License-Identifier: MIT
 * Which registers an instruction reads and writes, and which are live where. Vector registers are
 * numbered v0..v255 = 0..255, a0..a255 = 256..511.
 */
#ifndef CAIRN_FINALIZER_REGISTERS_H
#define CAIRN_FINALIZER_REGISTERS_H

#include "finalizer/program.h"

enum { CAIRN_VREGS = 512, CAIRN_SREGS = 130, CAIRN_SREG_SCC = 128, CAIRN_SREG_MODE = 129 };

struct cairn_regs {
    uint64_t s[3]; /* by operand code 0..127, then SCC, MODE */
    uint64_t v[8];
};

static inline bool cairn_regs_has_s(const struct cairn_regs *regs, unsigned code)
{
    return regs->s[code / 64] >> (code % 64) & 1;
}

static inline bool cairn_regs_has_v(const struct cairn_regs *regs, unsigned vreg)
{
    return regs->v[vreg / 64] >> (vreg % 64) & 1;
}

static inline void cairn_regs_add_s(struct cairn_regs *regs, unsigned code)
{
    regs->s[code / 64] |= UINT64_C(1) << (code % 64);
}

static inline void cairn_regs_add_v(struct cairn_regs *regs, unsigned vreg)
{
    regs->v[vreg / 64] |= UINT64_C(1) << (vreg % 64);
}

/* One of a pair of scalar registers, by the even code. */
static inline bool cairn_regs_has_pair(const struct cairn_regs *regs, unsigned code)
{
    return cairn_regs_has_s(regs, code) || cairn_regs_has_s(regs, code + 1);
}

static inline void cairn_regs_join(struct cairn_regs *to, const struct cairn_regs *from)
{
    for (unsigned i = 0; i < sizeof to->s / sizeof to->s[0]; i++)
        to->s[i] |= from->s[i];
    for (unsigned i = 0; i < sizeof to->v / sizeof to->v[0]; i++)
        to->v[i] |= from->v[i];
}

/* Have two sets of scalar registers (struct cairn_regs.s) one in common? */
static inline bool cairn_codes_meet(const uint64_t a[3], const uint64_t b[3])
{
    return (a[0] & b[0]) | (a[1] & b[1]) | (a[2] & b[2]);
}

/* The vector register number of an operand code, given that cairn_code_is_vector(code). */
static inline unsigned cairn_vreg_of_code(unsigned code)
{
    return code - CAIRN_CODE_VGPR0;
}

/* What one instruction reads and writes (all of both structs is set), implicit registers (EXEC,
 * VCC, M0, SCC, MODE) included. Partial writes (DST_IS_SOURCE, SDWA preserve, DPP that skips lanes,
 * d16 loads) also read the old destination; that a write under EXEC keeps inactive lanes is NOT
 * counted as a read here. Instructions with registers found at run time (v_movrel, s_movrel, GPR
 * indexing) read and write everything: *any is set. `operand codes` beyond the tables are ignored.
 */
void cairn_insn_registers(const struct cairn_insn *insn, struct cairn_regs *reads,
                          struct cairn_regs *writes, bool *any);

void cairn_regs_all(struct cairn_regs *regs);

/* No modifiers: sources and result are as the registers hold them, in all lanes of EXEC. */
bool cairn_insn_is_plain(const struct cairn_insn *insn);

/* Modes in which it is known at run time only what vector instructions read and write. */
enum cairn_indexing {
    CAIRN_MAY_INDEX = 1, /* MODE.GPR_IDX_EN may be on: of VALU and matrix instructions */
    CAIRN_MAY_SKIP = 2,  /* MODE.VSKIP may be on: of memory instructions too */
};
/* enum cairn_indexing bits behind the instruction, given those before it. */
unsigned cairn_insn_indexing(const struct cairn_insn *insn, unsigned before);

/* Liveness at block boundaries: live_in[block]. At resumable blocks nothing more than what the
 * program itself reads later counts as live: registers that are dead in the program may have any
 * value when the interpreter or a debugger looks. Blocks that end INDIRECT or STOP have everything
 * live out. A write of a vector register ends its life only if `full[insn]` says that all lanes are
 * written, or if EXEC cannot grow again before it is read (see scopes.h); pass NULL for "no write
 * is full". */
struct cairn_liveness {
    struct cairn_regs *live_in, *live_out; /* by block */
};
CAIRN_MUST_CHECK enum cairn_status cairn_liveness_build(const struct cairn_program *program,
                                                        const bool *full,
                                                        struct cairn_liveness **out);
void cairn_liveness_destroy(struct cairn_liveness *liveness);

/* Makes `regs`, live behind instruction `insn`, what is live before it. */
void cairn_liveness_step(const struct cairn_program *program, const bool *full, uint32_t insn,
                         struct cairn_regs *regs);

/* Live registers behind instruction `insn` of the program (walks its block from the end: whoever
 * wants them all uses live_out and cairn_liveness_step). */
void cairn_liveness_after(const struct cairn_program *program, const struct cairn_liveness *live,
                          const bool *full, uint32_t insn, struct cairn_regs *out);

#endif
