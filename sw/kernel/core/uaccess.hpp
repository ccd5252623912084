// Copies between kernel and user memory. A bad pointer is kFault, never a crash.
#pragma once

#include "core/result.hpp"
#include "core/types.hpp"

namespace kernel {

Result<> copy_from_user(void* to, UserAddr from, uint32_t bytes);
Result<> copy_to_user(UserAddr to, const void* from, uint32_t bytes);
/// Fills with zeros.
Result<> clear_user(UserAddr to, uint32_t bytes);

template <class T>
Result<T> get_user(UserAddr from) {
    T value;
    TRY(copy_from_user(&value, from, sizeof value));
    return value;
}
template <class T>
Result<> put_user(UserAddr to, const T& value) {
    return copy_to_user(to, &value, sizeof value);
}

/// A NUL-terminated string into a fixed array. Errors: kFault, kNameTooLong.
Result<> copy_string_from_user(char* to, uint32_t size, UserAddr from);

}  // namespace kernel
