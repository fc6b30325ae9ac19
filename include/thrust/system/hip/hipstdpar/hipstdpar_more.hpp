// SPDX-License-Identifier: MIT
// The second half of hipstdpar_lib.hpp: searches, comparisons, extremes, scans, selections,
// merging.
#ifndef CAIRN_HIPSTDPAR_MORE_HPP
#define CAIRN_HIPSTDPAR_MORE_HPP

namespace std
{

// ---- searches ----

template <class I, class F, hipstdpar::offloaded<I> = 0>
I find_if(hipstdpar_policy, I first, I last, F is_it)
{
    return hipstdpar::next(
        first, hipstdpar::first_index(hipstdpar::count_of(first, last), [=](size_t i) mutable {
            return is_it(hipstdpar::at(first, i));
        }));
}

template <class I, class F, hipstdpar::offloaded<I> = 0>
I find_if_not(hipstdpar_policy policy, I first, I last, F is_it)
{
    return std::find_if(policy, first, last, [=](const auto &x) mutable { return !is_it(x); });
}

template <class I, class T, hipstdpar::offloaded<I> = 0, hipstdpar::plain<T> = 0>
I find(hipstdpar_policy policy, I first, I last, const T &value)
{
    return std::find_if(policy, first, last, [=](const auto &x) mutable { return x == value; });
}

template <class I, class F, hipstdpar::offloaded<I> = 0>
bool any_of(hipstdpar_policy policy, I first, I last, F is_it)
{
    return std::find_if(policy, first, last, is_it) != last;
}

template <class I, class F, hipstdpar::offloaded<I> = 0>
bool none_of(hipstdpar_policy policy, I first, I last, F is_it)
{
    return std::find_if(policy, first, last, is_it) == last;
}

template <class I, class F, hipstdpar::offloaded<I> = 0>
bool all_of(hipstdpar_policy policy, I first, I last, F is_it)
{
    return std::find_if_not(policy, first, last, is_it) == last;
}

template <class I, class F, hipstdpar::offloaded<I> = 0>
I adjacent_find(hipstdpar_policy, I first, I last, F is_pair)
{
    size_t count = hipstdpar::count_of(first, last), pairs = count < 2 ? 0 : count - 1;
    size_t found = hipstdpar::first_index(pairs, [=](size_t i) mutable {
        return is_pair(hipstdpar::at(first, i), hipstdpar::at(first, i + 1));
    });
    return found == pairs ? last : hipstdpar::next(first, found);
}

template <class I, hipstdpar::offloaded<I> = 0>
I adjacent_find(hipstdpar_policy policy, I first, I last)
{
    return std::adjacent_find(policy, first, last, equal_to<>());
}

template <class I, class Less, hipstdpar::offloaded<I> = 0>
I is_sorted_until(hipstdpar_policy policy, I first, I last, Less less)
{
    I found = std::adjacent_find(policy, first, last,
                                 [=](const auto &x, const auto &y) mutable { return less(y, x); });
    return found == last ? last : hipstdpar::next(found, 1);
}

template <class I, hipstdpar::offloaded<I> = 0>
I is_sorted_until(hipstdpar_policy policy, I first, I last)
{
    return std::is_sorted_until(policy, first, last, less<>());
}

template <class I, class Less, hipstdpar::offloaded<I> = 0>
bool is_sorted(hipstdpar_policy policy, I first, I last, Less less)
{
    return std::is_sorted_until(policy, first, last, less) == last;
}

template <class I, hipstdpar::offloaded<I> = 0>
bool is_sorted(hipstdpar_policy policy, I first, I last)
{
    return std::is_sorted_until(policy, first, last, less<>()) == last;
}

// ---- comparisons ----

template <class I, class J, class F, hipstdpar::offloaded<I, J> = 0>
pair<I, J> mismatch(hipstdpar_policy, I first, I last, J second, F equals)
{
    size_t found = hipstdpar::first_index(hipstdpar::count_of(first, last), [=](size_t i) mutable {
        return !equals(hipstdpar::at(first, i), hipstdpar::at(second, i));
    });
    return {hipstdpar::next(first, found), hipstdpar::next(second, found)};
}

template <class I, class J, hipstdpar::offloaded<I, J> = 0>
pair<I, J> mismatch(hipstdpar_policy policy, I first, I last, J second)
{
    return std::mismatch(policy, first, last, second, equal_to<>());
}

template <class I, class J, class F, hipstdpar::offloaded<I, J> = 0>
pair<I, J> mismatch(hipstdpar_policy policy, I first, I last, J second, J second_last, F equals)
{
    size_t one = hipstdpar::count_of(first, last), other = hipstdpar::count_of(second, second_last);
    return std::mismatch(policy, first, hipstdpar::next(first, one < other ? one : other), second,
                         equals);
}

template <class I, class J, hipstdpar::offloaded<I, J> = 0>
pair<I, J> mismatch(hipstdpar_policy policy, I first, I last, J second, J second_last)
{
    return std::mismatch(policy, first, last, second, second_last, equal_to<>());
}

template <class I, class J, class F, hipstdpar::offloaded<I, J> = 0>
bool equal(hipstdpar_policy policy, I first, I last, J second, F equals)
{
    return std::mismatch(policy, first, last, second, equals).first == last;
}

template <class I, class J, hipstdpar::offloaded<I, J> = 0>
bool equal(hipstdpar_policy policy, I first, I last, J second)
{
    return std::mismatch(policy, first, last, second).first == last;
}

template <class I, class J, class F, hipstdpar::offloaded<I, J> = 0>
bool equal(hipstdpar_policy policy, I first, I last, J second, J second_last, F equals)
{
    return hipstdpar::count_of(first, last) == hipstdpar::count_of(second, second_last) &&
           std::mismatch(policy, first, last, second, equals).first == last;
}

template <class I, class J, hipstdpar::offloaded<I, J> = 0>
bool equal(hipstdpar_policy policy, I first, I last, J second, J second_last)
{
    return std::equal(policy, first, last, second, second_last, equal_to<>());
}

// ---- extremes ----

template <class I, class Less, hipstdpar::offloaded<I> = 0>
I min_element(hipstdpar_policy, I first, I last, Less less)
{
    size_t count = hipstdpar::count_of(first, last);
    return hipstdpar::next(first, hipstdpar::best_index(count, [=](size_t i, size_t j) mutable {
                               return less(hipstdpar::at(first, i), hipstdpar::at(first, j)) ||
                                      (i < j &&
                                       !less(hipstdpar::at(first, j), hipstdpar::at(first, i)));
                           }));
}

template <class I, class Less, hipstdpar::offloaded<I> = 0>
I max_element(hipstdpar_policy policy, I first, I last, Less less)
{
    return std::min_element(policy, first, last,
                            [=](const auto &a, const auto &b) mutable { return less(b, a); });
}

template <class I, class Less, hipstdpar::offloaded<I> = 0>
pair<I, I> minmax_element(hipstdpar_policy policy, I first, I last, Less less)
{
    size_t count = hipstdpar::count_of(first, last);
    size_t most =
        hipstdpar::best_index(count, [=](size_t i, size_t j) mutable { // the last of the greatest
            return less(hipstdpar::at(first, j), hipstdpar::at(first, i)) ||
                   (i > j && !less(hipstdpar::at(first, i), hipstdpar::at(first, j)));
        });
    return {std::min_element(policy, first, last, less), hipstdpar::next(first, most)};
}

template <class I, hipstdpar::offloaded<I> = 0>
I min_element(hipstdpar_policy policy, I first, I last)
{
    return std::min_element(policy, first, last, less<>());
}

template <class I, hipstdpar::offloaded<I> = 0>
I max_element(hipstdpar_policy policy, I first, I last)
{
    return std::max_element(policy, first, last, less<>());
}

template <class I, hipstdpar::offloaded<I> = 0>
pair<I, I> minmax_element(hipstdpar_policy policy, I first, I last)
{
    return std::minmax_element(policy, first, last, less<>());
}

// ---- scans ----

template <class I, class O, class Op, class F, class T, hipstdpar::offloaded<I, O> = 0,
          hipstdpar::plain<T> = 0>
O transform_inclusive_scan(hipstdpar_policy, I first, I last, O out, Op op, F function, T init)
{
    size_t count = hipstdpar::count_of(first, last);
    hipstdpar::scan<T, true>(
        count, &init, op, [=](size_t i) mutable -> T { return function(hipstdpar::at(first, i)); },
        [=](size_t i, const T &value) mutable { hipstdpar::at(out, i) = value; });
    return hipstdpar::next(out, count);
}

template <class I, class O, class Op, class F, hipstdpar::offloaded<I, O> = 0>
O transform_inclusive_scan(hipstdpar_policy, I first, I last, O out, Op op, F function)
{
    using T = decay_t<decltype(function(*first))>;
    size_t count = hipstdpar::count_of(first, last);
    hipstdpar::scan<T, true>(
        count, static_cast<const T *>(nullptr), op,
        [=](size_t i) mutable -> T { return function(hipstdpar::at(first, i)); },
        [=](size_t i, const T &value) mutable { hipstdpar::at(out, i) = value; });
    return hipstdpar::next(out, count);
}

template <class I, class O, class T, class Op, class F, hipstdpar::offloaded<I, O> = 0,
          hipstdpar::plain<T> = 0>
O transform_exclusive_scan(hipstdpar_policy, I first, I last, O out, T init, Op op, F function)
{
    size_t count = hipstdpar::count_of(first, last);
    hipstdpar::scan<T, false>(
        count, &init, op, [=](size_t i) mutable -> T { return function(hipstdpar::at(first, i)); },
        [=](size_t i, const T &value) mutable { hipstdpar::at(out, i) = value; });
    return hipstdpar::next(out, count);
}

template <class I, class O, class Op, class T, hipstdpar::offloaded<I, O> = 0,
          hipstdpar::plain<T> = 0>
O inclusive_scan(hipstdpar_policy policy, I first, I last, O out, Op op, T init)
{
    return std::transform_inclusive_scan(
        policy, first, last, out, op, [](const auto &x) { return x; }, init);
}

template <class I, class O, class Op, hipstdpar::offloaded<I, O> = 0>
O inclusive_scan(hipstdpar_policy policy, I first, I last, O out, Op op)
{
    return std::transform_inclusive_scan(policy, first, last, out, op,
                                         [](const auto &x) { return x; });
}

template <class I, class O, hipstdpar::offloaded<I, O> = 0>
O inclusive_scan(hipstdpar_policy policy, I first, I last, O out)
{
    return std::inclusive_scan(policy, first, last, out, plus<>());
}

template <class I, class O, class T, class Op, hipstdpar::offloaded<I, O> = 0,
          hipstdpar::plain<T> = 0>
O exclusive_scan(hipstdpar_policy policy, I first, I last, O out, T init, Op op)
{
    return std::transform_exclusive_scan(policy, first, last, out, init, op,
                                         [](const auto &x) { return x; });
}

template <class I, class O, class T, hipstdpar::offloaded<I, O> = 0, hipstdpar::plain<T> = 0>
O exclusive_scan(hipstdpar_policy policy, I first, I last, O out, T init)
{
    return std::exclusive_scan(policy, first, last, out, init, plus<>());
}

template <class I, class O, class F, hipstdpar::offloaded<I, O> = 0>
O adjacent_difference(hipstdpar_policy, I first, I last, O out, F function)
{
    using T = hipstdpar::value_of<I>;
    size_t count = hipstdpar::count_of(first, last);
    hipstdpar::scratch<T> copies(count); // the output may be the input
    T *copy = copies.get();
    hipstdpar::each(count, [=](size_t i) mutable {
        ::new (static_cast<void *>(copy + i)) T(hipstdpar::at(first, i));
    });
    hipstdpar::each(count, [=](size_t i) mutable {
        if (i == 0)
            hipstdpar::at(out, i) = copy[i];
        else
            hipstdpar::at(out, i) = function(copy[i], copy[i - 1]);
    });
    return hipstdpar::next(out, count);
}

template <class I, class O, hipstdpar::offloaded<I, O> = 0>
O adjacent_difference(hipstdpar_policy policy, I first, I last, O out)
{
    return std::adjacent_difference(policy, first, last, out, minus<>());
}

// ---- selections ----

template <class I, class O, class F, hipstdpar::offloaded<I, O> = 0>
O copy_if(hipstdpar_policy, I first, I last, O out, F is_it)
{
    size_t kept = hipstdpar::select(
        hipstdpar::count_of(first, last),
        [=](size_t i) mutable { return static_cast<bool>(is_it(hipstdpar::at(first, i))); },
        [=](size_t i, size_t place) mutable {
            hipstdpar::at(out, place) = hipstdpar::at(first, i);
        },
        [](size_t, size_t) {});
    return hipstdpar::next(out, kept);
}

template <class I, class F, hipstdpar::offloaded<I> = 0>
I stable_partition(hipstdpar_policy, I first, I last, F is_it)
{
    using T = hipstdpar::value_of<I>;
    size_t count = hipstdpar::count_of(first, last);
    hipstdpar::scratch<T> ones(count), others(count);
    T *one = ones.get(), *other = others.get();
    size_t kept = hipstdpar::select(
        count, [=](size_t i) mutable { return static_cast<bool>(is_it(hipstdpar::at(first, i))); },
        [=](size_t i, size_t place) mutable {
            ::new (static_cast<void *>(one + place)) T(hipstdpar::at(first, i));
        },
        [=](size_t i, size_t place) mutable {
            ::new (static_cast<void *>(other + place)) T(hipstdpar::at(first, i));
        });
    hipstdpar::each(count, [=](size_t i) mutable {
        hipstdpar::at(first, i) = i < kept ? one[i] : other[i - kept];
    });
    return hipstdpar::next(first, kept);
}

template <class I, class F, hipstdpar::offloaded<I> = 0>
I partition(hipstdpar_policy policy, I first, I last, F is_it)
{
    return std::stable_partition(policy, first, last, is_it);
}

template <class I, class F, hipstdpar::offloaded<I> = 0>
I remove_if(hipstdpar_policy policy, I first, I last, F is_it)
{
    return std::stable_partition(policy, first, last,
                                 [=](const auto &x) mutable { return !is_it(x); });
}

template <class I, class T, hipstdpar::offloaded<I> = 0, hipstdpar::plain<T> = 0>
I remove(hipstdpar_policy policy, I first, I last, const T &value)
{
    return std::stable_partition(policy, first, last,
                                 [=](const auto &x) mutable { return !(x == value); });
}

template <class I, class F, hipstdpar::offloaded<I> = 0>
I unique(hipstdpar_policy, I first, I last, F equals)
{
    using T = hipstdpar::value_of<I>;
    size_t count = hipstdpar::count_of(first, last);
    hipstdpar::scratch<T> ones(count);
    T *one = ones.get();
    size_t kept = hipstdpar::select(
        count,
        [=](size_t i) mutable {
            return i == 0 || !equals(hipstdpar::at(first, i - 1), hipstdpar::at(first, i));
        },
        [=](size_t i, size_t place) mutable {
            ::new (static_cast<void *>(one + place)) T(hipstdpar::at(first, i));
        },
        [](size_t, size_t) {});
    hipstdpar::each(kept, [=](size_t i) mutable { hipstdpar::at(first, i) = one[i]; });
    return hipstdpar::next(first, kept);
}

template <class I, hipstdpar::offloaded<I> = 0> I unique(hipstdpar_policy policy, I first, I last)
{
    return std::unique(policy, first, last, equal_to<>());
}

template <class I, class O, class F, hipstdpar::offloaded<I, O> = 0>
O remove_copy_if(hipstdpar_policy policy, I first, I last, O out, F is_it)
{
    return std::copy_if(policy, first, last, out, [=](const auto &x) mutable { return !is_it(x); });
}

template <class I, class O, class T, hipstdpar::offloaded<I, O> = 0, hipstdpar::plain<T> = 0>
O remove_copy(hipstdpar_policy policy, I first, I last, O out, const T &value)
{
    return std::copy_if(policy, first, last, out, [=](const auto &x) { return !(x == value); });
}

// ---- merging ----

template <class I, class J, class O, class Less, hipstdpar::offloaded<I, J, O> = 0>
O merge(hipstdpar_policy, I first, I last, J second, J second_last, O out, Less less)
{
    size_t one = hipstdpar::count_of(first, last), other = hipstdpar::count_of(second, second_last);
    hipstdpar::each(one, [=](size_t i) mutable {
        const auto &value = hipstdpar::at(first, i);
        hipstdpar::at(out, i + hipstdpar::rank(second, other, value, less, false)) = value;
    });
    hipstdpar::each(other, [=](size_t i) mutable {
        const auto &value = hipstdpar::at(second, i);
        hipstdpar::at(out, i + hipstdpar::rank(first, one, value, less, true)) = value;
    });
    return hipstdpar::next(out, one + other);
}

template <class I, class J, class O, hipstdpar::offloaded<I, J, O> = 0>
O merge(hipstdpar_policy policy, I first, I last, J second, J second_last, O out)
{
    return std::merge(policy, first, last, second, second_last, out, less<>());
}

} // namespace std

#endif
