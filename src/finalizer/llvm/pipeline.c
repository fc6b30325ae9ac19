/* SPDX-License-Identifier: MIT
 * Runs the lists of passes. Loops over chunks are as the lifter wants them: nothing here unrolls or
 * vectorises.
 */
#include "finalizer/llvm/pipeline.h"
#include "base/dump.h"
#include "base/log.h"
#include "base/option.h"
#include "finalizer/llvm/guard.h"

#include <llvm-c/Analysis.h>
#include <llvm-c/Core.h>
#include <llvm-c/Error.h>
#include <llvm-c/Transforms/PassBuilder.h>
#include <stdlib.h>
#include <string.h>

static const char *const lists[] = {
    [CAIRN_TIER_QUICK] = "function(sroa,early-cse,adce)",
    [CAIRN_TIER_FULL] =
        "function(sroa,early-cse,instcombine<no-verify-fixpoint>,simplifycfg,gvn,loop-mssa(licm),"
        "instcombine<no-verify-fixpoint>,dse,adce,simplifycfg)",
};

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
    cairn_dump_write(name, kind, text, strlen(text));
    LLVMDisposeMessage(text);
}

/* Functions to be inlined: the semantics library's. */
static bool has_always_inline(LLVMModuleRef module)
{
    unsigned kind = LLVMGetEnumAttributeKindForName("alwaysinline", strlen("alwaysinline"));
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f != NULL; f = LLVMGetNextFunction(f))
        if (!LLVMIsDeclaration(f) &&
            LLVMGetEnumAttributeAtIndex(f, (LLVMAttributeIndex)LLVMAttributeFunctionIndex, kind))
            return true;
    return false;
}

static enum cairn_status run_passes(LLVMModuleRef module, LLVMTargetMachineRef machine,
                                    const char *passes)
{
    LLVMPassBuilderOptionsRef options = LLVMCreatePassBuilderOptions();
    LLVMErrorRef error = LLVMRunPasses(module, passes, machine, options);
    LLVMDisposePassBuilderOptions(options);
    if (error == LLVMErrorSuccess)
        return CAIRN_OK;
    char *text = LLVMGetErrorMessage(error);
    cairn_log(CAIRN_LOG_ERROR, "finalizer: kernel %s: %s", cairn_guard_name(), text);
    LLVMDisposeErrorMessage(text);
    return CAIRN_ERR_UNSUPPORTED;
}

enum cairn_status cairn_pipeline_run(LLVMModuleRef module, LLVMTargetMachineRef machine,
                                     enum cairn_tier tier)
{
    dump(module, "ir");
    enum cairn_status status = verify(module, "as lifted");
    if (status == CAIRN_OK && has_always_inline(module))
        status = run_passes(module, machine, "always-inline");
    if (status == CAIRN_OK)
        status = run_passes(module, machine, lists[tier]);
    if (status != CAIRN_OK)
        return status;
    dump(module, "opt");
    return verify(module, "after the passes");
}
