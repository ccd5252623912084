// Code that cores execute, held against what memory and the data caches have by then.
#pragma once

#include <cstdint>
#include <functional>
#include <unordered_map>

#include "models/cache/events.hpp"
#include "platform/sanitizer/line_watch.hpp"

namespace exysim::sanitizer {

class CodeWatch {
public:
    /// `writer`: who has made a line dirty, as far as anybody knows.
    CodeWatch(MemoryViews views, ViolationLog& log, std::function<Actor(PhysAddr line)> writer)
        : views_{std::move(views)}, log_{log}, writer_{std::move(writer)} {}

    /// Somebody writes to the line: copies in instruction caches may be old from now on.
    void written(PhysAddr line, const Actor& by);
    /// From the instruction on to the end of the line, each byte must be the newest there is.
    void fetched(const cache::CodeFetched& event);

private:
    MemoryViews views_;
    ViolationLog& log_;
    std::function<Actor(PhysAddr)> writer_;
    std::unordered_map<uint32_t, Actor> written_;  // by line, of which there was a copy
};

}  // namespace exysim::sanitizer
