/* SPDX-License-Identifier: MIT
 * Every integer instruction against the oracle of int_ops.def, on edge values and random ones, with
 * all lanes on and with some off. Vector instructions run twice: with VGPR sources, and with the
 * first source in an SGPR.
 */
#include "asm_harness.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef __int128 i128;

#define P24     ((i128)1 << 24)
#define P32     ((i128)1 << 32)
#define MAX_U32 ((i128)UINT32_MAX)
#define MAX_I32 ((i128)INT32_MAX)

/* ---- the oracle's own arithmetic */

static i128 power(i128 n)
{
    i128 r = 1;
    while (n-- > 0)
        r += r;
    return r;
}

static i128 floor_divide(i128 a, i128 b)
{
    return a >= 0 ? a / b : -((-a + b - 1) / b);
}

static i128 least(i128 a, i128 b)
{
    return a < b ? a : b;
}

static i128 most(i128 a, i128 b)
{
    return a < b ? b : a;
}

static i128 limit(i128 a, i128 low, i128 high)
{
    return most(low, least(a, high));
}

/* The number of `bits` bits that a has modulo 2^bits, signed. */
static i128 wrap(i128 a, i128 bits)
{
    i128 m = power(bits), low = (a % m + m) % m;
    return low >= m / 2 ? low - m : low;
}

static i128 field(i128 a, i128 offset, i128 width, i128 size)
{
    return a / power(offset) % power(least(width, size));
}

static i128 signed_field(i128 a, i128 offset, i128 width, i128 size)
{
    i128 bits = least(width, size - offset);
    return bits == 0 ? 0 : wrap(field(a, offset, bits, size), bits);
}

static i128 count(i128 a)
{
    i128 n = 0;
    for (; a > 0; a /= 2)
        n += a % 2;
    return n;
}

static i128 highest(i128 a)
{
    i128 n = -1;
    for (; a > 0; a /= 2)
        n++;
    return n;
}

static i128 lowest(i128 a)
{
    if (a == 0)
        return -1;
    i128 n = 0;
    for (; a % 2 == 0; a /= 2)
        n++;
    return n;
}

static i128 reverse(i128 a, int bits)
{
    i128 r = 0;
    for (int i = 0; i < bits; i++, a /= 2)
        r = 2 * r + a % 2;
    return r;
}

static i128 twice(i128 a)
{
    i128 r = 0;
    for (int i = 0; i < 32; i++)
        r += a / power(i) % 2 * 3 * power(2 * i);
    return r;
}

/* `fill` at every `stride`-th bit place for each group of four bits that is not empty. */
static i128 quads(i128 a, int bits, int fill, int stride)
{
    i128 r = 0;
    for (int i = 0; i < bits / 4; i++)
        r += (a / power(4 * i) % 16 != 0) * fill * power(stride * i);
    return r;
}

static i128 byte_of(i128 a, int i)
{
    return a / power(8 * i) % 256;
}

static i128 perm(i128 data, i128 selectors)
{
    i128 r = 0;
    for (int i = 3; i >= 0; i--) {
        int s = (int)byte_of(selectors, i);
        i128 byte = s >= 13   ? 255
                    : s == 12 ? 0
                    : s >= 8  ? (byte_of(data, 2 * (s - 8) + 1) >= 128) * 255
                              : byte_of(data, s);
        r = r * 256 + byte;
    }
    return r;
}

static i128 lerp(i128 a, i128 b, i128 c)
{
    i128 r = 0;
    for (int i = 3; i >= 0; i--)
        r = r * 256 + (byte_of(a, i) + byte_of(b, i) + byte_of(c, i) % 2) / 2;
    return r;
}

static i128 sad(i128 a, i128 b, int bits, int skip_zero)
{
    i128 sum = 0;
    for (int i = 0; i < 32; i += bits) {
        i128 x = a / power(i) % power(bits), y = b / power(i) % power(bits);
        sum += skip_zero && y == 0 ? 0 : most(x, y) - least(x, y);
    }
    return sum;
}

static i128 quad_sad(i128 a, i128 b, i128 c, int skip_zero)
{
    i128 r = 0;
    for (int i = 3; i >= 0; i--) {
        i128 sum = sad(a / power(8 * i) % P32, b, 8, skip_zero) + c / power(16 * i) % 65536;
        r = r * 65536 + sum % 65536;
    }
    return r;
}

/* ---- the rows */

