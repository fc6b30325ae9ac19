/* SPDX-License-Identifier: MIT
 * A csmith program (PROGRAM) as a kernel of one lane, or as a host program that prints the same
 * dwords.
 */
#define main csmith_main
#include PROGRAM
#undef main

#ifdef __AMDGCN__
__attribute__((amdgpu_kernel)) void run(uint64_t *out)
{
    csmith_main();
    out[0] = checksum;
}
#else
int putchar(int byte);

int main(void)
{
    csmith_main();
    for (int i = 0; i < 8; i++)
        putchar((int)(checksum >> 8 * i & 0xff));
    return 0;
}
#endif
