/* SPDX-License-Identifier: MIT
 * Images and samplers: formats, sizes and pitches, import, export, copy and clear with every
 * element checked, and every documented error.
 */
#include "rig.h"

#include "hsa/hsa_ext_image.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TYPE(name)     HSA_EXT_IMAGE_CHANNEL_TYPE_##name
#define ORDER(name)    HSA_EXT_IMAGE_CHANNEL_ORDER_##name
#define GEOMETRY(name) HSA_EXT_IMAGE_GEOMETRY_##name

static hsa_ext_image_descriptor_t describe(hsa_ext_image_geometry_t geometry, size_t width,
                                           size_t height, size_t depth, size_t layers,
                                           uint32_t type, uint32_t order)
{
    return (hsa_ext_image_descriptor_t){geometry, width, height, depth, layers, {type, order}};
}

static hsa_ext_image_t create(const hsa_ext_image_descriptor_t *descriptor, void **data)
{
    hsa_ext_image_data_info_t info;
    hsa_ext_image_t image;
    OK(hsa_ext_image_data_get_info(rig.gpu, descriptor, HSA_ACCESS_PERMISSION_RW, &info));
    assert_true(info.size != 0 && info.alignment <= 4096);
    *data = rig_alloc(rig.vram, info.size);
    OK(hsa_ext_image_create(rig.gpu, descriptor, *data, HSA_ACCESS_PERMISSION_RW, &image));
    return image;
}

static void destroy(hsa_ext_image_t image, void *data)
{
    OK(hsa_ext_image_destroy(rig.gpu, image));
    OK(hsa_amd_memory_pool_free(data));
}