struct values {
    i128 a, b, c, old, lane;
    int in; /* carry in, or SCC */
};

enum kind { OP, CLAMP, PAIR, CMP, CARRY, SCALAR, SCMPS };

struct row {
    enum kind kind;
    const char *name;
    int bits; /* PAIR: sources */
    const char *types;
    i128 (*value)(const struct values *v);
    bool (*flag)(const struct values *v, uint64_t result);
};

#define UNPACK                                                                                     \
    i128 a = v->a, b = v->b, c = v->c, old = v->old, lane = v->lane, in = v->in, scc = v->in;      \
    (void)a, (void)b, (void)c, (void)old, (void)lane, (void)in, (void)scc
#define VALUE(tag, name, expression)                                                               \
    static i128 value_##tag##_##name(const struct values *v)                                       \
    {                                                                                              \
        UNPACK;                                                                                    \
        return expression;                                                                         \
    }
#define FLAG(name, expression)                                                                     \
    static bool flag_##name(const struct values *v, uint64_t r)                                    \
    {                                                                                              \
        UNPACK;                                                                                    \
        return (expression) != 0;                                                                  \
    }
#define OP(name, bits, types, value)            VALUE(op, name, value)
#define CLAMP(name, bits, types, value)         VALUE(clamp, name, value)
#define PAIR(name, sources, types, value)       VALUE(pair, name, value)
#define CMP(name, types, truth)                 FLAG(name, truth)
#define CARRY(name, bits, types, value, mask)   VALUE(carry, name, value) FLAG(name, mask)
#define SCALAR(name, bits, types, value, after) VALUE(scalar, name, value) FLAG(name, after)
#define SCMPS(name, types, truth)               FLAG(name, truth)
#include "int_ops.def"
#undef OP
#undef CLAMP
#undef PAIR
#undef CMP
#undef CARRY
#undef SCALAR
#undef SCMPS

