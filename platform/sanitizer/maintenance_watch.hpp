// Cache maintenance that has nothing to do, with what it costs.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "models/cache/events.hpp"
#include "platform/sanitizer/violation_log.hpp"

namespace exysim::sanitizer {

class MaintenanceWatch {
public:
    struct Views {
        std::function<bool(const cache::LineMaintained&)>
            has_work;  ///< some cache of that level has something
        std::function<CodePlace(unsigned core)> place;
        std::function<std::vector<uint32_t>(unsigned core)> calls;
        std::function<unsigned()> acting;  ///< the core that writes to a register now
        std::function<Picoseconds()> now;
        Picoseconds cycle;   ///< of the core's clock
        uint32_t operation;  ///< cycles that one takes at least
    };
    MaintenanceWatch(Views views, ViolationLog& log) : views_{std::move(views)}, log_{log} {}

    void maintained(const cache::LineMaintained& event);
    /// No more operations come.
    void end();

private:
    /// One after the other, line by line: a range that software has asked for.
    struct Range {
        unsigned level;
        cache::LineMaintained last;
        PhysAddr first;  ///< of the lines that were in no cache
        Actor by;
        uint32_t lines = 0;
        uint64_t cycles = 0;
        Picoseconds last_time = 0;
    };
    bool continues(const cache::LineMaintained& event) const;

    Views views_;
    ViolationLog& log_;
    std::optional<Range> range_;
};

}  // namespace exysim::sanitizer
