// SPDX-License-Identifier: MIT
// --hipstdpar with what C++20 programs pass: iterators of views, pointers, functions that change
// themselves.
#include <algorithm>
#include <cstdio>
#include <execution>
#include <numeric>
#include <ranges>
#include <vector>

static int where()
{
#ifdef __HIP_DEVICE_COMPILE__
    return 1;
#else
    return 0;
#endif
}

struct changing {
    int calls = 0;
    int operator()(int x)
    {
        return calls++, x * where();
    }
};

int main()
{
    constexpr int count = 5000;
    std::vector<int> values(count), copies(count);
    auto indices = std::views::iota(0, count);
    int *data = values.data(), most = count - 1;
    std::for_each(std::execution::par_unseq, indices.begin(), indices.end(),
                  [=](int i) { data[i] = i * where(); });
    std::transform(std::execution::par_unseq, data, data + count, copies.begin(), changing());
    auto by_reference = [&](int x) { return x == most; };
    bool is_right =
        std::reduce(std::execution::parallel_unsequenced_policy{}, copies.begin(), copies.end(),
                    0ll) == count * (count - 1ll) / 2 &&
        std::find_if(std::execution::par_unseq, data, data + count, by_reference) == data + most;
    std::puts(is_right ? "PASSED" : "FAILED");
    return !is_right;
}
