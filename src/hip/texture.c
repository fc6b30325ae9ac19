/* SPDX-License-Identifier: MIT
 * Texture objects. One is the address of what kernels read: an image descriptor and a sampler
 * (image_words.h); behind them is what the program gave.
 */
#include "hip/texture.h"

#include "hip/image_words.h"
#include "hip/memory.h"
#include "hip/symbols.h"

#include <stddef.h>
#include <string.h>

struct __hip_texture {
    uint32_t words[HIP_TEXTURE_OBJECT_SIZE_DWORD]; /* as kernels read them */
    hipResourceDesc resource;
    hipTextureDesc texture;
    struct hipResourceViewDesc view; /* zeros: none */
    bool has_view;
};
_Static_assert(offsetof(struct __hip_texture, words) == 0, "kernels read from the handle on");

static struct {
    pthread_mutex_t lock; /* guards the map */
    struct hip_map map;   /* objects by themselves */
} textures = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- resources ---- */

/* The element that a view gives the memory; it has to be as large. */
static bool view_texel(enum hipResourceViewFormat format, struct hip_texel *texel)
{
    static const hipArray_Format formats[] = {
        HIP_AD_FORMAT_UNSIGNED_INT8, HIP_AD_FORMAT_SIGNED_INT8,    HIP_AD_FORMAT_UNSIGNED_INT16,
        HIP_AD_FORMAT_SIGNED_INT16,  HIP_AD_FORMAT_UNSIGNED_INT32, HIP_AD_FORMAT_SIGNED_INT32,
        HIP_AD_FORMAT_HALF,          HIP_AD_FORMAT_FLOAT,
    };
    struct hip_texel seen;
    unsigned index = (unsigned)format - 1;
    if (format == hipResViewFormatNone)
        return true;
    if (index >= 3 * sizeof formats / sizeof formats[0] ||
        !hip_texel_of_format(formats[index / 3], 1u << index % 3, &seen) ||
        seen.bytes != texel->bytes)
        return false;
    *texel = seen;
    return true;
}

static bool is_block_compressed(enum hipResourceViewFormat format)
{
    return format >= hipResViewFormatUnsignedBlockCompressed1 &&
           format <= hipResViewFormatUnsignedBlockCompressed7;
}

/* Layers of a view, if it names any. Sizes of 0 are those of the array. */
static hipError_t apply_view(const struct hipResourceViewDesc *view, bool mipmapped,
                             struct hip_image *image)
{
    bool layered =
        image->kind != HIP_IMAGE_1D && image->kind != HIP_IMAGE_2D && image->kind != HIP_IMAGE_3D;
    if (is_block_compressed(view->format))
        return (hipError_t)hip_not_supported("hipCreateTextureObject of compressed blocks");
    if (!view_texel(view->format, &image->texel))
        return hipErrorInvalidValue;
    if (mipmapped) {
        if (view->firstMipmapLevel > view->lastMipmapLevel ||
            view->firstMipmapLevel >= image->levels)
            return hipErrorInvalidValue;
        image->first_level = view->firstMipmapLevel;
        image->last_level =
            view->lastMipmapLevel < image->levels ? view->lastMipmapLevel : image->levels - 1;
    }
    if (!layered || view->lastLayer == 0)
        return hipSuccess;
    if (view->firstLayer > view->lastLayer || view->lastLayer >= image->depth)
        return hipErrorInvalidValue;
    image->first_layer = view->firstLayer;
    image->depth = view->lastLayer + 1;
    return hipSuccess;
}

static hipError_t image_of(const hipResourceDesc *resource, const hipTextureDesc *texture,
                           struct hip_image *out)
{
    struct hipArray array;
    if (resource->resType == hipResourceTypeArray) {
        if (resource->res.array.array == NULL)
            return hipErrorInvalidValue;
        if (!hip_array_find(resource->res.array.array, &array))
            return hipErrorInvalidHandle;
        *out = array.image;
        return hipSuccess;
    }
    if (resource->res.mipmap.mipmap == NULL || !texture->normalizedCoords)
        return hipErrorInvalidValue;
    return hip_mipmap_find(resource->res.mipmap.mipmap, out) ? hipSuccess : hipErrorInvalidHandle;
}

