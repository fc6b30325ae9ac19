/* SPDX-License-Identifier: MIT
 * Texture objects over linear memory: what tex1Dfetch reads with typed buffer loads, which chips
 * without a texture unit have, too. Textures of arrays, mipmaps and pitched memory need image
 * instructions and are reported as not supported.
 *
 * A texture object is the address of descriptors that kernels read: here a buffer descriptor of
 * four dwords (CDNA2 ISA, "Buffer Resource Descriptor") where an image would have eight.
 */
#include "hip/memory.h"
#include "hip/symbols.h"

#include <stddef.h>
#include <string.h>

struct __hip_texture {
    uint32_t words[HIP_TEXTURE_OBJECT_SIZE_DWORD]; /* as kernels read them */
    struct __hip_texture *next;
    hipResourceDesc resource;
    hipTextureDesc texture;
    struct hipResourceViewDesc view;
    bool has_view;
};
_Static_assert(offsetof(struct __hip_texture, words) == 0, "kernels read from the handle on");

static struct {
    pthread_mutex_t lock; /* guards the list */
    struct __hip_texture *first;
} textures = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* Fields of a buffer descriptor. */
enum { NUM_UNORM = 0, NUM_SNORM = 1, NUM_UINT = 4, NUM_SINT = 5, NUM_FLOAT = 7 };
enum { SELECT_0, SELECT_1, SELECT_X = 4 };

/* data_format by channels (1, 2, 4) and bits of a channel; 0: there is none. */
static uint32_t data_format(unsigned channels, int bits)
{
    static const uint8_t formats[3][3] = {{1, 2, 4}, {3, 5, 11}, {10, 12, 14}};
    int row = channels == 1 ? 0 : (channels == 2 ? 1 : 2);
    int column = bits == 8 ? 0 : (bits == 16 ? 1 : (bits == 32 ? 2 : -1));
    return column < 0 || channels == 0 || channels == 3 ? 0 : formats[row][column];
}

/* Channels, all of one width and without gaps; 0: not so. */
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

/* How a channel becomes a register; false: this combination is no texture. */
static bool find_num_format(const hipChannelFormatDesc *desc, enum hipTextureReadMode mode,
                            uint32_t *out)
{
    bool normalized = mode == hipReadModeNormalizedFloat;
    switch (desc->f) {
    case hipChannelFormatKindSigned:
        *out = normalized ? NUM_SNORM : NUM_SINT;
        return !normalized || desc->x <= 16;
    case hipChannelFormatKindUnsigned:
        *out = normalized ? NUM_UNORM : NUM_UINT;
        return !normalized || desc->x <= 16;
    case hipChannelFormatKindFloat:
        *out = NUM_FLOAT;
        return desc->x >= 16;
    default:
        return false;
    }
}

/* Absent channels read as 0, an absent fourth one as 1. */
static uint32_t select_of(unsigned channel, unsigned channels)
{
    if (channel < channels)
        return SELECT_X + channel;
    return channel == 3 ? SELECT_1 : SELECT_0;
}

static hipError_t describe(const hipResourceDesc *resource, const hipTextureDesc *texture,
                           uint32_t *words)
{
    const hipChannelFormatDesc *desc = &resource->res.linear.desc;
    uint64_t address = (uint64_t)(uintptr_t)resource->res.linear.devPtr;
    unsigned channels = count_channels(desc);
    uint32_t format = data_format(channels, desc->x), number;
    if (address == 0 || format == 0 || !find_num_format(desc, texture->readMode, &number))
        return hipErrorInvalidValue;
    uint64_t bytes = channels * (uint64_t)desc->x / 8;
    uint64_t elements = resource->res.linear.sizeInBytes / bytes;
    if (elements == 0 || elements > UINT32_MAX)
        return hipErrorInvalidValue;
    words[0] = (uint32_t)address;
    words[1] = (uint32_t)(address >> 32 & 0xffff) | (uint32_t)bytes << 16;
    words[2] = (uint32_t)elements;
    words[3] = number << 12 | format << 15;
    for (unsigned i = 0; i < 4; i++)
        words[3] |= select_of(i, channels) << 3 * i;
    return hip_memory_check(resource->res.linear.devPtr, resource->res.linear.sizeInBytes);
}

