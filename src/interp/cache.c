/* SPDX-License-Identifier: MIT
 * Decoded blocks of a code object, found by address. Blocks are decoded when they are first
 * reached, by whichever thread that is, and live until cairn_interp_forget.
 */
#include "interp/block.h"

#include "interp/interp.h"

#include <pthread.h>
#include <stdlib.h>

enum { MAX_BLOCK_OPS = 64 };

struct cache {
    pthread_mutex_t lock; /* guards filling of tables; reading needs no lock */
    size_t dwords;
    /* By mode, then by (pc - base) / 4. Pointers are published with release stores. */
    struct cairn_block *_Atomic *_Atomic tables[CAIRN_BLOCK_MODES];
};

static struct cache *cache_create(const struct cairn_code *code)
{
    struct cache *cache = calloc(1, sizeof *cache);
    if (cache == NULL)
        return NULL;
    cache->dwords = code->size / 4;
    pthread_mutex_init(&cache->lock, NULL);
    return cache;
}

static void cache_destroy(struct cache *cache)
{
    for (unsigned mode = 0; mode < CAIRN_BLOCK_MODES; mode++) {
        struct cairn_block *_Atomic *table = cache->tables[mode];
        for (size_t i = 0; table != NULL && i < cache->dwords; i++)
            free(table[i]);
        free((void *)table);
    }
    pthread_mutex_destroy(&cache->lock);
    free(cache);
}

/* code->interp_cache, made at the first call. */
static struct cache *cache_of(struct cairn_code *code)
{
    struct cache *cache = __atomic_load_n((struct cache **)&code->interp_cache, __ATOMIC_ACQUIRE);
    if (__builtin_expect(cache != NULL, 1))
        return cache;
    struct cache *made = cache_create(code);
    if (made == NULL)
        return NULL;
    if (__atomic_compare_exchange_n((struct cache **)&code->interp_cache, &cache, made, false,
                                    __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return made;
    cache_destroy(made);
    return cache;
}

void cairn_interp_forget(struct cairn_code *code)
{
    if (code->interp_cache != NULL)
        cache_destroy(code->interp_cache);
    code->interp_cache = NULL;
}

/* May code after this one not be reached by falling through, or may the mode of blocks change? */
static bool ends_block(const struct cairn_insn *insn)
{
    if (cairn_isa_flags(insn) & (CAIRN_ISA_BRANCH | CAIRN_ISA_ENDS))
        return true;
    switch (insn->op) {
    case CAIRN_OP_s_barrier:
    case CAIRN_OP_s_sleep:
    case CAIRN_OP_s_sethalt:
    case CAIRN_OP_s_setkill:
    case CAIRN_OP_s_sendmsg:
    case CAIRN_OP_s_sendmsghalt:
    case CAIRN_OP_s_trap:
    case CAIRN_OP_s_setreg_b32:
    case CAIRN_OP_s_setreg_imm32_b32:
    case CAIRN_OP_s_setvskip:
    case CAIRN_OP_s_set_gpr_idx_on:
    case CAIRN_OP_s_set_gpr_idx_off:
    case CAIRN_OP_s_set_gpr_idx_idx:
    case CAIRN_OP_s_set_gpr_idx_mode:
    case CAIRN_OP_s_cbranch_i_fork:
    case CAIRN_OP_s_cbranch_g_fork:
    case CAIRN_OP_s_cbranch_join:
    case CAIRN_OP_s_rfe_b64:
    case CAIRN_OP_s_rfe_restore_b64:
    case CAIRN_OP_ds_gws_init:
    case CAIRN_OP_ds_gws_barrier:
    case CAIRN_OP_ds_gws_sema_v:
    case CAIRN_OP_ds_gws_sema_br:
    case CAIRN_OP_ds_gws_sema_p:
    case CAIRN_OP_ds_gws_sema_release_all:
        return true;
    default:
        return false;
    }
}

/* Decodes from `pc` on into ops[0..MAX_BLOCK_OPS], the last of which only ends the block. Returns
 * how many ops there are. */
static unsigned decode_ops(const struct cairn_code *code, const struct cairn_gfx *gfx, uint64_t pc,
                           unsigned mode, struct cairn_block *block)
{
    unsigned count = 0;
    uint64_t end = code->base + code->size;
    uint32_t most = mode & CAIRN_BLOCK_SINGLE ? 1 : 4 * MAX_BLOCK_OPS;
    bool ended = false;
    while (!ended && count < MAX_BLOCK_OPS && pc < end && block->instructions < most) {
        struct cairn_interp_op *op = &block->ops[count];
        struct cairn_bytes bytes = cairn_bytes_of((const void *)(uintptr_t)pc, (size_t)(end - pc));
        *op = (struct cairn_interp_op){.pc = pc};
        if (cairn_isa_decode(gfx, bytes, &op->insn) != CAIRN_OK) {
            op->run = cairn_op_illegal;
            return count + 1;
        }
        ended = ends_block(&op->insn);
        pc += op->insn.size_bytes;
        block->instructions++;
        cairn_op_prepare(op, mode);
        if (op->run == cairn_op_nop)
            continue;
        if (cairn_insn_is_vector(&op->insn))
            cairn_op_rows(&op->insn, &block->arch_rows, &block->acc_rows);
        count++;
    }
    block->ops[count] = (struct cairn_interp_op){.run = cairn_op_end, .pc = pc};
    return count + 1;
}

static struct cairn_block *block_create(const struct cairn_code *code, const struct cairn_gfx *gfx,
                                        uint64_t pc, unsigned mode)
{
    size_t op_size = sizeof(struct cairn_interp_op);
    struct cairn_block *block = malloc(sizeof *block + (MAX_BLOCK_OPS + 1) * op_size);
    if (block == NULL)
        return NULL;
    *block = (struct cairn_block){0};
    unsigned count = decode_ops(code, gfx, pc, mode, block);
    struct cairn_block *smaller = realloc(block, sizeof *block + count * op_size);
    return smaller != NULL ? smaller : block;
}

static const struct cairn_block *fill(struct cache *cache, const struct cairn_code *code,
                                      const struct cairn_gfx *gfx, uint64_t pc, unsigned mode)
{
    size_t index = (pc - code->base) / 4;
    struct cairn_block *block = NULL;
    pthread_mutex_lock(&cache->lock);
    struct cairn_block *_Atomic *table = cache->tables[mode];
    if (table == NULL) {
        table = calloc(cache->dwords, sizeof *table);
        atomic_store_explicit(&cache->tables[mode], table, memory_order_release);
    }
    if (table != NULL) {
        block = table[index];
        if (block == NULL) {
            block = block_create(code, gfx, pc, mode);
            atomic_store_explicit(&table[index], block, memory_order_release);
        }
    }
    pthread_mutex_unlock(&cache->lock);
    return block;
}

const struct cairn_block *cairn_block_at(struct cairn_code *code, const struct cairn_gfx *gfx,
                                         uint64_t pc, unsigned mode)
{
    struct cache *cache = cache_of(code);
    if (cache == NULL || (pc - code->base) / 4 >= cache->dwords)
        return NULL;
    struct cairn_block *_Atomic *table =
        atomic_load_explicit(&cache->tables[mode], memory_order_acquire);
    if (__builtin_expect(table != NULL, 1)) {
        struct cairn_block *block =
            atomic_load_explicit(&table[(pc - code->base) / 4], memory_order_acquire);
        if (__builtin_expect(block != NULL, 1))
            return block;
    }
    return fill(cache, code, gfx, pc, mode);
}
