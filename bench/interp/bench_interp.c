/* SPDX-License-Identifier: MIT
 * How many instructions a second the interpreter executes on one thread. Each row is a loop body of
 * gfx90a assembly over many VGPRs; the first is the dependent xor-mul-add loop of the project's
 * goal. Usage: bench_interp [milliseconds a row]
 */
#include "asm_harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct row {
    const char *name;
    const char *lanes;   /* active ones */
    const char *body[4]; /* formats; %1$u and %2$u are VGPR numbers */
};

static const struct row rows[] = {
    {"xor-mul-add",
     "64",
     {"v_xor_b32 v%1$u, v%1$u, v%2$u", "v_mul_lo_u32 v%1$u, v%1$u, v%2$u",
      "v_add_u32 v%1$u, v%1$u, v%2$u"}},
    {"xor-mul-add, 63 lanes",
     "63",
     {"v_xor_b32 v%1$u, v%1$u, v%2$u", "v_mul_lo_u32 v%1$u, v%1$u, v%2$u",
      "v_add_u32 v%1$u, v%1$u, v%2$u"}},
    {"with scalar and constant", "64", {"v_add_u32 v%1$u, s9, v%2$u", "v_xor_b32 v%1$u, 7, v%1$u"}},
    {"fma f32", "64", {"v_fma_f32 v%1$u, v%1$u, v%2$u, v%1$u"}},
    {"fma f32 with neg", "64", {"v_fma_f32 v%1$u, -v%1$u, v%2$u, v%1$u"}},
    {"fmac f32", "64", {"v_fmac_f32 v%1$u, v%1$u, v%2$u"}},
    {"mul and add f32", "64", {"v_mul_f32 v%1$u, v%1$u, v%2$u", "v_add_f32 v%1$u, v%1$u, v%2$u"}},
    {"fma f32, denormals flushed", "64", {"v_fma_f32 v%1$u, v%1$u, v%2$u, v%1$u"}},
    {"add f32, denormals flushed", "64", {"v_add_f32 v%1$u, v%1$u, v%2$u"}},
    {"pk_fma f32", "64", {"v_pk_fma_f32 v[64:65], v[66:67], v[68:69], v[64:65]"}},
    {"fma f64", "64", {"v_fma_f64 v[64:65], v[66:67], v[68:69], v[64:65]"}},
    {"fma f16", "64", {"v_pk_fma_f16 v%1$u, v%1$u, v%2$u, v%1$u"}},
    {"64-bit add with carry",
     "64",
     {"v_add_co_u32 v%1$u, vcc, v%1$u, v%2$u", "v_addc_co_u32 v%2$u, vcc, v%1$u, v%2$u, vcc"}},
    {"compare and select",
     "64",
     {"v_cmp_gt_u32 vcc, v%1$u, v%2$u", "v_cndmask_b32 v%1$u, v%1$u, v%2$u, vcc"}},
    {"mad_u64_u32", "64", {"v_mad_u64_u32 v[64:65], vcc, v%1$u, v%2$u, v[64:65]"}},
    {"dpp row_shr",
     "64",
     {"v_add_u32_dpp v%1$u, v%1$u, v%2$u row_shr:1 row_mask:0xf bank_mask:0xf"}},
    {"sdwa",
     "64",
     {"v_add_u32_sdwa v%1$u, v%1$u, v%2$u dst_sel:DWORD src0_sel:BYTE_1 src1_sel:WORD_0"}},
    {"pk_mov", "64", {"v_pk_mov_b32 v[64:65], v[66:67], v[68:69] op_sel:[0,1]"}},
    {"scalar add", "64", {"s_add_u32 s10, s10, s9"}},
    {"exp f32", "64", {"v_exp_f32 v%1$u, v%1$u"}},
    {"rcp f32", "64", {"v_rcp_f32 v%1$u, v%1$u"}},
    {"readlane", "64", {"v_readlane_b32 s11, v%1$u, 5"}},
    {"ds_bpermute", "64", {"ds_bpermute_b32 v%1$u, v0, v%2$u"}},
    {"global_load_dword", "64", {"global_load_dword v%1$u, v0, s[12:13]"}},
    {"global_store_dword", "64", {"global_store_dword v0, v%1$u, s[12:13]"}},
    {"ds_read_b32", "64", {"ds_read_b32 v%1$u, v0"}},
    {"mfma 32x32x8 f16", "64", {"v_mfma_f32_32x32x8f16 a[0:15], v[64:65], v[66:67], a[0:15]"}},
    {"branch", "64", {"s_branch 0", NULL}},
};

static double now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
    return (double)at.tv_sec + (double)at.tv_nsec * 1e-9;
}

/* A loop whose body has about 96 instructions. */
static struct asm_machine *program(const struct row *row)
{
    size_t size = 1 << 16;
    char *text = malloc(size), *at = text;
    at += sprintf(
        at, "s_mov_b64 exec, -1\ns_lshr_b64 exec, exec, 64-%s\nv_lshlrev_b32 v0, 2, v0\nloop:\n",
        row->lanes);
    for (unsigned i = 0; i < 32; i++)
        for (unsigned k = 0; k < 4 && row->body[k] != NULL; k++) {
            if (strstr(row->name, "flushed") != NULL)
                at += sprintf(at, "s_setreg_imm32_b32 hwreg(HW_REG_MODE, 4, 2), 0\n");
            at += sprintf(at, row->body[k], 1 + i, 1 + (i + 7) % 32);
            at += sprintf(at, "\n");
        }
    sprintf(at, "s_branch loop\n");
    struct asm_machine *m = asm_create(text);
    free(text);
    asm_set_sgpr64(m, 12, (uintptr_t)m->data);
    for (unsigned n = 1; n < 128; n++)
        for (unsigned lane = 0; lane < 64; lane++)
            m->wave->vgpr[n][lane] = 0x3f800000 + n * 64 + lane;
    return m;
}

int main(int argc, char **argv)
{
    double seconds = (argc > 1 ? atof(argv[1]) : 200) / 1000;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (argc > 2 && strstr(rows[i].name, argv[2]) == NULL)
            continue;
        struct asm_machine *m = program(&rows[i]);
        enum cairn_wave_state state = cairn_interp_run(m->wave, 10000);
        uint64_t before = m->wave->instructions;
        double start = now(), spent;
        do {
            state = cairn_interp_run(m->wave, 100000);
            spent = now() - start;
        } while (state == CAIRN_WAVE_READY && spent < seconds);
        if (state == CAIRN_WAVE_READY)
            printf("%-26s %8.1f M instructions/s\n", rows[i].name,
                   (double)(m->wave->instructions - before) / spent * 1e-6);
        else
            printf("%-26s %s at %s\n", rows[i].name, cairn_fault_text(m->wave->fault.kind),
                   m->wave->fault.insn_name);
        asm_destroy(m);
    }
    return 0;
}
