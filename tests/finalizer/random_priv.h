/* SPDX-License-Identifier: MIT
 * Of the generator of random programs only: what statements and control flow share.
 *
 * Vector registers: v0 ids, v1 x, v2 y, v3 z, v4 lane, v5 see RANDOM_V_OUT, v[6:9] offsets below 64
 * KiB, v[10:13] addresses, v[14:23] data, v[24:27] loop counters by depth, v[28:35] wide data,
 * v[36:39] for a moment, v40 and v41 4 and 16 times the work-item's number where waves are apart.
 * Scalar registers: s[14:19] masks, s[20:35] saved masks by depth, s[36:39] counters by depth,
 * s[40:47] data, s[48:51] calls, s[56:59] for a moment.
 */
#ifndef CAIRN_TESTS_FINALIZER_RANDOM_PRIV_H
#define CAIRN_TESTS_FINALIZER_RANDOM_PRIV_H

#include "random_program.h"

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

#define PICK(m, list) ((list)[below(m, sizeof(list) / sizeof(list)[0])])

unsigned below(struct maker *m, unsigned limit);
bool chance(struct maker *m, unsigned percent);
__attribute__((format(printf, 2, 3))) void emit(struct maker *m, const char *format, ...);
unsigned data(struct maker *m);
unsigned scalar(struct maker *m);
const char *operand(struct maker *m, char text[16]);
const char *any_operand(struct maker *m, char text[16]);
void emit_statement(struct maker *m);
void emit_apart_statement(struct maker *m);

#endif
