// Loops over pixels are written so that compilers turn them into vector code; this builds each for two
// machines.
#pragma once

#include "models/base/sanitizer.hpp"

// Two copies, chosen when the program starts. Integer arithmetic only, so both give the same bytes.
#if EXYSIM_ADDRESS_SANITIZER || !defined(__x86_64__)
#define EXYSIM_WIDE
#else
#define EXYSIM_WIDE __attribute__((target_clones("avx2", "default")))
#endif
