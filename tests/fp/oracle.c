/* SPDX-License-Identifier: MIT
 * See oracle.h.
 */
#include "oracle.h"

const struct oracle_format oracle_f16 = {"f16", 11, 5};
const struct oracle_format oracle_bf16 = {"bf16", 8, 8};
const struct oracle_format oracle_f32 = {"f32", 24, 8};
const struct oracle_format oracle_f64 = {"f64", 53, 11};

static const mpfr_rnd_t rounds[4] = {MPFR_RNDN, MPFR_RNDU, MPFR_RNDD, MPFR_RNDZ};

static int bias(const struct oracle_format *format)
{
    return (1 << (format->w - 1)) - 1;
}

uint64_t oracle_infinity(const struct oracle_format *format)
{
    return ((UINT64_C(1) << format->w) - 1) << (format->p - 1);
}

uint64_t oracle_sign(const struct oracle_format *format)
{
    return UINT64_C(1) << (format->p - 1 + format->w);
}

bool oracle_is_nan(const struct oracle_format *format, uint64_t bits)
{
    return (bits & ~oracle_sign(format)) > oracle_infinity(format);
}

bool oracle_is_signalling(const struct oracle_format *format, uint64_t bits)
{
    return oracle_is_nan(format, bits) && !(bits >> (format->p - 2) & 1);
}

uint64_t oracle_flush(const struct oracle_format *format, uint64_t bits)
{
    return bits & oracle_infinity(format) ? bits : bits & oracle_sign(format);
}

void oracle_get(mpfr_t x, const struct oracle_format *format, uint64_t bits)
{
    uint64_t fraction = bits & ((UINT64_C(1) << (format->p - 1)) - 1);
    int field = (int)((bits & oracle_infinity(format)) >> (format->p - 1));
    int sign = bits & oracle_sign(format) ? -1 : 1;
    if (oracle_is_nan(format, bits)) {
        mpfr_set_nan(x);
    } else if (field == (1 << format->w) - 1) {
        mpfr_set_inf(x, sign);
    } else {
        uint64_t whole = field ? fraction | UINT64_C(1) << (format->p - 1) : fraction;
        mpfr_set_ui_2exp(x, whole, (field ? field : 1) - bias(format) - (format->p - 1), MPFR_RNDN);
        mpfr_setsign(x, x, sign < 0, MPFR_RNDN);
    }
}

/* Bits of a value that the format holds exactly. */
static uint64_t encode(const struct oracle_format *format, const mpfr_t x)
{
    uint64_t sign = mpfr_signbit(x) ? oracle_sign(format) : 0;
    if (mpfr_nan_p(x))
        return oracle_infinity(format) | UINT64_C(1) << (format->p - 2);
    if (mpfr_inf_p(x))
        return sign | oracle_infinity(format);
    if (mpfr_zero_p(x))
        return sign;
    int exponent = (int)mpfr_get_exp(x) - 1, least = 1 - bias(format);
    mpfr_t scaled;
    mpfr_init2(scaled, 64);
    mpfr_abs(scaled, x, MPFR_RNDN);
    int unit = (exponent < least ? least : exponent) - (format->p - 1);
    mpfr_mul_2si(scaled, scaled, -unit, MPFR_RNDN);
    uint64_t whole = mpfr_get_ui(scaled, MPFR_RNDN);
    mpfr_clear(scaled);
    if (exponent < least)
        return sign | whole;
    uint64_t fraction = whole & ((UINT64_C(1) << (format->p - 1)) - 1);
    return sign | (uint64_t)(exponent + bias(format)) << (format->p - 1) | fraction;
}

/* `r` was computed at format->p bits in an unbounded range with ternary value `t`. */
static uint64_t finish(const struct oracle_format *format, mpfr_rnd_t round, mpfr_t r, int t)
{
    mpfr_exp_t old_min = mpfr_get_emin(), old_max = mpfr_get_emax();
    mpfr_set_emin(3 - bias(format) - format->p);
    mpfr_set_emax(bias(format) + 1);
    t = mpfr_check_range(r, t, round);
    mpfr_subnormalize(r, t, round);
    mpfr_set_emin(old_min);
    mpfr_set_emax(old_max);
    return encode(format, r);
}

uint64_t oracle_round(const struct oracle_format *format, unsigned round, const mpfr_t x)
{
    mpfr_t r;
    mpfr_init2(r, format->p);
    int t = mpfr_set(r, x, rounds[round]);
    uint64_t bits = finish(format, rounds[round], r, t);
    mpfr_clear(r);
    return bits;
}

uint64_t oracle_compute(const struct oracle_format *format, enum oracle_op op, unsigned round,
                        uint64_t a, uint64_t b, uint64_t c)
{
    mpfr_rnd_t rnd = rounds[round];
    mpfr_t x, y, z, r;
    mpfr_inits2(format->p, x, y, z, r, (mpfr_ptr)0);
    oracle_get(x, format, a);
    oracle_get(y, format, b);
    oracle_get(z, format, c);
    int t = 0;
    switch (op) {
    case ORACLE_ADD:
        t = mpfr_add(r, x, y, rnd);
        break;
    case ORACLE_SUB:
        t = mpfr_sub(r, x, y, rnd);
        break;
    case ORACLE_MUL:
        t = mpfr_mul(r, x, y, rnd);
        break;
    case ORACLE_FMA:
        t = mpfr_fma(r, x, y, z, rnd);
        break;
    case ORACLE_DIV:
        t = mpfr_div(r, x, y, rnd);
        break;
    case ORACLE_SQRT:
        t = mpfr_sqrt(r, x, rnd);
        break;
    case ORACLE_RINT:
        t = mpfr_rint(r, x, MPFR_RNDN);
        break;
    case ORACLE_TRUNC:
        t = mpfr_rint(r, x, MPFR_RNDZ);
        break;
    case ORACLE_FLOOR:
        t = mpfr_rint(r, x, MPFR_RNDD);
        break;
    case ORACLE_CEIL:
        t = mpfr_rint(r, x, MPFR_RNDU);
        break;
    }
    uint64_t bits = finish(format, rnd, r, t);
    mpfr_clears(x, y, z, r, (mpfr_ptr)0);
    return bits;
}
