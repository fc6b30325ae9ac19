/* SPDX-License-Identifier: MIT
 * Instructions decoded a second on one core, and decoded and formatted: over the forty instructions
 * that compilers emit most for gfx90a (static counts of rocRAND and rocSPARSE), one of each.
 */
#include "isa/isa.h"

#include <stdio.h>
#include <time.h>

static const uint32_t code[] = {
    // clang-format off
    0xbf8c0004, /* s_waitcnt */
    0xd1000002, 0x00220d04, /* v_cndmask_b32_e64 */
    0x7e040304, /* v_mov_b32_e32 */
    0x32040906, /* v_add_co_u32_e32 */
    0x38040906, /* v_addc_co_u32_e32 */
    0x08040906, /* v_fmac_f64_e32 */
    0x8784080c, /* s_or_b64 */
    0x26040906, /* v_and_b32_e32 */
    0xd87e0000, 0x00000002, /* ds_bpermute_b32 */
    0x68040906, /* v_add_u32_e32 */
    0xbe842008, /* s_and_saveexec_b64 */
    0xbf880004, /* s_cbranch_execz */
    0xd28f0002, 0x00020d04, /* v_lshlrev_b64 */
    0xd3b34020, 0x18021104, /* v_pk_mov_b32 */
    0x2a040906, /* v_xor_b32_e32 */
    0xd3b04020, 0x1c421104, /* v_pk_fma_f32 */
    0xdc548000, 0x087f0002, /* global_load_dwordx2 */
    0xc0040202, 0x00000014, /* s_load_dwordx2 */
    0xd0ca0002, 0x00020d04, /* v_cmp_eq_u32_e64 */
    0xdc508000, 0x087f0002, /* global_load_dword */
    0xbe840108, /* s_mov_b64 */
    0xd2810002, 0x00020d04, /* v_mul_f64 */
    0x24040906, /* v_lshlrev_b32_e32 */
    0x22040906, /* v_ashrrev_i32_e32 */
    0xbe840008, /* s_mov_b32 */
    0x8684080c, /* s_and_b64 */
    0x00040906, /* v_cndmask_b32_e32 */
    0xbf820004, /* s_branch */
    0xdc5c8000, 0x087f0002, /* global_load_dwordx4 */
    0x8984080c, /* s_andn2_b64 */
    0xdc748000, 0x007f0402, /* global_store_dwordx2 */
    0x28040906, /* v_or_b32_e32 */
    0xbf800004, /* s_nop */
    0xd0c90002, 0x00020d04, /* v_cmp_lt_u32_e64 */
    0xd1cc0002, 0x04220d04, /* v_fma_f64 */
    0x7d980902, /* v_cmp_gt_u32_e32 */
    0xbf870004, /* s_cbranch_vccnz */
    0xbf8a0000, /* s_barrier */
    0xd2850002, 0x00020d04, /* v_mul_lo_u32 */
    0xdc708000, 0x007f0402, /* global_store_dword */
    // clang-format on
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* One pass over the code; the sum of sizes keeps the work from being dropped. */
static unsigned pass(const struct cairn_gfx *gfx, bool format, unsigned *count)
{
    struct cairn_bytes rest = cairn_bytes_of(code, sizeof code);
    struct cairn_insn insn;
    unsigned sum = 0;
    char text[256];
    while (rest.left > 0 && cairn_isa_decode(gfx, rest, &insn) == CAIRN_OK) {
        if (format)
            sum += (unsigned)cairn_isa_format(gfx, &insn, 0, text, sizeof text);
        rest.at += insn.size_bytes;
        rest.left -= insn.size_bytes;
        sum += insn.op;
        ++*count;
    }
    return sum;
}

static void measure(const struct cairn_gfx *gfx, bool format, const char *what, unsigned rounds)
{
    unsigned count = 0, sum = 0;
    double start = now();
    for (unsigned i = 0; i < rounds; i++)
        sum += pass(gfx, format, &count);
    double seconds = now() - start;
    printf("%-18s %7.1f M instructions/s (%u, %x)\n", what, count / seconds * 1e-6, count, sum);
}

int main(void)
{
    const struct cairn_gfx *gfx = cairn_gfx_by_name("gfx90a", 6);
    measure(gfx, false, "decode", 500000);
    measure(gfx, true, "decode and format", 50000);
    return 0;
}
