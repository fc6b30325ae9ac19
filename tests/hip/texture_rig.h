// SPDX-License-Identifier: MIT
// What the programs on textures and surfaces share: counting what differs.
#ifndef TESTS_HIP_TEXTURE_RIG_H
#define TESTS_HIP_TEXTURE_RIG_H

#include <hip/hip_runtime.h>

#include <cstdio>

static int failures;

#define OK(call)                                                                                   \
    do {                                                                                           \
        hipError_t got_ = (call);                                                                  \
        if (got_ != hipSuccess) {                                                                  \
            printf("line %d: %s: %s\n", __LINE__, #call, hipGetErrorName(got_));                   \
            failures++;                                                                            \
        }                                                                                          \
    } while (0)
#define CHECK(what, ...)                                                                           \
    do {                                                                                           \
        if (!(what) && failures++ < 40) {                                                          \
            printf("line %d: ", __LINE__);                                                         \
            printf(__VA_ARGS__);                                                                   \
            printf("\n");                                                                          \
        }                                                                                          \
    } while (0)

#endif
