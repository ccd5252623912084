// A register window that leads straight into a model's registers.
#pragma once

#include <cstdint>

#include "models/base/register_bank.hpp"

namespace kernel {

class Mmio {
public:
    Mmio() = default;
    explicit Mmio(exysim::RegisterBank& bank) : bank_{&bank} {}
    uint32_t read32(uint32_t offset) const { return bank_->read(offset); }
    void write32(uint32_t offset, uint32_t value) const { bank_->write(offset, value); }
    void update32(uint32_t offset, uint32_t mask, uint32_t value) const {
        write32(offset, (read32(offset) & ~mask) | (value & mask));
    }

private:
    exysim::RegisterBank* bank_ = nullptr;
};

}  // namespace kernel
