// Guest mistakes. The machine does what the chip would do, and leaves one report here.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "models/base/address.hpp"
#include "models/base/register_bank.hpp"

namespace exysim {

struct GuestError {
    std::string instance;  ///< block, by its platform YAML name ("fimc0")
    std::string what;      ///< one sentence
    std::string reg;       ///< register name or empty
    uint32_t offset = 0;   ///< byte offset in the block
    uint32_t value = 0;    ///< value written
    Picoseconds time = 0;  ///< filled in by the log
    uint32_t pc = 0;       ///< guest PC at that moment, filled in by the log; 0 = no CPU had a part in it
};

/// Collects guest errors; equal ones (same block, register and sentence) are kept once and counted.
class GuestErrors {
public:
    struct Entry {
        GuestError first;
        uint64_t count = 0;
    };
    /// `clock` and `pc` stamp each report; set by the board.
    std::function<Picoseconds()> clock = [] { return Picoseconds{0}; };
    std::function<uint32_t()> pc = [] { return 0U; };

    void report(GuestError error);
    const std::vector<Entry>& entries() const { return entries_; }
    uint64_t total() const { return total_; }

private:
    std::vector<Entry> entries_;
    uint64_t total_ = 0;
};

class Statistics;

/// What every model gets at construction: where to count and where to complain.
struct Instruments {
    Statistics& statistics;
    GuestErrors& guest_errors;
};

/// Sends a bank's register faults to the log under the block's name.
void report_register_faults(RegisterBank& bank, std::string instance, GuestErrors& log);

}  // namespace exysim
