// SPDX-License-Identifier: MIT
// The algorithms that run on the GPU when a program is compiled with --hipstdpar, which includes
// this file before all else: overloads for std::execution::par_unseq and random access iterators
// over values that can be copied as bytes. All other calls are the standard library's own, on the
// host. docs/HIP.md lists the algorithms.
#ifndef CAIRN_HIPSTDPAR_LIB_HPP
#define CAIRN_HIPSTDPAR_LIB_HPP

#if defined(__HIPSTDPAR__) && defined(__cplusplus) && __cplusplus >= 201703L

#include <algorithm>
#include <execution>
#include <functional>
#include <numeric>
#include <vector>

#include "hipstdpar_kernels.hpp"

namespace hipstdpar
{

template <class I, class = void> struct is_random_access : std::false_type {
};
template <class I>
struct is_random_access<I, std::void_t<typename std::iterator_traits<I>::iterator_category>>
    : std::bool_constant<
#if defined(__cpp_lib_ranges)
          std::random_access_iterator<I> ||
#endif
          std::is_base_of_v<std::random_access_iterator_tag,
                            typename std::iterator_traits<I>::iterator_category>> {
};

// Values that the device can copy.
template <class T>
constexpr bool is_plain =
    std::is_trivially_copy_constructible_v<T> && std::is_trivially_destructible_v<T>;

// Neighbours of a vector<bool> share a word, which threads would race for.
template <class I> constexpr bool is_bits = false;
template <> inline constexpr bool is_bits<std::vector<bool>::iterator> = true;
template <> inline constexpr bool is_bits<std::vector<bool>::const_iterator> = true;

template <class I> constexpr bool is_offloaded_one()
{
    if constexpr (is_random_access<I>::value)
        return is_plain<typename std::iterator_traits<I>::value_type> && !is_bits<I>;
    else
        return false;
}
template <class... I> using offloaded = std::enable_if_t<(is_offloaded_one<I>() && ...), int>;
template <class T> using plain = std::enable_if_t<is_plain<T>, int>;

template <class I> using value_of = typename std::iterator_traits<I>::value_type;
template <class I> using distance_of = typename std::iterator_traits<I>::difference_type;

template <class I> std::size_t count_of(I first, I last)
{
    return last - first > 0 ? static_cast<std::size_t>(last - first) : 0;
}
template <class I> decltype(auto) at(I first, std::size_t i)
{
    return first[static_cast<distance_of<I>>(i)];
}
template <class I> I next(I first, std::size_t i)
{
    return first + static_cast<distance_of<I>>(i);
}

} // namespace hipstdpar

