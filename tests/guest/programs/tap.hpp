// Test Anything Protocol for guest tests: "1..N", then "ok I - name" or "not ok I - name" with the two
// values. main() returns tap::finish(): 0 only if every planned test ran and passed.
#pragma once

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace tap {

inline int planned = 0;
inline int done = 0;
inline int failed = 0;

inline void plan(int tests) {
    planned = tests;
    std::printf("1..%d\n", tests);
    std::fflush(stdout);
}

inline bool ok(bool good, const char* name) {
    ++done;
    if (!good) ++failed;
    std::printf("%sok %d - %s\n", good ? "" : "not ", done, name);
    std::fflush(stdout);
    return good;
}

/// Compares two integers and shows both when they differ.
inline bool is(long long got, long long wanted, const char* name) {
    const bool good = ok(got == wanted, name);
    if (!good) std::printf("# got %lld (%#llx), wanted %lld (%#llx)\n", got, got, wanted, wanted);
    return good;
}

/// `result` must be -1 with this errno; evaluate the call in the argument.
inline bool fails_with(long result, int number, const char* name) {
    const int seen = errno;
    const bool good = ok(result == -1 && seen == number, name);
    if (!good)
        std::printf("# result %ld, errno %d (%s), wanted %s\n", result, seen, std::strerror(seen),
                    std::strerror(number));
    return good;
}

inline int finish() { return failed == 0 && done == planned ? 0 : 1; }

}  // namespace tap
