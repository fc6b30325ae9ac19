/* SPDX-License-Identifier: MIT
 * What the generated tables are made of: for src/isa only. A row names an instruction; its fields
 * say which bits of the first 64 hold each operand and how they are read.
 */
#ifndef CAIRN_ISA_ISA_PRIV_H
#define CAIRN_ISA_ISA_PRIV_H

#include "isa/isa.h"

enum field_kind {
    FIELD_SRC,         /* 9-bit vector source: scalar, constant, literal or VGPR */
    FIELD_SSRC,        /* scalar source: register, constant or literal */
    FIELD_SSRC_INLINE, /* scalar source: register or inline constant */
    FIELD_SSRC_REG,    /* scalar source: register only */
    FIELD_SREG,        /* scalar register, destination or data */
    FIELD_SDST,        /* scalar result of a vector instruction: not m0 */
    FIELD_SDATA,       /* scalar memory data: not m0, not exec */
    FIELD_MASK,        /* SGPR pair that is not exec */
    FIELD_VGPR,
    FIELD_AGPR,
    FIELD_AV,       /* VGPR, AGPR if the acc bit is set */
    FIELD_AV_GLC,   /* like AV; absent unless glc is set */
    FIELD_DMASK,    /* like AV; as many registers as dmask has bits */
    FIELD_VGPR9,    /* these three: a 9-bit source that must name a vector register */
    FIELD_VGPR_LDS, /* or lds_direct */
    FIELD_AGPR9,
    FIELD_AV9,
    FIELD_ACC,     /* MFMA C: like SRC, vector registers by the acc bit */
    FIELD_LITERAL, /* the dword after the instruction */
    FIELD_VCC,     /* no bits: always vcc */
    FIELD_SDWA,    /* 8 bits, and one that makes it scalar */
    FIELD_SDWA_SD, /* compare mask: sdst, or vcc */
    FIELD_SBASE,   /* SGPR number / 2 */
    FIELD_RSRC,    /* SGPR number / 4 */
    FIELD_SOFFSET, /* scalar register or inline constant, no literal */
    FIELD_BADDR,   /* buffer vaddr: dwords by offen, idxen */
    FIELD_GADDR,   /* global vaddr: 64 bits, or a 32-bit offset to saddr */
    FIELD_SADDR,   /* global saddr: SGPR pair or off */
    FIELD_SVADDR,  /* scratch vaddr: present if saddr is off */
    FIELD_SSADDR,  /* scratch saddr: SGPR or off */
};

/* What the abs, neg and sext bits of a source do. */
enum field_mods {
    MODS_ILLEGAL,
    MODS_ACT,     /* abs and neg; sext is illegal */
    MODS_IGNORED, /* abs and neg may be set and do nothing */
    MODS_SEXT,    /* sext; abs and neg are illegal */
};

struct field {
    uint8_t slot, kind;
    uint8_t shift, width;
    int8_t acc; /* bit that makes it an AGPR (SDWA: a scalar), or -1 */
    uint8_t type, dwords;
    uint8_t mods;
};

enum row_mod {
    MOD_CLAMP = 1 << 0,
    MOD_OMOD = 1 << 1,
    MOD_OP_SEL = 1 << 2,
    MOD_NEG = 1 << 3,  /* VOP3P: neg_lo, neg_hi */
    MOD_MIX = 1 << 4,  /* VOP3P: neg_hi is abs */
    MOD_CBSZ = 1 << 5, /* MFMA: cbsz, abid, blgp */
    MOD_IMM = 1 << 6,  /* these to GPR_IDX: what simm16 (or a raw source) is */
    MOD_BRANCH = 1 << 7,
    MOD_HWREG = 1 << 8,
    MOD_WAITCNT = 1 << 9,
    MOD_SENDMSG = 1 << 10,
    MOD_GPR_IDX = 1 << 11,
    MOD_IMM7 = 1 << 12, /* SMEM: the data field is a number */
    MOD_OFF = 1 << 13,
    MOD_OFF2 = 1 << 14, /* DS: two 8-bit offsets */
    MOD_SWIZZLE = 1 << 15,
    MOD_GDS = 1 << 16, /* DS: the gds bit may be set */
    MOD_LDS = 1 << 17,
    MOD_BARE = 1 << 18, /* MUBUF without operands */
    MOD_SAMP = 1 << 19,
    MOD_RTN = 1 << 20,       /* DST exists if glc is set */
    MOD_GWS = 1 << 21,       /* DS: the gds bit must be set */
    MOD_NO_SCC = 1 << 22,    /* memory: the scc bit is reserved */
    MOD_D16 = 1 << 24,       /* MIMG: the d16 bit may be set */
    MOD_STORE_LDS = 1 << 23, /* buffer store from LDS: the lds bit must be set, no vaddr */
};

struct cairn_isa_row {
    const char *mnemonic;
    const struct field *fields;
    uint8_t field_count;
    uint16_t op;
    uint8_t encoding, variant;
    uint32_t mods;  /* enum row_mod */
    uint32_t flags; /* enum cairn_isa_flag */
};

/* The row of an encoding's opcode on a chip; NULL if there is none. VOP3A and VOP3B share an opcode
 * space (ask with VOP3A), and VOP3P and MAI (VOP3P). */
const struct cairn_isa_row *isa_row(const struct cairn_gfx *gfx, enum cairn_encoding encoding,
                                    enum cairn_variant variant, unsigned opcode);

bool isa_type_is_16bit(unsigned type); /* one value of 16 bits, not a packed pair */
bool isa_type_is_64bit(unsigned type);

/* The code of the inline constant that an operand of `type` reads as the same value as `literal`;
 * CAIRN_CODE_NONE if there is none. Only F64 takes the literal as the high half of its value. */
unsigned isa_inline_code(unsigned type, uint32_t literal);

#endif
