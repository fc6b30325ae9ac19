// SPDX-License-Identifier: MIT
// The kernel whose launch is measured: it does nothing.
__kernel void empty(void)
{
}
