/* SPDX-License-Identifier: MIT
 * Float rules seen through real machine code: each row is one or a few instructions run by the
 * interpreter under a MODE, with what must be in v[8:9] afterwards. Names are those of the list of
 * ISA traps: F float, C conversions, P packed and dot, K compares. All rows are one program.
 */
#include "asm_harness.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum {
    ON = 0x3f0,       /* the default: nearest even, denormals kept, DX10_CLAMP, IEEE */
    NO_IEEE = 0x1f0,  /* IEEE off */
    FLUSH32 = 0x3c0,  /* f32 denormals flushed */
    FLUSH64 = 0x330,  /* f16 and f64 denormals flushed */
    OMOD = 0x1c0,     /* IEEE off, f32 denormals flushed: output modifiers act */
    NO_CLAMP = 0x2f0, /* DX10_CLAMP off */
    TO_ZERO = 0x3ff,  /* towards zero, both widths */
    UP = 0x3f5,
    OVFL = 0x8003f0,
};

#define ONE    0x3f800000u
#define TWO    0x40000000u
#define NAN32  0x7fc00000u
#define SNAN32 0x7f800001u
#define MINUS0 0x80000000u
#define DEAD   0xdeadbeefu

struct row {
    const char *name;
    uint32_t mode;
    uint32_t v[6]; /* v1..v6 */
    uint32_t old;  /* v8 before; v9 is 0 */
    const char *text;
    uint32_t low, high; /* v8, v9 after */
};