static hipError_t create(hipTextureObject_t *out, const hipResourceDesc *resource,
                         const hipTextureDesc *texture, const struct hipResourceViewDesc *view)
{
    uint32_t words[HIP_TEXTURE_OBJECT_SIZE_DWORD] = {0};
    if (out == NULL || resource == NULL || texture == NULL)
        return hipErrorInvalidValue;
    if (resource->resType != hipResourceTypeLinear)
        return (hipError_t)hip_not_supported("hipCreateTextureObject other than linear");
    hipError_t error = describe(resource, texture, words);
    if (error != hipSuccess)
        return error;
    struct __hip_texture *object = hip_host_pool_alloc(hip_process.host_pool, sizeof *object);
    if (object == NULL)
        return hipErrorOutOfMemory;
    *object = (struct __hip_texture){.resource = *resource, .texture = *texture};
    memcpy(object->words, words, sizeof words);
    object->has_view = view != NULL;
    if (view != NULL)
        object->view = *view;
    pthread_mutex_lock(&textures.lock);
    object->next = textures.first;
    textures.first = object;
    pthread_mutex_unlock(&textures.lock);
    *out = object;
    return hipSuccess;
}

hipError_t hipCreateTextureObject(hipTextureObject_t *tex_object, const hipResourceDesc *res_desc,
                                  const hipTextureDesc *tex_desc,
                                  const struct hipResourceViewDesc *res_view_desc)
{
    return hip_return(hip_ready() ?: create(tex_object, res_desc, tex_desc, res_view_desc));
}

/* Where the list points to `object`, or NULL. */
static struct __hip_texture **find_locked(hipTextureObject_t object)
{
    for (struct __hip_texture **at = &textures.first; *at != NULL; at = &(*at)->next)
        if (*at == object)
            return at;
    return NULL;
}

static hipError_t destroy(hipTextureObject_t object)
{
    pthread_mutex_lock(&textures.lock);
    struct __hip_texture **at = find_locked(object);
    if (at != NULL)
        *at = object->next;
    pthread_mutex_unlock(&textures.lock);
    if (at == NULL)
        return hipErrorInvalidValue;
    return hip_error_of_hsa(hsa_amd_memory_pool_free(object), hipErrorInvalidValue);
}

hipError_t hipDestroyTextureObject(hipTextureObject_t texture_object)
{
    return hip_return(hip_ready() ?: destroy(texture_object));
}

/* Copies `size` bytes at `offset` of the object; a view only if it was given. */
static hipError_t get(hipTextureObject_t object, void *out, size_t offset, size_t size, bool view)
{
    hipError_t error = hipErrorInvalidValue;
    pthread_mutex_lock(&textures.lock);
    if (out != NULL && find_locked(object) != NULL && (!view || object->has_view)) {
        memcpy(out, (const char *)object + offset, size);
        error = hipSuccess;
    }
    pthread_mutex_unlock(&textures.lock);
    return error;
}

hipError_t hipGetTextureObjectResourceDesc(hipResourceDesc *res_desc,
                                           hipTextureObject_t texture_object)
{
    return hip_return(hip_ready()
                          ?: get(texture_object, res_desc, offsetof(struct __hip_texture, resource),
                                 sizeof *res_desc, false));
}

hipError_t hipGetTextureObjectTextureDesc(hipTextureDesc *tex_desc,
                                          hipTextureObject_t texture_object)
{
    return hip_return(hip_ready()
                          ?: get(texture_object, tex_desc, offsetof(struct __hip_texture, texture),
                                 sizeof *tex_desc, false));
}

hipError_t hipGetTextureObjectResourceViewDesc(struct hipResourceViewDesc *res_view_desc,
                                               hipTextureObject_t texture_object)
{
    return hip_return(hip_ready()
                          ?: get(texture_object, res_view_desc,
                                 offsetof(struct __hip_texture, view), sizeof *res_view_desc,
                                 true));
}
