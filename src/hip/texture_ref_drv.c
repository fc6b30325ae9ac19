/* SPDX-License-Identifier: MIT
 * hipTexRef*: texture references field by field. What is bound sees a change at once.
 */
#include "hip/texture_ref.h"

#include "hip/array.h"

/* ---- fields that are set and read as they are ---- */

#define FIELD(name, type, field)                                                                   \
    hipError_t hipTexRefSet##name(textureReference *texture, type value)                           \
    {                                                                                              \
        if (texture == NULL)                                                                       \
            return hip_return(hipErrorInvalidValue);                                               \
        texture->field = value;                                                                    \
        return hip_return(hip_ready() ?: hip_texture_ref_refresh(texture));                        \
    }
#define READ(name, type, field)                                                                    \
    hipError_t hipTexRefGet##name(type *value, const textureReference *texture)                    \
    {                                                                                              \
        if (texture == NULL || value == NULL)                                                      \
            return hip_return(hipErrorInvalidValue);                                               \
        *value = (type)texture->field;                                                             \
        return hip_return(hip_ready());                                                            \
    }
FIELD(FilterMode, enum hipTextureFilterMode, filterMode)
READ(FilterMode, enum hipTextureFilterMode, filterMode)
FIELD(MipmapFilterMode, enum hipTextureFilterMode, mipmapFilterMode)
READ(MipmapFilterMode, enum hipTextureFilterMode, mipmapFilterMode)
FIELD(MipmapLevelBias, float, mipmapLevelBias)
READ(MipmapLevelBias, float, mipmapLevelBias)
FIELD(MaxAnisotropy, unsigned int, maxAnisotropy)
READ(MaxAnisotropy, int, maxAnisotropy)

hipError_t hipTexRefSetMipmapLevelClamp(textureReference *texture, float min_mip_map_level_clamp,
                                        float max_mip_map_level_clamp)
{
    if (texture == NULL)
        return hip_return(hipErrorInvalidValue);
    texture->minMipmapLevelClamp = min_mip_map_level_clamp;
    texture->maxMipmapLevelClamp = max_mip_map_level_clamp;
    return hip_return(hip_ready() ?: hip_texture_ref_refresh(texture));
}

hipError_t hipTexRefGetMipmapLevelClamp(float *pmin_mipmap_level_clamp,
                                        float *pmax_mipmap_level_clamp,
                                        const textureReference *texture)
{
    if (texture == NULL || pmin_mipmap_level_clamp == NULL || pmax_mipmap_level_clamp == NULL)
        return hip_return(hipErrorInvalidValue);
    *pmin_mipmap_level_clamp = texture->minMipmapLevelClamp;
    *pmax_mipmap_level_clamp = texture->maxMipmapLevelClamp;
    return hip_return(hip_ready());
}

hipError_t hipTexRefSetAddressMode(textureReference *texture, int dim,
                                   enum hipTextureAddressMode mode)
{
    if (texture == NULL || dim < 0 || dim > 2)
        return hip_return(hipErrorInvalidValue);
    texture->addressMode[dim] = mode;
    return hip_return(hip_ready() ?: hip_texture_ref_refresh(texture));
}

hipError_t hipTexRefGetAddressMode(enum hipTextureAddressMode *mode,
                                   const textureReference *texture, int dim)
{
    if (texture == NULL || mode == NULL || dim < 0 || dim > 2)
        return hip_return(hipErrorInvalidValue);
    *mode = texture->addressMode[dim];
    return hip_return(hip_ready());
}

hipError_t hipTexRefSetBorderColor(textureReference *texture, float *border_color)
{
    if (texture == NULL || border_color == NULL)
        return hip_return(hipErrorInvalidValue);
    return hip_return(hip_ready() ?: hip_texture_ref_set_border(texture, border_color));
}

hipError_t hipTexRefGetBorderColor(float *border_color, const textureReference *texture)
{
    if (texture == NULL || border_color == NULL)
        return hip_return(hipErrorInvalidValue);
    hip_texture_ref_get_border(texture, border_color);
    return hip_return(hip_ready());
}

