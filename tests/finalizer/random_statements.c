/* SPDX-License-Identifier: MIT
 * Random statements: addresses of every shape, memory, values, lanes that look at each other. The
 * registers' uses are in random_priv.h.
 */
#include "random_priv.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

uint64_t random_bits(uint64_t *state)
{
    *state ^= *state << 13, *state ^= *state >> 7, *state ^= *state << 17;
    return *state * 0x2545f4914f6cdd1d >> 8;
}

unsigned below(struct maker *m, unsigned limit)
{
    return (unsigned)(random_bits(&m->random) % limit);
}

bool chance(struct maker *m, unsigned percent)
{
    return below(m, 100) < percent;
}

void emit(struct maker *m, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vsnprintf(m->at, m->left, format, args);
    va_end(args);
    size_t taken = (size_t)length < m->left ? (size_t)length : m->left;
    m->at += taken, m->left -= taken;
}

unsigned data(struct maker *m)
{
    return 14 + below(m, 10);
}

static unsigned offset(struct maker *m)
{
    return 6 + below(m, 4);
}

unsigned scalar(struct maker *m)
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

const char *operand(struct maker *m, char text[16])
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

const char *any_operand(struct maker *m, char text[16])
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

void emit_statement(struct maker *m)
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

void emit_apart_statement(struct maker *m)
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
