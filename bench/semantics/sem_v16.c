/* SPDX-License-Identifier: MIT
 * The semantics of src/machine as functions on 16-lane vectors, for the measurement in run.py.
 * Loops over the lanes are vectorised here, when Cairn is built; what is left is bitcode on <16 x
 * i32> that a finalizer only has to inline.
 */
#include "fp/arith.h"
#include "machine/sem_mfma.h"

typedef uint32_t v16 __attribute__((vector_size(64)));
typedef uint32_t lanes[64];

#define MODE CAIRN_FP_MODE_DEFAULT
#define EACH                                                                                       \
    _Pragma("clang loop vectorize(assume_safety) unroll(disable)") for (int i = 0; i < 16; i++)

v16 sem_add(v16 a, v16 b)
{
    uint32_t x[16], y[16], r[16];
    memcpy(x, &a, 64);
    memcpy(y, &b, 64);
    EACH r[i] = cairn_fp_add_f32(MODE, x[i], y[i]);
    v16 out;
    memcpy(&out, r, 64);
    return out;
}

v16 sem_fma(v16 a, v16 b, v16 c)
{
    uint32_t x[16], y[16], z[16], r[16];
    memcpy(x, &a, 64);
    memcpy(y, &b, 64);
    memcpy(z, &c, 64);
    EACH r[i] = cairn_fp_fma_f32(MODE, x[i], y[i], z[i]);
    v16 out;
    memcpy(&out, r, 64);
    return out;
}

/* One lane of ds_read_b32: out of range gives 0. */
static inline uint32_t ds_read(const uint8_t *lds, uint32_t bytes, uint32_t address)
{
    uint32_t value = 0;
    if (address < bytes - 3)
        memcpy(&value, lds + address, 4);
    return value;
}

v16 sem_ds_read(const uint8_t *lds, uint32_t bytes, v16 address)
{
    uint32_t x[16], r[16];
    memcpy(x, &address, 64);
    EACH r[i] = ds_read(lds, bytes, x[i]);
    v16 out;
    memcpy(&out, r, 64);
    return out;
}

/* v_mfma_f32_32x32x8f16 on rows of the register file, as src/interp/matrix_kernel.c has it. */
void sem_mfma(lanes *d, const lanes *c, const lanes *a, const lanes *b)
{
    const enum cairn_sem_mfma_kind kind = CAIRN_SEM_MFMA_F16;
    uint32_t x[256], y[256];
    for (unsigned part = 0; part < 2; part++)
        for (unsigned e = 0; e < 4; e++)
            for (unsigned i = 0; i < 32; i++) {
                unsigned k = part * 4 + e, lane = part * 32 + i;
                x[k * 32 + i] = cairn_sem_mfma_element(kind, a[e / 2][lane], e);
                y[k * 32 + i] = cairn_sem_mfma_element(kind, b[e / 2][lane], e);
            }
    for (unsigned r = 0; r < 16; r++)
        for (unsigned group = 0; group < 2; group++) {
            unsigned at = group * 32, row = cairn_sem_mfma_d_row(32, r, group);
            uint32_t sum[32];
            for (unsigned j = 0; j < 32; j++)
                sum[j] = cairn_sem_mfma_c(kind, c[r][at + j]);
            for (unsigned k = 0; k < 8; k++)
                for (unsigned j = 0; j < 32; j++)
                    sum[j] = cairn_sem_mfma_step(kind, x[k * 32 + row], y[k * 32 + j], sum[j]);
            for (unsigned j = 0; j < 32; j++)
                d[r][at + j] = cairn_sem_mfma_d(kind, sum[j]);
        }
}
