/* SPDX-License-Identifier: MIT
 * Operand values for float tests: the edges of a format, and random bits of a fixed seed whose
 * exponents are often close together.
 */
#ifndef TESTS_FP_VALUES_H
#define TESTS_FP_VALUES_H

#include "oracle.h"

#include <stddef.h>

enum { VALUES_EDGES = 64 };

/* First in main: leaves with 77 (skipped) where the host cannot run what this file was compiled
 * for.
 */
void values_need_host(bool avx2, bool avx512);
#if defined(__AVX512F__)
#define VALUES_NEED_HOST() values_need_host(true, true)
#elif defined(__AVX2__)
#define VALUES_NEED_HOST() values_need_host(true, false)
#else
#define VALUES_NEED_HOST() values_need_host(false, false)
#endif

/* Fills `out`; returns how many there are. Both signs of each are included. */
size_t values_edges(const struct oracle_format *format, uint64_t out[VALUES_EDGES]);

uint64_t values_random64(uint64_t *state);

/* Any bits, or an exponent near the middle of the range, or small integers and powers of two. */
uint64_t values_random(const struct oracle_format *format, uint64_t *state);

/* Fails the running cmocka test, printing what was computed. */
void values_fail(const struct oracle_format *format, const char *what, uint32_t mode, uint64_t a,
                 uint64_t b, uint64_t c, uint64_t got, uint64_t want);

#endif
