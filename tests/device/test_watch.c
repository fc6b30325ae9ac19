/* SPDX-License-Identifier: MIT
 * When a wave counts as waiting: the same place, registers and, where asked for, scratch as at the
 * end of an earlier turn.
 */
#include "device/soft/watch.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

enum { VGPRS = 8, TURNS = 8, SMALL = 64 * 64, LARGE = 2 << 20 };

static uint32_t vgprs[VGPRS][CAIRN_WAVE_LANES];
static uint8_t scratch[LARGE];

/* What changes from turn to turn. */
enum change { NOTHING, PC, SCC, SGPR, VGPR, SCRATCH };

static void change(struct cairn_wave *wave, enum change what)
{
    if (what == PC)
        wave->pc += 4;
    if (what == SCC)
        wave->scc ^= 1;
    if (what == SGPR)
        wave->sgpr[7]++;
    if (what == VGPR)
        vgprs[VGPRS - 1][63]++;
    if (what == SCRATCH)
        scratch[wave->scratch_bytes - 1]++;
}

static const struct {
    const char *why;
    enum change change;
    bool with_scratch;
    uint32_t scratch_bytes;
    bool waits;
} cases[] = {
    {"no scratch, nothing changes", NOTHING, false, 0, true},
    {"another place", PC, false, 0, false},
    {"two places in turn", SCC, false, 0, true},
    {"counts in an SGPR", SGPR, false, 0, false},
    {"counts in a VGPR", VGPR, false, 0, false},
    {"scratch and nothing changes", NOTHING, true, SMALL, true},
    {"two places in turn, with scratch", SCC, true, SMALL, true},
    {"scratch, counts in a VGPR", VGPR, true, SMALL, false},
    {"counts in the last byte of scratch", SCRATCH, true, SMALL, false},
    {"scratch does not matter to one that yields", SCRATCH, false, SMALL, true},
    {"scratch too large to look at", NOTHING, true, LARGE, false},
};

static void a_wave_that_comes_back_unchanged_waits(void **state)
{
    (void)state;
    static const struct cairn_launch launch = {.vgprs = VGPRS};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cairn_watch watch = {0};
        struct cairn_wave wave = {.vgpr = vgprs,
                                  .launch = &launch,
                                  .scratch = cases[i].scratch_bytes != 0 ? scratch : NULL,
                                  .scratch_bytes = cases[i].scratch_bytes};
        bool waits = false;
        if (cairn_watch_repeats(&watch, &wave, cases[i].with_scratch))
            fail_msg("%s: waits after one turn", cases[i].why);
        /* two places: each level of the state is looked at a turn later than the one before */
        for (int turn = 0; turn < TURNS; turn++) {
            change(&wave, cases[i].change);
            waits = cairn_watch_repeats(&watch, &wave, cases[i].with_scratch);
        }
        if (waits != cases[i].waits)
            fail_msg("%s: %s", cases[i].why, waits ? "waits" : "works");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wave_that_comes_back_unchanged_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
