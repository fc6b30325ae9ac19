// SPDX-License-Identifier: MIT
// A kernel whose first instruction is no instruction of gfx90a.
    .amdgcn_target "amdgcn-amd-amdhsa--gfx90a"
    .text
    .globl illegal
    .p2align 8
    .type illegal,@function
illegal:
    .long 0xffffffff
    s_endpgm
.Lend:
    .size illegal, .Lend-illegal

    .rodata
    .p2align 6
    .amdhsa_kernel illegal
        .amdhsa_next_free_vgpr 1
        .amdhsa_next_free_sgpr 1
        .amdhsa_accum_offset 4
        .amdhsa_user_sgpr_kernarg_segment_ptr 1
    .end_amdhsa_kernel