static void formats_are_there_or_not(void **state)
{
    static const struct {
        hsa_ext_image_geometry_t geometry;
        uint32_t type, order;
        size_t bytes; /* 0: not there */
    } rows[] = {
        {GEOMETRY(1D), TYPE(UNORM_INT8), ORDER(R), 1},
        {GEOMETRY(2D), TYPE(UNORM_INT8), ORDER(RGBA), 4},
        {GEOMETRY(2D), TYPE(FLOAT), ORDER(RGBA), 16},
        {GEOMETRY(3D), TYPE(HALF_FLOAT), ORDER(RG), 4},
        {GEOMETRY(2DA), TYPE(SIGNED_INT32), ORDER(RA), 8},
        {GEOMETRY(1DB), TYPE(UNSIGNED_INT16), ORDER(A), 2},
        {GEOMETRY(1DA), TYPE(SNORM_INT16), ORDER(RX), 4},
        {GEOMETRY(2D), TYPE(UNORM_INT8), ORDER(SRGBA), 4},
        {GEOMETRY(2D), TYPE(UNORM_SHORT_565), ORDER(RGB), 2},
        {GEOMETRY(2D), TYPE(UNORM_SHORT_101010), ORDER(RGBX), 4},
        {GEOMETRY(2DDEPTH), TYPE(FLOAT), ORDER(DEPTH), 4},
        {GEOMETRY(2DADEPTH), TYPE(UNORM_INT16), ORDER(DEPTH), 2},
        {GEOMETRY(2DDEPTH), TYPE(UNORM_INT24), ORDER(DEPTH), 4},
        {GEOMETRY(2D), TYPE(FLOAT), ORDER(LUMINANCE), 4},
        {GEOMETRY(2D), TYPE(FLOAT), ORDER(DEPTH), 0},
        {GEOMETRY(2DDEPTH), TYPE(FLOAT), ORDER(R), 0},
        {GEOMETRY(2D), TYPE(UNORM_INT16), ORDER(BGRA), 0},
        {GEOMETRY(2D), TYPE(UNORM_SHORT_565), ORDER(RGBA), 0},
        {GEOMETRY(1DB), TYPE(UNORM_INT8), ORDER(SRGBA), 0},
        {GEOMETRY(2D), TYPE(SIGNED_INT8), ORDER(INTENSITY), 0},
        {GEOMETRY(2DDEPTH), TYPE(FLOAT), ORDER(DEPTH_STENCIL), 0},
        {GEOMETRY(2D), 99, ORDER(R), 0},
        {GEOMETRY(2D), TYPE(FLOAT), 99, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const hsa_ext_image_descriptor_t descriptor =
            describe(rows[i].geometry, 10, 3, 2, 2, rows[i].type, rows[i].order);
        uint32_t mask = 99, again = 98;
        hsa_ext_image_data_info_t info;
        OK(hsa_ext_image_get_capability(rig.gpu, rows[i].geometry, &descriptor.format, &mask));
        OK(hsa_ext_image_get_capability_with_layout(rig.gpu, rows[i].geometry, &descriptor.format,
                                                    HSA_EXT_IMAGE_DATA_LAYOUT_LINEAR, &again));
        assert_int_equal(mask, again);
        if ((mask != HSA_EXT_IMAGE_CAPABILITY_NOT_SUPPORTED) != (rows[i].bytes != 0))
            fail_msg("row %zu: capability 0x%x", i, mask);
        hsa_status_t status =
            hsa_ext_image_data_get_info(rig.gpu, &descriptor, HSA_ACCESS_PERMISSION_RO, &info);
        if (rows[i].bytes == 0) {
            assert_int_equal(status, HSA_EXT_STATUS_ERROR_IMAGE_FORMAT_UNSUPPORTED);
            continue;
        }
        static const size_t rows_of[] = {1, 3, 6, 2, 6, 1, 3, 6}; /* by geometry */
        assert_int_equal(status, HSA_STATUS_SUCCESS);
        if (info.size != rows[i].bytes * 10 * rows_of[rows[i].geometry])
            fail_msg("row %zu: %zu bytes", i, info.size);
    }
}

static void sizes_and_pitches_have_limits(void **state)
{
    hsa_ext_image_data_info_t info;
    hsa_ext_image_descriptor_t plain = describe(GEOMETRY(2D), 100, 50, 0, 0, TYPE(FLOAT), ORDER(R));
    const struct {
        hsa_ext_image_geometry_t geometry;
        size_t width, height, depth, layers, row_pitch, slice_pitch;
        uint32_t status;
        size_t size;
    } rows[] = {
        {GEOMETRY(2D), 100, 50, 0, 0, 0, 0, HSA_STATUS_SUCCESS, 20000},
        {GEOMETRY(2D), 100, 50, 9, 9, 512, 0, HSA_STATUS_SUCCESS, 25600},
        {GEOMETRY(2D), 100, 50, 0, 0, 399, 0, HSA_EXT_STATUS_ERROR_IMAGE_PITCH_UNSUPPORTED, 0},
        {GEOMETRY(2D), 100, 50, 0, 0, 402, 0, HSA_EXT_STATUS_ERROR_IMAGE_PITCH_UNSUPPORTED, 0},
        {GEOMETRY(2D), 100, 50, 0, 0, 400, 20000, HSA_EXT_STATUS_ERROR_IMAGE_PITCH_UNSUPPORTED, 0},
        {GEOMETRY(3D), 100, 50, 2, 0, 400, 20400, HSA_STATUS_SUCCESS, 40400},
        {GEOMETRY(3D), 100, 50, 2, 0, 400, 19600, HSA_EXT_STATUS_ERROR_IMAGE_PITCH_UNSUPPORTED, 0},
        {GEOMETRY(3D), 100, 50, 2, 0, 400, 20100, HSA_EXT_STATUS_ERROR_IMAGE_PITCH_UNSUPPORTED, 0},
        {GEOMETRY(1DA), 100, 0, 0, 5, 0, 800, HSA_STATUS_SUCCESS, 3600},
        {GEOMETRY(2D), 0, 50, 0, 0, 0, 0, HSA_EXT_STATUS_ERROR_IMAGE_SIZE_UNSUPPORTED, 0},
        {GEOMETRY(2D), 16385, 1, 0, 0, 0, 0, HSA_EXT_STATUS_ERROR_IMAGE_SIZE_UNSUPPORTED, 0},
        {GEOMETRY(2D), 1, 16385, 0, 0, 0, 0, HSA_EXT_STATUS_ERROR_IMAGE_SIZE_UNSUPPORTED, 0},
        {GEOMETRY(3D), 1, 1, 8193, 0, 0, 0, HSA_EXT_STATUS_ERROR_IMAGE_SIZE_UNSUPPORTED, 0},
        {GEOMETRY(2DA), 1, 1, 0, 8193, 0, 0, HSA_EXT_STATUS_ERROR_IMAGE_SIZE_UNSUPPORTED, 0},
        {GEOMETRY(1DB), 1 << 27, 0, 0, 0, 0, 0, HSA_STATUS_SUCCESS, (size_t)4 << 27},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const hsa_ext_image_descriptor_t descriptor =
            describe(rows[i].geometry, rows[i].width, rows[i].height, rows[i].depth, rows[i].layers,
                     TYPE(FLOAT), ORDER(R));
        hsa_status_t status = hsa_ext_image_data_get_info_with_layout(
            rig.gpu, &descriptor, HSA_ACCESS_PERMISSION_RW, HSA_EXT_IMAGE_DATA_LAYOUT_LINEAR,
            rows[i].row_pitch, rows[i].slice_pitch, &info);
        if (status != rows[i].status)
            fail_msg("row %zu: 0x%x, wanted 0x%x", i, status, rows[i].status);
        if (status == HSA_STATUS_SUCCESS && info.size != rows[i].size)
            fail_msg("row %zu: %zu bytes, wanted %zu", i, info.size, rows[i].size);
    }
    FAILS(hsa_ext_image_data_get_info_with_layout(rig.gpu, &plain, HSA_ACCESS_PERMISSION_RW,
                                                  HSA_EXT_IMAGE_DATA_LAYOUT_OPAQUE, 0, 0, &info),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ext_image_data_get_info(rig.gpu, &plain, HSA_ACCESS_PERMISSION_NONE, &info),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ext_image_data_get_info(rig.gpu, &plain, HSA_ACCESS_PERMISSION_RO, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ext_image_data_get_info(rig.gpu, NULL, HSA_ACCESS_PERMISSION_RO, &info),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ext_image_data_get_info(rig.cpu, &plain, HSA_ACCESS_PERMISSION_RO, &info),
          HSA_STATUS_ERROR_INVALID_AGENT);
}

static void the_queries_say_what_images_may_be(void **state)
{
    uint32_t value[4] = {7, 7, 7, 7};
    for (int id = HSA_EXT_AGENT_INFO_IMAGE_1D_MAX_ELEMENTS;
         id <= HSA_EXT_AGENT_INFO_MAX_SAMPLER_HANDLERS; id++) {
        bool counts_handles = id >= HSA_EXT_AGENT_INFO_MAX_IMAGE_RD_HANDLES;
        OK(hsa_agent_get_info(rig.gpu, (hsa_agent_info_t)id, value));
        assert_true((value[0] == 0) == counts_handles); /* kernels take none of them */
        assert_int_equal(value[3], 7);
    }
    OK(hsa_amd_image_get_info_max_dim(
        rig.gpu, (hsa_agent_info_t)HSA_EXT_AGENT_INFO_IMAGE_3D_MAX_ELEMENTS, value));
    assert_int_equal(value[2], 8192);
    assert_int_equal(value[3], 7);
    value[1] = 7;
    OK(hsa_amd_image_get_info_max_dim(
        rig.gpu, (hsa_agent_info_t)HSA_EXT_AGENT_INFO_IMAGE_1D_MAX_ELEMENTS, value));
    assert_int_equal(value[0], 16384);
    assert_int_equal(value[1], 7); /* 32 bits, no more */
    OK(hsa_amd_image_get_info_max_dim(
        rig.gpu, (hsa_agent_info_t)HSA_EXT_AGENT_INFO_IMAGE_ARRAY_MAX_LAYERS, value));
    assert_int_equal(value[0], 8192);
    FAILS(hsa_amd_image_get_info_max_dim(rig.gpu, (hsa_agent_info_t)0x3009, value),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_image_get_info_max_dim(rig.gpu, (hsa_agent_info_t)0x2fff, value),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_image_get_info_max_dim(rig.gpu, (hsa_agent_info_t)0x3000, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_image_get_info_max_dim(rig.cpu, (hsa_agent_info_t)0x3000, value),
          HSA_STATUS_ERROR_INVALID_AGENT);
}

/* Numbers of each element tell where it is. */
static void import_and_export_move_boxes(void **state)
{
    enum { W = 9, H = 7, D = 5, PITCH = 12, SLICE = 12 * 8 };
    void *data;
    const hsa_ext_image_descriptor_t descriptor =
        describe(GEOMETRY(3D), W, H, D, 0, TYPE(UNSIGNED_INT32), ORDER(R));
    hsa_ext_image_t image = create(&descriptor, &data);
    static uint32_t in[D * SLICE], out[D * SLICE];
    for (uint32_t i = 0; i < D * SLICE; i++)
        in[i] = i + 1;
    const hsa_ext_image_region_t all = {{0, 0, 0}, {W, H, D}}, box = {{2, 1, 3}, {4, 5, 2}};
    OK(hsa_ext_image_import(rig.gpu, in, PITCH * 4, SLICE * 4, image, &all));
    for (uint32_t z = 0; z < D; z++)
        for (uint32_t y = 0; y < H; y++)
            for (uint32_t x = 0; x < W; x++)
                assert_int_equal(((uint32_t *)data)[(z * H + y) * W + x],
                                 in[z * SLICE + y * PITCH + x]);
    OK(hsa_ext_image_export(rig.gpu, image, out, 0, 0, &box)); /* tight */
    for (uint32_t z = 0; z < 2; z++)
        for (uint32_t y = 0; y < 5; y++)
            for (uint32_t x = 0; x < 4; x++)
                assert_int_equal(out[(z * 5 + y) * 4 + x],
                                 in[(z + 3) * SLICE + (y + 1) * PITCH + x + 2]);
    assert_int_equal(out[2 * 5 * 4], 0);
    destroy(image, data);
}

static void layers_of_a_row_array_are_its_y(void **state)
{
    void *data;
    const hsa_ext_image_descriptor_t descriptor =
        describe(GEOMETRY(1DA), 4, 0, 0, 3, TYPE(UNSIGNED_INT8), ORDER(R));
    hsa_ext_image_t image = create(&descriptor, &data);
    const uint8_t in[] = {1, 2, 3, 4, 5, 6, 7, 8};
    const hsa_ext_image_region_t last_two = {{0, 1, 0}, {4, 2, 1}}, beyond = {{0, 2, 0}, {4, 2, 1}};
    OK(hsa_ext_image_import(rig.gpu, in, 0, 0, image, &last_two));
    assert_memory_equal((char *)data + 4, in, 8);
    FAILS(hsa_ext_image_import(rig.gpu, in, 0, 0, image, &beyond),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    destroy(image, data);
}

static void images_copy_to_images(void **state)
{
    void *from_data, *to_data, *other_data;
    hsa_ext_image_descriptor_t descriptor =
        describe(GEOMETRY(2D), 8, 8, 0, 0, TYPE(UNORM_INT8), ORDER(RGBA));
    hsa_ext_image_t from = create(&descriptor, &from_data);
    descriptor.format.channel_order = ORDER(SRGBA);
    hsa_ext_image_t to = create(&descriptor, &to_data);
    descriptor.format.channel_order = ORDER(BGRA);
    hsa_ext_image_t other = create(&descriptor, &other_data);
    for (uint32_t i = 0; i < 64; i++)
        ((uint32_t *)from_data)[i] = i + 1;
    const hsa_dim3_t src_at = {1, 2, 0}, dst_at = {4, 3, 0}, range = {3, 4, 1};
    OK(hsa_ext_image_copy(rig.gpu, from, &src_at, to, &dst_at, &range));
    for (uint32_t y = 0; y < 8; y++)
        for (uint32_t x = 0; x < 8; x++) {
            bool inside = x - 4 < 3 && y - 3 < 4;
            assert_int_equal(((uint32_t *)to_data)[y * 8 + x],
                             inside ? (y - 3 + 2) * 8 + (x - 4 + 1) + 1 : 0);
        }
    const hsa_dim3_t too_far = {6, 0, 0}, nothing = {0, 1, 1};
    FAILS(hsa_ext_image_copy(rig.gpu, from, &src_at, other, &dst_at, &range),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ext_image_copy(rig.gpu, from, &src_at, to, &too_far, &range),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ext_image_copy(rig.gpu, from, &src_at, to, &dst_at, &nothing),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ext_image_copy(rig.gpu, from, NULL, to, &dst_at, &range),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ext_image_copy(rig.gpu, from, &src_at, to, NULL, &range),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ext_image_copy(rig.gpu, from, &src_at, to, &dst_at, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ext_image_copy(rig.cpu, from, &src_at, to, &dst_at, &range),
          HSA_STATUS_ERROR_INVALID_AGENT);
    destroy(from, from_data);
    FAILS(hsa_ext_image_copy(rig.gpu, from, &src_at, to, &dst_at, &range),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    destroy(to, to_data);
    destroy(other, other_data);
}

static void clearing_converts_to_the_format(void **state)
{
    static const union {
        float real[4];
        int32_t number[4];
        uint32_t word[4];
    } half = {.real = {0.5f, 0.25f, 2.0f, -1.0f}}, wide = {.number = {-1000, 70000, 5, -3}},
      plain = {.word = {300, 70000, 5, 0xffffffff}}, one = {.real = {1.0f, 0, 1.0f, 1.0f}},
      odd = {.real = {NAN, 0.5f, 0.0f, 0.5f}};
    const struct {
        const char *what;
        uint32_t type, order;
        const void *value;
        uint8_t bytes[16];
        size_t count;
    } rows[] = {
        {"unorm8", TYPE(UNORM_INT8), ORDER(RGBA), &half, {128, 64, 255, 0}, 4},
        {"swapped", TYPE(UNORM_INT8), ORDER(BGRA), &half, {255, 64, 128, 0}, 4},
        {"alpha first", TYPE(UNORM_INT8), ORDER(ARGB), &half, {0, 128, 64, 255}, 4},
        {"all backwards", TYPE(UNORM_INT8), ORDER(ABGR), &half, {0, 255, 64, 128}, 4},
        {"alpha alone", TYPE(UNORM_INT8), ORDER(A), &one, {255}, 1},
        {"red and alpha", TYPE(UNORM_INT8), ORDER(RA), &half, {128, 0}, 2},
        {"red and nothing", TYPE(UNORM_INT8), ORDER(RX), &one, {255, 0}, 2},
        {"snorm8", TYPE(SNORM_INT8), ORDER(RGBA), &half, {64, 32, 127, 0x81}, 4},
        {"unorm16", TYPE(UNORM_INT16), ORDER(RG), &half, {0x00, 0x80, 0x00, 0x40}, 4},
        {"snorm16", TYPE(SNORM_INT16), ORDER(R), &half, {0x00, 0x40}, 2},
        {"sint8 saturates", TYPE(SIGNED_INT8), ORDER(RGBA), &wide, {0x80, 0x7f, 5, 0xfd}, 4},
        {"sint16 saturates", TYPE(SIGNED_INT16), ORDER(RG), &wide, {0x18, 0xfc, 0xff, 0x7f}, 4},
        {"sint32", TYPE(SIGNED_INT32), ORDER(R), &wide, {0x18, 0xfc, 0xff, 0xff}, 4},
        {"uint8 saturates", TYPE(UNSIGNED_INT8), ORDER(RGBA), &plain, {255, 255, 5, 255}, 4},
        {"uint16 saturates", TYPE(UNSIGNED_INT16), ORDER(RG), &plain, {0x2c, 1, 0xff, 0xff}, 4},
        {"uint32", TYPE(UNSIGNED_INT32), ORDER(R), &plain, {0x2c, 1, 0, 0}, 4},
        {"half", TYPE(HALF_FLOAT), ORDER(RG), &half, {0x00, 0x38, 0x00, 0x34}, 4},
        {"float", TYPE(FLOAT), ORDER(R), &half, {0, 0, 0, 0x3f}, 4},
        {"sRGB, alpha as it is", TYPE(UNORM_INT8), ORDER(SRGBA), &half, {188, 137, 255, 0}, 4},
        {"not a number is zero", TYPE(UNORM_INT8), ORDER(RG), &odd, {0, 128}, 2},
        {"565", TYPE(UNORM_SHORT_565), ORDER(RGB), &one, {0x1f, 0xf8}, 2},
        {"555", TYPE(UNORM_SHORT_555), ORDER(RGB), &one, {0x1f, 0x7c}, 2},
        {"101010", TYPE(UNORM_SHORT_101010), ORDER(RGB), &one, {0xff, 0x03, 0xf0, 0x3f}, 4},
        {"luminance", TYPE(UNORM_INT8), ORDER(LUMINANCE), &half, {128}, 1},
        {"depth 16", TYPE(UNORM_INT16), ORDER(DEPTH), &one, {0xff, 0xff}, 2},
        {"depth 24", TYPE(UNORM_INT24), ORDER(DEPTH), &one, {0xff, 0xff, 0xff, 0}, 4},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        void *data;
        bool deep = rows[i].order == ORDER(DEPTH);
        const hsa_ext_image_descriptor_t descriptor = describe(
            deep ? GEOMETRY(2DDEPTH) : GEOMETRY(2D), 4, 4, 0, 0, rows[i].type, rows[i].order);
        hsa_ext_image_t image = create(&descriptor, &data);
        memset(data, 0xaa, 16 * rows[i].count);
        const hsa_ext_image_region_t middle = {{1, 1, 0}, {2, 2, 1}};
        OK(hsa_ext_image_clear(rig.gpu, image, rows[i].value, &middle));
        for (size_t element = 0; element < 16; element++) {
            bool inside = element % 4 - 1 < 2 && element / 4 - 1 < 2;
            for (size_t byte = 0; byte < rows[i].count; byte++) {
                uint8_t wanted = inside ? rows[i].bytes[byte] : 0xaa;
                uint8_t got = ((uint8_t *)data)[element * rows[i].count + byte];
                if (got != wanted)
                    fail_msg("%s: element %zu byte %zu is 0x%x, not 0x%x", rows[i].what, element,
                             byte, got, wanted);
            }
        }
        destroy(image, data);
    }
}

static void a_layout_may_have_gaps(void **state)
{
    hsa_ext_image_t image;
    uint8_t *data = rig_alloc(rig.vram, 4096);
    const hsa_ext_image_descriptor_t descriptor =
        describe(GEOMETRY(2D), 4, 4, 0, 0, TYPE(UNSIGNED_INT8), ORDER(R));
    const uint32_t value[4] = {9};
    const hsa_ext_image_region_t all = {{0, 0, 0}, {4, 4, 1}};
    OK(hsa_ext_image_create_with_layout(rig.gpu, &descriptor, data, HSA_ACCESS_PERMISSION_WO,
                                        HSA_EXT_IMAGE_DATA_LAYOUT_LINEAR, 16, 0, &image));
    OK(hsa_ext_image_clear(rig.gpu, image, value, &all));
    for (int i = 0; i < 64; i++)
        assert_int_equal(data[i], i % 16 < 4 ? 9 : 0);
    OK(hsa_ext_image_destroy(rig.gpu, image));
    FAILS(hsa_ext_image_create_with_layout(rig.gpu, &descriptor, data, HSA_ACCESS_PERMISSION_WO,
                                           HSA_EXT_IMAGE_DATA_LAYOUT_OPAQUE, 16, 0, &image),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ext_image_create_with_layout(rig.gpu, &descriptor, data, HSA_ACCESS_PERMISSION_WO,
                                           HSA_EXT_IMAGE_DATA_LAYOUT_LINEAR, 2, 0, &image),
          HSA_EXT_STATUS_ERROR_IMAGE_PITCH_UNSUPPORTED);
    OK(hsa_amd_memory_pool_free(data));
}

static void a_drivers_layout_is_taken_if_it_is_linear(void **state)
{
    struct {
        uint32_t version, device, words[8];
    } layout = {.version = 1};
    uint32_t chip;
    hsa_ext_image_t image;
    uint8_t *data = rig_alloc(rig.vram, 4096);
    const hsa_amd_image_descriptor_t *given = (const hsa_amd_image_descriptor_t *)&layout;
    const hsa_ext_image_descriptor_t descriptor =
        describe(GEOMETRY(2D), 4, 4, 0, 0, TYPE(UNSIGNED_INT16), ORDER(R));
    OK(hsa_agent_get_info(rig.gpu, (hsa_agent_info_t)HSA_AMD_AGENT_INFO_CHIP_ID, &chip));
    layout.device = 0x1002u << 16 | chip;
    layout.words[4] = 7u << 13; /* pitch of eight elements */
    OK(hsa_amd_image_create(rig.gpu, &descriptor, given, data, HSA_ACCESS_PERMISSION_RW, &image));
    const uint32_t value[4] = {0x0101};
    const hsa_ext_image_region_t all = {{0, 0, 0}, {4, 4, 1}};
    OK(hsa_ext_image_clear(rig.gpu, image, value, &all));
    for (int i = 0; i < 64; i++)
        assert_int_equal(data[i], i % 16 < 8 ? 1 : 0);
    OK(hsa_ext_image_destroy(rig.gpu, image));
    layout.words[3] = 9u << 20;
    FAILS(hsa_amd_image_create(rig.gpu, &descriptor, given, data, HSA_ACCESS_PERMISSION_RW, &image),
          HSA_EXT_STATUS_ERROR_IMAGE_FORMAT_UNSUPPORTED);
    layout.version = 2;
    FAILS(hsa_amd_image_create(rig.gpu, &descriptor, given, data, HSA_ACCESS_PERMISSION_RW, &image),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    layout.version = 1;
    layout.device++;
    FAILS(hsa_amd_image_create(rig.gpu, &descriptor, given, data, HSA_ACCESS_PERMISSION_RW, &image),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_image_create(rig.gpu, &descriptor, NULL, data, HSA_ACCESS_PERMISSION_RW, &image),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_image_create(rig.cpu, &descriptor, given, data, HSA_ACCESS_PERMISSION_RW, &image),
          HSA_STATUS_ERROR_INVALID_AGENT);
    OK(hsa_amd_memory_pool_free(data));
}

static void calls_check_their_arguments(void **state)
{
    void *data;
    uint32_t mask;
    const float value[4] = {0};
    hsa_ext_image_descriptor_t descriptor =
        describe(GEOMETRY(2D), 64, 64, 0, 0, TYPE(FLOAT), ORDER(R));
    hsa_ext_image_t image = create(&descriptor, &data), none = {0};
    const hsa_ext_image_region_t all = {{0, 0, 0}, {64, 64, 1}}, big = {{1, 0, 0}, {64, 64, 1}};
    FAILS(hsa_ext_image_create(rig.gpu, &descriptor, NULL, HSA_ACCESS_PERMISSION_RW, &none),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ext_image_create(rig.gpu, &descriptor, (char *)data + 4, HSA_ACCESS_PERMISSION_RW,
                               &none),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ext_image_create(rig.gpu, &descriptor, (char *)data + 256, HSA_ACCESS_PERMISSION_RW,
                               &none), /* too little behind it */
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ext_image_create(rig.gpu, &descriptor, data, HSA_ACCESS_PERMISSION_RW, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ext_image_create(rig.gpu, NULL, data, HSA_ACCESS_PERMISSION_RW, &none),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(
        hsa_ext_image_create((hsa_agent_t){8}, &descriptor, data, HSA_ACCESS_PERMISSION_RW, &none),
        HSA_STATUS_ERROR_INVALID_AGENT);
    FAILS(hsa_ext_image_get_capability(rig.gpu, (hsa_ext_image_geometry_t)9, &descriptor.format,
                                       &mask),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ext_image_get_capability(rig.gpu, GEOMETRY(2D), NULL, &mask),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ext_image_get_capability(rig.gpu, GEOMETRY(2D), &descriptor.format, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ext_image_get_capability(rig.cpu, GEOMETRY(2D), &descriptor.format, &mask),
          HSA_STATUS_ERROR_INVALID_AGENT);
    FAILS(hsa_ext_image_get_capability_with_layout(rig.gpu, GEOMETRY(2D), &descriptor.format,
                                                   HSA_EXT_IMAGE_DATA_LAYOUT_OPAQUE, &mask),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    char *small = rig_alloc(rig.vram, 4096);
    FAILS(hsa_ext_image_import(rig.gpu, small, 0, 0, image, &all),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ext_image_export(rig.gpu, image, small, 0, 0, &all),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ext_image_import(rig.gpu, NULL, 0, 0, image, &all),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ext_image_import(rig.gpu, data, 0, 0, none, &all), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ext_image_import(rig.gpu, data, 0, 0, image, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ext_image_import(rig.gpu, data, SIZE_MAX / 2, SIZE_MAX / 2, image, &all),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ext_image_import(rig.cpu, data, 0, 0, image, &all), HSA_STATUS_ERROR_INVALID_AGENT);
    FAILS(hsa_ext_image_export(rig.gpu, image, data, 0, 0, &big),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ext_image_export(rig.gpu, image, NULL, 0, 0, &all),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ext_image_export(rig.cpu, image, data, 0, 0, &all), HSA_STATUS_ERROR_INVALID_AGENT);
    FAILS(hsa_ext_image_clear(rig.gpu, image, NULL, &all), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ext_image_clear(rig.gpu, image, value, NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ext_image_clear(rig.gpu, image, value, &big), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ext_image_clear(rig.gpu, none, value, &all), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ext_image_clear(rig.cpu, image, value, &all), HSA_STATUS_ERROR_INVALID_AGENT);
    FAILS(hsa_ext_image_destroy(rig.cpu, image), HSA_STATUS_ERROR_INVALID_AGENT);
    destroy(image, data);
    FAILS(hsa_ext_image_destroy(rig.gpu, image), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_amd_memory_pool_free(small));
}

static void samplers_are_made_or_refused_for_a_reason(void **state)
{
    static const struct {
        hsa_ext_sampler_descriptor_t descriptor;
        bool there;
    } rows[] = {
        {{0, 0, HSA_EXT_SAMPLER_ADDRESSING_MODE_UNDEFINED}, true},
        {{0, 1, HSA_EXT_SAMPLER_ADDRESSING_MODE_CLAMP_TO_BORDER}, true},
        {{1, 1, HSA_EXT_SAMPLER_ADDRESSING_MODE_MIRRORED_REPEAT}, true},
        {{0, 0, HSA_EXT_SAMPLER_ADDRESSING_MODE_REPEAT}, false},
        {{2, 0, 0}, false},
        {{0, 2, 0}, false},
        {{0, 0, 5}, false},
    };
    hsa_ext_sampler_t sampler = {0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        hsa_status_t status = hsa_ext_sampler_create(rig.gpu, &rows[i].descriptor, &sampler);
        if (status != (rows[i].there
                           ? HSA_STATUS_SUCCESS
                           : (hsa_status_t)HSA_EXT_STATUS_ERROR_SAMPLER_DESCRIPTOR_UNSUPPORTED))
            fail_msg("row %zu: 0x%x", i, status);
        if (rows[i].there)
            OK(hsa_ext_sampler_destroy(rig.gpu, sampler));
    }
    hsa_ext_sampler_descriptor_v2_t each = {1, 0, {1, 2, 3}};
    OK(hsa_ext_sampler_create_v2(rig.gpu, &each, &sampler));
    FAILS(hsa_ext_sampler_destroy(rig.cpu, sampler), HSA_STATUS_ERROR_INVALID_AGENT);
    OK(hsa_ext_sampler_destroy(rig.gpu, sampler));
    FAILS(hsa_ext_sampler_destroy(rig.gpu, sampler), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ext_sampler_create_v2(rig.gpu, NULL, &sampler), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ext_sampler_create_v2(rig.gpu, &each, NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ext_sampler_create(rig.gpu, NULL, &sampler), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ext_sampler_create_v2(rig.cpu, &each, &sampler), HSA_STATUS_ERROR_INVALID_AGENT);
}

static void the_table_has_the_functions(void **state)
{
    hsa_ext_images_1_pfn_t table;
    hsa_ext_images_1_00_pfn_t old;
    bool there = false;
    uint16_t minor = 9;
    uint8_t bits[128];
    OK(hsa_system_get_info(HSA_SYSTEM_INFO_EXTENSIONS, bits));
    assert_int_equal(bits[0], 1 << HSA_EXTENSION_IMAGES);
    OK(hsa_agent_get_info(rig.gpu, HSA_AGENT_INFO_EXTENSIONS, bits));
    assert_int_equal(bits[0], 1 << HSA_EXTENSION_IMAGES);
    OK(hsa_agent_get_info(rig.cpu, HSA_AGENT_INFO_EXTENSIONS, bits));
    assert_int_equal(bits[0], 0);
    OK(hsa_system_major_extension_supported(HSA_EXTENSION_IMAGES, 1, &minor, &there));
    assert_true(there && minor == 0);
    OK(hsa_system_get_major_extension_table(HSA_EXTENSION_IMAGES, 1, sizeof table, &table));
    FAILS(table.hsa_ext_image_clear(rig.gpu, (hsa_ext_image_t){1}, NULL, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(table.hsa_ext_image_create_with_layout((hsa_agent_t){0}, NULL, NULL, 0,
                                                 HSA_EXT_IMAGE_DATA_LAYOUT_LINEAR, 0, 0, NULL),
          HSA_STATUS_ERROR_INVALID_AGENT);
    OK(hsa_system_get_extension_table(HSA_EXTENSION_IMAGES, 1, 0, &old));
    FAILS(old.hsa_ext_sampler_destroy((hsa_agent_t){0}, (hsa_ext_sampler_t){0}),
          HSA_STATUS_ERROR_INVALID_AGENT);
    FAILS(hsa_system_get_extension_table(HSA_EXTENSION_IMAGES, 1, 1, &old),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
}

static void what_is_forgotten_goes_with_the_runtime(void **state)
{
    void *data;
    const hsa_ext_image_descriptor_t descriptor =
        describe(GEOMETRY(1D), 64, 0, 0, 0, TYPE(FLOAT), ORDER(R));
    const hsa_ext_sampler_descriptor_t plain = {0};
    hsa_ext_sampler_t sampler;
    hsa_ext_image_t image = create(&descriptor, &data);
    OK(hsa_ext_sampler_create(rig.gpu, &plain, &sampler));
    assert_int_equal(rig_close(state), 0);
    FAILS(hsa_ext_image_destroy(rig.gpu, image), HSA_STATUS_ERROR_NOT_INITIALIZED);
    assert_int_equal(rig_open(state), 0);
    FAILS(hsa_ext_image_destroy(rig.gpu, image), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ext_sampler_destroy(rig.gpu, sampler), HSA_STATUS_ERROR_INVALID_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_are_there_or_not),
        cmocka_unit_test(sizes_and_pitches_have_limits),
        cmocka_unit_test(the_queries_say_what_images_may_be),
        cmocka_unit_test(import_and_export_move_boxes),
        cmocka_unit_test(layers_of_a_row_array_are_its_y),
        cmocka_unit_test(images_copy_to_images),
        cmocka_unit_test(clearing_converts_to_the_format),
        cmocka_unit_test(a_layout_may_have_gaps),
        cmocka_unit_test(a_drivers_layout_is_taken_if_it_is_linear),
        cmocka_unit_test(calls_check_their_arguments),
        cmocka_unit_test(samplers_are_made_or_refused_for_a_reason),
        cmocka_unit_test(the_table_has_the_functions),
        cmocka_unit_test(what_is_forgotten_goes_with_the_runtime),
    };
    return cmocka_run_group_tests(tests, rig_open, rig_close);
}
