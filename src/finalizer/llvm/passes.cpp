/* SPDX-License-Identifier: MIT
 * Lists of passes over the functions of a kernel's module. C++, because LLVM's C interface names
 * passes by text and so needs all of them linked in. Nothing else belongs here.
 */
#include "finalizer/llvm/passes.h"

#include "finalizer/llvm/affine.h"
#include "finalizer/llvm/cold.h"
#include "finalizer/llvm/logic.h"

#include <llvm/Analysis/AliasAnalysis.h>
#include <llvm/Analysis/AssumptionCache.h>
#include <llvm/Analysis/BasicAliasAnalysis.h>
#include <llvm/Analysis/BlockFrequencyInfo.h>
#include <llvm/Analysis/BranchProbabilityInfo.h>
#include <llvm/Analysis/LastRunTrackingAnalysis.h>
#include <llvm/Analysis/LoopAnalysisManager.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/MemorySSA.h>
#include <llvm/Analysis/OptimizationRemarkEmitter.h>
#include <llvm/Analysis/PostDominators.h>
#include <llvm/Analysis/ProfileSummaryInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/Analysis/ScopedNoAliasAA.h>
#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/Analysis/TypeBasedAliasAnalysis.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/PassManager.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/ADCE.h>
#include <llvm/Transforms/Scalar/DeadStoreElimination.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/LICM.h>
#include <llvm/Transforms/Scalar/LoopPassManager.h>
#include <llvm/Transforms/Scalar/SROA.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>

using namespace llvm;

namespace
{

/* What the passes may ask about the code, and who answers. */
struct Analyses {
    LoopAnalysisManager loop;
    FunctionAnalysisManager function;
    ModuleAnalysisManager module;

    Analyses(const Module &code, TargetMachine &machine);
};

template <class Manager, class... Kinds> void add(Manager &manager)
{
    (manager.registerPass([] { return Kinds(); }), ...);
}

AAManager aliases()
{
    AAManager all;
    all.registerFunctionAnalysis<BasicAA>();
    all.registerFunctionAnalysis<ScopedNoAliasAA>();
    all.registerFunctionAnalysis<TypeBasedAA>();
    return all;
}

Analyses::Analyses(const Module &code, TargetMachine &machine)
{
    TargetLibraryInfoImpl library(code.getTargetTriple());
    library.disableAllFunctions(); /* objects have no C library to call */
    function.registerPass([=] { return TargetLibraryAnalysis(library); });
    function.registerPass([&] { return machine.getTargetIRAnalysis(); });
    function.registerPass([] { return aliases(); });
    add<FunctionAnalysisManager, PassInstrumentationAnalysis, AssumptionAnalysis, BasicAA,
        ScopedNoAliasAA, TypeBasedAA, BlockFrequencyAnalysis, BranchProbabilityAnalysis,
        DominatorTreeAnalysis, PostDominatorTreeAnalysis, LoopAnalysis, MemorySSAAnalysis,
        OptimizationRemarkEmitterAnalysis, ScalarEvolutionAnalysis, LastRunTrackingAnalysis>(
        function);
    add<LoopAnalysisManager, PassInstrumentationAnalysis>(loop);
    add<ModuleAnalysisManager, PassInstrumentationAnalysis, ProfileSummaryAnalysis>(module);
    function.registerPass([&] { return LoopAnalysisManagerFunctionProxy(loop); });
    function.registerPass([&] { return ModuleAnalysisManagerFunctionProxy(module); });
    loop.registerPass([&] { return FunctionAnalysisManagerLoopProxy(function); });
    module.registerPass([&] { return FunctionAnalysisManagerModuleProxy(function); });
}

FunctionPassManager quick_list()
{
    FunctionPassManager list;
    list.addPass(SROAPass(SROAOptions::ModifyCFG));
    list.addPass(EarlyCSEPass());
    list.addPass(ADCEPass());
    list.addPass(CairnLogicPass());
    return list;
}

FunctionPassManager full_list()
{
    InstCombineOptions no_fixpoint = InstCombineOptions().setVerifyFixpoint(false);
    FunctionPassManager list;
    list.addPass(SROAPass(SROAOptions::ModifyCFG));
    list.addPass(EarlyCSEPass());
    list.addPass(InstCombinePass(no_fixpoint));
    list.addPass(SimplifyCFGPass());
    list.addPass(EarlyCSEPass(true)); /* over MemorySSA: loads across blocks */
    list.addPass(createFunctionToLoopPassAdaptor(LICMPass(LICMOptions()), true));
    list.addPass(DSEPass());
    list.addPass(ADCEPass());
    list.addPass(CairnAffinePass());
    list.addPass(CairnColdPass());
    list.addPass(CairnLogicPass());
    return list;
}

} // namespace

void cairn_passes_run(LLVMModuleRef module_ref, LLVMTargetMachineRef machine_ref, bool full)
{
    Module &module = *unwrap(module_ref);
    Analyses analyses(module, *reinterpret_cast<TargetMachine *>(machine_ref));
    FunctionPassManager list = full ? full_list() : quick_list();
    for (Function &function : module)
        if (!function.isDeclaration())
            list.run(function, analyses.function);
}
