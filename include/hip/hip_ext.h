/* SPDX-License-Identifier: MIT
 * AMD's extensions of the launch functions: grids in work-items, and events recorded around one
 * kernel.
 */
#ifndef HIP_INCLUDE_HIP_HIP_EXT_H
#define HIP_INCLUDE_HIP_HIP_EXT_H

#include <hip/hip_runtime.h>

#ifdef __cplusplus
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>
#endif

#ifdef __cplusplus
extern "C" {
#endif

HIP_DEPRECATED("use hipExtModuleLaunchKernel")
hipError_t hipHccModuleLaunchKernel(hipFunction_t function, uint32_t global_x, uint32_t global_y,
                                    uint32_t global_z, uint32_t local_x, uint32_t local_y,
                                    uint32_t local_z, size_t lds_bytes, hipStream_t stream,
                                    void **params, void **extra, hipEvent_t start __dparm(0),
                                    hipEvent_t stop __dparm(0));

#ifdef __cplusplus
}

namespace hip_impl
{
// std::index_sequence of C++11.
template <std::size_t... i> struct indices {
};
template <std::size_t n, std::size_t... i>
struct indices_below : indices_below<n - 1, n - 1, i...> {
};
template <std::size_t... i> struct indices_below<0, i...> {
    typedef indices<i...> type;
};

template <class Tuple, std::size_t... i>
static inline void ext_argument_pointers(Tuple &values, void **out, indices<i...>)
{
    (void)values;
    (void)std::initializer_list<int>{
        (out[i] = const_cast<void *>(reinterpret_cast<const volatile void *>(
             &reinterpret_cast<const volatile char &>(std::get<i>(values)))),
         0)...};
}
} // namespace hip_impl

namespace hip_impl
{
template <typename... Params, typename... Args>
inline void ext_launch(void (*kernel)(Params...), const dim3 &grid, const dim3 &block,
                       std::uint32_t lds_bytes, hipStream_t stream, hipEvent_t start,
                       hipEvent_t stop, std::uint32_t flags, Args... args)
{
    static_assert(sizeof...(Params) == sizeof...(Args),
                  "the kernel takes another number of arguments");
    std::tuple<Params...> values{static_cast<Params>(std::move(args))...};
    void *pointers[sizeof...(Params) + 1] = {};
    ext_argument_pointers(values, pointers, typename indices_below<sizeof...(Params)>::type());
    (void)hipExtLaunchKernel(reinterpret_cast<const void *>(kernel), grid, block, pointers,
                             lds_bytes, stream, start, stop, (int)flags);
}
} // namespace hip_impl

/* Launches `kernel` and records `start` and `stop` (either may be null) around it alone. Arguments
 * are converted to the kernel's parameter types; of a kernel template that is not instantiated, the
 * instance whose parameters are the arguments' types is taken. */
template <typename... Args, typename F = void (*)(Args...)>
inline void hipExtLaunchKernelGGL(F kernel, const dim3 &grid, const dim3 &block,
                                  std::uint32_t lds_bytes, hipStream_t stream, hipEvent_t start,
                                  hipEvent_t stop, std::uint32_t flags, Args... args)
{
    hip_impl::ext_launch(kernel, grid, block, lds_bytes, stream, start, stop, flags,
                         std::move(args)...);
}
#endif

#endif
