// SPDX-License-Identifier: MIT
// --hipstdpar-interpose-alloc: kernels reach what the program allocates, in each way that it can,
// without xnack.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <execution>
#include <memory>
#include <new>
#include <numeric>
#include <string>
#include <vector>

static int failures;

static int where()
{
#ifdef __HIP_DEVICE_COMPILE__
    return 1;
#else
    return 0;
#endif
}

static void work_on(int *data, int count, const char *what)
{
    const auto par = std::execution::par_unseq;
    bool is_right = data != nullptr;
    if (is_right) {
        std::fill(par, data, data + count, 2);
        std::for_each(par, data, data + count, [](int &x) { x += where(); });
        is_right = std::reduce(par, data, data + count) == 3 * count && data[count - 1] == 3;
    }
    if (!is_right) {
        std::printf("wrong: %s\n", what);
        failures++;
    }
}

struct alignas(8192) wide {
    int values[4096];
};

static std::vector<int> early(100, 1); // made before main, freed after it

int main()
{
    constexpr int count = 5000;
    constexpr std::size_t bytes = count * sizeof(int);
    std::vector<int> vector(count);
    work_on(vector.data(), count, "std::vector");
    work_on(early.data(), 100, "a static vector");
    std::unique_ptr<int[]> array(new int[count]);
    work_on(array.get(), count, "new[]");
    std::unique_ptr<wide> aligned(new wide);
    failures += reinterpret_cast<std::uintptr_t>(aligned.get()) % 8192 != 0;
    work_on(aligned->values, 4096, "new of an alignment");
    std::unique_ptr<int[]> quiet(new (std::nothrow) int[count]);
    work_on(quiet.get(), count, "new(nothrow)");
    auto *memory = static_cast<int *>(std::malloc(bytes));
    work_on(memory, count, "malloc");
    memory = static_cast<int *>(std::realloc(memory, 3 * bytes));
    failures += memory[0] != 3 || memory[count - 1] != 3;
    work_on(memory, 3 * count, "realloc");
    std::free(memory);
    memory = static_cast<int *>(std::calloc(count, sizeof(int)));
    failures += std::count(memory, memory + count, 0) != count;
    work_on(memory, count, "calloc");
    std::free(memory);
    memory = static_cast<int *>(std::aligned_alloc(64, (bytes + 63) / 64 * 64));
    work_on(memory, count, "aligned_alloc");
    std::free(memory);
    void *place = nullptr;
    failures += posix_memalign(&place, 16384, bytes) != 0 ||
                reinterpret_cast<std::uintptr_t>(place) % 16384 != 0;
    work_on(static_cast<int *>(place), count, "posix_memalign");
    std::free(place);
    std::free(nullptr);
    // The C library's memory comes back to the replacements.
    char *line = nullptr;
    std::size_t room = 0;
    std::FILE *file = std::fopen("/proc/self/cmdline", "r");
    failures += getline(&line, &room, file) <= 0;
    std::fclose(file);
    line = static_cast<char *>(std::realloc(line, 100000));
    failures += line == nullptr || line[0] == '\0';
    std::free(line);
    std::puts(failures == 0 ? "PASSED" : "FAILED");
    return failures != 0;
}
