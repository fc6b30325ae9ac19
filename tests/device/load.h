/* SPDX-License-Identifier: MIT
 * The least loader that a test of the device needs: segments of one code object into code memory,
 * relative relocations, kernel objects by name.
 */
#ifndef TESTS_DEVICE_LOAD_H
#define TESTS_DEVICE_LOAD_H

#include "device/device.h"

struct loaded;

/* Fails the test if the file cannot be loaded. */
struct loaded *load_file(struct cairn_device *device, const char *path);
void load_drop(struct loaded *loaded);
/* The kernel object of "name"; fails the test if there is none. */
uint64_t load_kernel(const struct loaded *loaded, const char *name);

#endif
