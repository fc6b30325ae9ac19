/* SPDX-License-Identifier: MIT
 * Integer arithmetic for the directed rounding modes: exact in every mode and format, slow. It is
 * the one place that rounds by hand; the fast paths use it only where the host cannot do it. A
 * format is given by `p`, its precision with the hidden bit (f16 11, f32 24, f64 53).
 * NaN operands are the caller's business: any NaN result is just some NaN.
 */
#ifndef CAIRN_FP_SOFT_H
#define CAIRN_FP_SOFT_H

#include "fp/mode.h"

#define CAIRN_FP_SLOW __attribute__((noinline, cold, unused))

__extension__ typedef unsigned __int128 cairn_fp_u128;

/* (-1)^sign * sig * 2^exp; `special` is 1 for infinity, 2 for NaN. */
struct cairn_fp_soft {
    cairn_fp_u128 sig;
    int exp;
    bool sign;
    uint8_t special;
};

static inline int cairn_fp_soft_exp_bits(int p)
{
    return p == 11 ? 5 : p == 24 ? 8 : 11;
}

static inline int cairn_fp_soft_emin(int p)
{
    return 2 - (1 << (cairn_fp_soft_exp_bits(p) - 1));
}

static inline uint64_t cairn_fp_soft_infinity(int p)
{
    return ((UINT64_C(1) << cairn_fp_soft_exp_bits(p)) - 1) << (p - 1);
}

static inline int cairn_fp_soft_msb(cairn_fp_u128 x)
{
    uint64_t high = (uint64_t)(x >> 64);
    return high != 0 ? 127 - __builtin_clzll(high) : 63 - __builtin_clzll((uint64_t)x);
}

static inline struct cairn_fp_soft cairn_fp_soft_unpack(int p, uint64_t bits)
{
    int w = cairn_fp_soft_exp_bits(p);
    uint64_t fraction = bits & ((UINT64_C(1) << (p - 1)) - 1);
    int field = (int)(bits >> (p - 1)) & ((1 << w) - 1);
    struct cairn_fp_soft x = {.sign = bits >> (p - 1 + w) & 1};
    if (field == (1 << w) - 1) {
        x.special = fraction == 0 ? 1 : 2;
        return x;
    }
    x.sig = field == 0 ? fraction : fraction | UINT64_C(1) << (p - 1);
    x.exp = cairn_fp_soft_emin(p) - (p - 1) + (field == 0 ? 0 : field - 1);
    return x;
}

static inline uint64_t cairn_fp_soft_overflow(int p, uint32_t round, bool sign)
{
    uint64_t infinity = cairn_fp_soft_infinity(p);
    bool away = round == CAIRN_FP_ROUND_EVEN || (round == CAIRN_FP_ROUND_UP && !sign) ||
                (round == CAIRN_FP_ROUND_DOWN && sign);
    return away ? infinity : infinity - 1;
}

/* One more in the last place? `rest` and `half` are what is cut off and half a place. */
static inline bool cairn_fp_soft_rounds_up(uint32_t round, bool sign, bool odd, cairn_fp_u128 rest,
                                           cairn_fp_u128 half)
{
    if (round == CAIRN_FP_ROUND_EVEN)
        return rest > half || (rest == half && odd);
    if (round == CAIRN_FP_ROUND_ZERO || rest == 0)
        return false;
    return sign == (round == CAIRN_FP_ROUND_DOWN);
}

/* Rounds sig * 2^exp to the format, denormals included. Bit 0 of `sig` may be sticky as long as it
 * lies at least two places below the result's last place. */
