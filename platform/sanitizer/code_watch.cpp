#include "platform/sanitizer/code_watch.hpp"

namespace exysim::sanitizer {

void CodeWatch::written(PhysAddr line, const Actor& by) {
    if (!views_.code_cached(line)) return;
    written_[line.value] = by;
    views_.watch_code(line);
}

void CodeWatch::fetched(const cache::CodeFetched& event) {
    const PhysAddr line{event.address.value & ~(kLineBytes - 1)};
    const auto known = written_.find(line.value);
    const Actor writer = known != written_.end() ? known->second : writer_(line);
    if (known != written_.end()) written_.erase(known);
    LineBytes newest;
    if (!views_.memory(line, newest)) return;
    views_.overlay_dirty(line, newest);
    views_.overlay_waiting(line, newest);
    uint32_t first = kLineBytes, different = 0;
    for (uint32_t i = kLineBytes; i-- > event.address - line;) {
        if (event.line[i] == newest[i]) continue;
        first = i;
        ++different;
    }
    if (different == 0) return;
    const CodePlace place = views_.place(event.core);
    log_.report(
        {Rule::stale_instruction, true, line + first, different, {}, {{}, place, place.time}, writer});
}

}  // namespace exysim::sanitizer
