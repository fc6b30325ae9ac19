/* SPDX-License-Identifier: MIT
 * Launches and modules: arguments, hidden arguments, checks, kernels and variables by name,
 * occupancy.
 */
#include "rig.h"

#include <sys/mman.h>

static const dim3 one = {1, 1, 1};

static void arguments_of_all_sizes_arrive(void **state)
{
    struct mixed m = {.tail = 12.5f};
    char c = -3;
    short s = -300;
    double d = 2.5;
    int *out, got[6];
    OK(hipMalloc((void **)&out, sizeof got));
    m.numbers[0] = 11;
    m.numbers[29] = 99;
    void *args[] = {&m, &c, &s, &d, &out};
    OK(hipLaunchKernel(kernel_mixed, one, one, args, 0, NULL));
    OK(hipMemcpy(got, out, sizeof got, hipMemcpyDeviceToHost));
    const int want[6] = {11, 99, -3, -300, 5, 12};
    assert_memory_equal(got, want, sizeof want);
    OK(hipFree(out));
}

static void hidden_arguments_describe_the_grid(void **state)
{
    unsigned *out, got[10];
    OK(hipMalloc((void **)&out, sizeof got));
    void *args[] = {&out};
    OK(hipLaunchKernel(kernel_shape, (dim3){3, 4, 5}, (dim3){8, 2, 4}, args, 128, NULL));
    OK(hipMemcpy(got, out, sizeof got, hipMemcpyDeviceToHost));
    const unsigned want[10] = {8, 2, 4, 24, 8, 20, 3, 4, 5, 128};
    for (int i = 0; i < 9; i++)
        assert_int_equal(got[i], want[i]);
    OK(hipFree(out));
}

static void ragged_grids_have_a_smaller_last_block(void **state)
{
    unsigned *out, got[3];
    hipModule_t module;
    hipFunction_t function;
    OK(hipMalloc((void **)&out, sizeof got));
    OK(hipMemset(out, 0, sizeof got));
    OK(hipModuleLoad(&module, MODULE_FOLDER "/ragged.co"));
    OK(hipModuleGetFunction(&function, module, "ragged"));
    void *args[] = {&out};
    OK(hipExtModuleLaunchKernel(function, 150, 1, 1, 64, 1, 1, 0, NULL, args, NULL, NULL, NULL, 0));
    OK(hipMemcpy(got, out, sizeof got, hipMemcpyDeviceToHost));
    assert_int_equal(got[0], 64);
    assert_int_equal(got[1], 64);
    assert_int_equal(got[2], 22);
    EXPECT(hipExtModuleLaunchKernel(function, 150, 1, 1, UINT32_MAX, 1, 1, 0, NULL, args, NULL,
                                    NULL, NULL, 0),
           hipErrorInvalidValue); /* cut or not, a block is no larger than the device's largest */
    EXPECT(hipExtModuleLaunchKernel(function, 1, 1, 1, 1024, 1024, 1025, 0, NULL, args, NULL, NULL,
                                    NULL, 0),
           hipErrorInvalidValue);
    OK(hipModuleUnload(module));
    OK(hipGetFuncBySymbol(&function, kernel_ragged)); /* built for whole blocks */
    EXPECT(
        hipExtModuleLaunchKernel(function, 150, 1, 1, 64, 1, 1, 0, NULL, args, NULL, NULL, NULL, 0),
        hipErrorInvalidValue);
    OK(hipFree(out));
}

static void dynamic_lds_is_there(void **state)
{
    int *out, got[256];
    OK(hipMalloc((void **)&out, sizeof got));
    void *args[] = {&out};
    OK(hipLaunchKernel(kernel_reverse, one, (dim3){256, 1, 1}, args, 1024, NULL));
    OK(hipMemcpy(got, out, sizeof got, hipMemcpyDeviceToHost));
    for (int i = 0; i < 256; i++)
        assert_int_equal(got[i], 255 - i);
    OK(hipFree(out));
}

