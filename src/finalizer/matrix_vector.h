/* SPDX-License-Identifier: MIT
 * Elements, sums and results of matrix instructions on whole vectors: machine/sem_mfma.h, W
 * elements at a time. For matrix_kernel.c, which is compiled for each host CPU level.
 */
#ifndef CAIRN_FINALIZER_MATRIX_VECTOR_H
#define CAIRN_FINALIZER_MATRIX_VECTOR_H

#include "machine/sem_mfma.h"

#if defined(__SSE2__)
#include <immintrin.h>
#endif

#if defined(__AVX512F__)
enum { W = 16 };
#elif defined(__AVX2__)
enum { W = 8 };
#else
enum { W = 4 };
#endif

#define MATRIX_INLINE static inline __attribute__((always_inline))
#if defined(__FMA__)
#define MATRIX_UNROLL _Pragma("clang loop unroll(full)")
#else /* a multiply-add is a call: nothing to win */
#define MATRIX_UNROLL _Pragma("clang loop unroll(disable)")
#endif

typedef uint32_t vu __attribute__((ext_vector_type(W), may_alias));
typedef uint16_t vu16 __attribute__((ext_vector_type(2 * W)));
typedef int16_t vi16 __attribute__((ext_vector_type(2 * W)));
typedef int32_t vi __attribute__((ext_vector_type(W)));
typedef float vf __attribute__((ext_vector_type(W)));
typedef double vd __attribute__((ext_vector_type(W)));
typedef uint64_t vq __attribute__((ext_vector_type(W)));

MATRIX_INLINE vu as_bits(vf x)
{
    return __builtin_bit_cast(vu, x);
}

MATRIX_INLINE vf as_floats(vu x)
{
    return __builtin_bit_cast(vf, x);
}

MATRIX_INLINE vu load(const uint32_t *at)
{
    return *(const vu *)at;
}

MATRIX_INLINE void store(uint32_t *at, vu value)
{
    *(vu *)at = value;
}

/* `mask` is all ones or 0 in each element. */
MATRIX_INLINE vu choose(vu mask, vu yes, vu no)
{
    return (mask & yes) | (~mask & no);
}

MATRIX_INLINE vu flush(vu x)
{
    vu is_small = (vu)((x & 0x7f800000u) == 0);
    return x & (~is_small | 0x80000000u);
}

/* Half `e` of dwords; denormals become 0, NaNs some NaN. */
MATRIX_INLINE vu widen_f16(vu dword, unsigned e)
{
    vu spread = (vu)((vi)(e % 2 == 0 ? dword << 16 : dword) >> 3) & 0x8fffe000u;
    vu exponent = spread & 0x0f800000u, wide = spread + 0x38000000u;
    wide |= (vu)(exponent == 0x0f800000u) & 0x7f800000u;
    return wide & ((vu)(exponent != 0) | 0x80000000u);
}

/* Two bytes as two signed 16-bit numbers. */
MATRIX_INLINE vu widen_i8(vu dword, unsigned e)
{
    vu low = dword >> (8 * e) & 0xffu, high = dword >> (8 * e + 8) & 0xffu;
    vu16 top = __builtin_bit_cast(vu16, low << 8 | high << 24);
    return __builtin_bit_cast(vu, (vi16)top >> 8);
}

/* Elements of A or B in one step of the sum: two of i8, which are multiplied and added at once. */
MATRIX_INLINE unsigned per_step(enum cairn_sem_mfma_kind kind)
{
    return kind == CAIRN_SEM_MFMA_I8 ? 2 : 1;
}

/* Element `e` (and for i8 the next one) of lanes' A or B registers. */
MATRIX_INLINE vu element(enum cairn_sem_mfma_kind kind, vu dword, unsigned e)
{
    switch (kind) {
    case CAIRN_SEM_MFMA_F16:
        return widen_f16(dword, e);
    case CAIRN_SEM_MFMA_BF16:
        return flush(e % 2 == 0 ? dword << 16 : dword & 0xffff0000u);
    case CAIRN_SEM_MFMA_I8:
        return widen_i8(dword, e % 4);
    default:
        return dword;
    }
}

/* Products of f16 are multiples of 2^-48, so a denormal C drops out of the sum with the first
 * product that is not 0. Where none is, it comes out again as D, which is rare: for the large
 * shapes C is not flushed, but such a D computed once more. */
MATRIX_INLINE bool redoes(struct cairn_sem_mfma_shape shape)
{
    return shape.kind == CAIRN_SEM_MFMA_F16 && shape.m != 4;
}

MATRIX_INLINE vu c_in(struct cairn_sem_mfma_shape shape, vu c)
{
    bool flushes = shape.kind == CAIRN_SEM_MFMA_BF16 || shape.kind == CAIRN_SEM_MFMA_F16;
    return flushes && !redoes(shape) ? flush(c) : c;
}

