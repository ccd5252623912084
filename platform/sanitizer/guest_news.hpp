// What the guest's kernel tells of buffers, mappings and turns (models/system/simctl_core.hpp), passed on to
// those who judge by it. A guest that tells nothing is not judged by such rules.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "models/system/simctl.hpp"
#include "platform/sanitizer/buffer_book.hpp"
#include "platform/sanitizer/mapping_watch.hpp"
#include "platform/sanitizer/turn_watch.hpp"

namespace exysim::sanitizer {

class GuestNews {
public:
    struct Views {
        std::function<std::string(const std::string&)> device;  ///< the platform's name of a driver's device
        /// Where a device's tables in memory lead; nothing where they do not, or there is no SysMMU.
        std::function<std::optional<PhysAddr>(const std::string& device, Iova at)> resolve;
        std::function<Actor()> teller;  ///< the core that tells, with its calls
    };
    GuestNews(Views views, BufferBook& book, MappingWatch& mappings, TurnWatch& turns)
        : views_{std::move(views)}, book_{book}, mappings_{mappings}, turns_{turns} {}

    void hear(const system::GuestEvent& event);

private:
    void map(const system::GuestEvent& event);
    void unmap(const system::GuestEvent& event);
    void turn(const system::GuestEvent& event);
    Actor teller(const system::EventRecord& r) const;
    Actor given_to(const std::string& device, const system::EventRecord& r) const;
    std::vector<PhysRange> pieces_of(const std::string& device, const system::EventRecord& r) const;

    Views views_;
    BufferBook& book_;
    MappingWatch& mappings_;
    TurnWatch& turns_;
};

}  // namespace exysim::sanitizer
