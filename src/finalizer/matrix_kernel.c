/* SPDX-License-Identifier: MIT
 * The matrix functions: vectors run along a row of B and D; an element of A is spread over all of
 * a vector. A few rows of D at a time are kept in vector registers over all of k. One function a
 * shape, all constants folded in.
 */
#include "finalizer/matrix_priv.h"
#include "finalizer/matrix_vector.h"

typedef cairn_matrix_row row;

enum { PARTS = CAIRN_WAVE_LANES / W, MOST_UNPACKED = 256 };

/* ---- shapes of 16 and 32 rows */

/* [block][k][m], as the sum wants them. */
MATRIX_INLINE void unpack(struct cairn_sem_mfma_shape s, const row *rows, uint32_t *out)
{
    unsigned groups = s.k / s.kl, per_dword = s.kl / cairn_sem_mfma_in_dwords(s);
    unsigned steps = per_step(s.kind);
    for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane += W) {
        unsigned part = lane / s.m, first = part / groups * s.k + part % groups * s.kl;
        MATRIX_UNROLL
        for (unsigned e = 0; e < s.kl; e += steps)
            store(out + (first + e) / steps * s.m + lane % s.m,
                  element(s.kind, load(rows[e / per_dword] + lane), e));
    }
}

/* Rows of D that are computed together: few enough that B stays in vector registers, too. */
MATRIX_INLINE unsigned rows_together(struct cairn_sem_mfma_shape s)
{
    return s.m == 16 ? 4 : W == 8 && s.k <= 2 ? 1 : 2;
}

/* NaNs and denormals of a result that has some. */
__attribute__((noinline)) static void finish(row *d, unsigned rows, bool flushes)
{
    enum cairn_sem_mfma_kind kind = flushes ? CAIRN_SEM_MFMA_BF16 : CAIRN_SEM_MFMA_F32;
    for (unsigned i = 0; i < rows; i++)
        for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane += W)
            store(d[i] + lane, d_out(kind, load(d[i] + lane)));
}

/* Denormals of D are C, which should have been flushed: the sum of zeros with the zero that is
 * left of it. */
__attribute__((noinline)) static void redo(struct cairn_sem_mfma_shape s, row *d, const uint32_t *a,
                                           const uint32_t *b)
{
    for (unsigned r = 0; r < cairn_sem_mfma_out_dwords(s); r++)
        for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++) {
            unsigned first = cairn_sem_mfma_d_block(s.m, r) * s.k * s.m;
            unsigned i = cairn_sem_mfma_d_row(s.m, r, lane / s.m), j = lane % s.m;
            if ((d[r][lane] & 0x7fffffffu) - 1 >= 0x007fffffu)
                continue;
            d[r][lane] &= 0x80000000u;
            for (unsigned k = first; k < first + s.k * s.m; k += s.m)
                d[r][lane] = cairn_sem_mfma_step(s.kind, a[k + i], b[k + j], d[r][lane]);
        }
}

/* Registers of a block. */
MATRIX_INLINE unsigned registers_of(struct cairn_sem_mfma_shape s)
{
    return s.m * s.m / CAIRN_WAVE_LANES;
}

struct tile {
    unsigned r, group; /* registers r.. of the lanes of group */
    unsigned row;      /* of D in its block */
};

/* What is multiplied: one A and B, or two, one after the other. */
struct factors {
    unsigned turns;
    const uint32_t *a[2], *b[2]; /* unpacked */
};

/* `b`: the vectors of the block, of all turns. */
MATRIX_INLINE void multiply_tile(struct cairn_sem_mfma_shape s, struct tile tile, row *d,
                                 const row *c, uint64_t c_step, const struct factors *factors,
                                 const vu *b, specials *found)
{
    unsigned high = rows_together(s), wide = s.m / W, at = tile.group * s.m;
    vu sum[4 * 32 / W];
    MATRIX_UNROLL
    for (unsigned i = 0; i < high * wide; i++)
        sum[i] = c_in(s, load(c[(tile.r + i / wide) * c_step] + at + i % wide * W));
    unsigned ks = s.k / per_step(s.kind), first = tile.r / registers_of(s) * ks * s.m + tile.row;
    MATRIX_UNROLL
    for (unsigned k = 0; k < factors->turns * ks; k++) {
        const uint32_t *left = factors->a[k / ks] + first + k % ks * s.m;
        MATRIX_UNROLL
        for (unsigned i = 0; i < high * wide; i++)
            sum[i] = step(s.kind, (vu)(left[i / wide]), b[k * wide + i % wide], sum[i]);
    }
    MATRIX_UNROLL
    for (unsigned i = 0; i < high * wide; i++) {
        if (i % 2 == 0)
            gather(found, s.kind, sum[i], sum[i + 1]);
        store(d[tile.r + i / wide] + at + i % wide * W, sum[i]);
    }
}