struct bad_launch {
    const char *why;
    dim3 grid, block;
    size_t lds;
    hipError_t error;
};

static const struct bad_launch bad[] = {
    {"no blocks", {0, 1, 1}, {64, 1, 1}, 0, hipErrorInvalidValue},
    {"no blocks in z", {1, 1, 0}, {64, 1, 1}, 0, hipErrorInvalidValue},
    {"no threads", {1, 1, 1}, {0, 1, 1}, 0, hipErrorInvalidValue},
    {"1025 threads", {1, 1, 1}, {1025, 1, 1}, 0, hipErrorInvalidConfiguration},
    {"33 x 32 threads", {1, 1, 1}, {33, 32, 1}, 0, hipErrorInvalidConfiguration},
    {"more than 2^32 work-items", {1u << 23, 1, 1}, {1024, 1, 1}, 0, hipErrorInvalidConfiguration},
    {"LDS too large", {1, 1, 1}, {64, 1, 1}, 65537, hipErrorOutOfMemory},
};

static void bad_launches_are_refused_and_the_next_is_right(void **state)
{
    int *data, n = 1, factor = 3, value = 5;
    OK(hipMalloc((void **)&data, 4));
    OK(hipMemcpy(data, &value, 4, hipMemcpyHostToDevice));
    void *args[] = {&data, &n, &factor};
    for (size_t i = 0; i < COUNT(bad); i++) {
        hipError_t error =
            hipLaunchKernel(kernel_scale, bad[i].grid, bad[i].block, args, bad[i].lds, NULL);
        if (error != bad[i].error)
            fail_msg("%s: %s", bad[i].why, hipGetErrorName(error));
    }
    OK(hipDeviceSynchronize());
    launch_scale(data, 1, 3, NULL);
    OK(hipMemcpy(&value, data, 4, hipMemcpyDeviceToHost));
    assert_int_equal(value, 15);
    OK(hipFree(data));
}

static void a_kernel_is_not_launched_beyond_its_bounds(void **state)
{
    int *data;
    OK(hipMalloc((void **)&data, 4));
    void *args[] = {&data};
    OK(hipLaunchKernel(kernel_bounded, one, (dim3){128, 1, 1}, args, 0, NULL));
    EXPECT(hipLaunchKernel(kernel_bounded, one, (dim3){129, 1, 1}, args, 0, NULL),
           hipErrorLaunchFailure);
    OK(hipDeviceSynchronize());
    OK(hipFree(data));
}

static void unknown_functions_and_missing_arguments(void **state)
{
    void *args[] = {NULL, NULL, NULL};
    EXPECT(hipLaunchKernel(&one, one, one, args, 0, NULL), hipErrorInvalidDeviceFunction);
    EXPECT(hipLaunchKernel(NULL, one, one, args, 0, NULL), hipErrorInvalidDeviceFunction);
    EXPECT(hipLaunchKernel(kernel_scale, one, one, NULL, 0, NULL), hipErrorInvalidValue);
    EXPECT(hipLaunchKernel(kernel_scale, one, one, args, 0, NULL), hipErrorInvalidValue);
    OK(hipLaunchKernel(kernel_no_arguments, one, one, NULL, 0, NULL));
    OK(hipDeviceSynchronize());
}

/* ---- modules ---- */

static void modules_from_files_and_memory(void **state)
{
    static const char *const files[] = {MODULE_FOLDER "/kernels.co",
                                        MODULE_FOLDER "/kernels.bundle",
                                        MODULE_FOLDER "/kernels.ccob"};
    for (size_t i = 0; i < COUNT(files); i++) {
        hipModule_t module;
        hipFunction_t function;
        int *data, n = 1, factor = 4, value = 6;
        OK(hipModuleLoad(&module, files[i]));
        OK(hipModuleGetFunction(&function, module, "scale"));
        OK(hipMalloc((void **)&data, 4));
        OK(hipMemcpy(data, &value, 4, hipMemcpyHostToDevice));
        void *args[] = {&data, &n, &factor};
        OK(hipModuleLaunchKernel(function, 1, 1, 1, 64, 1, 1, 0, NULL, args, NULL));
        OK(hipMemcpy(&value, data, 4, hipMemcpyDeviceToHost));
        assert_int_equal(value, 24);
        OK(hipFree(data));
        OK(hipModuleUnload(module));
        EXPECT(hipModuleLaunchKernel(function, 1, 1, 1, 64, 1, 1, 0, NULL, args, NULL),
               hipErrorInvalidHandle);
        EXPECT(hipModuleUnload(module), hipErrorNotFound);
    }
}

