/* SPDX-License-Identifier: MIT
 * The formatter's vocabulary: numbers, and the named forms of simm16, swizzles, DPP, SDWA and
 * buffer formats. Names and their numbers: LLVM AMDGPU "Syntax of AMDGPU instruction operands" and
 * modifiers.
 */
#include "isa/text_priv.h"

void text_decimal(struct text *t, int64_t value)
{
    char digits[24];
    unsigned count = 0;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    if (value < 0)
        text_char(t, '-');
    do
        digits[count++] = (char)('0' + rest % 10);
    while ((rest /= 10) != 0);
    while (count > 0)
        text_char(t, digits[--count]);
}

void text_hex(struct text *t, uint64_t value)
{
    unsigned shift = 60;
    text_string(t, "0x");
    while (shift > 0 && value >> shift == 0)
        shift -= 4;
    for (;; shift -= 4) {
        text_char(t, "0123456789abcdef"[value >> shift & 15]);
        if (shift == 0)
            break;
    }
}

void text_signed_hex(struct text *t, int64_t value)
{
    if (value < 0)
        text_char(t, '-');
    text_hex(t, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void text_small(struct text *t, uint32_t value)
{
    if (value <= 64)
        text_decimal(t, value);
    else
        text_hex(t, value);
}

/* "name(" a, b, ")" */
static void text_numbers(struct text *t, const char *open, const unsigned *values, unsigned count)
{
    text_string(t, open);
    for (unsigned i = 0; i < count; i++) {
        if (i > 0)
            text_string(t, ", ");
        text_decimal(t, values[i]);
    }
    text_char(t, ')');
}

void text_hwreg(struct text *t, unsigned value)
{
    static const char *const names[64] = {
        [1] = "HW_REG_MODE",    [2] = "HW_REG_STATUS",        [3] = "HW_REG_TRAPSTS",
        [4] = "HW_REG_HW_ID",   [5] = "HW_REG_GPR_ALLOC",     [6] = "HW_REG_LDS_ALLOC",
        [7] = "HW_REG_IB_STS",  [15] = "HW_REG_SH_MEM_BASES", [16] = "HW_REG_TBA_LO",
        [17] = "HW_REG_TBA_HI", [18] = "HW_REG_TMA_LO",       [19] = "HW_REG_TMA_HI",
    };
    unsigned id = value & 63, offset = value >> 6 & 31, width = (value >> 11 & 31) + 1;
    text_string(t, "hwreg(");
    if (names[id] != NULL)
        text_string(t, names[id]);
    else
        text_decimal(t, id);
    if (offset != 0 || width != 32) {
        text_string(t, ", ");
        text_decimal(t, offset);
        text_string(t, ", ");
        text_decimal(t, width);
    }
    text_char(t, ')');
}

enum { MSG_GS = 2, MSG_GS_DONE = 3, MSG_SYSMSG = 15 };

/* Operation name of a message, NULL if it has none of that number. */
static const char *message_operation(unsigned id, unsigned op)
{
    static const char *const gs[] = {"GS_OP_NOP", "GS_OP_CUT", "GS_OP_EMIT", "GS_OP_EMIT_CUT"};
    static const char *const sysmsg[] = {NULL, "SYSMSG_OP_ECC_ERR_INTERRUPT", "SYSMSG_OP_REG_RD",
                                         NULL, "SYSMSG_OP_TTRACE_PC"};
    if (id == MSG_SYSMSG)
        return op < 5 ? sysmsg[op] : NULL;
    return op < 4 && (op > 0 || id == MSG_GS_DONE) ? gs[op] : NULL;
}

void text_sendmsg(struct text *t, unsigned value)
{
    static const char *const names[16] = {
        [1] = "MSG_INTERRUPT",       [2] = "MSG_GS",
        [3] = "MSG_GS_DONE",         [4] = "MSG_SAVEWAVE",
        [5] = "MSG_STALL_WAVE_GEN",  [6] = "MSG_HALT_WAVES",
        [7] = "MSG_ORDERED_PS_DONE", [8] = "MSG_EARLY_PRIM_DEALLOC",
        [9] = "MSG_GS_ALLOC_REQ",    [10] = "MSG_GET_DOORBELL",
        [15] = "MSG_SYSMSG",
    };
    unsigned id = value & 15, op = value >> 4 & 7, stream = value >> 8 & 3;
    bool takes_op = id == MSG_GS || id == MSG_GS_DONE || id == MSG_SYSMSG;
    bool takes_stream = (id == MSG_GS || id == MSG_GS_DONE) && op != 0;
    const char *op_name = takes_op ? message_operation(id, op) : NULL;
    bool named = names[id] != NULL && (takes_op ? op_name != NULL : op == 0);
    if (named && (takes_stream || stream == 0)) {
        text_string(t, "sendmsg(");
        text_string(t, names[id]);
        if (takes_op) {
            text_string(t, ", ");
            text_string(t, op_name);
        }
        if (takes_stream) {
            text_string(t, ", ");
            text_decimal(t, stream);
        }
        text_char(t, ')');
    } else if (value == (id | op << 4 | stream << 8)) {
        text_numbers(t, "sendmsg(", (const unsigned[]){id, op, stream}, 3);
    } else {
        text_decimal(t, value);
    }
}

/* Counters at their maximum wait for nothing and are left out, unless all are. */
void text_waitcnt(struct text *t, unsigned value)
{
    unsigned vm = (value & 15) | (value >> 14 & 3) << 4, exp = value >> 4 & 7,
             lgkm = value >> 8 & 15;
    bool all = vm == 63 && exp == 7 && lgkm == 15;
    bool need_space = false;
    const struct {
        const char *open;
        unsigned value, max;
    } counters[] = {{"vmcnt(", vm, 63}, {"expcnt(", exp, 7}, {"lgkmcnt(", lgkm, 15}};
    for (unsigned i = 0; i < 3; i++) {
        if (counters[i].value == counters[i].max && !all)
            continue;
        if (need_space)
            text_char(t, ' ');
        text_numbers(t, counters[i].open, &counters[i].value, 1);
        need_space = true;
    }
}

void text_gpr_idx(struct text *t, unsigned value)
{
    static const char *const names[] = {"SRC0", "SRC1", "SRC2", "DST"};
    bool need_comma = false;
    if (value > 15) {
        text_hex(t, value);
        return;
    }
    text_string(t, "gpr_idx(");
    for (unsigned i = 0; i < 4; i++) {
        if ((value >> i & 1) == 0)
            continue;
        if (need_comma)
            text_char(t, ',');
        text_string(t, names[i]);
        need_comma = true;
    }
    text_char(t, ')');
}

/* ",1,2" */
static void text_list(struct text *t, const unsigned *values, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        text_char(t, ',');
        text_decimal(t, values[i]);
    }
}

/* How each bit of the lane number is made, high first: 0, 1, kept (p), inverted (i). */
static void text_bitmask(struct text *t, unsigned and, unsigned or, unsigned xor)
{
    text_string(t, "BITMASK_PERM,\"");
    for (int bit = 4; bit >= 0; bit--) {
        unsigned of0 = (or ^ xor) >> bit & 1;
        unsigned of1 = (((1u << bit & and) | or) ^ xor) >> bit & 1;
        text_char(t, of0 == of1 ? (char)('0' + of0) : of0 == 0 ? 'p' : 'i');
    }
    text_char(t, '"');
}

static bool power_of_2(unsigned value)
{
    return value != 0 && (value & (value - 1)) == 0;
}

static void text_bit_swizzle(struct text *t, unsigned offset)
{
    unsigned and = offset & 31, or = offset >> 5 & 31, xor = offset >> 10 & 31;
    unsigned group = 32 - and;
    if (and == 31 && or == 0 && power_of_2(xor)) {
        text_string(t, "SWAP");
        text_list(t, &xor, 1);
    } else if (and == 31 && or == 0 && xor != 0 && power_of_2(xor + 1)) {
        text_string(t, "REVERSE");
        text_list(t, (const unsigned[]){xor + 1}, 1);
    } else if (group > 1 && power_of_2(group) && or < group && xor == 0) {
        text_string(t, "BROADCAST");
        text_list(t, (const unsigned[]){group, or}, 2);
    } else {
        text_bitmask(t, and, or, xor);
    }
}

void text_swizzle(struct text *t, unsigned offset)
{
    if (offset == 0)
        return;
    text_string(t, " offset:");
    if (offset >= 0x8100 && offset < 0xc000) {
        text_decimal(t, offset);
        return;
    }
    text_string(t, "swizzle(");
    if (offset >= 0xe000) {
        text_string(t, "FFT");
        text_list(t, (const unsigned[]){offset & 31}, 1);
    } else if (offset >= 0xc000) {
        text_string(t, "ROTATE");
        text_list(t, (const unsigned[]){offset >> 10 & 1, offset >> 5 & 31}, 2);
    } else if (offset >= 0x8000) {
        text_string(t, "QUAD_PERM");
        text_list(t,
                  (const unsigned[]){offset & 3, offset >> 2 & 3, offset >> 4 & 3, offset >> 6 & 3},
                  4);
    } else {
        text_bit_swizzle(t, offset);
    }
    text_char(t, ')');
}

/* DPP controls without a number, or with a number that is not part of the code. */
static const char *dpp_fixed(unsigned ctrl)
{
    switch (ctrl) {
    case 0x130:
        return " wave_shl:1";
    case 0x134:
        return " wave_rol:1";
    case 0x138:
        return " wave_shr:1";
    case 0x13c:
        return " wave_ror:1";
    case 0x140:
        return " row_mirror";
    case 0x141:
        return " row_half_mirror";
    case 0x142:
        return " row_bcast:15";
    case 0x143:
        return " row_bcast:31";
    }
    return NULL;
}

static void text_dpp_ctrl(struct text *t, unsigned ctrl)
{
    static const char *const rows[] = {" row_shl:", " row_shr:", " row_ror:"};
    const char *fixed = dpp_fixed(ctrl);
    if (ctrl < 0x100) {
        text_string(t, " quad_perm:[");
        text_decimal(t, ctrl & 3);
        text_list(t, (const unsigned[]){ctrl >> 2 & 3, ctrl >> 4 & 3, ctrl >> 6 & 3}, 3);
        text_char(t, ']');
    } else if (fixed != NULL) {
        text_string(t, fixed);
    } else if (ctrl < 0x130) {
        text_string(t, rows[(ctrl - 0x100) >> 4]);
        text_decimal(t, ctrl & 15);
    } else {
        text_string(t, " row_newbcast:");
        text_decimal(t, ctrl & 15);
    }
}

void text_dpp(struct text *t, const struct cairn_insn *insn)
{
    text_dpp_ctrl(t, insn->dpp_ctrl);
    text_string(t, " row_mask:");
    text_hex(t, insn->row_mask);
    text_string(t, " bank_mask:");
    text_hex(t, insn->bank_mask);
    if (insn->bound_ctrl)
        text_string(t, " bound_ctrl:1");
}

void text_sdwa(struct text *t, const struct cairn_insn *insn, unsigned sources)
{
    static const char *const sels[] = {"BYTE_0", "BYTE_1", "BYTE_2", "BYTE_3",
                                       "WORD_0", "WORD_1", "DWORD",  ""};
    static const char *const unused[] = {"UNUSED_PAD", "UNUSED_SEXT", "UNUSED_PRESERVE", ""};
    if (insn->encoding != CAIRN_ENC_VOPC) {
        text_string(t, " dst_sel:");
        text_string(t, sels[insn->dst_sel & 7]);
        text_string(t, " dst_unused:");
        text_string(t, unused[insn->dst_unused & 3]);
    }
    text_string(t, " src0_sel:");
    text_string(t, sels[insn->slot[CAIRN_SLOT_SRC0].sel]);
    if (sources > 1) {
        text_string(t, " src1_sel:");
        text_string(t, sels[insn->slot[CAIRN_SLOT_SRC1].sel]);
    }
}

/* The defaults, data format 8 and number format UNORM, are left out. */
void text_buffer_format(struct text *t, unsigned dfmt, unsigned nfmt)
{
    static const char *const data[] = {"INVALID",     "8",          "16",          "8_8",
                                       "32",          "16_16",      "10_11_11",    "11_11_10",
                                       "10_10_10_2",  "2_10_10_10", "8_8_8_8",     "32_32",
                                       "16_16_16_16", "32_32_32",   "32_32_32_32", "RESERVED_15"};
    static const char *const number[] = {"UNORM", "SNORM", "USCALED",    "SSCALED",
                                         "UINT",  "SINT",  "RESERVED_6", "FLOAT"};
    if (dfmt == 1 && nfmt == 0)
        return;
    text_string(t, " format:[");
    if (dfmt != 1) {
        text_string(t, "BUF_DATA_FORMAT_");
        text_string(t, data[dfmt & 15]);
    }
    if (nfmt != 0) {
        text_string(t, dfmt != 1 ? ",BUF_NUM_FORMAT_" : "BUF_NUM_FORMAT_");
        text_string(t, number[nfmt & 7]);
    }
    text_char(t, ']');
}
