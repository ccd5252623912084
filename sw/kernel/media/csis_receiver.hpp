// The MIPI receiver at register level (fimc.md section 10).
#pragma once

#include "arch/mmio.hpp"

namespace kernel {

class CsisReceiver {
public:
    explicit CsisReceiver(Mmio regs) : regs_{regs} {}
    /// Receives pictures of this size and CSI-2 data type on `lanes` lanes.
    void start(uint32_t width, uint32_t height, uint32_t data_type, uint32_t lanes) const;
    void stop() const;
    /// Takes the errors since the last call, INTSRC's bits.
    uint32_t take_errors() const;

private:
    Mmio regs_;
};

}  // namespace kernel
