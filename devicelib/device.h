/* SPDX-License-Identifier: MIT */
/* What every source of the device library shares: fixed-width names, attributes, scopes, and the
 * few places where the target differs between an AMD GPU and the host. The sources of ocml/ compile
 * for both, so that their error can be measured on the host; those of ockl/ compile for the GPU
 * only. Nothing here is installed. */
#ifndef CAIRN_DEVICELIB_DEVICE_H
#define CAIRN_DEVICELIB_DEVICE_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;
typedef signed char i8;
typedef short i16;
typedef int i32;
typedef long i64;
typedef u64 u64x2 __attribute__((ext_vector_type(2)));

#ifdef __AMDGCN__
#define PRIVATE  __attribute__((address_space(5)))
#define CONSTANT __attribute__((address_space(4)))
#define GLOBAL   __attribute__((address_space(1)))
#define LOCAL    __attribute__((address_space(3)))
#else
#define PRIVATE
#define CONSTANT
#define GLOBAL
#define LOCAL
#endif

#define CONST_FN __attribute__((const))
/* For functions of a few instructions: the optimiser's own estimate is too shy on this target. */
#define ALWAYS   __attribute__((always_inline))
#define PURE_FN  __attribute__((pure))
#define INLINE   static inline __attribute__((always_inline))

/* Controls that the compiler driver chooses by linking one of the oclc_* modules (AMD device
 * libraries, OCML user guide, "Controls"; names measured in rocm-device-libs 5.2.3). */
extern const CONSTANT i32 __oclc_ABI_version;
extern const CONSTANT i32 __oclc_ISA_version;
extern const CONSTANT u8 __oclc_wavefrontsize64;

#define SCOPE_SYSTEM __MEMORY_SCOPE_SYSTEM
#define SCOPE_AGENT  __MEMORY_SCOPE_DEVICE
#define SCOPE_GROUP  __MEMORY_SCOPE_WRKGRP

#endif
