// SPDX-License-Identifier: MIT
// What the tests of libamd_comgr look into: a kernel, a variable, and name expressions as hiprtc writes them.
#define __device__ __attribute__((device))
#define __global__ __attribute__((global))
template <class T> __global__ void fill(T *p, T value) { p[__builtin_amdgcn_workitem_id_x()] = value; }
namespace space { __device__ int counter[4]; }
__global__ void count(int *p, int n)
{
    for (int i = 0; i < n; i++)
        space::counter[i & 3] += p[i];
}
static __device__ const void *__amdgcn_name_expr_1[] = {"fill<float>", (void *)&fill<float>};
static auto __amdgcn_name_expr_stub_1 = __amdgcn_name_expr_1;
static __device__ const void *__amdgcn_name_expr_2[] = {"space::counter", (void *)&space::counter};
static auto __amdgcn_name_expr_stub_2 = __amdgcn_name_expr_2;
