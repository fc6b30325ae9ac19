/* SPDX-License-Identifier: MIT
 * Atomics of every family against an oracle written apart from the semantics: random and edge
 * values, lanes that hit the same address, with and without returned value (rules A1..A8 of the
 * ISA trap list).
 */
#include "machine.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum meaning {
    ADD,
    SUB,
    RSUB,
    INC,
    DEC,
    SMIN,
    SMAX,
    UMIN,
    UMAX,
    AND,
    OR,
    XOR,
    SWAP, /* integers */
    CMPST,
    CMPST_FLOAT,
    MSKOR,
    WRAP,
    CONDXCHG, /* two data, or odd */
    FMIN,
    FMAX,
    FADD,
    PK_ADD_F16,
};

struct operation {
    const char *ds, *ds_rtn; /* NULL: no such DS instruction */
    const char *memory;      /* after flat_atomic_; NULL: none */
    enum meaning meaning;
    unsigned bits;
    bool flat; /* exists as FLAT too, not only GLOBAL and buffer */
};

static const struct operation operations[] = {
    {"ds_add_u32", "ds_add_rtn_u32", "add", ADD, 32, true},
    {"ds_sub_u32", "ds_sub_rtn_u32", "sub", SUB, 32, true},
    {"ds_rsub_u32", "ds_rsub_rtn_u32", NULL, RSUB, 32, false},
    {"ds_inc_u32", "ds_inc_rtn_u32", "inc", INC, 32, true},
    {"ds_dec_u32", "ds_dec_rtn_u32", "dec", DEC, 32, true},
    {"ds_min_i32", "ds_min_rtn_i32", "smin", SMIN, 32, true},
    {"ds_max_i32", "ds_max_rtn_i32", "smax", SMAX, 32, true},
    {"ds_min_u32", "ds_min_rtn_u32", "umin", UMIN, 32, true},
    {"ds_max_u32", "ds_max_rtn_u32", "umax", UMAX, 32, true},
    {"ds_and_b32", "ds_and_rtn_b32", "and", AND, 32, true},
    {"ds_or_b32", "ds_or_rtn_b32", "or", OR, 32, true},
    {"ds_xor_b32", "ds_xor_rtn_b32", "xor", XOR, 32, true},
    {NULL, "ds_wrxchg_rtn_b32", "swap", SWAP, 32, true},
    {"ds_cmpst_b32", "ds_cmpst_rtn_b32", "cmpswap", CMPST, 32, true},
    {"ds_cmpst_f32", "ds_cmpst_rtn_f32", NULL, CMPST_FLOAT, 32, false},
    {"ds_mskor_b32", "ds_mskor_rtn_b32", NULL, MSKOR, 32, false},
    {NULL, "ds_wrap_rtn_b32", NULL, WRAP, 32, false},
    {"ds_min_f32", "ds_min_rtn_f32", NULL, FMIN, 32, false},
    {"ds_max_f32", "ds_max_rtn_f32", NULL, FMAX, 32, false},
    {"ds_add_f32", "ds_add_rtn_f32", NULL, FADD, 32, false},
    {NULL, NULL, "add_f32", FADD, 32, false},
    {NULL, NULL, "pk_add_f16", PK_ADD_F16, 32, false},
    {"ds_add_u64", "ds_add_rtn_u64", "add_x2", ADD, 64, true},
    {"ds_sub_u64", "ds_sub_rtn_u64", "sub_x2", SUB, 64, true},
    {"ds_rsub_u64", "ds_rsub_rtn_u64", NULL, RSUB, 64, false},
    {"ds_inc_u64", "ds_inc_rtn_u64", "inc_x2", INC, 64, true},
    {"ds_dec_u64", "ds_dec_rtn_u64", "dec_x2", DEC, 64, true},
    {"ds_min_i64", "ds_min_rtn_i64", "smin_x2", SMIN, 64, true},
    {"ds_max_i64", "ds_max_rtn_i64", "smax_x2", SMAX, 64, true},
    {"ds_min_u64", "ds_min_rtn_u64", "umin_x2", UMIN, 64, true},
    {"ds_max_u64", "ds_max_rtn_u64", "umax_x2", UMAX, 64, true},
    {"ds_and_b64", "ds_and_rtn_b64", "and_x2", AND, 64, true},
    {"ds_or_b64", "ds_or_rtn_b64", "or_x2", OR, 64, true},
    {"ds_xor_b64", "ds_xor_rtn_b64", "xor_x2", XOR, 64, true},
    {NULL, "ds_wrxchg_rtn_b64", "swap_x2", SWAP, 64, true},
    {"ds_cmpst_b64", "ds_cmpst_rtn_b64", "cmpswap_x2", CMPST, 64, true},
    {"ds_cmpst_f64", "ds_cmpst_rtn_f64", NULL, CMPST_FLOAT, 64, false},
    {"ds_mskor_b64", "ds_mskor_rtn_b64", NULL, MSKOR, 64, false},
    {NULL, "ds_condxchg32_rtn_b64", NULL, CONDXCHG, 64, false},
    {"ds_min_f64", "ds_min_rtn_f64", "min_f64", FMIN, 64, true},
    {"ds_max_f64", "ds_max_rtn_f64", "max_f64", FMAX, 64, true},
    {"ds_add_f64", "ds_add_rtn_f64", "add_f64", FADD, 64, true},
};

