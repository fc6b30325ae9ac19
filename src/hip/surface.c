/* SPDX-License-Identifier: MIT
 * Surface objects: the address of an image descriptor (image_words.h) that kernels read.
 */
#include "hip/image_words.h"

#include <stddef.h>

struct __hip_surface {
    uint32_t words[HIP_IMAGE_OBJECT_SIZE_DWORD]; /* as kernels read them */
};

static struct {
    pthread_mutex_t lock; /* guards the map */
    struct hip_map map;   /* objects by themselves */
} surfaces = {.lock = PTHREAD_MUTEX_INITIALIZER};

static hipError_t create(hipSurfaceObject_t *out, const hipResourceDesc *resource)
{
    struct hipArray array;
    if (out == NULL || resource == NULL || resource->resType != hipResourceTypeArray)
        return hipErrorInvalidValue;
    if (resource->res.array.array == NULL)
        return hipErrorInvalidHandle;
    if (!hip_array_find(resource->res.array.array, &array))
        return hipErrorContextIsDestroyed; /* what ROCm and CUDA say of a stale handle */
    if (array.flags != hipArrayDefault && (array.flags & hipArraySurfaceLoadStore) == 0)
        return hipErrorInvalidValue;
    struct __hip_surface *surface = hip_host_pool_alloc(hip_process.host_pool, sizeof *surface);
    if (surface == NULL)
        return hipErrorOutOfMemory;
    hip_image_words(&array.image, (struct hip_reading){0}, surface->words);
    pthread_mutex_lock(&surfaces.lock);
    bool put = hip_map_put(&surfaces.map, surface, surface);
    pthread_mutex_unlock(&surfaces.lock);
    if (!put) {
        (void)hsa_amd_memory_pool_free(surface);
        return hipErrorOutOfMemory;
    }
    *out = surface;
    return hipSuccess;
}

static hipError_t destroy(hipSurfaceObject_t surface)
{
    if (surface == NULL)
        return hipSuccess;
    pthread_mutex_lock(&surfaces.lock);
    void *found = hip_map_remove(&surfaces.map, surface);
    pthread_mutex_unlock(&surfaces.lock);
    if (found == NULL)
        return hipErrorInvalidValue;
    return hip_error_of_hsa(hsa_amd_memory_pool_free(found), hipErrorInvalidValue);
}

hipError_t hipCreateSurfaceObject(hipSurfaceObject_t *surf_object, const hipResourceDesc *res_desc)
{
    return hip_return(hip_ready() ?: create(surf_object, res_desc));
}

hipError_t hipDestroySurfaceObject(hipSurfaceObject_t surface_object)
{
    return hip_return(hip_ready() ?: destroy(surface_object));
}

/* The same by their C++ names, which old programs link. */
HIP_PUBLIC_API hipError_t _Z22hipCreateSurfaceObjectPP13__hip_surfacePK15hipResourceDesc(
    hipSurfaceObject_t *surf_object, const hipResourceDesc *res_desc);
HIP_PUBLIC_API hipError_t
_Z23hipDestroySurfaceObjectP13__hip_surface(hipSurfaceObject_t surface_object);

hipError_t
_Z22hipCreateSurfaceObjectPP13__hip_surfacePK15hipResourceDesc(hipSurfaceObject_t *surf_object,
                                                               const hipResourceDesc *res_desc)
{
    return hipCreateSurfaceObject(surf_object, res_desc);
}

hipError_t _Z23hipDestroySurfaceObjectP13__hip_surface(hipSurfaceObject_t surface_object)
{
    return hipDestroySurfaceObject(surface_object);
}
