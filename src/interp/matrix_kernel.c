/* SPDX-License-Identifier: MIT
 * The handlers of matrix instructions: operands are unpacked into small row-major matrices, so that
 * the inner loops run along a row of B with one element of A, which is what vector units do best.
 * One function a shape, all constants folded in.
 */
#include "interp/matrix_kernel.h"

#include "interp/operand.h"
#include "machine/sem_mfma.h"

#include <string.h>

#define INLINE static inline __attribute__((always_inline))

typedef uint32_t lanes[CAIRN_WAVE_LANES];

/* A or B of one instruction, element e of lane l taken from row[l][e]. */
struct source {
    const lanes *row;
    lanes moved[2]; /* when CBSZ, ABID or BLGP move lanes about */
};

static void move_lanes(struct source *source, unsigned dwords, const uint8_t from[CAIRN_WAVE_LANES])
{
    for (unsigned d = 0; d < dwords; d++)
        for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
            source->moved[d][lane] = source->row[d][from[lane]];
    source->row = (const lanes *)source->moved;
}

static void take_a(const struct cairn_wave *wave, const struct cairn_insn *insn, unsigned dwords,
                   struct source *out)
{
    uint8_t from[CAIRN_WAVE_LANES];
    out->row = (const lanes *)cairn_operand_rows(wave, &insn->slot[CAIRN_SLOT_SRC0]);
    if (insn->cbsz == 0)
        return;
    for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
        from[lane] = (uint8_t)cairn_sem_mfma_a_source(insn->cbsz, insn->abid, lane);
    move_lanes(out, dwords, from);
}

static void take_b(const struct cairn_wave *wave, const struct cairn_insn *insn, unsigned dwords,
                   struct source *out)
{
    uint8_t from[CAIRN_WAVE_LANES];
    out->row = (const lanes *)cairn_operand_rows(wave, &insn->slot[CAIRN_SLOT_SRC1]);
    if (insn->blgp == 0)
        return;
    for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
        from[lane] = (uint8_t)cairn_sem_mfma_b_source(insn->blgp, lane);
    move_lanes(out, dwords, from);
}

/* C: rows of registers, or a constant. A C that overlaps D but is not D is copied first. */
struct addend {
    const lanes *row; /* NULL: `constant` everywhere */
    uint64_t constant;
    lanes copy[32];
};

static void take_c(const struct cairn_wave *wave, const struct cairn_insn *insn,
                   enum cairn_type type, unsigned dwords, const lanes *dst, struct addend *out)
{
    const struct cairn_operand *c = &insn->slot[CAIRN_SLOT_SRC2];
    if (!cairn_code_is_vector(c->code)) {
        out->row = NULL;
        out->constant = cairn_inline_constant(c->code, type);
        return;
    }
    out->row = (const lanes *)cairn_operand_rows(wave, c);
    if (out->row != dst && out->row < dst + dwords && dst < out->row + dwords) {
        memcpy(out->copy, out->row, dwords * sizeof(lanes));
        out->row = (const lanes *)out->copy;
    }
}

/* [block][k][m], as 32-bit elements. */
INLINE void unpack(struct cairn_sem_mfma_shape s, const lanes *row, uint32_t *out)
{
    unsigned groups = s.k / s.kl, per_dword = s.kl / cairn_sem_mfma_in_dwords(s);
    for (unsigned part = 0; part < CAIRN_WAVE_LANES / s.m; part++)
        for (unsigned e = 0; e < s.kl; e++) {
            unsigned k = part / groups * s.k + part % groups * s.kl + e;
            for (unsigned i = 0; i < s.m; i++)
                out[k * s.m + i] =
                    cairn_sem_mfma_element(s.kind, row[e / per_dword][part * s.m + i], e);
        }
}

/* D = C + A B for shapes of 16 and 32 rows. */
INLINE void multiply(struct cairn_sem_mfma_shape s, lanes *d, const struct addend *c,
                     const uint32_t *a, const uint32_t *b)
{
    for (unsigned r = 0; r < cairn_sem_mfma_out_dwords(s); r++)
        for (unsigned group = 0; group < CAIRN_WAVE_LANES / s.m; group++) {
            unsigned at = group * s.m, first = cairn_sem_mfma_d_block(s.m, r) * s.k;
            unsigned i = cairn_sem_mfma_d_row(s.m, r, group);
            uint32_t sum[32];
            for (unsigned j = 0; j < s.m; j++)
                sum[j] =
                    cairn_sem_mfma_c(s.kind, c->row ? c->row[r][at + j] : (uint32_t)c->constant);
            for (unsigned k = first; k < first + s.k; k++)
                for (unsigned j = 0; j < s.m; j++)
                    sum[j] = cairn_sem_mfma_step(s.kind, a[k * s.m + i], b[k * s.m + j], sum[j]);
            for (unsigned j = 0; j < s.m; j++)
                d[r][at + j] = cairn_sem_mfma_d(s.kind, sum[j]);
        }
}

/* Sixteen 4 x 4 blocks: block and column are the lane's own, row r is the register. B is spread so
 * that one loop runs over all lanes: b is [block][k][j], spread [k][lane]. */
