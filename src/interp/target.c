/* SPDX-License-Identifier: MIT
 * Which host CPU level's vector code runs: the best that the machine has, or what CAIRN_TARGET_CPU
 * asks for if the machine has it.
 */
#include "base/option.h"
#include "interp/block.h"
#include "interp/dpp.h"
#include "interp/matrix_kernel.h"
#include "interp/memory_priv.h"

#include <pthread.h>

bool cairn_valu_prepare_base(struct cairn_interp_op *op);
MEM_FIND(cairn_memory_handler_of_base);
#if defined(__x86_64__)
MEM_FIND(cairn_memory_handler_of_v3); /* for higher levels too: gathers of v4 are no faster */
bool cairn_valu_prepare_v3(struct cairn_interp_op *op);
bool cairn_valu_prepare_v4(struct cairn_interp_op *op);
#endif

static bool (*prepare)(struct cairn_interp_op *op) = cairn_valu_prepare_base;
static cairn_matrix_handler *(*matrix)(unsigned op) = cairn_matrix_handler_of_base;
static const struct mem_handler *(*memory)(unsigned op) = cairn_memory_handler_of_base;
static pthread_once_t once = PTHREAD_ONCE_INIT;

enum { LEVEL_BEST, LEVEL_BASE, LEVEL_V3, LEVEL_V4 }; /* choices of CAIRN_TARGET_CPU */

static void choose(void)
{
    cairn_dpp_init();
#if defined(__x86_64__)
    unsigned wanted = cairn_option_choice(CAIRN_OPTION_TARGET_CPU);
    __builtin_cpu_init();
    if (wanted == LEVEL_BEST)
        wanted = LEVEL_V4;
    if (wanted >= LEVEL_V4 && __builtin_cpu_supports("x86-64-v4"))
        prepare = cairn_valu_prepare_v4, matrix = cairn_matrix_handler_of_v4,
        memory = cairn_memory_handler_of_v3;
    else if (wanted >= LEVEL_V3 && __builtin_cpu_supports("x86-64-v3"))
        prepare = cairn_valu_prepare_v3, matrix = cairn_matrix_handler_of_v3,
        memory = cairn_memory_handler_of_v3;
#endif
}

bool cairn_valu_prepare(struct cairn_interp_op *op)
{
    pthread_once(&once, choose);
    return prepare(op);
}

cairn_matrix_handler *cairn_matrix_handler_of(unsigned op)
{
    pthread_once(&once, choose);
    return matrix(op);
}

MEM_FIND(cairn_memory_handler_of)
{
    pthread_once(&once, choose);
    return memory(op);
}
