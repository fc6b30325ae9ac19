/* SPDX-License-Identifier: MIT
 * The generator: registers by use, then statements, then control flow. Vector registers: v0 ids,
 * v1 x, v2 y, v3 z, v4 lane, v5 see RANDOM_V_OUT, v[6:9] offsets below 64 KiB, v[10:13] addresses,
 * v[14:23] data, v[24:27] loop counters by depth, v[28:35] wide data, v[36:39] for a moment.
 * Scalar registers: s[14:19] masks, s[20:35] saved masks by depth, s[36:39] counters by depth,
 * s[40:47] data, s[56:59] for a moment.
 */
#include "random_program.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { DEPTH = 3, TEXT = RANDOM_NODE_TEXT };

struct maker {
    struct random_program *program;
    uint64_t random;
    char *at; /* text of the node that is being written */
    size_t left;
    unsigned labels, depth;
    bool divergent; /* inside of code that not all waves pass: no barriers */
    bool no_stores, simple;
    bool faults, apart, in_loop, in_call;
    unsigned sum; /* which atomics: others would not commute with them */
};

uint64_t random_bits(uint64_t *state)
{
    *state ^= *state << 13, *state ^= *state >> 7, *state ^= *state << 17;
    return *state * 0x2545f4914f6cdd1d >> 8;
}

static unsigned below(struct maker *m, unsigned limit)
{
    return (unsigned)(random_bits(&m->random) % limit);
}

static bool chance(struct maker *m, unsigned percent)
{
    return below(m, 100) < percent;
}

#define PICK(m, list) ((list)[below(m, sizeof(list) / sizeof(list)[0])])

__attribute__((format(printf, 2, 3))) static void emit(struct maker *m, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vsnprintf(m->at, m->left, format, args);
    va_end(args);
    size_t taken = (size_t)length < m->left ? (size_t)length : m->left;
    m->at += taken, m->left -= taken;
}

static unsigned data(struct maker *m)
{
    return 14 + below(m, 10);
}

static unsigned offset(struct maker *m)
{
    return 6 + below(m, 4);
}

static unsigned scalar(struct maker *m)
{
    return 40 + below(m, 8);
}

static unsigned small(struct maker *m)
{
    return RANDOM_S_SMALL + below(m, 4);
}

static const char *mask(struct maker *m)
{
    static const char *const names[] = {"vcc", "s[14:15]", "s[16:17]", "s[18:19]"};
    return PICK(m, names);
}

static const char *operand(struct maker *m, char text[16])
{
    static const char *const constants[] = {"0", "1", "-1", "2", "16", "31", "64", "4"};
    if (chance(m, 15))
        return PICK(m, constants);
    snprintf(text, 16, "v%u",
             chance(m, 12)   ? 1 + below(m, 4)
             : chance(m, 10) ? offset(m)
                             : data(m));
    return text;
}

static const char *any_operand(struct maker *m, char text[16])
{
    if (chance(m, 75))
        return operand(m, text);
    snprintf(text, 16, "s%u", scalar(m));
    return text;
}

/* ---- offsets: shapes of every sort; multiples of 4 below 64 KiB */

static void emit_offset(struct maker *m, unsigned o)
{
    unsigned id = chance(m, 50) ? 1 : 2 + below(m, 3), other = offset(m), k = below(m, 4);
    switch (below(m, m->apart ? 20 : 22)) {
    case 0:
    case 1:
        emit(m, "v_lshlrev_b32 v%u, %u, v%u\n", o, 2 + below(m, 3), id);
        break;
    case 2:
        emit(m, "v_and_b32 v36, %u, v%u\n v_lshlrev_b32 v%u, 2, v36\n",
             (2u << (1 + below(m, 6))) - 1, chance(m, 70) ? id : 0, o);
        break;
    case 3:
        emit(m, "v_lshrrev_b32 v36, %u, v%u\n v_lshlrev_b32 v%u, %u, v36\n", below(m, 7), id, o,
             2 + below(m, 4));
        break;
    case 4:
        emit(m, "v_mul_u32_u24 v%u, %u, v%u\n", o, 4 * (1 + below(m, 15)), id);
        break;
    case 5:
        emit(m, "v_lshl_add_u32 v%u, v%u, %u, s%u\n", o, id, 2 + k, small(m));
        break;
    case 6:
        emit(m,
             "v_mad_u32_u24 v36, v%u, s%u, v1\n v_and_b32 v36, 0x3fff, v36\n"
             " v_lshlrev_b32 v%u, 2, v36\n",
             2 + below(m, 3), small(m), o);
        break;
    case 7:
        emit(m,
             "v_lshlrev_b32 v36, %u, v%u\n v_lshl_or_b32 v36, v%u, 2, v36\n"
             " v_and_b32 v%u, 0xfffc, v36\n",
             6 + below(m, 5), 2 + below(m, 2), id, o);
        break;
    case 8:
        emit(m, "v_and_b32 v%u, 0xfffc, v%u\n", o, data(m));
        break;
    case 9:
        emit(m, "v_mov_b32 v%u, s%u\n", o, small(m));
        break;
    case 10:
        emit(m, "v_lshlrev_b32 v36, 2, v%u\n v_sub_u32 v%u, 0x%x, v36\n", id, o, 0xffc + 4 * k);
        break;
    case 11:
        emit(m, "v_add_u32 v36, %u, v%u\n v_and_b32 v%u, 0xfffc, v36\n", 4 * (1 + below(m, 15)),
             other, o);
        break;
    case 12:
        emit(m, "v_xor_b32 v%u, %u, v%u\n", o, 4u << below(m, 4), other);
        break;
    case 13:
        emit(m, "v_add_lshl_u32 v36, v%u, s%u, 2\n v_and_b32 v%u, 0xfffc, v36\n", id, small(m), o);
        break;
    case 14:
        emit(m, "v_bfe_u32 v36, v%u, %u, %u\n v_lshlrev_b32 v%u, 2, v36\n", chance(m, 50) ? id : 0,
             below(m, 12), 1 + below(m, 10), o);
        break;
    case 15:
        emit(m, "v_add3_u32 v36, v%u, s%u, %u\n v_and_b32 v%u, 0xfffc, v36\n", other, small(m),
             below(m, 64), o);
        break;
    case 16:
        emit(m, "v_lshl_add_u32 v36, v%u, 1, v%u\n v_and_b32 v%u, 0xfffc, v36\n", other, offset(m),
             o);
        break;
    case 17:
        emit(m, "v_cndmask_b32_e64 v%u, v%u, v%u, %s\n", o, other, offset(m), mask(m));
        break;
    case 18:
        emit(m, "v_and_b32 v36, 0x3ff, v0\n v_lshlrev_b32 v%u, 2, v36\n", o);
        break;
    case 19:
        emit(m,
             "v_bfe_u32 v36, v0, 10, 10\n v_lshlrev_b32 v36, 4, v36\n v_or_b32 v36, v36, v1\n"
             " v_and_b32 v36, 0x3fff, v36\n v_lshlrev_b32 v%u, 2, v36\n",
             o);
        break;
    case 20:
        emit(m,
             "v_readfirstlane_b32 s56, v%u\n s_and_b32 s56, s56, 0x3ffc\n"
             " v_lshl_add_u32 v%u, v%u, 2, s56\n",
             data(m), o, id);
        break;
    default:
        emit(m, "v_mul_lo_u32 v36, v%u, s%u\n v_and_b32 v%u, 0xfffc, v36\n", id, small(m), o);
        break;
    }
}

