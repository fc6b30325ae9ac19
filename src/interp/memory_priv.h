/* SPDX-License-Identifier: MIT
 * What the handlers of memory instructions share: forms of loads and stores, registers of a wave,
 * single accesses to global memory, LDS and scratch, and the check of a whole wave's addresses.
 */
#ifndef CAIRN_INTERP_MEMORY_PRIV_H
#define CAIRN_INTERP_MEMORY_PRIV_H

#include "interp/memory.h"
#include "interp/operand.h"
#include "interp/target.h"
#include "isa/isa.h"
#include "machine/sem_mem.h"

#include <string.h>

#define MEM_INLINE    static inline __attribute__((always_inline))
#define MEM_LIKELY(x) __builtin_expect(!!(x), 1)

/* A row of the register file, or of values on their way to or from it. */
#define MEM_ROW _Alignas(64) uint32_t

enum { MEM_MAX_DWORDS = 4 };

enum mem_form {
    MEM_U8,
    MEM_S8,
    MEM_U16,
    MEM_S16,
    MEM_B32,
    MEM_B64,
    MEM_B96,
    MEM_B128,
    MEM_U8_D16,
    MEM_U8_D16_HI,
    MEM_S8_D16,
    MEM_S8_D16_HI,
    MEM_B16_D16,
    MEM_B16_D16_HI,
    /* stores only; their other forms are U8, U16, B32, B64, B96, B128 */
    MEM_B8_HI,
    MEM_B16_HI,
};

/* The loads and stores that FLAT, GLOBAL, SCRATCH and MUBUF have alike: X(suffix, form,
 * bytes of a lane). */
#define MEM_LOADS(X)                                                                               \
    X(ubyte, MEM_U8, 1)                                                                            \
    X(sbyte, MEM_S8, 1)                                                                            \
    X(ushort, MEM_U16, 2)                                                                          \
    X(sshort, MEM_S16, 2)                                                                          \
    X(dword, MEM_B32, 4)                                                                           \
    X(dwordx2, MEM_B64, 8)                                                                         \
    X(dwordx3, MEM_B96, 12)                                                                        \
    X(dwordx4, MEM_B128, 16)                                                                       \
    X(ubyte_d16, MEM_U8_D16, 1)                                                                    \
    X(ubyte_d16_hi, MEM_U8_D16_HI, 1)                                                              \
    X(sbyte_d16, MEM_S8_D16, 1)                                                                    \
    X(sbyte_d16_hi, MEM_S8_D16_HI, 1)                                                              \
    X(short_d16, MEM_B16_D16, 2)                                                                   \
    X(short_d16_hi, MEM_B16_D16_HI, 2)
#define MEM_STORES(X)                                                                              \
    X(byte, MEM_U8, 1)                                                                             \
    X(byte_d16_hi, MEM_B8_HI, 1)                                                                   \
    X(short, MEM_U16, 2)                                                                           \
    X(short_d16_hi, MEM_B16_HI, 2)                                                                 \
    X(dword, MEM_B32, 4)                                                                           \
    X(dwordx2, MEM_B64, 8)                                                                         \
    X(dwordx3, MEM_B96, 12)                                                                        \
    X(dwordx4, MEM_B128, 16)

MEM_INLINE unsigned mem_form_bytes(enum mem_form form)
{
    switch (form) {
    case MEM_B32:
        return 4;
    case MEM_B64:
        return 8;
    case MEM_B96:
        return 12;
    case MEM_B128:
        return 16;
    case MEM_U16:
    case MEM_S16:
    case MEM_B16_D16:
    case MEM_B16_D16_HI:
    case MEM_B16_HI:
        return 2;
    default:
        return 1;
    }
}

MEM_INLINE unsigned mem_form_dwords(enum mem_form form)
{
    return (mem_form_bytes(form) + 3) / 4;
}

/* A piece is what is bounds-checked and swizzled as one: a dword, or less. */
MEM_INLINE unsigned mem_form_piece(enum mem_form form)
{
    return mem_form_bytes(form) < 4 ? mem_form_bytes(form) : 4;
}

/* Register value of a loaded piece, zero-extended in `raw`. */
MEM_INLINE uint32_t mem_form_extend(enum mem_form form, uint32_t raw)
{
    switch (form) {
    case MEM_S8:
        return cairn_sem_load_sbyte(raw);
    case MEM_S16:
        return cairn_sem_load_sshort(raw);
    case MEM_U8_D16:
    case MEM_B16_D16:
        return cairn_sem_load_d16(raw);
    case MEM_U8_D16_HI:
    case MEM_B16_D16_HI:
        return cairn_sem_load_d16_hi(raw);
    case MEM_S8_D16:
        return cairn_sem_load_sbyte_d16(raw);
    case MEM_S8_D16_HI:
        return cairn_sem_load_sbyte_d16_hi(raw);
    default:
        return raw;
    }
}

