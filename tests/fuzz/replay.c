/* SPDX-License-Identifier: MIT
 * Runs every file of a corpus folder through the fuzz entry point once; fails on an empty folder.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return -1;
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    uint8_t *data = malloc(size > 0 ? (size_t)size : 1);
    size_t got = data != NULL ? fread(data, 1, (size_t)size, file) : 0;
    fclose(file);
    if (data != NULL && got == (size_t)size)
        LLVMFuzzerTestOneInput(data, got);
    free(data);
    return data != NULL && got == (size_t)size ? 0 : -1;
}

int main(int argc, char **argv)
{
    setenv("CAIRN_LOG_FILE", "/dev/null", 1);
    DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
    if (folder == NULL) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    int files = 0, bad = 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        files++;
        bad += replay(argv[1], entry->d_name) != 0;
    }
    closedir(folder);
    printf("%d files replayed, %d unreadable\n", files, bad);
    return files > 0 && bad == 0 ? 0 : 1;
}
