// Whether this build carries AddressSanitizer; gcc and clang say so in different ways.
#pragma once

#if defined(__SANITIZE_ADDRESS__)
#define EXYSIM_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define EXYSIM_ADDRESS_SANITIZER 1
#endif
#endif
#ifndef EXYSIM_ADDRESS_SANITIZER
#define EXYSIM_ADDRESS_SANITIZER 0
#endif