MATRIX_INLINE void multiply_block(struct cairn_sem_mfma_shape s, unsigned block, row *d,
                                  const row *c, uint64_t c_step, const struct factors *factors,
                                  specials *found)
{
    unsigned words = s.k / per_step(s.kind) * s.m;
    vu right[2 * MOST_UNPACKED / W];
    MATRIX_UNROLL
    for (unsigned i = 0; i < factors->turns * words; i += W)
        right[i / W] = load(factors->b[i / words] + block * words + i % words);
    for (unsigned r = 0; r < registers_of(s); r += rows_together(s))
        for (unsigned group = 0; group < CAIRN_WAVE_LANES / s.m; group++) {
            struct tile tile = {.r = block * registers_of(s) + r, .group = group};
            tile.row = cairn_sem_mfma_d_row(s.m, r, group);
            multiply_tile(s, tile, d, c, c_step, factors, right, found);
        }
}

MATRIX_INLINE void run_tiles(struct cairn_sem_mfma_shape s, row *d, const row *a, const row *b,
                             const row *c, uint64_t c_step)
{
    _Alignas(64) uint32_t left[MOST_UNPACKED], right[MOST_UNPACKED];
    struct factors factors = {1, {a[0]}, {b[0]}};
    if (s.kind != CAIRN_SEM_MFMA_F32) { /* f32 rows are in order already */
        unpack(s, a, left);
        unpack(s, b, right);
        factors = (struct factors){1, {left}, {right}};
    }
    specials found = NO_SPECIALS;
    for (unsigned block = 0; block < s.blocks; block++)
        multiply_block(s, block, d, c, c_step, &factors, &found);
    if (__builtin_expect(!is_any(found), 1))
        return;
    if (redoes(s))
        redo(s, d, factors.a[0], factors.b[0]);
    finish(d, cairn_sem_mfma_out_dwords(s), s.kind == CAIRN_SEM_MFMA_BF16);
}

/* D += A B + A' B', of f32. */
MATRIX_INLINE void run_twice(struct cairn_sem_mfma_shape s, row *d, const row *first, const row *a,
                             const row *b)
{
    struct factors factors = {2, {first[0], a[0]}, {first[1], b[0]}};
    specials found = NO_SPECIALS;
    for (unsigned block = 0; block < s.blocks; block++)
        multiply_block(s, block, d, (const row *)d, 1, &factors, &found);
    if (__builtin_expect(is_any(found), 0))
        finish(d, cairn_sem_mfma_out_dwords(s), false);
}

/* ---- sixteen blocks of 4 x 4: block and column are the lane's own, row r is the register */

/* Element `r` of each four, in all four. */
MATRIX_INLINE vu spread(vu x, unsigned r)
{
    vu out;
    MATRIX_UNROLL
    for (unsigned i = 0; i < W; i++)
        out[i] = x[i / 4 * 4 + r];
    return out;
}

MATRIX_INLINE void run_4x4(struct cairn_sem_mfma_shape s, row *d, const row *a, const row *b,
                           const row *c, uint64_t c_step)
{
    unsigned per_dword = s.kl / cairn_sem_mfma_in_dwords(s), steps = per_step(s.kind);
    specials found = NO_SPECIALS;
    for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane += W) {
        vu left[4], right[4];
        MATRIX_UNROLL
        for (unsigned e = 0; e < s.k; e += steps) {
            left[e / steps] = element(s.kind, load(a[e / per_dword] + lane), e);
            right[e / steps] = element(s.kind, load(b[e / per_dword] + lane), e);
        }
        MATRIX_UNROLL
        for (unsigned r = 0; r < 4; r++) {
            vu sum = c_in(s, load(c[r * c_step] + lane));
            MATRIX_UNROLL
            for (unsigned k = 0; k < s.k / steps; k++)
                sum = step(s.kind, spread(left[k], r), right[k], sum);
            gather(&found, s.kind, sum, sum);
            store(d[r] + lane, sum);
        }
    }
    if (__builtin_expect(is_any(found), 0))
        finish(d, 4, s.kind == CAIRN_SEM_MFMA_BF16);
}

/* ---- f64: a value is a pair of rows */

enum { H = W / 2 };
typedef double hd __attribute__((ext_vector_type(H)));
typedef uint64_t hq __attribute__((ext_vector_type(H)));
typedef uint32_t hu __attribute__((ext_vector_type(H)));

MATRIX_INLINE hd load_pair(const row *rows, unsigned lane)
{
    hu low, high;
    __builtin_memcpy(&low, rows[0] + lane, sizeof low);
    __builtin_memcpy(&high, rows[1] + lane, sizeof high);
    hq both = __builtin_convertvector(low, hq) | __builtin_convertvector(high, hq) << 32;
    return __builtin_bit_cast(hd, both);
}

MATRIX_INLINE void store_pair(row *rows, unsigned lane, hd value)
{
    hq bits = __builtin_bit_cast(hq, value), is_number = (hq)(value == value);
    bits = (bits & is_number) | (~is_number & UINT64_C(0x7ff8000000000000));
    hu low = __builtin_convertvector(bits, hu), high = __builtin_convertvector(bits >> 32, hu);
    __builtin_memcpy(rows[0] + lane, &low, sizeof low);
    __builtin_memcpy(rows[1] + lane, &high, sizeof high);
}

