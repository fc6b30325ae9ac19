/* SPDX-License-Identifier: MIT
 * The other process of test_ipc.c: the test program, executed anew with a task and two texts.
 */
#ifndef HSA_TEST_IPC_CHILD_H
#define HSA_TEST_IPC_CHILD_H

/* What the parent shares: as many int32_t. */
enum { IPC_LANES = 4096, IPC_SIZE = IPC_LANES * 4 };

/* Handles as 64 hexadecimal digits, or a number. Returns the exit status, 0: all went well. */
int ipc_child(const char *task, const char *first, const char *second);

#endif
