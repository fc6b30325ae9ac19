/* SPDX-License-Identifier: MIT
 * Results that no standard fixes must still be the same on every host and in every build: sums over
 * many results of the approximate functions, of NaN selection and of matrix arithmetic, as
 * constants. A change of a polynomial changes the constants, on purpose.
 */
#include "values.h"

#include "fp/approx.h"
#include "machine/sem_dot.h"
#include "machine/sem_float.h"
#include "machine/sem_mfma.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static const uint32_t on = CAIRN_FP_MODE_DEFAULT;
enum { COUNT = 65536 };
static uint32_t a32[COUNT], b32[COUNT], c32[COUNT], r32[COUNT];
static uint64_t a64[COUNT], b64[COUNT], r64[COUNT];

static uint64_t mix(uint64_t hash, uint64_t value)
{
    return (hash ^ value) * UINT64_C(0x100000001b3) + (hash >> 29);
}

static uint64_t sum32(uint64_t hash)
{
    for (int i = 0; i < COUNT; i++)
        hash = mix(hash, r32[i]);
    return hash;
}

static uint64_t sum64(uint64_t hash)
{
    for (int i = 0; i < COUNT; i++)
        hash = mix(hash, r64[i]);
    return hash;
}

static int fill(void **state)
{
    uint64_t seed = 15;
    for (int i = 0; i < COUNT; i++) {
        a32[i] = (uint32_t)values_random(&oracle_f32, &seed);
        b32[i] = (uint32_t)values_random(&oracle_f32, &seed);
        c32[i] = (uint32_t)values_random(&oracle_f32, &seed);
        a64[i] = values_random(&oracle_f64, &seed);
        b64[i] = values_random(&oracle_f64, &seed);
    }
    return 0;
}

/* Loops as the interpreter has them, so that they vectorise. */
#define EACH32(hash, call)                                                                         \
    do {                                                                                           \
        for (int i = 0; i < COUNT; i++)                                                            \
            r32[i] = call;                                                                         \
        hash = sum32(hash);                                                                        \
    } while (0)
#define EACH64(hash, call)                                                                         \
    do {                                                                                           \
        for (int i = 0; i < COUNT; i++)                                                            \
            r64[i] = call;                                                                         \
        hash = sum64(hash);                                                                        \
    } while (0)

static void expect(uint64_t got, uint64_t want)
{
    if (got != want)
        fail_msg("sum 0x%llx, want 0x%llx", (unsigned long long)got, (unsigned long long)want);
}

static void approximate_functions_are_the_same_everywhere(void **state)
{
    uint64_t hash = 1;
    EACH32(hash, cairn_fp_rcp_f32(on, a32[i]));
    EACH32(hash, cairn_fp_rsq_f32(on, a32[i]));
    EACH32(hash, cairn_fp_sqrt_f32(on, a32[i]));
    EACH32(hash, cairn_fp_exp_f32(on, a32[i]));
    EACH32(hash, cairn_fp_log_f32(on, a32[i]));
    EACH32(hash, cairn_fp_sin_f32(on, a32[i]));
    EACH32(hash, cairn_fp_cos_f32(on, a32[i]));
    EACH32(hash, cairn_fp_exp_f16(on, (uint32_t)i));
    EACH32(hash, cairn_fp_log_f16(on, (uint32_t)i));
    EACH32(hash, cairn_fp_sin_f16(on, (uint32_t)i));
    EACH32(hash, cairn_fp_cos_f16(on, (uint32_t)i));
    EACH64(hash, cairn_fp_rcp_f64(on, a64[i]));
    EACH64(hash, cairn_fp_rsq_f64(on, a64[i]));
    EACH64(hash, cairn_fp_sqrt_f64(on, a64[i]));
    expect(hash, UINT64_C(0x84c8eebd69a2d8b7));
}

static void arithmetic_and_nan_selection_are_the_same_everywhere(void **state)
{
    uint64_t hash = 2;
    EACH32(hash, cairn_fp_add_f32(on, a32[i], b32[i]));
    EACH32(hash, cairn_fp_mul_f32(on, a32[i], b32[i]));
    EACH32(hash, cairn_fp_fma_f32(on, a32[i], b32[i], c32[i]));
    EACH32(hash, cairn_fp_fma_f16(on, a32[i] & 0xffff, b32[i] & 0xffff, c32[i] & 0xffff));
    EACH32(hash, cairn_fp_med3_f32(on, a32[i], b32[i], c32[i]));
    EACH32(hash, cairn_sem_mad_f32(on, a32[i], b32[i], c32[i]));
    EACH32(hash, cairn_sem_fma_mix_f16(on, a32[i], b32[i], c32[i]));
    EACH32(hash, cairn_sem_dot2_f32_f16(on, a32[i], b32[i], c32[i]));
    EACH32(hash,
           cairn_sem_mfma_d(CAIRN_SEM_MFMA_BF16,
                            cairn_sem_mfma_step(CAIRN_SEM_MFMA_BF16, a32[i], b32[i], c32[i])));
    EACH64(hash, cairn_fp_fma_f64(on, a64[i], b64[i], a64[i] ^ b64[i]));
    EACH64(hash, cairn_fp_ldexp_f64(on, a64[i], (int32_t)(b64[i] % 4096) - 2048));
    expect(hash, UINT64_C(0x70487eb0288eff9a));
}

int main(void)
{
    VALUES_NEED_HOST();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(approximate_functions_are_the_same_everywhere, fill),
        cmocka_unit_test_setup(arithmetic_and_nan_selection_are_the_same_everywhere, fill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