static const struct row rows[] = {
    /* clang-format off */
    {"F1 keep", ON, {1, 0}, 0, "v_add_f32 v8, v1, v2", 1, 0},
    {"F1 flush in", FLUSH32, {1, 0}, 0, "v_add_f32 v8, v1, v2", 0, 0},
    {"F1 flush keeps the sign", FLUSH32, {0x80000001, 0x80000000}, 0, "v_add_f32 v8, v1, v2", MINUS0, 0},
    {"F1 flush out only", 0x3d0, {0x00800000, 0x3f000000}, 0, "v_mul_f32 v8, v1, v2", 0, 0},
    {"F1 flush in only", 0x3e0, {0x00800000, 0x3f000000}, 0, "v_mul_f32 v8, v1, v2", 0x00400000, 0},
    {"F1 f16 by its own field", FLUSH32, {1, 0}, 0, "v_add_f16 v8, v1, v2", 1, 0},
    {"F1 f16 flush", FLUSH64, {1, 0}, 0, "v_add_f16 v8, v1, v2", 0, 0},
    {"F1 f64 flush", FLUSH64, {0, 1}, 0, "v_add_f64 v[8:9], v[2:3], v[4:5]", 0, 0},
    {"F1 f64 keep", ON, {0, 1}, 0, "v_add_f64 v[8:9], v[2:3], v[4:5]", 1, 0},
    {"F1 rounding up", UP, {ONE, 1}, 0, "v_add_f32 v8, v1, v2", ONE + 1, 0},
    {"F1 rounding to zero", TO_ZERO, {ONE, 0xb3800000 - (1 << 23)}, 0, "v_add_f32 v8, v1, v2", ONE - 1, 0},
    {"F1 f16 rounding up", UP, {0x3c00, 1}, 0, "v_add_f16 v8, v1, v2", 0x3c01, 0},
    {"F2 max sNaN", ON, {SNAN32, ONE}, 0, "v_max_f32 v8, v1, v2", 0x7fc00001, 0},
    {"F2 max sNaN, IEEE off", NO_IEEE, {SNAN32, ONE}, 0, "v_max_f32 v8, v1, v2", ONE, 0},
    {"F2 max of zeros", ON, {MINUS0, 0}, 0, "v_max_f32 v8, v1, v2", 0, 0},
    {"F2 min of zeros", ON, {0, MINUS0}, 0, "v_min_f32 v8, v1, v2", MINUS0, 0},
    {"F2 min qNaN", ON, {NAN32, ONE}, 0, "v_min_f32 v8, v1, v2", ONE, 0},
    {"F2 f16", ON, {0x7c01, 0x3c00}, 0, "v_min_f16 v8, v1, v2", 0x7e01, 0},
    {"F3 med3", ON, {NAN32, ONE, TWO}, 0, "v_med3_f32 v8, v1, v2, v3", ONE, 0},
    {"F3 max3", ON, {NAN32, ONE, TWO}, 0, "v_max3_f32 v8, v1, v2, v3", TWO, 0},
    {"F4 clamp above", ON, {ONE, TWO}, 0, "v_add_f32_e64 v8, v1, v2 clamp", ONE, 0},
    {"F4 clamp below", ON, {ONE, TWO}, 0, "v_sub_f32_e64 v8, v1, v2 clamp", 0, 0},
    {"F4 clamp NaN", ON, {NAN32, TWO}, 0, "v_add_f32_e64 v8, v1, v2 clamp", 0, 0},
    {"F4 clamp NaN kept", NO_CLAMP, {NAN32, TWO}, 0, "v_add_f32_e64 v8, v1, v2 clamp", NAN32, 0},
    {"F4 clamp f64", ON, {0}, 0, "v_add_f64 v[8:9], 2.0, v[4:5] clamp", 0, 0x3ff00000},
    {"F5 omod ignored with IEEE", ON, {0x40400000, ONE}, 0, "v_add_f32_e64 v8, v1, v2 mul:2", 0x40800000, 0},
    {"F5 omod acts", OMOD, {0x40400000, ONE}, 0, "v_add_f32_e64 v8, v1, v2 mul:2", 0x41000000, 0},
    {"F5 omod divides", OMOD, {0x40400000, ONE}, 0, "v_add_f32_e64 v8, v1, v2 div:2", TWO, 0},
    {"F5 omod, then clamp", OMOD, {0x3f000000, 0x3e800000}, 0, "v_add_f32_e64 v8, v1, v2 clamp mul:4", ONE, 0},
    {"F6 fma", ON, {0x3f800800, 0x3f800800, 0xbf801000}, 0, "v_fma_f32 v8, v1, v2, v3", 0x33800000, 0},
    {"F6 mad", ON, {0x3f800800, 0x3f800800, 0xbf801000}, 0, "v_mad_f32 v8, v1, v2, v3", 0, 0},
    {"F6 fmac", ON, {0x3f800800, 0x3f800800}, 0xbf801000, "v_fmac_f32 v8, v1, v2", 0x33800000, 0},
    {"F6 mac", ON, {0x3f800800, 0x3f800800}, 0xbf801000, "v_mac_f32 v8, v1, v2", 0, 0},
    {"F6 mad flushes", ON, {1, ONE, 0}, 0, "v_mad_f32 v8, v1, v2, v3", 0, 0},
    {"F6 madak", ON, {ONE, TWO}, 0, "v_madak_f32 v8, v1, v2, 0x40400000", 0x40a00000, 0},
    {"F6 pk_fma", ON, {0, 0x3f800800, 0x3f800800, 0xbf801000, 0xbf801000}, 0, "v_pk_fma_f32 v[8:9], v[2:3], v[2:3], v[4:5]", 0x33800000, 0x33800000},
    {"F7 mix of f32", ON, {0x3f800800, 0x3f800800, 0xbf801000}, 0, "v_fma_mix_f32 v8, v1, v2, v3", 0x33800000, 0},
    {"F7 mix of halves", ON, {0x40003c00, 0x44004200, ONE}, 0, "v_fma_mix_f32 v8, v1, v2, v3 op_sel:[1,0,0] op_sel_hi:[1,1,0]", 0x40e00000, 0},
    {"F7 abs and neg", ON, {0xc000c000, TWO, ONE}, 0, "v_fma_mix_f32 v8, |v1|, -v2, v3 op_sel_hi:[1,0,0]", 0xc0400000, 0},
    {"F7 mixlo keeps the high half", ON, {ONE, TWO, ONE}, DEAD, "v_fma_mixlo_f16 v8, v1, v2, v3", 0xdead4200, 0},
    {"F7 mixhi keeps the low half", ON, {ONE, TWO, ONE}, DEAD, "v_fma_mixhi_f16 v8, v1, v2, v3", 0x4200beef, 0},
    {"F7 clamp", ON, {ONE, TWO, ONE}, DEAD, "v_fma_mixlo_f16 v8, v1, v2, v3 clamp", 0xdead3c00, 0},
    {"F8 mul_legacy", ON, {0, NAN32}, 0, "v_mul_legacy_f32 v8, v1, v2", 0, 0},
    {"F8 mad_legacy", ON, {0, NAN32, TWO}, 0, "v_mad_legacy_f32 v8, v1, v2, v3", TWO, 0},
    {"F9 fract", ON, {0xb089705f}, 0, "v_fract_f32 v8, v1", 0x3f7fffff, 0},
    {"F9 fract f64", ON, {0, 1, 0x80000000}, 0, "v_fract_f64 v[8:9], v[2:3]", 0xffffffff, 0x3fefffff},
    {"F10 rndne", ON, {0x40200000}, 0, "v_rndne_f32 v8, v1", TWO, 0},
    {"F10 rndne whatever the mode", UP, {0x3effffff}, 0, "v_rndne_f32 v8, v1", 0, 0},
    {"F10 ceil keeps the sign of zero", ON, {0xbe99999a}, 0, "v_ceil_f32 v8, v1", MINUS0, 0},
    {"F11 rcp of a denormal", ON, {1}, 0, "v_rcp_f32 v8, v1", 0x7f800000, 0},
    {"F11 rcp f16 of a denormal", ON, {0x200}, 0, "v_rcp_f16 v8, v1", 0x7800, 0},
    {"F11 sin is of revolutions", ON, {0x3e800000}, 0, "v_sin_f32 v8, v1", ONE, 0},
    {"F11 rcp_iflag", ON, {TWO}, 0, "v_rcp_iflag_f32 v8, v1", 0x3f000000, 0},
    {"F12 first NaN, quieted", ON, {0xff800002, 0x7fc00003}, 0, "v_add_f32 v8, v1, v2", 0xffc00002, 0},
    {"F12 IEEE off does not quiet", NO_IEEE, {ONE, 0xff800002}, 0, "v_mul_f32 v8, v1, v2", 0xff800002, 0},
    {"F12 made NaN", ON, {0x7f800000, 0xff800000}, 0, "v_add_f32 v8, v1, v2", NAN32, 0},
    {"F12 neg on NaN", ON, {NAN32, ONE}, 0, "v_add_f32_e64 v8, -v1, v2", 0xffc00000, 0},
    {"F13 add_f16 clears", ON, {0x3c00, 0x3c00}, DEAD, "v_add_f16 v8, v1, v2", 0x4000, 0},
    {"F13 cvt_f16 clears", ON, {ONE}, DEAD, "v_cvt_f16_f32 v8, v1", 0x3c00, 0},
    {"F13 mad_legacy_f16 clears", ON, {0x3c00, 0x3c00, 0x3c00}, DEAD, "v_mad_legacy_f16 v8, v1, v2, v3", 0x4000, 0},
    {"F13 fma_f16 keeps", ON, {0x3c00, 0x3c00, 0x3c00}, DEAD, "v_fma_f16 v8, v1, v2, v3", 0xdead4000, 0},
    {"F13 fma_f16 to the high half", ON, {0x3c000000, 0x3c00, 0x3c00}, DEAD, "v_fma_f16 v8, v1, v2, v3 op_sel:[1,0,0,1]", 0x4000beef, 0},
    {"F13 div_fixup_f16 keeps", ON, {0x3c00, 0, 0x3c00}, DEAD, "v_div_fixup_f16 v8, v1, v2, v3", 0xdead7c00, 0},
    {"F14 mac_f16 clears", ON, {0x3c00, 0x3c00}, 0xdead3c00, "v_mac_f16 v8, v1, v2", 0x4000, 0},
    {"F15 ldexp saturates", ON, {ONE, 0x7fffffff}, 0, "v_ldexp_f32 v8, v1, v2", 0x7f800000, 0},
    {"F15 ldexp to a denormal", ON, {0x3fc00000, -149}, 0, "v_ldexp_f32 v8, v1, v2", 2, 0},
    {"F15 ldexp_f16 low half", ON, {0x3c00, 0x1234ffff}, 0, "v_ldexp_f16 v8, v1, v2", 0x3800, 0},
    {"F15 frexp_exp of a denormal", ON, {1}, 0, "v_frexp_exp_i32_f32 v8, v1", -148, 0},
    {"F15 frexp_mant of a denormal", ON, {1}, 0, "v_frexp_mant_f32 v8, v1", 0x3f000000, 0},
    {"F15 frexp of infinity", ON, {0xff800000}, 0, "v_frexp_exp_i32_f32 v8, v1\nv_frexp_mant_f32 v9, v1", 0, 0xff800000},
    {"F17 0/0", ON, {ONE, 0, 0}, 0, "v_div_fixup_f32 v8, v1, v2, v3", 0xffc00000, 0},
    {"C1 NaN", ON, {NAN32}, DEAD, "v_cvt_i32_f32 v8, v1", 0, 0},
    {"C1 saturates", ON, {0x4f800000}, 0, "v_cvt_u32_f32 v8, v1", 0xffffffff, 0},
    {"C1 negative to unsigned", ON, {0xbf800000}, 0, "v_cvt_u32_f32 v8, v1", 0, 0},
    {"C2 floor", ON, {0xbf000000}, 0, "v_cvt_flr_i32_f32 v8, v1", 0xffffffff, 0},
    {"C2 half up", ON, {0x3effffff}, 0, "v_cvt_rpi_i32_f32 v8, v1", 0, 0},
    {"C3 pkrtz", UP, {0x477fff00, 0xc77fff00}, 0, "v_cvt_pkrtz_f16_f32 v8, v1, v2", 0xfbff7bff, 0},
    {"C3 cvt_f16 rounds by f16's field", UP, {0x3f800001}, 0, "v_cvt_f16_f32 v8, v1", 0x3c01, 0},
    {"C3 FP16_OVFL", OVFL, {0x477fff00}, 0, "v_cvt_f16_f32 v8, v1", 0x7bff, 0},
    {"C3 FP16_OVFL keeps infinity", OVFL, {0x7f800000}, 0, "v_cvt_f16_f32 v8, v1", 0x7c00, 0},
    {"C4 abs on a conversion", ON, {0xc0400000}, 0, "v_cvt_u32_f32_e64 v8, |v1|", 3, 0},
    {"C4 neg on a conversion", ON, {0xc0400000}, 0, "v_cvt_u32_f32_e64 v8, -v1", 3, 0},
    {"C4 clamp on a conversion", ON, {3}, 0, "v_cvt_f32_u32_e64 v8, v1 clamp", ONE, 0},
    {"C4 neg on a packed conversion", ON, {ONE, TWO}, 0, "v_cvt_pkrtz_f16_f32 v8, -v1, |v2|", 0x4000bc00, 0},
    {"C5 pk_u8", ON, {0x437f0000, 2, 0x11223344}, 0, "v_cvt_pk_u8_f32 v8, v1, v2, v3", 0x11ff3344, 0},
    {"C5 pkaccum", ON, {0x40a00000, 1}, 0xaabbccdd, "v_cvt_pkaccum_u8_f32 v8, v1, v2", 0xaabb05dd, 0},
    {"C6 nibble", ON, {0xf8}, 0, "v_cvt_off_f32_i4 v8, v1", 0xbf000000, 0},
    {"C10 byte", ON, {0x04030201}, 0, "v_cvt_f32_ubyte2 v8, v1", 0x40400000, 0},
    {"P1 float constant, high half", ON, {0x3c003c00}, 0, "v_pk_add_f16 v8, v1, 1.0", 0x3c004000, 0},
    {"P1 float constant for both", ON, {0x3c003c00}, 0, "v_pk_add_f16 v8, v1, 1.0 op_sel_hi:[1,0]", 0x40004000, 0},
    {"P2 clamp per half", ON, {0x40003800, 0x40003400}, 0, "v_pk_add_f16 v8, v1, v2 clamp", 0x3c003a00, 0},
    {"P3 pk_f32 selects", ON, {0, ONE, TWO, 0x40400000, 0x40800000}, 0, "v_pk_add_f32 v[8:9], v[2:3], v[4:5] op_sel:[1,0] op_sel_hi:[0,1]", 0x40a00000, 0x40a00000},
    {"P3 pk_f32 negates", ON, {0, ONE, TWO, 0x40400000, 0x40800000}, 0, "v_pk_mul_f32 v[8:9], v[2:3], v[4:5] neg_lo:[1,0] neg_hi:[0,1]", 0xc0400000, 0xc1000000},
    {"P5 dot2 flushes", ON, {0x00010001, 0x3c003c00, 1}, 0, "v_dot2_f32_f16 v8, v1, v2, v3", 0, 0},
    {"P5 dot2 negates halves", ON, {0x3c003c00, 0x40003c00, ONE}, 0, "v_dot2_f32_f16 v8, v1, v2, v3 neg_hi:[1,0,0]", 0, 0},
    {"P6 dot4 wraps", ON, {0x7f7f7f7f, 0x7f7f7f7f, 0x7fffffff}, 0, "v_dot4_i32_i8 v8, v1, v2, v3", 0x8000fc03, 0},
    {"P6 dot4 saturates", ON, {0x7f7f7f7f, 0x7f7f7f7f, 0x7fffffff}, 0, "v_dot4_i32_i8 v8, v1, v2, v3 clamp", 0x7fffffff, 0},
    {"P7 pk_fmac reads the old value", ON, {0x3c004000, 0x40003c00}, 0x3c003c00, "v_pk_fmac_f16 v8, v1, v2", 0x42004200, 0},
    {"P7 dot2c reads the old value", ON, {0x3c003c00, 0x40003c00}, ONE, "v_dot2c_f32_f16 v8, v1, v2", 0x40800000, 0},
    {"K3 lg is false on NaN", ON, {NAN32, ONE}, DEAD, "v_cmp_lg_f32 vcc, v1, v2\nv_mov_b32 v8, vcc_lo", 0, 0},
    {"K3 neq is true on NaN", ON, {NAN32, ONE}, DEAD, "v_cmp_neq_f32 vcc, v1, v2\nv_mov_b32 v8, vcc_lo", 0xffffffff, 0},
    {"K3 nlt", ON, {0, 0x7ff80000, 0, 0}, DEAD, "v_cmp_nlt_f64 vcc, v[2:3], v[4:5]\nv_mov_b32 v8, vcc_hi", 0xffffffff, 0},
    {"K3 zeros are equal", ON, {0, 0x8000}, DEAD, "v_cmp_eq_f16 vcc, v1, v2\nv_mov_b32 v8, vcc_lo", 0xffffffff, 0},
    {"K4 class of -NaN", ON, {SNAN32, 1}, DEAD, "v_cmp_class_f32 vcc, v1, v2\nv_mov_b32 v8, vcc_lo", 0xffffffff, 0},
    {"K4 neg in class", ON, {0x7f800000, 4}, DEAD, "v_cmp_class_f32_e64 s[10:11], -v1, v2\nv_mov_b32 v8, s10", 0xffffffff, 0},
    {"K4 raw bits under flush", FLUSH32, {1, 0x80}, DEAD, "v_cmp_class_f32 vcc, v1, v2\nv_mov_b32 v8, vcc_lo", 0xffffffff, 0},
    {"K4 only ten bits", ON, {0, 0xfc00}, DEAD, "v_cmp_class_f16 vcc, v1, v2\nv_mov_b32 v8, vcc_lo", 0, 0},
    {"K5 clamp on a compare", ON, {NAN32, ONE}, DEAD, "v_cmp_nge_f32_e64 s[10:11], v1, v2 clamp\nv_mov_b32 v8, s11", 0xffffffff, 0},
    /* clang-format on */
};
enum { ROWS = sizeof rows / sizeof rows[0] };

