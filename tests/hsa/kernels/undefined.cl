// SPDX-License-Identifier: MIT
// Needs a variable from outside.
extern __global int from_outside;

__kernel void read_outside(__global int *out)
{
    out[0] = from_outside;
    from_outside = 77;
}
