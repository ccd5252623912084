// What the sanitizer has found: violations, alike ones counted together.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "models/base/address.hpp"
#include "platform/config/sharing_rule.hpp"

namespace exysim::sanitizer {

using config::info;
using Rule = config::SharingRule;

/// Where a core was.
struct CodePlace {
    unsigned core = 0;
    uint32_t pc = 0;  ///< exact to the block
    uint32_t lr = 0;
    Picoseconds time = 0;
};

/// One that acted upon memory: a device by its name, or a core at a place.
struct Actor {
    std::string device;                ///< empty: a core
    std::optional<CodePlace> place;    ///< of a core, if known
    Picoseconds time = 0;              ///< when; 0: not known
    std::vector<uint32_t> calls = {};  ///< a core's call chain then, innermost first, where it was kept
};

struct Violation {
    Rule rule;
    bool values_differ;  ///< two copies of the bytes disagree; else a rule is broken although they agree
    PhysAddr address;    ///< of the first byte
    uint32_t bytes;
    std::optional<Iova> iova;
    Actor by;      ///< the access that shows it
    Actor before;  ///< the one that it should have waited for, or that should have been followed by more
    std::string buffer = {};          ///< which one, and whose, as far as the guest tells
    std::optional<VirtAddr> at = {};  ///< where the acting core has the first byte, if known
    uint64_t cycles = 0;              ///< of a core, that an advisory's operation took
};

/// Violations alike: same rule, same actors, same code.
struct Entry {
    Violation first;
    uint64_t count = 0;
    uint64_t bytes = 0;
    uint64_t cycles = 0;
    Picoseconds last = 0;
    std::vector<uint32_t> calls;  ///< the acting core's call chain at the first one, innermost first
};

class ViolationLog {
public:
    /// The chain of calls of a core, innermost first; asked for once an entry.
    std::function<std::vector<uint32_t>(unsigned core)> call_chain;
    /// Completes a violation with what is known of its address, before it is kept. Asked for once an entry.
    std::function<void(Violation&)> complete;

    void report(const Violation& v);
    /// In order of their first violation.
    const std::vector<Entry>& entries() const { return entries_; }
    uint64_t count(Rule rule) const;
    /// Of all rules but the advisories.
    uint64_t total() const;

private:
    using Key = std::tuple<Rule, std::string, uint64_t, std::string, uint64_t>;
    static constexpr size_t kMostEntries = 1000;  // beyond that, those alike in rule alone are counted there
    static Key key_of(const Violation& v);

    std::vector<Entry> entries_;
    std::map<Key, size_t> known_;
};

}  // namespace exysim::sanitizer