/* 64-bit addresses in the data, to v[p:p+1]. */
static void emit_pair(struct maker *m, unsigned p)
{
    static const char *const carries[] = {"vcc", "s[56:57]", "s[58:59]"};
    const char *carry = PICK(m, carries);
    unsigned o = offset(m), form = below(m, 6), increments = below(m, 3), shift = below(m, 3);
    if (form < 2) {
        emit(m, "v_mov_b32 v%u, v%u\n", p, o);
        emit(m, form == 0 ? "v_mov_b32 v%u, 0\n" : "v_ashrrev_i32 v%u, 31, v%u\n", p + 1, p);
        if (chance(m, 60))
            emit(m, "v_lshlrev_b64 v[%u:%u], %u, v[%u:%u]\n", p, p + 1, shift, p, p + 1);
        emit(m, "v_mov_b32 v36, s%u\n v_add_co_u32_e64 v%u, %s, s%u, v%u\n", RANDOM_S_DATA + 1, p,
             carry, RANDOM_S_DATA, p);
        emit(m, "v_addc_co_u32_e64 v%u, %s, v36, v%u, %s\n", p + 1, carry, p + 1, carry);
    } else if (form == 2) {
        emit(m, "v_mad_u64_u32 v[%u:%u], %s, v%u, %u, s[%u:%u]\n", p, p + 1, carry, o,
             1 + below(m, 4), RANDOM_S_DATA, RANDOM_S_DATA + 1);
    } else if (form == 3) {
        emit(m, "v_mad_i64_i32 v[%u:%u], %s, v%u, %d, s[%u:%u]\n", p, p + 1, carry, o,
             chance(m, 30) ? 1 : (int)below(m, 4), RANDOM_S_DATA, RANDOM_S_DATA + 1);
    } else if (form == 4) {
        emit(m, "v_mov_b32 v36, s%u\n v_add_co_u32_e32 v%u, vcc, s%u, v%u\n", RANDOM_S_DATA + 1, p,
             RANDOM_S_DATA, o);
        emit(m, "v_addc_co_u32_e32 v%u, vcc, 0, v36, vcc\n", p + 1);
    } else { /* low halves that pass 2^31 or 2^32 */
        emit(m, "v_add_u32 v36, 0x%x, v%u\n v_mov_b32 v37, s%u\n", RANDOM_BIAS, o,
             RANDOM_S_BIASED + 1);
        emit(m, "v_add_co_u32_e32 v%u, vcc, s%u, v36\n v_addc_co_u32_e32 v%u, vcc, 0, v37, vcc\n",
             p, RANDOM_S_BIASED, p + 1);
    }
    for (unsigned i = 0; i < increments; i++) {
        emit(m, "v_add_co_u32_e64 v%u, %s, %u, v%u\n", p, carry, 4 * below(m, 16), p);
        emit(m, "v_addc_co_u32_e64 v%u, %s, 0, v%u, %s\n", p + 1, carry, p + 1, carry);
    }
}

/* ---- memory. Not made: ds_write2 of different values where lanes may overlap, whose order is not
 * defined. */

