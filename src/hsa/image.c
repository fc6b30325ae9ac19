/* SPDX-License-Identifier: MIT
 * Images and samplers: what can be created, how much memory it takes, and their life (HSA Runtime
 * 1.2, 3.3). Both layouts are the linear one, so that every access permission shares the data.
 * Agents report no handles for kernels, as ROCm does for these chips; see hsa_agent_get_info.
 */
#include "image_priv.h"

#include "base/log.h"
#include "info.h"

#include <stdlib.h>
#include <string.h>

enum { DATA_ALIGNMENT = 256 };

/* Largest sizes: width, rows, slices or layers: what the fields of a descriptor hold, which ROCm's
 * runtime reports, too; buffers as the specification asks for at least. */
static const struct {
    uint32_t width, rows, slices;
} limits[] = {
    [HSA_EXT_IMAGE_GEOMETRY_1D] = {16384, 1, 1},
    [HSA_EXT_IMAGE_GEOMETRY_2D] = {16384, 16384, 1},
    [HSA_EXT_IMAGE_GEOMETRY_3D] = {16384, 16384, 8192},
    [HSA_EXT_IMAGE_GEOMETRY_1DA] = {16384, 1, 8192},
    [HSA_EXT_IMAGE_GEOMETRY_2DA] = {16384, 16384, 8192},
    [HSA_EXT_IMAGE_GEOMETRY_1DB] = {1u << 27, 1, 1},
    [HSA_EXT_IMAGE_GEOMETRY_2DDEPTH] = {16384, 16384, 1},
    [HSA_EXT_IMAGE_GEOMETRY_2DADEPTH] = {16384, 16384, 8192},
};

/* Values are 32 bits each, as ROCm's library writes them and its clients read them. */
hsa_status_t hsa_amd_image_get_info_max_dim(hsa_agent_t agent, hsa_agent_info_t attribute,
                                            void *value)
{
    static const hsa_ext_image_geometry_t geometries[] = {
        HSA_EXT_IMAGE_GEOMETRY_1D,       HSA_EXT_IMAGE_GEOMETRY_1DA, HSA_EXT_IMAGE_GEOMETRY_1DB,
        HSA_EXT_IMAGE_GEOMETRY_2D,       HSA_EXT_IMAGE_GEOMETRY_2DA, HSA_EXT_IMAGE_GEOMETRY_2DDEPTH,
        HSA_EXT_IMAGE_GEOMETRY_2DADEPTH, HSA_EXT_IMAGE_GEOMETRY_3D,
    };
    static const uint8_t dimensions[] = {1, 1, 1, 2, 2, 2, 2, 3};
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    const struct agent *object = cairn_hsa_agent_of(agent);
    if (object == NULL || !object->is_gpu)
        return HSA_STATUS_ERROR_INVALID_AGENT;
    uint32_t index = (uint32_t)attribute - HSA_EXT_AGENT_INFO_IMAGE_1D_MAX_ELEMENTS;
    if (value == NULL || index > HSA_EXT_AGENT_INFO_IMAGE_ARRAY_MAX_LAYERS -
                                     HSA_EXT_AGENT_INFO_IMAGE_1D_MAX_ELEMENTS)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    if ((uint32_t)attribute == HSA_EXT_AGENT_INFO_IMAGE_ARRAY_MAX_LAYERS)
        return info_u32(value, limits[HSA_EXT_IMAGE_GEOMETRY_2DA].slices);
    hsa_ext_image_geometry_t geometry = geometries[index];
    const uint32_t sizes[3] = {limits[geometry].width, limits[geometry].rows,
                               limits[geometry].slices};
    return info_bytes(value, sizes, dimensions[index] * sizeof sizes[0]);
}

/* ---- capabilities ---- */

