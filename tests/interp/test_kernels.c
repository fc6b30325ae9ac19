/* SPDX-License-Identifier: MIT
 * Kernels compiled by clang at two levels of optimisation give what the same arithmetic gives on
 * the host, also when registers, LDS and scratch hold a pattern at the start.
 */
#include "kernel_harness.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const files[] = {INPUTS "kernels_O0.co", INPUTS "kernels_O2.co"};
enum { FILES = 2 };

static struct kernel_program *programs[FILES];

static int load(void **state)
{
    for (int i = 0; i < FILES; i++)
        programs[i] = kernel_load(files[i]);
    return 0;
}

static int unload(void **state)
{
    for (int i = 0; i < FILES; i++)
        kernel_unload(programs[i]);
    return 0;
}

static void run(struct kernel_program *p, const char *name, uint32_t items, uint32_t group,
                const void *args, size_t size)
{
    struct kernel_grid grid = {{items, 1, 1}, {group, 1, 1}, 0, true};
    if (!kernel_launch(p, name, &grid, args, size))
        fail_msg("%s: %s at %s, address %#lx lane %d", name, cairn_fault_text(p->fault.kind),
                 p->fault.insn_name, (unsigned long)p->fault.address, p->fault.lane);
}

static uint32_t random_bits(void)
{
    static uint64_t s = 88172645463325252u;
    s ^= s << 13, s ^= s >> 7, s ^= s << 17;
    return (uint32_t)(s >> 16);
}

static void vector_add(void **state)
{
    enum { N = 1000 };
    for (int f = 0; f < FILES; f++) {
        struct kernel_program *p = programs[f];
        struct {
            float *a, *b, *c;
            uint32_t n;
        } args = {kernel_alloc(p, 4 * N), kernel_alloc(p, 4 * N), kernel_alloc(p, 4 * N + 64), N};
        for (int i = 0; i < N; i++)
            args.a[i] = (float)i * 0.37f, args.b[i] = 1000.0f / (float)(i + 1);
        run(p, "vector_add", 1024, 256, &args, sizeof args);
        for (int i = 0; i < N; i++)
            assert_true(args.c[i] == args.a[i] + args.b[i]);
        assert_true(args.c[N] == 0);
    }
}

/* A grid that is no multiple of the workgroup: 10 x 10 x 7 work-items in groups of 4 x 3 x 5. */
static void ids_in_three_dimensions_and_ragged_edges(void **state)
{
    for (int f = 0; f < FILES; f++) {
        struct kernel_program *p = programs[f];
        uint32_t *out = kernel_alloc(p, 4 * 1000);
        struct kernel_grid grid = {{10, 10, 7}, {4, 3, 5}, 0, true};
        assert_true(kernel_launch(p, "ids_3d", &grid, &out, sizeof out));
        for (uint32_t z = 0; z < 10; z++)
            for (uint32_t y = 0; y < 10; y++)
                for (uint32_t x = 0; x < 10; x++)
                    assert_int_equal(out[(z * 10 + y) * 10 + x], z < 7 ? x | y << 8 | z << 16 : 0);
    }
}

static void reduce(void **state)
{
    enum { GROUPS = 5, N = GROUPS * 256 };
    for (int f = 0; f < FILES; f++) {
        struct kernel_program *p = programs[f];
        struct {
            uint32_t *in, *out;
        } args = {kernel_alloc(p, 4 * N), kernel_alloc(p, 4 * GROUPS)};
        uint32_t expected[GROUPS] = {0};
        for (int i = 0; i < N; i++)
            expected[i / 256] += args.in[i] = random_bits();
        run(p, "reduce", N, 256, &args, sizeof args);
        assert_memory_equal(args.out, expected, sizeof expected);
    }
}