/* ---- the oracle */

static double number(uint64_t bits, unsigned width)
{
    float f;
    double d;
    memcpy(&f, &bits, 4);
    memcpy(&d, &bits, 8);
    return width == 32 ? (double)f : d;
}

static uint64_t quiet(uint64_t bits, unsigned width)
{
    return bits | (width == 64 ? UINT64_C(1) << 51 : width == 32 ? 1u << 22 : 1u << 9);
}

static uint64_t add_f32(uint64_t old, uint64_t data, bool keep_in, bool keep_out)
{
    uint32_t a = (uint32_t)old, b = (uint32_t)data, bits;
    if (!keep_in && (a & 0x7f800000) == 0)
        a &= 0x80000000;
    if (!keep_in && (b & 0x7f800000) == 0)
        b &= 0x80000000;
    /* a double holds enough of the sum for the second rounding to be harmless */
    float sum = (float)(number(a, 32) + number(b, 32));
    memcpy(&bits, &sum, 4);
    return !keep_out && (bits & 0x7f800000) == 0 ? bits & 0x80000000 : bits;
}

static uint64_t add_f64(uint64_t old, uint64_t data)
{
    double sum = (double)((__float128)number(old, 64) + (__float128)number(data, 64));
    uint64_t bits;
    memcpy(&bits, &sum, 8);
    return bits;
}

static double half_number(uint32_t half)
{
    int exponent = half >> 10 & 31;
    double fraction = half & 1023;
    double size = exponent == 0    ? ldexp(fraction, -24)
                  : exponent == 31 ? (fraction != 0 ? NAN : INFINITY)
                                   : ldexp(fraction + 1024, exponent - 25);
    return half & 0x8000 ? -size : size;
}

static uint32_t half_bits(double value)
{
    uint32_t sign = signbit(value) ? 0x8000 : 0;
    double size = fabs(value);
    if (size == 0)
        return sign;
    int exponent;
    frexp(size, &exponent);
    int scale = exponent - 1 < -14 ? -24 : exponent - 11; /* weight of the last place */
    double units = rint(ldexp(size, -scale));             /* exact, then to nearest even */
    size = ldexp(units, scale);
    if (size >= 65520)
        return sign | 0x7c00;
    if (size < 0x1p-14)
        return sign | (uint32_t)(size * 0x1p24);
    frexp(size, &exponent);
    return sign | (uint32_t)(exponent + 14) << 10 | ((uint32_t)ldexp(size, 11 - exponent) & 1023);
}

static uint64_t add_half(uint32_t old, uint32_t data)
{
    double a = half_number(old), b = half_number(data);
    if (isnan(a))
        return quiet(old, 16);
    if (isnan(b))
        return quiet(data, 16);
    return isnan(a + b) ? 0x7e00 : half_bits(a + b);
}

static uint64_t float_add(const struct operation *op, uint64_t old, uint64_t data, bool lds,
                          uint32_t mode)
{
    unsigned width = op->bits;
    if (isnan(number(old, width)))
        return quiet(old, width);
    if (isnan(number(data, width)))
        return quiet(data, width);
    if (isnan(number(old, width) + number(data, width)))
        return width == 64 ? UINT64_C(0x7ff8000000000000) : 0x7fc00000;
    if (width == 64)
        return add_f64(old, data);
    return add_f32(old, data, lds && mode & 0x10, lds && mode & 0x20);
}

