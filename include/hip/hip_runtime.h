// SPDX-License-Identifier: MIT
// The header that every HIP program includes: the host API and everything that kernels use.
#ifndef HIP_INCLUDE_HIP_HIP_RUNTIME_H
#define HIP_INCLUDE_HIP_HIP_RUNTIME_H

#if !defined(__HIPCC_RTC__)
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if defined(__cplusplus)
// ROCm's header brings std::thread and with it std::chrono; programs and libraries count on that.
#include <thread>
#endif
#endif

#include <hip/hip_version.h>
#include <hip/hip_common.h>
#include <hip/amd_detail/amd_hip_runtime.h>
#include <hip/hip_runtime_api.h>
#include <hip/hip_vector_types.h>
#if !defined(__HIPCC_RTC__)
#include <hip/library_types.h>
#endif

#endif
