/* SPDX-License-Identifier: MIT
 * Finds the note NT_GNU_BUILD_ID (generic ABI, "Note Section"; GNU ld, --build-id), in the loaded
 * library by way of its program headers or in a file.
 */
#include "finalizer/build_id.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NOTES_MAX_BYTES = 4096, SEGMENTS_MAX = 64 };

static enum cairn_status take_note(struct cairn_bytes *in, Elf64_Nhdr *note,
                                   struct cairn_bytes *name, struct cairn_bytes *text)
{
    enum cairn_status status = cairn_bytes_take(in, note, sizeof *note);
    uint64_t name_size = cairn_align_up(note->n_namesz, 4);
    uint64_t text_size = cairn_align_up(note->n_descsz, 4);
    if (status == CAIRN_OK)
        status = cairn_bytes_slice(*in, 0, name_size, name);
    if (status == CAIRN_OK)
        status = cairn_bytes_slice(*in, name_size, note->n_descsz, text);
    if (status != CAIRN_OK)
        return status;
    if (cairn_bytes_slice(*in, name_size + text_size, in->left - name_size - text_size, in) !=
        CAIRN_OK)
        in->left = 0; /* the last note's padding may be cut off */
    return CAIRN_OK;
}

enum cairn_status cairn_build_id_in_notes(struct cairn_bytes notes, char out[CAIRN_BUILD_ID_TEXT])
{
    Elf64_Nhdr note = {0};
    struct cairn_bytes name, text;
    while (notes.left != 0 && take_note(&notes, &note, &name, &text) == CAIRN_OK) {
        if (note.n_type != NT_GNU_BUILD_ID || note.n_namesz != 4 ||
            memcmp(name.at, "GNU", 4) != 0 || text.left == 0 ||
            2 * text.left >= CAIRN_BUILD_ID_TEXT)
            continue;
        for (size_t i = 0; i < text.left; i++)
            snprintf(out + 2 * i, 3, "%02x", text.at[i]);
        return CAIRN_OK;
    }
    return CAIRN_ERR_NOT_FOUND;
}

static char own_id[CAIRN_BUILD_ID_TEXT];
static pthread_once_t own_id_once = PTHREAD_ONCE_INIT;

static bool holds(const struct dl_phdr_info *info, uintptr_t address)
{
    for (unsigned i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        if (segment->p_type == PT_LOAD &&
            address - (info->dlpi_addr + segment->p_vaddr) < segment->p_memsz)
            return true;
    }
    return false;
}

static int look_at_library(struct dl_phdr_info *info, size_t size, void *user)
{
    (void)size;
    (void)user;
    if (!holds(info, (uintptr_t)cairn_build_id))
        return 0;
    for (unsigned i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        if (segment->p_type == PT_NOTE && segment->p_align <= 4 &&
            cairn_build_id_in_notes(
                cairn_bytes_of((const void *)(info->dlpi_addr + segment->p_vaddr),
                               segment->p_memsz),
                own_id) == CAIRN_OK)
            break;
    }
    return 1;
}

static void find_own_id(void)
{
    dl_iterate_phdr(look_at_library, NULL);
}

const char *cairn_build_id(void)
{
    pthread_once(&own_id_once, find_own_id);
    return own_id;
}

static bool read_at(int fd, void *out, size_t size, uint64_t offset)
{
    return offset <= INT64_MAX && pread(fd, out, size, (off_t)offset) == (ssize_t)size;
}

static enum cairn_status find_in_file(int fd, char out[CAIRN_BUILD_ID_TEXT])
{
    Elf64_Ehdr header;
    Elf64_Phdr segments[SEGMENTS_MAX];
    uint8_t notes[NOTES_MAX_BYTES];
    if (!read_at(fd, &header, sizeof header, 0) || memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
        header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_phentsize != sizeof *segments ||
        header.e_phnum > SEGMENTS_MAX ||
        !read_at(fd, segments, header.e_phnum * sizeof *segments, header.e_phoff))
        return CAIRN_ERR_BAD_FORMAT;
    for (unsigned i = 0; i < header.e_phnum; i++) {
        const Elf64_Phdr *segment = &segments[i];
        if (segment->p_type == PT_NOTE && segment->p_align <= 4 &&
            segment->p_filesz <= sizeof notes &&
            read_at(fd, notes, segment->p_filesz, segment->p_offset) &&
            cairn_build_id_in_notes(cairn_bytes_of(notes, segment->p_filesz), out) == CAIRN_OK)
            return CAIRN_OK;
    }
    return CAIRN_ERR_NOT_FOUND;
}

enum cairn_status cairn_build_id_of_file(const char *path, char out[CAIRN_BUILD_ID_TEXT])
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return CAIRN_ERR_NOT_FOUND;
    enum cairn_status status = find_in_file(fd, out);
    close(fd);
    return status;
}
