; workgroup 64 1 1 grid 128 2 2 group 1 0 0 dims 1 lds 65536 target 2 tier 0 data 0xf1dcfbed4129fd95
s_mov_b64 s[12:13], exec
v_mbcnt_lo_u32_b32 v4, -1, 0
v_mbcnt_hi_u32_b32 v4, -1, v4
v_and_b32 v1, 0x3ff, v0
s_mov_b64 s[14:15], exec
v_mov_b32 v15, 0
v_mov_b32 v16, 0
s_mov_b32 exec_lo, 0x7e7e7e7e
s_mov_b32 exec_hi, 0x7e7e7e7e
s_mov_b32 s56, 0xffff0000
v_mov_b32 v6, s56
v_mov_b32 v36, s61
s_mov_b32 s57, 0x10004
v_add_co_u32_e32 v10, vcc, s57, v6
global_store_dword v5, v15, s[10:11] offset:8
global_load_dword v17, v5, s[10:11] offset:4
global_store_dword v5, v17, s[10:11] offset:12
v_addc_co_u32_e32 v11, vcc, 0, v36, vcc
v_mov_b32 v15, v10
v_mov_b32 v16, v11
s_mov_b64 exec, s[14:15]

global_store_dword v5, v15, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
global_store_dword v5, v16, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
s_endpgm
