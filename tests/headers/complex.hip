// SPDX-License-Identifier: MIT
// Complex numbers and mathematical constants.
#include <hip/hip_runtime.h>
#include <hip/hip_complex.h>
#include <hip/hip_math_constants.h>

__global__ void numbers(hipFloatComplex *f, hipDoubleComplex *d)
{
    f[0] = hipCmulf(hipCaddf(f[1], f[2]), hipCdivf(f[3], hipConjf(f[4])));
    f[1] = make_hipFloatComplex(hipCabsf(f[0]), hipCrealf(f[1]) + hipCimagf(f[2]) + HIP_PI_F);
    d[0] = hipCmul(hipCsub(d[1], d[2]), hipCdiv(d[3], hipConj(d[4])));
    d[1] = hipCfma(d[0], d[1], make_hipDoubleComplex(hipCabs(d[2]), HIP_PI + HIP_LN2));
    d[2] = hipComplexFloatToDouble(f[0]) + d[3];
}
