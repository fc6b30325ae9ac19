/* SPDX-License-Identifier: MIT
 * hipTexObject*: texture objects with the driver's descriptors, which are turned into the runtime's
 * and back.
 */
#include "hip/array.h"
#include "hip/texture.h"

#include <string.h>

/* ---- to the runtime's ---- */

static bool desc_of(hipArray_Format format, unsigned channels, hipChannelFormatDesc *out)
{
    struct hip_texel texel;
    bool known = hip_texel_of_format(format, channels, &texel);
    if (known)
        *out = hip_texel_desc(&texel);
    return known;
}

static bool take_resource(const HIP_RESOURCE_DESC *from, hipResourceDesc *to)
{
    memset(to, 0, sizeof *to);
    to->resType = (enum hipResourceType)from->resType;
    switch (from->resType) {
    case HIP_RESOURCE_TYPE_ARRAY:
        to->res.array.array = from->res.array.hArray;
        return true;
    case HIP_RESOURCE_TYPE_MIPMAPPED_ARRAY:
        to->res.mipmap.mipmap = from->res.mipmap.hMipmappedArray;
        return true;
    case HIP_RESOURCE_TYPE_LINEAR:
        to->res.linear.devPtr = from->res.linear.devPtr;
        to->res.linear.sizeInBytes = from->res.linear.sizeInBytes;
        return desc_of(from->res.linear.format, from->res.linear.numChannels, &to->res.linear.desc);
    case HIP_RESOURCE_TYPE_PITCH2D:
        to->res.pitch2D.devPtr = from->res.pitch2D.devPtr;
        to->res.pitch2D.width = from->res.pitch2D.width;
        to->res.pitch2D.height = from->res.pitch2D.height;
        to->res.pitch2D.pitchInBytes = from->res.pitch2D.pitchInBytes;
        return desc_of(from->res.pitch2D.format, from->res.pitch2D.numChannels,
                       &to->res.pitch2D.desc);
    default:
        return false;
    }
}

static hipTextureDesc take_texture(const HIP_TEXTURE_DESC *from)
{
    hipTextureDesc to = {
        .filterMode = (enum hipTextureFilterMode)from->filterMode,
        /* the driver promotes integers unless told not to */
        .readMode = from->flags & HIP_TRSF_READ_AS_INTEGER ? hipReadModeElementType
                                                           : hipReadModeNormalizedFloat,
        .sRGB = (from->flags & HIP_TRSF_SRGB) != 0,
        .normalizedCoords = (from->flags & HIP_TRSF_NORMALIZED_COORDINATES) != 0,
        .maxAnisotropy = from->maxAnisotropy,
        .mipmapFilterMode = (enum hipTextureFilterMode)from->mipmapFilterMode,
        .mipmapLevelBias = from->mipmapLevelBias,
        .minMipmapLevelClamp = from->minMipmapLevelClamp,
        .maxMipmapLevelClamp = from->maxMipmapLevelClamp,
    };
    for (unsigned i = 0; i < 3; i++)
        to.addressMode[i] = (enum hipTextureAddressMode)from->addressMode[i];
    memcpy(to.borderColor, from->borderColor, sizeof to.borderColor);
    return to;
}

static struct hipResourceViewDesc take_view(const HIP_RESOURCE_VIEW_DESC *from)
{
    return (struct hipResourceViewDesc){
        .format = (enum hipResourceViewFormat)from->format,
        .width = from->width,
        .height = from->height,
        .depth = from->depth,
        .firstMipmapLevel = from->firstMipmapLevel,
        .lastMipmapLevel = from->lastMipmapLevel,
        .firstLayer = from->firstLayer,
        .lastLayer = from->lastLayer,
    };
}

/* ---- to the driver's; what is asked of an object was accepted before ---- */

static void give_resource(const hipResourceDesc *from, HIP_RESOURCE_DESC *to)
{
    struct hip_texel texel;
    memset(to, 0, sizeof *to);
    to->resType = (HIPresourcetype)from->resType;
    switch (from->resType) {
    case hipResourceTypeArray:
        to->res.array.hArray = from->res.array.array;
        break;
    case hipResourceTypeMipmappedArray:
        to->res.mipmap.hMipmappedArray = from->res.mipmap.mipmap;
        break;
    case hipResourceTypeLinear:
        to->res.linear.devPtr = from->res.linear.devPtr;
        to->res.linear.sizeInBytes = from->res.linear.sizeInBytes;
        if (hip_texel_of_desc(&from->res.linear.desc, &texel)) {
            to->res.linear.format = texel.format;
            to->res.linear.numChannels = texel.channels;
        }
        break;
    case hipResourceTypePitch2D:
        to->res.pitch2D.devPtr = from->res.pitch2D.devPtr;
        to->res.pitch2D.width = from->res.pitch2D.width;
        to->res.pitch2D.height = from->res.pitch2D.height;
        to->res.pitch2D.pitchInBytes = from->res.pitch2D.pitchInBytes;
        if (hip_texel_of_desc(&from->res.pitch2D.desc, &texel)) {
            to->res.pitch2D.format = texel.format;
            to->res.pitch2D.numChannels = texel.channels;
        }
        break;
    }
}

