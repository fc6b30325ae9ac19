// SPDX-License-Identifier: MIT
// Variables without code: a program code object. undefined.cl refers to the first.
__global int from_outside = 41;
__constant int fixed[2] = {3, 4};
