/* SPDX-License-Identifier: MIT
 * The half precision helpers that compilers call agree with the compiler's own conversions.
 */
#include "rig.h"

float __gnu_h2f_ieee(unsigned short bits);
unsigned short __gnu_f2h_ieee(float value);

static void every_half_converts_to_float(void **state)
{
    for (uint32_t bits = 0; bits < 65536; bits++) {
        uint16_t half = (uint16_t)bits;
        _Float16 native;
        memcpy(&native, &half, 2);
        float want = (float)native, have = __gnu_h2f_ieee(half);
        if (want != want ? have == have : memcmp(&want, &have, 4) != 0)
            fail_msg("half 0x%04x: %a, want %a", half, have, want);
    }
}

static void check_float(uint32_t bits)
{
    float value;
    uint16_t want;
    memcpy(&value, &bits, 4);
    _Float16 native = (_Float16)value;
    memcpy(&want, &native, 2);
    uint16_t have = __gnu_f2h_ieee(value);
    bool same = value != value ? (have & 0x7C00) == 0x7C00 && (have & 0x3FF) != 0 : have == want;
    if (!same)
        fail_msg("float 0x%08x: half 0x%04x, want 0x%04x", bits, have, want);
}

/* Around every half, its neighbours and the ties between them; and a walk over all exponents. */
static void floats_round_to_the_nearest_even_half(void **state)
{
    for (uint32_t half = 0; half < 65536; half++) {
        float value = __gnu_h2f_ieee((uint16_t)half);
        uint32_t bits;
        memcpy(&bits, &value, 4);
        for (uint32_t i = 0; i < 3; i++) {
            check_float(bits + i - 1);
            check_float(bits + 0x1000 + i - 1);
        }
    }
    for (uint32_t i = 0; i < 1000000; i++)
        check_float(i * 4294967u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_half_converts_to_float),
        cmocka_unit_test(floats_round_to_the_nearest_even_half),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
