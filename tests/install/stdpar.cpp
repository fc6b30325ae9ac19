// SPDX-License-Identifier: MIT
// Each algorithm that --hipstdpar offloads, next to the sequential one, on vectors of a few sizes.
// The functions that are passed in note where they ran: all of them must have run on the device.
#include <algorithm>
#include <cstdio>
#include <execution>
#include <functional>
#include <list>
#include <numeric>
#include <string>
#include <vector>

static const auto par = std::execution::par_unseq;
static int *seen; // [0] on the host, [1] on the device
static int failures;

static void note(int *where)
{
#ifdef __HIP_DEVICE_COMPILE__
    where[1] = 1;
#else
    where[0] = 1;
#endif
}

static void expect(bool is_right, const char *what, std::size_t size)
{
    if (is_right)
        return;
    std::printf("wrong: %s of %zu\n", what, size);
    failures++;
}

struct pair_key {
    int key, place;
    bool operator==(const pair_key &other) const
    {
        return key == other.key && place == other.place;
    }
};

static std::vector<int> numbers(std::size_t size, unsigned seed, unsigned range)
{
    std::vector<int> values(size);
    for (int &value : values) {
        seed = seed * 1664525u + 1013904223u;
        value = static_cast<int>((seed >> 8) % range);
    }
    return values;
}

