/* SPDX-License-Identifier: MIT
 * Reads what covers.c reads and says what finalized code does with each instruction: "lifted", or
 * "stepped" where it calls the interpreter, "trap" if it writes a trap handler's register, which no
 * program may, or "illegal". Asks the lifter itself, for one wave at a
 * time in chunks of 16, with all registers there and the modes that compilers set.
 */
#include "words.h"

#include "finalizer/llvm/lift_priv.h"
#include "fp/mode.h"

#include <stdio.h>

static bool writes_trap_register(const struct cairn_insn *insn)
{
    const struct cairn_operand *dst = &insn->slot[CAIRN_SLOT_DST];
    return dst->code < CAIRN_CODE_M0 && dst->code + dst->dwords > CAIRN_CODE_TTMP0;
}

static const char *answer(const struct cairn_gfx *gfx, const struct cairn_insn *insn)
{
    const struct cairn_geometry geometry = {.workgroup = {64, 1, 1},
                                            .wave_size = CAIRN_WAVE_LANES,
                                            .width = 16,
                                            /* rounds to nearest, keeps denormals, IEEE */
                                            .mode = CAIRN_FP_MODE_DEFAULT,
                                            .arch_rows = 256,
                                            .rows = 512};
    const struct cairn_finalize_request request = {.geometry = geometry};
    struct cairn_program_insn only = {.insn = *insn, .flags = cairn_isa_flags(insn)};
    struct cairn_program program = {.gfx = gfx, .insns = &only, .insn_count = 1};
    struct cairn_lifter lifter = {
        .lift = {.request = &request, .program = &program, .geometry = &geometry}};
    const struct cairn_lift_family *family;
    if (writes_trap_register(insn))
        return "trap";
    return cairn_lift_kind_of(&lifter.lift, 0, &family) == CAIRN_LIFT_STEP ? "stepped" : "lifted";
}

int main(void)
{
    char line[256];
    const struct cairn_gfx *gfx = cairn_gfx_by_name("gfx90a", 6);
    while (fgets(line, sizeof line, stdin) != NULL) {
        struct cairn_insn insn;
        puts(decode_line(gfx, line, &insn) != CAIRN_OK ? "illegal" : answer(gfx, &insn));
    }
    return 0;
}
