// SPDX-License-Identifier: MIT
// For the programs of this folder: a kernel writes numbers, the host says what they should be, each
// with the claim it proves.
#ifndef CAIRN_TESTS_DEVICELIB_RUN_CHECK_H
#define CAIRN_TESTS_DEVICELIB_RUN_CHECK_H

#include "buffer.h"

static int failures;

template <typename T> static void expect(const char *claim, int index, T got, T want)
{
    if (got == want || (got != got && want != want))
        return;
    if (++failures <= 20)
        std::printf("FAIL %s [%d]: %.17g, not %.17g\n", claim, index, (double)got, (double)want);
}

static int finish()
{
    std::printf("%s: %d failures\n", failures ? "FAILED" : "PASSED", failures);
    return failures != 0;
}

#endif
