/* SPDX-License-Identifier: MIT
 * Which host CPU level's matrix functions are used: the best that the machine has, or what
 * CAIRN_TARGET_CPU asks for if the machine has it.
 */
#include "finalizer/matrix.h"

#include "base/option.h"
#include "finalizer/matrix_priv.h"

#include <pthread.h>

enum { LEVEL_BEST, LEVEL_BASE, LEVEL_V3, LEVEL_V4 }; /* choices of CAIRN_TARGET_CPU */

static const struct cairn_matrix_table *table = &cairn_matrix_table_base;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void choose(void)
{
#if defined(__x86_64__)
    unsigned wanted = cairn_option_choice(CAIRN_OPTION_TARGET_CPU);
    __builtin_cpu_init();
    if (wanted == LEVEL_BEST)
        wanted = LEVEL_V4;
    if (wanted >= LEVEL_V4 && __builtin_cpu_supports("x86-64-v4"))
        table = &cairn_matrix_table_v4;
    else if (wanted >= LEVEL_V3 && __builtin_cpu_supports("x86-64-v3"))
        table = &cairn_matrix_table_v3;
#endif
}

const struct cairn_matrix_table *cairn_finalizer_matrices(void)
{
    pthread_once(&once, choose);
    return table;
}
