/* SPDX-License-Identifier: MIT
 * The way into LLVM's demangler (libLLVMDemangle.a), which has no interface for C. It is called by
 * its symbol; a std::string_view is passed as its two members, length first.
 */
#include "comgr/demangle.h"

#include <stdbool.h>
#include <string.h>

/* llvm::itaniumDemangle(std::string_view, bool ParseParams): malloc'ed, NULL if it is no such name.
 */
extern char *llvm_itanium_demangle(size_t length, const char *text, bool parse_parameters) __asm__(
    "_ZN4llvm15itaniumDemangleESt17basic_string_viewIcSt11char_traitsIcEEb");

char *comgr_demangle(const char *name, size_t length)
{
    char *text = length > 2 && name[0] == '_' && name[1] == 'Z'
                     ? llvm_itanium_demangle(length, name, true)
                     : NULL;
    return text != NULL ? text : strndup(length != 0 ? name : "", length);
}
