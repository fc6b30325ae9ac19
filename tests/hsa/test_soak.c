/* SPDX-License-Identifier: MIT
 * Soak: this process and children of it do steps of soak_work.h at random, on several threads each;
 * every third child is killed in the middle. At the end nothing has hung, no result was wrong, and
 * this process holds as much as it held after its first rounds: memory, threads, files, VRAM.
 * Arguments: seconds, seed. (The children: "child", seed, milliseconds.)
 */
#include "soak_work.h"

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 3, CHILDREN = 2, WARM_ROUNDS = 8, ROUND_MS = 300, GROWTH_KIB = 8 << 10 };

#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
enum { WATCHED = 1 };
#else
enum { WATCHED = 0 };
#endif

static unsigned seconds = 10;
static uint64_t seed = 1;
static const char *self;

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* ---- one process's share ---- */

struct worker {
    uint64_t seed, until_ms, steps;
    bool failed;
};

static void *work(void *argument)
{
    struct worker *worker = argument;
    struct soak soak;
    worker->failed = !soak_open(&soak, worker->seed);
    while (!worker->failed && now_ms() < worker->until_ms)
        worker->failed = !soak_step(&soak);
    worker->steps = soak.steps;
    worker->failed = worker->failed || !soak_close(&soak);
    return NULL;
}

/* Steps done; 0 if something was wrong. */
static uint64_t work_for(uint64_t first_seed, uint64_t ms)
{
    struct worker workers[THREADS];
    pthread_t threads[THREADS];
    uint64_t sum = 0, failed = 0;
    for (uint64_t i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.seed = first_seed + i, .until_ms = now_ms() + ms};
        if (pthread_create(&threads[i], NULL, work, &workers[i]) != 0)
            exit(3);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        sum += workers[i].steps;
        failed += workers[i].failed;
    }
    return failed != 0 ? 0 : sum + 1;
}

static int child_main(uint64_t child_seed, uint64_t ms)
{
    alarm(120 + (unsigned)(ms / 1000)); /* a hang is a death by SIGALRM */
    if (rig_open(NULL) != 0)
        return 2;
    uint64_t done = work_for(child_seed, ms);
    return rig_close(NULL) == 0 && done != 0 ? 0 : 1;
}

/* ---- children ---- */

struct child {
    pid_t id;
    uint64_t kill_at_ms; /* 0: lives to its end */
};

static struct child start_child(uint64_t *random)
{
    char seed_text[24], ms_text[24];
    uint32_t ms = 100 + soak_draw(random, 1500);
    struct child child = {0};
    snprintf(seed_text, sizeof seed_text, "%u", soak_draw(random, 1u << 30));
    snprintf(ms_text, sizeof ms_text, "%u", ms);
    if (soak_draw(random, 3) == 0)
        child.kill_at_ms = now_ms() + soak_draw(random, ms);
    child.id = fork();
    if (child.id == 0) {
        execl(self, self, "child", seed_text, ms_text, (char *)NULL);
        _exit(127);
    }
    return child;
}

/* true: it is still there. */
static bool look_after(struct child *child, uint32_t *killed)
{
    int status;
    if (child->kill_at_ms != 0 && now_ms() >= child->kill_at_ms)
        kill(child->id, SIGKILL);
    if (waitpid(child->id, &status, WNOHANG) == 0)
        return true;
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL && child->kill_at_ms != 0)
        (*killed)++;
    else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("a child ended with status 0x%x", status);
    *child = (struct child){0};
    return false;
}

/* ---- what this process holds ---- */

struct holdings {
    long memory_kib, threads, files;
    uint64_t vram_left;
};

static long status_line(const char *key)
{
    char line[256];
    long value = -1;
    FILE *file = fopen("/proc/self/status", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, key, strlen(key)) == 0)
            value = strtol(line + strlen(key), NULL, 10);
    fclose(file);
    return value;
}

static struct holdings take_stock(void)
{
    struct holdings held = {.memory_kib = status_line("RssAnon:") + status_line("RssShmem:"),
                            .threads = status_line("Threads:")};
    DIR *folder = opendir("/proc/self/fd");
    assert_non_null(folder);
    while (readdir(folder) != NULL)
        held.files++;
    closedir(folder);
    OK(hsa_agent_get_info(rig.gpu, (hsa_agent_info_t)HSA_AMD_AGENT_INFO_MEMORY_AVAIL,
                          &held.vram_left));
    return held;
}

static void soaks_without_leak_hang_or_wrong_result(void **state)
{
    uint64_t random = seed, end = now_ms() + seconds * UINT64_C(1000), steps = 0;
    uint32_t round = 0, killed = 0, started = 0;
    struct child children[CHILDREN] = {0};
    struct holdings first = {0}, last;
    struct soak soak;
    bool over = false;
    assert_true(soak_open(&soak, seed) && soak_warm_up(&soak) && soak_close(&soak));
    for (bool busy = true; busy; round++) {
        over = over || (now_ms() >= end && round > WARM_ROUNDS);
        busy = !over;
        for (int i = 0; i < CHILDREN; i++) {
            if (children[i].id == 0 && !over) {
                children[i] = start_child(&random);
                started++;
            }
            busy = (children[i].id != 0 && look_after(&children[i], &killed)) || busy;
        }
        uint64_t done = work_for(soak_draw(&random, 1u << 30), ROUND_MS);
        assert_true(done != 0);
        steps += done - 1;
        if (round == WARM_ROUNDS)
            first = take_stock();
    }
    last = take_stock();
    printf("%u rounds, %llu steps here, %u children, %u killed; %ld KiB, then %ld KiB\n", round,
           (unsigned long long)steps, started, killed, first.memory_kib, last.memory_kib);
    assert_int_equal(last.threads, first.threads);
    assert_int_equal(last.files, first.files);
    assert_int_equal(last.vram_left, first.vram_left);
    if (!WATCHED) /* a sanitizer's own memory grows */
        assert_true(last.memory_kib < first.memory_kib + GROWTH_KIB);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(soaks_without_leak_hang_or_wrong_result)};
    self = argv[0];
    if (argc == 4 && strcmp(argv[1], "child") == 0)
        return child_main(strtoull(argv[2], NULL, 10), strtoull(argv[3], NULL, 10));
    if (argc > 1)
        seconds = (unsigned)strtoul(argv[1], NULL, 10);
    if (argc > 2)
        seed = strtoull(argv[2], NULL, 10);
    alarm(seconds + 600);
    return cmocka_run_group_tests(tests, rig_open, rig_close);
}