// RESULT computed by the device in PARALLEL and by the host in SEQUENTIAL; the vectors a, b and c
// must be the same afterwards, too. is_noting: a function is passed that notes in `w`.
#define COMPARE(is_noting, PARALLEL, SEQUENTIAL)                                                   \
    do {                                                                                           \
        int *w = seen;                                                                             \
        std::vector<int> a = one, b = two, c(2 * size, -1);                                        \
        seen[0] = seen[1] = 0;                                                                     \
        auto got = PARALLEL;                                                                       \
        expect(!is_noting || size < 2 || seen[1] == 1, "not on the device: " #PARALLEL, size);     \
        std::vector<int> a1 = a, b1 = b, c1 = c;                                                   \
        a = one, b = two, c = std::vector<int>(2 * size, -1);                                      \
        auto wanted = SEQUENTIAL;                                                                  \
        (void)w;                                                                                   \
        expect(got == wanted && a1 == a && b1 == b && c1 == c, #PARALLEL, size);                   \
    } while (0)
#define ALL(v) v.begin(), v.end()

static void elements(std::size_t size, const std::vector<int> &one, const std::vector<int> &two)
{
    COMPARE(true, ((std::for_each(par, ALL(a), [=](int &x) { note(w), x += 2; }), 0)),
            ((std::for_each(ALL(a), [=](int &x) { note(w), x += 2; }), 0)));
    COMPARE(true,
            ((std::for_each_n(par, a.begin(), size, [=](int &x) { note(w), x *= 3; }) - a.begin())),
            ((std::for_each_n(a.begin(), size, [=](int &x) { note(w), x *= 3; }) - a.begin())));
    COMPARE(
        true,
        ((std::transform(par, ALL(a), c.begin(), [=](int x) { return note(w), x + 7; }) -
          c.begin())),
        ((std::transform(ALL(a), c.begin(), [=](int x) { return note(w), x + 7; }) - c.begin())));
    COMPARE(true,
            ((std::transform(par, ALL(a), b.begin(), c.begin(),
                             [=](int x, int y) { return note(w), x - y; }) -
              c.begin())),
            ((std::transform(ALL(a), b.begin(), c.begin(),
                             [=](int x, int y) { return note(w), x - y; }) -
              c.begin())));
    COMPARE(false, ((std::fill(par, ALL(a), 7), 0)), ((std::fill(ALL(a), 7), 0)));
    COMPARE(false, ((std::fill_n(par, a.begin(), size, 8) - a.begin())),
            ((std::fill_n(a.begin(), size, 8) - a.begin())));
    COMPARE(false, ((std::copy(par, ALL(a), c.begin()) - c.begin())),
            ((std::copy(ALL(a), c.begin()) - c.begin())));
    COMPARE(false, ((std::copy_n(par, a.begin(), size, c.begin()) - c.begin())),
            ((std::copy_n(a.begin(), size, c.begin()) - c.begin())));
    COMPARE(true,
            ((std::copy_if(par, ALL(a), c.begin(), [=](int x) { return note(w), x % 3 == 0; }) -
              c.begin())),
            ((std::copy_if(ALL(a), c.begin(), [=](int x) { return note(w), x % 3 == 0; }) -
              c.begin())));
    COMPARE(false, ((std::replace(par, ALL(a), 3, 4), 0)), ((std::replace(ALL(a), 3, 4), 0)));
    COMPARE(true,
            ((std::replace_if(
                  par, ALL(a), [=](int x) { return note(w), x % 3 == 0; }, 5),
              0)),
            ((std::replace_if(ALL(a), [=](int x) { return note(w), x % 3 == 0; }, 5), 0)));
    COMPARE(false, ((std::reverse(par, ALL(a)), 0)), ((std::reverse(ALL(a)), 0)));
    COMPARE(false, ((std::swap_ranges(par, ALL(a), b.begin()) - b.begin())),
            ((std::swap_ranges(ALL(a), b.begin()) - b.begin())));
    COMPARE(true, ((std::generate(par, ALL(a), [=] { return note(w), 6; }), 0)),
            ((std::generate(ALL(a), [=] { return note(w), 6; }), 0)));
    COMPARE(true, ((std::generate_n(par, a.begin(), size, [=] { return note(w), 5; }) - a.begin())),
            ((std::generate_n(a.begin(), size, [=] { return note(w), 5; }) - a.begin())));
    COMPARE(false, ((std::replace_copy(par, ALL(a), c.begin(), 3, 4) - c.begin())),
            ((std::replace_copy(ALL(a), c.begin(), 3, 4) - c.begin())));
    COMPARE(true,
            ((std::replace_copy_if(
                  par, ALL(a), c.begin(), [=](int x) { return note(w), x % 3 == 0; }, 5) -
              c.begin())),
            ((std::replace_copy_if(
                  ALL(a), c.begin(), [=](int x) { return note(w), x % 3 == 0; }, 5) -
              c.begin())));
    COMPARE(false, ((std::reverse_copy(par, ALL(a), c.begin()) - c.begin())),
            ((std::reverse_copy(ALL(a), c.begin()) - c.begin())));
    COMPARE(false, ((std::remove_copy(par, ALL(a), c.begin(), 3) - c.begin())),
            ((std::remove_copy(ALL(a), c.begin(), 3) - c.begin())));
    COMPARE(
        true,
        ((std::remove_copy_if(par, ALL(a), c.begin(), [=](int x) { return note(w), x % 3 == 0; }) -
          c.begin())),
        ((std::remove_copy_if(ALL(a), c.begin(), [=](int x) { return note(w), x % 3 == 0; }) -
          c.begin())));
}

static void reductions(std::size_t size, const std::vector<int> &one, const std::vector<int> &two)
{
    COMPARE(false, (std::reduce(par, ALL(a))), (std::reduce(ALL(a))));
    COMPARE(false, (std::reduce(par, ALL(a), 5ll)), (std::reduce(ALL(a), 5ll)));
    COMPARE(true,
            (std::reduce(par, ALL(a), 5, [=](int x, int y) { return note(w), x > y ? x : y; })),
            (std::reduce(ALL(a), 5, [=](int x, int y) { return note(w), x > y ? x : y; })));
    COMPARE(false, (std::transform_reduce(par, ALL(a), b.begin(), 3ll)),
            (std::transform_reduce(ALL(a), b.begin(), 3ll)));
    COMPARE(
        true,
        (std::transform_reduce(par, ALL(a), 3, std::plus<>(),
                               [=](int x) { return note(w), x / 2; })),
        (std::transform_reduce(ALL(a), 3, std::plus<>(), [=](int x) { return note(w), x / 2; })));
    COMPARE(true,
            (std::transform_reduce(par, ALL(a), b.begin(), 3, std::plus<>(),
                                   [=](int x, int y) { return note(w), x ^ y; })),
            (std::transform_reduce(ALL(a), b.begin(), 3, std::plus<>(),
                                   [=](int x, int y) { return note(w), x ^ y; })));
    COMPARE(false, (std::count(par, ALL(a), 3)), (std::count(ALL(a), 3)));
    COMPARE(true, (std::count_if(par, ALL(a), [=](int x) { return note(w), x % 5 == 1; })),
            (std::count_if(ALL(a), [=](int x) { return note(w), x % 5 == 1; })));
    COMPARE(false, ((std::inclusive_scan(par, ALL(a), c.begin()) - c.begin())),
            ((std::inclusive_scan(ALL(a), c.begin()) - c.begin())));
    COMPARE(false, ((std::inclusive_scan(par, ALL(a), a.begin()) - a.begin())),
            ((std::inclusive_scan(ALL(a), a.begin()) - a.begin())));
    COMPARE(true,
            ((std::inclusive_scan(par, ALL(a), c.begin(),
                                  [=](int x, int y) { return note(w), x > y ? x : y; }) -
              c.begin())),
            ((std::inclusive_scan(ALL(a), c.begin(),
                                  [=](int x, int y) { return note(w), x > y ? x : y; }) -
              c.begin())));
    COMPARE(true,
            ((std::inclusive_scan(
                  par, ALL(a), c.begin(), [=](int x, int y) { return note(w), x + y; }, 9) -
              c.begin())),
            ((std::inclusive_scan(
                  ALL(a), c.begin(), [=](int x, int y) { return note(w), x + y; }, 9) -
              c.begin())));
    COMPARE(false, ((std::exclusive_scan(par, ALL(a), c.begin(), 4) - c.begin())),
            ((std::exclusive_scan(ALL(a), c.begin(), 4) - c.begin())));
    COMPARE(false, ((std::exclusive_scan(par, ALL(a), a.begin(), 4) - a.begin())),
            ((std::exclusive_scan(ALL(a), a.begin(), 4) - a.begin())));
    COMPARE(
        true,
        ((std::exclusive_scan(par, ALL(a), c.begin(), 4,
                              [=](int x, int y) { return note(w), x + y; }) -
          c.begin())),
        ((std::exclusive_scan(ALL(a), c.begin(), 4, [=](int x, int y) { return note(w), x + y; }) -
          c.begin())));
    COMPARE(true,
            ((std::transform_inclusive_scan(par, ALL(a), c.begin(), std::plus<>(),
                                            [=](int x) { return note(w), x / 3; }) -
              c.begin())),
            ((std::transform_inclusive_scan(ALL(a), c.begin(), std::plus<>(),
                                            [=](int x) { return note(w), x / 3; }) -
              c.begin())));
    COMPARE(
        true,
        ((std::transform_inclusive_scan(
              par, ALL(a), c.begin(), std::plus<>(), [=](int x) { return note(w), x / 3; }, 11) -
          c.begin())),
        ((std::transform_inclusive_scan(
              ALL(a), c.begin(), std::plus<>(), [=](int x) { return note(w), x / 3; }, 11) -
          c.begin())));
    COMPARE(true,
            ((std::transform_exclusive_scan(par, ALL(a), c.begin(), 2, std::plus<>(),
                                            [=](int x) { return note(w), x / 3; }) -
              c.begin())),
            ((std::transform_exclusive_scan(ALL(a), c.begin(), 2, std::plus<>(),
                                            [=](int x) { return note(w), x / 3; }) -
              c.begin())));
    COMPARE(false, ((std::adjacent_difference(par, ALL(a), c.begin()) - c.begin())),
            ((std::adjacent_difference(ALL(a), c.begin()) - c.begin())));
    COMPARE(true,
            ((std::adjacent_difference(par, ALL(a), a.begin(),
                                       [=](int x, int y) { return note(w), x * 2 - y; }) -
              a.begin())),
            ((std::adjacent_difference(ALL(a), a.begin(),
                                       [=](int x, int y) { return note(w), x * 2 - y; }) -
              a.begin())));
}

static void searches(std::size_t size, const std::vector<int> &one, const std::vector<int> &two)
{
    COMPARE(false, ((std::find(par, ALL(a), 3) - a.begin())), ((std::find(ALL(a), 3) - a.begin())));
    COMPARE(false, ((std::find(par, ALL(a), -3) - a.begin())),
            ((std::find(ALL(a), -3) - a.begin())));
    COMPARE(true,
            ((std::find_if(par, ALL(a), [=](int x) { return note(w), x % 50 == 49; }) - a.begin())),
            ((std::find_if(ALL(a), [=](int x) { return note(w), x % 50 == 49; }) - a.begin())));
    COMPARE(true, ((std::find_if(par, ALL(a), [=](int x) { return note(w), x >= 0; }) - a.begin())),
            ((std::find_if(ALL(a), [=](int x) { return note(w), x >= 0; }) - a.begin())));
    COMPARE(
        true,
        ((std::find_if_not(par, ALL(a), [=](int x) { return note(w), x % 50 == 49; }) - a.begin())),
        ((std::find_if_not(ALL(a), [=](int x) { return note(w), x % 50 == 49; }) - a.begin())));
    COMPARE(true,
            ((std::find_if_not(par, ALL(a), [=](int x) { return note(w), x >= 0; }) - a.begin())),
            ((std::find_if_not(ALL(a), [=](int x) { return note(w), x >= 0; }) - a.begin())));
    COMPARE(true, (std::any_of(par, ALL(a), [=](int x) { return note(w), x == 49; })),
            (std::any_of(ALL(a), [=](int x) { return note(w), x == 49; })));
    COMPARE(true, (std::any_of(par, ALL(a), [=](int x) { return note(w), x >= 0; })),
            (std::any_of(ALL(a), [=](int x) { return note(w), x >= 0; })));
    COMPARE(true, (std::any_of(par, ALL(a), [=](int x) { return note(w), x < 0; })),
            (std::any_of(ALL(a), [=](int x) { return note(w), x < 0; })));
    COMPARE(true, (std::all_of(par, ALL(a), [=](int x) { return note(w), x == 49; })),
            (std::all_of(ALL(a), [=](int x) { return note(w), x == 49; })));
    COMPARE(true, (std::all_of(par, ALL(a), [=](int x) { return note(w), x >= 0; })),
            (std::all_of(ALL(a), [=](int x) { return note(w), x >= 0; })));
    COMPARE(true, (std::all_of(par, ALL(a), [=](int x) { return note(w), x < 0; })),
            (std::all_of(ALL(a), [=](int x) { return note(w), x < 0; })));
    COMPARE(true, (std::none_of(par, ALL(a), [=](int x) { return note(w), x == 49; })),
            (std::none_of(ALL(a), [=](int x) { return note(w), x == 49; })));
    COMPARE(true, (std::none_of(par, ALL(a), [=](int x) { return note(w), x >= 0; })),
            (std::none_of(ALL(a), [=](int x) { return note(w), x >= 0; })));
    COMPARE(true, (std::none_of(par, ALL(a), [=](int x) { return note(w), x < 0; })),
            (std::none_of(ALL(a), [=](int x) { return note(w), x < 0; })));
    COMPARE(false, ((std::adjacent_find(par, ALL(a)) - a.begin())),
            ((std::adjacent_find(ALL(a)) - a.begin())));
    COMPARE(
        true,
        ((std::adjacent_find(par, ALL(a), [=](int x, int y) { return note(w), x + y == 1000000; }) -
          a.begin())),
        ((std::adjacent_find(ALL(a), [=](int x, int y) { return note(w), x + y == 1000000; }) -
          a.begin())));
    COMPARE(false, (std::is_sorted(par, ALL(a))), (std::is_sorted(ALL(a))));
    COMPARE(true,
            (std::is_sorted(par, ALL(a), [=](int x, int y) { return note(w), x / 100 < y / 100; })),
            (std::is_sorted(ALL(a), [=](int x, int y) { return note(w), x / 100 < y / 100; })));
    COMPARE(false, ((std::is_sorted_until(par, ALL(a)) - a.begin())),
            ((std::is_sorted_until(ALL(a)) - a.begin())));
    COMPARE(
        true,
        ((std::is_sorted_until(par, ALL(a), [=](int x, int y) { return note(w), x > y; }) -
          a.begin())),
        ((std::is_sorted_until(ALL(a), [=](int x, int y) { return note(w), x > y; }) - a.begin())));
    COMPARE(false, (std::equal(par, ALL(a), b.begin())), (std::equal(ALL(a), b.begin())));
    COMPARE(false, (std::equal(par, ALL(a), a.begin())), (std::equal(ALL(a), a.begin())));
    COMPARE(false, (std::equal(par, ALL(a), b.begin(), b.end() - size / 2)),
            (std::equal(ALL(a), b.begin(), b.end() - size / 2)));
    COMPARE(true,
            (std::equal(par, ALL(a), a.begin(), [=](int x, int y) { return note(w), x == y; })),
            (std::equal(ALL(a), a.begin(), [=](int x, int y) { return note(w), x == y; })));
    COMPARE(true, (std::equal(par, ALL(a), ALL(a), [=](int x, int y) { return note(w), x == y; })),
            (std::equal(ALL(a), ALL(a), [=](int x, int y) { return note(w), x == y; })));
    COMPARE(false, ((std::mismatch(par, ALL(a), b.begin()).first - a.begin())),
            ((std::mismatch(ALL(a), b.begin()).first - a.begin())));
    COMPARE(false, ((std::mismatch(par, ALL(a), b.begin(), b.end() - size / 2).second - b.begin())),
            ((std::mismatch(ALL(a), b.begin(), b.end() - size / 2).second - b.begin())));
    COMPARE(
        true,
        ((std::mismatch(par, ALL(a), a.begin(), [=](int x, int y) { return note(w), x == y; })
              .second -
          a.begin())),
        ((std::mismatch(ALL(a), a.begin(), [=](int x, int y) { return note(w), x == y; }).second -
          a.begin())));
    COMPARE(
        true,
        ((std::mismatch(par, ALL(a), ALL(b), [=](int x, int y) { return note(w), x == y; }).second -
          b.begin())),
        ((std::mismatch(ALL(a), ALL(b), [=](int x, int y) { return note(w), x == y; }).second -
          b.begin())));
    COMPARE(false, ((std::min_element(par, ALL(a)) - a.begin())),
            ((std::min_element(ALL(a)) - a.begin())));
    COMPARE(true,
            ((std::min_element(par, ALL(a), [=](int x, int y) { return note(w), x % 7 < y % 7; }) -
              a.begin())),
            ((std::min_element(ALL(a), [=](int x, int y) { return note(w), x % 7 < y % 7; }) -
              a.begin())));
    COMPARE(false, ((std::max_element(par, ALL(a)) - a.begin())),
            ((std::max_element(ALL(a)) - a.begin())));
    COMPARE(true,
            ((std::max_element(par, ALL(a), [=](int x, int y) { return note(w), x % 7 < y % 7; }) -
              a.begin())),
            ((std::max_element(ALL(a), [=](int x, int y) { return note(w), x % 7 < y % 7; }) -
              a.begin())));
    COMPARE(false, ((std::minmax_element(par, ALL(a)).first - a.begin())),
            ((std::minmax_element(ALL(a)).first - a.begin())));
    COMPARE(
        true,
        ((std::minmax_element(par, ALL(a), [=](int x, int y) { return note(w), x % 7 < y % 7; })
              .first -
          a.begin())),
        ((std::minmax_element(ALL(a), [=](int x, int y) { return note(w), x % 7 < y % 7; }).first -
          a.begin())));
    COMPARE(false, ((std::minmax_element(par, ALL(a)).second - a.begin())),
            ((std::minmax_element(ALL(a)).second - a.begin())));
    COMPARE(
        true,
        ((std::minmax_element(par, ALL(a), [=](int x, int y) { return note(w), x % 7 < y % 7; })
              .second -
          a.begin())),
        ((std::minmax_element(ALL(a), [=](int x, int y) { return note(w), x % 7 < y % 7; }).second -
          a.begin())));
}

static void others(std::size_t size, const std::vector<int> &one, const std::vector<int> &two)
{
    COMPARE(false, ((std::sort(par, ALL(a)), 0)), ((std::sort(ALL(a)), 0)));
    COMPARE(true, ((std::sort(par, ALL(a), [=](int x, int y) { return note(w), x > y; }), 0)),
            ((std::sort(ALL(a), [=](int x, int y) { return note(w), x > y; }), 0)));
    COMPARE(false, ((std::stable_sort(par, ALL(a)), 0)), ((std::stable_sort(ALL(a)), 0)));
    COMPARE(
        true,
        ((std::stable_sort(par, ALL(a), [=](int x, int y) { return note(w), x % 10 < y % 10; }),
          0)),
        ((std::stable_sort(ALL(a), [=](int x, int y) { return note(w), x % 10 < y % 10; }), 0)));
    COMPARE(
        true,
        ((std::stable_partition(par, ALL(a), [=](int x) { return note(w), x % 3 == 1; }) -
          a.begin())),
        ((std::stable_partition(ALL(a), [=](int x) { return note(w), x % 3 == 1; }) - a.begin())));
    COMPARE(
        true,
        ((a.erase(std::remove_if(par, ALL(a), [=](int x) { return note(w), x % 3 == 1; }), a.end()),
          0)),
        ((a.erase(std::remove_if(ALL(a), [=](int x) { return note(w), x % 3 == 1; }), a.end()),
          0)));
    COMPARE(false, ((a.erase(std::remove(par, ALL(a), 3), a.end()), 0)),
            ((a.erase(std::remove(ALL(a), 3), a.end()), 0)));
    COMPARE(false, ((a.erase(std::unique(par, ALL(a)), a.end()), 0)),
            ((a.erase(std::unique(ALL(a)), a.end()), 0)));
    COMPARE(
        true,
        ((a.erase(std::unique(par, ALL(a), [=](int x, int y) { return note(w), x / 20 == y / 20; }),
                  a.end()),
          0)),
        ((a.erase(std::unique(ALL(a), [=](int x, int y) { return note(w), x / 20 == y / 20; }),
                  a.end()),
          0)));
    COMPARE(false,
            ((std::sort(par, ALL(a)), std::sort(ALL(b)),
              std::merge(par, ALL(a), ALL(b), c.begin()) - c.begin())),
            ((std::sort(ALL(a)), std::sort(ALL(b)),
              std::merge(ALL(a), ALL(b), c.begin()) - c.begin())));
    COMPARE(
        true,
        ((std::sort(a.rbegin(), a.rend()), std::sort(b.rbegin(), b.rend()),
          std::merge(par, ALL(a), ALL(b), c.begin(), [=](int x, int y) { return note(w), x > y; }) -
              c.begin())),
        ((std::sort(a.rbegin(), a.rend()), std::sort(b.rbegin(), b.rend()),
          std::merge(ALL(a), ALL(b), c.begin(), [=](int x, int y) { return note(w), x > y; }) -
              c.begin())));
}

// Elements that compare equal keep their order; values of more than one word.
static void stability(std::size_t size, const std::vector<int> &one)
{
    std::vector<pair_key> values(size), sorted;
    for (std::size_t i = 0; i < size; i++)
        values[i] = {one[i] % 10, static_cast<int>(i)};
    sorted = values;
    auto by_key = [](const pair_key &x, const pair_key &y) { return x.key < y.key; };
    std::stable_sort(par, values.begin(), values.end(), by_key);
    std::stable_sort(sorted.begin(), sorted.end(), by_key);
    expect(values == sorted, "stable_sort by key", size);
    auto middle = std::partition(par, values.begin(), values.end(),
                                 [](const pair_key &x) { return x.key < 3; });
    expect(std::is_partitioned(values.begin(), values.end(),
                               [](const pair_key &x) { return x.key < 3; }) &&
               middle - values.begin() ==
                   std::count_if(values.begin(), values.end(),
                                 [](const pair_key &x) { return x.key < 3; }),
           "partition", size);
    std::vector<double> doubles(one.begin(), one.end());
    expect(std::reduce(par, doubles.begin(), doubles.end()) ==
               std::accumulate(one.begin(), one.end(), 0.0),
           "reduce double", size);
    // A product of matrices would do: an operation that is associative, but not commutative.
    auto last = [](int, int y) { return y; };
    std::vector<int> scanned(size);
    std::inclusive_scan(par, one.begin(), one.end(), scanned.begin(), last);
    expect(scanned == one, "inclusive_scan keeps the order", size);
}

// What is not offloaded is the standard library's: other iterators, values with destructors, bits,
// other policies, other algorithms.
static void on_host(std::size_t size, const std::vector<int> &one)
{
    std::vector<std::string> texts(size, "a text that is longer than what fits into the object");
    std::for_each(par, texts.begin(), texts.end(), [](std::string &x) { x += "!"; });
    expect(std::all_of(texts.begin(), texts.end(),
                       [](const std::string &x) { return x.back() == '!'; }),
           "strings", size);
    std::list<int> list(one.begin(), one.end());
    expect(std::count(par, list.begin(), list.end(), 3) == std::count(one.begin(), one.end(), 3),
           "a list", size);
    std::vector<bool> bits(size);
    std::fill(par, bits.begin(), bits.end(), true);
    expect(std::count(bits.begin(), bits.end(), true) == static_cast<long>(size), "bits", size);
    std::vector<int> values = one, sorted = one;
    std::sort(std::execution::par, values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    expect(values == sorted, "sort with par", size);
    values = one;
    std::nth_element(par, values.begin(), values.begin() + size / 2, values.end());
    expect(size == 0 || values[size / 2] == sorted[size / 2], "nth_element", size);
}

int main()
{
    std::vector<int> noted(2);
    seen = noted.data();
    for (std::size_t size : {0, 1, 63, 1000, 100003}) {
        std::vector<int> one = numbers(size, 1, 1000), two = numbers(size, 2, 100);
        elements(size, one, two);
        reductions(size, one, two);
        searches(size, one, two);
        others(size, one, two);
        stability(size, one);
        on_host(size, one);
    }
    std::puts(failures == 0 ? "PASSED" : "FAILED");
    return failures != 0;
}
