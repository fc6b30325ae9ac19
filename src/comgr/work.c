/* SPDX-License-Identifier: MIT
 * The temporary files of an action and the programs that it runs.
 */
#include "comgr/action.h"

#include "base/log.h"
#include "toolchain/child.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDER_DEPTH = 16 };

static bool env_is_set(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' && strcmp(value, "0") != 0;
}

/* ---- the folder ---- */

static amd_comgr_status_t make_folder(struct comgr_work *work)
{
    const char *root = getenv("TMPDIR");
    int length = snprintf(work->folder, sizeof work->folder, "%s/comgr-XXXXXX",
                          root != NULL && root[0] == '/' ? root : "/tmp");
    if (length >= (int)sizeof work->folder)
        strcpy(work->folder, "/tmp/comgr-XXXXXX");
    if (mkdtemp(work->folder) == NULL) {
        cairn_log(CAIRN_LOG_ERROR, "comgr: cannot make a folder like %s: %m", work->folder);
        work->folder[0] = '\0';
        return AMD_COMGR_STATUS_ERROR;
    }
    static const char *const subs[] = {"input", "include", "output"};
    for (size_t i = 0; i < sizeof subs / sizeof subs[0]; i++) {
        char path[sizeof work->folder + 16];
        snprintf(path, sizeof path, "%s/%s", work->folder, subs[i]);
        if (mkdir(path, 0700) != 0)
            return AMD_COMGR_STATUS_ERROR;
    }
    return AMD_COMGR_STATUS_SUCCESS;
}

static int remove_entry(const char *path, const struct stat *facts, int type, struct FTW *where)
{
    (void)remove(path);
    return 0;
}

void comgr_work_close(struct comgr_work *work)
{
    if (work->folder[0] != '\0' && !env_is_set("AMD_COMGR_SAVE_TEMPS"))
        nftw(work->folder, remove_entry, FOLDER_DEPTH, FTW_DEPTH | FTW_PHYS);
    work->folder[0] = '\0';
}

/* The tree that this library is in does not change while it is loaded. */
static pthread_once_t toolchain_once = PTHREAD_ONCE_INIT;
static struct cairn_toolchain toolchain;
static enum cairn_status toolchain_status;

static void find_toolchain(void)
{
    Dl_info here;
    const char *file = dladdr((void *)&find_toolchain, &here) != 0 ? here.dli_fname : NULL;
    toolchain_status = cairn_toolchain_find(file, &toolchain);
}

amd_comgr_status_t comgr_work_find_tools(struct comgr_work *work)
{
    pthread_once(&toolchain_once, find_toolchain);
    work->toolchain = toolchain;
    if (toolchain_status != CAIRN_OK) {
        CAIRN_LOG_ONCE("comgr: no clang++ in %s: install clang-22 or set HIP_CLANG_PATH",
                       toolchain.llvm_bin);
        comgr_buffer_addf(&work->log, "error: no clang++ in %s\n", toolchain.llvm_bin);
        return AMD_COMGR_STATUS_ERROR;
    }
    return AMD_COMGR_STATUS_SUCCESS;
}

amd_comgr_status_t comgr_work_open(struct comgr_work *work)
{
    amd_comgr_status_t status = comgr_work_find_tools(work);
    return status == AMD_COMGR_STATUS_SUCCESS ? make_folder(work) : status;
}

/* ---- files ---- */

/* Relative, and never above where it starts. */
static bool stays_inside(const char *name)
{
    int depth = 0;
    for (const char *at = name; *at != '\0';) {
        size_t length = strcspn(at, "/");
        if (length == 2 && at[0] == '.' && at[1] == '.')
            depth--;
        else if (length != 0 && !(length == 1 && at[0] == '.'))
            depth++;
        if (depth < 0)
            return false;
        at += length + (at[length] == '/');
    }
    return depth > 0;
}

/* Makes the folders that the file's name goes through, those before ".." too. */
static void make_parents(char *path, size_t from)
{
    for (char *at = path + from; *at != '\0'; at++) {
        if (*at != '/')
            continue;
        *at = '\0';
        mkdir(path, 0700);
        *at = '/';
    }
}

static amd_comgr_status_t write_file(const char *path, struct cairn_bytes bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        cairn_log(CAIRN_LOG_ERROR, "comgr: cannot write %s: %m", path);
        return AMD_COMGR_STATUS_ERROR;
    }
    while (bytes.left != 0) {
        ssize_t put = write(fd, bytes.at, bytes.left);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            break;
        bytes.at += put;
        bytes.left -= (size_t)put;
    }
    if (bytes.left != 0)
        cairn_log(CAIRN_LOG_ERROR, "comgr: cannot write %s: %m", path);
    close(fd);
    return bytes.left == 0 ? AMD_COMGR_STATUS_SUCCESS : AMD_COMGR_STATUS_ERROR;
}

amd_comgr_status_t comgr_work_write_bytes(struct comgr_work *work, const char *sub,
                                          const char *name, struct cairn_bytes bytes,
                                          struct comgr_buffer *path)
{
    if (!stays_inside(name)) {
        comgr_buffer_addf(&work->log, "error: the name '%s' leads out of its folder\n", name);
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    }
    comgr_buffer_addf(path, "%s/%s/%s", work->folder, sub, name);
    if (path->failed)
        return AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES;
    make_parents(path->text, strlen(work->folder) + 1);
    return write_file(path->text, bytes);
}

