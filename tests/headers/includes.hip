// SPDX-License-Identifier: MIT
// Standard headers that programs take from hip_runtime.h alone, as ROCm's has them.
#include <hip/hip_runtime.h>

std::array<float, 4> rows;
std::tuple<int, float> pair(std::ostream *out);

int host(int a)
{
    static_assert(std::is_same<decltype(rows)::value_type, float>::value, "");
    return std::min(a, std::numeric_limits<int>::max()) + (int)std::sqrt((double)rows.size());
}
