// The rules, one table for each part of the instruction set.
#pragma once

#include <span>

#include "tests/fuzz/cpu/rules.hpp"

namespace exysim::test::oracle {

std::span<const Rule> a32_rules();    // a32_rules.cpp, coprocessor rows included
std::span<const Rule> thumb_rules();  // thumb_rules.cpp
std::span<const Rule> simd_rules();   // simd_rules.cpp, both states; what it does not name is in vfp_rules()
std::span<const Rule> vfp_rules();    // vfp_rules.cpp, both states

}  // namespace exysim::test::oracle
