/* SPDX-License-Identifier: MIT
 * Copies functions of the semantics library, which are straight code, to where they are used. A
 * function is taken apart once; then a copy is a clone of each instruction with its operands put
 * in, or, where all operands are constants, the folded constant.
 */
#include "finalizer/llvm/semantics_priv.h"

#include <stdlib.h>

enum { MOST_VALUES = 1024, MOST_OPERANDS = 8 };

/* ---- taking apart */

static int32_t number_of(const LLVMValueRef *values, unsigned count, LLVMValueRef value)
{
    for (unsigned i = count; i-- > 0;)
        if (values[i] == value)
            return (int32_t)i;
    return -1;
}

static unsigned count_operands(LLVMBasicBlockRef block, unsigned *steps)
{
    unsigned operands = 0;
    *steps = 0;
    for (LLVMValueRef i = LLVMGetFirstInstruction(block); i != NULL;
         i = LLVMGetNextInstruction(i)) {
        operands += (unsigned)LLVMGetNumOperands(i);
        ++*steps;
    }
    --*steps; /* ret */
    return operands;
}

static void take_step(struct cairn_semantics_function *out, struct cairn_semantics_step *step,
                      LLVMValueRef model, uint32_t *next, const LLVMValueRef *values,
                      unsigned count)
{
    step->model = model;
    step->opcode = LLVMGetInstructionOpcode(model);
    step->callee = step->opcode == LLVMCall ? LLVMGetCalledValue(model) : NULL;
    step->operands = *next;
    /* A call's last operand is what it calls. */
    step->operand_count = (uint32_t)LLVMGetNumOperands(model) - (step->callee != NULL);
    for (uint32_t i = 0; i < step->operand_count; i++)
        out->operand[(*next)++] = number_of(values, count, LLVMGetOperand(model, i));
}

static void take_apart(struct cairn_semantics_function *out, LLVMBasicBlockRef block,
                       LLVMValueRef *values)
{
    uint32_t next = 0;
    unsigned count = out->arguments;
    LLVMValueRef at = LLVMGetFirstInstruction(block);
    for (unsigned i = 0; i < out->steps; i++, at = LLVMGetNextInstruction(at)) {
        take_step(out, &out->step[i], at, &next, values, count);
        values[count++] = at;
    }
    out->constant = LLVMGetOperand(at, 0);
    out->result = number_of(values, count, out->constant);
    out->result_type = LLVMTypeOf(out->constant);
}

struct cairn_semantics_function *cairn_semantics_function_create(LLVMValueRef function)
{
    unsigned arguments = LLVMCountParams(function), steps;
    LLVMBasicBlockRef block = LLVMGetEntryBasicBlock(function);
    unsigned operands = count_operands(block, &steps);
    if (arguments + steps > MOST_VALUES)
        return NULL;
    struct cairn_semantics_function *out = calloc(1, sizeof *out);
    if (out == NULL)
        return NULL;
    out->arguments = arguments;
    out->steps = steps;
    out->step = calloc(steps + 1, sizeof *out->step);
    out->operand = calloc(operands + 1, sizeof *out->operand);
    out->argument_type = calloc(arguments + 1, sizeof(LLVMTypeRef));
    if (out->step == NULL || out->operand == NULL || out->argument_type == NULL) {
        cairn_semantics_function_destroy(out);
        return NULL;
    }
    LLVMValueRef values[MOST_VALUES];
    for (unsigned i = 0; i < arguments; i++) {
        values[i] = LLVMGetParam(function, i);
        out->argument_type[i] = LLVMTypeOf(values[i]);
    }
    take_apart(out, block, values);
    return out;
}

void cairn_semantics_function_destroy(struct cairn_semantics_function *function)
{
    if (function == NULL)
        return;
    free(function->step);
    free(function->operand);
    free(function->argument_type);
    free(function);
}

unsigned cairn_semantics_arguments(const struct cairn_semantics_function *function)
{
    return function->arguments;
}

unsigned cairn_semantics_size(const struct cairn_semantics_function *function)
{
    return function->steps;
}

/* ---- copying */

/* A bitcast, without going there and back. */
static LLVMValueRef cast(LLVMBuilderRef builder, LLVMValueRef value, LLVMTypeRef type)
{
    if (LLVMTypeOf(value) == type)
        return value;
    if (LLVMIsAInstruction(value) != NULL && LLVMGetInstructionOpcode(value) == LLVMBitCast &&
        LLVMTypeOf(LLVMGetOperand(value, 0)) == type)
        return LLVMGetOperand(value, 0);
    return LLVMBuildBitCast(builder, value, type, "");
}

