// Interrupts: a number space behind interrupt controllers, one handler each.
#pragma once

#include <cstdint>

#include "core/result.hpp"

namespace kernel {

/// A controller and one of its inputs.
struct IrqChip {
    virtual ~IrqChip() = default;
    virtual void enable(uint32_t line) = 0;
    virtual void disable(uint32_t line) = 0;
};
struct IrqLine {
    IrqChip* chip = nullptr;
    uint32_t line = 0;
};
using IrqHandler = void (*)(void* context);

/// Errors: kBusy somebody has it, kNoMem.
Result<> request_irq(IrqLine line, IrqHandler handler, void* context, const char* name);
void free_irq(IrqLine line);
/// A controller reports an active input. False when nobody wants it (it is then disabled and reported).
bool dispatch_irq(IrqLine line);

/// The root controller: acknowledge, dispatch, complete. Set once.
void set_root_irq_handler(void (*handler)());
void handle_root_irq();
/// Calls print(count, name) for each line in use.
void for_each_irq(void (*visit)(void* context, uint32_t line, uint64_t count, const char* name),
                  void* context);

}  // namespace kernel