#define OP(name, bits, types, value)      {OP, #name, bits, types, value_op_##name, NULL},
#define CLAMP(name, bits, types, value)   {CLAMP, #name, bits, types, value_clamp_##name, NULL},
#define PAIR(name, sources, types, value) {PAIR, #name, sources, types, value_pair_##name, NULL},
#define CMP(name, types, truth)           {CMP, #name, 0, types, NULL, flag_##name},
#define CARRY(name, bits, types, value, mask)                                                      \
    {CARRY, #name, bits, types, value_carry_##name, flag_##name},
#define SCALAR(name, bits, types, value, after)                                                    \
    {SCALAR, #name, bits, types, value_scalar_##name, flag_##name},
#define SCMPS(name, types, truth) {SCMPS, #name, 0, types, NULL, flag_##name},
static const struct row rows[] = {
#include "int_ops.def"
};
enum { ROWS = sizeof rows / sizeof rows[0] };

static bool is_scalar(const struct row *row)
{
    return row->kind == SCALAR || row->kind == SCMPS;
}

/* ---- text: sources in v2, v4, v6 (pairs) or s[20:21], s[22:23]; result in v[8:9] or s[26:27];
 * masks in s[28:29], carry in s[30:31]. */

static int source(char *text, char file, int number, char type)
{
    bool wide = type == 'L' || type == 'Q';
    return wide ? sprintf(text, "%c[%d:%d]", file, number, number + 1)
                : sprintf(text, "%c%d", file, number);
}

static void write_text(char *at, const struct row *row, bool scalar_first)
{
    if (strchr(row->types, 'C') != NULL)
        scalar_first = false; /* only one SGPR operand may be read */
    bool s = is_scalar(row);
    bool needs_e64 = row->kind == CARRY || row->kind == CMP || row->kind == CLAMP;
    bool only_e64 = strncmp(row->name, "v_mad", 5) == 0 || strcmp(row->name, "v_add_i32") == 0 ||
                    strcmp(row->name, "v_sub_i32") == 0;
    at += sprintf(at, "%s%s ", row->name, needs_e64 && !only_e64 ? "_e64" : "");
    if (row->kind == CMP)
        at += sprintf(at, "s[28:29], ");
    else if (row->kind != SCMPS)
        at += source(at, s ? 's' : 'v', s ? 26 : 8, row->bits == 64 ? 'L' : 'U'),
            at += sprintf(at, ", ");
    if (row->kind == CARRY)
        at += sprintf(at, "s[28:29], ");
    for (int i = 0; row->types[i] != 0; i++) {
        at += sprintf(at, "%s", i ? ", " : "");
        if (row->types[i] == 'C')
            at += sprintf(at, "s[30:31]");
        else if (s || (scalar_first && i == 0))
            at += source(at, 's', 20 + 2 * i, row->types[i]);
        else
            at += source(at, 'v', 2 + 2 * i, row->types[i]);
    }
    sprintf(at, "%s\ns_endpgm\n", row->kind == CLAMP ? " clamp" : "");
}

enum { SLOT_SHIFT = 5 };

static struct asm_machine *assemble(bool scalar_first)
{
    char *text = malloc(ROWS * 256), *at = text;
    for (int i = 0; i < ROWS; i++) {
        at += sprintf(at, ".p2align %d\n", SLOT_SHIFT);
        write_text(at, &rows[i], scalar_first);
        at += strlen(at);
    }
    struct asm_machine *m = asm_create(text);
    free(text);
    return m;
}

/* ---- values */

static uint64_t random_bits(void)
{
    static uint64_t s = 0x9e3779b97f4a7c15;
    s ^= s << 13, s ^= s >> 7, s ^= s << 17;
    return s * 0x2545f4914f6cdd1d;
}

static uint64_t pick_value(void)
{
    static const uint64_t edges[] = {0,
                                     1,
                                     2,
                                     31,
                                     32,
                                     33,
                                     63,
                                     64,
                                     0x7f,
                                     0x80,
                                     0xff,
                                     0x7fff,
                                     0x8000,
                                     0xffff,
                                     0x7fffff,
                                     0x800000,
                                     0xffffff,
                                     0x7fffffff,
                                     0x80000000,
                                     0xffffffff,
                                     0x100000000,
                                     0x7fffffffffffffff,
                                     0x8000000000000000,
                                     0xffffffffffffffff,
                                     0x80008000,
                                     0x7fff7fff,
                                     0x00010001};
    uint64_t r = random_bits();
    switch (r % 4) {
    case 0:
        return edges[(r >> 8) % (sizeof edges / sizeof edges[0])];
    case 1:
        return random_bits() >> (r >> 8) % 64;
    case 2:
        return -(random_bits() >> (r >> 8) % 64);
    default:
        return random_bits();
    }
}

static i128 typed(uint64_t bits, char type)
{
    switch (type) {
    case 'H':
        return (uint16_t)bits;
    case 'S':
        return (int16_t)bits;
    case 'U':
        return (uint32_t)bits;
    case 'I':
        return (int32_t)bits;
    case 'Q':
        return (int64_t)bits;
    default:
        return bits;
    }
}

/* ---- running */

static uint64_t low_bits(i128 value, int bits)
{
    return bits == 64 ? (uint64_t)value : (uint64_t)value & ((UINT64_C(1) << bits) - 1);
}

static uint64_t pair_of(const struct row *row, const uint64_t s[3])
{
    uint64_t r = 0;
    for (int half = 0; half < 2; half++) {
        struct values v = {0};
        i128 *slots[] = {&v.a, &v.b, &v.c};
        for (int i = 0; row->types[i] != 0; i++)
            *slots[i] = typed(s[i] >> (16 * half), row->types[i]);
        r |= low_bits(row->value(&v), 16) << (16 * half);
    }
    return r;
}

static unsigned report(const struct row *row, const struct values *v, const char *what,
                       uint64_t got, uint64_t expected)
{
    print_error("%s a=%#lx b=%#lx c=%#lx in=%d lane=%d: %s %#lx, not %#lx\n", row->name,
                (unsigned long)v->a, (unsigned long)v->b, (unsigned long)v->c, v->in, (int)v->lane,
                what, (unsigned long)got, (unsigned long)expected);
    return 1;
}

static unsigned check_vector(struct asm_machine *m, const struct row *row, bool scalar_first,
                             uint64_t exec)
{
    uint64_t s[3][64], carry = random_bits(), shared = pick_value();
    scalar_first = scalar_first && strchr(row->types, 'C') == NULL;
    struct cairn_wave *w = m->wave;
    for (int lane = 0; lane < 64; lane++) {
        for (int i = 0; i < 3; i++) {
            s[i][lane] = i == 0 && scalar_first ? shared : pick_value();
            w->vgpr[2 + 2 * i][lane] = (uint32_t)s[i][lane];
            w->vgpr[3 + 2 * i][lane] = (uint32_t)(s[i][lane] >> 32);
        }
        w->vgpr[8][lane] = w->vgpr[9][lane] = 0x5a5a5a5a;
    }
    asm_set_sgpr64(m, 20, shared);
    asm_set_sgpr64(m, 28, ~UINT64_C(0));
    asm_set_sgpr64(m, 30, carry);
    asm_set_exec(m, exec);
    if (asm_run(m) != CAIRN_WAVE_DONE) {
        print_error("%s: %s\n", row->name, cairn_fault_text(w->fault.kind));
        return 1;
    }
    uint64_t mask = asm_sgpr64(m, 28);
    for (int lane = 0; lane < 64; lane++) {
        uint64_t of_lane[3] = {s[0][lane], s[1][lane], s[2][lane]};
        struct values v = {.lane = lane, .in = carry >> lane & 1};
        i128 *slots[] = {&v.a, &v.b, &v.c};
        bool on = exec >> lane & 1;
        for (int i = 0; row->types[i] != 0 && row->types[i] != 'C'; i++)
            *slots[i] = typed(of_lane[i], row->types[i]);
        if (row->value != NULL) {
            int bits = row->kind == PAIR ? 32 : row->bits;
            uint64_t got = bits == 64 ? asm_vgpr64(m, 8, lane) : w->vgpr[8][lane];
            uint64_t expected =
                row->kind == PAIR ? pair_of(row, of_lane) : low_bits(row->value(&v), bits);
            if (!on)
                expected = bits == 64 ? 0x5a5a5a5a5a5a5a5a : 0x5a5a5a5a;
            if (got != expected)
                return report(row, &v, "result", got, expected);
        }
        if (row->flag != NULL && (mask >> lane & 1) != (on && row->flag(&v, 0)))
            return report(row, &v, "mask bit", mask >> lane & 1, !(mask >> lane & 1));
    }
    return 0;
}

static unsigned check_scalar(struct asm_machine *m, const struct row *row)
{
    uint64_t s[2] = {pick_value(), pick_value()}, old = random_bits();
    struct values v = {.in = (int)(random_bits() & 1)};
    v.a = typed(s[0], row->types[0]);
    v.b = row->types[1] != 0 ? typed(s[1], row->types[1]) : 0;
    v.old = row->bits == 64 ? (i128)old : (i128)(uint32_t)old;
    asm_set_sgpr64(m, 20, s[0]);
    asm_set_sgpr64(m, 22, s[1]);
    asm_set_sgpr64(m, 26, old);
    m->wave->scc = (uint32_t)v.in;
    if (asm_run(m) != CAIRN_WAVE_DONE) {
        print_error("%s: %s\n", row->name, cairn_fault_text(m->wave->fault.kind));
        return 1;
    }
    uint64_t expected = 0;
    if (row->value != NULL) {
        uint64_t got = row->bits == 64 ? asm_sgpr64(m, 26) : m->wave->sgpr[26];
        expected = low_bits(row->value(&v), row->bits);
        if (got != expected)
            return report(row, &v, "result", got, expected);
    }
    if (m->wave->scc != row->flag(&v, expected))
        return report(row, &v, "SCC", m->wave->scc, !m->wave->scc);
    return 0;
}

static void restart(struct asm_machine *m, int row)
{
    m->wave->pc = m->code.base + ((uint64_t)row << SLOT_SHIFT);
    m->wave->state = CAIRN_WAVE_READY;
    m->wave->fault.kind = CAIRN_FAULT_NONE;
}

static void check_all(bool scalar_first, int rounds)
{
    struct asm_machine *m = assemble(scalar_first);
    unsigned failed = 0;
    for (int i = 0; i < ROWS; i++) {
        unsigned bad = 0;
        for (int round = 0; round < rounds * (is_scalar(&rows[i]) ? 64 : 1) && !bad; round++) {
            restart(m, i);
            uint64_t exec = round % 2 == 0 ? ~UINT64_C(0) : random_bits();
            bad = is_scalar(&rows[i]) ? check_scalar(m, &rows[i])
                                      : check_vector(m, &rows[i], scalar_first, exec);
        }
        failed += bad;
    }
    asm_destroy(m);
    if (failed)
        fail_msg("%u of %d instructions", failed, ROWS);
}

static void integer_instructions_agree_with_the_oracle(void **state)
{
    check_all(false, 100);
}

static void with_a_scalar_first_source(void **state)
{
    check_all(true, 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integer_instructions_agree_with_the_oracle),
        cmocka_unit_test(with_a_scalar_first_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
