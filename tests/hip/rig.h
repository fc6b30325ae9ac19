/* SPDX-License-Identifier: MIT
 * Assertions of the HIP tests.
 */
#ifndef TESTS_HIP_RIG_H
#define TESTS_HIP_RIG_H

#include "kernels.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The call returns exactly this error; both are named when it does not. */
#define EXPECT(call, error)                                                                        \
    do {                                                                                           \
        hipError_t got_ = (call);                                                                  \
        if (got_ != (error))                                                                       \
            fail_msg("%s: %s, want %s", #call, hipGetErrorName(got_), hipGetErrorName(error));     \
    } while (0)
#define OK(call) EXPECT(call, hipSuccess)

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

#endif