static char *append(char *at, const char *format, ...) __attribute__((format(printf, 2, 3)));

static char *append(char *at, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    at += vsprintf(at, format, arguments);
    va_end(arguments);
    return at;
}

static char *program(void)
{
    char *text = malloc(ROWS * 1024), *at = text;
    assert_non_null(text);
    for (unsigned i = 0; i < ROWS; i++) {
        at = append(at, "s_mov_b32 s20, 0x%x\ns_setreg_b32 hwreg(HW_REG_MODE, 0, 24), s20\n",
                    rows[i].mode);
        for (unsigned n = 0; n < 6; n++)
            at = append(at, "v_mov_b32 v%u, 0x%x\n", n + 1, rows[i].v[n]);
        at = append(at, "v_mov_b32 v8, 0x%x\nv_mov_b32 v9, 0\n%s\n", rows[i].old, rows[i].text);
        at = append(at, "v_mov_b32 v30, %u\nglobal_store_dwordx2 v30, v[8:9], s[8:9]\n", i * 8);
    }
    return text;
}

static void every_rule_holds_in_machine_code(void **state)
{
    char *text = program();
    struct asm_machine *machine = asm_create(text);
    free(text);
    asm_set_sgpr64(machine, 8, (uintptr_t)machine->data);
    enum cairn_wave_state end = asm_run(machine);
    if (end != CAIRN_WAVE_DONE)
        fail_msg("%s at 0x%" PRIx64, machine->wave->fault.insn_name,
                 machine->wave->fault.pc - machine->code.base);
    unsigned failures = 0;
    for (unsigned i = 0; i < ROWS; i++) {
        uint32_t got[2];
        memcpy(got, machine->data + i * 8, sizeof got);
        if (got[0] == rows[i].low && got[1] == rows[i].high)
            continue;
        failures++;
        print_error("%s (%s, mode 0x%x): got 0x%08x 0x%08x, want 0x%08x 0x%08x\n", rows[i].name,
                    rows[i].text, rows[i].mode, got[0], got[1], rows[i].low, rows[i].high);
    }
    asm_destroy(machine);
    assert_int_equal(failures, 0);
}

