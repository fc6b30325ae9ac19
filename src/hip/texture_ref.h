/* SPDX-License-Identifier: MIT
 * Texture references: variables that exist on the host and on the device. Binding one makes a
 * texture object and writes the variable to the device.
 */
#ifndef CAIRN_HIP_TEXTURE_REF_H
#define CAIRN_HIP_TEXTURE_REF_H

#include "hip/runtime.h"

/* InvalidSymbol: neither registered nor from hipModuleGetTexRef. */
hipError_t hip_texture_ref_bind(textureReference *reference, const hipResourceDesc *resource,
                                const struct hipResourceViewDesc *view);
hipError_t hip_texture_ref_unbind(textureReference *reference);
/* A field was changed: what is bound gets a new object. */
hipError_t hip_texture_ref_refresh(textureReference *reference);
/* What is bound; InvalidValue: nothing. */
hipError_t hip_texture_ref_resource(const textureReference *reference, hipResourceDesc *out);
hipError_t hip_texture_ref_set_border(textureReference *reference, const float *color);
void hip_texture_ref_get_border(const textureReference *reference, float *color);
/* Linear or pitched memory. Where it does not begin at the alignment of textures, what is bound
 * begins before it: `offset` bytes. InvalidValue: there are such bytes and `offset` is NULL. */
hipError_t hip_texture_ref_bind_memory(textureReference *reference, const hipResourceDesc *resource,
                                       size_t *offset);
/* Those bytes of what is bound. */
size_t hip_texture_ref_offset(const textureReference *reference);
/* Bytes of the allocation from `memory` on, `most` at most. */
size_t hip_texture_ref_bytes(const void *memory, size_t most);

#endif
