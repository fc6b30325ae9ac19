; workgroup 64 1 1 grid 128 2 2 group 1 0 0 dims 1 lds 65536 target 2 tier 0 data 0xf1dcfbed4129fd95
s_mov_b64 s[12:13], exec
v_mbcnt_lo_u32_b32 v4, -1, 0
v_mbcnt_hi_u32_b32 v4, -1, v4
v_and_b32 v1, 0x3ff, v0
v_lshlrev_b32 v6, 2, v1
v_cmp_gt_u32 vcc, 40, v4
v_cmp_lt_u32 s[14:15], 20, v4
s_xor_b64 exec, exec, s[14:15]
s_xor_b64 exec, exec, vcc
v_lshlrev_b32 v6, 20, v1
v_add_u32 v7, 1, v6
global_load_dword v15, v6, s[6:7]
s_mov_b64 exec, -1

global_store_dword v5, v15, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
s_endpgm
