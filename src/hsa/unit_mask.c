/* SPDX-License-Identifier: MIT
 * HSA_CU_MASK: the compute units that queues of each GPU may have, whatever the program asks for.
 * The grammar is that of ROCm's documentation ("Setting the number of compute units"):
 *
 *   HSA_CU_MASK = set [";" set]*      set  = gpus ":" units     gpus = list
 *   units = "0x" hex digits | list    list = (number | number "-" number) ["," ...]*
 *
 * GPUs are counted as ROCR_VISIBLE_DEVICES leaves them. One that no set names has all its units. A
 * text that does not fit the grammar is refused as a whole, and said so once.
 */
#include "hsa_priv.h"

#include "base/log.h"
#include "base/option.h"

#include <ctype.h>
#include <stdlib.h>

enum { LARGEST_NUMBER = 65535, BITS = 32 * UNIT_MASK_WORDS };

static void set_unit(uint32_t *mask, uint32_t unit)
{
    if (unit < BITS)
        mask[unit / 32] |= 1u << (unit % 32);
}

static bool read_number(const char **text, uint32_t *out)
{
    char *end;
    if (!isdigit((unsigned char)**text))
        return false;
    unsigned long number = strtoul(*text, &end, 10);
    if (number > LARGEST_NUMBER)
        return false;
    *text = end;
    *out = (uint32_t)number;
    return true;
}

/* Bits of `mask` for what the list names; *has: whether `wanted` is in it. */
static bool read_list(const char **text, uint32_t *mask, uint32_t wanted, bool *has)
{
    for (;; (*text)++) {
        uint32_t first, last;
        if (!read_number(text, &first))
            return false;
        last = first;
        if (**text == '-') {
            (*text)++;
            if (!read_number(text, &last) || last < first)
                return false;
        }
        *has = *has || (wanted >= first && wanted <= last);
        for (uint32_t i = first; i <= last && i < BITS; i++)
            set_unit(mask, i);
        if (**text != ',')
            return true;
    }
}

static bool read_units(const char **text, uint32_t *mask)
{
    bool ignored = false;
    if ((*text)[0] != '0' || ((*text)[1] != 'x' && (*text)[1] != 'X'))
        return read_list(text, mask, 0, &ignored);
    *text += 2;
    return cairn_option_read_mask(text, mask, UNIT_MASK_WORDS);
}

/* *named: whether a set is about `gpu`; then `mask` has its units. */
static bool read_sets(const char *text, uint32_t gpu, uint32_t *mask, bool *named)
{
    for (;; text++) {
        uint32_t gpus[UNIT_MASK_WORDS] = {0}, units[UNIT_MASK_WORDS] = {0};
        bool here = false;
        if (!read_list(&text, gpus, gpu, &here) || *text++ != ':' || !read_units(&text, units))
            return false;
        for (uint32_t i = 0; here && i < UNIT_MASK_WORDS; i++)
            mask[i] |= units[i];
        *named = *named || here;
        if (*text != ';')
            return *text == '\0';
    }
}

bool cairn_hsa_unit_mask(uint32_t gpu, uint32_t units, uint32_t mask[UNIT_MASK_WORDS])
{
    const char *text = cairn_option_text(CAIRN_OPTION_CU_MASK);
    uint32_t asked[UNIT_MASK_WORDS] = {0};
    bool named = false;
    if (text[0] != '\0' && !read_sets(text, gpu, asked, &named)) {
        CAIRN_LOG_ONCE("hsa: HSA_CU_MASK=%s is no list of GPUs and compute units: ignored", text);
        named = false;
    }
    for (uint32_t i = 0; i < BITS; i++)
        if (i < units && (!named || (asked[i / 32] >> (i % 32) & 1) != 0))
            set_unit(mask, i);
    return named;
}