static hipError_t pitched_image(const hipResourceDesc *resource, struct hip_image *out)
{
    const size_t width = resource->res.pitch2D.width, height = resource->res.pitch2D.height;
    const size_t pitch = resource->res.pitch2D.pitchInBytes;
    struct hip_image image = {.data = resource->res.pitch2D.devPtr,
                              .kind = HIP_IMAGE_2D,
                              .width = width,
                              .height = height,
                              .depth = 1,
                              .pitch = pitch,
                              .slice = pitch * height,
                              .levels = 1};
    if (image.data == NULL || (uintptr_t)image.data % HIP_IMAGE_ALIGNMENT != 0 ||
        !hip_texel_of_desc(&resource->res.pitch2D.desc, &image.texel) || width == 0 ||
        height == 0 || width > HIP_MAX_IMAGE_SIDE || height > HIP_MAX_IMAGE_SIDE ||
        pitch % HIP_IMAGE_ALIGNMENT != 0 || pitch < width * image.texel.bytes ||
        pitch / image.texel.bytes > HIP_MAX_PITCH_ELEMENTS)
        return hipErrorInvalidValue;
    *out = image;
    return hip_memory_check(image.data, pitch * (height - 1) + width * image.texel.bytes);
}

/* ---- descriptors ---- */

static hipError_t describe_buffer(const hipResourceDesc *resource, struct hip_reading reading,
                                  uint32_t *words)
{
    const void *data = resource->res.linear.devPtr;
    size_t bytes = resource->res.linear.sizeInBytes;
    struct hip_texel texel;
    if (data == NULL || (uintptr_t)data % HIP_IMAGE_ALIGNMENT != 0 ||
        !hip_texel_of_desc(&resource->res.linear.desc, &texel))
        return hipErrorInvalidValue;
    size_t elements = bytes / texel.bytes;
    if (elements == 0 || elements > (size_t)hip_current_device()->props.maxTexture1DLinear)
        return hipErrorInvalidValue;
    hip_buffer_words(data, elements, &texel, reading, words);
    return hip_memory_check(data, bytes);
}

static hipError_t describe(const hipResourceDesc *resource, const hipTextureDesc *texture,
                           const struct hipResourceViewDesc *view, uint32_t *words)
{
    struct hip_image image;
    const struct hip_reading reading = {
        .normalized = texture->readMode == hipReadModeNormalizedFloat, .srgb = texture->sRGB != 0};
    bool mipmapped = resource->resType == hipResourceTypeMipmappedArray;
    bool has_view = view != NULL;
    hipError_t error;
    switch (resource->resType) {
    case hipResourceTypeLinear:
        return has_view || reading.srgb ? hipErrorInvalidValue /* buffers have no sRGB */
                                        : describe_buffer(resource, reading, words);
    case hipResourceTypePitch2D:
        error = has_view ? hipErrorInvalidValue : pitched_image(resource, &image);
        break;
    case hipResourceTypeArray:
    case hipResourceTypeMipmappedArray:
        error = image_of(resource, texture, &image);
        if (error == hipSuccess && has_view)
            error = apply_view(view, mipmapped, &image);
        break;
    default:
        return hipErrorInvalidValue;
    }
    if (error != hipSuccess)
        return error;
    if (texture->maxAnisotropy > 1)
        return (hipError_t)hip_not_supported("hipCreateTextureObject with maxAnisotropy");
    hip_image_words(&image, reading, words);
    return hip_sampler_words(texture, mipmapped, words + HIP_SAMPLER_OBJECT_OFFSET_DWORD);
}

/* ---- life ---- */

static void release(struct __hip_texture *object)
{
    hip_sampler_release(object->words + HIP_SAMPLER_OBJECT_OFFSET_DWORD);
    (void)hsa_amd_memory_pool_free(object);
}

