/* SPDX-License-Identifier: MIT
 * Host code, C and C++ alike, that hipcc compiles as what it is.
 */
#include <hip/hip_runtime_api.h>
#include <stdio.h>

int main(void)
{
    int count = 0;
    if (hipGetDeviceCount(&count) != hipSuccess)
        return 1;
    printf("%d device\n", count);
    return 0;
}
