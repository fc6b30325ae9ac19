/* SPDX-License-Identifier: MIT
 * Texture references: what is remembered of each beside its own fields, binding, and the runtime's
 * functions. See texture_ref.h; texture_ref_drv.c has the driver's functions.
 */
#include "hip/texture_ref.h"

#include "hip/array.h"
#include "hip/memory.h"
#include "hip/module.h"
#include "hip/texture.h"

#include <stdlib.h>
#include <string.h>

struct state {
    void *module_address; /* of a variable of a module; NULL: a registered one */
    float border[4];
    size_t offset;
};

static struct {
    pthread_mutex_t lock; /* guards the map and what it holds */
    struct hip_map map;   /* struct state by the address of the reference */
} references = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* NULL: out of memory. */
static struct state *state_locked(const textureReference *reference)
{
    struct state *state = hip_map_get(&references.map, reference);
    if (state != NULL)
        return state;
    state = calloc(1, sizeof *state);
    if (state != NULL && !hip_map_put(&references.map, reference, state)) {
        free(state);
        state = NULL;
    }
    return state;
}

/* A copy of what is known; all zero if nothing is. */
static struct state known(const textureReference *reference)
{
    struct state state = {0};
    pthread_mutex_lock(&references.lock);
    const struct state *found = hip_map_get(&references.map, reference);
    if (found != NULL)
        state = *found;
    pthread_mutex_unlock(&references.lock);
    return state;
}

/* ---- binding ---- */

static hipTextureDesc desc_of(const textureReference *reference)
{
    hipTextureDesc desc = {
        .filterMode = reference->filterMode,
        .readMode = reference->readMode,
        .sRGB = reference->sRGB,
        .normalizedCoords = reference->normalized,
        .maxAnisotropy = reference->maxAnisotropy,
        .mipmapFilterMode = reference->mipmapFilterMode,
        .mipmapLevelBias = reference->mipmapLevelBias,
        .minMipmapLevelClamp = reference->minMipmapLevelClamp,
        .maxMipmapLevelClamp = reference->maxMipmapLevelClamp,
    };
    struct state state = known(reference);
    memcpy(desc.addressMode, reference->addressMode, sizeof desc.addressMode);
    memcpy(desc.borderColor, state.border, sizeof desc.borderColor);
    return desc;
}

static hipError_t find_variable(const textureReference *reference, void **address)
{
    size_t size;
    struct state state = known(reference);
    if (state.module_address != NULL) {
        *address = state.module_address;
        return hipSuccess;
    }
    return hip_registered_variable(reference, hip_current_device(), address, &size);
}

static hipError_t publish(textureReference *reference)
{
    void *address;
    hipError_t error = find_variable(reference, &address);
    if (error != hipSuccess)
        return error;
    return hip_error_of_hsa(hsa_memory_copy(address, reference, sizeof *reference),
                            hipErrorInvalidValue);
}

/* False: out of memory. */
static bool remember_offset(const textureReference *reference, size_t offset)
{
    pthread_mutex_lock(&references.lock);
    struct state *state = state_locked(reference);
    if (state != NULL)
        state->offset = offset;
    pthread_mutex_unlock(&references.lock);
    return state != NULL;
}

static hipError_t bind(textureReference *reference, const hipResourceDesc *resource,
                       const struct hipResourceViewDesc *view, size_t offset)
{
    void *address;
    hipTextureObject_t object;
    hipTextureDesc desc = desc_of(reference);
    hipError_t error =
        find_variable(reference, &address) ?: hip_texture_create(&object, resource, &desc, view);
    if (error != hipSuccess)
        return error;
    if (!remember_offset(reference, offset)) {
        (void)hip_texture_destroy(object);
        return hipErrorOutOfMemory;
    }
    hipTextureObject_t old = reference->textureObject;
    reference->textureObject = object;
    error = publish(reference);
    (void)hip_texture_destroy(old); /* a stale one is none */
    return error;
}

hipError_t hip_texture_ref_bind(textureReference *reference, const hipResourceDesc *resource,
                                const struct hipResourceViewDesc *view)
{
    return bind(reference, resource, view, 0);
}

