// How long the random runs of this folder are: a seeded few by default, a million with the tag [long].
#pragma once

namespace kernel_test {

inline constexpr int kSomeOperations = 20'000;
inline constexpr int kAMillion = 1'000'000;

}  // namespace kernel_test
