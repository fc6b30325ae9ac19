/* SPDX-License-Identifier: MIT
 * The driver's side of textures: references of modules field by field (hipTexRef*), what kernels
 * see of a change, and objects with the driver's descriptors (hipTexObject*).
 */
#include "rig.h"

/* Deprecated functions are tested, too. */
#pragma clang diagnostic ignored "-Wdeprecated-declarations"

enum { N = 64, BYTES = 1024 };

static hipModule_t module;
static textureReference *ref;

static int load(void **state)
{
    (void)state;
    return hipModuleLoad(&module, MODULE_FOLDER "/kernels.co") != hipSuccess ||
           hipModuleGetTexRef(&ref, module, "bound_texture") != hipSuccess;
}

static int unload(void **state)
{
    (void)state;
    return hipModuleUnload(module) != hipSuccess;
}

/* ---- fields ---- */

static void references_are_found_by_name(void **state)
{
    textureReference *again = NULL;
    (void)state;
    OK(hipModuleGetTexRef(&again, module, "bound_texture"));
    assert_ptr_equal(again, ref);
    EXPECT(hipModuleGetTexRef(&again, module, "no_such_texture"), hipErrorNotFound);
    EXPECT(hipModuleGetTexRef(&again, module, "counter"), hipErrorNotFound);
    EXPECT(hipModuleGetTexRef(NULL, module, "bound_texture"), hipErrorInvalidValue);
    EXPECT(hipModuleGetTexRef(&again, module, NULL), hipErrorInvalidValue);
    assert_ptr_equal(again, ref);
}

static void fields_are_told_as_they_were_set(void **state)
{
    enum hipTextureFilterMode filter;
    enum hipTextureAddressMode mode;
    hipArray_Format format;
    float bias, low, high, color[4] = {0};
    float border[4] = {0.25f, -1.0f, 3.0f, 0.5f};
    unsigned flags;
    int channels, anisotropy;
    (void)state;
    OK(hipTexRefSetFilterMode(ref, hipFilterModeLinear));
    OK(hipTexRefGetFilterMode(&filter, ref));
    assert_int_equal(filter, hipFilterModeLinear);
    OK(hipTexRefSetFilterMode(ref, hipFilterModePoint));
    OK(hipTexRefGetFilterMode(&filter, ref));
    assert_int_equal(filter, hipFilterModePoint);
    OK(hipTexRefSetMipmapFilterMode(ref, hipFilterModeLinear));
    OK(hipTexRefGetMipmapFilterMode(&filter, ref));
    assert_int_equal(filter, hipFilterModeLinear);
    OK(hipTexRefSetMipmapLevelBias(ref, -1.5f));
    OK(hipTexRefGetMipmapLevelBias(&bias, ref));
    assert_true(bias == -1.5f);
    OK(hipTexRefSetMipmapLevelClamp(ref, 0.5f, 3.0f));
    OK(hipTexRefGetMipmapLevelClamp(&low, &high, ref));
    assert_true(low == 0.5f && high == 3.0f);
    OK(hipTexRefSetMaxAnisotropy(ref, 4));
    OK(hipTexRefGetMaxAnisotropy(&anisotropy, ref));
    assert_int_equal(anisotropy, 4);
    OK(hipTexRefSetMaxAnisotropy(ref, 0));
    OK(hipTexRefSetBorderColor(ref, border));
    OK(hipTexRefGetBorderColor(color, ref));
    assert_memory_equal(color, border, sizeof color);
    OK(hipTexRefSetFormat(ref, HIP_AD_FORMAT_SIGNED_INT16, 2));
    OK(hipTexRefGetFormat(&format, &channels, ref));
    assert_int_equal(format, HIP_AD_FORMAT_SIGNED_INT16);
    assert_int_equal(channels, 2);
    for (int dim = 0; dim < 3; dim++)
        for (int m = hipAddressModeWrap; m <= hipAddressModeBorder; m++) {
            OK(hipTexRefSetAddressMode(ref, dim, (enum hipTextureAddressMode)m));
            OK(hipTexRefGetAddressMode(&mode, ref, dim));
            assert_int_equal(mode, m);
        }
    for (unsigned f = 0; f < 8; f++) {
        unsigned want = (f & 1 ? HIP_TRSF_READ_AS_INTEGER : 0) |
                        (f & 2 ? HIP_TRSF_NORMALIZED_COORDINATES : 0) | (f & 4 ? HIP_TRSF_SRGB : 0);
        OK(hipTexRefSetFlags(ref, want));
        OK(hipTexRefGetFlags(&flags, ref));
        assert_int_equal(flags, want);
    }
    OK(hipTexRefSetFlags(ref, 0));
}

