// SPDX-License-Identifier: MIT
// A code object with one kernel, two variables, a relocation and an undefined symbol to read back.
extern "C" __attribute__((device)) int counter = 5;
extern "C" __attribute__((device)) int *counter_address = &counter;

extern "C" __attribute__((global)) void scale(int *data, float factor, char bias)
{
    data[__builtin_amdgcn_workitem_id_x()] = counter + *counter_address + (int)factor + bias;
}
