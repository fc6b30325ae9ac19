/* SPDX-License-Identifier: MIT
 * What the test's tool counts; test_tools.c finds it by name in the loaded library.
 */
#ifndef HSA_TEST_TOOL_H
#define HSA_TEST_TOOL_H

#include <stdbool.h>
#include <stdint.h>

enum { TOOL_DROPS = 0x7001 }; /* in reserved2 of a dispatch packet: the tool drops it */

struct tool_counters {
    int loaded, unloaded, queues, markers;
    bool good_layout;
    uint64_t failed_before, seen_by_first, seen_by_second, last_index, last_marker;
    uint64_t marker_user_data;
};

extern struct tool_counters tool_counters;

#endif
