// SPDX-License-Identifier: MIT
// Pointers in variables: to one's own variable, to one from outside, and to one that nobody defines.
extern __global int from_outside;
extern __attribute__((weak)) __global int nowhere;
__attribute__((visibility("hidden"))) __global int own[4] = {5, 6, 7, 8};
__global int *__global pointers[3] = {&own[2], &from_outside + 1, &nowhere};

__kernel void follow(__global int *out)
{
    out[0] = *pointers[0];
    out[1] = *(pointers[1] - 1);
    out[2] = pointers[2] == 0;
}