static hsa_status_t check_agent(hsa_agent_t handle, struct agent **out)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    struct agent *agent = cairn_hsa_agent_of(handle);
    if (agent == NULL || !agent->is_gpu)
        return HSA_STATUS_ERROR_INVALID_AGENT;
    if (out != NULL)
        *out = agent;
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_ext_image_get_capability(hsa_agent_t agent, hsa_ext_image_geometry_t geometry,
                                          const hsa_ext_image_format_t *image_format,
                                          uint32_t *capability_mask)
{
    struct image_format format;
    hsa_status_t status = check_agent(agent, NULL);
    if (status != HSA_STATUS_SUCCESS)
        return status;
    if ((unsigned)geometry > HSA_EXT_IMAGE_GEOMETRY_2DADEPTH || image_format == NULL ||
        capability_mask == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    bool there = cairn_hsa_image_format(geometry, image_format, &format);
    return info_u32(capability_mask, there
                                         ? HSA_EXT_IMAGE_CAPABILITY_READ_ONLY |
                                               HSA_EXT_IMAGE_CAPABILITY_WRITE_ONLY |
                                               HSA_EXT_IMAGE_CAPABILITY_READ_WRITE |
                                               HSA_EXT_IMAGE_CAPABILITY_ACCESS_INVARIANT_DATA_LAYOUT
                                         : HSA_EXT_IMAGE_CAPABILITY_NOT_SUPPORTED);
}

hsa_status_t hsa_ext_image_get_capability_with_layout(hsa_agent_t agent,
                                                      hsa_ext_image_geometry_t geometry,
                                                      const hsa_ext_image_format_t *image_format,
                                                      hsa_ext_image_data_layout_t image_data_layout,
                                                      uint32_t *capability_mask)
{
    if (cairn_hsa_is_open() && image_data_layout != HSA_EXT_IMAGE_DATA_LAYOUT_LINEAR)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    return hsa_ext_image_get_capability(agent, geometry, image_format, capability_mask);
}

/* ---- sizes ---- */

static size_t or_one(size_t size)
{
    return size != 0 ? size : 1;
}

/* Rows and slices; sizes that the geometry does not have are not looked at. */
static void set_shape(const hsa_ext_image_descriptor_t *descriptor, struct image *image)
{
    image->width = descriptor->width;
    image->rows = image->slices = 1;
    switch (descriptor->geometry) {
    case HSA_EXT_IMAGE_GEOMETRY_1D:
    case HSA_EXT_IMAGE_GEOMETRY_1DB:
        break;
    case HSA_EXT_IMAGE_GEOMETRY_1DA:
        image->slices = or_one(descriptor->array_size);
        break;
    case HSA_EXT_IMAGE_GEOMETRY_3D:
        image->rows = or_one(descriptor->height);
        image->slices = or_one(descriptor->depth);
        break;
    case HSA_EXT_IMAGE_GEOMETRY_2DA:
    case HSA_EXT_IMAGE_GEOMETRY_2DADEPTH:
        image->slices = or_one(descriptor->array_size);
        image->rows = or_one(descriptor->height);
        break;
    case HSA_EXT_IMAGE_GEOMETRY_2D:
    case HSA_EXT_IMAGE_GEOMETRY_2DDEPTH:
        image->rows = or_one(descriptor->height);
        break;
    }
}

static bool has_slices(hsa_ext_image_geometry_t geometry)
{
    return geometry == HSA_EXT_IMAGE_GEOMETRY_3D || geometry == HSA_EXT_IMAGE_GEOMETRY_1DA ||
           geometry == HSA_EXT_IMAGE_GEOMETRY_2DA || geometry == HSA_EXT_IMAGE_GEOMETRY_2DADEPTH;
}

/* Pitches of 0 are the default. With the limits above no product overflows. */
static bool set_pitches(size_t row_pitch, size_t slice_pitch, struct image *image)
{
    size_t least = image->width * image->format.element_bytes;
    image->row_pitch = row_pitch != 0 ? row_pitch : least;
    if (image->row_pitch < least || image->row_pitch % image->format.element_bytes != 0 ||
        image->row_pitch > UINT32_MAX)
        return false;
    least = image->row_pitch * image->rows;
    image->slice_pitch = slice_pitch != 0 ? slice_pitch : least;
    if (!has_slices(image->descriptor.geometry))
        return slice_pitch == 0;
    return image->slice_pitch >= least && image->slice_pitch % image->row_pitch == 0 &&
           image->slice_pitch <= SIZE_MAX / 4096;
}

static size_t size_of(const struct image *image)
{
    return image->slice_pitch * (image->slices - 1) + image->row_pitch * image->rows;
}

/* Everything of an image that follows from its descriptor. */
static hsa_status_t plan(hsa_agent_t agent, const hsa_ext_image_descriptor_t *descriptor,
                         hsa_access_permission_t permission, size_t row_pitch, size_t slice_pitch,
                         struct image *image)
{
    hsa_status_t status = check_agent(agent, &image->agent);
    if (status != HSA_STATUS_SUCCESS)
        return status;
    if (descriptor == NULL || permission < HSA_ACCESS_PERMISSION_RO ||
        permission > HSA_ACCESS_PERMISSION_RW)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    image->descriptor = *descriptor;
    image->permission = permission;
    if (!cairn_hsa_image_format(descriptor->geometry, &descriptor->format, &image->format))
        return (hsa_status_t)HSA_EXT_STATUS_ERROR_IMAGE_FORMAT_UNSUPPORTED;
    set_shape(descriptor, image);
    if (image->width == 0 || image->width > limits[descriptor->geometry].width ||
        image->rows > limits[descriptor->geometry].rows ||
        image->slices > limits[descriptor->geometry].slices)
        return (hsa_status_t)HSA_EXT_STATUS_ERROR_IMAGE_SIZE_UNSUPPORTED;
    if (!set_pitches(row_pitch, slice_pitch, image))
        return (hsa_status_t)HSA_EXT_STATUS_ERROR_IMAGE_PITCH_UNSUPPORTED;
    return HSA_STATUS_SUCCESS;
}

static hsa_status_t data_info(hsa_agent_t agent, const hsa_ext_image_descriptor_t *descriptor,
                              hsa_access_permission_t permission, size_t row_pitch,
                              size_t slice_pitch, hsa_ext_image_data_info_t *info)
{
    struct image image = {0};
    hsa_status_t status = plan(agent, descriptor, permission, row_pitch, slice_pitch, &image);
    if (status != HSA_STATUS_SUCCESS)
        return status;
    if (info == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    *info = (hsa_ext_image_data_info_t){.size = size_of(&image), .alignment = DATA_ALIGNMENT};
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_ext_image_data_get_info(hsa_agent_t agent,
                                         const hsa_ext_image_descriptor_t *image_descriptor,
                                         hsa_access_permission_t access_permission,
                                         hsa_ext_image_data_info_t *image_data_info)
{
    return data_info(agent, image_descriptor, access_permission, 0, 0, image_data_info);
}

hsa_status_t hsa_ext_image_data_get_info_with_layout(
    hsa_agent_t agent, const hsa_ext_image_descriptor_t *image_descriptor,
    hsa_access_permission_t access_permission, hsa_ext_image_data_layout_t image_data_layout,
    size_t image_data_row_pitch, size_t image_data_slice_pitch,
    hsa_ext_image_data_info_t *image_data_info)
{
    if (cairn_hsa_is_open() && image_data_layout != HSA_EXT_IMAGE_DATA_LAYOUT_LINEAR)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    return data_info(agent, image_descriptor, access_permission, image_data_row_pitch,
                     image_data_slice_pitch, image_data_info);
}

/* ---- life ---- */

struct image *cairn_hsa_image_of(hsa_ext_image_t handle)
{
    return cairn_hsa_handle_find(HANDLE_IMAGE, handle.handle);
}

static hsa_status_t create(hsa_agent_t agent, const hsa_ext_image_descriptor_t *descriptor,
                           const void *data, hsa_access_permission_t permission, size_t row_pitch,
                           size_t slice_pitch, hsa_ext_image_t *out)
{
    struct image image = {0};
    hsa_status_t status = plan(agent, descriptor, permission, row_pitch, slice_pitch, &image);
    if (status != HSA_STATUS_SUCCESS)
        return status;
    if (data == NULL || out == NULL || (uintptr_t)data % DATA_ALIGNMENT != 0 ||
        !cairn_hsa_range_is_valid(data, size_of(&image)))
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    struct image *made = malloc(sizeof *made);
    if (made == NULL)
        return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    *made = image;
    made->data = (uint8_t *)(uintptr_t)data; // NOLINT
    if (cairn_hsa_handle_add(HANDLE_IMAGE, (uintptr_t)made, made) != CAIRN_OK) {
        free(made);
        return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    }
    out->handle = (uintptr_t)made;
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_ext_image_create(hsa_agent_t agent,
                                  const hsa_ext_image_descriptor_t *image_descriptor,
                                  const void *image_data, hsa_access_permission_t access_permission,
                                  hsa_ext_image_t *image)
{
    return create(agent, image_descriptor, image_data, access_permission, 0, 0, image);
}

hsa_status_t hsa_ext_image_create_with_layout(
    hsa_agent_t agent, const hsa_ext_image_descriptor_t *image_descriptor, const void *image_data,
    hsa_access_permission_t access_permission, hsa_ext_image_data_layout_t image_data_layout,
    size_t image_data_row_pitch, size_t image_data_slice_pitch, hsa_ext_image_t *image)
{
    if (cairn_hsa_is_open() && image_data_layout != HSA_EXT_IMAGE_DATA_LAYOUT_LINEAR)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    return create(agent, image_descriptor, image_data, access_permission, image_data_row_pitch,
                  image_data_slice_pitch, image);
}

/* The layout that a graphics driver describes: version 1, device (0x1002 << 16 | chip), then the
 * eight words of an image resource (AMD, "Vega" Instruction Set Architecture, table "Image Resource
 * Definition"): swizzle mode in bits 24:20 of word 3, pitch - 1 in elements in 28:13 of word 4. */
hsa_status_t hsa_amd_image_create(hsa_agent_t agent,
                                  const hsa_ext_image_descriptor_t *image_descriptor,
                                  const hsa_amd_image_descriptor_t *image_layout,
                                  const void *image_data, hsa_access_permission_t access_permission,
                                  hsa_ext_image_t *image)
{
    struct image planned = {0};
    hsa_status_t status = plan(agent, image_descriptor, access_permission, 0, 0, &planned);
    if (status != HSA_STATUS_SUCCESS)
        return status;
    if (image_layout == NULL || image_layout->version != 1 ||
        image_layout->deviceID != (0x1002u << 16 | planned.agent->product->pci_device))
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    const uint32_t *words = image_layout->data;
    if ((words[3] >> 20 & 0x1f) != 0) {
        CAIRN_LOG_ONCE("hsa: hsa_amd_image_create: tiled image data is not supported");
        return (hsa_status_t)HSA_EXT_STATUS_ERROR_IMAGE_FORMAT_UNSUPPORTED;
    }
    size_t pitch = ((words[4] >> 13 & 0xffff) + 1) * (size_t)planned.format.element_bytes;
    return create(agent, image_descriptor, image_data, access_permission, pitch, 0, image);
}

hsa_status_t hsa_ext_image_destroy(hsa_agent_t agent, hsa_ext_image_t image)
{
    hsa_status_t status = check_agent(agent, NULL);
    if (status != HSA_STATUS_SUCCESS)
        return status;
    struct image *object = cairn_hsa_handle_remove(HANDLE_IMAGE, image.handle);
    if (object == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    free(object);
    return HSA_STATUS_SUCCESS;
}

/* ---- samplers: kept for whoever asks; no instruction takes one ---- */

hsa_status_t hsa_ext_sampler_create_v2(hsa_agent_t agent,
                                       const hsa_ext_sampler_descriptor_v2_t *sampler_descriptor,
                                       hsa_ext_sampler_t *sampler)
{
    hsa_status_t status = check_agent(agent, NULL);
    if (status != HSA_STATUS_SUCCESS)
        return status;
    if (sampler_descriptor == NULL || sampler == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    bool repeats = false, known = true;
    for (int i = 0; i < 3; i++) {
        uint32_t mode = sampler_descriptor->address_modes[i];
        known &= mode <= HSA_EXT_SAMPLER_ADDRESSING_MODE_MIRRORED_REPEAT;
        repeats |= mode >= HSA_EXT_SAMPLER_ADDRESSING_MODE_REPEAT;
    }
    bool normalized =
        sampler_descriptor->coordinate_mode == HSA_EXT_SAMPLER_COORDINATE_MODE_NORMALIZED;
    if (!known || sampler_descriptor->filter_mode > HSA_EXT_SAMPLER_FILTER_MODE_LINEAR ||
        sampler_descriptor->coordinate_mode > HSA_EXT_SAMPLER_COORDINATE_MODE_NORMALIZED ||
        (repeats && !normalized)) /* the PRM, 7.1.6.4: repeating needs normalized coordinates */
        return (hsa_status_t)HSA_EXT_STATUS_ERROR_SAMPLER_DESCRIPTOR_UNSUPPORTED;
    hsa_ext_sampler_descriptor_v2_t *made = malloc(sizeof *made);
    if (made == NULL)
        return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    *made = *sampler_descriptor;
    if (cairn_hsa_handle_add(HANDLE_SAMPLER, (uintptr_t)made, made) != CAIRN_OK) {
        free(made);
        return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    }
    sampler->handle = (uintptr_t)made;
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_ext_sampler_create(hsa_agent_t agent,
                                    const hsa_ext_sampler_descriptor_t *sampler_descriptor,
                                    hsa_ext_sampler_t *sampler)
{
    if (sampler_descriptor == NULL)
        return hsa_ext_sampler_create_v2(agent, NULL, sampler);
    uint32_t mode = sampler_descriptor->address_mode;
    const hsa_ext_sampler_descriptor_v2_t each = {.coordinate_mode =
                                                      sampler_descriptor->coordinate_mode,
                                                  .filter_mode = sampler_descriptor->filter_mode,
                                                  .address_modes = {mode, mode, mode}};
    return hsa_ext_sampler_create_v2(agent, &each, sampler);
}

hsa_status_t hsa_ext_sampler_destroy(hsa_agent_t agent, hsa_ext_sampler_t sampler)
{
    hsa_status_t status = check_agent(agent, NULL);
    if (status != HSA_STATUS_SUCCESS)
        return status;
    void *object = cairn_hsa_handle_remove(HANDLE_SAMPLER, sampler.handle);
    if (object == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    free(object);
    return HSA_STATUS_SUCCESS;
}

void cairn_hsa_images_destroy(void)
{
    static const enum handle_kind kinds[] = {HANDLE_IMAGE, HANDLE_SAMPLER};
    uint64_t handle;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        while (cairn_hsa_handle_any(kinds[i], &handle) != NULL)
            free(cairn_hsa_handle_remove(kinds[i], handle));
}
