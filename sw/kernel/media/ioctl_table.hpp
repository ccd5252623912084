// Tables of ioctls: a command, and the member function that answers it on a copy of the user's argument.
#pragma once

#include <linux/ioctl.h>

#include <cstddef>

#include "core/lock.hpp"
#include "core/uaccess.hpp"

namespace kernel {

enum IoctlNeed : uint8_t {
    kPlain = 0,
    kUnlocked = 1,  ///< may wait for the device, or takes a lock that goes before the node's
    kPriority = 2,  ///< not while another file has a higher priority
    kAlways = 4,    ///< copied back after errors too
};

inline constexpr uint32_t kLargestArgument = 256;

template <class F>
struct IoctlRow {
    uint32_t command;
    Result<> (*run)(F&, void*);
    uint8_t need;
};

template <class F, class A>
A ioctl_argument(Result<> (F::*)(A&));

/// The row of `command` for `method` of F or a base of it.
template <class F, auto method>
constexpr IoctlRow<F> ioctl_row(uint32_t command, uint8_t need = kPlain) {
    using Argument = decltype(ioctl_argument(method));
    static_assert(sizeof(Argument) <= kLargestArgument);
    return {command, [](F& f, void* a) { return (f.*method)(*static_cast<Argument*>(a)); }, need};
}

/// Null for a command that is not in the table.
template <class F, size_t count>
const IoctlRow<F>* find_ioctl(const IoctlRow<F> (&table)[count], uint32_t command) {
    for (const IoctlRow<F>& row : table) {
        if (row.command == command) return &row;
    }
    return nullptr;
}

/// Copies the argument in, runs the row under `lock` (unless it may wait), copies it back.
template <class F>
Result<uint32_t> run_ioctl(const IoctlRow<F>& row, F& file, Mutex& lock, UserAddr argument) {
    alignas(8) uint8_t copy[kLargestArgument] = {};
    const uint32_t bytes = _IOC_SIZE(row.command);
    if (_IOC_DIR(row.command) & _IOC_WRITE) TRY(copy_from_user(copy, argument, bytes));
    Result<> done = Ok{};
    if (row.need & kUnlocked) {
        done = row.run(file, copy);
    } else {
        const MutexGuard guard{lock};
        done = row.run(file, copy);
    }
    if (!done && !(row.need & kAlways)) return done.error();
    if (_IOC_DIR(row.command) & _IOC_READ) TRY(copy_to_user(argument, copy, bytes));
    if (!done) return done.error();
    return 0U;
}

}  // namespace kernel
