/* SPDX-License-Identifier: MIT
 * SHA-256 against the examples of FIPS 180-4 (NIST, "SHA256.pdf") and NIST's long messages, however
 * the message is cut, by both ways to do the rounds.
 */
#include "base/sha256.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

struct digest_case {
    const char *text;
    unsigned repeat;
    const char *digest;
};

static const struct digest_case cases[] = {
    {"", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"a", 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
};

static void check_digest(const char *what, struct cairn_sha256 *hash, const char *expected)
{
    uint8_t digest[CAIRN_SHA256_BYTES];
    char text[2 * CAIRN_SHA256_BYTES + 1];
    cairn_sha256_finish(hash, digest);
    for (size_t i = 0; i < sizeof digest; i++)
        sprintf(text + 2 * i, "%02x", digest[i]);
    if (strcmp(text, expected) != 0)
        fail_msg("%s: %s instead of %s", what, text, expected);
}

static void published_digests_come_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cairn_sha256 hash;
        cairn_sha256_start(&hash);
        for (unsigned j = 0; j < cases[i].repeat; j++)
            cairn_sha256_add(&hash, cases[i].text, strlen(cases[i].text));
        check_digest(cases[i].text, &hash, cases[i].digest);
    }
}

static void cuts_do_not_change_the_digest(void **state)
{
    (void)state;
    uint8_t *message = malloc(1000000);
    assert_non_null(message);
    memset(message, 'a', 1000000);
    for (size_t step = 1; step < 400; step += 37) {
        struct cairn_sha256 hash;
        cairn_sha256_start(&hash);
        for (size_t at = 0; at < 1000000; at += step) {
            cairn_sha256_add(&hash, message + at, 1000000 - at < step ? 1000000 - at : step);
            cairn_sha256_add(&hash, NULL, 0);
        }
        check_digest("a million times a", &hash, cases[3].digest);
    }
    free(message);
}

static void both_ways_to_do_the_rounds_agree(void **state)
{
    (void)state;
    if (!cairn_sha256_has_instructions())
        skip();
    uint8_t blocks[64 * 5];
    uint32_t random = 12345;
    for (unsigned round = 0; round < 200; round++) {
        uint32_t one[8], two[8];
        for (size_t i = 0; i < sizeof blocks; i++)
            blocks[i] = (uint8_t)((random = random * 1664525 + 1013904223) >> 24);
        for (unsigned i = 0; i < 8; i++)
            one[i] = two[i] = random = random * 1664525 + 1013904223;
        cairn_sha256_blocks_portable(one, blocks, round % 6);
        cairn_sha256_blocks_native(two, blocks, round % 6);
        assert_memory_equal(one, two, sizeof one);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_digests_come_out),
        cmocka_unit_test(cuts_do_not_change_the_digest),
        cmocka_unit_test(both_ways_to_do_the_rounds_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
