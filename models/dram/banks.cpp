#include "models/dram/banks.hpp"

namespace exysim::dram {

void Banks::raise_others(Command column, uint32_t rank, Clocks at) {
    for (uint32_t other = 0; other < ranks_; ++other)
        if (other != rank) raise<Scope::other_ranks, kRead>(column, rank_[other].next, at);
}

void Banks::log(Command command, const Bank& bank, uint32_t row, Clocks at) {
    log_->push_back({at, command, static_cast<uint8_t>(&bank - banks_.data()), row});
}

void Banks::log_open(const Bank& bank, uint32_t row, bool closed, Clocks closing, Clocks at) {
    if (!closed) log(kPrecharge, bank, bank.row, closing);
    log(kActivate, bank, row, at);
}

void Banks::log_columns(Command command, const Bank& bank, Clocks first, Clocks last, Clocks step) {
    for (Clocks at = first; at <= last; at += step) log(command, bank, bank.row, at);
}

}  // namespace exysim::dram
