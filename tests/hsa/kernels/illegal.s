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

    .amdgpu_metadata
---
amdhsa.version: [ 1, 2 ]
amdhsa.kernels:
  - .name: illegal
    .symbol: illegal.kd
    .kernarg_segment_size: 0
    .kernarg_segment_align: 8
    .group_segment_fixed_size: 0
    .private_segment_fixed_size: 0
    .wavefront_size: 64
    .sgpr_count: 8
    .vgpr_count: 4
    .max_flat_workgroup_size: 1024
...
    .end_amdgpu_metadata
