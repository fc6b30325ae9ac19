// SPDX-License-Identifier: MIT
// What the algorithms of hipstdpar_lib.hpp are made of: one kernel that runs a function for every
// index, and on top of it reductions, searches, scans, selections, and merging. clang looks for
// this folder when it is given --hipstdpar. Scratch memory is managed memory; a call returns when
// its kernels have ended.
#ifndef CAIRN_HIPSTDPAR_KERNELS_HPP
#define CAIRN_HIPSTDPAR_KERNELS_HPP

#include <hip/hip_runtime.h>

#include <cstddef>
#include <cstdio>
#include <exception>
#include <iterator>
#include <new>
#include <type_traits>
#include <utility>

namespace hipstdpar
{

// An algorithm with a policy has no way to return an error: std::terminate is what the standard
// has for what cannot be thrown.
inline void check(hipError_t error, const char *what)
{
    if (error == hipSuccess)
        return;
    std::fprintf(stderr, "hipstdpar: %s: %s%s\n", what, hipGetErrorString(error),
                 error == hipErrorIllegalAddress
                     ? "; kernels reach the memory of the program only on devices with xnack "
                       "(HSA_XNACK=1)"
                     : "");
    std::terminate();
}

constexpr std::size_t block_size = 256, most_blocks = 4096;

// The builtins do for indices what blockIdx and threadIdx do, without warnings at -O0.
template <class F> __global__ void for_each_index(std::size_t count, std::size_t stride, F function)
{
    std::size_t start =
        __builtin_amdgcn_workgroup_id_x() * block_size + __builtin_amdgcn_workitem_id_x();
    for (std::size_t i = start; i < count; i += stride)
        function(i);
}

// function(i) on the device for each i below `count`.
template <class F> void each(std::size_t count, F function)
{
    if (count == 0)
        return;
    std::size_t blocks = (count + block_size - 1) / block_size;
    blocks = blocks < most_blocks ? blocks : most_blocks;
    for_each_index<<<dim3(static_cast<unsigned>(blocks)), dim3(block_size), 0,
                     hipStreamPerThread>>>(count, blocks * block_size, function);
    check(hipGetLastError(), "cannot launch");
    check(hipStreamSynchronize(hipStreamPerThread), "a kernel failed");
}

// Memory for `count` values, that nobody has constructed.
template <class T> class scratch
{
  public:
    explicit scratch(std::size_t count)
    {
        if (count != 0)
            check(hipMallocManaged(reinterpret_cast<void **>(&values_), count * sizeof(T)),
                  "no scratch memory");
    }
    scratch(const scratch &) = delete;
    scratch &operator=(const scratch &) = delete;
    ~scratch()
    {
        if (values_ != nullptr)
            (void)hipFree(values_);
    }
    T *get() const
    {
        return values_;
    }

  private:
    T *values_ = nullptr;
};

// Values are worked on in parts, one thread each; the host combines the results of the parts.
inline std::size_t parts_of(std::size_t count)
{
    std::size_t parts = (count + 7) / 8;
    return parts < 4096 ? parts : 4096;
}

// Where part `part` of `parts` of `count` values starts.
inline std::size_t part_start(std::size_t count, std::size_t parts, std::size_t part)
{
    std::size_t size = count / parts, longer = count % parts;
    return part * size + (part < longer ? part : longer);
}

// init and value(0) ... value(count - 1), combined in any order.
template <class T, class Op, class Value> T reduce(std::size_t count, T init, Op op, Value value)
{
    std::size_t parts = parts_of(count);
    scratch<T> sums(parts);
    T *sum = sums.get();
    each(parts, [=](std::size_t part) mutable {
        T total = value(part);
        for (std::size_t i = part + parts; i < count; i += parts)
            total = op(total, value(i));
        ::new (static_cast<void *>(sum + part)) T(total);
    });
    for (std::size_t part = 0; part < parts; part++)
        init = op(init, sum[part]);
    return init;
}

// The first index for which `is_it` holds, or `count`.
template <class Is> std::size_t first_index(std::size_t count, Is is_it)
{
    scratch<unsigned long long> results(1);
    unsigned long long *result = results.get();
    *result = count;
    each(count, [=](std::size_t i) mutable {
        if (i < __hip_atomic_load(result, __ATOMIC_RELAXED, __HIP_MEMORY_SCOPE_AGENT) && is_it(i))
            __hip_atomic_fetch_min(result, static_cast<unsigned long long>(i), __ATOMIC_RELAXED,
                                   __HIP_MEMORY_SCOPE_AGENT);
    });
    return static_cast<std::size_t>(*result);
}

// Of all indices the one that `better(i, j)` prefers to the others; `count` is not 0.
template <class Better> std::size_t best_index(std::size_t count, Better better)
{
    return reduce(
        count, std::size_t(0),
        [=](std::size_t i, std::size_t j) mutable { return better(j, i) ? j : i; },
        [](std::size_t i) { return i; });
}

// store(i, prefix): the prefix of value(0) ... value(i), without value(i) if it is exclusive, in
// this order. `init` may be null for an inclusive scan.
template <class T, bool is_inclusive, class Op, class Value, class Store>
void scan(std::size_t count, const T *init, Op op, Value value, Store store)
{
    if (count == 0)
        return;
    std::size_t parts = parts_of(count);
    scratch<T> sums(parts);
    T *sum = sums.get();
    each(parts, [=](std::size_t part) mutable {
        std::size_t i = part_start(count, parts, part), end = part_start(count, parts, part + 1);
        T total = value(i);
        for (i++; i < end; i++)
            total = op(total, value(i));
        ::new (static_cast<void *>(sum + part)) T(total);
    });
    // sum[part] becomes what comes before the next part.
    if (init != nullptr)
        ::new (static_cast<void *>(sum)) T(op(*init, sum[0]));
    for (std::size_t part = 1; part < parts; part++)
        ::new (static_cast<void *>(sum + part)) T(op(sum[part - 1], sum[part]));
    scratch<T> starts(1);
    T *start = nullptr;
    if (init != nullptr)
        start = ::new (static_cast<void *>(starts.get())) T(*init);
    each(parts, [=](std::size_t part) mutable {
        std::size_t i = part_start(count, parts, part), end = part_start(count, parts, part + 1);
        const T *before = part == 0 ? start : sum + part - 1;
        T next = value(i);
        T total = before == nullptr ? next : is_inclusive ? op(*before, next) : *before;
        for (;;) {
            T after = is_inclusive ? total : op(total, next);
            store(i, total);
            if (++i == end)
                break;
            next = value(i);
            total = is_inclusive ? op(total, next) : after;
        }
    });
}

// keep(i, place) for the indices with is_kept(i), leave(i, place) for the others; places count from
// 0 in the order of the indices. Returns how many are kept. is_kept is asked once for each.
template <class Is, class Keep, class Leave>
std::size_t select(std::size_t count, Is is_kept, Keep keep, Leave leave)
{
    if (count == 0)
        return 0;
    scratch<unsigned char> flags(count);
    unsigned char *flag = flags.get();
    each(count, [=](std::size_t i) mutable { flag[i] = is_kept(i) ? 1 : 0; });
    std::size_t parts = parts_of(count);
    scratch<std::size_t> sums(parts);
    std::size_t *sum = sums.get(), total = 0;
    each(parts, [=](std::size_t part) mutable {
        std::size_t kept = 0, end = part_start(count, parts, part + 1);
        for (std::size_t i = part_start(count, parts, part); i < end; i++)
            kept += flag[i];
        sum[part] = kept;
    });
    for (std::size_t part = 0; part < parts; part++)
        total += std::exchange(sum[part], total);
    each(parts, [=](std::size_t part) mutable {
        std::size_t place = sum[part], end = part_start(count, parts, part + 1);
        for (std::size_t i = part_start(count, parts, part); i < end; i++) {
            if (flag[i] != 0)
                keep(i, place++);
            else
                leave(i, i - place);
        }
    });
    return total;
}

// How many of the sorted `count` values from `first` are less than `value`; with `or_equal` also
// those that are equal.
template <class I, class T, class Less>
std::size_t rank(I first, std::size_t count, const T &value, Less less, bool or_equal)
{
    using distance = typename std::iterator_traits<I>::difference_type;
    std::size_t low = 0;
    while (count > 0) {
        std::size_t half = count / 2;
        const auto &middle = first[static_cast<distance>(low + half)];
        if (or_equal ? !less(value, middle) : static_cast<bool>(less(middle, value))) {
            low += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return low;
}

// One pass of a merge sort: pairs of sorted runs of `width` values become sorted runs, in `to`.
template <class T, class Less>
void merge_runs(const T *from, T *to, std::size_t count, std::size_t width, Less less)
{
    each(count, [=](std::size_t i) mutable {
        std::size_t start = i / (2 * width) * (2 * width);
        std::size_t middle = start + width < count ? start + width : count;
        std::size_t end = middle + width < count ? middle + width : count;
        std::size_t place =
            i < middle
                ? i + rank(from + middle, end - middle, from[i], less, false)
                : start + (i - middle) + rank(from + start, middle - start, from[i], less, true);
        ::new (static_cast<void *>(to + place)) T(from[i]);
    });
}

// A stable merge sort.
template <class I, class Less> void sort(I first, std::size_t count, Less less)
{
    using T = typename std::iterator_traits<I>::value_type;
    using distance = typename std::iterator_traits<I>::difference_type;
    if (count < 2)
        return;
    scratch<T> one(count), other(count);
    T *from = one.get(), *to = other.get();
    each(count, [=](std::size_t i) mutable {
        ::new (static_cast<void *>(from + i)) T(first[static_cast<distance>(i)]);
    });
    for (std::size_t width = 1; width < count; width *= 2) {
        merge_runs(from, to, count, width, less);
        std::swap(from, to);
    }
    each(count, [=](std::size_t i) mutable { first[static_cast<distance>(i)] = from[i]; });
}

} // namespace hipstdpar

#endif