/* The builder folds what has only constant operands. NULL: not of that kind. */
static LLVMValueRef fold(LLVMBuilderRef builder, const struct cairn_semantics_step *step,
                         LLVMValueRef *operand)
{
    LLVMTypeRef type = LLVMTypeOf(step->model);
    switch (step->opcode) {
    case LLVMICmp:
        return LLVMBuildICmp(builder, LLVMGetICmpPredicate(step->model), operand[0], operand[1],
                             "");
    case LLVMSelect:
        return LLVMBuildSelect(builder, operand[0], operand[1], operand[2], "");
    case LLVMAdd:
    case LLVMSub:
    case LLVMMul:
    case LLVMShl:
    case LLVMLShr:
    case LLVMAShr:
    case LLVMAnd:
    case LLVMOr:
    case LLVMXor:
        return LLVMBuildBinOp(builder, step->opcode, operand[0], operand[1], "");
    case LLVMTrunc:
    case LLVMZExt:
    case LLVMSExt:
        return LLVMBuildCast(builder, step->opcode, operand[0], type, "");
    default:
        return NULL;
    }
}

/* A declaration in the module of the intrinsic that the library declares as `callee`. */
static LLVMValueRef declared(LLVMModuleRef module, LLVMValueRef callee)
{
    size_t length;
    const char *name = LLVMGetValueName2(callee, &length);
    LLVMValueRef known = LLVMGetNamedFunction(module, name);
    return known != NULL ? known : LLVMAddFunction(module, name, LLVMGlobalGetValueType(callee));
}

static LLVMValueRef copy_step(const struct cairn_semantics_step *step, LLVMBuilderRef builder,
                              LLVMModuleRef module, LLVMValueRef *operand, bool constant)
{
    if (step->opcode == LLVMBitCast)
        return cast(builder, operand[0], LLVMTypeOf(step->model));
    LLVMValueRef folded = constant ? fold(builder, step, operand) : NULL;
    if (folded != NULL)
        return folded;
    LLVMValueRef copy = LLVMInstructionClone(step->model);
    for (uint32_t i = 0; i < step->operand_count; i++)
        LLVMSetOperand(copy, i, operand[i]);
    if (step->callee != NULL)
        LLVMSetOperand(copy, step->operand_count, declared(module, step->callee));
    LLVMInsertIntoBuilder(builder, copy);
    return copy;
}

/* <lanes x i1> of the lane bits that the library's functions return. */
static LLVMValueRef result_of(LLVMBuilderRef builder, LLVMValueRef value)
{
    LLVMTypeRef type = LLVMTypeOf(value);
    unsigned bits = LLVMGetTypeKind(type) == LLVMIntegerTypeKind ? LLVMGetIntTypeWidth(type) : 32;
    if (bits != 8 && bits != 16)
        return value;
    LLVMTypeRef i1 = LLVMInt1TypeInContext(LLVMGetTypeContext(type));
    return cast(builder, value, LLVMVectorType(i1, bits));
}

LLVMValueRef cairn_semantics_splice(struct cairn_semantics *semantics,
                                    const struct cairn_semantics_function *function,
                                    LLVMBuilderRef builder, LLVMModuleRef module,
                                    const LLVMValueRef *args)
{
    LLVMValueRef values[MOST_VALUES], operand[MOST_OPERANDS];
    unsigned count = 0;
    for (; count < function->arguments; count++)
        values[count] = cast(builder, args[count], function->argument_type[count]);
    for (unsigned s = 0; s < function->steps; s++) {
        const struct cairn_semantics_step *step = &function->step[s];
        bool constant = true;
        for (uint32_t i = 0; i < step->operand_count; i++) {
            int32_t number = function->operand[step->operands + i];
            operand[i] = number >= 0 ? values[number] : LLVMGetOperand(step->model, i);
            constant = constant && LLVMIsConstant(operand[i]);
        }
        values[count++] = copy_step(step, builder, module, operand, constant);
    }
    return result_of(builder,
                     function->result >= 0 ? values[function->result] : function->constant);
}

LLVMValueRef cairn_semantics_emit(struct cairn_semantics *semantics, const char *name, bool scalar,
                                  enum cairn_semantics_mode mode, LLVMBuilderRef builder,
                                  LLVMModuleRef module, const LLVMValueRef *args)
{
    const struct cairn_semantics_function *function =
        cairn_semantics_find(semantics, name, scalar, mode);
    return function == NULL ? NULL
                            : cairn_semantics_splice(semantics, function, builder, module, args);
}