amd_comgr_status_t comgr_work_write(struct comgr_work *work, const char *sub, const char *stem,
                                    const struct comgr_data *data, struct comgr_buffer *path)
{
    char made[64];
    const char *name = data->name;
    while (*name == '/') /* an absolute path keeps its shape inside of the folder */
        name++;
    if (*name == '\0') {
        snprintf(made, sizeof made, "%s%u", stem, work->files++);
        name = made;
    }
    return comgr_work_write_bytes(work, sub, name, cairn_bytes_of(data->bytes, data->size), path);
}

amd_comgr_status_t comgr_work_read_bytes(const char *path, uint8_t **out, size_t *size)
{
    struct stat facts;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &facts) != 0) {
        if (fd >= 0)
            close(fd);
        return AMD_COMGR_STATUS_ERROR;
    }
    size_t want = (size_t)facts.st_size, done = 0;
    uint8_t *bytes = malloc(want + 1);
    while (bytes != NULL && done < want) {
        ssize_t got = read(fd, bytes + done, want - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        done += (size_t)got;
    }
    close(fd);
    if (bytes == NULL || done != want) {
        free(bytes);
        return bytes == NULL ? AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES : AMD_COMGR_STATUS_ERROR;
    }
    *out = bytes;
    *size = want;
    return AMD_COMGR_STATUS_SUCCESS;
}

amd_comgr_status_t comgr_work_read(struct comgr_work *work, const char *path,
                                   amd_comgr_data_kind_t kind, const char *name)
{
    uint8_t *bytes;
    size_t size;
    struct comgr_data *data;
    amd_comgr_status_t status = comgr_work_read_bytes(path, &bytes, &size);
    if (status != AMD_COMGR_STATUS_SUCCESS)
        return status;
    status = comgr_data_create(kind, name, bytes, size, &data);
    if (status != AMD_COMGR_STATUS_SUCCESS) {
        free(bytes);
        return status;
    }
    status = comgr_data_set_append(work->result, data);
    comgr_data_drop(data);
    return status;
}

void comgr_name_with(const char *name, const char *suffix, struct comgr_buffer *out)
{
    const char *slash = strrchr(name, '/'), *dot = strrchr(name, '.');
    bool ends = dot != NULL && dot != name && (slash == NULL || dot > slash + 1);
    comgr_buffer_add(out, name, ends ? (size_t)(dot - name) : strlen(name));
    comgr_buffer_add(out, suffix, strlen(suffix));
}

/* ---- programs ---- */

/* llvm/bin of an install tree has clang under its versioned name, and under clang++ a script. */
void comgr_work_tool(struct comgr_work *work, const char *name, struct comgr_texts *command)
{
    char path[PATH_MAX + 16];
    snprintf(path, sizeof path, "%s/clang-22", work->toolchain.llvm_bin);
    if (strcmp(name, "clang") == 0)
        name = access(path, X_OK) == 0 ? "clang-22" : "clang++";
    comgr_texts_pushf(command, "%s/%s", work->toolchain.llvm_bin, name);
}

/* Paths of the temporary folder say nothing to the reader: what the caller named stays. */
static void log_output(struct comgr_work *work, const char *text, size_t size)
{
    size_t prefix = strlen(work->folder);
    const char *end = text + size, *found;
    while ((found = strstr(text, work->folder)) != NULL) {
        comgr_buffer_add(&work->log, text, (size_t)(found - text));
        text = found + prefix;
        if (strncmp(text, "/input/", 7) == 0)
            text += 7;
        else if (strncmp(text, "/include/", 9) == 0)
            text += 9;
    }
    comgr_buffer_add(&work->log, text, (size_t)(end - text));
}

/* LLVM's -print-after=... and their like write to stderr, where the caller of a compiler in the
 * same process would find it. */
static bool wants_dump(const struct comgr_texts *command)
{
    for (size_t i = 1; i < command->count; i++)
        if (strcmp(command->items[i - 1], "-mllvm") == 0 &&
            (strncmp(command->items[i], "-print-", 7) == 0 ||
             strncmp(command->items[i], "-debug", 6) == 0))
            return true;
    return false;
}

amd_comgr_status_t comgr_work_run(struct comgr_work *work, const struct comgr_texts *command)
{
    struct cairn_child child;
    if (command->failed)
        return AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES;
    if (env_is_set("AMD_COMGR_EMIT_VERBOSE_LOGS")) {
        for (size_t i = 0; i < command->count; i++)
            comgr_buffer_addf(&work->log, "%s\"%s\"", i == 0 ? "" : " ", command->items[i]);
        comgr_buffer_add(&work->log, "\n", 1);
    }
    enum cairn_status status = cairn_child_run(command->items, &child);
    if (status != CAIRN_OK) {
        comgr_buffer_addf(&work->log, "error: cannot run %s: %s\n", command->items[0],
                          cairn_status_text(status));
        return comgr_status_of(status);
    }
    if (wants_dump(command))
        fwrite(child.output, 1, child.output_size, stderr);
    log_output(work, child.output, child.output_size);
    free(child.output);
    /* Where the exit status is lost, the file that is missing will tell. */
    if (!child.exit_known || child.exit_status == 0)
        return AMD_COMGR_STATUS_SUCCESS;
    if (child.exit_status >= 256)
        comgr_buffer_addf(&work->log, "error: %s was ended by signal %d\n", command->items[0],
                          child.exit_status - 256);
    return AMD_COMGR_STATUS_ERROR;
}
