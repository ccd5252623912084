#include "models/dram/banks.hpp"

namespace exysim::dram {

void Banks::log(Command command, uint32_t bank, Clocks at, uint32_t count, Clocks step) {
    for (; count != 0; --count, at += step)
        log_->push_back({at, command, static_cast<uint8_t>(bank), banks_[bank].row});
}

}  // namespace exysim::dram