static void give_texture(const hipTextureDesc *from, HIP_TEXTURE_DESC *to)
{
    memset(to, 0, sizeof *to);
    for (unsigned i = 0; i < 3; i++)
        to->addressMode[i] = (HIPaddress_mode)from->addressMode[i];
    to->filterMode = (HIPfilter_mode)from->filterMode;
    to->flags = (from->readMode == hipReadModeElementType ? HIP_TRSF_READ_AS_INTEGER : 0) |
                (from->normalizedCoords ? HIP_TRSF_NORMALIZED_COORDINATES : 0) |
                (from->sRGB ? HIP_TRSF_SRGB : 0);
    to->maxAnisotropy = from->maxAnisotropy;
    to->mipmapFilterMode = (HIPfilter_mode)from->mipmapFilterMode;
    to->mipmapLevelBias = from->mipmapLevelBias;
    to->minMipmapLevelClamp = from->minMipmapLevelClamp;
    to->maxMipmapLevelClamp = from->maxMipmapLevelClamp;
    memcpy(to->borderColor, from->borderColor, sizeof to->borderColor);
}

static void give_view(const struct hipResourceViewDesc *from, HIP_RESOURCE_VIEW_DESC *to)
{
    memset(to, 0, sizeof *to);
    to->format = (HIPresourceViewFormat)from->format;
    to->width = from->width;
    to->height = from->height;
    to->depth = from->depth;
    to->firstMipmapLevel = from->firstMipmapLevel;
    to->lastMipmapLevel = from->lastMipmapLevel;
    to->firstLayer = from->firstLayer;
    to->lastLayer = from->lastLayer;
}

/* ---- API ---- */

static hipError_t create(hipTextureObject_t *out, const HIP_RESOURCE_DESC *res,
                         const HIP_TEXTURE_DESC *tex, const HIP_RESOURCE_VIEW_DESC *view)
{
    hipResourceDesc resource;
    struct hipResourceViewDesc seen;
    if (out == NULL || res == NULL || tex == NULL || !take_resource(res, &resource))
        return hipErrorInvalidValue;
    hipTextureDesc texture = take_texture(tex);
    if (view != NULL)
        seen = take_view(view);
    return hip_texture_create(out, &resource, &texture, view != NULL ? &seen : NULL);
}

hipError_t hipTexObjectCreate(hipTextureObject_t *tex_object, const HIP_RESOURCE_DESC *res_desc,
                              const HIP_TEXTURE_DESC *tex_desc,
                              const HIP_RESOURCE_VIEW_DESC *res_view_desc)
{
    return hip_return(hip_ready() ?: create(tex_object, res_desc, tex_desc, res_view_desc));
}

hipError_t hipTexObjectDestroy(hipTextureObject_t tex_object)
{
    return hip_return(hip_ready() ?: hip_texture_destroy(tex_object));
}

hipError_t hipTexObjectGetResourceDesc(HIP_RESOURCE_DESC *res_desc, hipTextureObject_t tex_object)
{
    hipResourceDesc resource;
    if (res_desc == NULL)
        return hip_return(hipErrorInvalidValue);
    hipError_t error = hip_ready() ?: hip_texture_get(tex_object, &resource, NULL, NULL);
    if (error == hipSuccess)
        give_resource(&resource, res_desc);
    return hip_return(error);
}

hipError_t hipTexObjectGetTextureDesc(HIP_TEXTURE_DESC *tex_desc, hipTextureObject_t tex_object)
{
    hipTextureDesc texture;
    if (tex_desc == NULL)
        return hip_return(hipErrorInvalidValue);
    hipError_t error = hip_ready() ?: hip_texture_get(tex_object, NULL, &texture, NULL);
    if (error == hipSuccess)
        give_texture(&texture, tex_desc);
    return hip_return(error);
}

hipError_t hipTexObjectGetResourceViewDesc(HIP_RESOURCE_VIEW_DESC *res_view_desc,
                                           hipTextureObject_t tex_object)
{
    struct hipResourceViewDesc view;
    if (res_view_desc == NULL)
        return hip_return(hipErrorInvalidValue);
    hipError_t error = hip_ready() ?: hip_texture_get(tex_object, NULL, NULL, &view);
    if (error == hipSuccess)
        give_view(&view, res_view_desc);
    return hip_return(error);
}
