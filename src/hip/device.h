/* SPDX-License-Identifier: MIT
 * Device descriptions in their several forms.
 */
#ifndef CAIRN_HIP_DEVICE_H
#define CAIRN_HIP_DEVICE_H

#include "hip/runtime.h"

#include <hip/hip_deprecated.h>

void hip_old_properties(const hipDeviceProp_t *from, hipDeviceProp_tR0000 *out);
/* The value of an attribute; InvalidValue if there is no such attribute. */
hipError_t hip_attribute(const struct hip_device *device, hipDeviceAttribute_t attribute, int *out);

#endif
