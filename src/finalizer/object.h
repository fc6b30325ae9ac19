/* SPDX-License-Identifier: MIT
 * Native code in memory: takes the bytes of an x86-64 relocatable ELF file as LLVM emits it for the
 * small code model, maps them, relocates them and names their functions. The bytes may be damaged:
 * whatever they hold, loading stays within bounds. It is no general linker: one file, no writable
 * data, no thread-local storage, no constructors, no unwind tables.
 */
#ifndef CAIRN_FINALIZER_OBJECT_H
#define CAIRN_FINALIZER_OBJECT_H

#include "base/bytes.h"

struct cairn_object;

/* Where names that the file does not define come from. */
struct cairn_object_symbols {
    /* The address of `name`, 0 if there is none. */
    uint64_t (*resolve)(void *user, const char *name);
    void *user;
};

/* Loads `file`, which is not needed afterwards. `symbols` may be NULL: nothing is resolved. Pages
 * are never writable and executable at once. Caller destroys *out. Each error is logged. Errors:
 * TRUNCATED and BAD_FORMAT for bytes that are no such file, UNSUPPORTED for what a file of ours
 * does not have, UNDEFINED_SYMBOL for a name that is used and not resolved, OUT_OF_RANGE for a
 * relocation that does not reach, NO_MEMORY, IO when the system refuses executable pages. */
CAIRN_MUST_CHECK enum cairn_status cairn_object_load(struct cairn_bytes file,
                                                     const struct cairn_object_symbols *symbols,
                                                     struct cairn_object **out);
/* Nothing may run in it any more. NULL is allowed. */
void cairn_object_destroy(struct cairn_object *object);

/* Entry of the function `name`; NULL if there is none. Thread-safe. */
void *cairn_object_symbol(const struct cairn_object *object, const char *name);
/* The constant `name`, inside of the object; no bytes if there is none. Thread-safe. */
struct cairn_bytes cairn_object_constant(const struct cairn_object *object, const char *name);

/* The executable bytes: "is this host pc ours" is a comparison with them. Async-signal-safe. */
struct cairn_bytes cairn_object_code(const struct cairn_object *object);
bool cairn_object_covers(const struct cairn_object *object, const void *pc);

/* The function that `pc` lies in; NULL if it lies in none. Async-signal-safe. */
const char *cairn_object_function_at(const struct cairn_object *object, const void *pc);

#endif
