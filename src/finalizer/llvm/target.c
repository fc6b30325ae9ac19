/* SPDX-License-Identifier: MIT
 * x86-64 target machines for the levels of the host, kept in a list when they are not in use, and
 * emission of objects.
 */
#include "finalizer/llvm/target.h"
#include "base/dump.h"
#include "base/log.h"
#include "finalizer/llvm/guard.h"

#include <llvm-c/Core.h>
#include <llvm-c/Support.h>
#include <llvm-c/Target.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define TRIPLE "x86_64-unknown-linux-gnu"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_mutex_t idle_lock = PTHREAD_MUTEX_INITIALIZER;
static struct cairn_target *idle, *dropped; /* under idle_lock */

/* Strength reduction of loops makes pointers of what the host adds up in an address, one for each
 * array, and chains of additions between copies of a loop's body. */
static void set_options(void)
{
    static const char *const options[] = {"finalizer", "-disable-lsr"};
    LLVMParseCommandLineOptions(sizeof options / sizeof options[0], options, NULL);
}

static void initialize(void)
{
    set_options();
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
}

/* What the levels mean to LLVM. Wide vectors must be asked for: LLVM keeps to 256 bits on CPUs that
 * clock down, but our values are 512 bits wide by construction. */
static const struct level {
    const char *cpu, *width;
    unsigned lanes;
} levels[] = {
    [CAIRN_TARGET_BASE] = {"x86-64", "128", 8},
    [CAIRN_TARGET_V3] = {"x86-64-v3", "256", 8},
    [CAIRN_TARGET_V4] = {"x86-64-v4", "512", 16},
};

static const struct level *level_of(enum cairn_target_level level)
{
    if (level != CAIRN_TARGET_NATIVE)
        return &levels[level];
    __builtin_cpu_init();
    if (__builtin_cpu_supports("x86-64-v4"))
        return &levels[CAIRN_TARGET_V4];
    if (__builtin_cpu_supports("x86-64-v3"))
        return &levels[CAIRN_TARGET_V3];
    return &levels[CAIRN_TARGET_BASE];
}

static LLVMTargetMachineRef create_machine(enum cairn_target_level level, enum cairn_tier tier)
{
    LLVMTargetRef x86;
    char *text = NULL;
    if (LLVMGetTargetFromTriple(TRIPLE, &x86, &text)) {
        cairn_log(CAIRN_LOG_ERROR, "finalizer: %s", text);
        LLVMDisposeMessage(text);
        return NULL;
    }
    bool native = level == CAIRN_TARGET_NATIVE;
    char *cpu = native ? LLVMGetHostCPUName() : NULL;
    char *features = native ? LLVMGetHostCPUFeatures() : NULL;
    LLVMCodeGenOptLevel effort =
        tier == CAIRN_TIER_QUICK ? LLVMCodeGenLevelNone : LLVMCodeGenLevelDefault;
    LLVMTargetMachineRef machine =
        LLVMCreateTargetMachine(x86, TRIPLE, native ? cpu : level_of(level)->cpu,
                                native ? features : "", effort, LLVMRelocPIC, LLVMCodeModelSmall);
    LLVMDisposeMessage(features);
    LLVMDisposeMessage(cpu);
    return machine;
}

static struct cairn_target *take_idle(enum cairn_target_level level, enum cairn_tier tier)
{
    pthread_mutex_lock(&idle_lock);
    struct cairn_target **at = &idle;
    while (*at != NULL && ((*at)->level != level || (*at)->tier != tier))
        at = &(*at)->next;
    struct cairn_target *target = *at;
    if (target != NULL)
        *at = target->next;
    pthread_mutex_unlock(&idle_lock);
    return target;
}

enum cairn_status cairn_target_take(enum cairn_target_level level, enum cairn_tier tier,
                                    struct cairn_target **out)
{
    pthread_once(&once, initialize);
    struct cairn_target *target = take_idle(level, tier);
    if (target == NULL) {
        target = calloc(1, sizeof *target);
        if (target == NULL)
            return CAIRN_ERR_NO_MEMORY;
        target->level = level, target->tier = tier, target->lanes = level_of(level)->lanes;
        target->machine = create_machine(level, tier);
    }
    if (target->machine == NULL) {
        free(target);
        return CAIRN_ERR_UNSUPPORTED;
    }
    target->next = NULL;
    *out = target;
    return CAIRN_OK;
}

