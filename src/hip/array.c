/* SPDX-License-Identifier: MIT
 * Arrays: what can be made, their memory and their life. See array.h.
 */
#include "hip/array.h"

#include "hip/capture.h"
#include "hip/memory.h"
#include "hip/stream.h"

#include <stdlib.h>

static struct {
    pthread_mutex_t lock; /* guards the map and what it holds */
    struct hip_map map;   /* struct hipArray by itself */
} arrays = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- elements ---- */

static unsigned format_bits(hipArray_Format format)
{
    switch (format) {
    case HIP_AD_FORMAT_UNSIGNED_INT8:
    case HIP_AD_FORMAT_SIGNED_INT8:
        return 8;
    case HIP_AD_FORMAT_UNSIGNED_INT16:
    case HIP_AD_FORMAT_SIGNED_INT16:
    case HIP_AD_FORMAT_HALF:
        return 16;
    case HIP_AD_FORMAT_UNSIGNED_INT32:
    case HIP_AD_FORMAT_SIGNED_INT32:
    case HIP_AD_FORMAT_FLOAT:
        return 32;
    default:
        return 0;
    }
}

bool hip_texel_of_format(hipArray_Format format, unsigned channels, struct hip_texel *out)
{
    unsigned bits = format_bits(format);
    if (bits == 0 || (channels != 1 && channels != 2 && channels != 4))
        return false;
    *out = (struct hip_texel){.format = format, .channels = channels, .bytes = bits / 8 * channels};
    return true;
}

/* Channels are of one width and without gaps. */
static unsigned count_channels(const hipChannelFormatDesc *desc)
{
    const int bits[4] = {desc->x, desc->y, desc->z, desc->w};
    unsigned count = 0;
    while (count < 4 && bits[count] != 0 && bits[count] == bits[0])
        count++;
    for (unsigned i = count; i < 4; i++)
        if (bits[i] != 0)
            return 0;
    return count;
}

bool hip_texel_of_desc(const hipChannelFormatDesc *desc, struct hip_texel *out)
{
    static const hipArray_Format formats[3][3] = {
        {HIP_AD_FORMAT_SIGNED_INT8, HIP_AD_FORMAT_SIGNED_INT16, HIP_AD_FORMAT_SIGNED_INT32},
        {HIP_AD_FORMAT_UNSIGNED_INT8, HIP_AD_FORMAT_UNSIGNED_INT16, HIP_AD_FORMAT_UNSIGNED_INT32},
        {0, HIP_AD_FORMAT_HALF, HIP_AD_FORMAT_FLOAT}};
    int width = desc->x == 8 ? 0 : (desc->x == 16 ? 1 : (desc->x == 32 ? 2 : -1));
    if (width < 0 || (unsigned)desc->f > hipChannelFormatKindFloat)
        return false;
    return hip_texel_of_format(formats[desc->f][width], count_channels(desc), out);
}

hipChannelFormatDesc hip_texel_desc(const struct hip_texel *texel)
{
    int bits = (int)format_bits(texel->format);
    bool is_float = texel->format == HIP_AD_FORMAT_HALF || texel->format == HIP_AD_FORMAT_FLOAT;
    bool is_signed = texel->format >= HIP_AD_FORMAT_SIGNED_INT8;
    return (hipChannelFormatDesc){
        .x = bits,
        .y = texel->channels > 1 ? bits : 0,
        .z = texel->channels > 2 ? bits : 0,
        .w = texel->channels > 2 ? bits : 0,
        .f = is_float    ? hipChannelFormatKindFloat
             : is_signed ? hipChannelFormatKindSigned
                         : hipChannelFormatKindUnsigned,
    };
}

/* ---- plans ---- */

static bool find_kind(hipExtent extent, unsigned flags, enum hip_image_kind *out)
{
    bool layered = flags & hipArrayLayered;
    if (flags & hipArrayCubemap) {
        *out = HIP_IMAGE_CUBE;
        return extent.width == extent.height && extent.depth != 0 &&
               (layered ? extent.depth % 6 == 0 : extent.depth == 6);
    }
    if (layered) {
        *out = extent.height == 0 ? HIP_IMAGE_1D_LAYERED : HIP_IMAGE_2D_LAYERED;
        return extent.depth != 0;
    }
    *out = extent.depth != 0 ? HIP_IMAGE_3D : (extent.height != 0 ? HIP_IMAGE_2D : HIP_IMAGE_1D);
    if (flags & hipArrayTextureGather && *out != HIP_IMAGE_2D)
        return false;
    return extent.depth == 0 || extent.height != 0;
}

static size_t or_one(size_t size)
{
    return size != 0 ? size : 1;
}

size_t hip_image_level_size(size_t size, unsigned level)
{
    return or_one(size >> level);
}

