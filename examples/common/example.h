// SPDX-License-Identifier: MIT
// What every example needs: stop with a message when a HIP call fails, and end with PASSED or
// FAILED as the last line and as exit status.
#ifndef CAIRN_EXAMPLES_EXAMPLE_H
#define CAIRN_EXAMPLES_EXAMPLE_H

#include <hip/hip_runtime.h>
#include <cstdio>
#include <cstdlib>

#define HIP_CHECK(call)                                                                            \
    do {                                                                                           \
        hipError_t status_ = (call);                                                               \
        if (status_ != hipSuccess) {                                                               \
            std::printf("%s:%d: %s: %s\n", __FILE__, __LINE__, #call, hipGetErrorString(status_)); \
            std::printf("FAILED\n");                                                               \
            std::exit(1);                                                                          \
        }                                                                                          \
    } while (0)

inline int finish(bool passed, const char *what)
{
    std::printf("%s %s\n", passed ? "PASSED" : "FAILED", what);
    return passed ? 0 : 1;
}

// Memory on the device, given back at the end of the scope.
template <typename T> class DeviceArray
{
    T *memory = nullptr;
    size_t count;

  public:
    explicit DeviceArray(size_t n) : count(n)
    {
        HIP_CHECK(hipMalloc(reinterpret_cast<void **>(&memory), n * sizeof(T)));
    }
    DeviceArray(const DeviceArray &) = delete;
    DeviceArray &operator=(const DeviceArray &) = delete;
    ~DeviceArray()
    {
        (void)hipFree(memory);
    }
    T *get()
    {
        return memory;
    }
    void upload(const T *from)
    {
        HIP_CHECK(hipMemcpy(memory, from, count * sizeof(T), hipMemcpyHostToDevice));
    }
    void download(T *to)
    {
        HIP_CHECK(hipMemcpy(to, memory, count * sizeof(T), hipMemcpyDeviceToHost));
    }
    void clear()
    {
        HIP_CHECK(hipMemset(memory, 0, count * sizeof(T)));
    }
};

#endif