static char *slurp(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(*size);
    assert_int_equal(fread(bytes, 1, *size, file), *size);
    fclose(file);
    return bytes;
}

static void arguments_as_one_buffer(void **state)
{
    hipModule_t module;
    hipFunction_t function;
    size_t file_size;
    char *image = slurp(MODULE_FOLDER "/kernels.co", &file_size);
    struct {
        int *data;
        int n, factor;
    } packed = {.n = 1, .factor = 7};
    size_t size = sizeof packed, small = 8;
    int value = 3;
    OK(hipModuleLoadData(&module, image));
    free(image);
    OK(hipModuleGetFunction(&function, module, "scale"));
    OK(hipMalloc((void **)&packed.data, 4));
    OK(hipMemcpy(packed.data, &value, 4, hipMemcpyHostToDevice));
    void *extra[] = {HIP_LAUNCH_PARAM_BUFFER_POINTER, &packed, HIP_LAUNCH_PARAM_BUFFER_SIZE, &size,
                     HIP_LAUNCH_PARAM_END};
    OK(hipModuleLaunchKernel(function, 1, 1, 1, 1, 1, 1, 0, NULL, NULL, extra));
    OK(hipMemcpy(&value, packed.data, 4, hipMemcpyDeviceToHost));
    assert_int_equal(value, 21);
    extra[3] = &small;
    EXPECT(hipModuleLaunchKernel(function, 1, 1, 1, 1, 1, 1, 0, NULL, NULL, extra),
           hipErrorInvalidValue);
    EXPECT(hipModuleLaunchKernel(function, 0, 1, 1, 1, 1, 1, 0, NULL, NULL, extra),
           hipErrorInvalidValue);
    EXPECT(hipModuleLaunchKernel(NULL, 1, 1, 1, 1, 1, 1, 0, NULL, NULL, extra),
           hipErrorInvalidHandle);
    OK(hipFree(packed.data));
    OK(hipModuleUnload(module));
}

static void what_a_module_does_not_have(void **state)
{
    hipModule_t module;
    hipFunction_t function;
    hipDeviceptr_t address;
    size_t size;
    OK(hipModuleLoad(&module, MODULE_FOLDER "/kernels.co"));
    EXPECT(hipModuleGetFunction(&function, module, "no_such_kernel"), hipErrorNotFound);
    EXPECT(hipModuleGetGlobal(&address, &size, module, "no_such_variable"), hipErrorNotFound);
    OK(hipModuleGetGlobal(&address, &size, module, "table"));
    assert_int_equal(size, 16);
    EXPECT(hipModuleGetFunction(NULL, module, "scale"), hipErrorInvalidValue);
    EXPECT(hipModuleGetFunction(&function, NULL, "scale"), hipErrorInvalidHandle);
    OK(hipModuleUnload(module));
}