void cairn_target_give(struct cairn_target *target)
{
    /* Interrupted somewhere: its memory is not worth the risk. */
    struct cairn_target **list = cairn_guard_lost() ? &dropped : &idle;
    pthread_mutex_lock(&idle_lock);
    target->next = *list;
    *list = target;
    pthread_mutex_unlock(&idle_lock);
}

void cairn_target_set_module(const struct cairn_target *target, LLVMModuleRef module)
{
    LLVMTargetDataRef layout = LLVMCreateTargetDataLayout(target->machine);
    LLVMSetModuleDataLayout(module, layout);
    LLVMDisposeTargetData(layout);
    LLVMSetTarget(module, TRIPLE);
}

void cairn_target_set_function(const struct cairn_target *target, LLVMValueRef function)
{
    const char *width = level_of(target->level)->width;
    LLVMAddTargetDependentFunctionAttr(function, "prefer-vector-width", width);
    LLVMAddTargetDependentFunctionAttr(function, "min-legal-vector-width", width);
    LLVMAddTargetDependentFunctionAttr(function, "no-stack-arg-probe", "");
    LLVMAddTargetDependentFunctionAttr(function, "frame-pointer", "none");
    unsigned nounwind = LLVMGetEnumAttributeKindForName("nounwind", strlen("nounwind"));
    LLVMContextRef context = LLVMGetModuleContext(LLVMGetGlobalParent(function));
    LLVMAddAttributeAtIndex(function, (LLVMAttributeIndex)LLVMAttributeFunctionIndex,
                            LLVMCreateEnumAttribute(context, nounwind, 0));
}

/* The kernel's name and tier: cairn_pipeline_run has set it. */
static const char *module_name(LLVMModuleRef module)
{
    size_t length;
    return LLVMGetModuleIdentifier(module, &length);
}

/* Code generation changes the module, so the text is made from a copy. */
static void dump_assembly(LLVMModuleRef module, LLVMTargetMachineRef machine)
{
    const char *name = cairn_guard_name(), *file = module_name(module);
    if (!cairn_dump_wanted(name, "asm"))
        return;
    LLVMModuleRef copy = LLVMCloneModule(module);
    LLVMMemoryBufferRef text;
    char *message = NULL;
    if (LLVMTargetMachineEmitToMemoryBuffer(machine, copy, LLVMAssemblyFile, &message, &text)) {
        cairn_log(CAIRN_LOG_WARN, "finalizer: kernel %s: no assembly: %s", name, message);
        LLVMDisposeMessage(message);
    } else {
        cairn_dump_write(file, "asm", LLVMGetBufferStart(text), LLVMGetBufferSize(text));
        LLVMDisposeMemoryBuffer(text);
    }
    LLVMDisposeModule(copy);
}

enum cairn_status cairn_target_emit(LLVMModuleRef module, LLVMTargetMachineRef machine,
                                    uint8_t **object, size_t *object_bytes)
{
    dump_assembly(module, machine);
    const char *name = cairn_guard_name();
    LLVMMemoryBufferRef buffer;
    char *message = NULL;
    if (LLVMTargetMachineEmitToMemoryBuffer(machine, module, LLVMObjectFile, &message, &buffer)) {
        cairn_log(CAIRN_LOG_ERROR, "finalizer: kernel %s: no object: %s", name, message);
        LLVMDisposeMessage(message);
        return CAIRN_ERR_UNSUPPORTED;
    }
    size_t size = LLVMGetBufferSize(buffer);
    uint8_t *bytes = cairn_guard_failed() ? NULL : malloc(size);
    if (bytes != NULL) {
        memcpy(bytes, LLVMGetBufferStart(buffer), size);
        *object = bytes;
        *object_bytes = size;
        if (cairn_dump_wanted(name, "obj"))
            cairn_dump_write(module_name(module), "o", bytes, size);
    }
    LLVMDisposeMemoryBuffer(buffer);
    if (bytes == NULL)
        return cairn_guard_failed() ? CAIRN_ERR_UNSUPPORTED : CAIRN_ERR_NO_MEMORY;
    return CAIRN_OK;
}
