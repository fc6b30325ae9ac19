/* SPDX-License-Identifier: MIT
 * Destructors of LLVM's static objects are not registered: a background thread may be compiling
 * while the process exits, and must find them as they were. The module is never unloaded, and what
 * they own is memory only. This definition is hidden in the module, so nobody else's is replaced.
 */

int __cxa_atexit(void (*destroy)(void *), void *object, void *library);

__attribute__((visibility("hidden"))) int __cxa_atexit(void (*destroy)(void *), void *object,
                                                       void *library)
{
    (void)destroy, (void)object, (void)library;
    return 0;
}
