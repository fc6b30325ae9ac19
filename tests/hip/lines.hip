// SPDX-License-Identifier: MIT
// A kernel with line tables whose third lane stores where nothing is.
extern "C" __attribute__((global)) void stray(int *at, int *wild)
{
    unsigned i = __builtin_amdgcn_workitem_id_x();
    at[i] = (int)i;
    if (i == 2)
        wild[i] = 1; // line 8
}

// A workgroup of four waves that meet at a barrier. One lane of the last wave of the fifth workgroup
// stores where nothing is, by an address that is made with the flags in which it was chosen.
__attribute__((shared)) float turned[256];
extern "C" __attribute__((global)) void stray_late(float *data, int bad)
{
    int t = (int)__builtin_amdgcn_workitem_id_x(), i = (int)__builtin_amdgcn_workgroup_id_x() * 256 + t;
    turned[t] = data[i];
    __builtin_amdgcn_fence(__ATOMIC_RELEASE, "workgroup");
    __builtin_amdgcn_s_barrier();
    __builtin_amdgcn_fence(__ATOMIC_ACQUIRE, "workgroup");
    float value = turned[255 - t];
    data[i == bad ? 0x40000000 : i] = value; // line 22
}
