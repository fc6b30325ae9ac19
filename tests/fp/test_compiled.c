/* SPDX-License-Identifier: MIT
 * Float code as clang compiles it for gfx90a (division, square root, conversions from and to 64-bit
 * integers are long sequences of instructions there) must agree with the same expressions compiled
 * for the host, bit for bit; a NaN with any NaN. Edges of each format and random operands.
 */
#include "values.h"

#include "kernel_harness.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

enum { COUNT = 4096 };

/* The host's side. */
#define ROW(name, result, operand, expression)                                                     \
    static void host_##name(void *out, const void *in)                                             \
    {                                                                                              \
        for (unsigned i = 0; i < COUNT; i++) {                                                     \
            volatile operand x = ((const operand *)in)[3 * i];                                     \
            operand a = x, b = ((const operand *)in)[3 * i + 1],                                   \
                    c = ((const operand *)in)[3 * i + 2];                                          \
            (void)b, (void)c;                                                                      \
            ((result *)out)[i] = expression;                                                       \
        }                                                                                          \
    }
#include "compiled.def"
#undef ROW

enum kind { FLOAT16, FLOAT32, FLOAT64, INTEGER };
#define KIND(type)                                                                                 \
    _Generic((type)0, _Float16: FLOAT16, float: FLOAT32, double: FLOAT64, default: INTEGER)

static const struct row {
    const char *name;
    void (*host)(void *out, const void *in);
    enum kind result, operand;
    size_t result_size, operand_size;
} rows[] = {
#define ROW(name, result, operand, expression)                                                     \
    {#name, host_##name, KIND(result), KIND(operand), sizeof(result), sizeof(operand)},
#include "compiled.def"
#undef ROW
};

static const struct oracle_format *const formats[] = {&oracle_f16, &oracle_f32, &oracle_f64};

static void fill(const struct row *row, uint8_t *in)
{
    uint64_t edge[VALUES_EDGES], seed = 16;
    size_t count = row->operand == INTEGER ? 0 : values_edges(formats[row->operand], edge);
    for (unsigned i = 0; i < 3 * COUNT; i++) {
        uint64_t x = values_random64(&seed);
        if (row->operand == INTEGER)
            x = (i % 5 == 0 ? -UINT64_C(1) : x) >> values_random64(&seed) % (8 * row->operand_size);
        else if (i < 3 * count * count)
            x = edge[i % 3 == 0 ? i / 3 / count : i % 3 == 1 ? i / 3 % count : i % count];
        else
            x = values_random(formats[row->operand], &seed);
        memcpy(in + i * row->operand_size, &x, row->operand_size);
    }
}

static bool same(const struct row *row, uint64_t got, uint64_t want)
{
    if (got == want)
        return true;
    return row->result != INTEGER && oracle_is_nan(formats[row->result], got) &&
           oracle_is_nan(formats[row->result], want);
}

static unsigned check(struct kernel_program *program, const char *file, const struct row *row)
{
    struct {
        uint8_t *out, *in;
        uint32_t n;
    } args = {kernel_alloc(program, 8 * COUNT), kernel_alloc(program, 24 * COUNT), COUNT};
    static uint8_t want[8 * COUNT];
    struct kernel_grid grid = {{COUNT, 1, 1}, {256, 1, 1}, 0, true};
    fill(row, args.in);
    row->host(want, args.in);
    if (!kernel_launch(program, row->name, &grid, &args, sizeof args))
        fail_msg("%s: %s", row->name, program->fault.insn_name);
    unsigned failures = 0;
    for (unsigned i = 0; i < COUNT; i++) {
        uint64_t g = 0, w = 0, v[3] = {0};
        memcpy(&g, args.out + i * row->result_size, row->result_size);
        memcpy(&w, want + i * row->result_size, row->result_size);
        for (unsigned k = 0; k < 3; k++)
            memcpy(&v[k], args.in + (3 * i + k) * row->operand_size, row->operand_size);
        if (!same(row, g, w) && failures++ < 3)
            print_error("%s %s(0x%" PRIx64 ", 0x%" PRIx64 ", 0x%" PRIx64 "): got 0x%" PRIx64
                        ", host 0x%" PRIx64 "\n",
                        file, row->name, v[0], v[1], v[2], g, w);
    }
    return failures;
}

static void compiled_float_code_agrees_with_the_host(void **state)
{
    static const char *const files[] = {INPUTS "compiled_O0.co", INPUTS "compiled_O3.co"};
    unsigned failures = 0;
    for (unsigned f = 0; f < 2; f++) {
        struct kernel_program *program = kernel_load(files[f]);
        for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++)
            failures += check(program, f == 0 ? "-O0" : "-O3", &rows[r]);
        kernel_unload(program);
    }
    assert_int_equal(failures, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compiled_float_code_agrees_with_the_host),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
