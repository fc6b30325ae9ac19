// SPDX-License-Identifier: MIT
// Runs the kernels of opencl.cl (compiled by clang with this device library; the file's path is the
// argument) and compares with what OpenCL C and AMD's runtimes expect of them.
#include "check.h"

#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <string>

static hipModule_t module;

template <typename... T> static void launch(const char *name, dim3 grid, dim3 block, T... values)
{
    hipFunction_t kernel;
    void *arguments[] = {&values...};
    HIP_CHECK(hipModuleGetFunction(&kernel, module, name));
    HIP_CHECK(hipModuleLaunchKernel(kernel, grid.x, grid.y, grid.z, block.x, block.y, block.z, 0, 0,
                                    arguments, nullptr));
    HIP_CHECK(hipDeviceSynchronize());
}

static void items_know_their_place()
{
    const unsigned facts = 20, groups[] = {3, 2, 2}, sizes[] = {5, 7, 3}, items = 5 * 7 * 3;
    Buffer<uint64_t> out(facts * items * 12);
    launch("facts", dim3(groups[0], groups[1], groups[2]), dim3(sizes[0], sizes[1], sizes[2]),
           out.device);
    out.to_host();
    const unsigned all[] = {15, 14, 6};
    for (unsigned i = 0; i < items * 12; i++) {
        const uint64_t *row = &out.host[i * facts];
        const unsigned id[] = {i % all[0], i / all[0] % all[1], i / all[0] / all[1]};
        unsigned local = 0;
        for (int dim = 2; dim >= 0; dim--) {
            unsigned in = id[dim] % sizes[dim];
            local = local * sizes[dim] + in;
            expect<uint64_t>("get_global_id", i, row[dim], id[dim]);
            expect<uint64_t>("get_local_id", i, row[3 + dim], in);
            expect<uint64_t>("get_group_id", i, row[6 + dim], id[dim] / sizes[dim]);
            expect<uint64_t>("get_local_size", i, row[9 + dim], sizes[dim]);
        }
        expect<uint64_t>("get_global_size, get_num_groups", i, row[12], all[0] * 100 + groups[0]);
        expect<uint64_t>("get_work_dim", i, row[13], 3);
        expect<uint64_t>("get_local_linear_id", i, row[14], local);
        expect<uint64_t>("get_sub_group_id", i, row[15], local / 64);
        expect<uint64_t>("get_sub_group_size", i, row[16], local < 64 ? 64 : items - 64);
        expect<uint64_t>("get_num_sub_groups", i, row[17], 2);
        expect<uint64_t>("get_enqueued_local_size", i, row[18], sizes[0]);
        expect<uint64_t>("get_sub_group_local_id", i, row[19], local % 64);
    }
}

static void barriers_order_local_memory()
{
    Buffer<unsigned> out(512);
    launch("turned", dim3(2), dim3(256), out.device);
    out.to_host();
    for (unsigned i = 0; i < 512; i++)
        expect<unsigned>("barrier", i, out[i], (i & ~255u) + 255 - i % 256);
}

static void fills_repeat_their_pattern()
{
    Buffer<uint8_t> pattern(64), out(4096);
    for (unsigned i = 0; i < 64; i++)
        pattern.host[i] = 1 + i;
    pattern.to_device();
    for (unsigned unit : {1, 2, 4, 8}) { // 9 patterns of 3 units each, from unit 5 on
        out.host.assign(4096, 0);
        out.to_device();
        uint8_t *at = out.device, *none = nullptr;
        launch("fill", dim3(1), dim3(16), unit == 1 ? at : none, unit == 2 ? at : none,
               unit == 4 ? at : none, unit == 8 ? at : none, pattern.device, 3u, (uint64_t)5,
               (uint64_t)9);
        out.to_host();
        for (unsigned i = 0; i < 4096; i++) {
            unsigned from = 5 * unit, to = from + 27 * unit;
            unsigned want = i >= from && i < to ? 1 + (i - from) % (3 * unit) : 0;
            expect<unsigned>("__amd_fillBufferAligned", (int)(i + 10000 * unit), out[i], want);
        }
        out.host.assign(4096, 0);
        out.to_device();
        launch("fill2d", dim3(1, 1), dim3(16, 8), unit == 1 ? at : none, unit == 2 ? at : none,
               unit == 4 ? at : none, unit == 8 ? at : none, pattern.device, 1u, (uint64_t)3,
               (uint64_t)11, (uint64_t)6, (uint64_t)20);
        out.to_host();
        for (unsigned i = 0; i < 4096; i++) {
            unsigned element = i / unit, x = (element - 3) % 20, y = (element - 3) / 20;
            unsigned want = element >= 3 && x < 11 && y < 6 ? 1 + i % unit : 0;
            expect<unsigned>("__amd_fillBufferAligned2D", (int)(i + 10000 * unit), out[i], want);
        }
    }
}

