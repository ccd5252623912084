// Futexes: waiting for a word in user memory to change. Private to an address space.
#pragma once

#include <cstdint>

#include "core/result.hpp"
#include "core/time.hpp"
#include "core/types.hpp"

namespace kernel {

/// Sleeps if the word still is `expected`. Errors: kAgain it is not, kTimedOut, kIntr, kFault.
Result<> futex_wait(UserAddr word, uint32_t expected, uint32_t bits, uint64_t deadline_ns);
/// Wakes at most `count` waiters whose bits meet `bits`; returns how many.
uint32_t futex_wake(UserAddr word, uint32_t count, uint32_t bits);
/// Wakes some and moves the rest to wait on `to`. Errors: kAgain if the word is not `expected` (when given).
Result<uint32_t> futex_requeue(UserAddr word, uint32_t wake_count, UserAddr to, uint32_t move_count,
                               const uint32_t* expected);

}  // namespace kernel