MATRIX_INLINE hd fused_f64(hd a, hd b, hd c)
{
#if defined(__FMA__)
    return __builtin_elementwise_fma(a, b, c);
#else
    hd out;
    for (unsigned i = 0; i < H; i++)
        out[i] = __builtin_fma(a[i], b[i], c[i]);
    return out;
#endif
}

/* Of 16 x 16: row 4 p + part of k, in all elements. Of four 4 x 4 blocks: row `part` of the block
 * that each column j is of. */
MATRIX_INLINE hd left_f64(struct cairn_sem_mfma_shape s, const double *a, unsigned p, unsigned part,
                          unsigned j)
{
    hd out;
    if (s.m == 16)
        return (hd)(a[4 * p + part]);
    for (unsigned i = 0; i < H; i++)
        out[i] = a[(j + i) / 4 * 4 + part];
    return out;
}

/* A and B of lane l: row (column) l % 16 of k = l / 16. Register pair p, lane l: row 4 p + l / 16,
 * column l % 16. */
MATRIX_INLINE void run_f64(struct cairn_sem_mfma_shape s, row *d, const row *a, const row *b,
                           const row *c, uint64_t c_step)
{
    _Alignas(64) double left[CAIRN_WAVE_LANES];
    hd right[CAIRN_WAVE_LANES / H];
    for (unsigned i = 0; i < CAIRN_WAVE_LANES / H; i++) {
        hd x = load_pair(a, i * H);
        __builtin_memcpy(left + i * H, &x, sizeof x);
        right[i] = load_pair(b, i * H);
    }
    for (unsigned p = 0; p < cairn_sem_mfma_out_dwords(s) / 2; p++)
        for (unsigned part = 0; part < 4; part++) {
            hd sum[16 / H];
            MATRIX_UNROLL
            for (unsigned n = 0; n < 16 / H; n++)
                sum[n] = load_pair(c + 2 * p * c_step, 16 * part + n * H);
            MATRIX_UNROLL
            for (unsigned k = 0; k < s.k; k++)
                MATRIX_UNROLL
            for (unsigned n = 0; n < 16 / H; n++)
                sum[n] = fused_f64(left_f64(s, left + 16 * k, p, part, n * H),
                                   right[k * 16 / H + n], sum[n]);
            MATRIX_UNROLL
            for (unsigned n = 0; n < 16 / H; n++)
                store_pair(d + 2 * p, 16 * part + n * H, sum[n]);
        }
}

/* ---- the functions */

#define MFMA(op, M, K, KL, BLOCKS, KIND)                                                           \
    static void run_##op(row *d, const row *a, const row *b, const row *c, uint64_t c_step)        \
    {                                                                                              \
        const struct cairn_sem_mfma_shape s = {M, K, KL, BLOCKS, CAIRN_SEM_MFMA_##KIND};           \
        if (CAIRN_SEM_MFMA_##KIND == CAIRN_SEM_MFMA_F64)                                           \
            run_f64(s, d, a, b, c, c_step);                                                        \
        else if (M == 4)                                                                           \
            run_4x4(s, d, a, b, c, c_step);                                                        \
        else                                                                                       \
            run_tiles(s, d, a, b, c, c_step);                                                      \
    }
#include "machine/sem_mfma.def"
#undef MFMA

#define TWICE(op, M, K, BLOCKS)                                                                    \
    static void twice_##op(row *d, const row *first, const row *a, const row *b)                   \
    {                                                                                              \
        const struct cairn_sem_mfma_shape s = {M, K, 1, BLOCKS, CAIRN_SEM_MFMA_F32};               \
        run_twice(s, d, first, a, b);                                                              \
    }
TWICE(v_mfma_f32_32x32x1f32, 32, 1, 2)
TWICE(v_mfma_f32_16x16x1f32, 16, 1, 4)
TWICE(v_mfma_f32_32x32x2f32, 32, 2, 1)
TWICE(v_mfma_f32_16x16x4f32, 16, 4, 1)

const struct cairn_matrix_table CAIRN_MATRIX_TARGET(cairn_matrix_table) = {
    .run =
        {
#define MFMA(op, M, K, KL, BLOCKS, KIND) [CAIRN_MATRIX_##op] = run_##op,
#include "machine/sem_mfma.def"
#undef MFMA
        },
    .twice =
        {
            [CAIRN_MATRIX_TWICE_32x32x1] = twice_v_mfma_f32_32x32x1f32,
            [CAIRN_MATRIX_TWICE_16x16x1] = twice_v_mfma_f32_16x16x1f32,
            [CAIRN_MATRIX_TWICE_32x32x2] = twice_v_mfma_f32_32x32x2f32,
            [CAIRN_MATRIX_TWICE_16x16x4] = twice_v_mfma_f32_16x16x4f32,
        },
};