static void copies_take_what_they_are_told()
{
    Buffer<uint8_t> from(4096), to(4096);
    for (unsigned i = 0; i < 4096; i++)
        from.host[i] = (uint8_t)(i * 7 + i / 256);
    from.to_device();
    auto check = [&](const char *claim, auto source_of) {
        to.to_host();
        for (int i = 0; i < 4096; i++) {
            int source = source_of(i);
            expect<unsigned>(claim, i, to[i], source < 0 ? 0 : from.host[source]);
        }
        to.host.assign(4096, 0);
        to.to_device();
    };
    launch("copy", dim3(2), dim3(64), from.device, to.device, (uint64_t)3, (uint64_t)9,
           (uint64_t)100, 8u);
    check("__amd_copyBuffer, bytes", [](int i) { return i >= 9 && i < 109 ? i - 6 : -1; });
    launch("copy", dim3(2), dim3(64), from.device, to.device, (uint64_t)4, (uint64_t)12,
           (uint64_t)100, 3u);
    check("__amd_copyBuffer, words", [](int i) { return i >= 12 && i < 411 ? i - 8 : -1; });
    for (int unit : {4, 16}) {
        launch("copy_aligned", dim3(2), dim3(64), from.device, to.device, (uint64_t)3, (uint64_t)5,
               (uint64_t)100, unit);
        check("__amd_copyBufferAligned",
              [unit](int i) { return i >= 5 * unit && i < 105 * unit ? i - 2 * unit : -1; });
    }
    // From rows of 40 and slices of 400, first element 7, to rows of 20 and slices of 100, first
    // element 2: 10 x 4 x 3.
    struct alignas(32) Four {
        uint64_t x, y, z, w;
    };
    auto source = [](int element) {
        int x = (element - 2) % 20, y = (element - 2) % 100 / 20, z = (element - 2) / 100;
        return element >= 2 && x < 10 && y < 4 && z < 3 ? 7 + x + 40 * y + 400 * z : -1;
    };
    Four a = {40, 400, 7, 0}, b = {20, 100, 2, 0}, size = {10, 4, 3, 0};
    launch("copy_rect", dim3(2, 2, 2), dim3(8, 4, 2), from.device, to.device, a, b, size);
    check("__amd_copyBufferRect", source);
    a.y = 200;
    auto closer = [](int element) {
        int x = (element - 2) % 20, y = (element - 2) % 100 / 20, z = (element - 2) / 100;
        return element >= 2 && x < 10 && y < 4 && z < 3 ? 7 + x + 40 * y + 200 * z : -1;
    };
    for (int unit : {4, 16}) {
        if (unit == 16) // fits the buffers
            size.z = 1;
        size.w = (uint64_t)unit;
        launch("copy_rect_aligned", dim3(2, 2, 2), dim3(8, 4, 2), from.device, to.device, a, b,
               size);
        check("__amd_copyBufferRectAligned", [&](int i) {
            int element = i / unit;
            int at = size.z == 1 && element >= 102 ? -1 : closer(element);
            return at < 0 ? -1 : at * unit + i % unit;
        });
    }
}

struct MemoryOp {
    uint32_t operation, pad;
    uint64_t address, value;
    uint32_t compare, pad2;
    uint64_t unused[2];
};

static void stream_operations_write_and_wait()
{
    Buffer<uint64_t> word(4, 0);
    uint64_t *none = nullptr, low = 0x1122334455667788;
    launch("put", dim3(1), dim3(1), word.device, none, low);
    launch("put", dim3(1), dim3(1), none, word.device + 1, low);
    word.to_host();
    expect<uint64_t>("32 bits written", 0, word[0], (uint32_t)low);
    expect<uint64_t>("64 bits written", 0, word[1], low);
    // These return at once: what they wait for is there.
    const struct {
        uint64_t value, compare, mask;
    } waits[] = {{0x55667788, 0, ~0ul}, {0x88, 1, 0xff}, {0x8, 2, 0xf}, {0xf0, 3, 0xff}};
    for (auto &wait : waits)
        for (int wide = 0; wide < 2; wide++)
            launch("await", dim3(1), dim3(1), wide ? none : word.device,
                   wide ? word.device + 1 : none, wait.value, wait.compare, wait.mask);
    Buffer<MemoryOp> operations(5);
    uint64_t at = (uint64_t)(word.device + 2);
    operations.host = {{2, 0, at, 7, 0, 0, {}},
                       {1, 0, at, 7, 1, 0, {}},
                       {5, 0, at + 8, low, 0, 0, {}},
                       {4, 0, at + 8, low, 0, 0, {}},
                       {2, 0, at, 9, 0, 0, {}}};
    operations.to_device();
    launch("batch", dim3(1), dim3(5), operations.device, 5u);
    word.to_host();
    expect<uint64_t>("a batch keeps its order", 0, word[2], 9);
    expect<uint64_t>("a batch writes 64 bits", 0, word[3], low);
}

