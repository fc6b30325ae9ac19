// SPDX-License-Identifier: MIT
// Which operators vector types have, what pairs of halves say when they do not agree, and channel
// formats of element types: all as ROCm has them.
#include <hip/hip_runtime.h>
#include <hip/hip_fp16.h>

#include <stdio.h>
#include <type_traits>
#include <utility>

template <class T, class U, class = void> struct can_or : std::false_type {
};
template <class T, class U>
struct can_or<T, U, std::void_t<decltype(std::declval<T>() | std::declval<U>())>> : std::true_type {
};
template <class T, class U, class = void> struct can_or_assign : std::false_type {
};
template <class T, class U>
struct can_or_assign<T, U, std::void_t<decltype(std::declval<T &>() |= std::declval<U>())>>
    : std::true_type {
};
template <class T, class U, class = void> struct can_add_assign : std::false_type {
};
template <class T, class U>
struct can_add_assign<T, U, std::void_t<decltype(std::declval<T &>() += std::declval<U>())>>
    : std::true_type {
};
template <class T, class = void> struct can_negate : std::false_type {
};
template <class T>
struct can_negate<T, std::void_t<decltype(-std::declval<T>())>> : std::true_type {
};
template <class T, class = void> struct can_invert : std::false_type {
};
template <class T>
struct can_invert<T, std::void_t<decltype(~std::declval<T>())>> : std::true_type {
};

static_assert(can_or<int3, int3>::value && can_or<int3, int>::value, "bits of integers");
static_assert(!can_or<float3, float3>::value && !can_or<double1, int>::value, "no bits of floats");
static_assert(can_or_assign<uchar2, uchar2>::value && !can_or_assign<uchar2, int>::value,
              "a number is assigned by arithmetic only");
static_assert(can_add_assign<uchar2, int>::value && can_add_assign<float4, float>::value,
              "a number is added to all");
static_assert(can_negate<char4>::value && can_negate<float2>::value, "signed ones have a minus");
static_assert(!can_negate<uchar4>::value && !can_negate<ulong1>::value, "unsigned ones have none");
static_assert(can_invert<ushort2>::value && !can_invert<float2>::value, "bits of integers");

static int failures;

static void expect(const char *what, bool got)
{
    if (!got)
        printf("not so: %s\n", what);
    failures += !got;
}

static void vectors()
{
    int2 a = make_int2(6, 7), b = make_int2(3, 5);
    a |= b;
    expect("int2 |= int2", a.x == 7 && a.y == 7);
    a += 2;
    expect("int2 += 2", a.x == 9 && a.y == 9);
    a = -(a % 4) << 1;
    expect("-(int2 % 4) << 1", a.x == -2 && a.y == -2);
}

static void pairs()
{
    __half2 mixed = __half2{5, 8}, other = __half2{2, 10};
    expect("not all less", mixed >= other);
    expect("not all greater", mixed <= other);
    expect("not all greater, so no >", !(mixed > other));
    expect("not all less, so no <", !(mixed < other));
    expect("all less", __half2{1, 1} < mixed && !(__half2{1, 1} >= mixed));
}

static void channels()
{
    hipChannelFormatDesc desc = hipCreateChannelDesc<long>();
    expect("long is no element", desc.x == 0 && desc.f == hipChannelFormatKindNone);
    desc = hipCreateChannelDesc<ulong4>();
    expect("ulong4 is no element", desc.w == 0 && desc.f == hipChannelFormatKindNone);
    desc = hipCreateChannelDesc<ushort2>();
    expect("ushort2 is", desc.y == 16 && desc.z == 0 && desc.f == hipChannelFormatKindUnsigned);
}

int main()
{
    vectors();
    pairs();
    channels();
    return failures != 0;
}
