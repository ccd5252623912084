// A device's own reads and writes of memory, for tests: the FIMG-2D copies, as the bus master it is, through
// its SysMMU if it has one. Version 3's registers (hardware/fimg2d.md: Linux 6.1's s5p-g2d), polled, no
// interrupt.
#pragma once

#include "arch/mmio.hpp"
#include "dma/dma_device.hpp"

namespace kernel {

class TestEngine {
public:
    /// The registers of a G2D's node; it is switched on. Errors: kNoDev for any other device, kNoMem,
    /// kTimedOut.
    static Result<TestEngine> of(Node node);

    /// Reads [from, from + bytes), a multiple of a row, and writes it to `to`. Errors: kInval, kTimedOut.
    Result<> copy(Iova from, Iova to, uint32_t bytes) const;

    static constexpr uint32_t kRowPixels = 1024, kRowBytes = 4 * kRowPixels;

private:
    explicit TestEngine(Mmio regs) : regs_{regs} {}
    void set_destination(Iova to, uint32_t rows) const;
    Result<> run() const;

    Mmio regs_;
};

}  // namespace kernel
