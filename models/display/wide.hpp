// Loops over pixels are written so that compilers turn them into vector code; this builds each for two
// machines.
#pragma once

// Two copies, chosen when the program starts. Integer arithmetic only, so both give the same bytes.
#if defined(__SANITIZE_ADDRESS__) || !defined(__x86_64__)
#define EXYSIM_WIDE
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define EXYSIM_WIDE
#endif
#endif
#ifndef EXYSIM_WIDE
#define EXYSIM_WIDE __attribute__((target_clones("avx2", "default")))
#endif
