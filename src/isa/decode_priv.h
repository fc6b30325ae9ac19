/* SPDX-License-Identifier: MIT
 * What the decoder's files share: the bits being decoded and what is known of them so far.
 */
#ifndef CAIRN_ISA_DECODE_PRIV_H
#define CAIRN_ISA_DECODE_PRIV_H

#include "isa/isa_priv.h"

struct decoding {
    const struct cairn_gfx *gfx;
    const struct cairn_isa_row *row;
    uint64_t bits; /* first dword, and the second where the form has 64 bits */
    enum cairn_encoding encoding;
    enum cairn_variant variant;
    unsigned opcode;
    bool wide;         /* the form has 64 bits */
    bool may_literal;  /* code 255 is legal in a source */
    bool uses_literal; /* a dword follows */
};

static inline uint32_t bits_at(const struct decoding *d, unsigned shift, unsigned width)
{
    return (uint32_t)(d->bits >> shift) & ((1u << width) - 1);
}

static inline int32_t sign_extend(uint32_t value, unsigned width)
{
    return (int32_t)(value << (32 - width)) >> (32 - width);
}

static inline bool decode_has(const struct decoding *d, enum row_mod mod)
{
    return (d->row->mods & mod) != 0;
}

/* Reads all operand fields of d->row into their slots; false if one names what its class lacks. */
bool decode_operands(struct decoding *d, struct cairn_insn *out);

/* Reads the modifiers of the encoding and checks the bits that the row reserves. */
bool decode_modifiers(struct decoding *d, struct cairn_insn *out);

bool decode_scalar_register(unsigned code, unsigned dwords);

#endif