static void what_is_no_field_is_refused(void **state)
{
    enum hipTextureFilterMode filter;
    enum hipTextureAddressMode mode;
    hipArray_Format format;
    float f, color[4];
    unsigned flags;
    int n;
    hipDeviceptr_t address;
    hipArray_t array;
    hipMipmappedArray_t mipmap;
    (void)state;
    const struct row {
        const char *call;
        hipError_t got;
    } rows[] = {
#define ROW_OF(call) {#call, call}
        ROW_OF(hipTexRefSetFilterMode(NULL, hipFilterModePoint)),
        ROW_OF(hipTexRefGetFilterMode(NULL, ref)),
        ROW_OF(hipTexRefGetFilterMode(&filter, NULL)),
        ROW_OF(hipTexRefSetMipmapFilterMode(NULL, hipFilterModePoint)),
        ROW_OF(hipTexRefGetMipmapFilterMode(NULL, ref)),
        ROW_OF(hipTexRefGetMipmapFilterMode(&filter, NULL)),
        ROW_OF(hipTexRefSetMipmapLevelBias(NULL, 0)),
        ROW_OF(hipTexRefGetMipmapLevelBias(NULL, ref)),
        ROW_OF(hipTexRefGetMipmapLevelBias(&f, NULL)),
        ROW_OF(hipTexRefSetMipmapLevelClamp(NULL, 0, 0)),
        ROW_OF(hipTexRefGetMipmapLevelClamp(NULL, &f, ref)),
        ROW_OF(hipTexRefGetMipmapLevelClamp(&f, NULL, ref)),
        ROW_OF(hipTexRefGetMipmapLevelClamp(&f, &f, NULL)),
        ROW_OF(hipTexRefSetMaxAnisotropy(NULL, 0)),
        ROW_OF(hipTexRefGetMaxAnisotropy(NULL, ref)),
        ROW_OF(hipTexRefGetMaxAnisotropy(&n, NULL)),
        ROW_OF(hipTexRefSetBorderColor(NULL, color)),
        ROW_OF(hipTexRefSetBorderColor(ref, NULL)),
        ROW_OF(hipTexRefGetBorderColor(NULL, ref)),
        ROW_OF(hipTexRefGetBorderColor(color, NULL)),
        ROW_OF(hipTexRefSetAddressMode(NULL, 0, hipAddressModeWrap)),
        ROW_OF(hipTexRefSetAddressMode(ref, 3, hipAddressModeWrap)),
        ROW_OF(hipTexRefSetAddressMode(ref, -1, hipAddressModeWrap)),
        ROW_OF(hipTexRefGetAddressMode(NULL, ref, 0)),
        ROW_OF(hipTexRefGetAddressMode(&mode, NULL, 0)),
        ROW_OF(hipTexRefGetAddressMode(&mode, ref, 3)),
        ROW_OF(hipTexRefSetFlags(NULL, 0)),
        ROW_OF(hipTexRefGetFlags(NULL, ref)),
        ROW_OF(hipTexRefGetFlags(&flags, NULL)),
        ROW_OF(hipTexRefSetFormat(NULL, HIP_AD_FORMAT_FLOAT, 1)),
        ROW_OF(hipTexRefSetFormat(ref, HIP_AD_FORMAT_FLOAT, 3)),
        ROW_OF(hipTexRefSetFormat(ref, HIP_AD_FORMAT_FLOAT, 0)),
        ROW_OF(hipTexRefSetFormat(ref, HIP_AD_FORMAT_FLOAT, -1)),
        ROW_OF(hipTexRefSetFormat(ref, (hipArray_Format)0x77, 1)),
        ROW_OF(hipTexRefGetFormat(NULL, &n, ref)),
        ROW_OF(hipTexRefGetFormat(&format, NULL, ref)),
        ROW_OF(hipTexRefGetFormat(&format, &n, NULL)),
        ROW_OF(hipTexRefGetAddress(NULL, ref)),
        ROW_OF(hipTexRefGetAddress(&address, NULL)),
        ROW_OF(hipTexRefGetAddress(&address, ref)),
        ROW_OF(hipTexRefGetArray(NULL, ref)),
        ROW_OF(hipTexRefGetArray(&array, NULL)),
        ROW_OF(hipTexRefGetArray(&array, ref)),
        ROW_OF(hipTexRefGetMipMappedArray(NULL, ref)),
        ROW_OF(hipTexRefGetMipMappedArray(&mipmap, NULL)),
        ROW_OF(hipTexRefGetMipMappedArray(&mipmap, ref)),
        ROW_OF(hipTexRefSetArray(NULL, (hipArray_t)ref, HIP_TRSA_OVERRIDE_FORMAT)),
        ROW_OF(hipTexRefSetArray(ref, NULL, HIP_TRSA_OVERRIDE_FORMAT)),
        ROW_OF(hipTexRefSetMipmappedArray(ref, NULL, HIP_TRSA_OVERRIDE_FORMAT)),
        ROW_OF(hipTexRefSetAddress(NULL, NULL, color, 16)),
        ROW_OF(hipTexRefSetAddress2D(ref, NULL, color, 256)),
#undef ROW_OF
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (rows[i].got != hipErrorInvalidValue)
            fail_msg("%s: %s", rows[i].call, hipGetErrorName(rows[i].got));
}

/* ---- what is bound ---- */

/* Element 0 of what a kernel reads through the reference. */
static void read_bound(int first, float (*out)[4])
{
    float (*got)[4];
    hipFunction_t fetch;
    OK(hipModuleGetFunction(&fetch, module, "fetch_bound"));
    OK(hipHostMalloc((void **)&got, N * sizeof *got, 0));
    void *args[] = {&got, &first};
    OK(hipModuleLaunchKernel(fetch, 1, 1, 1, N, 1, 1, 0, NULL, args, NULL));
    OK(hipDeviceSynchronize());
    memcpy(out, got, N * sizeof *got);
    OK(hipHostFree(got));
}

static void kernels_read_memory_through_a_reference(void **state)
{
    unsigned char bytes[BYTES];
    char *data;
    size_t offset = 7;
    hipDeviceptr_t address = NULL;
    float got[N][4];
    (void)state;
    for (int i = 0; i < BYTES; i++)
        bytes[i] = (unsigned char)(i * 7);
    OK(hipMalloc((void **)&data, BYTES));
    OK(hipMemcpy(data, bytes, BYTES, hipMemcpyHostToDevice));
    OK(hipTexRefSetFormat(ref, HIP_AD_FORMAT_UNSIGNED_INT8, 1));
    OK(hipTexRefSetFlags(ref, 0)); /* integers become fractions */
    OK(hipTexRefSetAddress(&offset, ref, data, BYTES));
    assert_int_equal(offset, 0);
    OK(hipTexRefGetAddress(&address, ref));
    assert_ptr_equal(address, data);
    read_bound(0, got);
    for (int i = 0; i < N; i++)
        assert_true(got[i][0] == (float)(bytes[i] / 255.0));
    OK(hipTexRefSetFlags(ref, HIP_TRSF_READ_AS_INTEGER)); /* what is bound follows */
    read_bound(0, got);
    for (int i = 0; i < N; i++) {
        uint32_t number;
        memcpy(&number, &got[i][0], sizeof number);
        assert_int_equal(number, bytes[i]);
    }
    /* memory between two aligned places: the offset is told, and is part of the address */
    OK(hipTexRefSetAddress(&offset, ref, data + 256 + 16, 64));
    assert_int_equal(offset, 16);
    OK(hipTexRefGetAddress(&address, ref));
    assert_ptr_equal(address, data + 256 + 16);
    read_bound((int)offset, got);
    uint32_t number;
    memcpy(&number, &got[0][0], sizeof number);
    assert_int_equal(number, bytes[256 + 16]);
    EXPECT(hipTexRefSetAddress(NULL, ref, data + 16, 64), hipErrorInvalidValue);
    OK(hipTexRefGetAddress(&address, ref)); /* the old one still is bound */
    assert_ptr_equal(address, data + 256 + 16);
    EXPECT(hipTexRefSetAddress(&offset, ref, data + 32, (size_t)1 << 40), hipErrorInvalidValue);
    OK(hipTexRefGetAddress(&address, ref));
    assert_ptr_equal(address, data + 256 + 16);
    OK(hipTexRefSetAddress(&offset, ref, NULL, 0)); /* nothing unbinds */
    EXPECT(hipTexRefGetAddress(&address, ref), hipErrorInvalidValue);
    OK(hipFree(data));
}

static void pitched_memory_is_bound_from_its_beginning(void **state)
{
    const HIP_ARRAY_DESCRIPTOR plane = {
        .Width = 16, .Height = 2, .Format = HIP_AD_FORMAT_FLOAT, .NumChannels = 1};
    const HIP_ARRAY_DESCRIPTOR strange = {
        .Width = 16, .Height = 2, .Format = HIP_AD_FORMAT_FLOAT, .NumChannels = 3};
    char *data;
    size_t offset;
    hipDeviceptr_t address;
    hipArray_t array;
    (void)state;
    OK(hipMalloc((void **)&data, BYTES));
    OK(hipTexRefSetFormat(ref, HIP_AD_FORMAT_FLOAT, 1));
    OK(hipTexRefSetAddress(&offset, ref, data + 16, 64));
    OK(hipTexRefSetAddress2D(ref, &plane, data + 256, 256));
    OK(hipTexRefGetAddress(&address, ref));
    assert_ptr_equal(address, data + 256);
    EXPECT(hipTexRefSetAddress2D(ref, &plane, data + 4, 256), hipErrorInvalidValue);
    EXPECT(hipTexRefSetAddress2D(ref, &plane, data, 32), hipErrorInvalidValue);
    EXPECT(hipTexRefSetAddress2D(ref, &strange, data, 256), hipErrorInvalidValue);
    OK(hipTexRefGetAddress(&address, ref));
    assert_ptr_equal(address, data + 256);
    EXPECT(hipTexRefGetArray(&array, ref), hipErrorInvalidValue);
    OK(hipTexRefSetAddress2D(ref, &plane, NULL, 256));
    EXPECT(hipTexRefGetAddress(&address, ref), hipErrorInvalidValue);
    OK(hipFree(data));
}

static void arrays_are_bound_with_their_format(void **state)
{
    const hipChannelFormatDesc desc = {16, 16, 0, 0, hipChannelFormatKindSigned};
    hipArray_t array, bound = NULL;
    hipMipmappedArray_t mipmap, levels = NULL;
    hipArray_Format format;
    int channels;
    hipDeviceptr_t address;
    (void)state;
    OK(hipMallocArray(&array, &desc, 8, 8, 0));
    OK(hipMallocMipmappedArray(&mipmap, &desc, (hipExtent){16, 16, 0}, 3, 0));
    OK(hipTexRefSetFlags(ref, HIP_TRSF_READ_AS_INTEGER | HIP_TRSF_NORMALIZED_COORDINATES));
    OK(hipTexRefSetArray(ref, array, HIP_TRSA_OVERRIDE_FORMAT));
    OK(hipTexRefGetArray(&bound, ref));
    assert_ptr_equal(bound, array);
    OK(hipTexRefGetFormat(&format, &channels, ref));
    assert_int_equal(format, HIP_AD_FORMAT_SIGNED_INT16);
    assert_int_equal(channels, 2);
    EXPECT(hipTexRefGetAddress(&address, ref), hipErrorInvalidValue);
    EXPECT(hipTexRefGetMipMappedArray(&levels, ref), hipErrorInvalidValue);
    EXPECT(hipTexRefSetArray(ref, array, 0), hipErrorInvalidValue);
    OK(hipTexRefSetMipmappedArray(ref, mipmap, HIP_TRSA_OVERRIDE_FORMAT));
    OK(hipTexRefGetMipMappedArray(&levels, ref));
    assert_ptr_equal(levels, mipmap);
    EXPECT(hipTexRefGetArray(&bound, ref), hipErrorInvalidValue);
    EXPECT(hipTexRefSetMipmappedArray(ref, mipmap, 0), hipErrorInvalidValue);
    OK(hipUnbindTexture(ref));
    OK(hipFreeMipmappedArray(mipmap));
    OK(hipFreeArray(array));
    EXPECT(hipTexRefSetArray(ref, array, HIP_TRSA_OVERRIDE_FORMAT), hipErrorInvalidHandle);
    EXPECT(hipTexRefSetMipmappedArray(ref, mipmap, HIP_TRSA_OVERRIDE_FORMAT),
           hipErrorInvalidHandle);
}

/* ---- objects with the driver's descriptors ---- */

static void objects_tell_what_they_were_made_of(void **state)
{
    char *data;
    hipTextureObject_t texture;
    HIP_RESOURCE_DESC resource = {.resType = HIP_RESOURCE_TYPE_PITCH2D}, resource_got;
    HIP_TEXTURE_DESC sampling = {.addressMode = {HIP_TR_ADDRESS_MODE_CLAMP,
                                                 HIP_TR_ADDRESS_MODE_BORDER,
                                                 HIP_TR_ADDRESS_MODE_MIRROR},
                                 .filterMode = HIP_TR_FILTER_MODE_POINT,
                                 .flags = HIP_TRSF_READ_AS_INTEGER,
                                 .mipmapLevelBias = 0.5f,
                                 .minMipmapLevelClamp = 1,
                                 .maxMipmapLevelClamp = 2,
                                 .borderColor = {1, 2, 3, 4}},
                     sampling_got;
    HIP_RESOURCE_VIEW_DESC view_got;
    (void)state;
    OK(hipMalloc((void **)&data, BYTES));
    resource.res.pitch2D.devPtr = data;
    resource.res.pitch2D.format = HIP_AD_FORMAT_UNSIGNED_INT16;
    resource.res.pitch2D.numChannels = 2;
    resource.res.pitch2D.width = 16;
    resource.res.pitch2D.height = 3;
    resource.res.pitch2D.pitchInBytes = 256;
    OK(hipTexObjectCreate(&texture, &resource, &sampling, NULL));
    OK(hipTexObjectGetResourceDesc(&resource_got, texture));
    assert_int_equal(resource_got.resType, HIP_RESOURCE_TYPE_PITCH2D);
    assert_ptr_equal(resource_got.res.pitch2D.devPtr, data);
    assert_int_equal(resource_got.res.pitch2D.format, HIP_AD_FORMAT_UNSIGNED_INT16);
    assert_int_equal(resource_got.res.pitch2D.numChannels, 2);
    assert_int_equal(resource_got.res.pitch2D.width, 16);
    assert_int_equal(resource_got.res.pitch2D.height, 3);
    assert_int_equal(resource_got.res.pitch2D.pitchInBytes, 256);
    OK(hipTexObjectGetTextureDesc(&sampling_got, texture));
    assert_memory_equal(&sampling_got, &sampling, sizeof sampling);
    OK(hipTexObjectGetResourceViewDesc(&view_got, texture));
    assert_int_equal(view_got.width, 0);
    EXPECT(hipTexObjectGetResourceDesc(NULL, texture), hipErrorInvalidValue);
    EXPECT(hipTexObjectGetTextureDesc(NULL, texture), hipErrorInvalidValue);
    EXPECT(hipTexObjectGetResourceViewDesc(NULL, texture), hipErrorInvalidValue);
    OK(hipTexObjectDestroy(texture));
    EXPECT(hipTexObjectDestroy(texture), hipErrorInvalidValue);
    EXPECT(hipTexObjectGetResourceDesc(&resource_got, texture), hipErrorInvalidValue);
    OK(hipFree(data));
}

static void objects_of_arrays_have_views(void **state)
{
    const hipChannelFormatDesc desc = {8, 8, 8, 8, hipChannelFormatKindUnsigned};
    hipArray_t array;
    hipTextureObject_t texture;
    HIP_RESOURCE_DESC resource = {.resType = HIP_RESOURCE_TYPE_ARRAY}, resource_got;
    const HIP_TEXTURE_DESC sampling = {0};
    HIP_RESOURCE_VIEW_DESC view = {.format = HIP_RES_VIEW_FORMAT_UINT_1X32,
                                   .width = 8,
                                   .height = 4},
                           view_got;
    (void)state;
    OK(hipMallocArray(&array, &desc, 8, 4, 0));
    resource.res.array.hArray = array;
    OK(hipTexObjectCreate(&texture, &resource, &sampling, &view));
    OK(hipTexObjectGetResourceDesc(&resource_got, texture));
    assert_int_equal(resource_got.resType, HIP_RESOURCE_TYPE_ARRAY);
    assert_ptr_equal(resource_got.res.array.hArray, array);
    OK(hipTexObjectGetResourceViewDesc(&view_got, texture));
    assert_int_equal(view_got.format, HIP_RES_VIEW_FORMAT_UINT_1X32);
    assert_int_equal(view_got.width, 8);
    assert_int_equal(view_got.height, 4);
    OK(hipTexObjectDestroy(texture));
    view.format = HIP_RES_VIEW_FORMAT_UINT_1X16; /* not as large as the element */
    EXPECT(hipTexObjectCreate(&texture, &resource, &sampling, &view), hipErrorInvalidValue);
    OK(hipFreeArray(array));
    EXPECT(hipTexObjectCreate(&texture, &resource, &sampling, NULL), hipErrorInvalidHandle);
}

static void what_is_no_object_is_refused(void **state)
{
    char *data;
    hipTextureObject_t texture;
    (void)state;
    OK(hipMalloc((void **)&data, BYTES));
    const struct row {
        const char *why;
        HIPresourcetype type;
        hipArray_Format format;
        unsigned channels;
        size_t bytes;
    } rows[] = {
        {"no type", (HIPresourcetype)9, HIP_AD_FORMAT_FLOAT, 1, 64},
        {"no format", HIP_RESOURCE_TYPE_LINEAR, (hipArray_Format)0, 1, 64},
        {"three channels", HIP_RESOURCE_TYPE_LINEAR, HIP_AD_FORMAT_FLOAT, 3, 64},
        {"no bytes", HIP_RESOURCE_TYPE_LINEAR, HIP_AD_FORMAT_FLOAT, 1, 0},
        {"beyond the allocation", HIP_RESOURCE_TYPE_LINEAR, HIP_AD_FORMAT_FLOAT, 1, 1 << 20},
    };
    const HIP_TEXTURE_DESC sampling = {0};
    HIP_RESOURCE_DESC resource;
    for (size_t i = 0; i < COUNT(rows); i++) {
        memset(&resource, 0, sizeof resource);
        resource.resType = rows[i].type;
        resource.res.linear.devPtr = data;
        resource.res.linear.format = rows[i].format;
        resource.res.linear.numChannels = rows[i].channels;
        resource.res.linear.sizeInBytes = rows[i].bytes;
        if (hipTexObjectCreate(&texture, &resource, &sampling, NULL) != hipErrorInvalidValue)
            fail_msg("%s", rows[i].why);
    }
    EXPECT(hipTexObjectCreate(NULL, &resource, &sampling, NULL), hipErrorInvalidValue);
    EXPECT(hipTexObjectCreate(&texture, NULL, &sampling, NULL), hipErrorInvalidValue);
    EXPECT(hipTexObjectCreate(&texture, &resource, NULL, NULL), hipErrorInvalidValue);
    OK(hipFree(data));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(references_are_found_by_name),
        cmocka_unit_test(fields_are_told_as_they_were_set),
        cmocka_unit_test(what_is_no_field_is_refused),
        cmocka_unit_test(kernels_read_memory_through_a_reference),
        cmocka_unit_test(pitched_memory_is_bound_from_its_beginning),
        cmocka_unit_test(arrays_are_bound_with_their_format),
        cmocka_unit_test(objects_tell_what_they_were_made_of),
        cmocka_unit_test(objects_of_arrays_have_views),
        cmocka_unit_test(what_is_no_object_is_refused),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
