/* SPDX-License-Identifier: MIT
 * Images as the instructions of MIMG see them: the eight words of a resource and the four of a
 * sampler (AMD "Vega" ISA, "Image Resource Definition" and "Image Sampler Definition"), where a
 * texel lies, how it becomes channels and back, and what sampling makes of the texels around a
 * place. Memory is the caller's: texels come through a function that may fault.
 *
 * Only the linear layout is there. Mipmap levels lie below each other at the pitch of level 0; a
 * slice holds all levels.
 */
#ifndef CAIRN_MACHINE_SEM_IMAGE_H
#define CAIRN_MACHINE_SEM_IMAGE_H

#include "machine/sem_mem_format.h"

enum cairn_image_type {
    CAIRN_IMAGE_1D = 8,
    CAIRN_IMAGE_2D,
    CAIRN_IMAGE_3D,
    CAIRN_IMAGE_CUBE,
    CAIRN_IMAGE_1D_ARRAY,
    CAIRN_IMAGE_2D_ARRAY,
    CAIRN_IMAGE_2D_MSAA, /* this one and its array are not there */
};

enum { CAIRN_IMAGE_NUM_SRGB = 9, CAIRN_IMAGE_RESOURCE_WORDS = 8, CAIRN_IMAGE_SAMPLER_WORDS = 4 };

struct cairn_image {
    uint64_t base;
    uint32_t type; /* enum cairn_image_type; below 1D: null, reads as 0 */
    uint32_t num_format;
    struct cairn_sem_layout layout;
    uint8_t select[4]; /* of a channel: 0, 1, or 4 + component */
    bool known;        /* false: a layout or kind that is not there */
    uint32_t width, height;
    uint32_t slices; /* 3D: slices of level 0; arrays and cubes: layers */
    uint32_t base_slice;
    uint32_t base_level, last_level, levels;
    uint32_t min_lod; /* 1/256 */
    uint64_t row_bytes, slice_bytes;
};

struct cairn_image_sampler {
    uint8_t clamp[3]; /* enum of the ISA: 0 wrap ... 7 */
    bool unnormalized, truncates;
    bool mag_linear, min_linear, z_linear, z_own;
    uint8_t mip_filter;        /* 0 none, 1 nearest, 2 linear */
    uint32_t min_lod, max_lod; /* 1/256 */
    int32_t bias;              /* 1/256 */
    uint32_t border_type, border_index;
};

/* Reads `bytes` at most 16, into dwords. False: it faulted, and all ends. */
typedef bool cairn_image_read(void *context, uint64_t address, unsigned bytes, uint32_t *element);

struct cairn_image cairn_image_unpack(const uint32_t *words);
struct cairn_image_sampler cairn_image_sampler_unpack(const uint32_t *words);
/* Coordinates of a texel, the slice or layer not counted. */
unsigned cairn_image_dimensions(const struct cairn_image *image);
uint32_t cairn_image_level_size(uint32_t size, uint32_t level);
/* Absolute level. False: outside of the image. */
bool cairn_image_address(const struct cairn_image *image, const uint32_t *at, uint32_t level,
                         uint64_t *out);
/* An element in memory to the four channels; NULL: what is outside of the image. */
void cairn_image_decode(const struct cairn_image *image, const uint32_t *element,
                        uint32_t *channel);
void cairn_image_encode(const struct cairn_image *image, const uint32_t *channel,
                        uint32_t *element);
/* `at`: as many floats as the image has dimensions, then the slice, layer or face (8 a layer). */
bool cairn_image_sample(const struct cairn_image *image, const struct cairn_image_sampler *sampler,
                        const float *at, cairn_image_read *read, void *context, uint32_t *channel);

/* The colors of border type 3 (a register of the hardware points to them): four words each. */
enum { CAIRN_IMAGE_PALETTE = 4096 };
extern uint32_t cairn_image_palette[CAIRN_IMAGE_PALETTE][4];

#endif