static void emit_lds(struct maker *m)
{
    unsigned o = offset(m), imm = 4 * below(m, 32), d = data(m), w = 28 + 4 * below(m, 2);
    static const char *const atomics[] = {"add_u32", "max_i32", "min_u32",
                                          "xor_b32", "or_b32",  "sub_u32"};
    static const char *const loads[] = {"u8", "i8", "u16", "i16", "u16_d16_hi", "u8_d16", "b32"};
    bool store = !m->no_stores && chance(m, 50);
    switch (below(m, 10)) {
    case 0:
    case 1:
    case 2:
        emit(m, store ? "ds_write_b32 v%u, v%u offset:%u\n" : "ds_read_b32 v%u, v%u offset:%u\n",
             store ? o : d, store ? d : o, imm);
        break;
    case 3:
        if (store)
            emit(m, "ds_write_b64 v%u, v[%u:%u] offset:%u\n", o, w, w + 1, imm & ~7u);
        else
            emit(m, "ds_read_b64 v[%u:%u], v%u offset:%u\n", w, w + 1, o, imm & ~7u);
        break;
    case 4:
        if (store)
            emit(m, "ds_write_b128 v%u, v[%u:%u] offset:%u\n", o, w, w + 3, imm & ~15u);
        else
            emit(m, "ds_read_b128 v[%u:%u], v%u offset:%u\n", w, w + 3, o, imm & ~15u);
        break;
    case 5:
        if (store)
            emit(m, "v_mov_b32 v36, s%u\n ds_write2_b32 v%u, v36, v36 offset0:%u offset1:%u\n",
                 scalar(m), o, below(m, 64), below(m, 128));
        else
            emit(m, "ds_read2%s_b32 v[%u:%u], v%u offset0:%u offset1:%u\n",
                 chance(m, 30) ? "st64" : "", w, w + 1, o, below(m, 64), below(m, 64));
        break;
    case 6:
        if (store && chance(m, 50))
            emit(m, "ds_write_b%u v%u, v%u offset:%u\n", chance(m, 50) ? 8 : 16, o, d, imm);
        else
            emit(m, "ds_read_%s v%u, v%u offset:%u\n", PICK(m, loads), d, o, imm);
        break;
    case 7:
    case 8:
        if (m->no_stores)
            break;
        if (chance(m, 50))
            emit(m, "ds_%s v%u, v%u offset:%u\n", PICK(m, atomics), o, d, imm);
        else
            emit(m, "ds_add_rtn_u32 v%u, v%u, v%u offset:%u\n", d, o, data(m), imm);
        break;
    default: /* through the flat aperture */
        if (m->no_stores)
            break;
        emit(m,
             "v_mov_b32 v37, s%u\n v_add_co_u32_e32 v36, vcc, s%u, v%u\n"
             " v_addc_co_u32_e32 v37, vcc, 0, v37, vcc\n",
             RANDOM_S_SHARED + 1, RANDOM_S_SHARED, o);
        emit(m, store ? "flat_store_dword v[36:37], v%u\n" : "flat_load_dword v%u, v[36:37]\n", d);
        break;
    }
}

static void emit_global(struct maker *m)
{

    static const char *const loads[] = {"ubyte",     "sbyte",        "ushort",    "sshort",
                                        "short_d16", "short_d16_hi", "ubyte_d16", "dword"};
    static const char *const stores[] = {"byte", "short", "short_d16_hi", "dword"};
    static const char *const atomics[] = {"add", "smax", "umin", "xor", "swap", "sub", "inc"};
    char where[32], width[16] = "dword";
    unsigned d = data(m), dwords = chance(m, 70) ? 1 : 1u << below(m, 3);
    int imm = (int)(4 * below(m, 64)) - 64;
    bool pair = chance(m, 40), flat = pair && chance(m, 25), store = !m->no_stores && chance(m, 45);
    unsigned p = 10 + 2 * below(m, 2);
    char value[24];
    snprintf(where, sizeof where, pair ? "v[%u:%u]" : "v%u", pair ? p : offset(m), p + 1);
    const char *base = flat ? "" : pair ? ", off" : chance(m, 6) ? ", s[60:61]" : NULL;
    base = base != NULL ? base : chance(m, 50) ? ", s[6:7]" : ", s[8:9]";
    if (strcmp(base, ", s[60:61]") == 0)
        emit(m, "v_add_u32 v39, 0x%x, v%u\n", RANDOM_BIAS, offset(m)), strcpy(where, "v39");

    imm = flat ? 4 * (int)below(m, 16) : imm;
    const char *space = flat ? "flat" : "global";
    if (!m->no_stores && chance(m, 15)) {
        bool returns = chance(m, 50);
        emit(m, "%s_atomic_%s ", space, PICK(m, atomics));
        if (returns)
            emit(m, "v%u, ", data(m));
        emit(m, "%s, v%u%s offset:%d%s\n", where, d, base, imm, returns ? " glc" : "");
        return;
    }
    if (dwords > 1)
        d = 28 + 4 * below(m, 2);
    snprintf(value, sizeof value, dwords > 1 ? "v[%u:%u]" : "v%u", d, d + dwords - 1);
    if (dwords > 1)
        snprintf(width, sizeof width, "dwordx%u", dwords);
    else if (chance(m, 30))
        snprintf(width, sizeof width, "%s", store ? PICK(m, stores) : PICK(m, loads));
    if (store)
        emit(m, "%s_store_%s %s, %s%s offset:%d\n", space, width, where, value, base, imm);
    else
        emit(m, "%s_load_%s %s, %s%s offset:%d%s\n", space, width, value, where, base, imm,
             chance(m, 10) ? " glc" : "");
}

static void emit_scratch(struct maker *m)
{
    unsigned imm = 4 * below(m, 60), d = data(m);
    bool store = !m->no_stores && chance(m, 50);
    if (chance(m, 60)) {
        emit(m, "buffer_%s_dword v%u, off, s[0:3], 0 offset:%u\n", store ? "store" : "load", d,
             imm);
        return;
    }
    emit(m, "v_and_b32 v36, 0x7c, v%u\n buffer_%s_dword v%u, v36, s[0:3], 0 offen offset:%u\n",
         data(m), store ? "store" : "load", d, imm & 0x7c);
}

/* ---- values */

