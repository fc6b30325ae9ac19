/* SPDX-License-Identifier: MIT
 * A pass of our own, around a mistake of LLVM's; C++, for passes.cpp.
 */
#ifndef CAIRN_FINALIZER_LLVM_LOGIC_H
#define CAIRN_FINALIZER_LLVM_LOGIC_H

#include <llvm/IR/PassManager.h>

struct CairnLogicPass : llvm::PassInfoMixin<CairnLogicPass> {
    llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &);
};

#endif
