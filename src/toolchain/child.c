/* SPDX-License-Identifier: MIT
 * Child processes: started with posix_spawn, which does not copy the tables of a big process, and
 * read until they close their output.
 */
#include "toolchain/child.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OUTPUT_FIRST = 4096, OUTPUT_MAX = 64 << 20 };

/* Reads to the end of `fd`; what goes past the limit is dropped. */
static enum cairn_status read_output(int fd, struct cairn_child *out)
{
    size_t room = OUTPUT_FIRST, used = 0;
    char *text = malloc(room), spill[512];
    while (text != NULL) {
        bool full = used + 1 == room && room >= OUTPUT_MAX;
        ssize_t got = full ? read(fd, spill, sizeof spill) : read(fd, text + used, room - 1 - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        used += full ? 0 : (size_t)got;
        if (used + 1 == room && room < OUTPUT_MAX) {
            char *bigger = realloc(text, room *= 2);
            if (bigger == NULL)
                free(text);
            text = bigger;
        }
    }
    if (text == NULL)
        return CAIRN_ERR_NO_MEMORY;
    text[used] = '\0';
    out->output = text;
    out->output_size = used;
    return CAIRN_OK;
}

static void wait_for(pid_t pid, struct cairn_child *out)
{
    int status;
    pid_t got;
    do
        got = waitpid(pid, &status, 0);
    while (got < 0 && errno == EINTR);
    out->exit_known = got == pid;
    if (got == pid)
        out->exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

/* The environment without LD_PRELOAD; the strings are the environment's own. */
static char **child_environment(void)
{
    size_t count = 0, kept = 0;
    while (environ != NULL && environ[count] != NULL)
        count++;
    char **list = calloc(count + 1, sizeof *list);
    for (size_t i = 0; list != NULL && i < count; i++)
        if (strncmp(environ[i], "LD_PRELOAD=", strlen("LD_PRELOAD=")) != 0)
            list[kept++] = environ[i];
    return list;
}

static int spawn(char *const argv[], char **environment, int output, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setsigmask(&attributes, &none);
    int error =
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0) ?:
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO) ?:
        posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO) ?:
        posix_spawn(pid, argv[0], &actions, &attributes, argv, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

enum cairn_status cairn_child_run(char *const argv[], struct cairn_child *out)
{
    int ends[2];
    pid_t pid;
    *out = (struct cairn_child){0};
    char **environment = child_environment();
    if (environment == NULL)
        return CAIRN_ERR_NO_MEMORY;
    enum cairn_status status = CAIRN_ERR_IO;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        cairn_log(CAIRN_LOG_ERROR, "cannot make a pipe for %s: %m", argv[0]);
        goto free_environment;
    }
    int error = spawn(argv, environment, ends[1], &pid);
    close(ends[1]);
    if (error != 0) {
        cairn_log(CAIRN_LOG_ERROR, "cannot start %s: %s", argv[0], strerror(error));
        status = error == ENOENT ? CAIRN_ERR_NOT_FOUND : CAIRN_ERR_IO;
        goto close_pipe;
    }
    status = read_output(ends[0], out);
    close(ends[0]); /* before the wait: whoever still writes must not block */
    wait_for(pid, out);
    free(environment);
    return status;
close_pipe:
    close(ends[0]);
free_environment:
    free(environment);
    return status;
}
