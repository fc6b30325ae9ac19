/* SPDX-License-Identifier: MIT
 * Moves what only cold code asks for into that code. Slow ways of memory accesses want the addresses
 * of all lanes as vectors, which nobody else does where the lanes lie side by side; several slow
 * ways want the same, so each gets a copy.
 */
#include "finalizer/llvm/cold.h"

#include <llvm/ADT/MapVector.h>
#include <llvm/ADT/PostOrderIterator.h>
#include <llvm/ADT/SmallPtrSet.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Metadata.h>
#include <llvm/IR/ProfDataUtils.h>

using namespace llvm;

namespace
{

constexpr uint32_t HARDLY_EVER = 1000;
constexpr size_t MOST_COPIES = 3;

/* The blocks that a branch goes to hardly ever, and nobody else does. */
SmallPtrSet<BasicBlock *, 32> find_cold(Function &function)
{
    SmallPtrSet<BasicBlock *, 32> cold;
    for (BasicBlock &block : function) {
        uint64_t taken, other;
        auto *branch = dyn_cast<BranchInst>(block.getTerminator());
        if (branch == nullptr || !branch->isConditional() ||
            !extractBranchWeights(*branch, taken, other))
            continue;
        for (unsigned i = 0; i < 2; i++) {
            BasicBlock *to = branch->getSuccessor(i);
            bool unlikely = i == 0 ? other / HARDLY_EVER >= taken : taken / HARDLY_EVER >= other;
            if (unlikely && to->getSinglePredecessor() != nullptr)
                cold.insert(to);
        }
    }
    return cold;
}

bool may_move(const Instruction &insn)
{
    return !insn.isTerminator() && !isa<PHINode>(insn) && !isa<AllocaInst>(insn) &&
           (!isa<CallBase>(insn) || isa<IntrinsicInst>(insn)) && !insn.mayReadOrWriteMemory() && !insn.getType()->isVoidTy();
}

BasicBlock *block_of(const Use &use)
{
    auto *user = cast<Instruction>(use.getUser());
    if (auto *phi = dyn_cast<PHINode>(user))
        return phi->getIncomingBlock(use);
    return user->getParent();
}

/* True if it is gone. */
bool move(Instruction &insn, const SmallPtrSet<BasicBlock *, 32> &cold)
{
    if (!may_move(insn) || insn.use_empty() || cold.contains(insn.getParent()))
        return false;
    MapVector<BasicBlock *, SmallVector<Use *, 4>> users;
    for (Use &use : insn.uses()) {
        BasicBlock *block = block_of(use);
        if (!cold.contains(block))
            return false;
        users[block].push_back(&use);
    }
    if (users.size() > MOST_COPIES)
        return false;
    for (auto &[block, uses] : users) {
        Instruction *copy = insn.clone();
        copy->insertBefore(block->getFirstInsertionPt());
        for (Use *use : uses)
            use->set(copy);
    }
    insn.eraseFromParent();
    return true;
}

} // namespace

PreservedAnalyses CairnColdPass::run(Function &function, FunctionAnalysisManager &)
{
    SmallPtrSet<BasicBlock *, 32> cold = find_cold(function);
    bool changed = false;
    if (cold.empty())
        return PreservedAnalyses::all();
    for (BasicBlock *block : post_order(&function))
        for (Instruction &insn : make_early_inc_range(reverse(*block)))
            changed |= move(insn, cold);
    if (!changed)
        return PreservedAnalyses::all();
    PreservedAnalyses kept;
    kept.preserveSet<CFGAnalyses>();
    return kept;
}