static void emit_valu(struct maker *m)
{
    static const char *const twos[] = {"add_u32",     "sub_u32",    "mul_lo_u32",   "and_b32",
                                       "or_b32",      "xor_b32",    "min_u32",      "max_i32",
                                       "mul_u32_u24", "mul_hi_u32", "lshlrev_b32",  "lshrrev_b32",
                                       "ashrrev_i32", "subrev_u32", "bcnt_u32_b32", "bfm_b32"};
    static const char *const threes[] = {"add3_u32", "lshl_add_u32", "bfe_u32",      "mad_u32_u24",
                                         "bfi_b32",  "med3_i32",     "alignbit_b32", "perm_b32",
                                         "xad_u32",  "and_or_b32",   "or3_b32",      "bfe_i32"};
    static const char *const ones[] = {"mov_b32",  "not_b32",     "bfrev_b32",
                                       "ffbh_u32", "cvt_f32_u32", "ffbl_b32"};
    char a[16], b[16], c[16];
    unsigned d = data(m);
    switch (below(m, 9)) {
    case 0:
    case 1:
    case 2:
        emit(m, "v_%s v%u, %s, %s\n", PICK(m, twos), d, any_operand(m, a), operand(m, b));
        break;
    case 3:
    case 4:
        emit(m, "v_%s v%u, %s, %s, %s\n", PICK(m, threes), d, any_operand(m, a), operand(m, b),
             operand(m, c));
        break;
    case 5:
        emit(m, "v_%s_e32 v%u, %s\n", PICK(m, ones), d, any_operand(m, a));
        break;
    case 6:
        emit(m, "v_cndmask_b32_e64 v%u, %s, %s, %s\n", d, operand(m, a), operand(m, b), mask(m));
        break;
    case 7:
        emit(m, "v_add_co_u32_e64 v%u, %s, %s, %s\n", d, mask(m), any_operand(m, a), operand(m, b));
        emit(m, "v_addc_co_u32_e64 v%u, s[58:59], %s, %s, %s\n", data(m), operand(m, a),
             operand(m, b), mask(m));
        break;
    default:
        if (chance(m, 50))
            emit(m, "v_mad_u64_u32 v[28:29], s[58:59], %s, %s, v[30:31]\n", operand(m, a),
                 operand(m, b));
        else
            emit(m,
                 "v_mov_b32_sdwa v%u, v%u dst_sel:WORD_1 dst_unused:UNUSED_PRESERVE "
                 "src0_sel:BYTE_%u\n",
                 d, data(m), below(m, 4));
        break;
    }
}

static void emit_compare(struct maker *m)
{
    static const char *const how[] = {"lt_u32", "eq_u32", "gt_i32", "ne_u32", "le_u32", "ge_i32"};
    char a[16], b[16];
    emit(m, "v_cmp_%s_e64 %s, %s, %s\n", PICK(m, how), mask(m), any_operand(m, a), operand(m, b));
}

static void emit_cross(struct maker *m)
{
    unsigned a = data(m), b = data(m), d = data(m);
    switch (below(m, 10)) {
    case 0:
        emit(m, "s_nop 1\n v_mov_b32_dpp v%u, v%u row_shr:%u row_mask:0x%x bank_mask:0xf%s\n", d, a,
             1 + below(m, 15), chance(m, 60) ? 15 : below(m, 16),
             chance(m, 50) ? " bound_ctrl:0" : "");
        break;
    case 1:
        emit(m,
             "s_nop 1\n v_add_u32_dpp v%u, v%u, v%u quad_perm:[%u,%u,%u,%u] row_mask:0xf "
             "bank_mask:0xf\n",
             d, a, b, below(m, 4), below(m, 4), below(m, 4), below(m, 4));
        break;
    case 2:
        emit(m, "s_nop 1\n v_add_u32_dpp v%u, v%u, v%u row_bcast:%u row_mask:0x%x bank_mask:0xf\n",
             d, a, b, chance(m, 50) ? 15 : 31, chance(m, 50) ? 0xa : 0xc);
        break;
    case 3:
        emit(m, "ds_swizzle_b32 v%u, v%u offset:swizzle(BITMASK_PERM,\"%c0%c%ci\")\n", d, a,
             "01pi"[below(m, 4)], "01pi"[below(m, 4)], "pi"[below(m, 2)]);
        break;
    case 4:
        emit(m, "v_lshlrev_b32 v36, 2, v%u\n ds_bpermute_b32 v%u, v36, v%u\n",
             chance(m, 50) ? a : 4, d, b);
        break;
    case 5:
        emit(m,
             "v_xor_b32 v36, %u, v4\n v_lshlrev_b32 v36, 2, v36\n ds_bpermute_b32 v%u, v36, v%u\n",
             1u << below(m, 6), d, b);
        break;
    case 6:
        emit(m, "v_lshlrev_b32 v36, 2, v%u\n ds_permute_b32 v%u, v36, v%u\n", a, d, b);
        break;
    case 7:
        emit(m, "v_readfirstlane_b32 s%u, v%u\n", scalar(m), chance(m, 50) ? a : offset(m));
        break;
    case 8:
        emit(m, "v_readlane_b32 s%u, v%u, %u\n", scalar(m), a, below(m, 64));
        break;
    default:
        emit(m, "v_writelane_b32 v%u, s%u, %u\n", d, scalar(m), below(m, 64));
        break;
    }
}

