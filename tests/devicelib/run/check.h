// SPDX-License-Identifier: MIT
// For the programs of this folder: a kernel writes numbers, the host says what they should be, each
// with the claim it proves.
#ifndef CAIRN_TESTS_DEVICELIB_RUN_CHECK_H
#define CAIRN_TESTS_DEVICELIB_RUN_CHECK_H

#include <hip/hip_runtime.h>
#include <cstdio>
#include <cstdlib>
#include <vector>

#define HIP_CHECK(call)                                                                            \
    do {                                                                                           \
        hipError_t status_ = (call);                                                               \
        if (status_ != hipSuccess) {                                                               \
            std::printf("FAILED: %s: %s\n", #call, hipGetErrorString(status_));                    \
            std::exit(1);                                                                          \
        }                                                                                          \
    } while (0)

static int failures;

template <typename T> static void expect(const char *claim, int index, T got, T want)
{
    if (got == want || (got != got && want != want))
        return;
    if (++failures <= 20)
        std::printf("FAIL %s [%d]: %.17g, not %.17g\n", claim, index, (double)got, (double)want);
}

template <typename T> struct Buffer {
    T *device = nullptr;
    std::vector<T> host;

    explicit Buffer(size_t n, T value = T()) : host(n, value)
    {
        HIP_CHECK(hipMalloc((void **)&device, n * sizeof(T)));
        to_device();
    }
    ~Buffer()
    {
        (void)hipFree(device);
    }
    void to_device()
    {
        HIP_CHECK(hipMemcpy(device, host.data(), host.size() * sizeof(T), hipMemcpyHostToDevice));
    }
    void to_host()
    {
        HIP_CHECK(hipMemcpy(host.data(), device, host.size() * sizeof(T), hipMemcpyDeviceToHost));
    }
    T operator[](size_t i) const
    {
        return host[i];
    }
};

static int finish()
{
    std::printf("%s: %d failures\n", failures ? "FAILED" : "PASSED", failures);
    return failures != 0;
}

#endif
