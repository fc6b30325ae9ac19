// SPDX-License-Identifier: MIT
// Complex numbers as pairs: hipFloatComplex is float2, hipDoubleComplex is double2, x the real
// part.
#ifndef HIP_INCLUDE_HIP_AMD_DETAIL_HIP_COMPLEX_H
#define HIP_INCLUDE_HIP_AMD_DETAIL_HIP_COMPLEX_H

#include <hip/amd_detail/host_defines.h>
#include <hip/amd_detail/amd_hip_vector_types.h>
#if !defined(__HIPCC_RTC__)
#include <math.h>
#endif

#define __HIP_COMPLEX_FN __host__ __device__ static inline

typedef float2 hipFloatComplex;
typedef double2 hipDoubleComplex;
typedef hipFloatComplex hipComplex;

// T: component, C: complex type, F: suffix of the float forms.
#define __HIP_COMPLEX(T, C, MAKE, MAKE2, REAL, IMAG, CONJ, SQABS, ADD, SUB, MUL, DIV, ABS, FMA,    \
                      SQRT)                                                                        \
    __HIP_COMPLEX_FN C MAKE(T a, T b)                                                              \
    {                                                                                              \
        return MAKE2(a, b);                                                                        \
    }                                                                                              \
    __HIP_COMPLEX_FN T REAL(C z)                                                                   \
    {                                                                                              \
        return z.x;                                                                                \
    }                                                                                              \
    __HIP_COMPLEX_FN T IMAG(C z)                                                                   \
    {                                                                                              \
        return z.y;                                                                                \
    }                                                                                              \
    __HIP_COMPLEX_FN C CONJ(C z)                                                                   \
    {                                                                                              \
        return MAKE2(z.x, -z.y);                                                                   \
    }                                                                                              \
    __HIP_COMPLEX_FN T SQABS(C z)                                                                  \
    {                                                                                              \
        return z.x * z.x + z.y * z.y;                                                              \
    }                                                                                              \
    __HIP_COMPLEX_FN C ADD(C p, C q)                                                               \
    {                                                                                              \
        return MAKE2(p.x + q.x, p.y + q.y);                                                        \
    }                                                                                              \
    __HIP_COMPLEX_FN C SUB(C p, C q)                                                               \
    {                                                                                              \
        return MAKE2(p.x - q.x, p.y - q.y);                                                        \
    }                                                                                              \
    __HIP_COMPLEX_FN C MUL(C p, C q)                                                               \
    {                                                                                              \
        return MAKE2(p.x * q.x - p.y * q.y, p.x * q.y + p.y * q.x);                                \
    }                                                                                              \
    __HIP_COMPLEX_FN C DIV(C p, C q)                                                               \
    {                                                                                              \
        T n = SQABS(q);                                                                            \
        return MAKE2((p.x * q.x + p.y * q.y) / n, (p.y * q.x - p.x * q.y) / n);                    \
    }                                                                                              \
    __HIP_COMPLEX_FN T ABS(C z)                                                                    \
    {                                                                                              \
        return SQRT(SQABS(z));                                                                     \
    }                                                                                              \
    __HIP_COMPLEX_FN C FMA(C p, C q, C r)                                                          \
    {                                                                                              \
        return MAKE2(p.x * q.x + r.x - p.y * q.y, q.x * p.y + r.y + p.x * q.y);                    \
    }
__HIP_COMPLEX(float, hipFloatComplex, make_hipFloatComplex, make_float2, hipCrealf, hipCimagf,
              hipConjf, hipCsqabsf, hipCaddf, hipCsubf, hipCmulf, hipCdivf, hipCabsf, hipCfmaf,
              sqrtf)
__HIP_COMPLEX(double, hipDoubleComplex, make_hipDoubleComplex, make_double2, hipCreal, hipCimag,
              hipConj, hipCsqabs, hipCadd, hipCsub, hipCmul, hipCdiv, hipCabs, hipCfma, sqrt)
#undef __HIP_COMPLEX

__HIP_COMPLEX_FN hipComplex make_hipComplex(float a, float b)
{
    return make_float2(a, b);
}
__HIP_COMPLEX_FN hipFloatComplex hipComplexDoubleToFloat(hipDoubleComplex z)
{
    return make_float2((float)z.x, (float)z.y);
}
__HIP_COMPLEX_FN hipDoubleComplex hipComplexFloatToDouble(hipFloatComplex z)
{
    return make_double2((double)z.x, (double)z.y);
}

#undef __HIP_COMPLEX_FN

#endif
