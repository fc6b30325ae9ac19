/* SPDX-License-Identifier: MIT
 * Moves what only cold code asks for into that code. Slow ways of memory accesses want the
 * addresses of all lanes as vectors, which nobody else does where the lanes lie side by side;
 * several slow ways want the same, so each gets a copy.
 */
#include "finalizer/llvm/cold.h"

#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/DepthFirstIterator.h>
#include <llvm/ADT/MapVector.h>
#include <llvm/ADT/PostOrderIterator.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Metadata.h>
#include <llvm/IR/ProfDataUtils.h>

using namespace llvm;

namespace
{

constexpr uint32_t HARDLY_EVER = 1000;
constexpr size_t MOST_COPIES = 6;

/* By block: where the cold code begins that it belongs to. */
using ColdBlocks = DenseMap<BasicBlock *, BasicBlock *>;

/* All that is come to by way of a branch that goes there hardly ever, only. */
void add_region(DominatorTree &tree, BasicBlock *root, ColdBlocks &cold)
{
    SmallVector<BasicBlock *, 16> blocks;
    tree.getDescendants(root, blocks);
    for (BasicBlock *block : blocks)
        cold[block] = root;
}

/* From the outermost on, as the tree is walked. */
ColdBlocks find_cold(DominatorTree &tree)
{
    ColdBlocks cold;
    for (DomTreeNode *node : depth_first(tree.getRootNode())) {
        BasicBlock *to = node->getBlock(), *from = to->getSinglePredecessor();
        uint64_t taken, other;
        auto *branch = from != nullptr ? dyn_cast<BranchInst>(from->getTerminator()) : nullptr;
        if (branch == nullptr || !branch->isConditional() || cold.contains(to) ||
            !extractBranchWeights(*branch, taken, other))
            continue;
        bool first = branch->getSuccessor(0) == to;
        if (first ? other / HARDLY_EVER >= taken : taken / HARDLY_EVER >= other)
            add_region(tree, to, cold);
    }
    return cold;
}

bool may_move(const Instruction &insn)
{
    return !insn.isTerminator() && !isa<PHINode>(insn) && !isa<AllocaInst>(insn) &&
           (!isa<CallBase>(insn) || isa<IntrinsicInst>(insn)) && !insn.mayReadOrWriteMemory() &&
           !insn.getType()->isVoidTy();
}

BasicBlock *block_of(const Use &use)
{
    auto *user = cast<Instruction>(use.getUser());
    if (auto *phi = dyn_cast<PHINode>(user))
        return phi->getIncomingBlock(use);
    return user->getParent();
}

/* True if it is gone. */
bool move(Instruction &insn, const ColdBlocks &cold)
{
    if (!may_move(insn) || insn.use_empty() || cold.contains(insn.getParent()))
        return false;
    MapVector<BasicBlock *, SmallVector<Use *, 4>> users;
    for (Use &use : insn.uses()) {
        BasicBlock *root = cold.lookup(block_of(use));
        if (root == nullptr)
            return false;
        users[root].push_back(&use);
    }
    if (users.size() > MOST_COPIES)
        return false;
    for (auto &[root, uses] : users) {
        Instruction *copy = insn.clone();
        copy->insertBefore(root->getFirstInsertionPt());
        for (Use *use : uses)
            use->set(copy);
    }
    insn.eraseFromParent();
    return true;
}

} // namespace

PreservedAnalyses CairnColdPass::run(Function &function, FunctionAnalysisManager &analyses)
{
    ColdBlocks cold = find_cold(analyses.getResult<DominatorTreeAnalysis>(function));
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
