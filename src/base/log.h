/* SPDX-License-Identifier: MIT
 * Log lines on stderr (or the file named by CAIRN_LOG_FILE). The function that first decides what
 * an error is logs it once, with the numbers in it. Level from CAIRN_LOG; the default shows errors
 * and warnings. Thread-safe: a line is written whole.
 */
#ifndef CAIRN_BASE_LOG_H
#define CAIRN_BASE_LOG_H

#include <stdatomic.h>
#include <stdbool.h>

enum cairn_log_level { CAIRN_LOG_ERROR, CAIRN_LOG_WARN, CAIRN_LOG_INFO, CAIRN_LOG_DEBUG };

bool cairn_log_enabled(enum cairn_log_level level);

/* Writes "cairn: <level>: <text>\n". */
void cairn_log(enum cairn_log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* For "not supported" notices: logs a warning the first time this call site is reached. */
#define CAIRN_LOG_ONCE(...)                                                                        \
    do {                                                                                           \
        static atomic_flag logged_ = ATOMIC_FLAG_INIT;                                             \
        if (!atomic_flag_test_and_set_explicit(&logged_, memory_order_relaxed))                    \
            cairn_log(CAIRN_LOG_WARN, __VA_ARGS__);                                                \
    } while (0)

#endif
