// SPDX-License-Identifier: MIT
// Loads the code object named on the command line and launches its kernel.
#include <hip/hip_runtime.h>

#include <cstdio>

int main(int argc, char **argv)
{
    hipModule_t module;
    hipFunction_t triple;
    float host[64], *data = nullptr;
    if (argc != 2 || hipModuleLoad(&module, argv[1]) != hipSuccess ||
        hipModuleGetFunction(&triple, module, "triple") != hipSuccess)
        return 1;
    for (int i = 0; i < 64; i++)
        host[i] = i;
    if (hipMalloc(&data, sizeof host) != hipSuccess || hipMemcpyHtoD(data, host, sizeof host) != hipSuccess)
        return 1;
    void *args[] = {&data};
    if (hipModuleLaunchKernel(triple, 1, 1, 1, 64, 1, 1, 0, nullptr, args, nullptr) != hipSuccess ||
        hipMemcpyDtoH(host, data, sizeof host) != hipSuccess)
        return 1;
    int wrong = 0;
    for (int i = 0; i < 64; i++)
        wrong += host[i] != 3.0f * i;
    puts(wrong == 0 ? "PASSED" : "FAILED");
    return wrong != 0;
}
