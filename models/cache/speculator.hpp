// Fills that no instruction asked for. The core may fill any line of a cacheable mapping at any time; which
// ones it does fill here is a function of the seed. Lines that maintenance has just thrown out are
// favourites: that is what exposes an invalidate that came too early.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include "models/base/memory_port.hpp"
#include "models/cache/array.hpp"
#include "models/cache/config.hpp"

namespace exysim::cache {

class Speculator {
public:
    struct Target {
        PhysAddr line;
        MemoryAttributes how;
    };
    Speculator(Speculation level, uint64_t seed) : level_{level}, random_{seed} {}

    /// A line has been thrown out by maintenance, through a cacheable mapping.
    void thrown_out(PhysAddr line, const MemoryAttributes& how) {
        if (level_ == Speculation::off) return;
        recent_[newest_++ % recent_.size()] = Target{line, how};
    }
    /// Mappings may have changed: what was known of them no longer counts.
    void forget() { recent_ = {}; }
    /// The core has missed `line`: its neighbour in the same page may come too.
    void missed(PhysAddr line, const MemoryAttributes& how) {
        const PhysAddr next = line + kLine;
        if (next.value % kPageSize != 0 && happens(8)) thrown_out(next, how);
    }
    /// Something took long enough for a fill.
    std::optional<Target> meanwhile() {
        if (level_ == Speculation::off || newest_ == 0 || !happens(16)) return {};
        const bool eager = level_ == Speculation::aggressive;  // the last one thrown out comes back first
        std::optional<Target>& chosen = recent_[(eager ? --newest_ : random_.next()) % recent_.size()];
        return std::exchange(chosen, std::nullopt);
    }

private:
    /// Once in `rarity` times; always where aggressive.
    bool happens(uint32_t rarity) {
        return level_ == Speculation::aggressive || random_.next() % rarity == 0;
    }

    Speculation level_;
    Random random_;
    std::array<std::optional<Target>, 16> recent_{};
    size_t newest_ = 0;
};

}  // namespace exysim::cache
