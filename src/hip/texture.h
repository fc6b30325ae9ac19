/* SPDX-License-Identifier: MIT
 * Texture objects for the functions that wrap them: references and the driver's forms.
 */
#ifndef CAIRN_HIP_TEXTURE_H
#define CAIRN_HIP_TEXTURE_H

#include "hip/runtime.h"

hipError_t hip_texture_create(hipTextureObject_t *out, const hipResourceDesc *resource,
                              const hipTextureDesc *texture,
                              const struct hipResourceViewDesc *view);
/* NULL is fine. */
hipError_t hip_texture_destroy(hipTextureObject_t object);
/* Any of `resource`, `texture`, `view` may be NULL; no view is zeros. InvalidValue: no object. */
hipError_t hip_texture_get(hipTextureObject_t object, hipResourceDesc *resource,
                           hipTextureDesc *texture, struct hipResourceViewDesc *view);
bool hip_texture_has_view(hipTextureObject_t object);

#endif
