// SPDX-License-Identifier: MIT
// What a failing assert() and abort() in a kernel do: print to the host's stderr through a host
// call, then stop the wave.
#ifndef HIP_INCLUDE_HIP_AMD_DETAIL_HIP_ASSERT_H
#define HIP_INCLUDE_HIP_AMD_DETAIL_HIP_ASSERT_H

#include <hip/amd_detail/device_library_decls.h>

#if defined(__clang__) && defined(__HIP__)

// Both are noinline so that a kernel with an assert stays small.
extern "C" __device__ __attribute__((noinline, weak)) void __assertfail()
{
    __builtin_trap();
}

__device__ static inline unsigned long __hip_assert_text(unsigned long message, const char *text,
                                                         unsigned int is_last)
{
    unsigned long length = 0;
    while (text[length] != '\0')
        ++length;
    return __ockl_fprintf_append_string_n(message, text, length + 1, is_last);
}

// The name and arguments that glibc's assert() calls.
extern "C" __device__ __attribute__((noinline, weak)) void
__assert_fail(const char *assertion, const char *file, unsigned int line, const char *function)
{
    const char format[] = "%s:%u: %s: Device-side assertion `%s' failed.\n";
    unsigned long message = __ockl_fprintf_stderr_begin();
    message = __ockl_fprintf_append_string_n(message, format, sizeof format, 0);
    message = __hip_assert_text(message, file, 0);
    message = __ockl_fprintf_append_args(message, 1, line, 0, 0, 0, 0, 0, 0, 0);
    message = __hip_assert_text(message, function, 0);
    __hip_assert_text(message, assertion, 1);
    __builtin_trap();
}

#if defined(NDEBUG)
#define __hip_assert(COND)
#else
#define __hip_assert(COND)                                                                         \
    do {                                                                                           \
        if (!(COND))                                                                               \
            __builtin_trap();                                                                      \
    } while (0)
#endif

#endif
#endif
