// SPDX-License-Identifier: MIT
// Matrix products with the MFMA builtins, one wave a tile: D (M x M) = A (M x K) B (K x M), row-major,
// so that clang decides about registers, AGPRs and the moves between them.
#define KERNEL extern "C" __attribute__((global, amdgpu_flat_work_group_size(64, 64)))
typedef _Float16 half4 __attribute__((ext_vector_type(4)));
typedef short short4v __attribute__((ext_vector_type(4)));
typedef float float4v __attribute__((ext_vector_type(4)));
typedef float float16v __attribute__((ext_vector_type(16)));
typedef int int16v __attribute__((ext_vector_type(16)));
typedef double double4v __attribute__((ext_vector_type(4)));

static __attribute__((device)) unsigned lane()
{
    return __builtin_amdgcn_workitem_id_x();
}

KERNEL void product_f16(float *d, const _Float16 *a, const _Float16 *b, unsigned k)
{
    unsigned j = lane() % 32, part = lane() / 32;
    float16v sum = {};
    for (unsigned base = 0; base < k; base += 8) {
        half4 x, y;
        for (unsigned e = 0; e < 4; e++) {
            x[e] = a[j * k + base + 4 * part + e];
            y[e] = b[(base + 4 * part + e) * 32 + j];
        }
        sum = __builtin_amdgcn_mfma_f32_32x32x8f16(x, y, sum, 0, 0, 0);
    }
    for (unsigned r = 0; r < 16; r++)
        d[(8 * (r / 4) + 4 * part + r % 4) * 32 + j] = sum[r];
}

KERNEL void product_bf16(float *d, const short *a, const short *b, unsigned k)
{
    unsigned j = lane() % 16, part = lane() / 16;
    float4v sum = {};
    for (unsigned base = 0; base < k; base += 16) {
        short4v x, y;
        for (unsigned e = 0; e < 4; e++) {
            x[e] = a[j * k + base + 4 * part + e];
            y[e] = b[(base + 4 * part + e) * 16 + j];
        }
        sum = __builtin_amdgcn_mfma_f32_16x16x16bf16_1k(x, y, sum, 0, 0, 0);
    }
    for (unsigned r = 0; r < 4; r++)
        d[(4 * part + r) * 16 + j] = sum[r];
}

KERNEL void product_f32(float *d, const float *a, const float *b, unsigned k)
{
    unsigned j = lane() % 16, part = lane() / 16;
    float4v sum = {};
    for (unsigned base = 0; base < k; base += 4)
        sum = __builtin_amdgcn_mfma_f32_16x16x4f32(a[j * k + base + part], b[(base + part) * 16 + j],
                                                   sum, 0, 0, 0);
    for (unsigned r = 0; r < 4; r++)
        d[(4 * part + r) * 16 + j] = sum[r];
}

KERNEL void product_f64(double *d, const double *a, const double *b, unsigned k)
{
    unsigned j = lane() % 16, part = lane() / 16;
    double4v sum = {};
    for (unsigned base = 0; base < k; base += 4)
        sum = __builtin_amdgcn_mfma_f64_16x16x4f64(a[j * k + base + part], b[(base + part) * 16 + j],
                                                   sum, 0, 0, 0);
    for (unsigned p = 0; p < 4; p++)
        d[(4 * p + part) * 16 + j] = sum[p];
}

KERNEL void product_i8(int *d, const signed char *a, const signed char *b, unsigned k)
{
    unsigned j = lane() % 32, part = lane() / 32;
    int16v sum = {};
    for (unsigned base = 0; base < k; base += 8) {
        int x = 0, y = 0;
        for (unsigned e = 0; e < 4; e++) {
            x |= (a[j * k + base + 4 * part + e] & 255) << 8 * e;
            y |= (b[(base + 4 * part + e) * 32 + j] & 255) << 8 * e;
        }
        sum = __builtin_amdgcn_mfma_i32_32x32x8i8(x, y, sum, 0, 0, 0);
    }
    for (unsigned r = 0; r < 16; r++)
        d[(8 * (r / 4) + 4 * part + r % 4) * 32 + j] = sum[r];
}
