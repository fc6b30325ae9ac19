// SPDX-License-Identifier: MIT
// --hipstdpar-interpose-alloc: clang puts these functions in the place of malloc, new and their
// like in the sources that it compiles, so that what they allocate is managed memory, which kernels
// reach without xnack. Memory of others may come back here: it is freed as it was allocated.
#ifndef CAIRN_HIPSTDPAR_ALLOC_HPP
#define CAIRN_HIPSTDPAR_ALLOC_HPP

#include <hip/hip_runtime.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <malloc.h>
#include <new>

// clang makes these the C library's own functions.
extern "C" void __hipstdpar_hidden_free(void *);

namespace hipstdpar
{

// The managed allocation that `pointer` is in, or null, and what is left of it from there.
inline void *base_of(void *pointer, std::size_t &left)
{
    hipPointerAttribute_t attributes;
    hipDeviceptr_t base;
    std::size_t size;
    if (hipPointerGetAttributes(&attributes, pointer) != hipSuccess || !attributes.isManaged ||
        hipMemGetAddressRange(&base, &size, pointer) != hipSuccess)
        return nullptr;
    left =
        size - static_cast<std::size_t>(static_cast<char *>(pointer) - static_cast<char *>(base));
    return base;
}

// Null if there is not so much. Managed memory starts with a page, larger alignments are inside.
inline void *allocate(std::size_t size, std::size_t alignment = 1)
{
    constexpr std::size_t page = 4096;
    std::size_t room = (size != 0 ? size : 1) + (alignment > page ? alignment : 0);
    void *base = nullptr;
    if (room < size || hipMallocManaged(&base, room) != hipSuccess)
        return nullptr;
    auto address = reinterpret_cast<std::uintptr_t>(base);
    return reinterpret_cast<void *>((address + alignment - 1) / alignment * alignment);
}

inline void release(void *pointer)
{
    std::size_t left;
    void *base = pointer != nullptr ? base_of(pointer, left) : nullptr;
    if (base != nullptr)
        (void)hipFree(base);
    else
        __hipstdpar_hidden_free(pointer);
}

inline void *allocate_or_throw(std::size_t size, std::size_t alignment = 1)
{
    for (;;) {
        if (void *pointer = allocate(size, alignment))
            return pointer;
        std::new_handler handler = std::get_new_handler();
        if (handler == nullptr)
            throw std::bad_alloc();
        handler();
    }
}

inline void *reallocate(void *pointer, std::size_t size)
{
    std::size_t old = 0;
    if (pointer != nullptr && base_of(pointer, old) == nullptr)
        old = malloc_usable_size(pointer);
    void *moved = allocate(size);
    if (moved == nullptr || pointer == nullptr)
        return moved;
    std::memcpy(moved, pointer, old < size ? old : size);
    release(pointer);
    return moved;
}

} // namespace hipstdpar

#define CAIRN_HIPSTDPAR_REPLACEMENT extern "C" inline __attribute__((used))

CAIRN_HIPSTDPAR_REPLACEMENT void *__hipstdpar_malloc(std::size_t size)
{
    return hipstdpar::allocate(size);
}
CAIRN_HIPSTDPAR_REPLACEMENT void *__hipstdpar_aligned_alloc(std::size_t alignment, std::size_t size)
{
    return hipstdpar::allocate(size, alignment);
}
CAIRN_HIPSTDPAR_REPLACEMENT int __hipstdpar_posix_aligned_alloc(void **out, std::size_t alignment,
                                                                std::size_t size)
{
    if (alignment % sizeof(void *) != 0 || alignment == 0 || (alignment & (alignment - 1)) != 0)
        return EINVAL;
    void *pointer = hipstdpar::allocate(size, alignment);
    if (pointer == nullptr)
        return ENOMEM;
    *out = pointer;
    return 0;
}
CAIRN_HIPSTDPAR_REPLACEMENT void *__hipstdpar_calloc(std::size_t count, std::size_t size)
{
    std::size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        return nullptr;
    void *pointer = hipstdpar::allocate(bytes);
    return pointer != nullptr ? std::memset(pointer, 0, bytes) : nullptr;
}
CAIRN_HIPSTDPAR_REPLACEMENT void *__hipstdpar_realloc(void *pointer, std::size_t size)
{
    return hipstdpar::reallocate(pointer, size);
}
CAIRN_HIPSTDPAR_REPLACEMENT void *__hipstdpar_realloc_array(void *pointer, std::size_t count,
                                                            std::size_t size)
{
    std::size_t bytes;
    return __builtin_mul_overflow(count, size, &bytes) ? nullptr
                                                       : hipstdpar::reallocate(pointer, bytes);
}
CAIRN_HIPSTDPAR_REPLACEMENT void __hipstdpar_free(void *pointer)
{
    hipstdpar::release(pointer);
}

CAIRN_HIPSTDPAR_REPLACEMENT void *__hipstdpar_operator_new(std::size_t size)
{
    return hipstdpar::allocate_or_throw(size);
}
CAIRN_HIPSTDPAR_REPLACEMENT void *__hipstdpar_operator_new_aligned(std::size_t size,
                                                                   std::size_t alignment)
{
    return hipstdpar::allocate_or_throw(size, alignment);
}
CAIRN_HIPSTDPAR_REPLACEMENT void *__hipstdpar_operator_new_nothrow(std::size_t size,
                                                                   const std::nothrow_t &)
{
    return hipstdpar::allocate(size);
}
CAIRN_HIPSTDPAR_REPLACEMENT void *__hipstdpar_operator_new_aligned_nothrow(std::size_t size,
                                                                           std::size_t alignment,
                                                                           const std::nothrow_t &)
{
    return hipstdpar::allocate(size, alignment);
}
CAIRN_HIPSTDPAR_REPLACEMENT void __hipstdpar_operator_delete(void *pointer)
{
    hipstdpar::release(pointer);
}
CAIRN_HIPSTDPAR_REPLACEMENT void __hipstdpar_operator_delete_sized(void *pointer, std::size_t)
{
    hipstdpar::release(pointer);
}
CAIRN_HIPSTDPAR_REPLACEMENT void __hipstdpar_operator_delete_aligned(void *pointer, std::size_t)
{
    hipstdpar::release(pointer);
}
CAIRN_HIPSTDPAR_REPLACEMENT void __hipstdpar_operator_delete_aligned_sized(void *pointer,
                                                                           std::size_t, std::size_t)
{
    hipstdpar::release(pointer);
}

#undef CAIRN_HIPSTDPAR_REPLACEMENT

#endif
