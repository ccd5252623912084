// Registers that a driver uses and a model does not know, or the other way round.
#pragma once

#include <catch2/catch.hpp>

#include "models/base/register_bank.hpp"

namespace exysim::test {

/// Every fault of `bank` is a failed check.
inline void allow_no_fault(RegisterBank& bank, const char* block) {
    bank.on_fault([block](const RegisterFault& fault) {
        INFO(block << " +" << std::hex << fault.offset << " value " << fault.value << " kind "
                   << static_cast<int>(fault.kind));
        FAIL_CHECK("the driver uses what the model does not know");
    });
}

}  // namespace exysim::test
