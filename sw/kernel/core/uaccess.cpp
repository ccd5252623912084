#include "core/uaccess.hpp"

#include "arch/page_table.hpp"
#include "core/string.hpp"

extern "C" {
uint32_t copy_in(void* to, uint32_t from, uint32_t n);
uint32_t copy_out(uint32_t to, const void* from, uint32_t n);
}

namespace kernel {

namespace {
bool in_user_space(UserAddr a, uint32_t bytes) { return uint64_t{a.value} + bytes <= kUserTop; }
}  // namespace

Result<> copy_from_user(void* to, UserAddr from, uint32_t bytes) {
    if (!in_user_space(from, bytes) || copy_in(to, from.value, bytes) != 0) return Errno::kFault;
    return Ok{};
}

Result<> copy_to_user(UserAddr to, const void* from, uint32_t bytes) {
    if (!in_user_space(to, bytes) || copy_out(to.value, from, bytes) != 0) return Errno::kFault;
    return Ok{};
}

Result<> clear_user(UserAddr to, uint32_t bytes) {
    static constexpr uint8_t kZeros[64] = {};
    for (uint32_t done = 0; done < bytes;) {
        const uint32_t n = bytes - done < sizeof kZeros ? bytes - done : sizeof kZeros;
        TRY(copy_to_user(to + done, kZeros, n));
        done += n;
    }
    return Ok{};
}

Result<> copy_string_from_user(char* to, uint32_t size, UserAddr from) {
    for (uint32_t i = 0; i < size; ++i) {
        to[i] = TRY(get_user<char>(from + i));
        if (to[i] == 0) return Ok{};
    }
    return Errno::kNameTooLong;
}

}  // namespace kernel
