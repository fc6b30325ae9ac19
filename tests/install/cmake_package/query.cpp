// SPDX-License-Identifier: MIT
// Host code only: asks for the device's chip.
#include <hip/hip_runtime_api.h>

#include <cstdio>

int main()
{
    hipDeviceProp_t properties;
    if (hipGetDeviceProperties(&properties, 0) != hipSuccess)
        return 1;
    puts(properties.gcnArchName);
    return 0;
}