/* The whole division sequence as LLVM emits it, on 64 pairs at once. */
static void division_in_machine_code_is_ieee(void **state)
{
    struct asm_machine *machine = asm_create("v_div_scale_f32 v3, s[10:11], v2, v2, v1\n"
                                             "v_div_scale_f32 v4, vcc, v1, v2, v1\n"
                                             "v_rcp_f32 v5, v3\n"
                                             "v_fma_f32 v6, -v3, v5, 1.0\n"
                                             "v_fmac_f32 v5, v6, v5\n"
                                             "v_mul_f32 v6, v4, v5\n"
                                             "v_fma_f32 v7, -v3, v6, v4\n"
                                             "v_fmac_f32 v6, v7, v5\n"
                                             "v_fma_f32 v3, -v3, v6, v4\n"
                                             "v_div_fmas_f32 v3, v3, v5, v6\n"
                                             "v_div_fixup_f32 v8, v3, v2, v1\n");
    uint32_t n[64], d[64];
    for (unsigned i = 0; i < 64; i++) {
        n[i] = i % 8 == 0 ? i : 0x3f800000u + i * 0x03654321u;
        d[i] = i % 8 == 3 ? i + 1 : 0x7f000000u - i * 0x01f34567u;
        machine->wave->vgpr[1][i] = n[i];
        machine->wave->vgpr[2][i] = d[i];
    }
    assert_int_equal(asm_run(machine), CAIRN_WAVE_DONE);
    for (unsigned i = 0; i < 64; i++) {
        float x, y, q;
        uint32_t want;
        memcpy(&x, &n[i], 4);
        memcpy(&y, &d[i], 4);
        q = x / y;
        memcpy(&want, &q, 4);
        assert_int_equal(machine->wave->vgpr[8][i], want);
    }
    asm_destroy(machine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rule_holds_in_machine_code),
        cmocka_unit_test(division_in_machine_code_is_ieee),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
