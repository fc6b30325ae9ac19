// SPDX-License-Identifier: MIT
// The first program: c = a + b, one element a thread, the last block only partly filled.
#include "../common/example.h"
#include <vector>

__global__ void add(const float *a, const float *b, float *c, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n)
        c[i] = a[i] + b[i];
}

int main()
{
    const int n = 100003, block = 256;
    std::vector<float> a(n), b(n), c(n);
    for (int i = 0; i < n; ++i) {
        a[i] = 0.25f * (float)i;
        b[i] = 1.0f - 0.5f * (float)i;
    }
    DeviceArray<float> da(n), db(n), dc(n);
    da.upload(a.data());
    db.upload(b.data());
    add<<<(n + block - 1) / block, block>>>(da.get(), db.get(), dc.get(), n);
    HIP_CHECK(hipGetLastError());
    dc.download(c.data());
    int wrong = 0;
    for (int i = 0; i < n; ++i)
        wrong += c[i] != a[i] + b[i];
    std::printf("%d sums, %d wrong\n", n, wrong);
    return finish(wrong == 0, "vector_add");
}
