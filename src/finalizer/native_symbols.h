/* SPDX-License-Identifier: MIT
 * What finalized code may call by name: nothing but what LLVM makes calls to by itself.
 */
#ifndef CAIRN_FINALIZER_NATIVE_SYMBOLS_H
#define CAIRN_FINALIZER_NATIVE_SYMBOLS_H

#include "finalizer/object.h"

/* For cairn_object_load. */
extern const struct cairn_object_symbols cairn_native_symbols;

#endif
