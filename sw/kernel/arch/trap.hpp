// What exception entry saves, and the C++ handlers it calls (arch/vectors.S).
#pragma once

#include <cstdint>

namespace kernel {

/// Registers of the interrupted code, in the order vectors.S pushes them.
struct TrapFrame {
    uint32_t r[13];
    uint32_t
        user_sp;  ///< banked user r13; the kernel's own sp is &frame + 1 when kernel code was interrupted
    uint32_t user_lr;
    uint32_t kernel_lr;
    uint32_t pc;
    uint32_t cpsr;

    bool from_user() const { return (cpsr & 0x1F) == 0x10; }
    bool thumb() const { return cpsr & 0x20; }
};
static_assert(sizeof(TrapFrame) == 72);

inline constexpr uint32_t kCpsrUser = 0x10;
inline constexpr uint32_t kCpsrThumb = 0x20;

}  // namespace kernel
