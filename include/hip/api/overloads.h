/* SPDX-License-Identifier: MIT
 * C++ forms of the host API: allocation into typed pointers, kernels and device variables by their
 * own names. Each calls the C function of the same name. Included by hip_runtime_api.h only.
 */
#ifndef HIP_INCLUDE_HIP_API_OVERLOADS_H
#define HIP_INCLUDE_HIP_API_OVERLOADS_H

#if !defined(HIP_INCLUDE_HIP_HIP_RUNTIME_API_H)
#include <hip/hip_runtime_api.h>
#else

/* ---- typed allocation ---- */

#if !defined(__HIP_DISABLE_CPP_FUNCTIONS__)

template <class T> static inline hipError_t hipMalloc(T **ptr, size_t size)
{
    return hipMalloc((void **)ptr, size);
}

template <class T>
static inline hipError_t hipMallocPitch(T **ptr, size_t *pitch, size_t width, size_t height)
{
    return hipMallocPitch((void **)ptr, pitch, width, height);
}

template <class T>
static inline hipError_t hipMallocManaged(T **ptr, size_t size,
                                          unsigned int flags = hipMemAttachGlobal)
{
    return hipMallocManaged((void **)ptr, size, flags);
}

template <class T>
static inline hipError_t hipHostMalloc(T **ptr, size_t size,
                                       unsigned int flags = hipHostMallocDefault)
{
    return hipHostMalloc((void **)ptr, size, flags);
}

template <class T>
static inline hipError_t hipHostAlloc(T **ptr, size_t size,
                                      unsigned int flags = hipHostAllocDefault)
{
    return hipHostMalloc((void **)ptr, size, flags);
}

#endif

template <class T> static inline hipError_t hipMallocAsync(T **ptr, size_t size, hipStream_t stream)
{
    return hipMallocAsync((void **)ptr, size, stream);
}

static inline hipError_t hipMallocAsync(void **ptr, size_t size, hipMemPool_t pool,
                                        hipStream_t stream)
{
    return hipMallocFromPoolAsync(ptr, size, pool, stream);
}

template <class T>
static inline hipError_t hipMallocAsync(T **ptr, size_t size, hipMemPool_t pool, hipStream_t stream)
{
    return hipMallocFromPoolAsync((void **)ptr, size, pool, stream);
}

template <class T>
static inline hipError_t hipMallocFromPoolAsync(T **ptr, size_t size, hipMemPool_t pool,
                                                hipStream_t stream)
{
    return hipMallocFromPoolAsync((void **)ptr, size, pool, stream);
}

/* ---- device variables by reference ---- */

namespace hip_impl
{
template <class T> static inline const void *symbol_of(const T &variable)
{
    return &reinterpret_cast<const char &>(variable);
}
} // namespace hip_impl

template <class T> static inline hipError_t hipGetSymbolAddress(void **ptr, const T &symbol)
{
    return ::hipGetSymbolAddress(ptr, hip_impl::symbol_of(symbol));
}

template <class T> static inline hipError_t hipGetSymbolSize(size_t *size, const T &symbol)
{
    return ::hipGetSymbolSize(size, hip_impl::symbol_of(symbol));
}

template <class T>
static inline hipError_t hipMemcpyToSymbol(const T &symbol, const void *src, size_t size,
                                           size_t offset = 0,
                                           hipMemcpyKind kind = hipMemcpyHostToDevice)
{
    return ::hipMemcpyToSymbol(hip_impl::symbol_of(symbol), src, size, offset, kind);
}

template <class T>
static inline hipError_t hipMemcpyToSymbolAsync(const T &symbol, const void *src, size_t size,
                                                size_t offset, hipMemcpyKind kind,
                                                hipStream_t stream = 0)
{
    return ::hipMemcpyToSymbolAsync(hip_impl::symbol_of(symbol), src, size, offset, kind, stream);
}

template <class T>
static inline hipError_t hipMemcpyFromSymbol(void *dst, const T &symbol, size_t size,
                                             size_t offset = 0,
                                             hipMemcpyKind kind = hipMemcpyDeviceToHost)
{
    return ::hipMemcpyFromSymbol(dst, hip_impl::symbol_of(symbol), size, offset, kind);
}

