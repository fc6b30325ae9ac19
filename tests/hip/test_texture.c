/* SPDX-License-Identifier: MIT
 * Texture objects over linear memory: what kernels read through them, what they say of themselves,
 * and what is refused.
 */
#include "rig.h"

enum { N = 64 };

static hipResourceDesc linear(void *data, size_t bytes, hipChannelFormatDesc desc)
{
    hipResourceDesc resource = {.resType = hipResourceTypeLinear};
    resource.res.linear.devPtr = data;
    resource.res.linear.desc = desc;
    resource.res.linear.sizeInBytes = bytes;
    return resource;
}

#define SIGNED   hipChannelFormatKindSigned
#define UNSIGNED hipChannelFormatKindUnsigned
#define FLOAT    hipChannelFormatKindFloat
#define ELEMENT  hipReadModeElementType
#define UNIT     hipReadModeNormalizedFloat

static uint32_t bits_of(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* What lane `first` of a fetch over `data` gets. */
static void fetch(const void *data, size_t bytes, hipChannelFormatDesc desc,
                  enum hipTextureReadMode mode, int first, uint32_t (*out)[4])
{
    void *device;
    uint32_t (*got)[4];
    hipTextureObject_t texture;
    OK(hipMalloc(&device, bytes));
    OK(hipHostMalloc((void **)&got, N * sizeof *got, 0));
    OK(hipMemcpy(device, data, bytes, hipMemcpyHostToDevice));
    hipResourceDesc resource = linear(device, bytes, desc);
    hipTextureDesc sampling = {.readMode = mode};
    OK(hipCreateTextureObject(&texture, &resource, &sampling, NULL));
    void *args[] = {&texture, &got, &first};
    OK(hipLaunchKernel(kernel_fetch, (dim3){1, 1, 1}, (dim3){N, 1, 1}, args, 0, NULL));
    OK(hipDeviceSynchronize());
    memcpy(out, got, N * sizeof *got);
    OK(hipDestroyTextureObject(texture));
    OK(hipHostFree(got));
    OK(hipFree(device));
}

static void elements_are_converted_by_format_and_read_mode(void **state)
{
    static const uint8_t bytes[16] = {0x80, 0x01, 0xff, 0x7f, 0x00, 0x3c, 0x00, 0xc0,
                                      0x00, 0x00, 0x80, 0x3f, 0x04, 0x05, 0x06, 0x07};
    static const struct row {
        const char *why;
        hipChannelFormatDesc desc;
        enum hipTextureReadMode mode;
        int element;
        uint32_t want[4];
    } rows[] = {
        {"unsigned char", {8, 0, 0, 0, UNSIGNED}, ELEMENT, 0, {0x80, 0, 0, 1}},
        {"signed char", {8, 0, 0, 0, SIGNED}, ELEMENT, 0, {0xffffff80, 0, 0, 1}},
        {"uchar4", {8, 8, 8, 8, UNSIGNED}, ELEMENT, 3, {4, 5, 6, 7}},
        {"char2", {8, 8, 0, 0, SIGNED}, ELEMENT, 1, {0xffffffff, 0x7f, 0, 1}},
        {"ushort", {16, 0, 0, 0, UNSIGNED}, ELEMENT, 1, {0x7fff, 0, 0, 1}},
        {"short4", {16, 16, 16, 16, SIGNED}, ELEMENT, 0, {0x180, 0x7fff, 0x3c00, 0xffffc000}},
        {"half2", {16, 16, 0, 0, FLOAT}, ELEMENT, 1, {0x3f800000, 0xc0000000, 0, 0x3f800000}},
        {"float", {32, 0, 0, 0, FLOAT}, ELEMENT, 2, {0x3f800000, 0, 0, 0x3f800000}},
        {"int2", {32, 32, 0, 0, SIGNED}, ELEMENT, 1, {0x3f800000, 0x07060504, 0, 1}},
        {"uint4",
         {32, 32, 32, 32, UNSIGNED},
         ELEMENT,
         0,
         {0x7fff0180, 0xc0003c00, 0x3f800000, 0x07060504}},
        {"unit uchar", {8, 0, 0, 0, UNSIGNED}, UNIT, 2, {0x3f800000, 0, 0, 0x3f800000}},
        {"unit short", {16, 0, 0, 0, SIGNED}, UNIT, 1, {0x3f800000, 0, 0, 0x3f800000}},
        {"past the end", {32, 0, 0, 0, UNSIGNED}, ELEMENT, 4, {0, 0, 0, 1}},
        {"32 bits are no fractions", {32, 0, 0, 0, UNSIGNED}, UNIT, 2, {0x3f800000, 0, 0, 1}},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint32_t got[N][4];
        fetch(bytes, sizeof bytes, rows[i].desc, rows[i].mode, rows[i].element, got);
        for (int c = 0; c < 4; c++)
            if (got[0][c] != rows[i].want[c])
                fail_msg("%s: channel %d is 0x%x, want 0x%x", rows[i].why, c, got[0][c],
                         rows[i].want[c]);
    }
}

static void each_lane_reads_its_element(void **state)
{
    float data[N];
    uint32_t got[N][4];
    (void)state;
    for (int i = 0; i < N; i++)
        data[i] = (float)i * 1.5f;
    fetch(data, sizeof data, (hipChannelFormatDesc){32, 0, 0, 0, FLOAT}, ELEMENT, 0, got);
    for (int i = 0; i < N; i++)
        assert_int_equal(got[i][0], bits_of(data[i]));
}

static void a_texture_knows_what_it_was_made_of(void **state)
{
    int *data;
    hipTextureObject_t texture;
    hipResourceDesc resource, resource_got;
    hipTextureDesc sampling = {.maxAnisotropy = 3}, sampling_got;
    struct hipResourceViewDesc view_got;
    (void)state;
    OK(hipMalloc((void **)&data, 64));
    resource = linear(data, 64, (hipChannelFormatDesc){32, 0, 0, 0, SIGNED});
    OK(hipCreateTextureObject(&texture, &resource, &sampling, NULL));
    OK(hipGetTextureObjectResourceDesc(&resource_got, texture));
    assert_ptr_equal(resource_got.res.linear.devPtr, data);
    assert_int_equal(resource_got.res.linear.sizeInBytes, 64);
    OK(hipGetTextureObjectTextureDesc(&sampling_got, texture));
    assert_int_equal(sampling_got.maxAnisotropy, 3);
    OK(hipGetTextureObjectResourceViewDesc(&view_got, texture)); /* of none: ROCm gives zeros */
    assert_int_equal(view_got.width, 0);
    assert_int_equal(view_got.format, hipResViewFormatNone);
    OK(hipDestroyTextureObject(texture));
    EXPECT(hipDestroyTextureObject(texture), hipErrorInvalidValue);
    EXPECT(hipGetTextureObjectTextureDesc(&sampling_got, texture), hipErrorInvalidValue);
    OK(hipFree(data));
}

static void what_is_no_texture_is_refused(void **state)
{
    static const struct row {
        const char *why;
        hipChannelFormatDesc desc;
        size_t bytes;
        enum hipTextureReadMode mode;
    } rows[] = {
        {"no channel", {0, 0, 0, 0, SIGNED}, 64, ELEMENT},
        {"three channels", {32, 32, 32, 0, SIGNED}, 64, ELEMENT},
        {"widths differ", {16, 32, 0, 0, SIGNED}, 64, ELEMENT},
        {"a gap", {32, 0, 32, 0, SIGNED}, 64, ELEMENT},
        {"64 bits", {64, 0, 0, 0, SIGNED}, 64, ELEMENT},
        {"no kind", {32, 0, 0, 0, hipChannelFormatKindNone}, 64, ELEMENT},
        {"float of 8 bits", {8, 0, 0, 0, FLOAT}, 64, ELEMENT},
        {"not one element", {32, 0, 0, 0, SIGNED}, 3, ELEMENT},
        {"beyond the allocation", {32, 0, 0, 0, SIGNED}, 1 << 20, ELEMENT},
    };
    void *data;
    hipTextureObject_t texture;
    (void)state;
    OK(hipMalloc(&data, 64));
    for (size_t i = 0; i < COUNT(rows); i++) {
        hipResourceDesc resource = linear(data, rows[i].bytes, rows[i].desc);
        hipTextureDesc sampling = {.readMode = rows[i].mode};
        if (hipCreateTextureObject(&texture, &resource, &sampling, NULL) != hipErrorInvalidValue)
            fail_msg("%s", rows[i].why);
    }
    hipResourceDesc array = {.resType = hipResourceTypeArray};
    hipTextureDesc sampling = {0};
    EXPECT(hipCreateTextureObject(&texture, &array, &sampling, NULL), hipErrorInvalidValue);
    EXPECT(hipCreateTextureObject(NULL, &array, &sampling, NULL), hipErrorInvalidValue);
    OK(hipDestroyTextureObject(NULL));
    OK(hipFree(data));
}

static void linear_memory_has_no_srgb(void **state)
{
    void *device;
    hipTextureObject_t texture;
    OK(hipMalloc(&device, 64));
    hipResourceDesc resource = linear(device, 64, (hipChannelFormatDesc){8, 8, 8, 8, UNSIGNED});
    hipTextureDesc sampling = {.readMode = UNIT, .sRGB = 1};
    EXPECT(hipCreateTextureObject(&texture, &resource, &sampling, NULL), hipErrorInvalidValue);
    sampling.sRGB = 0;
    OK(hipCreateTextureObject(&texture, &resource, &sampling, NULL));
    OK(hipDestroyTextureObject(texture));
    OK(hipFree(device));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements_are_converted_by_format_and_read_mode),
        cmocka_unit_test(each_lane_reads_its_element),
        cmocka_unit_test(a_texture_knows_what_it_was_made_of),
        cmocka_unit_test(what_is_no_texture_is_refused),
        cmocka_unit_test(linear_memory_has_no_srgb),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