hipError_t hip_texture_create(hipTextureObject_t *out, const hipResourceDesc *resource,
                              const hipTextureDesc *texture, const struct hipResourceViewDesc *view)
{
    uint32_t words[HIP_TEXTURE_OBJECT_SIZE_DWORD] = {0};
    if (out == NULL || resource == NULL || texture == NULL)
        return hipErrorInvalidValue;
    hipError_t error = describe(resource, texture, view, words);
    if (error != hipSuccess)
        return error;
    struct __hip_texture *object = hip_host_pool_alloc(hip_process.host_pool, sizeof *object);
    if (object == NULL) {
        hip_sampler_release(words + HIP_SAMPLER_OBJECT_OFFSET_DWORD);
        return hipErrorOutOfMemory;
    }
    *object = (struct __hip_texture){.resource = *resource, .texture = *texture};
    memcpy(object->words, words, sizeof words);
    object->has_view = view != NULL;
    if (view != NULL)
        object->view = *view;
    pthread_mutex_lock(&textures.lock);
    bool put = hip_map_put(&textures.map, object, object);
    pthread_mutex_unlock(&textures.lock);
    if (!put) {
        release(object);
        return hipErrorOutOfMemory;
    }
    *out = object;
    return hipSuccess;
}

hipError_t hip_texture_destroy(hipTextureObject_t object)
{
    if (object == NULL)
        return hipSuccess;
    pthread_mutex_lock(&textures.lock);
    struct __hip_texture *found = hip_map_remove(&textures.map, object);
    pthread_mutex_unlock(&textures.lock);
    if (found == NULL)
        return hipErrorInvalidValue;
    release(found);
    return hipSuccess;
}

hipError_t hip_texture_get(hipTextureObject_t object, hipResourceDesc *resource,
                           hipTextureDesc *texture, struct hipResourceViewDesc *view)
{
    hipError_t error = hipErrorInvalidValue;
    pthread_mutex_lock(&textures.lock);
    const struct __hip_texture *found = object != NULL ? hip_map_get(&textures.map, object) : NULL;
    if (found != NULL) {
        if (resource != NULL)
            *resource = found->resource;
        if (texture != NULL)
            *texture = found->texture;
        if (view != NULL)
            *view = found->view;
        error = hipSuccess;
    }
    pthread_mutex_unlock(&textures.lock);
    return error;
}

bool hip_texture_has_view(hipTextureObject_t object)
{
    pthread_mutex_lock(&textures.lock);
    const struct __hip_texture *found = object != NULL ? hip_map_get(&textures.map, object) : NULL;
    bool has = found != NULL && found->has_view;
    pthread_mutex_unlock(&textures.lock);
    return has;
}

/* ---- API ---- */

hipError_t hipCreateTextureObject(hipTextureObject_t *tex_object, const hipResourceDesc *res_desc,
                                  const hipTextureDesc *tex_desc,
                                  const struct hipResourceViewDesc *res_view_desc)
{
    return hip_return(hip_ready()
                          ?: hip_texture_create(tex_object, res_desc, tex_desc, res_view_desc));
}

hipError_t hipDestroyTextureObject(hipTextureObject_t texture_object)
{
    return hip_return(hip_ready() ?: hip_texture_destroy(texture_object));
}

hipError_t hipGetTextureObjectResourceDesc(hipResourceDesc *res_desc,
                                           hipTextureObject_t texture_object)
{
    if (res_desc == NULL)
        return hip_return(hipErrorInvalidValue);
    return hip_return(hip_ready() ?: hip_texture_get(texture_object, res_desc, NULL, NULL));
}

hipError_t hipGetTextureObjectTextureDesc(hipTextureDesc *tex_desc,
                                          hipTextureObject_t texture_object)
{
    if (tex_desc == NULL)
        return hip_return(hipErrorInvalidValue);
    return hip_return(hip_ready() ?: hip_texture_get(texture_object, NULL, tex_desc, NULL));
}

hipError_t hipGetTextureObjectResourceViewDesc(struct hipResourceViewDesc *res_view_desc,
                                               hipTextureObject_t texture_object)
{
    if (res_view_desc == NULL)
        return hip_return(hipErrorInvalidValue);
    return hip_return(hip_ready() ?: hip_texture_get(texture_object, NULL, NULL, res_view_desc));
}