/* New value; second is DATA1 of DS, the compare value of the others. */
static uint64_t expected_value(const struct operation *op, uint64_t old, uint64_t data,
                               uint64_t second, bool lds, uint32_t mode)
{
    uint64_t top = op->bits == 64 ? UINT64_MAX : UINT32_MAX;
    int64_t a = op->bits == 64 ? (int64_t)old : (int32_t)old;
    int64_t b = op->bits == 64 ? (int64_t)data : (int32_t)data;
    uint64_t fresh = lds ? second : data, compare = lds ? data : second;
    double x = number(old, op->bits), y = number(data, op->bits);
    switch (op->meaning) {
    case ADD:
        return (old + data) & top;
    case SUB:
        return (old - data) & top;
    case RSUB:
        return (data - old) & top;
    case INC:
        return old < data ? old + 1 : 0;
    case DEC:
        return old == 0 || old > data ? data : old - 1;
    case SMIN:
        return a < b ? old : data;
    case SMAX:
        return a > b ? old : data;
    case UMIN:
        return old < data ? old : data;
    case UMAX:
        return old > data ? old : data;
    case AND:
        return old & data;
    case OR:
        return old | data;
    case XOR:
        return old ^ data;
    case SWAP:
        return data;
    case CMPST:
        return old == compare ? fresh : old;
    case CMPST_FLOAT:
        return x == number(compare, op->bits) ? fresh : old;
    case MSKOR:
        return (old & (data ^ top)) | second;
    case WRAP:
        return old < data ? (old + second) & top : old - data;
    case FMIN:
        return y < x ? data : old;
    case FMAX:
        return y > x ? data : old;
    case FADD:
        return float_add(op, old, data, lds, mode);
    case PK_ADD_F16:
        return add_half(old & 0xffff, data & 0xffff) |
               add_half(old >> 16 & 0xffff, data >> 16 & 0xffff) << 16;
    case CONDXCHG:
        for (unsigned i = 0; i < 64; i += 32)
            if (data >> (i + 31) & 1)
                old = (old & ~(UINT64_C(0xffffffff) << i)) | (data & UINT64_C(0x7fffffff) << i);
        return old;
    }
    return 0;
}

/* ---- values */

static uint64_t some_value(uint64_t *seed, const struct operation *op)
{
    static const uint32_t words[] = {0, 1, 2, 3, 0x7fffffff, 0x80000000, 0x80000001, 0xffffffff};
    static const uint32_t floats[] = {0,          0x80000000, 0x3f800000, 0xbf800000, 0x00000001,
                                      0x807fffff, 0x00800000, 0x00800001, 0x7f7fffff, 0x7f800000,
                                      0xff800000, 0x7fc12345, 0x7f812345, 0xffa00001, 0x33800000};
    static const uint16_t halves[] = {0,      0x8000, 0x3c00, 0xbc00, 1,      0x83ff, 0x400,
                                      0x7bff, 0x7c00, 0xfc00, 0x7d01, 0xfe02, 0x1000, 0x6401};
    uint64_t random = machine_random(seed), pick = machine_random(seed) >> 40;
    bool is_float = op->meaning == FMIN || op->meaning == FMAX || op->meaning == FADD ||
                    op->meaning == CMPST_FLOAT;
    if (pick % 3 == 0)
        return op->bits == 64 ? random : random >> 32;
    pick /= 3;
    if (op->meaning == PK_ADD_F16)
        return halves[pick % 14] | (uint32_t)halves[pick / 14 % 14] << 16;
    if (is_float && op->bits == 32)
        return floats[pick % 15];
    if (is_float) { /* the same classes, and something in the low bits */
        uint32_t f = floats[pick % 15];
        uint64_t wide = (uint64_t)(f & 0x80000000) << 32 | (uint64_t)(f & 0x7f800000) << 29;
        wide |= (f & 0x7f800000) == 0x7f800000 ? UINT64_C(0x7ff0000000000000) : 0;
        return wide | (uint64_t)(f & 0x7fffff) << 29 | (f & 0x7fffff ? pick % 2 : 0);
    }
    uint64_t low = words[pick % 8];
    return op->bits == 64 ? low | (uint64_t)words[pick / 8 % 8] << 32 : low;
}

