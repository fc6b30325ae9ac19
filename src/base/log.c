/* SPDX-License-Identifier: MIT
 * The log sink: formats a line on the stack and writes it with one write(2).
 */
#include "base/log.h"

#include "base/option.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINE_BYTES = 2048 };

static const char *const level_names[] = {"error", "warning", "info", "debug"};

static pthread_once_t sink_once = PTHREAD_ONCE_INIT;
static int sink_fd = STDERR_FILENO;
static enum cairn_log_level sink_level = CAIRN_LOG_WARN;

static void sink_open(void)
{
    sink_level = (enum cairn_log_level)cairn_option_choice(CAIRN_OPTION_LOG);
    const char *path = cairn_option_text(CAIRN_OPTION_LOG_FILE);
    if (path[0] == '\0')
        return;
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (fd >= 0)
        sink_fd = fd;
    else
        fprintf(stderr, "cairn: warning: cannot open the log file %s: %s; logging to stderr\n",
                path, strerror(errno));
}

bool cairn_log_enabled(enum cairn_log_level level)
{
    pthread_once(&sink_once, sink_open);
    return level <= sink_level;
}

void cairn_log(enum cairn_log_level level, const char *format, ...)
{
    if (!cairn_log_enabled(level))
        return;
    char line[LINE_BYTES];
    int head = snprintf(line, sizeof line, "cairn: %s: ", level_names[level]);
    va_list args;
    va_start(args, format);
    int body = vsnprintf(line + head, sizeof line - (size_t)head - 1, format, args);
    va_end(args);
    if (body < 0)
        return;
    size_t used = strlen(line);
    line[used++] = '\n';
    ssize_t ignored = write(sink_fd, line, used);
    (void)ignored;
}
