/* SPDX-License-Identifier: MIT
 * A decoded instruction: what the decoder fills, what the formatter, the interpreter and the
 * finalizer read. Operands sit in fixed slots by role, so that no reader has to know an encoding.
 * Nothing here points into the code bytes.
 */
#ifndef CAIRN_ISA_INSN_H
#define CAIRN_ISA_INSN_H

#include <stdbool.h>
#include <stdint.h>

/* Operand codes: the hardware's 9-bit source numbering, then AGPRs. A multi-dword operand names its
 * first register. AMD "CDNA2 ISA", operand tables; LLVM SIDefines.h. */
enum cairn_operand_code {
    CAIRN_CODE_SGPR0 = 0, /* s0..s101 */
    CAIRN_CODE_FLAT_SCRATCH_LO = 102,
    CAIRN_CODE_FLAT_SCRATCH_HI = 103,
    CAIRN_CODE_XNACK_MASK_LO = 104,
    CAIRN_CODE_XNACK_MASK_HI = 105,
    CAIRN_CODE_VCC_LO = 106,
    CAIRN_CODE_VCC_HI = 107,
    CAIRN_CODE_TTMP0 = 108, /* ttmp0..ttmp15 */
    CAIRN_CODE_M0 = 124,
    CAIRN_CODE_NULL = 125, /* gfx10 and later */
    CAIRN_CODE_EXEC_LO = 126,
    CAIRN_CODE_EXEC_HI = 127,
    CAIRN_CODE_INT_0 = 128,       /* 128..192: 0..64 */
    CAIRN_CODE_INT_MINUS_1 = 193, /* 193..208: -1..-16 */
    CAIRN_CODE_INT_LAST = 208,
    CAIRN_CODE_SHARED_BASE = 235,
    CAIRN_CODE_SHARED_LIMIT = 236,
    CAIRN_CODE_PRIVATE_BASE = 237,
    CAIRN_CODE_PRIVATE_LIMIT = 238,
    CAIRN_CODE_POPS_WAVE_ID = 239,
    CAIRN_CODE_FLOAT_FIRST = 240, /* 0.5 -0.5 1 -1 2 -2 4 -4 1/(2 pi) */
    CAIRN_CODE_FLOAT_LAST = 248,
    CAIRN_CODE_VCCZ = 251,
    CAIRN_CODE_EXECZ = 252,
    CAIRN_CODE_SCC = 253,
    CAIRN_CODE_LDS_DIRECT = 254,
    CAIRN_CODE_LITERAL = 255, /* value in insn.literal */
    CAIRN_CODE_VGPR0 = 256,   /* v0..v255: 256..511 */
    CAIRN_CODE_AGPR0 = 512,   /* a0..a255: 512..767 */
    CAIRN_CODE_NONE = 0xffff, /* no operand in this slot */
};

/* What an operand's bits mean: decides the value of inline constants and what abs/neg act on. */
enum cairn_type {
    CAIRN_TYPE_NONE,
    CAIRN_TYPE_B8,
    CAIRN_TYPE_B16,
    CAIRN_TYPE_B32,
    CAIRN_TYPE_B64, /* untyped bits */
    CAIRN_TYPE_B96,
    CAIRN_TYPE_B128,
    CAIRN_TYPE_B256,
    CAIRN_TYPE_B512,
    CAIRN_TYPE_B1024,
    CAIRN_TYPE_I16,
    CAIRN_TYPE_U16,
    CAIRN_TYPE_I32,
    CAIRN_TYPE_U32,
    CAIRN_TYPE_I64,
    CAIRN_TYPE_U64,
    CAIRN_TYPE_F16,
    CAIRN_TYPE_F32,
    CAIRN_TYPE_F64,
    CAIRN_TYPE_PK_I16,
    CAIRN_TYPE_PK_U16,
    CAIRN_TYPE_PK_F16,
    CAIRN_TYPE_PK_BF16, /* two in a dword */
    CAIRN_TYPE_PK_F32,
    CAIRN_TYPE_PK_B32, /* two in two dwords */
    CAIRN_TYPE_MASK,   /* one bit a lane: a 64-bit scalar (wave32: 32-bit) */
};

/* Slots. Memory instructions use the second set of names. */
enum cairn_slot {
    CAIRN_SLOT_DST,  /* vdst, sdst of scalar instructions, loaded data, returned data */
    CAIRN_SLOT_SDST, /* second destination: carry-out, compare mask */
    CAIRN_SLOT_SRC0,
    CAIRN_SLOT_SRC1,
    CAIRN_SLOT_SRC2, /* also the carry-in or select mask */
    CAIRN_SLOT_SRC3,
    CAIRN_SLOT_SRC4,
    CAIRN_SLOT_COUNT,
    CAIRN_SLOT_ADDR =
        CAIRN_SLOT_SRC0, /* DS addr, FLAT/GLOBAL/SCRATCH/MUBUF/MTBUF/MIMG vaddr, SMEM sbase */
    CAIRN_SLOT_DATA0 = CAIRN_SLOT_SRC1,   /* stored or atomic data; SMEM store data */
    CAIRN_SLOT_DATA1 = CAIRN_SLOT_SRC2,   /* second DS data */
    CAIRN_SLOT_SADDR = CAIRN_SLOT_SRC3,   /* FLAT-family saddr */
    CAIRN_SLOT_RSRC = CAIRN_SLOT_SRC3,    /* buffer or image descriptor */
    CAIRN_SLOT_SOFFSET = CAIRN_SLOT_SRC4, /* MUBUF/MTBUF soffset, SMEM soffset */
    CAIRN_SLOT_SAMP = CAIRN_SLOT_SRC4,    /* MIMG sampler */
};

