/* SPDX-License-Identifier: MIT
 * A pass of our own; C++, for passes.cpp.
 */
#ifndef CAIRN_FINALIZER_LLVM_COLD_H
#define CAIRN_FINALIZER_LLVM_COLD_H

#include <llvm/IR/PassManager.h>

struct CairnColdPass : llvm::PassInfoMixin<CairnColdPass> {
    llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &);
};

#endif
