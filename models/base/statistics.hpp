// Statistics of a run. Models register what they count at elaboration, once, with unit and one sentence;
// reports read everything through the registry. Values are pure functions of the simulated run.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>

namespace exysim {

/// A number that only grows. Incrementing it is one addition; keep a reference, never look it up by name.
struct Counter {
    uint64_t value = 0;
    Counter& operator+=(uint64_t n) {
        value += n;
        return *this;
    }
    Counter& operator++() {
        ++value;
        return *this;
    }
};

/// One row of `stats.json`.
struct Statistic {
    std::string unit;      ///< "bytes", "frames", "cycles", "ns", "1" for plain counts
    std::string sentence;  ///< what it says, one sentence
    std::function<double()> value;
};

class RegisterBank;

/// Every statistic of the machine by its name `instance.group.name`, in name order, and every block's
/// registers for their coverage.
class Statistics {
public:
    /// Registers a counter. `name` must be new. The reference stays valid as long as the registry.
    Counter& counter(const std::string& name, std::string unit, std::string sentence);
    /// Registers a value computed when read, for example a ratio. Must not change state.
    void gauge(const std::string& name, std::string unit, std::string sentence,
               std::function<double()> value);
    const std::map<std::string, Statistic>& all() const { return rows_; }

    /// Makes a block's registers known (`bank` outlives the registry's readers; RegisterBank::use() says what
    /// the run did with each field) and registers `<block>.registers.{fields,read,written,changed}`.
    void registers(const std::string& block, const RegisterBank& bank);
    /// By block.
    const std::map<std::string, const RegisterBank*>& register_banks() const { return banks_; }

private:
    std::deque<Counter> counters_;  // a deque keeps references valid
    std::map<std::string, Statistic> rows_;
    std::map<std::string, const RegisterBank*> banks_;
};

}  // namespace exysim
