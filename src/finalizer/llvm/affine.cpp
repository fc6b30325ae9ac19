/* SPDX-License-Identifier: MIT
 * Answers what is asked of all lanes by a look at the first or the last one, where their values go
 * up by constants below a number whose low bits are zeros: `i < n` holds somewhere if it does for
 * the least i, and everywhere if it does for the greatest, over all chunks that go in step. And
 * that addresses of such lanes lie side by side need not be asked at all. Kernels begin with such
 * a question and ask it again at each access.
 */
#include "finalizer/llvm/affine.h"

#include <llvm/ADT/SmallVector.h>
#include <llvm/Analysis/InstructionSimplify.h>
#include <llvm/Analysis/ValueTracking.h>
#include <llvm/Analysis/VectorUtils.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/PatternMatch.h>
#include <llvm/Support/KnownBits.h>
#include <llvm/Transforms/Utils/Local.h>

using namespace llvm;
using namespace llvm::PatternMatch;

namespace
{

constexpr unsigned MOST_DEPTH = 8;
constexpr size_t MOST_TERMS = 12;

/* ---- numbers: terms | constant, the constant in low bits that all terms have as zeros */

using Terms = SmallVector<Value *, 4>;

struct Number {
    Terms terms; /* in order of their addresses, each once */
    uint64_t constant = 0;
};

/* False: too much for us. */
bool collect(Value *value, unsigned depth, Number &number)
{
    Value *a, *b;
    const APInt *constant;
    if (match(value, m_APInt(constant))) {
        number.constant |= constant->getZExtValue();
        return true;
    }
    if (depth < MOST_DEPTH && match(value, m_Or(m_Value(a), m_Value(b))))
        return collect(a, depth + 1, number) && collect(b, depth + 1, number);
    if (number.terms.size() == MOST_TERMS)
        return false;
    if (!is_contained(number.terms, value))
        number.terms.push_back(value);
    return true;
}

unsigned trailing_zeros(const Terms &terms, const DataLayout &layout)
{
    unsigned zeros = 63;
    for (Value *term : terms)
        zeros = std::min(zeros, computeKnownBits(term, layout).countMinTrailingZeros());
    return zeros;
}

/* `most`: the greatest constant that may be added. */
bool is_clear(const Number &number, uint64_t most, const DataLayout &layout)
{
    unsigned width = number.terms.empty() ? 0 : number.terms[0]->getType()->getIntegerBitWidth();
    unsigned zeros = trailing_zeros(number.terms, layout);
    return width > 0 && zeros < width && most < UINT64_C(1) << zeros;
}

bool number_of(Value *value, Number &number)
{
    if (!collect(value, 0, number))
        return false;
    llvm::sort(number.terms);
    return true;
}

/* ---- masks: lanes compared with a number that is the same for all */

struct Lanes {
    Number number;        /* of the chunk's first lane, less `first` */
    Value *scalar;        /* that number */
    uint64_t first, last; /* the least and the greatest that is added in a lane */
};

bool lanes_of(Value *value, const DataLayout &layout, Lanes &lanes)
{
    Value *base;
    Constant *steps;
    if (!match(value, m_c_Or(m_Value(base), m_Constant(steps))) &&
        !match(value, m_c_Add(m_Value(base), m_Constant(steps))))
        return false;
    auto *each = dyn_cast<ConstantDataVector>(steps);
    lanes.scalar = getSplatValue(base);
    if (each == nullptr || !each->getElementType()->isIntegerTy() || lanes.scalar == nullptr ||
        !number_of(lanes.scalar, lanes.number))
        return false;
    lanes.first = UINT64_MAX, lanes.last = 0;
    for (unsigned i = 0; i < each->getNumElements(); i++) {
        lanes.first = std::min(lanes.first, each->getElementAsInteger(i));
        lanes.last = std::max(lanes.last, each->getElementAsInteger(i));
    }
    uint64_t below = NextPowerOf2(lanes.last) - 1;
    return lanes.last < UINT32_MAX && (lanes.number.constant & below) == 0 &&
           is_clear(lanes.number, lanes.number.constant | below, layout);
}

/* Compares of one kind, with one number. */
struct Question {
    CmpInst::Predicate predicate; /* lanes, predicate, limit */
    Value *limit;
    Terms terms;
    Lanes least, greatest;
};

/* What is asked of a mask, and so what parts may be asked apart: those of ORs or of ANDs. */
enum Asked { ANY, ALL };

using Questions = SmallVector<Question, 4>;

bool grows(CmpInst::Predicate predicate)
{
    return ICmpInst::isGT(predicate) || ICmpInst::isGE(predicate);
}

void add_question(Questions &questions, const Question &more)
{
    for (Question &one : questions) {
        if (one.predicate != more.predicate || one.limit != more.limit || one.terms != more.terms)
            continue;
        if (more.least.number.constant + more.least.first <
            one.least.number.constant + one.least.first)
            one.least = more.least;
        if (more.greatest.number.constant + more.greatest.last >
            one.greatest.number.constant + one.greatest.last)
            one.greatest = more.greatest;
        return;
    }
    questions.push_back(more);
}

/* Is the least (greatest) of two numbers compared, so that both have to be? */
bool asks_both(CmpInst::Predicate predicate, Value *value, Value *&a, Value *&b)
{
    auto *call = dyn_cast<MinMaxIntrinsic>(value);
    if (call == nullptr || call->isSigned() != CmpInst::isSigned(predicate))
        return false;
    a = call->getLHS(), b = call->getRHS();
    bool least =
        call->getIntrinsicID() == Intrinsic::smin || call->getIntrinsicID() == Intrinsic::umin;
    return least == grows(predicate);
}

bool add_compare(CmpInst::Predicate predicate, Value *value, Value *limit, Asked asked,
                 const DataLayout &layout, Questions &questions)
{
    Lanes lanes;
    Value *a, *b;
    if (Value *same = getSplatValue(value)) {
        lanes = {{{same}, 0}, same, 0, 0};
    } else if (ICmpInst::isEquality(predicate) || !lanes_of(value, layout, lanes)) {
        return asked == ALL && !ICmpInst::isEquality(predicate) &&
               asks_both(predicate, value, a, b) &&
               add_compare(predicate, a, limit, asked, layout, questions) &&
               add_compare(predicate, b, limit, asked, layout, questions);
    }
    add_question(questions, {predicate, limit, lanes.number.terms, lanes, lanes});
    return true;
}

bool add_leaf(Value *leaf, Asked asked, const DataLayout &layout, Questions &questions)
{
    auto *compare = dyn_cast<ICmpInst>(leaf);
    if (compare == nullptr)
        return false;
    Value *a = compare->getOperand(0), *b = compare->getOperand(1);
    if (Value *limit = getSplatValue(b))
        return add_compare(compare->getPredicate(), a, limit, asked, layout, questions);
    if (Value *limit = getSplatValue(a))
        return add_compare(compare->getSwappedPredicate(), b, limit, asked, layout, questions);
    return false;
}

bool questions_of(Value *value, Asked asked, unsigned depth, const DataLayout &layout,
                  Questions &questions)
{
    Value *a, *b;
    if (depth < MOST_DEPTH && (asked == ANY ? match(value, m_Or(m_Value(a), m_Value(b)))
                                            : match(value, m_And(m_Value(a), m_Value(b)))))
        return questions_of(a, asked, depth + 1, layout, questions) &&
               questions_of(b, asked, depth + 1, layout, questions);
    return add_leaf(value, asked, layout, questions);
}

Value *ask(IRBuilder<> &builder, const Question &question, bool any)
{
    const Lanes &lanes = grows(question.predicate) == any ? question.greatest : question.least;
    uint64_t step = grows(question.predicate) == any ? lanes.last : lanes.first;
    Value *value = lanes.scalar;
    if (step != 0)
        value = builder.CreateOr(value, ConstantInt::get(value->getType(), step));
    return builder.CreateICmp(question.predicate, value, question.limit);
}

/* i1 in front of `where`; NULL: not so easily told. */
Value *answer(Value *mask, Asked asked, Instruction &where, const DataLayout &layout)
{
    Questions questions;
    if (!questions_of(mask, asked, 0, layout, questions))
        return nullptr;
    IRBuilder<> builder(&where);
    Value *all = nullptr;
    for (const Question &question : questions) {
        Value *one = ask(builder, question, asked == ANY);
        if (all == nullptr)
            all = one;
        else
            all = asked == ANY ? builder.CreateOr(all, one) : builder.CreateAnd(all, one);
    }
    return all;
}

/* Is it asked whether a mask has a bit set, or all? */
bool asks_mask(ICmpInst &test, Value *&mask, bool &any)
{
    auto *vector = test.isEquality() && match(test.getOperand(0), m_BitCast(m_Value(mask)))
                       ? dyn_cast<FixedVectorType>(mask->getType())
                       : nullptr;
    any = match(test.getOperand(1), m_Zero());
    return vector != nullptr && vector->getElementType()->isIntegerTy(1) &&
           (any || match(test.getOperand(1), m_AllOnes()));
}

Value *answer_mask(ICmpInst &test, const DataLayout &layout)
{
    Value *mask;
    bool any;
    if (!asks_mask(test, mask, any))
        return nullptr;
    Value *found = answer(mask, any ? ANY : ALL, test, layout);
    bool equal = test.getPredicate() == CmpInst::ICMP_EQ;
    return found == nullptr || equal != any
               ? found
               : BinaryOperator::CreateNot(found, "", test.getIterator());
}

/* ---- addresses: sums of terms times constants */

struct Term {
    Terms values;
    unsigned extension; /* the instruction that makes it wide; 0: none */
    uint64_t scale;
};

/* A number of 32 bits and a constant, added before they were extended: as if behind it, unless the
 * sum leaves the 32 bits. */
struct Wrap {
    Value *sum, *number;
    int64_t by;
    bool is_signed;
    uint64_t scale;
};

struct Sum {
    SmallVector<Term, 8> terms;
    SmallVector<Wrap, 2> wraps;
    uint64_t constant = 0;
};

bool add_term(Sum &sum, const Term &term)
{
    for (Term &one : sum.terms)
        if (one.extension == term.extension && one.values == term.values) {
            one.scale += term.scale;
            return true;
        }
    if (sum.terms.size() == MOST_TERMS)
        return false;
    sum.terms.push_back(term);
    return true;
}

/* Terms that are clear of the constant go up by it, extended or not. */
void split(Value *value, uint64_t scale, const DataLayout &layout, Term &term, Sum &sum)
{
    Number number;
    term.values = {value};
    if (!number_of(value, number) || !is_clear(number, number.constant, layout))
        return;
    term.values = number.terms;
    sum.constant += number.constant * scale;
}

bool add_extended(CastInst &cast, uint64_t scale, const DataLayout &layout, Sum &sum)
{
    Value *value = cast.getOperand(0), *number = value;
    const APInt *by;
    Term term = {{}, cast.getOpcode(), scale};
    if (value->getType()->isIntegerTy(32) && match(value, m_Add(m_Value(number), m_APInt(by)))) {
        sum.constant += by->getSExtValue() * scale;
        sum.wraps.push_back({value, number, by->getSExtValue(), isa<SExtInst>(cast), scale});
    } else {
        number = value;
    }
    split(number, scale, layout, term, sum);
    return add_term(sum, term);
}

bool add_to(Value *value, uint64_t scale, unsigned depth, const DataLayout &layout, Sum &sum)
{
    Value *a, *b;
    const APInt *constant;
    if (match(value, m_APInt(constant))) {
        sum.constant += constant->getZExtValue() * scale;
        return true;
    }
    if (depth < MOST_DEPTH) {
        if (match(value, m_AddLike(m_Value(a), m_Value(b))))
            return add_to(a, scale, depth + 1, layout, sum) &&
                   add_to(b, scale, depth + 1, layout, sum);
        if (match(value, m_Shl(m_Value(a), m_APInt(constant))) && constant->ult(64))
            return add_to(a, scale << constant->getZExtValue(), depth + 1, layout, sum);
        if (isa<SExtInst>(value) || isa<ZExtInst>(value))
            return add_extended(*cast<CastInst>(value), scale, layout, sum);
    }
    return add_term(sum, {{value}, 0, scale});
}

/* i1: does value + by stay in its 32 bits? */
Value *stays(Value *value, int64_t by, bool is_signed, Instruction &where)
{
    IRBuilder<> builder(&where);
    int64_t most = is_signed ? INT32_MAX : UINT32_MAX, least = is_signed ? INT32_MIN : 0;
    Value *limit =
        ConstantInt::get(value->getType(), (by > 0 ? most - by : least - by) & UINT32_MAX);
    if (by > 0)
        return builder.CreateICmp(is_signed ? CmpInst::ICMP_SLE : CmpInst::ICMP_ULE, value, limit);
    return builder.CreateICmp(is_signed ? CmpInst::ICMP_SGE : CmpInst::ICMP_UGE, value, limit);
}

/* i1: whether sums of 32 bits wrap, which alone makes both sides differ: by a multiple of 2^32 that
 * is not 0. NULL: there are too many. */
Value *answer_wraps(const Sum &sum, Instruction &where)
{
    const Wrap &one = sum.wraps[0], &other = sum.wraps.back();
    if (sum.constant != 0 || (uint32_t)one.scale == 0)
        return nullptr;
    if (sum.wraps.size() == 1)
        return stays(one.number, one.by, one.is_signed, where);
    int64_t by = other.by - one.by;
    if (sum.wraps.size() > 2 || one.number != other.number || one.is_signed != other.is_signed ||
        one.scale + other.scale != 0 || by != (int32_t)by || by == 0)
        return nullptr;
    return stays(one.sum, by, one.is_signed, where);
}

/* Where both sides differ by a constant or by what wraps; else NULL. */
Value *answer_sums(ICmpInst &test, const DataLayout &layout)
{
    Sum sum;
    if (!test.isEquality() || !test.getOperand(0)->getType()->isIntegerTy(64) ||
        !add_to(test.getOperand(0), 1, 0, layout, sum) ||
        !add_to(test.getOperand(1), UINT64_MAX, 0, layout, sum))
        return nullptr;
    for (const Term &term : sum.terms)
        if (term.scale != 0)
            return nullptr;
    bool equal = test.getPredicate() == CmpInst::ICMP_EQ;
    if (sum.wraps.empty())
        return ConstantInt::getBool(test.getContext(), (sum.constant == 0) == equal);
    Value *same = answer_wraps(sum, test);
    return equal || same == nullptr ? same
                                    : BinaryOperator::CreateNot(same, "", test.getIterator());
}

} // namespace

PreservedAnalyses CairnAffinePass::run(Function &function, FunctionAnalysisManager &)
{
    const DataLayout &layout = function.getDataLayout();
    SmallVector<WeakTrackingVH, 16> tests;
    bool changed = false;
    for (BasicBlock &block : function)
        for (Instruction &insn : block)
            if (isa<ICmpInst>(insn) && !insn.getType()->isVectorTy())
                tests.push_back(&insn);
    for (const WeakTrackingVH &handle : tests) {
        auto *test = dyn_cast_or_null<ICmpInst>(handle);
        if (test == nullptr)
            continue;
        Value *found = answer_mask(*test, layout);
        if (found == nullptr)
            found = answer_sums(*test, layout);
        if (found == nullptr)
            continue;
        SmallVector<WeakTrackingVH, 2> left = {test->getOperand(0), test->getOperand(1)};
        replaceAndRecursivelySimplify(test, found);
        RecursivelyDeleteTriviallyDeadInstructionsPermissive(left);
        changed = true;
    }
    if (!changed)
        return PreservedAnalyses::all();
    PreservedAnalyses kept;
    kept.preserveSet<CFGAnalyses>();
    return kept;
}
