/* SPDX-License-Identifier: MIT
 * The independent answer for float operations: MPFR at the format's precision, with its exponent
 * range and its emulation of denormals. Knows nothing of src/fp.
 */
#ifndef TESTS_FP_ORACLE_H
#define TESTS_FP_ORACLE_H

#include <mpfr.h>

#include <stdbool.h>
#include <stdint.h>

/* p: precision with the hidden bit; w: exponent bits. */
struct oracle_format {
    const char *name;
    int p, w;
};
extern const struct oracle_format oracle_f16, oracle_bf16, oracle_f32, oracle_f64;

enum oracle_op {
    ORACLE_ADD,
    ORACLE_SUB,
    ORACLE_MUL,
    ORACLE_FMA,
    ORACLE_DIV,
    ORACLE_SQRT,
    ORACLE_RINT, /* nearest even */
    ORACLE_TRUNC,
    ORACLE_FLOOR,
    ORACLE_CEIL,
};

bool oracle_is_nan(const struct oracle_format *format, uint64_t bits);
bool oracle_is_signalling(const struct oracle_format *format, uint64_t bits);
uint64_t oracle_infinity(const struct oracle_format *format); /* positive */
uint64_t oracle_sign(const struct oracle_format *format);
uint64_t oracle_flush(const struct oracle_format *format, uint64_t bits);

/* `x` gets the value of `bits` exactly; its precision must be at least format->p. */
void oracle_get(mpfr_t x, const struct oracle_format *format, uint64_t bits);

/* Rounds `x` (any precision) to the format; `round` is the MODE field. NaN: the default one,
 * positive. */
uint64_t oracle_round(const struct oracle_format *format, unsigned round, const mpfr_t x);

/* One operation on operands of one format, correctly rounded, denormals kept. */
uint64_t oracle_compute(const struct oracle_format *format, enum oracle_op op, unsigned round,
                        uint64_t a, uint64_t b, uint64_t c);

#endif