static bool begin_before(hipResourceDesc *resource, size_t before)
{
    struct hip_texel texel;
    if (resource->resType == hipResourceTypeLinear) {
        resource->res.linear.devPtr = (char *)resource->res.linear.devPtr - before;
        return cairn_size_add(resource->res.linear.sizeInBytes, before,
                              &resource->res.linear.sizeInBytes);
    }
    resource->res.pitch2D.devPtr = (char *)resource->res.pitch2D.devPtr - before;
    return hip_texel_of_desc(&resource->res.pitch2D.desc, &texel) &&
           cairn_size_add(resource->res.pitch2D.width, before / texel.bytes,
                          &resource->res.pitch2D.width);
}

hipError_t hip_texture_ref_bind_memory(textureReference *reference, const hipResourceDesc *resource,
                                       size_t *offset)
{
    hipResourceDesc aligned = *resource;
    const void *memory = resource->resType == hipResourceTypeLinear ? resource->res.linear.devPtr
                                                                    : resource->res.pitch2D.devPtr;
    size_t before = (uintptr_t)memory % HIP_IMAGE_ALIGNMENT;
    if ((before != 0 && offset == NULL) || !begin_before(&aligned, before))
        return hipErrorInvalidValue;
    hipError_t error = bind(reference, &aligned, NULL, before);
    if (error == hipSuccess && offset != NULL)
        *offset = before;
    return error;
}

hipError_t hip_texture_ref_unbind(textureReference *reference)
{
    hipTextureObject_t old = reference->textureObject;
    if (old == NULL)
        return hipSuccess;
    reference->textureObject = NULL;
    hipError_t error = publish(reference);
    return hip_texture_destroy(old) ?: error;
}

hipError_t hip_texture_ref_refresh(textureReference *reference)
{
    hipResourceDesc resource;
    struct hipResourceViewDesc view;
    if (reference->textureObject == NULL)
        return hipSuccess;
    hipError_t error = hip_texture_get(reference->textureObject, &resource, NULL, NULL);
    if (error != hipSuccess)
        return error;
    bool viewed = hip_texture_has_view(reference->textureObject) &&
                  hip_texture_get(reference->textureObject, NULL, NULL, &view) == hipSuccess;
    return bind(reference, &resource, viewed ? &view : NULL, known(reference).offset);
}

hipError_t hip_texture_ref_resource(const textureReference *reference, hipResourceDesc *out)
{
    return hip_texture_get(reference->textureObject, out, NULL, NULL);
}

/* ---- what is remembered ---- */

hipError_t hip_texture_ref_set_border(textureReference *reference, const float *color)
{
    pthread_mutex_lock(&references.lock);
    struct state *state = state_locked(reference);
    if (state != NULL)
        memcpy(state->border, color, sizeof state->border);
    pthread_mutex_unlock(&references.lock);
    return state != NULL ? hip_texture_ref_refresh(reference) : hipErrorOutOfMemory;
}

void hip_texture_ref_get_border(const textureReference *reference, float *color)
{
    struct state state = known(reference);
    memcpy(color, state.border, sizeof state.border);
}

size_t hip_texture_ref_offset(const textureReference *reference)
{
    return known(reference).offset;
}

size_t hip_texture_ref_bytes(const void *memory, size_t most)
{
    struct hip_allocation row;
    if (!hip_memory_find(memory, &row))
        return most;
    uint64_t left = row.base + row.size - (uint64_t)(uintptr_t)memory;
    return left < most ? left : most;
}

/* ---- the runtime's functions ---- */

static hipError_t bind_linear(size_t *offset, textureReference *reference, void *memory,
                              const hipChannelFormatDesc *desc, size_t bytes)
{
    if (reference == NULL || memory == NULL || desc == NULL)
        return hipErrorInvalidValue;
    hipResourceDesc resource = {.resType = hipResourceTypeLinear};
    resource.res.linear.devPtr = memory;
    resource.res.linear.desc = *desc;
    resource.res.linear.sizeInBytes = hip_texture_ref_bytes(memory, bytes);
    return hip_texture_ref_bind_memory(reference, &resource, offset);
}