INLINE void multiply_4x4(struct cairn_sem_mfma_shape s, lanes *d, const struct addend *c,
                         const uint32_t *a, const uint32_t *b)
{
    lanes spread_a, spread_b, sum;
    for (unsigned r = 0; r < 4; r++) {
        for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
            sum[lane] = cairn_sem_mfma_c(s.kind, c->row ? c->row[r][lane] : (uint32_t)c->constant);
        for (unsigned k = 0; k < s.k; k++) {
            for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++) {
                spread_a[lane] = a[(lane / 4 * s.k + k) * 4 + r];
                spread_b[lane] = b[(lane / 4 * s.k + k) * 4 + lane % 4];
            }
            for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
                sum[lane] = cairn_sem_mfma_step(s.kind, spread_a[lane], spread_b[lane], sum[lane]);
        }
        for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
            d[r][lane] = cairn_sem_mfma_d(s.kind, sum[lane]);
    }
}

INLINE void run(struct cairn_sem_mfma_shape s, struct cairn_wave *wave,
                const struct cairn_insn *insn)
{
    uint32_t a[256], b[256];
    struct source source;
    struct addend c;
    lanes *d = cairn_operand_rows(wave, &insn->slot[CAIRN_SLOT_DST]);
    take_a(wave, insn, cairn_sem_mfma_in_dwords(s), &source);
    unpack(s, source.row, a);
    take_b(wave, insn, cairn_sem_mfma_in_dwords(s), &source);
    unpack(s, source.row, b);
    take_c(wave, insn, s.kind == CAIRN_SEM_MFMA_I8 ? CAIRN_TYPE_I32 : CAIRN_TYPE_F32,
           cairn_sem_mfma_out_dwords(s), (const lanes *)d, &c);
    if (s.m == 4)
        multiply_4x4(s, d, &c, a, b);
    else
        multiply(s, d, &c, a, b);
}

INLINE uint64_t pair(const lanes *row, unsigned lane)
{
    return row[0][lane] | (uint64_t)row[1][lane] << 32;
}

/* One k of register pair p: lane l holds row 4 p + l / 16, column l % 16; or, of four 4 x 4 blocks,
 * row l / 16 of block l / 4 % 4, column l % 4. */
INLINE void multiply_row_f64(struct cairn_sem_mfma_shape s, unsigned p, const uint64_t *a,
                             const uint64_t *b, uint64_t sum[CAIRN_WAVE_LANES])
{
    for (unsigned part = 0; part < 4; part++) {
        unsigned at = 16 * part;
        for (unsigned j = 0; j < 16; j++) {
            uint64_t x = s.m == 16 ? a[4 * p + part] : a[j / 4 * 4 + part];
            sum[at + j] = cairn_fp_host_fma_f64(x, b[j], sum[at + j]);
        }
    }
}

/* f64: CBSZ and ABID do nothing, BLGP's bits negate A, B and C. A and B of lane l: row (column)
 * l % 16 of k = l / 16, the 4 x 4 blocks side by side. */
INLINE void run_f64(struct cairn_sem_mfma_shape s, struct cairn_wave *wave,
                    const struct cairn_insn *insn)
{
    uint64_t a[CAIRN_WAVE_LANES], b[CAIRN_WAVE_LANES], negate[3];
    const lanes *row_a = (const lanes *)cairn_operand_rows(wave, &insn->slot[CAIRN_SLOT_SRC0]);
    const lanes *row_b = (const lanes *)cairn_operand_rows(wave, &insn->slot[CAIRN_SLOT_SRC1]);
    lanes *d = cairn_operand_rows(wave, &insn->slot[CAIRN_SLOT_DST]);
    struct addend c;
    for (unsigned i = 0; i < 3; i++)
        negate[i] = (uint64_t)(insn->blgp >> i & 1) << 63;
    take_c(wave, insn, CAIRN_TYPE_F64, cairn_sem_mfma_out_dwords(s), (const lanes *)d, &c);
    for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++) {
        a[lane] = pair(row_a, lane) ^ negate[0];
        b[lane] = pair(row_b, lane) ^ negate[1];
    }
    for (unsigned p = 0; p < cairn_sem_mfma_out_dwords(s) / 2; p++) {
        uint64_t sum[CAIRN_WAVE_LANES];
        for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
            sum[lane] = (c.row ? pair(c.row + 2 * p, lane) : c.constant) ^ negate[2];
        for (unsigned k = 0; k < s.k; k++)
            multiply_row_f64(s, p, a + 16 * k, b + 16 * k, sum);
        for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++) {
            uint64_t r = cairn_sem_mfma_d_f64(sum[lane]);
            d[2 * p][lane] = (uint32_t)r;
            d[2 * p + 1][lane] = (uint32_t)(r >> 32);
        }
    }
}

#define MFMA(op, M, K, KL, BLOCKS, KIND)                                                           \
    static void run_##op(struct cairn_wave *wave, const struct cairn_insn *insn)                   \
    {                                                                                              \
        const struct cairn_sem_mfma_shape s = {M, K, KL, BLOCKS, CAIRN_SEM_MFMA_##KIND};           \
        if (s.kind == CAIRN_SEM_MFMA_F64)                                                          \
            run_f64(s, wave, insn);                                                                \
        else                                                                                       \
            run(s, wave, insn);                                                                    \
    }
#include "machine/sem_mfma.def"
#undef MFMA

cairn_matrix_handler *CAIRN_TARGET(cairn_matrix_handler_of)(unsigned op)
{
    switch (op) {
#define MFMA(op, M, K, KL, BLOCKS, KIND)                                                           \
    case CAIRN_OP_##op:                                                                            \
        return run_##op;
#include "machine/sem_mfma.def"
#undef MFMA
    default:
        return NULL;
    }
}