static void emit_scalar(struct maker *m)
{
    static const char *const twos[] = {"add_u32", "sub_u32",  "mul_i32",  "and_b32", "or_b32",
                                       "xor_b32", "lshl_b32", "lshr_b32", "min_u32", "addc_u32"};
    static const char *const wides[] = {"and_b64", "or_b64", "xor_b64", "andn2_b64", "nor_b64"};
    int step = 4 * (int)(1 + below(m, 8));
    switch (below(m, 9)) {
    case 0:
    case 1:
        emit(m, "s_%s s%u, s%u, s%u\n", PICK(m, twos), scalar(m), scalar(m), scalar(m));
        break;
    case 2:
        emit(m, "s_%s %s, %s, %s\n", PICK(m, wides), mask(m), mask(m),
             chance(m, 30) ? "exec" : mask(m));
        break;
    case 3:
        emit(m, "s_bcnt1_i32_b64 s%u, %s\n", scalar(m), mask(m));
        break;
    case 4:
        emit(m, "s_ff1_i32_b64 s%u, %s\n", scalar(m), chance(m, 40) ? "exec" : mask(m));
        break;
    case 5: /* the pointer moves and stays in reach */
        if (m->depth == 0)
            emit(m, "s_%s_u32 s%u, s%u, %d\n s_%s_u32 s%u, s%u, 0\n", step & 4 ? "add" : "sub",
                 RANDOM_S_MOVING, RANDOM_S_MOVING, step, step & 4 ? "addc" : "subb",
                 RANDOM_S_MOVING + 1, RANDOM_S_MOVING + 1);
        break;
    case 6:
        emit(m, "s_load_dword s%u, s[6:7], 0x%x\n s_waitcnt lgkmcnt(0)\n", scalar(m),
             4 * below(m, 256));
        break;
    case 7:
        emit(m, "s_load_dword s%u, s[8:9], s%u\n s_waitcnt lgkmcnt(0)\n", scalar(m), small(m));
        break;
    default:
        emit(m, "s_cmp_%s_u32 s%u, s%u\n s_cselect_b32 s%u, s%u, %u\n", chance(m, 50) ? "lt" : "eq",
             scalar(m), scalar(m), scalar(m), scalar(m), below(m, 64));
        break;
    }
}

static void emit_statement(struct maker *m)
{
    unsigned kind = below(m, 100), p = 10 + 2 * below(m, 2);
    if (kind < 30)
        emit_valu(m);
    else if (kind < 36)
        emit_compare(m);
    else if (kind < 46)
        emit_offset(m, offset(m));
    else if (kind < 52)
        emit_pair(m, p);
    else if (kind < 66)
        emit_global(m);
    else if (kind < 82)
        emit_lds(m);
    else if (kind < 84)
        emit_scratch(m);
    else if (kind < 90)
        emit_scalar(m);
    else if (kind < 96 && !m->simple)
        emit_cross(m);
    else if (kind < 98 && !m->divergent && !m->simple)
        emit(m, "s_waitcnt lgkmcnt(0)\n s_barrier\n");
    else if (m->faults && kind == 99)
        emit(m, "global_load_dword v%u, v%u, s[6:7]\n", data(m), data(m));
    else
        emit(m, "v_accvgpr_write_b32 a%u, v%u\n v_accvgpr_read_b32 v%u, a%u\n", below(m, 4),
             data(m), data(m), below(m, 4));
}

/* ---- programs whose waves are apart. v40, v41: 4 and 16 times the work-item's number */

static void emit_apart(struct maker *m)
{
    static const char *const atomics[] = {"add_u32", "max_i32", "min_u32", "xor_b32", "or_b32"};
    static const char *const globals[] = {"add", "smax", "umin", "xor", "or"};
    unsigned d = data(m), w = 28 + 4 * below(m, 2), wide = chance(m, 30);
    bool store = chance(m, 50);
    unsigned kind = m->in_loop && chance(m, 80) ? 2 + below(m, 5) / 4 * 4 : below(m, 9);
    switch (kind) {
    case 0:
    case 1: /* own dwords of LDS */
        if (wide)
            emit(m, store ? "ds_write_b128 v41, v[%u:%u]\n" : "ds_read_b128 v[%u:%u], v41\n", w,
                 w + 3);
        else
            emit(m,
                 store ? "ds_write_b32 v41, v%u offset:%u\n" : "ds_read_b32 v%u, v41 offset:%u\n",
                 d, 4 * below(m, 4));
        break;
    case 2:
    case 3:
        if (wide)
            emit(m,
                 store ? "global_store_dwordx4 v41, v[%u:%u], s[66:67]\n"
                       : "global_load_dwordx4 v[%u:%u], v41, s[66:67]\n",
                 w, w + 3);
        else if (store)
            emit(m, "global_store_dword v41, v%u, s[66:67] offset:%u\n", d, 4 * below(m, 4));
        else
            emit(m, "global_load_dword v%u, v41, s[66:67] offset:%u\n", d, 4 * below(m, 4));
        break;
    case 4:
        emit(m, "v_and_b32 v36, 0xfc, v%u\n ds_%s v36, v%u offset:%u\n", data(m), atomics[m->sum],
             d, RANDOM_SUMS_AT);
        break;
    case 5:
        emit(m,
             "v_and_b32 v36, 0xfc, v%u\n v_add_u32 v36, 0x%x, v36\n"
             " global_atomic_%s v36, v%u, s[66:67]\n",
             data(m), RANDOM_SUMS_AT, globals[m->sum], d);
        break;
    case 6:
        emit(m, "global_load_dword%s v%u, v%u, s[6:7]\n", "", d, offset(m));
        break;
    default:
        if (m->divergent && chance(m, 90))
            emit_valu(m);
        else if (m->divergent)
            emit(m, "s_%s_u32 s%u, s%u, s%u\n", chance(m, 50) ? "add" : "mul_hi", scalar(m),
                 scalar(m), scalar(m));
        else
            emit(m,
                 "ds_write_b32 v40, v%u offset:%u\n s_waitcnt lgkmcnt(0)\n s_barrier\n"
                 " v_and_b32 v36, 0x3fc, v%u\n ds_read_b32 v%u, v36 offset:%u\n"
                 " s_waitcnt lgkmcnt(0)\n s_barrier\n",
                 d, RANDOM_EXCHANGE_AT, chance(m, 50) ? offset(m) : data(m), data(m),
                 RANDOM_EXCHANGE_AT);
        break;
    }
}