hipError_t hipBindTexture(size_t *offset, const textureReference *texture, const void *ptr,
                          const hipChannelFormatDesc *desc, size_t size)
{
    return hip_return(hip_ready()
                          ?: bind_linear(offset, (textureReference *)(uintptr_t)texture,
                                         (void *)(uintptr_t)ptr, desc, size));
}

static hipError_t bind_pitched(size_t *offset, textureReference *reference, void *memory,
                               const hipChannelFormatDesc *desc, size_t width, size_t height,
                               size_t pitch)
{
    if (reference == NULL || memory == NULL || desc == NULL)
        return hipErrorInvalidValue;
    hipResourceDesc resource = {.resType = hipResourceTypePitch2D};
    resource.res.pitch2D.devPtr = memory;
    resource.res.pitch2D.desc = *desc;
    resource.res.pitch2D.width = width;
    resource.res.pitch2D.height = height;
    resource.res.pitch2D.pitchInBytes = pitch;
    return hip_texture_ref_bind_memory(reference, &resource, offset);
}

hipError_t hipBindTexture2D(size_t *offset, const textureReference *texture, const void *ptr,
                            const hipChannelFormatDesc *desc, size_t width, size_t height,
                            size_t pitch)
{
    return hip_return(hip_ready()
                          ?: bind_pitched(offset, (textureReference *)(uintptr_t)texture,
                                          (void *)(uintptr_t)ptr, desc, width, height, pitch));
}

/* The element that the program says is there has to be as large as the one that is. */
static hipError_t view_of(const hipChannelFormatDesc *desc, const struct hip_image *image,
                          struct hipResourceViewDesc *out)
{
    struct hip_texel texel;
    if (!hip_texel_of_desc(desc, &texel) || texel.bytes != image->texel.bytes)
        return hipErrorInvalidValue;
    static const enum hipResourceViewFormat first[] = {
        [HIP_AD_FORMAT_UNSIGNED_INT8] = hipResViewFormatUnsignedChar1,
        [HIP_AD_FORMAT_UNSIGNED_INT16] = hipResViewFormatUnsignedShort1,
        [HIP_AD_FORMAT_UNSIGNED_INT32] = hipResViewFormatUnsignedInt1,
        [HIP_AD_FORMAT_SIGNED_INT8] = hipResViewFormatSignedChar1,
        [HIP_AD_FORMAT_SIGNED_INT16] = hipResViewFormatSignedShort1,
        [HIP_AD_FORMAT_SIGNED_INT32] = hipResViewFormatSignedInt1,
        [HIP_AD_FORMAT_HALF] = hipResViewFormatHalf1,
        [HIP_AD_FORMAT_FLOAT] = hipResViewFormatFloat1,
    };
    *out = (struct hipResourceViewDesc){
        .format = (enum hipResourceViewFormat)(first[texel.format] + texel.channels / 2),
        .width = image->width,
        .height = image->height,
        .depth = image->depth,
        .lastMipmapLevel = image->levels - 1,
    };
    return hipSuccess;
}

static hipError_t bind_array(textureReference *reference, hipArray_const_t array,
                             const hipChannelFormatDesc *desc)
{
    struct hipArray found;
    struct hipResourceViewDesc view;
    hipResourceDesc resource = {.resType = hipResourceTypeArray};
    if (reference == NULL || array == NULL || desc == NULL)
        return hipErrorInvalidValue;
    if (!hip_array_find(array, &found))
        return hipErrorInvalidHandle;
    resource.res.array.array = (hipArray_t)(uintptr_t)array;
    return view_of(desc, &found.image, &view) ?: hip_texture_ref_bind(reference, &resource, &view);
}

hipError_t hipBindTextureToArray(const textureReference *texture, hipArray_const_t array,
                                 const hipChannelFormatDesc *desc)
{
    return hip_return(hip_ready()
                          ?: bind_array((textureReference *)(uintptr_t)texture, array, desc));
}

