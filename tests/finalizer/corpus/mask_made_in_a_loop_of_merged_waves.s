; A mask computed as a number in a loop by chunk, where the waves of the workgroup run as one.
; workgroup 128 1 1 grid 256 2 2 group 1 1 0 dims 0 lds 65536 target 0 tier 0 data 0x4c5631ea11c0bacc apart 1
s_mov_b64 s[12:13], exec
v_mov_b32 v1, v0
v_mov_b32 v2, 0
s_barrier
s_mov_b32 s36, 4
L0:
v_add_lshl_u32 v36, v2, s53, 2
v_and_b32 v6, 0xfffc, v36
s_and_b64 vcc, s[18:19], s[14:15]
s_sub_u32 s36, s36, 1
s_cmp_lg_u32 s36, 0
s_cbranch_scc1 L0
v_cndmask_b32_e64 v8, v8, v9, vcc
global_store_dword v5, v6, s[10:11]
global_store_dword v5, v8, s[10:11] offset:2048
s_endpgm
