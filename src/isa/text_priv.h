/* SPDX-License-Identifier: MIT
 * Writing text into a bounded buffer, for the formatter's files only. What does not fit is counted
 * and dropped.
 */
#ifndef CAIRN_ISA_TEXT_PRIV_H
#define CAIRN_ISA_TEXT_PRIV_H

#include "isa/isa_priv.h"

struct text {
    char *at;
    size_t size;
    size_t length; /* of the whole text, kept or not */
};

static inline void text_char(struct text *t, char c)
{
    if (t->length + 1 < t->size)
        t->at[t->length] = c;
    t->length++;
}

static inline void text_string(struct text *t, const char *s)
{
    while (*s != '\0')
        text_char(t, *s++);
}

void text_decimal(struct text *t, int64_t value);
void text_hex(struct text *t, uint64_t value);       /* 0x1f */
void text_signed_hex(struct text *t, int64_t value); /* -0x1f */
void text_small(struct text *t, uint32_t value);     /* 0..64 in decimal, above in hex */

/* One operand with its abs, neg and sext. */
void text_operand(struct text *t, const struct cairn_insn *insn, const struct cairn_operand *o);

/* simm16 in the words of its instruction: hwreg(), sendmsg(), counters... */
void text_hwreg(struct text *t, unsigned value);
void text_sendmsg(struct text *t, unsigned value);
void text_waitcnt(struct text *t, unsigned value);
void text_gpr_idx(struct text *t, unsigned value);

/* Modifiers, each with its leading space. */
void text_swizzle(struct text *t, unsigned offset);
void text_dpp(struct text *t, const struct cairn_insn *insn);
void text_sdwa(struct text *t, const struct cairn_insn *insn, unsigned sources);
void text_buffer_format(struct text *t, unsigned dfmt, unsigned nfmt);

#endif