static void heaps_are_made_ready()
{
    Buffer<uint8_t> heap(128 * 1024, 0xee);
    launch("heap", dim3(1), dim3(256), heap.device, (uint64_t)0x200000, 1u, 3u);
    heap.to_host();
    uint64_t slabs[3];
    uint32_t records;
    memcpy(slabs, &heap.host[108544], sizeof slabs);
    memcpy(&records, &heap.host[4096 + 15 * 128], sizeof records);
    expect<uint64_t>("first slab", 0, slabs[0], 0x200000);
    expect<uint64_t>("end of slabs", 0, slabs[1], 0x800000);
    expect<uint64_t>("start of slabs", 0, slabs[2], 0x200000);
    expect<unsigned>("recordable slabs", 15, records, 256);
    expect<unsigned>("cleared", 0, heap.host[0] + heap.host[128 * 1024 - 1], 0);
}

// What is written to the descriptors 1 and 2 while `work` runs.
template <typename F> static std::string written(F work)
{
    char name[] = "/tmp/opencl-XXXXXX", part[4096];
    std::string text;
    int file = mkstemp(name), out = dup(1), err = dup(2);
    fflush(stdout);
    dup2(file, 1);
    dup2(file, 2);
    work();
    fflush(stdout);
    dup2(out, 1);
    dup2(err, 2);
    lseek(file, 0, SEEK_SET);
    for (ssize_t got; (got = read(file, part, sizeof part)) > 0;)
        text.append(part, got);
    close(file);
    close(out);
    close(err);
    unlink(name);
    return text;
}

static void check_text(const char *claim, const std::string &text, const char *want)
{
    if (text.find(want) == std::string::npos && ++failures)
        std::printf("FAIL %s: '%s' is not in '%s'\n", claim, want, text.c_str());
}

static void messages_are_printed(const char *path)
{
    Buffer<unsigned> values(1);
    values.host[0] = 42;
    values.to_device();
    auto print = [&] { launch("print", dim3(1), dim3(1), values.device, 0.25f); };
    const char *lines =
        "a 42 0.25:hi|1,-2,3,4\nonly\nc -5   2.5% 1.500000,-2.000000 0xff\n[ tabs\t][-7 ]\n";
    if (written(print) != lines && ++failures)
        std::printf("FAIL OpenCL's printf: '%s'\n", written(print).c_str());
    // Records of formats that say something else: an error, and the process lives.
    std::string code, part(1 << 16, 0);
    FILE *file = fopen(path, "rb");
    for (size_t got; (got = fread(&part[0], 1, part.size(), file)) > 0;)
        code.append(part, 0, got);
    fclose(file);
    size_t at = code.find(":0:only");
    if (at == std::string::npos || ++at == 0) {
        failures++;
        return;
    }
    const struct {
        size_t offset;
        const char *bytes, *error;
    } wrongs[] = {{at - 2, "x", "does not begin with a number"},
                  {at, "x", "has no count"},
                  {at, "3", "lacks the size of value 0"},
                  {at - 2, "9", "no format has the number"}};
    for (auto &wrong : wrongs) {
        std::string changed = code;
        changed[wrong.offset] = wrong.bytes[0];
        hipModule_t whole = module;
        HIP_CHECK(hipModuleLoadData(&module, changed.data()));
        check_text("a bad record", written(print), wrong.error);
        HIP_CHECK(hipModuleUnload(module));
        module = whole;
    }
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    HIP_CHECK(hipModuleLoad(&module, argv[1]));
    items_know_their_place();
    barriers_order_local_memory();
    fills_repeat_their_pattern();
    copies_take_what_they_are_told();
    stream_operations_write_and_wait();
    heaps_are_made_ready();
    messages_are_printed(argv[1]);
    return finish();
}
