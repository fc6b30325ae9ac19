// SPDX-License-Identifier: MIT
// A kernel with line tables whose third lane stores where nothing is.
extern "C" __attribute__((global)) void stray(int *at, int *wild)
{
    unsigned i = __builtin_amdgcn_workitem_id_x();
    at[i] = (int)i;
    if (i == 2)
        wild[i] = 1; // line 8
}