static void emit_apart_statement(struct maker *m)
{
    unsigned kind = below(m, 100);
    if (kind < 32)
        emit_valu(m);
    else if (kind < 40)
        emit_compare(m);
    else if (kind < 50)
        emit_offset(m, offset(m));
    else if (kind < 53 && !m->simple)
        emit(m, "s_nop 1\n v_mov_b32_dpp v%u, v%u row_shr:%u row_mask:0xf bank_mask:0xf\n", data(m),
             data(m), 1 + below(m, 15));
    else if (kind < 55 && !m->simple)
        emit(m,
             "v_xor_b32 v36, %u, v4\n v_lshlrev_b32 v36, 2, v36\n ds_bpermute_b32 v%u, v36, v%u\n",
             1u << below(m, 6), data(m), data(m));
    else if (kind < 60)
        emit(m, "s_%s_b64 %s, %s, %s\n", chance(m, 50) ? "and" : "xor", mask(m), mask(m), mask(m));
    else if (kind < 65 && (!m->divergent || chance(m, 10)))
        emit(m, "s_cmp_lt_u32 s%u, s%u\n s_cselect_b32 s%u, s%u, %u\n", scalar(m), scalar(m),
             scalar(m), scalar(m), below(m, 64));
    else
        emit_apart(m);
}

/* ---- nodes */

static struct random_node *new_node(struct maker *m)
{
    struct random_node *node = &m->program->node[m->program->count++];
    memset(node, 0, sizeof *node);
    m->at = node->head, m->left = TEXT;
    return node;
}

static void to_tail(struct maker *m, struct random_node *node)
{
    node->children = (uint16_t)(m->program->node + m->program->count - node - 1);
    m->at = node->tail, m->left = TEXT;
}

static void make_list(struct maker *m, unsigned length);

static void make_if(struct maker *m)
{
    struct random_node *node = new_node(m), *other;
    unsigned d = 20 + 4 * m->depth, label = m->labels++;
    bool divergent = m->divergent, with_else = chance(m, 50), jumps = chance(m, 60);
    char a[16], b[16];
    emit(m, "v_cmp_%s_e64 vcc, %s, %s\n", chance(m, 50) ? "lt_u32" : "gt_i32", any_operand(m, a),
         operand(m, b));
    emit(m,
         chance(m, 80) ? "s_and_saveexec_b64 s[%u:%u], vcc\n"
                       : "s_mov_b64 s[%u:%u], exec\n s_and_b64 exec, exec, vcc\n",
         d, d + 1);
    if (with_else)
        emit(m, "s_xor_b64 s[%u:%u], exec, s[%u:%u]\n", d, d + 1, d, d + 1);
    if (jumps)
        emit(m, "s_cbranch_execz L%u\n", label);
    m->divergent = true;
    m->depth++;
    make_list(m, 1 + below(m, 5));
    if (with_else) {
        other = new_node(m);
        other->branch_of_parent = true;
        snprintf(other->keep, sizeof other->keep, "L%u:\n", label);
        emit(m, "s_or_saveexec_b64 s[%u:%u], s[%u:%u]\n s_xor_b64 exec, exec, s[%u:%u]\n", d + 2,
             d + 3, d, d + 1, d + 2, d + 3);
        if (chance(m, 50))
            emit(m, "s_cbranch_execz LE%u\n", label);
        make_list(m, 1 + below(m, 4));
        to_tail(m, other);
        emit(m, "LE%u:\n s_or_b64 exec, exec, s[%u:%u]\n", label, d + 2, d + 3);
        to_tail(m, node);
        emit(m, "s_or_b64 exec, exec, s[%u:%u]\n", d, d + 1);
    } else {
        to_tail(m, node);
        emit(m, "L%u:\n s_or_b64 exec, exec, s[%u:%u]\n", label, d, d + 1);
    }
    m->depth--;
    m->divergent = divergent;
}

static void make_lane_loop(struct maker *m)
{
    struct random_node *node = new_node(m);
    unsigned d = 20 + 4 * m->depth, label = m->labels++, count = 24 + m->depth, form = below(m, 4);
    bool divergent = m->divergent, no_stores = m->no_stores, simple = m->simple,
         in_loop = m->in_loop;
    emit(m, "v_and_b32 v%u, %u, v%u\n", count, m->depth ? 3 : 7, chance(m, 80) ? data(m) : 4);
    emit(m, form >= 2 ? "s_mov_b64 s[%u:%u], exec\n" : "s_mov_b64 s[%u:%u], 0\n", d, d + 1);
    emit(m, "L%u:\n", label);
    if (form == 3) /* the test comes first */
        emit(m, "v_cmp_lt_i32 vcc, 0, v%u\n s_and_b64 exec, exec, vcc\n s_cbranch_execz LX%u\n",
             count, label);
    m->divergent = m->in_loop = true;
    m->simple = m->simple || chance(m, 40);
    m->no_stores = m->no_stores || (m->simple && chance(m, 80));
    m->depth++;
    make_list(m, 1 + below(m, 5));
    m->depth--;
    to_tail(m, node);
    emit(m, "v_add_u32 v%u, -1, v%u\n", count, count);
    if (form == 0)
        emit(m,
             "v_cmp_gt_i32 vcc, 1, v%u\n s_or_b64 s[%u:%u], vcc, s[%u:%u]\n"
             " s_andn2_b64 exec, exec, s[%u:%u]\n s_cbranch_execnz L%u\n"
             " s_or_b64 exec, exec, s[%u:%u]\n",
             count, d, d + 1, d, d + 1, d, d + 1, label, d, d + 1);
    else if (form == 1)
        emit(m,
             "v_cmp_gt_i32_e64 s[%u:%u], 1, v%u\n s_and_b64 s[%u:%u], exec, s[%u:%u]\n"
             " s_or_b64 s[%u:%u], s[%u:%u], s[%u:%u]\n s_andn2_b64 exec, exec, s[%u:%u]\n"
             " s_cbranch_execnz L%u\n s_or_b64 exec, exec, s[%u:%u]\n",
             d + 2, d + 3, count, d + 2, d + 3, d + 2, d + 3, d, d + 1, d + 2, d + 3, d, d + 1, d,
             d + 1, label, d, d + 1);
    else if (form == 3)
        emit(m, "s_branch L%u\nLX%u:\n s_mov_b64 exec, s[%u:%u]\n", label, label, d, d + 1);
    else
        emit(m,
             "v_cmp_lt_i32 vcc, 0, v%u\n s_and_b64 exec, exec, vcc\n s_cbranch_execnz L%u\n"
             " s_mov_b64 exec, s[%u:%u]\n",
             count, label, d, d + 1);
    m->divergent = divergent, m->no_stores = no_stores, m->simple = simple, m->in_loop = in_loop;
}