static void collatz(void **state)
{
    enum { N = 300 };
    for (int f = 0; f < FILES; f++) {
        struct kernel_program *p = programs[f];
        struct {
            uint32_t *out, n;
        } args = {kernel_alloc(p, 4 * N), N};
        run(p, "collatz", 320, 64, &args, sizeof args);
        for (uint32_t i = 0; i < N; i++) {
            uint32_t steps = 0;
            for (uint64_t x = i + 1; x != 1; steps++)
                x = x % 2 ? 3 * x + 1 : x / 2;
            assert_int_equal(args.out[i], steps);
        }
    }
}

static void divide(void **state)
{
    enum { N = 256 };
    for (int f = 0; f < FILES; f++) {
        struct kernel_program *p = programs[f];
        struct {
            int64_t *a, *b, *q, *r;
            double *d;
            float *f;
        } args;
        void **slots = (void **)&args;
        for (int i = 0; i < 6; i++)
            slots[i] = kernel_alloc(p, 8 * N);
        for (int i = 0; i < N; i++) {
            args.a[i] = (int64_t)((uint64_t)random_bits() << 32 | random_bits()) >> i % 60;
            args.b[i] = (int64_t)((uint64_t)random_bits() << 32 | random_bits()) >> i % 63;
            args.b[i] += args.b[i] == 0;
        }
        run(p, "divide", N, 64, &args, sizeof args);
        for (int i = 0; i < N; i++) {
            assert_true(args.q[i] == args.a[i] / args.b[i]);
            assert_true(args.r[i] == args.a[i] % args.b[i]);
            assert_true(args.d[i] == (double)args.a[i] / (double)args.b[i]);
            assert_true(args.f[i] == (float)args.a[i] / (float)args.b[i]);
        }
    }
}

