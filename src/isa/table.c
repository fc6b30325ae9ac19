/* SPDX-License-Identifier: MIT
 * The generated tables and the look-up in them.
 */
#include "isa/isa_priv.h"

#include "isa/tables.inc"

#define FORMS(enc) {INDEX_##enc##_PLAIN, INDEX_##enc##_SDWA, INDEX_##enc##_DPP}
#define PLAIN(enc) {INDEX_##enc##_PLAIN}

static const uint16_t index_base[CAIRN_ENC_COUNT][3] = {
    [CAIRN_ENC_SOP1] = PLAIN(SOP1),       [CAIRN_ENC_SOP2] = PLAIN(SOP2),
    [CAIRN_ENC_SOPK] = PLAIN(SOPK),       [CAIRN_ENC_SOPC] = PLAIN(SOPC),
    [CAIRN_ENC_SOPP] = PLAIN(SOPP),       [CAIRN_ENC_SMEM] = PLAIN(SMEM),
    [CAIRN_ENC_VOP1] = FORMS(VOP1),       [CAIRN_ENC_VOP2] = FORMS(VOP2),
    [CAIRN_ENC_VOPC] = FORMS(VOPC),       [CAIRN_ENC_VOP3A] = PLAIN(VOP3A),
    [CAIRN_ENC_VOP3P] = PLAIN(VOP3P),     [CAIRN_ENC_DS] = PLAIN(DS),
    [CAIRN_ENC_FLAT] = PLAIN(FLAT),       [CAIRN_ENC_GLOBAL] = PLAIN(GLOBAL),
    [CAIRN_ENC_SCRATCH] = PLAIN(SCRATCH), [CAIRN_ENC_MUBUF] = PLAIN(MUBUF),
    [CAIRN_ENC_MTBUF] = PLAIN(MTBUF),     [CAIRN_ENC_MIMG] = PLAIN(MIMG),
};

const struct cairn_isa_row *isa_row(const struct cairn_gfx *gfx, enum cairn_encoding encoding,
                                    enum cairn_variant variant, unsigned opcode)
{
    uint16_t number = index_by_chip[gfx->id][index_base[encoding][variant] + opcode];
    return number == 0 ? NULL : &rows[number];
}

const char *cairn_isa_mnemonic(const struct cairn_insn *insn)
{
    return insn->row->mnemonic;
}

const char *cairn_op_name(enum cairn_op op)
{
    return (unsigned)op < CAIRN_OP_COUNT ? op_names[op] : "unknown";
}

uint32_t cairn_isa_flags(const struct cairn_insn *insn)
{
    return insn->row->flags | (insn->lds ? CAIRN_ISA_READS_M0 : 0);
}