MEM_INLINE uint32_t mem_form_shrink(enum mem_form form, uint32_t data)
{
    return form == MEM_B8_HI || form == MEM_B16_HI ? cairn_sem_store_d16_hi(data) : data;
}

/* ---- registers */

/* A source register outside of the allocation reads v0. */
MEM_INLINE const uint32_t *mem_source(const struct cairn_wave *wave, unsigned code)
{
    bool there = cairn_rows_exist(wave->launch, code, 1);
    return wave->vgpr[there ? cairn_row_index(wave->launch, code) : 0];
}

/* Rows of a destination; NULL if one is outside: the instruction then acts as if EXEC were 0. */
MEM_INLINE uint32_t (*mem_destination(struct cairn_wave *wave, const struct cairn_operand *operand,
                                      unsigned dwords)) [CAIRN_WAVE_LANES] {
    bool there = cairn_rows_exist(wave->launch, operand->code, dwords);
    return there ? cairn_operand_rows(wave, operand) : NULL;
}

MEM_INLINE void mem_write_row(uint32_t *row, const uint32_t *value, uint64_t mask)
{
    if (MEM_LIKELY(mask == ~UINT64_C(0))) {
        memcpy(row, value, CAIRN_WAVE_LANES * sizeof *row);
        return;
    }
    for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
        row[lane] = mask >> lane & 1 ? value[lane] : row[lane];
}

/* Runs the following statement for each lane of `mask`, ascending. */
#define MEM_FOR_LANES(lane, mask)                                                                  \
    for (uint64_t left_ = (mask); left_ != 0; left_ &= left_ - 1)                                  \
        for (unsigned lane = (unsigned)__builtin_ctzll(left_), once_ = 1; once_; once_ = 0)

/* ---- single accesses. Host pointers; unaligned is allowed. */

MEM_INLINE uint32_t mem_read(const void *at, unsigned bytes)
{
    uint32_t value = 0;
    if (bytes == 4) {
        memcpy(&value, at, 4);
    } else if (bytes == 2) {
        uint16_t half;
        memcpy(&half, at, 2);
        value = half;
    } else {
        value = *(const uint8_t *)at;
    }
    return value;
}

MEM_INLINE void mem_write(void *at, uint32_t value, unsigned bytes)
{
    if (bytes == 4)
        memcpy(at, &value, 4);
    else if (bytes == 2)
        memcpy(at, &(uint16_t){(uint16_t)value}, 2);
    else
        *(uint8_t *)at = (uint8_t)value;
}

/* LDS: outside of the workgroup's allocation reads give 0 and writes vanish, each piece alone. */
MEM_INLINE bool mem_lds_covers(const struct cairn_workgroup *group, uint32_t offset, unsigned bytes)
{
    return (uint64_t)offset + bytes <= group->lds_bytes;
}

MEM_INLINE uint32_t mem_lds_read(const struct cairn_workgroup *group, uint32_t offset,
                                 unsigned bytes)
{
    return mem_lds_covers(group, offset, bytes) ? mem_read(group->lds + offset, bytes) : 0;
}

MEM_INLINE void mem_lds_write(struct cairn_workgroup *group, uint32_t offset, uint32_t value,
                              unsigned bytes)
{
    if (mem_lds_covers(group, offset, bytes))
        mem_write(group->lds + offset, value, bytes);
}

/* Is [address, address + bytes) in the wave's own scratch? */
MEM_INLINE bool mem_in_scratch(const struct cairn_wave *wave, uint64_t address, unsigned bytes)
{
    uint64_t at = address - (uint64_t)(uintptr_t)wave->scratch;
    return wave->scratch != NULL && at < wave->scratch_bytes && wave->scratch_bytes - at >= bytes;
}

/* Private memory through flat_scratch: reads or writes one piece at `offset` of a lane, byte by
 * byte when it crosses a dword. False: outside of the wave's scratch, nothing was done. */
bool cairn_interp_private_read(const struct cairn_wave *wave, uint32_t offset, unsigned lane,
                               unsigned bytes, uint32_t *out);
bool cairn_interp_private_write(struct cairn_wave *wave, uint32_t offset, unsigned lane,
                                unsigned bytes, uint32_t value);

/* ---- where a flat address points */

enum mem_place { MEM_AT_GLOBAL, MEM_AT_LDS, MEM_AT_PRIVATE };

MEM_INLINE enum mem_place mem_place_of(const struct cairn_wave *wave, uint64_t address)
{
    uint64_t high = address >> 32;
    if (wave->group->lds != NULL && high == (uint64_t)(uintptr_t)wave->group->lds >> 32)
        return MEM_AT_LDS;
    if (high == wave->launch->space->private_aperture >> 32)
        return MEM_AT_PRIVATE;
    if (high == CAIRN_LEGACY_SHARED_APERTURE >> 32)
        return MEM_AT_LDS;
    if (high == CAIRN_LEGACY_PRIVATE_APERTURE >> 32)
        return MEM_AT_PRIVATE;
    return MEM_AT_GLOBAL;
}

