/* SPDX-License-Identifier: MIT */
/* Measures the error of every f32 and f64 math function of the device library, compiled for the
 * host, against MPFR: in the range and to the bound that HIP documents (HIP documentation, "HIP
 * math API"), and over the whole domain to a bound of our own. */
#include "ulp.h"
#include <stdio.h>
#include <string.h>
#include <math.h>

/* Bits that the reference carries beyond a double. */
#define REFERENCE_BITS 160

static uint64_t random_state = 0x9e3779b97f4a7c15u;

static uint64_t next_random(void)
{
    uint64_t z = (random_state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static double unit(void)
{
    return (double)(next_random() >> 11) * 0x1p-53;
}

/* Half the points are spread evenly, half over the exponents; the first ones are the ends and their
 * neighbours. */
static double pick(const struct ulp_range *range, int round, bool narrow)
{
    double low = range->low, high = range->high, x;
    if (round < 6) {
        double inner = narrow ? 0x1p-22 : 0x1p-51;
        double ends[6] = {
            low, high, low + fabs(low) * inner, high - fabs(high) * inner, 0.5 * low + 0.5 * high,
            1.0};
        x = ends[round];
    } else if (round & 1) {
        x = low + (high - low) * unit();
    } else {
        double top = fmax(fabs(low), fabs(high)), least = range->least;
        x = exp2(log2(least) + (log2(top) - log2(least)) * unit()) * (1 + 0x1p-40 * unit());
        if (x > high || (low < 0 && (next_random() & 1)))
            x = -x;
    }
    if (x < low || x > high || x != x)
        x = low + (high - low) * unit();
    return narrow ? (double)(float)x : x;
}

/* Distance of `got` from the exact value in units of the last place of the exact value, or of
 * 2^floor_exponent if that is more. */
static double ulp_error(double got, mpfr_t exact, bool narrow, int floor_exponent)
{
    int digits = narrow ? 24 : 53, least = narrow ? -149 : -1074;
    if (mpfr_nan_p(exact))
        return isnan(got) ? 0 : INFINITY;
    if (isnan(got))
        return INFINITY;
    if (mpfr_inf_p(exact) || mpfr_cmpabs_ui(exact, 0) == 0)
        return got == mpfr_get_d(exact, MPFR_RNDN) ? 0 : INFINITY;
    mpfr_t bound;
    mpfr_init2(bound, 64);
    mpfr_set_d(bound, narrow ? 0x1.ffffffp127 : 0x1p1023, MPFR_RNDN);
    if (!narrow)
        mpfr_mul_d(bound, bound, 0x1.fffffffffffffp0, MPFR_RNDU);
    bool overflows = mpfr_cmpabs(exact, bound) > 0;
    mpfr_clear(bound);
    if (overflows)
        return isinf(got) || fabs(got) >= (narrow ? 0x1.fffffep127 : 0x1.fffffffffffffp1023)
                   ? 0
                   : INFINITY;
    if (isinf(got))
        return INFINITY;
    long exponent = (long)mpfr_get_exp(exact) - digits;
    if (exponent < floor_exponent - digits)
        exponent = floor_exponent - digits;
    if (exponent < least)
        exponent = least;
    mpfr_t difference;
    mpfr_init2(difference, REFERENCE_BITS);
    mpfr_sub_d(difference, exact, got, MPFR_RNDN);
    mpfr_mul_2si(difference, difference, -exponent, MPFR_RNDN);
    double error = fabs(mpfr_get_d(difference, MPFR_RNDN));
    mpfr_clear(difference);
    return error;
}

double ulp_measure(const struct ulp_row *row, int points, double worst[4])
{
    double args[4] = {0}, most = 0;
    mpfr_t exact;
    mpfr_init2(exact, REFERENCE_BITS);
    for (int i = 0; i < points; i++) {
        for (int a = 0; a < row->arguments; a++)
            args[a] = pick(&row->ranges[row->arguments > 1 && a < 2 ? a : 0],
                           a == 0 ? i : 6 + (int)(next_random() & 1), row->narrow);
        double got = row->call(args);
        row->reference(exact, args, got);
        double error = ulp_error(got, exact, row->narrow, row->floor_exponent);
        if (error > most) {
            most = error;
            memcpy(worst, args, sizeof args);
        }
    }
    mpfr_clear(exact);
    return most;
}

int main(int argc, char **argv)
{
    int points = argc > 1 ? atoi(argv[1]) : 4000, failed = 0;
    const char *only = argc > 2 ? argv[2] : "";
    for (const struct ulp_row *row = ulp_rows; row->name != NULL; row++) {
        if (strstr(row->name, only) == NULL)
            continue;
        double worst[4] = {0};
        double error = ulp_measure(row, points, worst);
        bool good = error <= row->bound;
        failed += !good;
        printf("%-4s %-22s max %8.3f of %5.1f ulp at %.17g %.17g, in [%g, %g]\n",
               good ? "ok" : "FAIL", row->name, error, row->bound, worst[0], worst[1],
               row->ranges[0].low, row->ranges[0].high);
    }
    printf("%d rows failed\n", failed);
    mpfr_free_cache();
    return failed != 0;
}