/* The driver promotes integers unless told not to. */
hipError_t hipTexRefSetFlags(textureReference *texture, unsigned int flags)
{
    if (texture == NULL)
        return hip_return(hipErrorInvalidValue);
    texture->readMode =
        flags & HIP_TRSF_READ_AS_INTEGER ? hipReadModeElementType : hipReadModeNormalizedFloat;
    texture->normalized = (flags & HIP_TRSF_NORMALIZED_COORDINATES) != 0;
    texture->sRGB = (flags & HIP_TRSF_SRGB) != 0;
    return hip_return(hip_ready() ?: hip_texture_ref_refresh(texture));
}

hipError_t hipTexRefGetFlags(unsigned int *flags, const textureReference *texture)
{
    if (texture == NULL || flags == NULL)
        return hip_return(hipErrorInvalidValue);
    *flags = (texture->readMode == hipReadModeElementType ? HIP_TRSF_READ_AS_INTEGER : 0) |
             (texture->normalized ? HIP_TRSF_NORMALIZED_COORDINATES : 0) |
             (texture->sRGB ? HIP_TRSF_SRGB : 0);
    return hip_return(hip_ready());
}

hipError_t hipTexRefSetFormat(textureReference *texture, hipArray_Format format,
                              int num_packed_components)
{
    struct hip_texel texel;
    if (texture == NULL || !hip_texel_of_format(format, (unsigned)num_packed_components, &texel))
        return hip_return(hipErrorInvalidValue);
    texture->format = format;
    texture->numChannels = num_packed_components;
    texture->channelDesc = hip_texel_desc(&texel);
    return hip_return(hip_ready());
}

hipError_t hipTexRefGetFormat(hipArray_Format *format, int *num_channels,
                              const textureReference *texture)
{
    if (texture == NULL || format == NULL || num_channels == NULL)
        return hip_return(hipErrorInvalidValue);
    *format = texture->format;
    *num_channels = texture->numChannels;
    return hip_return(hip_ready());
}

/* ---- what is bound ---- */

static hipError_t set_array(textureReference *texture, hipArray_const_t array, unsigned flags)
{
    struct hipArray found;
    hipResourceDesc resource = {.resType = hipResourceTypeArray};
    if (texture == NULL || array == NULL || flags != HIP_TRSA_OVERRIDE_FORMAT)
        return hipErrorInvalidValue;
    if (!hip_array_find(array, &found))
        return hipErrorInvalidHandle;
    texture->format = found.image.texel.format;
    texture->numChannels = (int)found.image.texel.channels;
    resource.res.array.array = (hipArray_t)(uintptr_t)array;
    return hip_texture_ref_bind(texture, &resource, NULL);
}

hipError_t hipTexRefSetArray(textureReference *texture, hipArray_const_t array, unsigned int flags)
{
    return hip_return(hip_ready() ?: set_array(texture, array, flags));
}

static hipError_t set_mipmap(textureReference *texture, hipMipmappedArray_t mipmap, unsigned flags)
{
    struct hip_image image;
    hipResourceDesc resource = {.resType = hipResourceTypeMipmappedArray};
    if (texture == NULL || mipmap == NULL || flags != HIP_TRSA_OVERRIDE_FORMAT)
        return hipErrorInvalidValue;
    if (!hip_mipmap_find(mipmap, &image))
        return hipErrorInvalidHandle;
    texture->format = image.texel.format;
    texture->numChannels = (int)image.texel.channels;
    resource.res.mipmap.mipmap = mipmap;
    return hip_texture_ref_bind(texture, &resource, NULL);
}

hipError_t hipTexRefSetMipmappedArray(textureReference *texture,
                                      struct hipMipmappedArray *mipmapped_array, unsigned int flags)
{
    return hip_return(hip_ready() ?: set_mipmap(texture, mipmapped_array, flags));
}

/* Nothing unbinds. */
static hipError_t set_address(size_t *offset, textureReference *texture, void *memory, size_t bytes)
{
    struct hip_texel texel;
    if (texture == NULL)
        return hipErrorInvalidValue;
    if (memory == NULL || bytes == 0)
        return hip_texture_ref_unbind(texture);
    if (!hip_texel_of_format(texture->format, (unsigned)texture->numChannels, &texel))
        return hipErrorInvalidValue;
    hipResourceDesc resource = {.resType = hipResourceTypeLinear};
    resource.res.linear.devPtr = memory;
    resource.res.linear.desc = hip_texel_desc(&texel);
    resource.res.linear.sizeInBytes = bytes;
    return hip_texture_ref_bind_memory(texture, &resource, offset);
}

