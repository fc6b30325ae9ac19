// SPDX-License-Identifier: MIT
// What several device files need and both dialects say alike. It follows the dialect's header.

// Exclusive prefix sum over a block of 256; *total is the sum of all. Ends with a barrier.
FUNCTION unsigned block_exclusive(unsigned value, LOCAL_POINTER unsigned *part,
                                  LOCAL_POINTER unsigned *total)
{
    int t = TX;
    unsigned sum = value;
    part[t] = sum;
    BARRIER();
    for (int d = 1; d < 256; d <<= 1) {
        unsigned left = t >= d ? part[t - d] : 0;
        BARRIER();
        sum += left;
        part[t] = sum;
        BARRIER();
    }
    if (t == 255)
        *total = sum;
    BARRIER();
    return sum - value;
}

#ifndef HAS_BALLOT
// How many threads before this one have the flag, and in *total how many of the block have it.
FUNCTION unsigned block_rank(unsigned flag, LOCAL_POINTER unsigned *part,
                             LOCAL_POINTER unsigned *total)
{
    return block_exclusive(flag, part, total);
}
#endif
