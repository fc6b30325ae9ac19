/* SPDX-License-Identifier: MIT
 * Signals that several processes use: each alone on a page of its own that lies in a file. When one
 * process destroys its view, the page becomes its own memory again and waits for the next such
 * signal: a waker who is late finds a page there, and nothing to wake.
 */
#include "device/device_priv.h"
#include "device/memory_priv.h"
#include "device/share.h"

#include <pthread.h>
#include <stdlib.h>

enum { PAGE_BYTES = 4096 };

struct page {
    void *address;
    struct page *next;
};

static struct {
    pthread_mutex_t lock; /* guards the list */
    struct page *unused;
} pages = {.lock = PTHREAD_MUTEX_INITIALIZER};

bool cairn_signal_is_shared(const struct cairn_signal *signal)
{
    return __atomic_load_n(&signal->reserved1, __ATOMIC_RELAXED) == CAIRN_SIGNAL_SHARED;
}

static enum cairn_status take_page(void **out)
{
    pthread_mutex_lock(&pages.lock);
    struct page *page = pages.unused;
    if (page != NULL)
        pages.unused = page->next;
    pthread_mutex_unlock(&pages.lock);
    if (page == NULL)
        return cairn_memory_alloc(NULL, CAIRN_MEMORY_HOST, PAGE_BYTES, 0, 0, out);
    *out = page->address;
    free(page);
    return CAIRN_OK;
}

/* Without memory for the note the page is lost, no more. */
static void give_page(void *address)
{
    struct page *page = malloc(sizeof *page);
    if (page == NULL)
        return;
    pthread_mutex_lock(&pages.lock);
    *page = (struct page){.address = address, .next = pages.unused};
    pages.unused = page;
    pthread_mutex_unlock(&pages.lock);
}

enum cairn_status cairn_signal_create_shared(int64_t initial, struct cairn_signal **out)
{
    void *page;
    struct cairn_backing *backing;
    enum cairn_status status = take_page(&page);
    if (status != CAIRN_OK)
        return status;
    status = cairn_memory_share(page, &backing);
    if (status != CAIRN_OK) {
        give_page(page);
        return status;
    }
    struct cairn_signal *signal = page;
    __atomic_store_n(&signal->reserved1, CAIRN_SIGNAL_SHARED, __ATOMIC_RELAXED);
    atomic_store_explicit(&signal->value, initial, memory_order_relaxed);
    signal->kind = 1;
    *out = signal;
    return CAIRN_OK;
}

enum cairn_status cairn_signal_attach(struct cairn_backing *backing, struct cairn_signal **out)
{
    void *page;
    if (backing->size_bytes != PAGE_BYTES)
        return CAIRN_ERR_INVALID_ARGUMENT;
    enum cairn_status status = cairn_memory_attach(backing, PAGE_BYTES, &page);
    if (status != CAIRN_OK)
        return status;
    struct cairn_signal *signal = page;
    if (signal->kind != 1 || !cairn_signal_is_shared(signal)) {
        (void)!cairn_memory_free(page);
        return CAIRN_ERR_INVALID_ARGUMENT;
    }
    *out = signal;
    return CAIRN_OK;
}

void cairn_signal_leave_shared(struct cairn_signal *signal)
{
    if (cairn_memory_unshare(signal) == CAIRN_OK)
        give_page(signal);
}

void cairn_signals_close_shared(void)
{
    pthread_mutex_lock(&pages.lock);
    while (pages.unused != NULL) {
        struct page *next = pages.unused->next;
        free(pages.unused);
        pages.unused = next;
    }
    pthread_mutex_unlock(&pages.lock);
}

void cairn_signals_fork_child_shared(void)
{
    pages.lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    pages.unused = NULL;
}
