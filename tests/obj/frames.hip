// SPDX-License-Identifier: MIT
// Functions that are inlined into one another; tests ask which of them an address belongs to.
#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
namespace space { __device__ int counter[4]; }
__device__ static inline int deep(int v)
{
    return v * 3 + space::counter[v & 3]; // LINE 8
}
__device__ static inline int middle(int v)
{
    return deep(v) ^ 5; // LINE 12
}
template <class T> struct holder {
    __device__ T get(T v) const { return v + middle(v); } // LINE 15
};
extern "C" __global__ void count(int *p, int n)
{
    for (int i = 0; i < n; i++)
        p[i] += holder<int>().get(p[i]); // LINE 20
}
