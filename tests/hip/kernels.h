/* SPDX-License-Identifier: MIT
 * What kernels.hip gives to the tests.
 */
#ifndef TESTS_HIP_KERNELS_H
#define TESTS_HIP_KERNELS_H

#include <hip/hip_runtime_api.h>

struct mixed {
    int numbers[30];
    float tail;
};

#ifdef __cplusplus
extern "C" {
#endif

extern const void *kernel_add, *kernel_scale, *kernel_hold, *kernel_mixed, *kernel_shape,
    *kernel_ragged, *kernel_reverse, *kernel_bounded, *kernel_variables, *kernel_wild, *kernel_trap,
    *kernel_illegal, *kernel_forever, *kernel_no_arguments, *kernel_many_vector,
    *kernel_many_scalar, *kernel_fetch, *kernel_places;
extern const void *symbol_counter, *symbol_table;

void set_shared_number(int value);
int get_shared_number(void);
void launch_add(const float *a, const float *b, float *c, int n, hipStream_t stream);
void launch_bump(int blocks, int threads, hipStream_t stream);
void launch_scale(int *data, int n, int factor, hipStream_t stream);
void launch_hold(volatile int *flag, int value, int *out, hipStream_t stream);
void launch_wild(int *address, hipStream_t stream);

#ifdef __cplusplus
}
#endif

#endif