template <class T>
static inline hipError_t hipMemcpyFromSymbolAsync(void *dst, const T &symbol, size_t size,
                                                  size_t offset, hipMemcpyKind kind,
                                                  hipStream_t stream = 0)
{
    return ::hipMemcpyFromSymbolAsync(dst, hip_impl::symbol_of(symbol), size, offset, kind, stream);
}

/* ---- kernels by name ---- */

template <class T>
static inline hipError_t hipFuncGetAttributes(hipFuncAttributes *attributes, T *kernel)
{
    return ::hipFuncGetAttributes(attributes, reinterpret_cast<const void *>(kernel));
}

template <class T>
static inline hipError_t hipFuncSetAttribute(T *kernel, hipFuncAttribute attribute, int value)
{
    return ::hipFuncSetAttribute(reinterpret_cast<const void *>(kernel), attribute, value);
}

template <class T>
static inline hipError_t hipLaunchCooperativeKernel(T kernel, dim3 grid, dim3 block, void **params,
                                                    unsigned int lds_bytes, hipStream_t stream)
{
    return ::hipLaunchCooperativeKernel(reinterpret_cast<const void *>(kernel), grid, block, params,
                                        lds_bytes, stream);
}

template <class T>
static inline hipError_t hipLaunchCooperativeKernelMultiDevice(hipLaunchParams *launches,
                                                               unsigned int count,
                                                               unsigned int flags = 0)
{
    return ::hipLaunchCooperativeKernelMultiDevice(launches, (int)count, flags);
}

template <class T>
static inline hipError_t hipExtLaunchMultiKernelMultiDevice(hipLaunchParams *launches,
                                                            unsigned int count,
                                                            unsigned int flags = 0)
{
    return ::hipExtLaunchMultiKernelMultiDevice(launches, (int)count, flags);
}

template <class T>
static inline hipError_t hipOccupancyMaxActiveBlocksPerMultiprocessor(int *num_blocks, T kernel,
                                                                      int block_size,
                                                                      size_t lds_bytes)
{
    return ::hipOccupancyMaxActiveBlocksPerMultiprocessor(
        num_blocks, reinterpret_cast<const void *>(kernel), block_size, lds_bytes);
}

template <class T>
static inline hipError_t
hipOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int *num_blocks, T kernel, int block_size,
                                                      size_t lds_bytes, unsigned int flags)
{
    return ::hipOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(
        num_blocks, reinterpret_cast<const void *>(kernel), block_size, lds_bytes, flags);
}

template <class T>
static inline hipError_t hipOccupancyMaxPotentialBlockSize(int *grid_size, int *block_size,
                                                           T kernel, size_t lds_bytes = 0,
                                                           int block_size_limit = 0)
{
    return ::hipOccupancyMaxPotentialBlockSize(
        grid_size, block_size, reinterpret_cast<const void *>(kernel), lds_bytes, block_size_limit);
}

template <class T>
static inline hipError_t hipOccupancyMaxPotentialBlockSizeWithFlags(int *grid_size, int *block_size,
                                                                    T kernel, size_t lds_bytes = 0,
                                                                    int block_size_limit = 0,
                                                                    unsigned int flags = 0)
{
    (void)flags;
    return ::hipOccupancyMaxPotentialBlockSize(
        grid_size, block_size, reinterpret_cast<const void *>(kernel), lds_bytes, block_size_limit);
}

/* As hipOccupancyMaxPotentialBlockSize for kernels whose dynamic LDS depends on the block size:
 * tries every multiple of the wave size, largest first, and keeps the one with the most resident
 * threads. */