/* SDWA sub-dword selectors (insn.h keeps the encoding's numbers). */
enum cairn_sel {
    CAIRN_SEL_BYTE0,
    CAIRN_SEL_BYTE1,
    CAIRN_SEL_BYTE2,
    CAIRN_SEL_BYTE3,
    CAIRN_SEL_WORD0,
    CAIRN_SEL_WORD1,
    CAIRN_SEL_DWORD,
};

struct cairn_operand {
    uint16_t code;  /* enum cairn_operand_code, CAIRN_CODE_NONE if absent */
    uint8_t dwords; /* registers taken */
    uint8_t type;   /* enum cairn_type */
    uint8_t abs : 1, neg : 1,
        sext : 1;    /* VOP3, SDWA, DPP input modifiers (VOP3P: see neg_lo, neg_hi) */
    uint8_t sel : 3; /* enum cairn_sel; DWORD unless SDWA */
};

enum cairn_encoding {
    CAIRN_ENC_SOP1,
    CAIRN_ENC_SOP2,
    CAIRN_ENC_SOPK,
    CAIRN_ENC_SOPC,
    CAIRN_ENC_SOPP,
    CAIRN_ENC_SMEM,
    CAIRN_ENC_VOP1,
    CAIRN_ENC_VOP2,
    CAIRN_ENC_VOPC,
    CAIRN_ENC_VOP3A,
    CAIRN_ENC_VOP3B,
    CAIRN_ENC_VOP3P,
    CAIRN_ENC_MAI,
    CAIRN_ENC_DS,
    CAIRN_ENC_FLAT,
    CAIRN_ENC_GLOBAL,
    CAIRN_ENC_SCRATCH,
    CAIRN_ENC_MUBUF,
    CAIRN_ENC_MTBUF,
    CAIRN_ENC_MIMG,
    CAIRN_ENC_COUNT
};

enum cairn_variant {
    CAIRN_VARIANT_PLAIN,
    CAIRN_VARIANT_SDWA,
    CAIRN_VARIANT_DPP,
    CAIRN_VARIANT_DPP8
};

struct cairn_isa_row; /* the table row: mnemonic, operand shapes, flags; isa.h */

struct cairn_insn {
    const struct cairn_isa_row *row; /* static */
    uint16_t op;        /* enum cairn_op (isa/op.h): operation, whatever its encoding */
    uint8_t encoding;   /* enum cairn_encoding */
    uint8_t variant;    /* enum cairn_variant */
    uint8_t size_bytes; /* 4, 8 or 12 */
    struct cairn_operand slot[CAIRN_SLOT_COUNT];
    uint32_t literal; /* the 32-bit literal of CAIRN_CODE_LITERAL operands */
    int32_t imm;      /* simm16 (sign-extended), memory offset, DS {offset1,offset0}, swizzle */

    uint8_t clamp : 1, omod : 2;       /* omod: 0 none, 1 *2, 2 *4, 3 /2 */
    uint8_t op_sel;                    /* bits 0-2 sources, bit 3 destination */
    uint8_t op_sel_hi, neg_lo, neg_hi; /* VOP3P, bit i: source i */
    uint8_t cbsz, abid, blgp;          /* MAI */

    /* offen of SMEM: an immediate offset is encoded, be it 0 */
    uint8_t glc : 1, slc : 1, scc : 1, lds : 1, gds : 1, idxen : 1, offen : 1, tfe : 1;
    uint8_t dfmt, nfmt;        /* MTBUF */
    uint8_t dmask, mimg_flags; /* MIMG; flags: 1 unorm, 2 a16, 4 lwe, 8 da, 16 d16 */
    uint8_t imm7;              /* SMEM instructions whose data field is a number (s_atc_probe) */

    uint8_t dst_sel, dst_unused;    /* SDWA: enum cairn_sel; 0 pad, 1 sign, 2 preserve */
    uint16_t dpp_ctrl;              /* DPP */
    uint8_t row_mask, bank_mask;    /* DPP */
    uint8_t bound_ctrl : 1, fi : 1; /* DPP */
    uint32_t dpp8;                  /* eight 3-bit selectors */
};

static inline bool cairn_operand_present(const struct cairn_operand *operand)
{
    return operand->code != CAIRN_CODE_NONE;
}

static inline bool cairn_code_is_vector(uint16_t code)
{
    return code >= CAIRN_CODE_VGPR0 && code != CAIRN_CODE_NONE;
}

#endif
