/* SPDX-License-Identifier: MIT */
/* One row of the error test: a function of the device library, its MPFR reference, where it is
 * tried, and the bound. */
#ifndef CAIRN_TESTS_DEVICELIB_ULP_H
#define CAIRN_TESTS_DEVICELIB_ULP_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <mpfr.h>

/* least: the smallest magnitude of the points that are spread over exponents. */
struct ulp_range {
    double low, high, least;
};

struct ulp_row {
    const char *name;
    bool narrow; /* f32 */
    int arguments;
    double (*call)(const double *args);
    /* got: what call() gave, for references that refine it. */
    void (*reference)(mpfr_t exact, const double *args, double got);
    struct ulp_range ranges[2];
    double bound;
    /* Not 0: an exact value below 2^floor_exponent is measured in units of that. */
    int floor_exponent;
};

extern const struct ulp_row ulp_rows[];

#endif