static uint32_t fibonacci(uint32_t n)
{
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

static void calls_use_a_stack(void **state)
{
    for (int f = 0; f < FILES; f++) {
        struct kernel_program *p = programs[f];
        uint32_t *out = kernel_alloc(p, 4 * 64);
        run(p, "recursion", 64, 64, &out, sizeof out);
        for (uint32_t i = 0; i < 64; i++)
            assert_int_equal(out[i], fibonacci(i % 12));
        run(p, "function_pointers", 64, 64, &out, sizeof out);
        for (uint32_t i = 0; i < 64; i++)
            assert_int_equal(out[i], i % 3 == 0 ? i + 7 : i % 3 == 1 ? i * 3 : i * i);
    }
}

static int expected_private_array(int in, unsigned i)
{
    int mine[16], shared = 1000;
    for (int k = 0; k < 16; k++)
        mine[k] = in + k;
    mine[in & 15] += 100;
    *(i % 2 ? &shared : &mine[3]) += 5;
    int sum = shared;
    for (int k = 0; k < 16; k++)
        sum = (int)((unsigned)sum * 3 + (unsigned)mine[(k * 7 + in) & 15]);
    return sum;
}

static void generic_pointers_reach_scratch_and_lds(void **state)
{
    for (int f = 0; f < FILES; f++) {
        struct kernel_program *p = programs[f];
        struct {
            int *in, *out;
        } args = {kernel_alloc(p, 4 * 64), kernel_alloc(p, 4 * 64)};
        for (int i = 0; i < 64; i++)
            args.in[i] = (int)(random_bits() & 0xffff);
        run(p, "private_array", 64, 64, &args, sizeof args);
        for (unsigned i = 0; i < 64; i++)
            assert_int_equal(args.out[i], expected_private_array(args.in[i], i));
    }
}

static void small_types(void **state)
{
    for (int f = 0; f < FILES; f++) {
        struct kernel_program *p = programs[f];
        struct {
            uint8_t *bytes;
            int16_t *shorts;
            _Float16 *halves;
            int *out;
            _Float16 *sums;
        } args;
        void **slots = (void **)&args;
        for (int i = 0; i < 5; i++)
            slots[i] = kernel_alloc(p, 512);
        for (int i = 0; i < 64; i++) {
            args.bytes[i] = (uint8_t)random_bits();
            args.shorts[i] = (int16_t)random_bits();
            args.halves[2 * i] = (_Float16)((float)(random_bits() % 4096) / 512 - 4);
            args.halves[2 * i + 1] = (_Float16)((float)(random_bits() % 4096) / 512 - 4);
        }
        run(p, "small_types", 64, 64, &args, sizeof args);
        for (int i = 0; i < 64; i++) {
            int expected = args.bytes[i] * args.shorts[i] + (int8_t)args.bytes[63 - i] -
                           (uint16_t)args.shorts[63 - i];
            assert_int_equal(args.out[i], expected);
            for (int k = 0; k < 2; k++) { /* fused or not, both are right */
                double x = args.halves[2 * i + k], y = args.halves[2 * (63 - i) + k];
                _Float16 fused = (_Float16)(x * x + y), apart = (_Float16)((_Float16)(x * x) + y);
                assert_true(args.sums[2 * i + k] == fused || args.sums[2 * i + k] == apart);
            }
        }
    }
}

static void lanes(void **state)
{
    for (int f = 0; f < FILES; f++) {
        struct kernel_program *p = programs[f];
        struct {
            int *in, *out;
        } args = {kernel_alloc(p, 4 * 64), kernel_alloc(p, 4 * 64)};
        for (int i = 0; i < 64; i++)
            args.in[i] = (int)random_bits();
        run(p, "lanes", 64, 64, &args, sizeof args);
        for (int i = 0, below = 0; i < 64; below += args.in[i++] & 1) {
            unsigned shifted = i % 16 == 0 ? -1u : (unsigned)args.in[i - 1];
            unsigned expected = (unsigned)args.in[(i + 1) & 63] ^ (unsigned)args.in[0] * 3 ^
                                shifted * 5 ^ (unsigned)below * 7;
            assert_int_equal((unsigned)args.out[i], expected);
        }
    }
}

static void atomics(void **state)
{
    enum { N = 320 };
    for (int f = 0; f < FILES; f++) {
        struct kernel_program *p = programs[f];
        struct {
            uint32_t *counter, *order;
            uint64_t *wide;
        } args = {kernel_alloc(p, 4), kernel_alloc(p, 4 * N), kernel_alloc(p, 8)};
        run(p, "atomics", N, 64, &args, sizeof args);
        assert_int_equal(*args.counter, N);
        assert_true(*args.wide == ~UINT64_C(0)); /* toggled by 5 groups */
        bool seen[N + 1] = {false};
        for (int i = 0; i < N; i++) {
            assert_in_range(args.order[i], 1, N);
            assert_false(seen[args.order[i]]);
            seen[args.order[i]] = true;
        }
    }
}

static void faults_are_reported(void **state)
{
    for (int f = 0; f < FILES; f++) {
        struct kernel_program *p = programs[f];
        struct kernel_grid grid = {{64, 1, 1}, {64, 1, 1}, 0, true};
        uint32_t *at = kernel_alloc(p, 4);
        assert_false(kernel_launch(p, "wild_store", &grid, &at, sizeof at));
        assert_int_equal(p->fault.kind, CAIRN_FAULT_UNMAPPED);
        assert_true(p->fault.address == (uintptr_t)at + (UINT64_C(4) << 40));
        assert_false(kernel_launch(p, "trap", &grid, NULL, 0));
        assert_int_equal(p->fault.kind, CAIRN_FAULT_TRAP);
        assert_int_equal(p->fault.detail, 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vector_add),
        cmocka_unit_test(ids_in_three_dimensions_and_ragged_edges),
        cmocka_unit_test(reduce),
        cmocka_unit_test(collatz),
        cmocka_unit_test(divide),
        cmocka_unit_test(calls_use_a_stack),
        cmocka_unit_test(generic_pointers_reach_scratch_and_lds),
        cmocka_unit_test(small_types),
        cmocka_unit_test(lanes),
        cmocka_unit_test(atomics),
        cmocka_unit_test(faults_are_reported),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
