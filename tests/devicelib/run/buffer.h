// SPDX-License-Identifier: MIT
// For programs that compare what a kernel writes: a call that must succeed, and memory of the
// device with its copy on the host.
#ifndef CAIRN_TESTS_DEVICELIB_RUN_BUFFER_H
#define CAIRN_TESTS_DEVICELIB_RUN_BUFFER_H

#include <hip/hip_runtime.h>
#include <cstdio>
#include <cstdlib>
#include <utility>
#include <vector>

#define HIP_CHECK(call)                                                                            \
    do {                                                                                           \
        hipError_t status_ = (call);                                                               \
        if (status_ != hipSuccess) {                                                               \
            std::printf("FAILED: %s: %s\n", #call, hipGetErrorString(status_));                    \
            std::exit(1);                                                                          \
        }                                                                                          \
    } while (0)

// Device memory that goes when its scope ends.
template <typename T> struct Buffer {
    T *device = nullptr;
    std::vector<T> host;

    explicit Buffer(std::vector<T> values) : host(std::move(values))
    {
        HIP_CHECK(hipMalloc(&device, host.size() * sizeof(T)));
        to_device();
    }
    explicit Buffer(size_t n, T value = T()) : Buffer(std::vector<T>(n, value))
    {
    }
    ~Buffer()
    {
        (void)hipFree(device);
    }
    Buffer(const Buffer &) = delete;
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

#endif