static void bad_images(void **state)
{
    hipModule_t module;
    size_t size;
    char *image = slurp(MODULE_FOLDER "/kernels.co", &size);
    EXPECT(hipModuleLoad(&module, MODULE_FOLDER "/not_there.co"), hipErrorFileNotFound);
    EXPECT(hipModuleLoad(&module, MODULE_FOLDER "/other_chip.co"), hipErrorNoBinaryForGpu);
    EXPECT(hipModuleLoad(&module, MODULE_FOLDER "/other_chip.bundle"), hipErrorNoBinaryForGpu);
    EXPECT(hipModuleLoad(&module, MODULE_FOLDER "/truncated.co"), hipErrorInvalidImage);
    EXPECT(hipModuleLoadData(&module, "this is not a code object at all"), hipErrorInvalidImage);
    EXPECT(hipModuleLoadData(&module, NULL), hipErrorInvalidValue);
    memset(image + 40, 0xFF, 8); /* where the section headers are */
    memset(image + 32, 0xFF, 8); /* where the program headers are */
    EXPECT(hipModuleLoadData(&module, image), hipErrorInvalidImage);
    free(image);
}

/* The image ends where readable memory ends, and any one bit of it is wrong: whatever its headers
 * claim, nothing behind it is read. */
static void flipped_images_are_not_read_beyond_memory(void **state)
{
    size_t size, loaded = 0;
    char *image = slurp(MODULE_FOLDER "/kernels.co", &size);
    size_t room = (size + 4095) & ~(size_t)4095;
    char *memory =
        mmap(NULL, room + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(memory != MAP_FAILED);
    assert_int_equal(mprotect(memory + room, 4096, PROT_NONE), 0);
    char *at = memory + room - size;
    memcpy(at, image, size);
    for (size_t bit = 0; bit < 8 * size; bit += bit < 8 * 64 ? 1 : 8 * size / 301) {
        hipModule_t module;
        at[bit / 8] = (char)(image[bit / 8] ^ 1 << bit % 8);
        if (hipModuleLoadData(&module, at) == hipSuccess) {
            loaded++;
            OK(hipModuleUnload(module));
        }
        at[bit / 8] = image[bit / 8];
    }
    assert_in_range(loaded, 1, 8 * size);
    assert_int_equal(munmap(memory, room + 4096), 0);
    free(image);
}

/* ---- what is known of kernels ---- */

static void attributes_of_kernels(void **state)
{
    hipFuncAttributes attributes;
    hipFunction_t function;
    int value;
    OK(hipFuncGetAttributes(&attributes, kernel_bounded));
    assert_int_equal(attributes.maxThreadsPerBlock, 128);
    assert_int_equal(attributes.sharedSizeBytes, 0);
    assert_true(attributes.numRegs > 0);
    OK(hipGetFuncBySymbol(&function, kernel_bounded));
    OK(hipFuncGetAttribute(&value, HIP_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK, function));
    assert_int_equal(value, 128);
    EXPECT(hipFuncGetAttributes(&attributes, &value), hipErrorInvalidDeviceFunction);
    OK(hipFuncSetAttribute(kernel_reverse, hipFuncAttributeMaxDynamicSharedMemorySize, 40000));
    OK(hipFuncGetAttributes(&attributes, kernel_reverse));
    assert_int_equal(attributes.maxDynamicSharedSizeBytes, 40000);
    EXPECT(hipFuncSetAttribute(kernel_reverse, hipFuncAttributeMaxDynamicSharedMemorySize, 1 << 20),
           hipErrorInvalidValue);
    assert_string_equal(hipKernelNameRefByPtr(kernel_bounded, NULL), "bounded");
}

static void occupancy_follows_threads_and_lds(void **state)
{
    int blocks, more, grid, block;
    OK(hipOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, kernel_scale, 1024, 0));
    OK(hipOccupancyMaxActiveBlocksPerMultiprocessor(&more, kernel_scale, 256, 0));
    assert_true(blocks >= 1 && more == 4 * blocks);
    OK(hipOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, kernel_reverse, 64, 32768));
    assert_int_equal(blocks, 2);
    OK(hipOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, kernel_bounded, 256, 0));
    assert_int_equal(blocks, 0);
    OK(hipOccupancyMaxPotentialBlockSize(&grid, &block, kernel_bounded, 0, 0));
    assert_int_equal(block, 128);
    assert_true(grid > 0);
    EXPECT(hipOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(&blocks, NULL, 64, 0, 0),
           hipErrorInvalidDeviceFunction);
    EXPECT(hipModuleOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(&blocks, NULL, 64, 0, 0),
           hipErrorInvalidValue);
    EXPECT(hipOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, kernel_scale, 0, 0),
           hipErrorInvalidValue);
}