namespace std
{

using hipstdpar_policy = execution::parallel_unsequenced_policy;

// ---- for each element ----

template <class I, class F, hipstdpar::offloaded<I> = 0>
void for_each(hipstdpar_policy, I first, I last, F function)
{
    hipstdpar::each(hipstdpar::count_of(first, last),
                    [=](size_t i) mutable { function(hipstdpar::at(first, i)); });
}

template <class I, class N, class F, hipstdpar::offloaded<I> = 0>
I for_each_n(hipstdpar_policy policy, I first, N count, F function)
{
    I last = count > 0 ? hipstdpar::next(first, static_cast<size_t>(count)) : first;
    std::for_each(policy, first, last, function);
    return last;
}

template <class I, class O, class F, hipstdpar::offloaded<I, O> = 0>
O transform(hipstdpar_policy, I first, I last, O out, F function)
{
    size_t count = hipstdpar::count_of(first, last);
    hipstdpar::each(count, [=](size_t i) mutable {
        hipstdpar::at(out, i) = function(hipstdpar::at(first, i));
    });
    return hipstdpar::next(out, count);
}

template <class I, class J, class O, class F, hipstdpar::offloaded<I, J, O> = 0>
O transform(hipstdpar_policy, I first, I last, J second, O out, F function)
{
    size_t count = hipstdpar::count_of(first, last);
    hipstdpar::each(count, [=](size_t i) mutable {
        hipstdpar::at(out, i) = function(hipstdpar::at(first, i), hipstdpar::at(second, i));
    });
    return hipstdpar::next(out, count);
}

template <class I, class T, hipstdpar::offloaded<I> = 0, hipstdpar::plain<T> = 0>
void fill(hipstdpar_policy, I first, I last, const T &value)
{
    hipstdpar::each(hipstdpar::count_of(first, last),
                    [=](size_t i) mutable { hipstdpar::at(first, i) = value; });
}

template <class I, class N, class T, hipstdpar::offloaded<I> = 0, hipstdpar::plain<T> = 0>
I fill_n(hipstdpar_policy policy, I first, N count, const T &value)
{
    I last = count > 0 ? hipstdpar::next(first, static_cast<size_t>(count)) : first;
    std::fill(policy, first, last, value);
    return last;
}

template <class I, class O, hipstdpar::offloaded<I, O> = 0>
O copy(hipstdpar_policy, I first, I last, O out)
{
    size_t count = hipstdpar::count_of(first, last);
    hipstdpar::each(count,
                    [=](size_t i) mutable { hipstdpar::at(out, i) = hipstdpar::at(first, i); });
    return hipstdpar::next(out, count);
}

template <class I, class N, class O, hipstdpar::offloaded<I, O> = 0>
O copy_n(hipstdpar_policy policy, I first, N count, O out)
{
    return std::copy(policy, first,
                     count > 0 ? hipstdpar::next(first, static_cast<size_t>(count)) : first, out);
}

template <class I, class F, class T, hipstdpar::offloaded<I> = 0, hipstdpar::plain<T> = 0>
void replace_if(hipstdpar_policy, I first, I last, F is_it, const T &value)
{
    hipstdpar::each(hipstdpar::count_of(first, last), [=](size_t i) mutable {
        if (is_it(hipstdpar::at(first, i)))
            hipstdpar::at(first, i) = value;
    });
}

template <class I, class T, hipstdpar::offloaded<I> = 0, hipstdpar::plain<T> = 0>
void replace(hipstdpar_policy policy, I first, I last, const T &old, const T &value)
{
    std::replace_if(policy, first, last, [=](const auto &x) mutable { return x == old; }, value);
}

template <class I, hipstdpar::offloaded<I> = 0> void reverse(hipstdpar_policy, I first, I last)
{
    size_t count = hipstdpar::count_of(first, last);
    hipstdpar::each(count / 2, [=](size_t i) mutable {
        hipstdpar::value_of<I> kept(hipstdpar::at(first, i));
        hipstdpar::at(first, i) = hipstdpar::at(first, count - 1 - i);
        hipstdpar::at(first, count - 1 - i) = kept;
    });
}

template <class I, class J, hipstdpar::offloaded<I, J> = 0>
J swap_ranges(hipstdpar_policy, I first, I last, J second)
{
    size_t count = hipstdpar::count_of(first, last);
    hipstdpar::each(count, [=](size_t i) mutable {
        hipstdpar::value_of<I> kept(hipstdpar::at(first, i));
        hipstdpar::at(first, i) = hipstdpar::at(second, i);
        hipstdpar::at(second, i) = kept;
    });
    return hipstdpar::next(second, count);
}

template <class I, class F, hipstdpar::offloaded<I> = 0>
void generate(hipstdpar_policy, I first, I last, F function)
{
    hipstdpar::each(hipstdpar::count_of(first, last),
                    [=](size_t i) mutable { hipstdpar::at(first, i) = function(); });
}

template <class I, class N, class F, hipstdpar::offloaded<I> = 0>
I generate_n(hipstdpar_policy policy, I first, N count, F function)
{
    I last = count > 0 ? hipstdpar::next(first, static_cast<size_t>(count)) : first;
    std::generate(policy, first, last, function);
    return last;
}

template <class I, class O, class F, class T, hipstdpar::offloaded<I, O> = 0,
          hipstdpar::plain<T> = 0>
O replace_copy_if(hipstdpar_policy, I first, I last, O out, F is_it, const T &value)
{
    size_t count = hipstdpar::count_of(first, last);
    hipstdpar::each(count, [=](size_t i) mutable {
        if (is_it(hipstdpar::at(first, i)))
            hipstdpar::at(out, i) = value;
        else
            hipstdpar::at(out, i) = hipstdpar::at(first, i);
    });
    return hipstdpar::next(out, count);
}

template <class I, class O, class T, hipstdpar::offloaded<I, O> = 0, hipstdpar::plain<T> = 0>
O replace_copy(hipstdpar_policy policy, I first, I last, O out, const T &old, const T &value)
{
    return std::replace_copy_if(
        policy, first, last, out, [=](const auto &x) { return x == old; }, value);
}

template <class I, class O, hipstdpar::offloaded<I, O> = 0>
O reverse_copy(hipstdpar_policy, I first, I last, O out)
{
    size_t count = hipstdpar::count_of(first, last);
    hipstdpar::each(count, [=](size_t i) mutable {
        hipstdpar::at(out, i) = hipstdpar::at(first, count - 1 - i);
    });
    return hipstdpar::next(out, count);
}

// ---- reductions ----

template <class I, class T, class Op, class F, hipstdpar::offloaded<I> = 0, hipstdpar::plain<T> = 0>
T transform_reduce(hipstdpar_policy, I first, I last, T init, Op op, F function)
{
    return hipstdpar::reduce(
        hipstdpar::count_of(first, last), init, op,
        [=](size_t i) mutable -> T { return function(hipstdpar::at(first, i)); });
}

template <class I, class J, class T, class Op, class F, hipstdpar::offloaded<I, J> = 0,
          hipstdpar::plain<T> = 0>
T transform_reduce(hipstdpar_policy, I first, I last, J second, T init, Op op, F function)
{
    return hipstdpar::reduce(hipstdpar::count_of(first, last), init, op,
                             [=](size_t i) mutable -> T {
                                 return function(hipstdpar::at(first, i), hipstdpar::at(second, i));
                             });
}

template <class I, class J, class T, hipstdpar::offloaded<I, J> = 0, hipstdpar::plain<T> = 0>
T transform_reduce(hipstdpar_policy policy, I first, I last, J second, T init)
{
    return std::transform_reduce(policy, first, last, second, init, plus<>(), multiplies<>());
}

template <class I, class T, class Op, hipstdpar::offloaded<I> = 0, hipstdpar::plain<T> = 0>
T reduce(hipstdpar_policy, I first, I last, T init, Op op)
{
    return hipstdpar::reduce(hipstdpar::count_of(first, last), init, op,
                             [=](size_t i) mutable -> T { return hipstdpar::at(first, i); });
}

template <class I, class T, hipstdpar::offloaded<I> = 0, hipstdpar::plain<T> = 0>
T reduce(hipstdpar_policy policy, I first, I last, T init)
{
    return std::reduce(policy, first, last, init, plus<>());
}

template <class I, hipstdpar::offloaded<I> = 0>
hipstdpar::value_of<I> reduce(hipstdpar_policy policy, I first, I last)
{
    return std::reduce(policy, first, last, hipstdpar::value_of<I>{}, plus<>());
}

template <class I, class F, hipstdpar::offloaded<I> = 0>
hipstdpar::distance_of<I> count_if(hipstdpar_policy, I first, I last, F is_it)
{
    using N = hipstdpar::distance_of<I>;
    return hipstdpar::reduce(
        hipstdpar::count_of(first, last), N(0), plus<>(),
        [=](size_t i) mutable -> N { return is_it(hipstdpar::at(first, i)) ? 1 : 0; });
}

template <class I, class T, hipstdpar::offloaded<I> = 0, hipstdpar::plain<T> = 0>
hipstdpar::distance_of<I> count(hipstdpar_policy policy, I first, I last, const T &value)
{
    return std::count_if(policy, first, last, [=](const auto &x) mutable { return x == value; });
}

// ---- sorting ----

template <class I, class Less, hipstdpar::offloaded<I> = 0>
void stable_sort(hipstdpar_policy, I first, I last, Less less)
{
    hipstdpar::sort(first, hipstdpar::count_of(first, last), less);
}

template <class I, hipstdpar::offloaded<I> = 0>
void stable_sort(hipstdpar_policy policy, I first, I last)
{
    std::stable_sort(policy, first, last, less<>());
}

template <class I, class Less, hipstdpar::offloaded<I> = 0>
void sort(hipstdpar_policy, I first, I last, Less less)
{
    hipstdpar::sort(first, hipstdpar::count_of(first, last), less);
}

template <class I, hipstdpar::offloaded<I> = 0> void sort(hipstdpar_policy policy, I first, I last)
{
    std::stable_sort(policy, first, last, less<>());
}

} // namespace std

#include "hipstdpar_more.hpp"

#if defined(__HIPSTDPAR_INTERPOSE_ALLOC__) || defined(__HIPSTDPAR_INTERPOSE_ALLOC_V1__)
#include "hipstdpar_alloc.hpp"
#endif

#endif
#endif
