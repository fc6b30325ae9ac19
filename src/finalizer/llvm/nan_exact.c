/* SPDX-License-Identifier: MIT
 * Operations as the GPU does them, NaNs and all, as functions that the kernel calls where a NaN
 * came out; and operations on one lane, which call them on the spot.
 */
#include "finalizer/llvm/nan_priv.h"

#include <stdio.h>

LLVMValueRef cairn_nan_function(struct cairn_lift *lift, const char *name, LLVMTypeRef type)
{
    LLVMValueRef function = LLVMAddFunction(lift->module, name, type);
    LLVMAttributeRef attributes[32];
    LLVMAttributeIndex index = (LLVMAttributeIndex)LLVMAttributeFunctionIndex;
    unsigned count = LLVMGetAttributeCountAtIndex(lift->function, index);
    LLVMSetLinkage(function, LLVMInternalLinkage);
    if (count > sizeof attributes / sizeof *attributes)
        return function;
    LLVMGetAttributesAtIndex(lift->function, index, attributes);
    for (unsigned i = 0; i < count; i++)
        LLVMAddAttributeAtIndex(function, index, attributes[i]);
    return function;
}

LLVMValueRef cairn_nan_exact_function(struct cairn_lift *lift,
                                      const struct cairn_nan_operation *operation, bool scalar,
                                      LLVMTypeRef *type)
{
    char name[64];
    LLVMTypeRef params[3];
    for (unsigned i = 0; i < operation->count; i++)
        params[i] = LLVMTypeOf(operation->arg[i]);
    snprintf(name, sizeof name, "cairn_nan_%s_%u%s", operation->name, (unsigned)operation->mode,
             scalar ? "_lane" : "");
    *type = LLVMFunctionType(LLVMTypeOf(operation->result), params, operation->count, false);
    LLVMValueRef function = LLVMGetNamedFunction(lift->module, name);
    if (function != NULL)
        return function;
    function = cairn_nan_function(lift, name, *type);
    LLVMBuilderRef builder = LLVMCreateBuilderInContext(lift->context);
    LLVMPositionBuilderAtEnd(builder, LLVMAppendBasicBlockInContext(lift->context, function, ""));
    LLVMValueRef args[3];
    for (unsigned i = 0; i < operation->count; i++)
        args[i] = LLVMGetParam(function, i);
    const struct cairn_semantics_function *exact =
        cairn_semantics_find_as(lift->semantics, operation->name, scalar, operation->mode, true);
    LLVMValueRef result =
        cairn_semantics_splice(lift->semantics, exact, builder, lift->module, args);
    LLVMBuildRet(builder, LLVMBuildBitCast(builder, result, LLVMTypeOf(operation->result), ""));
    LLVMDisposeBuilder(builder);
    return function;
}

/* ---- one lane */

/* As the host's registers hold it: then no move to another kind of register lies in the way. */
static LLVMTypeRef number_type(const struct cairn_lift *lift, unsigned type)
{
    return type == CAIRN_TYPE_F64 ? lift->f64 : type == CAIRN_TYPE_F32 ? lift->f32 : lift->i32;
}

static LLVMValueRef is_nan(struct cairn_lift *lift, LLVMValueRef number, unsigned type)
{
    LLVMBuilderRef builder = lift->builder;
    if (type != CAIRN_TYPE_F16)
        return LLVMBuildFCmp(builder, LLVMRealUNO, number, number, "");
    number = LLVMBuildAnd(builder, number, cairn_lift_const32(lift, 0x7fff), "");
    return LLVMBuildICmp(builder, LLVMIntUGT, number, cairn_lift_const32(lift, 0x7c00), "");
}

LLVMValueRef cairn_nan_scalar(struct cairn_lift *lift, const char *name,
                              enum cairn_semantics_mode mode, unsigned type,
                              const LLVMValueRef *args)
{
    struct cairn_semantics *semantics = lift->semantics;
    LLVMBuilderRef b = lift->builder;
    const struct cairn_semantics_function *quick =
        cairn_semantics_find_as(semantics, name, true, mode, false);
    LLVMValueRef result = cairn_semantics_splice(semantics, quick, b, lift->module, args);
    if (quick == cairn_semantics_find_as(semantics, name, true, mode, true))
        return result;
    LLVMTypeRef bits = LLVMTypeOf(result), number = number_type(lift, type), function_type;
    struct cairn_nan_operation operation = {.name = name, .mode = mode};
    operation.count = (uint8_t)cairn_semantics_arguments(quick);
    operation.result = LLVMBuildBitCast(b, result, number, "");
    for (unsigned i = 0; i < operation.count; i++)
        operation.arg[i] = LLVMBuildBitCast(b, args[i], number, "");
    LLVMValueRef function = cairn_nan_exact_function(lift, &operation, true, &function_type);
    LLVMBasicBlockRef here = LLVMGetInsertBlock(b);
    LLVMBasicBlockRef cold = cairn_lift_block(lift, "nan"), on = cairn_lift_block(lift, "on");
    LLVMValueRef found = is_nan(lift, operation.result, type);
    cairn_lift_weigh(lift, LLVMBuildCondBr(b, found, cold, on), CAIRN_NAN_SELDOM, CAIRN_NAN_MOSTLY);
    LLVMPositionBuilderAtEnd(b, cold);
    LLVMValueRef exact =
        LLVMBuildCall2(b, function_type, function, operation.arg, operation.count, "");
    LLVMBuildBr(b, on);
    LLVMPositionBuilderAtEnd(b, on);
    LLVMValueRef phi = LLVMBuildPhi(b, number, ""), values[] = {operation.result, exact};
    LLVMBasicBlockRef from[] = {here, cold};
    LLVMAddIncoming(phi, values, from, 2);
    return LLVMBuildBitCast(b, phi, bits, "");
}