static void occupancy_follows_registers(void **state)
{
    int blocks, grid, block;
    hipDeviceProp_t props;
    OK(hipGetDeviceProperties(&props, 0));
    OK(hipOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, kernel_many_vector, 64, 0));
    assert_int_equal(blocks, 7 * 4);
    OK(hipOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, kernel_many_scalar, 64, 0));
    assert_int_equal(blocks, 7 * 4);
    OK(hipOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, kernel_many_scalar, 65, 0));
    assert_int_equal(blocks, 7 * 4 / 2);
    /* the largest block, not the one that leaves no wave free */
    OK(hipOccupancyMaxPotentialBlockSize(&grid, &block, kernel_many_vector, 0, 0));
    assert_int_equal(block, 1024);
    assert_int_equal(grid, props.multiProcessorCount);
    OK(hipOccupancyMaxPotentialBlockSize(&grid, &block, kernel_many_vector, 0, 128));
    assert_int_equal(block, 128);
    assert_int_equal(grid, 14 * props.multiProcessorCount);
    OK(hipOccupancyMaxPotentialBlockSize(&grid, &block, kernel_scale, 65536, 256));
    assert_int_equal(grid, props.multiProcessorCount); /* one by its LDS */
}

static void cooperative_launches_are_limited_to_what_fits(void **state)
{
    int *data, n = 64, factor = 1;
    OK(hipMalloc((void **)&data, 256));
    void *args[] = {&data, &n, &factor};
    OK(hipLaunchCooperativeKernel(kernel_scale, (dim3){4, 1, 1}, (dim3){64, 1, 1}, args, 0, NULL));
    EXPECT(hipLaunchCooperativeKernel(kernel_scale, (dim3){1000000, 1, 1}, (dim3){64, 1, 1}, args,
                                      0, NULL),
           hipErrorCooperativeLaunchTooLarge);
    /* by handle, a block that no launch could have is a bad value */
    hipFunction_t function;
    OK(hipGetFuncBySymbol(&function, kernel_scale));
    EXPECT(hipModuleLaunchCooperativeKernel(function, 1000000, 1, 1, 64, 1, 1, 0, NULL, args),
           hipErrorCooperativeLaunchTooLarge);
    EXPECT(hipModuleLaunchCooperativeKernel(function, 1, 1, 1, 1025, 1, 1, 0, NULL, args),
           hipErrorInvalidValue);
    EXPECT(hipModuleLaunchCooperativeKernel(function, 1, 1, 1, 64, 1, 1, 65537, NULL, args),
           hipErrorInvalidValue);
    OK(hipDeviceSynchronize());
    OK(hipFree(data));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments_of_all_sizes_arrive),
        cmocka_unit_test(hidden_arguments_describe_the_grid),
        cmocka_unit_test(ragged_grids_have_a_smaller_last_block),
        cmocka_unit_test(dynamic_lds_is_there),
        cmocka_unit_test(bad_launches_are_refused_and_the_next_is_right),
        cmocka_unit_test(a_kernel_is_not_launched_beyond_its_bounds),
        cmocka_unit_test(unknown_functions_and_missing_arguments),
        cmocka_unit_test(modules_from_files_and_memory),
        cmocka_unit_test(arguments_as_one_buffer),
        cmocka_unit_test(what_a_module_does_not_have),
        cmocka_unit_test(bad_images),
        cmocka_unit_test(flipped_images_are_not_read_beyond_memory),
        cmocka_unit_test(attributes_of_kernels),
        cmocka_unit_test(occupancy_follows_threads_and_lds),
        cmocka_unit_test(occupancy_follows_registers),
        cmocka_unit_test(cooperative_launches_are_limited_to_what_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