/* Checks a piece of global memory for a GLOBAL (or buffer) access; raises the fault and returns
 * false if it may not be touched. */
bool cairn_interp_global_check(struct cairn_wave *wave, uint64_t address, unsigned bytes,
                               unsigned lane);

/* Addresses of a FLAT, GLOBAL or SCRATCH instruction, all lanes. */
MEM_INLINE void mem_flat_addresses(const struct cairn_wave *wave, const struct cairn_insn *insn,
                                   uint64_t *at)
{
    const struct cairn_operand *saddr = &insn->slot[CAIRN_SLOT_SADDR];
    unsigned code = insn->slot[CAIRN_SLOT_ADDR].code;
    uint64_t imm = (uint64_t)(int64_t)insn->imm;
    const uint32_t *low = mem_source(wave, code);
    if (cairn_operand_present(saddr)) {
        uint64_t base = cairn_wave_read64(wave, saddr->code & 127) + imm;
        for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
            at[lane] = base + low[lane];
        return;
    }
    const uint32_t *high = mem_source(wave, code + 1);
    for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
        at[lane] = (low[lane] | (uint64_t)high[lane] << 32) + imm;
}

/* Offsets into private memory of a SCRATCH instruction. */
MEM_INLINE void mem_scratch_offsets(const struct cairn_wave *wave, const struct cairn_insn *insn,
                                    uint32_t *at)
{
    const struct cairn_operand *saddr = &insn->slot[CAIRN_SLOT_SADDR];
    const struct cairn_operand *vaddr = &insn->slot[CAIRN_SLOT_ADDR];
    uint32_t base = (uint32_t)insn->imm;
    if (cairn_operand_present(saddr))
        base += wave->sgpr[saddr->code & 127];
    for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
        at[lane] = base;
    if (!cairn_operand_present(vaddr))
        return;
    const uint32_t *row = mem_source(wave, vaddr->code);
    for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
        at[lane] += row[lane];
}

/* ---- atomics that FLAT, GLOBAL and MUBUF have alike */

struct mem_atomic {
    /* The new value, and the same done to memory that other threads use, returning the old one. */
    uint32_t (*plain32)(uint32_t old, uint32_t data, uint32_t compare);
    uint64_t (*plain64)(uint64_t old, uint64_t data, uint64_t compare);
    uint32_t (*host32)(uint32_t *at, uint32_t data, uint32_t compare);
    uint64_t (*host64)(uint64_t *at, uint64_t data, uint64_t compare);
    uint8_t dwords; /* 1: the 32-bit ones are set, 2: the others */
};

/* NULL if the operation is none. `rows` of the others: four, new value then compare value. */
const struct mem_atomic *cairn_interp_atomic_of(unsigned op);
void cairn_interp_atomic_data(const struct cairn_wave *wave, const struct cairn_insn *insn,
                              const struct mem_atomic *atomic, const uint32_t **rows);
uint64_t cairn_interp_atomic_host(const struct mem_atomic *atomic, void *at,
                                  const uint32_t *const *rows, unsigned lane);
uint64_t cairn_interp_atomic_plain(const struct mem_atomic *atomic, uint64_t old,
                                   const uint32_t *const *rows, unsigned lane);

MEM_INLINE uint64_t mem_pair(const uint32_t *const *rows, unsigned lane)
{
    return rows[0][lane] | (uint64_t)rows[1][lane] << 32;
}

/* ---- the families: each finds its handler by enum cairn_op, NULL if it has none */

/* One row of a table from operation to handler. */
struct mem_handler {
    void (*run)(struct cairn_wave *wave, const struct cairn_insn *insn);
    uint8_t bytes; /* of one lane's access; 0 where that depends on more than the operation */
};

#define MEM_FIND(name) const struct mem_handler *name(unsigned op)
#define MEM_ROW_OF(table, op)                                                                      \
    ((op) < sizeof(table) / sizeof(table)[0] && (table)[op].run != NULL ? &(table)[op] : NULL)

/* Compiled for each host level (interp/target.h). */
MEM_FIND(CAIRN_TARGET(cairn_interp_flat_find));
MEM_FIND(CAIRN_TARGET(cairn_interp_scratch_find));
MEM_FIND(CAIRN_TARGET(cairn_interp_buffer_find));
MEM_FIND(CAIRN_TARGET(cairn_interp_ds_find));
MEM_FIND(CAIRN_TARGET(cairn_interp_ds_lane_find));
/* Any of those five, of this level; and of the level that was chosen. */
MEM_FIND(CAIRN_TARGET(cairn_memory_handler_of));
MEM_FIND(cairn_memory_handler_of);

/* Compiled once. */
MEM_FIND(cairn_interp_atomic_find);
MEM_FIND(cairn_interp_ds_atomic_find);
MEM_FIND(cairn_interp_buffer_other_find);
MEM_FIND(cairn_interp_format_find);
MEM_FIND(cairn_interp_image_find);

#endif
