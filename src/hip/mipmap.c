/* SPDX-License-Identifier: MIT
 * Mipmapped arrays: one allocation with all levels (array.h), and arrays that stand for a level.
 */
#include "hip/array.h"

#include "hip/capture.h"
#include "hip/memory.h"
#include "hip/stream.h"

#include <stddef.h>
#include <stdlib.h>

/* The public structure first: programs hold its address. */
struct mipmap {
    struct hipMipmappedArray public;
    struct hip_image image;
    hipExtent extent;
};

static struct {
    pthread_mutex_t lock; /* guards the map and what it holds */
    struct hip_map map;   /* struct mipmap by its handle */
} mipmaps = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool find(hipMipmappedArray_const_t handle, struct mipmap *out)
{
    pthread_mutex_lock(&mipmaps.lock);
    const struct mipmap *found = handle != NULL ? hip_map_get(&mipmaps.map, handle) : NULL;
    if (found != NULL)
        *out = *found;
    pthread_mutex_unlock(&mipmaps.lock);
    return found != NULL;
}

bool hip_mipmap_find(hipMipmappedArray_const_t handle, struct hip_image *out)
{
    struct mipmap mipmap;
    bool found = find(handle, &mipmap);
    if (found)
        *out = mipmap.image;
    return found;
}

static void publish(struct mipmap *mipmap, unsigned flags)
{
    const struct hip_image *image = &mipmap->image;
    mipmap->public = (struct hipMipmappedArray){
        .data = image->data,
        .desc = hip_texel_desc(&image->texel),
        .type = hipResourceTypeMipmappedArray,
        .width = (unsigned)mipmap->extent.width,
        .height = (unsigned)mipmap->extent.height,
        .depth = (unsigned)mipmap->extent.depth,
        .min_mipmap_level = 0,
        .max_mipmap_level = image->levels,
        .flags = flags,
        .format = image->texel.format,
        .num_channels = image->texel.channels,
    };
}

static hipError_t create(hipMipmappedArray_t *out, const struct hip_texel *texel, hipExtent extent,
                         unsigned levels, unsigned flags)
{
    struct mipmap made = {.extent = extent};
    hipError_t error = hip_array_plan(texel, extent, levels, flags, &made.image)
                           ?: hip_capture_forbids_unsafe() ?: hip_array_allocate(&made.image);
    if (error != hipSuccess)
        return error;
    struct mipmap *mipmap = malloc(sizeof *mipmap);
    if (mipmap == NULL)
        goto free_memory;
    publish(&made, flags);
    *mipmap = made;
    pthread_mutex_lock(&mipmaps.lock);
    bool put = hip_map_put(&mipmaps.map, mipmap, mipmap);
    pthread_mutex_unlock(&mipmaps.lock);
    if (!put)
        goto free_mipmap;
    *out = &mipmap->public;
    return hipSuccess;
free_mipmap:
    free(mipmap);
free_memory:
    (void)hip_memory_release(made.image.data);
    return hipErrorOutOfMemory;
}

/* Arrays of its levels end with it: their memory is gone. */
static hipError_t destroy(hipMipmappedArray_t handle)
{
    struct hip_allocation row;
    if (handle == NULL)
        return hipErrorInvalidValue;
    hipError_t error = hip_capture_forbids_unsafe();
    if (error != hipSuccess)
        return error;
    pthread_mutex_lock(&mipmaps.lock);
    struct mipmap *mipmap = hip_map_remove(&mipmaps.map, handle);
    pthread_mutex_unlock(&mipmaps.lock);
    if (mipmap == NULL)
        return hipErrorContextIsDestroyed;
    void *data = mipmap->image.data;
    free(mipmap);
    if (hip_memory_find(data, &row))
        hip_device_drain(&hip_process.devices[row.device]);
    return hip_memory_release(data);
}

/* The extent that a program would give for the level alone. */
static hipExtent level_extent(const struct mipmap *mipmap, unsigned level)
{
    hipExtent extent = mipmap->extent;
    extent.width = hip_image_level_size(extent.width, level);
    if (extent.height != 0)
        extent.height = hip_image_level_size(extent.height, level);
    if (mipmap->image.kind == HIP_IMAGE_3D)
        extent.depth = hip_image_level_size(extent.depth, level);
    return extent;
}

static hipError_t get_level(hipArray_t *out, hipMipmappedArray_const_t handle, unsigned level)
{
    struct mipmap mipmap;
    if (out == NULL)
        return hipErrorInvalidValue;
    if (!find(handle, &mipmap))
        return hipErrorInvalidHandle;
    if (level >= mipmap.image.levels)
        return hipErrorInvalidValue;
    struct hipArray array = {.image = mipmap.image,
                             .level = level,
                             .extent = level_extent(&mipmap, level),
                             .flags = mipmap.public.flags,
                             .owner = (hipMipmappedArray_t)(uintptr_t)handle};
    array.image.first_level = array.image.last_level = level;
    return hip_array_new(&array, out);
}

/* ---- API ---- */

static hipError_t malloc_mipmap(hipMipmappedArray_t *out, const hipChannelFormatDesc *desc,
                                hipExtent extent, unsigned levels, unsigned flags)
{
    struct hip_texel texel;
    if (out == NULL || desc == NULL || !hip_texel_of_desc(desc, &texel))
        return hipErrorInvalidValue;
    return create(out, &texel, extent, levels, flags);
}

hipError_t hipMallocMipmappedArray(hipMipmappedArray_t *mipmapped_array,
                                   const struct hipChannelFormatDesc *desc, struct hipExtent extent,
                                   unsigned int num_levels, unsigned int flags)
{
    return hip_return(hip_ready()
                          ?: malloc_mipmap(mipmapped_array, desc, extent, num_levels, flags));
}

static hipError_t mipmap_create(hipMipmappedArray_t *out, const HIP_ARRAY3D_DESCRIPTOR *desc,
                                unsigned levels)
{
    struct hip_texel texel;
    if (out == NULL || desc == NULL ||
        !hip_texel_of_format(desc->Format, desc->NumChannels, &texel))
        return hipErrorInvalidValue;
    return create(out, &texel, make_hipExtent(desc->Width, desc->Height, desc->Depth), levels,
                  desc->Flags);
}

hipError_t hipMipmappedArrayCreate(hipMipmappedArray_t *handle,
                                   HIP_ARRAY3D_DESCRIPTOR *mipmapped_array_desc,
                                   unsigned int num_mipmap_levels)
{
    return hip_return(hip_ready()
                          ?: mipmap_create(handle, mipmapped_array_desc, num_mipmap_levels));
}

hipError_t hipFreeMipmappedArray(hipMipmappedArray_t mipmapped_array)
{
    return hip_return(hip_ready() ?: destroy(mipmapped_array));
}

hipError_t hipMipmappedArrayDestroy(hipMipmappedArray_t mipmapped_array)
{
    return hip_return(hip_ready() ?: destroy(mipmapped_array));
}

hipError_t hipGetMipmappedArrayLevel(hipArray_t *level_array,
                                     hipMipmappedArray_const_t mipmapped_array, unsigned int level)
{
    return hip_return(hip_ready() ?: get_level(level_array, mipmapped_array, level));
}

hipError_t hipMipmappedArrayGetLevel(hipArray_t *level_array, hipMipmappedArray_t mip_mapped_array,
                                     unsigned int level)
{
    return hip_return(hip_ready() ?: get_level(level_array, mip_mapped_array, level));
}
