; workgroup 64 1 1 grid 128 2 2 group 1 0 0 dims 1 lds 65536 target 2 tier 0 data 0xf1dcfbed4129fd95
s_mov_b64 s[12:13], exec
v_mbcnt_lo_u32_b32 v4, -1, 0
v_mbcnt_hi_u32_b32 v4, -1, v4
v_and_b32 v1, 0x3ff, v0
v_and_b32 v6, 15, v1
v_lshlrev_b32 v6, 2, v6
s_barrier
ds_write_b32 v6, v14
ds_read_b32 v15, v6

global_store_dword v5, v15, s[10:11]
s_add_u32 s10, s10, 4096
s_addc_u32 s11, s11, 0
s_endpgm