static hipError_t bind_mipmap(textureReference *reference, hipMipmappedArray_const_t mipmap,
                              const hipChannelFormatDesc *desc)
{
    struct hip_image image;
    struct hipResourceViewDesc view;
    hipResourceDesc resource = {.resType = hipResourceTypeMipmappedArray};
    if (reference == NULL || mipmap == NULL || desc == NULL)
        return hipErrorInvalidValue;
    if (!hip_mipmap_find(mipmap, &image))
        return hipErrorInvalidHandle;
    resource.res.mipmap.mipmap = (hipMipmappedArray_t)(uintptr_t)mipmap;
    return view_of(desc, &image, &view) ?: hip_texture_ref_bind(reference, &resource, &view);
}

hipError_t hipBindTextureToMipmappedArray(const textureReference *texture,
                                          hipMipmappedArray_const_t mipmapped_array,
                                          const hipChannelFormatDesc *desc)
{
    return hip_return(
        hip_ready() ?: bind_mipmap((textureReference *)(uintptr_t)texture, mipmapped_array, desc));
}

hipError_t hipUnbindTexture(const textureReference *texture)
{
    if (texture == NULL)
        return hip_return(hipErrorInvalidValue);
    return hip_return(hip_ready()
                          ?: hip_texture_ref_unbind((textureReference *)(uintptr_t)texture));
}

hipError_t hipGetTextureAlignmentOffset(size_t *offset, const textureReference *texture)
{
    hipResourceDesc resource;
    if (offset == NULL || texture == NULL)
        return hip_return(hipErrorInvalidValue);
    hipError_t error = hip_ready() ?: hip_texture_ref_resource(texture, &resource);
    if (error == hipSuccess)
        *offset = hip_texture_ref_offset(texture);
    return hip_return(error);
}

static hipError_t get_reference(const textureReference **out, const void *symbol)
{
    void *address;
    size_t size;
    if (out == NULL || symbol == NULL)
        return hipErrorInvalidValue;
    hipError_t error = hip_registered_variable(symbol, hip_current_device(), &address, &size);
    if (error == hipSuccess)
        *out = symbol;
    return error;
}

hipError_t hipGetTextureReference(const textureReference **texture, const void *symbol)
{
    return hip_return(hip_ready() ?: get_reference(texture, symbol));
}

/* ---- of modules: the host's half is ours, and stays; the address is asked for anew each time ----
 */

struct module_reference {
    textureReference public;
    struct module_reference *next;
    hipModule_t module;
    char *name;
};

static struct module_reference *module_references; /* guarded by references.lock */

static struct module_reference *module_reference_locked(hipModule_t module, const char *name)
{
    struct module_reference *at = module_references;
    while (at != NULL && (at->module != module || strcmp(at->name, name) != 0))
        at = at->next;
    if (at != NULL)
        return at;
    at = calloc(1, sizeof *at);
    if (at == NULL || (at->name = strdup(name)) == NULL) {
        free(at);
        return NULL;
    }
    at->module = module;
    at->next = module_references;
    module_references = at;
    return at;
}

static hipError_t module_reference(textureReference **out, hipModule_t module, const char *name)
{
    hipDeviceptr_t address;
    size_t size;
    if (out == NULL || name == NULL)
        return hipErrorInvalidValue;
    hipError_t error = hipModuleGetGlobal(&address, &size, module, name);
    if (error == hipSuccess && size != sizeof(textureReference))
        error = hipErrorNotFound;
    if (error != hipSuccess)
        return error;
    pthread_mutex_lock(&references.lock);
    struct module_reference *found = module_reference_locked(module, name);
    struct state *state = found != NULL ? state_locked(&found->public) : NULL;
    if (state != NULL && state->module_address != address) {
        state->module_address = address;
        hsa_memory_copy(&found->public, address, sizeof found->public);
        found->public.textureObject = NULL;
    }
    pthread_mutex_unlock(&references.lock);
    if (state == NULL)
        return hipErrorOutOfMemory;
    *out = &found->public;
    return hipSuccess;
}

hipError_t hipModuleGetTexRef(textureReference **texture, hipModule_t module, const char *name)
{
    return hip_return(hip_ready() ?: module_reference(texture, module, name));
}