static CAIRN_FP_SLOW uint64_t cairn_fp_soft_pack(int p, uint32_t round, bool sign, int exp,
                                                 cairn_fp_u128 sig)
{
    uint64_t sign_bit = (uint64_t)sign << (p - 1 + cairn_fp_soft_exp_bits(p));
    if (sig == 0)
        return sign_bit;
    int emin = cairn_fp_soft_emin(p), e = cairn_fp_soft_msb(sig) + exp;
    if (e > 1 - emin)
        return sign_bit | cairn_fp_soft_overflow(p, round, sign);
    int last = (e < emin ? emin : e) - (p - 1);
    int shift = last - exp;
    uint64_t q;
    if (shift <= 0) {
        q = (uint64_t)(sig << -shift);
    } else if (shift > 127) { /* sig has at most 127 bits: below half of the smallest denormal */
        q = cairn_fp_soft_rounds_up(round, sign, false, 1, 2);
    } else {
        cairn_fp_u128 one = 1, rest = sig & ((one << shift) - 1);
        q = (uint64_t)(sig >> shift);
        q += cairn_fp_soft_rounds_up(round, sign, q & 1, rest, one << (shift - 1));
    }
    /* The hidden bit of q adds 1 to the exponent field; a carry out of q does so again. */
    uint64_t bits = ((uint64_t)(last - (emin - (p - 1))) << (p - 1)) + q;
    if (bits >= cairn_fp_soft_infinity(p))
        bits = cairn_fp_soft_overflow(p, round, sign);
    return sign_bit | bits;
}

/* Shifts right, keeping in bit 0 that something was lost. */
static inline cairn_fp_u128 cairn_fp_soft_jam(cairn_fp_u128 x, int shift)
{
    if (shift > 127)
        return x != 0;
    cairn_fp_u128 lost = x & (((cairn_fp_u128)1 << shift) - 1);
    return x >> shift | (lost != 0);
}

/* x + y, both finite; each has at most 106 significant bits. */
static CAIRN_FP_SLOW uint64_t cairn_fp_soft_sum(int p, uint32_t round, struct cairn_fp_soft x,
                                                struct cairn_fp_soft y)
{
    if (x.sig == 0 && y.sig == 0)
        return cairn_fp_soft_pack(p, round,
                                  x.sign == y.sign ? x.sign : round == CAIRN_FP_ROUND_DOWN, 0, 0);
    if (x.sig == 0)
        return cairn_fp_soft_pack(p, round, y.sign, y.exp, y.sig);
    if (y.sig == 0)
        return cairn_fp_soft_pack(p, round, x.sign, x.exp, x.sig);
    int sx = 125 - cairn_fp_soft_msb(x.sig), sy = 125 - cairn_fp_soft_msb(y.sig);
    x.sig <<= sx, x.exp -= sx;
    y.sig <<= sy, y.exp -= sy;
    if (x.exp < y.exp) {
        struct cairn_fp_soft swap = x;
        x = y;
        y = swap;
    }
    y.sig = cairn_fp_soft_jam(y.sig, x.exp - y.exp);
    if (x.sign == y.sign)
        return cairn_fp_soft_pack(p, round, x.sign, x.exp, x.sig + y.sig);
    if (x.sig == y.sig)
        return cairn_fp_soft_pack(p, round, round == CAIRN_FP_ROUND_DOWN, 0, 0);
    if (x.sig > y.sig)
        return cairn_fp_soft_pack(p, round, x.sign, x.exp, x.sig - y.sig);
    return cairn_fp_soft_pack(p, round, y.sign, x.exp, y.sig - x.sig);
}

/* An infinity with the given sign, or a NaN. */
static inline uint64_t cairn_fp_soft_special(int p, bool nan, bool sign)
{
    uint64_t infinity = cairn_fp_soft_infinity(p);
    if (nan)
        return infinity | UINT64_C(1) << (p - 2);
    return infinity | (uint64_t)sign << (p - 1 + cairn_fp_soft_exp_bits(p));
}

