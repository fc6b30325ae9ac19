/* SPDX-License-Identifier: MIT
 * A pass of our own; C++, for passes.cpp.
 */
#ifndef CAIRN_FINALIZER_LLVM_AFFINE_H
#define CAIRN_FINALIZER_LLVM_AFFINE_H

#include <llvm/IR/PassManager.h>

struct CairnAffinePass : llvm::PassInfoMixin<CairnAffinePass> {
    llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &);
};

#endif