template <class LdsOfBlock, class T>
static inline hipError_t hipOccupancyMaxPotentialBlockSizeVariableSMemWithFlags(
    int *grid_size, int *block_size, T kernel, LdsOfBlock lds_of_block, int block_size_limit = 0,
    unsigned int flags = 0)
{
    const void *function = reinterpret_cast<const void *>(kernel);
    if (grid_size == nullptr || block_size == nullptr || function == nullptr)
        return hipErrorInvalidValue;
    int device = 0, units = 0, wave = 0;
    hipFuncAttributes attributes;
    hipError_t error = hipGetDevice(&device);
    if (error == hipSuccess)
        error = hipDeviceGetAttribute(&units, hipDeviceAttributeMultiprocessorCount, device);
    if (error == hipSuccess)
        error = hipDeviceGetAttribute(&wave, hipDeviceAttributeWarpSize, device);
    if (error == hipSuccess)
        error = ::hipFuncGetAttributes(&attributes, function);
    if (error != hipSuccess)
        return error;
    int limit = attributes.maxThreadsPerBlock;
    if (block_size_limit > 0 && block_size_limit < limit)
        limit = block_size_limit;
    int best_threads = 0, best_size = 0, best_blocks = 0;
    for (int waves = (limit + wave - 1) / wave; waves > 0; waves--) {
        int size = waves * wave < limit ? waves * wave : limit;
        int blocks = 0;
        error = ::hipOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(&blocks, function, size,
                                                                        lds_of_block(size), flags);
        if (error != hipSuccess)
            return error;
        if (blocks * size > best_threads) {
            best_threads = blocks * size;
            best_size = size;
            best_blocks = blocks;
        }
    }
    *grid_size = best_blocks * units;
    *block_size = best_size;
    return hipSuccess;
}

template <class LdsOfBlock, class T>
static inline hipError_t
hipOccupancyMaxPotentialBlockSizeVariableSMem(int *grid_size, int *block_size, T kernel,
                                              LdsOfBlock lds_of_block, int block_size_limit = 0)
{
    return hipOccupancyMaxPotentialBlockSizeVariableSMemWithFlags(grid_size, block_size, kernel,
                                                                  lds_of_block, block_size_limit);
}

/* ---- texture references ---- */

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

template <class T, int dim, enum hipTextureReadMode mode>
static inline hipError_t hipBindTexture(size_t *offset, const struct texture<T, dim, mode> &tex,
                                        const void *ptr, const struct hipChannelFormatDesc &desc,
                                        size_t size = UINT_MAX)
{
    return ::hipBindTexture(offset, &tex, ptr, &desc, size);
}

template <class T, int dim, enum hipTextureReadMode mode>
static inline hipError_t hipBindTexture(size_t *offset, const struct texture<T, dim, mode> &tex,
                                        const void *ptr, size_t size = UINT_MAX)
{
    return ::hipBindTexture(offset, &tex, ptr, &tex.channelDesc, size);
}

template <class T, int dim, enum hipTextureReadMode mode>
static inline hipError_t hipBindTexture2D(size_t *offset, const struct texture<T, dim, mode> &tex,
                                          const void *ptr, const struct hipChannelFormatDesc &desc,
                                          size_t width, size_t height, size_t pitch)
{
    return ::hipBindTexture2D(offset, &tex, ptr, &desc, width, height, pitch);
}

template <class T, int dim, enum hipTextureReadMode mode>
static inline hipError_t hipBindTexture2D(size_t *offset, const struct texture<T, dim, mode> &tex,
                                          const void *ptr, size_t width, size_t height,
                                          size_t pitch)
{
    return ::hipBindTexture2D(offset, &tex, ptr, &tex.channelDesc, width, height, pitch);
}

template <class T, int dim, enum hipTextureReadMode mode>
static inline hipError_t hipBindTextureToArray(const struct texture<T, dim, mode> &tex,
                                               hipArray_const_t array,
                                               const struct hipChannelFormatDesc &desc)
{
    return ::hipBindTextureToArray(&tex, array, &desc);
}

template <class T, int dim, enum hipTextureReadMode mode>
static inline hipError_t hipBindTextureToArray(const struct texture<T, dim, mode> &tex,
                                               hipArray_const_t array)
{
    struct hipChannelFormatDesc desc;
    hipError_t error = hipGetChannelDesc(&desc, array);
    return error == hipSuccess ? ::hipBindTextureToArray(&tex, array, &desc) : error;
}

template <class T, int dim, enum hipTextureReadMode mode>
static inline hipError_t hipBindTextureToMipmappedArray(const struct texture<T, dim, mode> &tex,
                                                        hipMipmappedArray_const_t array,
                                                        const struct hipChannelFormatDesc &desc)
{
    return ::hipBindTextureToMipmappedArray(&tex, array, &desc);
}

template <class T, int dim, enum hipTextureReadMode mode>
static inline hipError_t hipUnbindTexture(const struct texture<T, dim, mode> &tex)
{
    return ::hipUnbindTexture(&tex);
}

#pragma GCC diagnostic pop

#endif

#endif
