; workgroup 256 1 1 grid 512 2 2 group 0 0 1 dims 2 lds 65536 target 0 tier 0 data 0x8c353f75f799f2da
s_mov_b64 s[12:13], exec
 v_mbcnt_lo_u32_b32 v4, -1, 0
v_mbcnt_hi_u32_b32 v4, -1, v4
v_and_b32 v1, 0x3ff, v0
v_bfe_u32 v2, v0, 10, 10
v_bfe_u32 v3, v0, 20, 10
v_lshlrev_b32 v6, 2, v1
v_lshlrev_b32 v7, 2, v1
v_lshlrev_b32 v8, 2, v1
v_lshlrev_b32 v9, 2, v4
v_mov_b32 v10, s6
 v_mov_b32 v11, s7
v_mov_b32 v12, s6
 v_mov_b32 v13, s7
global_load_dword v21, v15, s[6:7]
ds_add_rtn_u32 v21, v8, v19 offset:80
s_mov_b64 exec, s[12:13]
s_cselect_b32 s56, 1, 0
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
v_mov_b32 v36, s14
global_store_dword v5, v36, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
v_mov_b32 v36, s15
global_store_dword v5, v36, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
v_mov_b32 v36, s16
global_store_dword v5, v36, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
v_mov_b32 v36, s17
global_store_dword v5, v36, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
v_mov_b32 v36, s18
global_store_dword v5, v36, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
v_mov_b32 v36, s19
global_store_dword v5, v36, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
v_mov_b32 v36, vcc_lo
global_store_dword v5, v36, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
v_mov_b32 v36, vcc_hi
global_store_dword v5, v36, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
v_mov_b32 v36, s56
global_store_dword v5, v36, s[10:11]
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
