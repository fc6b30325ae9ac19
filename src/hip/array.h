/* SPDX-License-Identifier: MIT
 * Arrays: memory with an element format and one to three dimensions, or layers. Rows lie at a pitch
 * of 256 bytes, slices and layers below each other; a mipmapped array has all levels of a slice
 * below each other at the pitch of level 0 (the linear layout of image instructions).
 */
#ifndef CAIRN_HIP_ARRAY_H
#define CAIRN_HIP_ARRAY_H

#include "hip/runtime.h"

/* The numbers are those of image descriptors (AMD "Vega" ISA, "Image Resource Definition"). */
enum hip_image_kind {
    HIP_IMAGE_1D = 8,
    HIP_IMAGE_2D,
    HIP_IMAGE_3D,
    HIP_IMAGE_CUBE,
    HIP_IMAGE_1D_LAYERED,
    HIP_IMAGE_2D_LAYERED,
};

enum {
    HIP_MAX_IMAGE_SIDE = 16384,
    HIP_MAX_IMAGE_SLICES = 8192,
    HIP_MAX_PITCH_ELEMENTS = 65536,
    HIP_IMAGE_ALIGNMENT = 256,
};

/* One element. */
struct hip_texel {
    hipArray_Format format;
    unsigned channels; /* 1, 2, 4 */
    unsigned bytes;
};

/* What instructions need to know; sizes are of level 0 and at least 1. */
struct hip_image {
    char *data;
    enum hip_image_kind kind;
    struct hip_texel texel;
    size_t width, height, depth; /* depth: slices, layers or faces */
    size_t pitch, slice;         /* bytes */
    unsigned levels;             /* in the memory */
    unsigned first_level, last_level;
    unsigned first_layer;
};

struct hipArray {
    struct hip_image image;
    unsigned level;   /* of a mipmapped array that this array is; else 0 */
    hipExtent extent; /* of that level, as the program gave it: 0 for what is not there */
    unsigned flags;
    hipMipmappedArray_t owner; /* NULL: the memory is the array's own */
};

/* Any of the formats. False: there is no such element. */
bool hip_texel_of_format(hipArray_Format format, unsigned channels, struct hip_texel *out);
bool hip_texel_of_desc(const hipChannelFormatDesc *desc, struct hip_texel *out);
hipChannelFormatDesc hip_texel_desc(const struct hip_texel *texel);

/* A plan for an array, without memory. InvalidValue. */
hipError_t hip_array_plan(const struct hip_texel *texel, hipExtent extent, unsigned levels,
                          unsigned flags, struct hip_image *out);
/* Memory for it, zeroed nowhere. */
hipError_t hip_array_allocate(struct hip_image *image);
/* A handle like `array`. */
hipError_t hip_array_new(const struct hipArray *array, struct hipArray **out);
/* Copies out what a handle is. False: it is not the handle of an array (any more), or the mipmapped
 * array that it is a level of is gone. */
bool hip_array_find(hipArray_const_t array, struct hipArray *out);
/* The same for mipmapped arrays. */
bool hip_mipmap_find(hipMipmappedArray_const_t mipmap, struct hip_image *out);
size_t hip_image_level_size(size_t size, unsigned level);
/* The place of slice 0, row 0, of a level. */
char *hip_image_level(const struct hip_image *image, unsigned level);

#endif
