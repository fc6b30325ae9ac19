/* SPDX-License-Identifier: MIT
 * LLVM 22 folds a select over two bit operations, of which one has a constant, into a vpternlog
 * with a mask whose table is that of other operands (x86, AVX-512: or (and (old, ~c), and (v, c))
 * under a mask, else old, with `old` in memory, becomes v ? c : old). Such selects get their value
 * by way of an instruction that the code generator cannot look through. tests/finalizer has the
 * kernel.
 */
#include "finalizer/llvm/logic.h"

#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/IR/InlineAsm.h>
#include <llvm/IR/InstrTypes.h>
#include <llvm/IR/Instructions.h>

using namespace llvm;

namespace
{

constexpr unsigned WIDE_BITS = 512; /* only there are masks a part of instructions */

bool is_logic(const Value *value)
{
    auto *op = dyn_cast<BinaryOperator>(value);
    return op != nullptr && op->isBitwiseLogicOp();
}

/* A bit operation on the result of another one. */
bool is_deep(const Value *value)
{
    auto *op = dyn_cast<BinaryOperator>(value);
    return is_logic(value) && (is_logic(op->getOperand(0)) || is_logic(op->getOperand(1)));
}

bool keep_apart(SelectInst &select, unsigned operand)
{
    Value *value = select.getOperand(operand);
    Type *type = value->getType();
    if (!is_deep(value))
        return false;
    InlineAsm *code = InlineAsm::get(FunctionType::get(type, {type}, false), "", "=v,0", false);
    CallInst *opaque = CallInst::Create(code, {value}, "", select.getIterator());
    opaque->setDoesNotThrow();
    opaque->setDoesNotAccessMemory();
    select.setOperand(operand, opaque);
    return true;
}

} // namespace

PreservedAnalyses CairnLogicPass::run(Function &function, FunctionAnalysisManager &analyses)
{
    bool changed = false;
    auto &target = analyses.getResult<TargetIRAnalysis>(function);
    if (target.getRegisterBitWidth(TargetTransformInfo::RGK_FixedWidthVector) != WIDE_BITS)
        return PreservedAnalyses::all();
    for (BasicBlock &block : function)
        for (Instruction &insn : block) {
            auto *select = dyn_cast<SelectInst>(&insn);
            if (select == nullptr || !select->getCondition()->getType()->isVectorTy() ||
                select->getType()->getPrimitiveSizeInBits().getFixedValue() != WIDE_BITS)
                continue;
            changed |= keep_apart(*select, 1);
            changed |= keep_apart(*select, 2);
        }
    if (!changed)
        return PreservedAnalyses::all();
    PreservedAnalyses kept;
    kept.preserveSet<CFGAnalyses>();
    return kept;
}