MATRIX_INLINE vu d_out(enum cairn_sem_mfma_kind kind, vu d)
{
    vu is_nan = (vu)(as_floats(d) != as_floats(d));
    return choose(is_nan, (vu)(0x7fc00000u), kind == CAIRN_SEM_MFMA_BF16 ? flush(d) : d);
}

/* Whether any result is one that has to be changed, which is rare: NaNs, and denormals where halves
 * are summed up. Gathered, and asked for once. */
#if defined(__AVX512DQ__)

typedef __mmask16 specials;
#define NO_SPECIALS 0

MATRIX_INLINE void gather(specials *found, enum cairn_sem_mfma_kind kind, vu a, vu b)
{
    enum { QUIET_NAN = 0x01, DENORMAL = 0x20, SIGNALLING_NAN = 0x80 };
    enum { CLASSES = QUIET_NAN | SIGNALLING_NAN | DENORMAL };
    if (kind == CAIRN_SEM_MFMA_BF16 || kind == CAIRN_SEM_MFMA_F16)
        *found |=
            _mm512_fpclass_ps_mask((__m512)a, CLASSES) | _mm512_fpclass_ps_mask((__m512)b, CLASSES);
    else if (kind != CAIRN_SEM_MFMA_I8)
        *found |= _mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_UNORD_Q);
}

MATRIX_INLINE bool is_any(specials found)
{
    return found != 0;
}

#else

typedef struct {
    vu nan;   /* all ones where there was one */
    vu least; /* of magnitudes - 1, twice */
} specials;
#define NO_SPECIALS {(vu)(0), (vu)(UINT32_MAX)}

MATRIX_INLINE void gather(specials *found, enum cairn_sem_mfma_kind kind, vu a, vu b)
{
    if (kind == CAIRN_SEM_MFMA_I8)
        return;
    found->nan |= (vu)(as_floats(a) != as_floats(a)) | (vu)(as_floats(b) != as_floats(b));
    if (kind != CAIRN_SEM_MFMA_BF16 && kind != CAIRN_SEM_MFMA_F16)
        return;
    vu least = __builtin_elementwise_min((a << 1) - 1, (b << 1) - 1);
    found->least = __builtin_elementwise_min(found->least, least);
}

MATRIX_INLINE bool is_any(specials found)
{
    return __builtin_reduce_or(found.nan | (vu)(found.least < 0x00ffffffu)) != 0;
}

#endif

/* Without fused multiply-add: the exact product in f64, the sum rounded to odd (fp/host.h). Not
 * inlined: it is long. */
#if !defined(__FMA__)
__attribute__((noinline)) static vf fma_by_doubles(vf a, vf b, vf c)
{
    vd product = __builtin_convertvector(a, vd) * __builtin_convertvector(b, vd);
    vd wide = __builtin_convertvector(c, vd), sum = product + wide, part = sum - product;
    vd error = (product - (sum - part)) + (wide - part);
    vq bits = __builtin_bit_cast(vq, sum), less = (vq)(error < 0), more = (vq)(error > 0);
    vq outward = ~(less ^ (vq)(sum < 0));
    vq odd = bits + ((outward & 1) | ~outward); /* + 1 or - 1 */
    vq take = (less | more) & ((bits & 1) - 1);
    sum = __builtin_bit_cast(vd, (take & odd) | (~take & bits));
    return __builtin_convertvector(sum, vf);
}
#endif

MATRIX_INLINE vf fused(vf a, vf b, vf c)
{
#if defined(__FMA__)
    return __builtin_elementwise_fma(a, b, c);
#else
    return fma_by_doubles(a, b, c);
#endif
}

MATRIX_INLINE vu pairs(vu a, vu b)
{
#if defined(__AVX512BW__)
    return __builtin_bit_cast(
        vu, _mm512_madd_epi16(__builtin_bit_cast(__m512i, a), __builtin_bit_cast(__m512i, b)));
#elif defined(__AVX2__)
    return __builtin_bit_cast(
        vu, _mm256_madd_epi16(__builtin_bit_cast(__m256i, a), __builtin_bit_cast(__m256i, b)));
#elif defined(__SSE2__)
    return __builtin_bit_cast(
        vu, _mm_madd_epi16(__builtin_bit_cast(__m128i, a), __builtin_bit_cast(__m128i, b)));
#else
    vi low_a = (vi)(a << 16) >> 16, low_b = (vi)(b << 16) >> 16;
    return (vu)(low_a * low_b + ((vi)a >> 16) * ((vi)b >> 16));
#endif
}

/* sum + a * b. Integers wrap, so that the order of their sums does not matter. */
MATRIX_INLINE vu step(enum cairn_sem_mfma_kind kind, vu a, vu b, vu sum)
{
    if (kind == CAIRN_SEM_MFMA_I8)
        return sum + pairs(a, b);
#if !defined(__FMA__)
    if (kind == CAIRN_SEM_MFMA_F16) /* the product is exact */
        return as_bits(as_floats(a) * as_floats(b) + as_floats(sum));
#endif
    return as_bits(fused(as_floats(a), as_floats(b), as_floats(sum)));
}

#endif