/* ---- running all families */

enum family {
    DS_PLAIN,
    DS_RTN,
    FLAT_LDS,
    FLAT,
    FLAT_RTN,
    GLOBAL,
    GLOBAL_RTN,
    BUFFER,
    BUFFER_RTN,
    FAMILIES
};
enum { SLOTS = 6, OPERATIONS = sizeof operations / sizeof operations[0], ROUNDS = 12 };

/* v2: address, v[8:..]: data, v[12:..]: DS data1, v[16:..]: result. False: no such instruction. */
static bool write_line(char *line, size_t size, const struct operation *op, enum family family)
{
    bool wide = op->bits == 64, compare = op->meaning == CMPST;
    bool two = compare || op->meaning == CMPST_FLOAT || op->meaning == MSKOR || op->meaning == WRAP;
    const char *one = wide ? "v[8:9]" : "v8", *result = wide ? "v[16:17]" : "v16";
    const char *data = !compare ? one : wide ? "v[8:11]" : "v[8:9]";
    const char *second = !two ? "" : wide ? ", v[12:13]" : ", v12";
    bool rtn =
        family == FLAT_RTN || family == GLOBAL_RTN || family == BUFFER_RTN || family == FLAT_LDS;
    switch (family) {
    case DS_PLAIN:
        snprintf(line, size, "%s v2, %s%s offset:64", op->ds, one, second);
        return op->ds != NULL;
    case DS_RTN:
        snprintf(line, size, "%s %s, v2, %s%s offset:64", op->ds_rtn, result, one, second);
        return op->ds_rtn != NULL;
    case FLAT:
    case FLAT_RTN:
    case FLAT_LDS:
        snprintf(line, size, "flat_atomic_%s %s%sv[2:3], %s offset:64%s", op->memory,
                 rtn ? result : "", rtn ? ", " : "", data, rtn ? " glc" : "");
        return op->flat;
    case GLOBAL:
    case GLOBAL_RTN:
        snprintf(line, size, "global_atomic_%s %s%sv[2:3], %s, off offset:64%s", op->memory,
                 rtn ? result : "", rtn ? ", " : "", data, rtn ? " glc" : "");
        return op->memory != NULL;
    default:
        snprintf(line, size, "buffer_atomic_%s %s, v2, s[4:7], s12 offen offset:64%s", op->memory,
                 data, rtn ? " glc" : "");
        return op->memory != NULL;
    }
}

struct run {
    const struct operation *op;
    enum family family;
    const char *line;
    uint64_t mask, model[SLOTS], data[64], second[64];
    unsigned slot[64];
};

static bool uses_lds(const struct run *r)
{
    return r->family == DS_PLAIN || r->family == DS_RTN || r->family == FLAT_LDS;
}

static uint8_t *slot_at(struct machine *m, const struct run *r, unsigned slot)
{
    return (uses_lds(r) ? m->group.lds : m->memory) + 64 + slot * 8;
}

static void set_up(struct machine *m, struct run *r, uint64_t *seed)
{
    unsigned dwords = r->op->bits / 32;
    bool ds = r->family == DS_PLAIN || r->family == DS_RTN;
    unsigned second_row = ds ? 12 : 8 + dwords; /* buffer and flat: after the new value */
    m->wave.mode = (uint32_t)(machine_random(seed) >> 40) & 0x3ff;
    machine_set_buffer(m, 4, (uintptr_t)m->memory - 256, 0, 4096, 0, false);
    m->wave.sgpr[12] = 256;
    for (unsigned i = 0; i < SLOTS; i++) {
        r->model[i] = some_value(seed, r->op);
        memcpy(slot_at(m, r, i), &r->model[i], r->op->bits / 8);
    }
    for (unsigned lane = 0; lane < 64; lane++) {
        r->slot[lane] = (unsigned)(machine_random(seed) >> 40) % SLOTS;
        r->data[lane] = some_value(seed, r->op);
        r->second[lane] = some_value(seed, r->op);
        uint64_t address = r->slot[lane] * 8;
        if (!ds && r->family < BUFFER)
            address += (uintptr_t)(uses_lds(r) ? m->group.lds : m->memory);
        machine_set_v64(m, 2, lane, address);
        for (unsigned i = 0; i < dwords; i++) {
            machine_v(m, 8 + i)[lane] = (uint32_t)(r->data[lane] >> 32 * i);
            if (r->op->meaning == CMPST || ds)
                machine_v(m, second_row + i)[lane] = (uint32_t)(r->second[lane] >> 32 * i);
        }
    }
    r->mask = machine_random(seed) | (machine_random(seed) & 1 ? ~UINT64_C(0) : 0);
    machine_set_exec(m, r->mask);
}