static unsigned most_levels(const struct hip_image *image)
{
    size_t side = image->width > image->height ? image->width : image->height;
    unsigned levels = 0;
    if (image->kind == HIP_IMAGE_3D && image->depth > side)
        side = image->depth;
    for (; side != 0; side >>= 1)
        levels++;
    return levels;
}

hipError_t hip_array_plan(const struct hip_texel *texel, hipExtent extent, unsigned levels,
                          unsigned flags, struct hip_image *out)
{
    const unsigned known =
        hipArrayLayered | hipArraySurfaceLoadStore | hipArrayCubemap | hipArrayTextureGather;
    struct hip_image image = {.texel = *texel, .levels = levels};
    if ((flags & ~known) != 0 || extent.width == 0 || extent.width > HIP_MAX_IMAGE_SIDE ||
        extent.height > HIP_MAX_IMAGE_SIDE || extent.depth > HIP_MAX_IMAGE_SLICES ||
        !find_kind(extent, flags, &image.kind))
        return hipErrorInvalidValue;
    image.width = extent.width;
    image.height = or_one(extent.height);
    image.depth = or_one(extent.depth);
    image.last_level = levels - 1;
    if (levels == 0 || levels > most_levels(&image))
        return hipErrorInvalidValue;
    size_t row = image.width * texel->bytes, rows = 0;
    for (unsigned i = 0; i < levels; i++)
        rows += hip_image_level_size(image.height, i);
    image.pitch = (row + HIP_IMAGE_ALIGNMENT - 1) / HIP_IMAGE_ALIGNMENT * HIP_IMAGE_ALIGNMENT;
    image.slice = image.pitch * rows;
    *out = image;
    return hipSuccess;
}

/* Sizes are bounded: no product overflows. */
hipError_t hip_array_allocate(struct hip_image *image)
{
    void *memory;
    hipError_t error =
        hip_device_alloc_internal(hip_current_device(), image->slice * image->depth, &memory);
    if (error == hipSuccess)
        image->data = memory;
    return error;
}

char *hip_image_level(const struct hip_image *image, unsigned level)
{
    size_t rows = 0;
    for (unsigned i = 0; i < level; i++)
        rows += hip_image_level_size(image->height, i);
    return image->data + rows * image->pitch;
}

/* ---- handles ---- */

hipError_t hip_array_new(const struct hipArray *like, struct hipArray **out)
{
    struct hipArray *array = malloc(sizeof *array);
    if (array == NULL)
        return hipErrorOutOfMemory;
    *array = *like;
    pthread_mutex_lock(&arrays.lock);
    bool put = hip_map_put(&arrays.map, array, array);
    pthread_mutex_unlock(&arrays.lock);
    if (!put) {
        free(array);
        return hipErrorOutOfMemory;
    }
    *out = array;
    return hipSuccess;
}

bool hip_array_find(hipArray_const_t array, struct hipArray *out)
{
    pthread_mutex_lock(&arrays.lock);
    const struct hipArray *found = array != NULL ? hip_map_get(&arrays.map, array) : NULL;
    if (found != NULL)
        *out = *found;
    pthread_mutex_unlock(&arrays.lock);
    struct hip_image ignored;
    return found != NULL && (out->owner == NULL || hip_mipmap_find(out->owner, &ignored));
}

static hipError_t create(hipArray_t *out, const struct hip_texel *texel, hipExtent extent,
                         unsigned flags)
{
    struct hipArray array = {.extent = extent, .flags = flags};
    hipError_t error = hip_array_plan(texel, extent, 1, flags, &array.image)
                           ?: hip_capture_forbids_unsafe() ?: hip_array_allocate(&array.image);
    if (error != hipSuccess)
        return error;
    error = hip_array_new(&array, out);
    if (error != hipSuccess)
        (void)hip_memory_release(array.image.data);
    return error;
}

/* Work in flight may use the memory. */
static hipError_t destroy(hipArray_t handle)
{
    struct hipArray array;
    struct hip_allocation row;
    if (handle == NULL)
        return hipErrorInvalidValue;
    hipError_t error = hip_capture_forbids_unsafe();
    if (error != hipSuccess)
        return error;
    pthread_mutex_lock(&arrays.lock);
    struct hipArray *found = hip_map_remove(&arrays.map, handle);
    if (found != NULL)
        array = *found;
    pthread_mutex_unlock(&arrays.lock);
    if (found == NULL)
        return hipErrorContextIsDestroyed; /* what ROCm and CUDA say of a stale handle */
    free(found);
    if (array.owner != NULL)
        return hipSuccess;
    if (hip_memory_find(array.image.data, &row))
        hip_device_drain(&hip_process.devices[row.device]);
    return hip_memory_release(array.image.data);
}

/* ---- API ---- */

static hipError_t malloc_array(hipArray_t *array, const hipChannelFormatDesc *desc,
                               hipExtent extent, unsigned flags)
{
    struct hip_texel texel;
    if (array == NULL || desc == NULL || !hip_texel_of_desc(desc, &texel))
        return hipErrorInvalidValue;
    return create(array, &texel, extent, flags);
}