static void make_uniform_loop(struct maker *m)
{
    struct random_node *node = new_node(m);
    unsigned label = m->labels++, count = 36 + m->depth;
    bool no_stores = m->no_stores, simple = m->simple, breaks = chance(m, m->apart ? 5 : 25),
         divergent = m->divergent;
    emit(m, "s_mov_b32 s%u, %u\nL%u:\n", count, 1 + below(m, m->depth ? 3 : 6), label);
    m->simple = m->simple || chance(m, 50);
    m->no_stores = m->no_stores || (m->simple && chance(m, 70));
    m->divergent = m->divergent || breaks;
    m->depth++;
    make_list(m, 1 + below(m, 5));
    m->depth--;
    to_tail(m, node);
    if (breaks)
        emit(m, "v_cmp_eq_u32 vcc, %u, v%u\n s_cbranch_vcc%s LE%u\n", below(m, 8), data(m),
             chance(m, 50) ? "nz" : "z", label);
    emit(m, "s_sub_u32 s%u, s%u, 1\n s_cmp_lg_u32 s%u, 0\n s_cbranch_scc1 L%u\n", count, count,
         count, label);
    if (breaks)
        emit(m, "LE%u:\n", label);
    m->no_stores = no_stores, m->simple = simple, m->divergent = divergent;
}

static void make_uniform_if(struct maker *m)
{
    struct random_node *node = new_node(m);
    unsigned label = m->labels++;
    bool divergent = m->divergent;
    char a[16];
    if (chance(m, m->apart ? 95 : 60))
        emit(m, "s_cmp_%s_u32 s%u, s%u\n s_cbranch_scc%u L%u\n", chance(m, 50) ? "lt" : "ge",
             scalar(m), scalar(m), below(m, 2), label);
    else
        emit(m, "v_cmp_gt_u32 vcc, %u, %s\n s_cbranch_vccz L%u\n", below(m, 60),
             (snprintf(a, sizeof a, "v%u", data(m)), a), label);
    m->divergent = true;
    m->depth++;
    make_list(m, 1 + below(m, 4));
    m->depth--;
    to_tail(m, node);
    emit(m, "L%u:\n", label);
    m->divergent = divergent;
}

/* A function that is called where it stands, through its address. */
static void make_call(struct maker *m)
{
    struct random_node *node = new_node(m);
    unsigned label = m->labels++;
    emit(m,
         "s_getpc_b64 s[48:49]\nLG%u:\n s_add_u32 s48, s48, LF%u-LG%u\n s_addc_u32 s49, s49, 0\n"
         " s_swappc_b64 s[50:51], s[48:49]\n s_branch LR%u\nLF%u:\n",
         label, label, label, label, label);
    m->in_call = true;
    m->depth++;
    make_list(m, 1 + below(m, 5));
    m->depth--;
    m->in_call = false;
    to_tail(m, node);
    emit(m, "s_setpc_b64 s[50:51]\nLR%u:\n", label);
}

static void make_list(struct maker *m, unsigned length)
{
    for (unsigned i = 0; i < length && m->program->count + 20 < RANDOM_NODES; i++) {
        unsigned kind = m->depth < DEPTH && !m->simple ? below(m, 100) : 100;
        if (kind < 8)
            make_if(m);
        else if (kind < 14)
            make_lane_loop(m);
        else if (kind < 20)
            make_uniform_loop(m);
        else if (kind < 24)
            make_uniform_if(m);
        else if (kind < 26 && !m->in_call && !m->apart)
            make_call(m);
        else {
            new_node(m);
            m->apart ? emit_apart_statement(m) : emit_statement(m);
        }
    }
}

/* ---- the whole */

static uint32_t random_size(struct maker *m, uint32_t most)
{
    static const uint32_t sizes[] = {1, 2, 3, 4, 7, 8, 16, 31, 32, 48, 64, 65, 128, 200, 256};
    uint32_t size = PICK(m, sizes);
    return size < most ? size : most;
}

