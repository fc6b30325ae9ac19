/* SPDX-License-Identifier: MIT
 * Compiled matrix kernels give the matrix product: small integers, so that no order of summing
 * matters and the answer is exact. The other tests of MFMA are bit by bit (test_mfma.c).
 */
#include "kernel_harness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

enum { K = 64 };
enum kind { F16, BF16, F32, F64, I8 };

static const struct row {
    const char *name;
    enum kind kind;
    unsigned m, in_size, out_size;
} rows[] = {
    {"product_f16", F16, 32, 2, 4}, {"product_bf16", BF16, 16, 2, 4},
    {"product_f32", F32, 16, 4, 4}, {"product_f64", F64, 16, 8, 8},
    {"product_i8", I8, 32, 1, 4},
};

static int value(unsigned matrix, unsigned i, unsigned j)
{
    return (int)((i * 7 + j * 13 + matrix * 5 + i * j) % 15) - 7;
}

static void store(enum kind kind, uint8_t *at, int number)
{
    float f = (float)number;
    _Float16 h = (_Float16)number;
    double d = number;
    uint32_t bits;
    memcpy(&bits, &f, 4);
    uint16_t b = (uint16_t)(bits >> 16);
    int8_t c = (int8_t)number;
    switch (kind) {
    case F16:
        memcpy(at, &h, 2);
        break;
    case BF16:
        memcpy(at, &b, 2);
        break;
    case F32:
        memcpy(at, &f, 4);
        break;
    case F64:
        memcpy(at, &d, 8);
        break;
    case I8:
        memcpy(at, &c, 1);
        break;
    }
}

static double load(enum kind kind, const uint8_t *at)
{
    float f;
    double d;
    int32_t i;
    memcpy(&f, at, 4);
    memcpy(&i, at, 4);
    if (kind == F64) {
        memcpy(&d, at, 8);
        return d;
    }
    return kind == I8 ? i : (double)f;
}

static void check(struct kernel_program *program, const struct row *row)
{
    struct {
        uint8_t *d, *a, *b;
        uint32_t k;
    } args = {kernel_alloc(program, row->m * row->m * 8), kernel_alloc(program, row->m * K * 8),
              kernel_alloc(program, row->m * K * 8), K};
    struct kernel_grid grid = {{64, 1, 1}, {64, 1, 1}, 0, true};
    for (unsigned i = 0; i < row->m; i++)
        for (unsigned k = 0; k < K; k++) {
            store(row->kind, args.a + (i * K + k) * row->in_size, value(0, i, k));
            store(row->kind, args.b + (k * row->m + i) * row->in_size, value(1, k, i));
        }
    if (!kernel_launch(program, row->name, &grid, &args, sizeof args))
        fail_msg("%s: %s", row->name, program->fault.insn_name);
    for (unsigned i = 0; i < row->m; i++)
        for (unsigned j = 0; j < row->m; j++) {
            int want = 0;
            for (unsigned k = 0; k < K; k++)
                want += value(0, i, k) * value(1, k, j);
            double got = load(row->kind, args.d + (i * row->m + j) * row->out_size);
            if (got != want)
                fail_msg("%s[%u][%u]: got %g, want %d", row->name, i, j, got, want);
        }
}

static void compiled_matrix_kernels_multiply(void **state)
{
    static const char *const files[] = {INPUTS "matrix_O0.co", INPUTS "matrix_O3.co"};
    for (unsigned f = 0; f < 2; f++) {
        struct kernel_program *program = kernel_load(files[f]);
        for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++)
            check(program, &rows[r]);
        kernel_unload(program);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compiled_matrix_kernels_multiply),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