hipError_t hipTexRefSetAddress(size_t *byte_offset, textureReference *texture, hipDeviceptr_t ptr,
                               size_t bytes)
{
    return hip_return(hip_ready() ?: set_address(byte_offset, texture, ptr, bytes));
}

static hipError_t set_address_2d(textureReference *texture, const HIP_ARRAY_DESCRIPTOR *desc,
                                 void *memory, size_t pitch)
{
    struct hip_texel texel;
    if (texture == NULL || desc == NULL ||
        !hip_texel_of_format(desc->Format, desc->NumChannels, &texel))
        return hipErrorInvalidValue;
    if (memory == NULL)
        return hip_texture_ref_unbind(texture);
    hipResourceDesc resource = {.resType = hipResourceTypePitch2D};
    resource.res.pitch2D.devPtr = memory;
    resource.res.pitch2D.desc = hip_texel_desc(&texel);
    resource.res.pitch2D.width = desc->Width;
    resource.res.pitch2D.height = desc->Height;
    resource.res.pitch2D.pitchInBytes = pitch;
    return hip_texture_ref_bind(texture, &resource, NULL);
}

hipError_t hipTexRefSetAddress2D(textureReference *texture, const HIP_ARRAY_DESCRIPTOR *desc,
                                 hipDeviceptr_t ptr, size_t pitch)
{
    return hip_return(hip_ready() ?: set_address_2d(texture, desc, ptr, pitch));
}

/* What is bound, if it is of the kind that is asked for. */
static hipError_t get_bound(const textureReference *texture, hipResourceDesc *out)
{
    return texture == NULL ? hipErrorInvalidValue : hip_texture_ref_resource(texture, out);
}

static hipError_t get_address(hipDeviceptr_t *ptr, const textureReference *texture)
{
    hipResourceDesc resource;
    hipError_t error = ptr == NULL ? hipErrorInvalidValue : get_bound(texture, &resource);
    if (error != hipSuccess)
        return error;
    if (resource.resType != hipResourceTypeLinear && resource.resType != hipResourceTypePitch2D)
        return hipErrorInvalidValue;
    char *from = resource.resType == hipResourceTypeLinear ? resource.res.linear.devPtr
                                                           : resource.res.pitch2D.devPtr;
    *ptr = from + hip_texture_ref_offset(texture);
    return hipSuccess;
}

hipError_t hipTexRefGetAddress(hipDeviceptr_t *ptr, const textureReference *texture)
{
    return hip_return(hip_ready() ?: get_address(ptr, texture));
}

static hipError_t get_array(hipArray_t *array, const textureReference *texture)
{
    hipResourceDesc resource;
    hipError_t error = array == NULL ? hipErrorInvalidValue : get_bound(texture, &resource);
    if (error == hipSuccess && resource.resType != hipResourceTypeArray)
        error = hipErrorInvalidValue;
    if (error == hipSuccess)
        *array = resource.res.array.array;
    return error;
}

hipError_t hipTexRefGetArray(hipArray_t *array, const textureReference *texture)
{
    return hip_return(hip_ready() ?: get_array(array, texture));
}

static hipError_t get_mipmap(hipMipmappedArray_t *mipmap, const textureReference *texture)
{
    hipResourceDesc resource;
    hipError_t error = mipmap == NULL ? hipErrorInvalidValue : get_bound(texture, &resource);
    if (error == hipSuccess && resource.resType != hipResourceTypeMipmappedArray)
        error = hipErrorInvalidValue;
    if (error == hipSuccess)
        *mipmap = resource.res.mipmap.mipmap;
    return error;
}

hipError_t hipTexRefGetMipMappedArray(hipMipmappedArray_t *array, const textureReference *texture)
{
    return hip_return(hip_ready() ?: get_mipmap(array, texture));
}