hipError_t hipMallocArray(hipArray_t *array, const hipChannelFormatDesc *desc, size_t width,
                          size_t height, unsigned int flags)
{
    return hip_return(hip_ready()
                          ?: malloc_array(array, desc, make_hipExtent(width, height, 0), flags));
}

hipError_t hipMalloc3DArray(hipArray_t *array, const struct hipChannelFormatDesc *desc,
                            struct hipExtent extent, unsigned int flags)
{
    return hip_return(hip_ready() ?: malloc_array(array, desc, extent, flags));
}

static hipError_t array_create(hipArray_t *array, const HIP_ARRAY3D_DESCRIPTOR *desc)
{
    struct hip_texel texel;
    if (array == NULL || !hip_texel_of_format(desc->Format, desc->NumChannels, &texel))
        return hipErrorInvalidValue;
    return create(array, &texel, make_hipExtent(desc->Width, desc->Height, desc->Depth),
                  desc->Flags);
}

hipError_t hipArray3DCreate(hipArray_t *array, const HIP_ARRAY3D_DESCRIPTOR *allocate_array)
{
    if (allocate_array == NULL)
        return hip_return(hipErrorInvalidValue);
    return hip_return(hip_ready() ?: array_create(array, allocate_array));
}

hipError_t hipArrayCreate(hipArray_t *handle, const HIP_ARRAY_DESCRIPTOR *allocate_array)
{
    if (allocate_array == NULL)
        return hip_return(hipErrorInvalidValue);
    const HIP_ARRAY3D_DESCRIPTOR desc = {.Width = allocate_array->Width,
                                         .Height = allocate_array->Height,
                                         .Format = allocate_array->Format,
                                         .NumChannels = allocate_array->NumChannels};
    return hip_return(hip_ready() ?: array_create(handle, &desc));
}

hipError_t hipFreeArray(hipArray_t array)
{
    return hip_return(hip_ready() ?: destroy(array));
}

hipError_t hipArrayDestroy(hipArray_t array)
{
    return hip_return(hip_ready() ?: destroy(array));
}

/* What is asked for may be NULL. */
static hipError_t get_info(hipChannelFormatDesc *desc, hipExtent *extent, unsigned *flags,
                           hipArray_const_t handle)
{
    struct hipArray array;
    if (!hip_array_find(handle, &array))
        return hipErrorInvalidHandle;
    if (desc != NULL)
        *desc = hip_texel_desc(&array.image.texel);
    if (extent != NULL)
        *extent = array.extent;
    if (flags != NULL)
        *flags = array.flags;
    return hipSuccess;
}

hipError_t hipArrayGetInfo(hipChannelFormatDesc *desc, hipExtent *extent, unsigned int *flags,
                           hipArray_t array)
{
    return hip_return(hip_ready() ?: get_info(desc, extent, flags, array));
}

hipError_t hipGetChannelDesc(hipChannelFormatDesc *desc, hipArray_const_t array)
{
    if (desc == NULL)
        return hip_return(hipErrorInvalidValue);
    return hip_return(hip_ready() ?: get_info(desc, NULL, NULL, array));
}

static hipError_t get_descriptor(HIP_ARRAY3D_DESCRIPTOR *out, hipArray_const_t handle)
{
    struct hipArray array;
    if (!hip_array_find(handle, &array))
        return hipErrorInvalidHandle;
    *out = (HIP_ARRAY3D_DESCRIPTOR){.Width = array.extent.width,
                                    .Height = array.extent.height,
                                    .Depth = array.extent.depth,
                                    .Format = array.image.texel.format,
                                    .NumChannels = array.image.texel.channels,
                                    .Flags = array.flags};
    return hipSuccess;
}

hipError_t hipArray3DGetDescriptor(HIP_ARRAY3D_DESCRIPTOR *array_descriptor, hipArray_t array)
{
    if (array_descriptor == NULL)
        return hip_return(hipErrorInvalidValue);
    return hip_return(hip_ready() ?: get_descriptor(array_descriptor, array));
}

hipError_t hipArrayGetDescriptor(HIP_ARRAY_DESCRIPTOR *array_descriptor, hipArray_t array)
{
    HIP_ARRAY3D_DESCRIPTOR whole;
    if (array_descriptor == NULL)
        return hip_return(hipErrorInvalidValue);
    hipError_t error = hip_ready() ?: get_descriptor(&whole, array);
    if (error == hipSuccess)
        *array_descriptor = (HIP_ARRAY_DESCRIPTOR){.Width = whole.Width,
                                                   .Height = whole.Height,
                                                   .Format = whole.Format,
                                                   .NumChannels = whole.NumChannels};
    return hip_return(error);
}
