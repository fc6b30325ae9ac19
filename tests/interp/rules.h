/* SPDX-License-Identifier: MIT
 * Rules of the instruction set as rows: assembly that sets up, does one thing, and what registers
 * hold then. All rows of a table are assembled at once; each runs in a fresh wave.
 */
#ifndef CAIRN_TESTS_RULES_H
#define CAIRN_TESTS_RULES_H

#include "asm_harness.h"

struct rule_expect {
    char kind; /* s SGPR by operand code, v VGPR, a AGPR, c SCC, f fault kind, m MODE, d data dword
                */
    uint16_t index;
    uint8_t lane;
    uint32_t value;
};

struct rule {
    const char *why;
    const char *text; /* v0 = lane, s[16:17] = address of data, EXEC full, all else zero */
    struct rule_expect expect[8];
};

#define S(code, value)     {'s', code, 0, value}
#define V(n, lane, value)  {'v', n, lane, value}
#define A(n, lane, value)  {'a', n, lane, value}
#define SCC(value)         {'c', 0, 0, value}
#define FAULT(kind)        {'f', 0, 0, CAIRN_FAULT_##kind}
#define MODE(value)        {'m', 0, 0, value}
#define DATA(dword, value) {'d', dword, 0, value}
#define VCC(low, high)     S(106, low), S(107, high)
#define EXEC(low, high)    S(126, low), S(127, high)

/* Runs them; prints each that fails, with its reason, and fails the test. `prepare` may change the
 * launch before waves are made; NULL for none. */
void rules_check(const struct rule *rules, size_t count, void (*prepare)(struct asm_machine *));

#endif
