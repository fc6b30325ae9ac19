; workgroup 128 2 1 grid 256 4 2 group 0 0 1 dims 1 lds 65536 target 2 tier 1 data 0xc6022c8b216685a1
s_mov_b64 s[12:13], exec
 v_mbcnt_lo_u32_b32 v4, -1, 0
v_mbcnt_hi_u32_b32 v4, -1, v4
v_and_b32 v1, 0x3ff, v0
v_bfe_u32 v2, v0, 10, 10
v_mov_b32 v3, 0
v_lshlrev_b32 v6, 2, v1
v_lshlrev_b32 v7, 2, v1
v_lshlrev_b32 v8, 2, v1
v_lshlrev_b32 v9, 2, v4
v_mov_b32 v10, s6
 v_mov_b32 v11, s7
v_mov_b32 v12, s6
 v_mov_b32 v13, s7
s_movk_i32 s56, 2
 v_mad_u32_u24 v40, v3, s56, v2
s_movk_i32 s56, 128
 v_mad_u32_u24 v40, v40, s56, v1
 v_lshlrev_b32 v41, 4, v40
 v_lshlrev_b32 v40, 2, v40
ds_write_b32 v40, v23 offset:4096
 s_waitcnt lgkmcnt(0)
 s_barrier
 v_and_b32 v36, 0x3fc, v9
 ds_read_b32 v23, v36 offset:4096
 s_waitcnt lgkmcnt(0)
 s_barrier
global_load_dword v14, v9, s[6:7]
s_and_b64 s[16:17], s[16:17], s[18:19]
s_cmp_lt_u32 s47, s43
 s_cbranch_scc1 L1613
v_cndmask_b32_e64 v15, 1, v17, s[16:17]
L1613:
v_cmp_gt_i32_e64 vcc, s45, v18
s_mov_b64 s[20:21], exec
 s_and_b64 exec, exec, vcc
s_xor_b64 s[20:21], exec, s[20:21]
s_cbranch_execz L1614
s_mul_hi_u32 s41, s42, s44
L1614:
s_or_saveexec_b64 s[22:23], s[20:21]
 s_xor_b64 exec, exec, s[22:23]
s_cbranch_execz LE1614
v_cndmask_b32_e64 v20, v20, v6, s[16:17]
LE1614:
 s_or_b64 exec, exec, s[22:23]
s_or_b64 exec, exec, s[20:21]
s_mov_b64 exec, s[12:13]
global_store_dword v5, v6, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
global_store_dword v5, v7, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
global_store_dword v5, v8, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
global_store_dword v5, v9, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
global_store_dword v5, v10, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
global_store_dword v5, v11, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
global_store_dword v5, v12, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
global_store_dword v5, v13, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
global_store_dword v5, v14, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
global_store_dword v5, v15, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
global_store_dword v5, v16, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
global_store_dword v5, v17, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
global_store_dword v5, v18, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
global_store_dword v5, v19, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
global_store_dword v5, v20, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
global_store_dword v5, v21, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
global_store_dword v5, v22, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
global_store_dword v5, v23, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
global_store_dword v5, v24, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
global_store_dword v5, v25, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
global_store_dword v5, v26, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
global_store_dword v5, v27, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
global_store_dword v5, v28, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
global_store_dword v5, v29, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
global_store_dword v5, v30, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
global_store_dword v5, v31, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
global_store_dword v5, v32, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
global_store_dword v5, v33, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
global_store_dword v5, v34, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
global_store_dword v5, v35, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
v_mov_b32 v36, s40
global_store_dword v5, v36, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
v_mov_b32 v36, s41
global_store_dword v5, v36, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
v_mov_b32 v36, s42
global_store_dword v5, v36, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
v_mov_b32 v36, s43
global_store_dword v5, v36, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
v_mov_b32 v36, s44
global_store_dword v5, v36, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
v_mov_b32 v36, s45
global_store_dword v5, v36, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
v_mov_b32 v36, s46
global_store_dword v5, v36, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
v_mov_b32 v36, s47
global_store_dword v5, v36, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
s_endpgm
