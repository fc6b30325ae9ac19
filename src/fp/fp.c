/* SPDX-License-Identifier: MIT
 * The host's floating-point environment; and the one place where all of src/fp's headers are
 * compiled alone.
 */
#include "fp/fp.h"

#include "fp/approx.h"
#include "fp/convert.h"

#if defined(__x86_64__)
enum { MXCSR_DEFAULT = 0x1f80 }; /* exceptions masked, nearest even, no FTZ, no DAZ */

uint32_t cairn_fp_host_enter(void)
{
    uint32_t saved = __builtin_ia32_stmxcsr();
    __builtin_ia32_ldmxcsr(MXCSR_DEFAULT);
    return saved;
}

void cairn_fp_host_leave(uint32_t saved)
{
    __builtin_ia32_ldmxcsr(saved);
}
#else
#error "this host's floating-point control register is not known here yet"
#endif