static CAIRN_FP_SLOW uint64_t cairn_fp_soft_add(int p, uint32_t round, uint64_t a, uint64_t b)
{
    struct cairn_fp_soft x = cairn_fp_soft_unpack(p, a), y = cairn_fp_soft_unpack(p, b);
    if (x.special != 0 || y.special != 0) {
        bool nan = x.special == 2 || y.special == 2 ||
                   (x.special == 1 && y.special == 1 && x.sign != y.sign);
        return cairn_fp_soft_special(p, nan, x.special == 1 ? x.sign : y.sign);
    }
    return cairn_fp_soft_sum(p, round, x, y);
}

/* The exact product; special as IEEE 754 says. */
static inline struct cairn_fp_soft cairn_fp_soft_product(struct cairn_fp_soft x,
                                                         struct cairn_fp_soft y)
{
    struct cairn_fp_soft z = {.sig = x.sig * y.sig, .exp = x.exp + y.exp, .sign = x.sign != y.sign};
    if (x.special == 2 || y.special == 2)
        z.special = 2;
    else if (x.special == 1)
        z.special = y.special == 1 || y.sig != 0 ? 1 : 2;
    else if (y.special == 1)
        z.special = x.sig != 0 ? 1 : 2;
    return z;
}

static CAIRN_FP_SLOW uint64_t cairn_fp_soft_mul(int p, uint32_t round, uint64_t a, uint64_t b)
{
    struct cairn_fp_soft z =
        cairn_fp_soft_product(cairn_fp_soft_unpack(p, a), cairn_fp_soft_unpack(p, b));
    if (z.special != 0)
        return cairn_fp_soft_special(p, z.special == 2, z.sign);
    return cairn_fp_soft_pack(p, round, z.sign, z.exp, z.sig);
}

/* (a * b + c) * 2^scale with one rounding. */
static CAIRN_FP_SLOW uint64_t cairn_fp_soft_fma_scaled(int p, uint32_t round, uint64_t a,
                                                       uint64_t b, uint64_t c, int scale)
{
    struct cairn_fp_soft z =
        cairn_fp_soft_product(cairn_fp_soft_unpack(p, a), cairn_fp_soft_unpack(p, b));
    struct cairn_fp_soft y = cairn_fp_soft_unpack(p, c);
    if (z.special != 0 || y.special != 0) {
        bool nan = z.special == 2 || y.special == 2 ||
                   (z.special == 1 && y.special == 1 && z.sign != y.sign);
        return cairn_fp_soft_special(p, nan, z.special == 1 ? z.sign : y.sign);
    }
    z.exp += scale;
    y.exp += scale;
    return cairn_fp_soft_sum(p, round, z, y);
}

static inline uint64_t cairn_fp_soft_fma(int p, uint32_t round, uint64_t a, uint64_t b, uint64_t c)
{
    return cairn_fp_soft_fma_scaled(p, round, a, b, c, 0);
}

/* From one format to another; infinities and signed zeros pass. */
static CAIRN_FP_SLOW uint64_t cairn_fp_soft_convert(int to, int from, uint32_t round, uint64_t bits)
{
    struct cairn_fp_soft x = cairn_fp_soft_unpack(from, bits);
    if (x.special != 0)
        return cairn_fp_soft_special(to, x.special == 2, x.sign);
    return cairn_fp_soft_pack(to, round, x.sign, x.exp, x.sig);
}

/* x * 2^n with one rounding. */
static CAIRN_FP_SLOW uint64_t cairn_fp_soft_ldexp(int p, uint32_t round, uint64_t bits, int32_t n)
{
    struct cairn_fp_soft x = cairn_fp_soft_unpack(p, bits);
    int clamped = n > 5000 ? 5000 : n < -5000 ? -5000 : n;
    if (x.special != 0)
        return cairn_fp_soft_special(p, x.special == 2, x.sign);
    return cairn_fp_soft_pack(p, round, x.sign, x.exp + clamped, x.sig);
}

static CAIRN_FP_SLOW uint64_t cairn_fp_soft_from_int(int p, uint32_t round, bool sign,
                                                     uint64_t magnitude)
{
    return cairn_fp_soft_pack(p, round, sign, 0, magnitude);
}

#endif
