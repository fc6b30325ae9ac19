/* SPDX-License-Identifier: MIT
 * What raw, formatted and atomic buffer instructions share: the operands of one instruction, and
 * the address, range check and access of one piece of one lane.
 */
#ifndef CAIRN_INTERP_MEMORY_BUFFER_H
#define CAIRN_INTERP_MEMORY_BUFFER_H

#include "interp/memory_priv.h"

/* Operands of one buffer instruction. */
struct mem_buffer {
    struct cairn_sem_buffer resource;
    uint32_t soffset, imm;
    bool indexed;            /* an index takes part: idxen or add_tid */
    const uint32_t *indices; /* NULL without idxen */
    const uint32_t *offsets; /* NULL without offen */
};

MEM_INLINE struct mem_buffer mem_buffer_of(const struct cairn_wave *wave,
                                           const struct cairn_insn *insn)
{
    const uint32_t *d = &wave->sgpr[insn->slot[CAIRN_SLOT_RSRC].code & 124];
    const struct cairn_operand *vaddr = &insn->slot[CAIRN_SLOT_ADDR];
    const struct cairn_operand *soffset = &insn->slot[CAIRN_SLOT_SOFFSET];
    struct mem_buffer b = {
        .resource = cairn_sem_buffer_unpack(d[0], d[1], d[2], d[3]),
        .imm = (uint32_t)insn->imm & 0xfff,
        .soffset = (uint32_t)cairn_scalar_value(wave, insn, soffset),
        .indices = insn->idxen ? mem_source(wave, vaddr->code) : NULL,
        .offsets = insn->offen ? mem_source(wave, vaddr->code + insn->idxen) : NULL,
    };
    b.indexed = insn->idxen || b.resource.add_tid;
    return b;
}

MEM_INLINE uint32_t mem_buffer_index(const struct mem_buffer *b, unsigned lane)
{
    return (b->indices != NULL ? b->indices[lane] : 0) + (b->resource.add_tid ? lane : 0);
}

MEM_INLINE uint32_t mem_buffer_offset(const struct mem_buffer *b, unsigned lane)
{
    return b->imm + (b->offsets != NULL ? b->offsets[lane] : 0);
}

MEM_INLINE bool mem_buffer_in_range(const struct mem_buffer *b, unsigned lane, uint32_t extra,
                                    unsigned bytes)
{
    return cairn_sem_buffer_in_range(&b->resource, b->indexed, mem_buffer_index(b, lane),
                                     mem_buffer_offset(b, lane) + extra, bytes);
}

MEM_INLINE uint64_t mem_buffer_address(const struct mem_buffer *b, unsigned lane, uint32_t extra)
{
    return cairn_sem_buffer_address(&b->resource, b->soffset, mem_buffer_index(b, lane),
                                    mem_buffer_offset(b, lane) + extra);
}

/* Host address of bytes of a buffer, if they are the wave's scratch or guest memory; else NULL and
 * a fault. */
uint8_t *cairn_interp_buffer_resolve(struct cairn_wave *wave, const struct mem_buffer *b,
                                     uint64_t address, unsigned bytes, unsigned lane);

/* Reads or writes one piece (at most four bytes) at `extra` beyond a lane's own offset, whatever
 * the range check says. False: it faulted. */
bool cairn_interp_buffer_read(struct cairn_wave *wave, const struct mem_buffer *b, unsigned lane,
                              uint32_t extra, unsigned bytes, uint32_t *out);
bool cairn_interp_buffer_write(struct cairn_wave *wave, const struct mem_buffer *b, unsigned lane,
                               uint32_t extra, unsigned bytes, uint32_t value);

/* Where the lane's dword in LDS is for buffer instructions with the lds bit: M0[15:0] + instruction
 * offset + lane * 4. */
MEM_INLINE uint32_t mem_buffer_lds_offset(const struct cairn_wave *wave, const struct mem_buffer *b,
                                          unsigned lane)
{
    return (wave->sgpr[CAIRN_CODE_M0] & 0xffff) + b->imm + lane * 4;
}

#endif