/* Returned values, in ascending order of lanes, or registers unchanged. */
static void check_lane(struct machine *m, struct run *r, unsigned lane, uint32_t (*before)[64])
{
    bool returns = r->family == DS_RTN || r->family == FLAT_LDS || r->family == FLAT_RTN ||
                   r->family == GLOBAL_RTN || r->family == BUFFER_RTN;
    unsigned dwords = r->op->bits / 32, result = r->family == BUFFER_RTN ? 8 : 16;
    bool active = r->mask >> lane & 1;
    uint64_t *model = &r->model[r->slot[lane]];
    for (unsigned row = 0; row < MACHINE_VGPRS; row++) {
        uint32_t expected = before[row][lane];
        if (returns && active && row - result < dwords)
            expected = (uint32_t)(*model >> 32 * (row - result));
        if (m->wave.vgpr[row][lane] != expected)
            fail_msg("%s, MODE %#x: row %u lane %u is %#x, not %#x (data %#lx)", r->line,
                     m->wave.mode, row, lane, m->wave.vgpr[row][lane], expected,
                     (unsigned long)r->data[lane]);
    }
    if (active)
        *model = expected_value(r->op, *model, r->data[lane], r->second[lane],
                                r->family == DS_PLAIN || r->family == DS_RTN, m->wave.mode);
}

static void run_one(const struct operation *op, enum family family, const char *line,
                    const struct cairn_insn *insn, uint64_t seed)
{
    static uint32_t before[MACHINE_VGPRS][64];
    struct machine *m = machine_reset();
    struct run r = {.op = op, .family = family, .line = line};
    set_up(m, &r, &seed);
    memcpy(before, m->wave.vgpr, sizeof before);
    machine_run(m, insn);
    machine_expect_running(m, line);
    for (unsigned lane = 0; lane < 64; lane++)
        check_lane(m, &r, lane, before);
    for (unsigned i = 0; i < SLOTS; i++)
        if (memcmp(slot_at(m, &r, i), &r.model[i], op->bits / 8) != 0) {
            uint64_t got = 0;
            memcpy(&got, slot_at(m, &r, i), op->bits / 8);
            fail_msg("%s, MODE %#x: memory is %#lx, not %#lx", line, m->wave.mode,
                     (unsigned long)got, (unsigned long)r.model[i]);
        }
}

static void every_atomic_of_every_family_agrees_with_the_oracle(void **state)
{
    (void)state;
    static char lines[OPERATIONS * FAMILIES][96];
    static const char *texts[OPERATIONS * FAMILIES];
    static unsigned which[OPERATIONS * FAMILIES];
    static struct cairn_insn insns[OPERATIONS * FAMILIES];
    unsigned count = 0;
    machine_reset();
    for (unsigned i = 0; i < OPERATIONS * FAMILIES; i++) {
        texts[count] = lines[i];
        which[count] = i;
        count += write_line(lines[i], sizeof lines[i], &operations[i / FAMILIES], i % FAMILIES);
    }
    machine_assemble(texts, count, insns);
    for (unsigned i = 0; i < count; i++)
        for (unsigned round = 0; round < ROUNDS; round++)
            run_one(&operations[which[i] / FAMILIES], which[i] % FAMILIES, texts[i], &insns[i],
                    1 + i * 1000 + round);
    /* 124 DS rows are not all atomics; FLAT, GLOBAL and MUBUF have 29, 31, 31 */
    assert_int_equal(count, 36 + 40 + 3 * 29 + 4 * 31);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_atomic_of_every_family_agrees_with_the_oracle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
