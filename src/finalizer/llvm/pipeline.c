/* SPDX-License-Identifier: MIT
 * Runs the passes, with dumps and verification around them. Loops over chunks are as the lifter
 * wants them: nothing here unrolls or vectorises.
 */
#include "finalizer/llvm/pipeline.h"
#include "base/dump.h"
#include "base/log.h"
#include "base/option.h"
#include "finalizer/llvm/guard.h"
#include "finalizer/llvm/passes.h"

#include <llvm-c/Analysis.h>
#include <llvm-c/Core.h>
#include <stdio.h>
#include <string.h>

static bool verify_wanted(const char *name)
{
    enum { AUTO, YES, NO }; /* choices of CAIRN_VERIFY */
    unsigned wanted = cairn_option_choice(CAIRN_OPTION_VERIFY);
#ifndef NDEBUG
    if (wanted == AUTO)
        return true;
#endif
    return wanted == YES ||
           (wanted == AUTO && (cairn_dump_wanted(name, "ir") || cairn_dump_wanted(name, "opt")));
}

static enum cairn_status verify(LLVMModuleRef module, const char *when)
{
    const char *name = cairn_guard_name();
    if (!verify_wanted(name))
        return CAIRN_OK;
    char *text = NULL;
    bool bad = LLVMVerifyModule(module, LLVMReturnStatusAction, &text);
    if (bad)
        cairn_log(CAIRN_LOG_ERROR, "finalizer: kernel %s: bad IR %s: %s", name, when, text);
    LLVMDisposeMessage(text);
    return bad ? CAIRN_ERR_BAD_FORMAT : CAIRN_OK;
}

static void dump(LLVMModuleRef module, const char *kind)
{
    const char *name = cairn_guard_name();
    if (!cairn_dump_wanted(name, kind))
        return;
    char *text = LLVMPrintModuleToString(module);
    size_t length;
    cairn_dump_write(LLVMGetModuleIdentifier(module, &length), kind, text, strlen(text));
    LLVMDisposeMessage(text);
}

/* For dumps: both tiers of a kernel are kept apart. */
static void name_module(LLVMModuleRef module, enum cairn_tier tier)
{
    char name[256];
    int length = snprintf(name, sizeof name, "%.240s.%s", cairn_guard_name(),
                          tier == CAIRN_TIER_QUICK ? "quick" : "full");
    LLVMSetModuleIdentifier(module, name, (size_t)length);
}

enum cairn_status cairn_pipeline_run(LLVMModuleRef module, LLVMTargetMachineRef machine,
                                     enum cairn_tier tier)
{
    name_module(module, tier);
    dump(module, "ir");
    enum cairn_status status = verify(module, "as lifted");
    if (status != CAIRN_OK)
        return status;
    cairn_passes_run(module, machine, tier == CAIRN_TIER_FULL);
    dump(module, "opt");
    return verify(module, "after the passes");
}