static void choose_geometry(struct maker *m)
{
    struct random_program *p = m->program;
    p->dims = below(m, 3);
    p->workgroup[0] = chance(m, 40) ? m->apart ? 128 : 64 : random_size(m, 256);
    p->workgroup[1] =
        p->dims > 0 || (!m->apart && chance(m, 10)) ? random_size(m, 256 / p->workgroup[0]) : 1;
    p->workgroup[2] = p->dims > 1 ? random_size(m, 256 / (p->workgroup[0] * p->workgroup[1])) : 1;
    bool ragged = !m->apart && chance(m, 30);
    for (unsigned i = 0; i < 3; i++) {
        uint32_t size = p->workgroup[i];
        p->group[i] = below(m, 2);
        p->grid[i] = 2 * size - (ragged && size > 1 ? below(m, size) : 0);
    }
    p->lds_bytes = m->apart || chance(m, 70) ? 65536 : chance(m, 50) ? 16384 : 2048;
}

void random_program_make(struct random_program *program, uint64_t seed, unsigned first_label)
{
    struct maker m = {
        .program = program, .random = seed * 0x9e3779b97f4a7c15 + 0x1234567, .labels = first_label};
    for (unsigned i = 0; i < 4; i++)
        (void)random_bits(&m.random);
    program->count = 0;
    m.apart = program->apart = chance(&m, 35);
    m.faults = chance(&m, 8);
    choose_geometry(&m);
    m.sum = below(&m, 5);
    if (m.apart) { /* stays even where waves must be made one: barriers are what it is for */
        new_node(&m);
        emit(&m, "s_barrier\n");
    }
    if (chance(&m, 15)) {
        new_node(&m);
        emit(&m, "s_and_b64 exec, exec, s[14:15]\n");
    }
    make_list(&m, 8 + below(&m, 30));
}

static size_t put(char *text, size_t at, const char *more)
{
    size_t left = RANDOM_PROGRAM_TEXT - at, length = strlen(more);
    length = length < left ? length : left - 1;
    memcpy(text + at, more, length);
    text[at + length] = '\0';
    return at + length;
}

static size_t write_nodes(const struct random_program *program, unsigned from, unsigned to,
                          bool hollow, char *text, size_t at)
{
    for (unsigned i = from; i < to; i += 1u + program->node[i].children) {
        const struct random_node *node = &program->node[i];
        at = put(text, at, node->keep);
        if (node->removed)
            continue;
        bool bare = node->hollow || (node->branch_of_parent && hollow);
        at = put(text, at, bare ? "" : node->head);
        at = write_nodes(program, i + 1, i + 1 + node->children, bare, text, at);
        at = put(text, at, bare ? "" : node->tail);
    }
    return at;
}

static size_t write_result(char *text, size_t at, unsigned vreg)
{
    char line[128];
    snprintf(line, sizeof line,
             "global_store_dword v5, v%u, s[10:11]\ns_add_u32 s10, s10, 4096\n"
             "s_addc_u32 s11, s11, 0\n",
             vreg);
    return put(text, at, line);
}

/* What lanes and scalar registers hold in the end goes to memory: registers that nobody reads any
 * more may differ. */
void random_program_write(const struct random_program *program, char *text)
{
    static const char start[] = "s_mov_b64 s[12:13], exec\n v_mbcnt_lo_u32_b32 v4, -1, 0\n"
                                "v_mbcnt_hi_u32_b32 v4, -1, v4\n";
    static const char *const scalars[] = {"s14",    "s15",    "s16", "s17", "s18", "s19",
                                          "vcc_lo", "vcc_hi", "s56", "s40", "s41", "s42",
                                          "s43",    "s44",    "s45", "s46", "s47"};
    char line[128];
    size_t at = put(text, 0, start);
    at = put(text, at, program->dims > 0 ? "v_and_b32 v1, 0x3ff, v0\n" : "v_mov_b32 v1, v0\n");
    at = put(text, at, program->dims > 0 ? "v_bfe_u32 v2, v0, 10, 10\n" : "v_mov_b32 v2, 0\n");
    at = put(text, at, program->dims > 1 ? "v_bfe_u32 v3, v0, 20, 10\n" : "v_mov_b32 v3, 0\n");
    for (unsigned i = 0; i < 4; i++) {
        snprintf(line, sizeof line, "v_lshlrev_b32 v%u, 2, v%u\n", 6 + i, i == 3 ? 4 : 1);
        at = put(text, at, line);
    }
    for (unsigned i = 10; i < 14; i += 2) {
        snprintf(line, sizeof line, "v_mov_b32 v%u, s6\n v_mov_b32 v%u, s7\n", i, i + 1);
        at = put(text, at, line);
    }
    if (program->apart) {
        snprintf(line, sizeof line, "s_movk_i32 s56, %u\n v_mad_u32_u24 v40, v3, s56, v2\n",
                 program->workgroup[1]);
        at = put(text, at, program->dims > 0 ? line : "v_mov_b32 v40, 0\n");
        snprintf(line, sizeof line,
                 "s_movk_i32 s56, %u\n v_mad_u32_u24 v40, v40, s56, v1\n"
                 " v_lshlrev_b32 v41, 4, v40\n v_lshlrev_b32 v40, 2, v40\n",
                 program->workgroup[0]);
        at = put(text, at, line);
    }
    at = write_nodes(program, 0, program->count, false, text, at);
    at = put(text, at, "s_mov_b64 exec, s[12:13]\n");
    if (!program->apart)
        at = put(text, at, "s_cselect_b32 s56, 1, 0\n");
    for (unsigned i = 0; i < 30; i++)
        at = write_result(text, at, 6 + i);
    for (unsigned i = program->apart ? 9 : 0; i < sizeof scalars / sizeof scalars[0]; i++) {
        snprintf(line, sizeof line, "v_mov_b32 v36, %s\n", scalars[i]);
        at = put(text, at, line);
        at = write_result(text, at, 36);
    }
    at = put(text, at, "s_endpgm\n");
}
