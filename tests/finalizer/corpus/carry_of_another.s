; workgroup 64 1 1 grid 128 2 2 group 1 0 0 dims 1 lds 65536 target 2 tier 0 data 0xf1dcfbed4129fd95
s_mov_b64 s[12:13], exec
v_mbcnt_lo_u32_b32 v4, -1, 0
v_mbcnt_hi_u32_b32 v4, -1, v4
v_and_b32 v1, 0x3ff, v0
v_lshlrev_b32 v6, 2, v1
v_mov_b32 v7, 0
v_mov_b32 v36, s7
v_add_co_u32_e32 v10, vcc, s6, v6
v_cmp_eq_u32 vcc, 5, v4
v_addc_co_u32_e32 v11, vcc, v7, v36, vcc
v_sub_u32 v12, v11, v36
v_cmp_eq_u32 vcc, 0, v12
s_and_b64 exec, exec, vcc
global_load_dword v15, v[10:11], off

global_store_dword v5, v15, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
s_endpgm
