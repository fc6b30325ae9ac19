/* SPDX-License-Identifier: MIT
 * Compiled to relocatable files for test_object.c: one function for each kind of section and
 * relocation that the loader meets, and, by macro, one thing that it must refuse.
 */
#include <string.h>

extern int far_function(int);
extern int far_data;

int add(int a, int b);
int by_jump_table(int which, int a);
const char *by_pointer_table(unsigned which);
void vector_constants(unsigned *out);
int call_far(int a);
int read_far(void);
void fill(unsigned char *bytes, unsigned long count);
int (*pointer_of_add(void))(int, int);
int (*pointer_of_far(void))(int);

int add(int a, int b)
{
    return a + b;
}

int by_jump_table(int which, int a)
{
    switch (which) {
    case 0:
        return a * 3 + 1;
    case 1:
        return add(a, a) ^ 5;
    case 2:
        return a / 7;
    case 3:
        return a << 4;
    case 4:
        return ~a;
    case 5:
        return a % 11;
    case 6:
        return a - 1000;
    default:
        return -1;
    }
}

const char *by_pointer_table(unsigned which)
{
    static const char *const names[] = {"exec", "vcc", "scc", "m0"};
    return names[which & 3];
}

void vector_constants(unsigned *out)
{
    static const unsigned factors[16] = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3};
    for (unsigned i = 0; i < 16; i++)
        out[i] = i * factors[i] + 0x01020304u * i;
}

int call_far(int a)
{
    return far_function(a) + 1;
}

int read_far(void)
{
    return far_data + 1;
}

void fill(unsigned char *bytes, unsigned long count)
{
    memset(bytes, 0x5a, count);
}

int (*pointer_of_add(void))(int, int)
{
    return add;
}

int (*pointer_of_far(void))(int)
{
    return far_function;
}

#ifdef WRITABLE_DATA
int counter = 1;
int count(void);
int count(void)
{
    return counter++;
}
#endif

#ifdef THREAD_LOCAL
_Thread_local int counter = 1;
int count(void);
int count(void)
{
    return counter++;
}
#endif

#ifdef CONSTRUCTOR
void construct(void);
__attribute__((constructor)) void construct(void)
{
    far_function(1);
}
#endif
