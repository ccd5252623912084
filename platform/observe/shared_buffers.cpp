#include "platform/observe/shared_buffers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "platform/observe/expectations.hpp"

namespace exysim::observe {

SharedBuffers::Buffer* SharedBuffers::find(uint32_t id) {
    const auto found = buffers_.find(id);
    return found == buffers_.end() ? nullptr : &found->second;
}

void SharedBuffers::segment(uint32_t id, const Segment& segment) {
    Buffer* buffer = find(id);
    if (!buffer) return;
    std::erase_if(buffer->segments, [&](const Segment& s) { return s.offset == segment.offset; });
    buffer->segments.push_back(segment);
}

void SharedBuffers::named(uint32_t id, const std::string& name) {
    if (Buffer* buffer = find(id)) buffer->name = name;
}

void SharedBuffers::attached(uint32_t id, const std::string& device) {
    if (Buffer* buffer = find(id)) buffer->attached.push_back(device);
}

/// One attachment, if the device has several.
void SharedBuffers::detached(uint32_t id, const std::string& device) {
    Buffer* buffer = find(id);
    if (!buffer) return;
    const auto one = std::find(buffer->attached.begin(), buffer->attached.end(), device);
    if (one != buffer->attached.end()) buffer->attached.erase(one);
}

void SharedBuffers::mapped(uint32_t id, PhysAddr at, const Mapping& mapping) {
    if (Buffer* buffer = find(id)) {
        buffer->mappings.push_back(mapping);
    } else {
        loose_.push_back({at, mapping});
    }
}

void SharedBuffers::unmapped(uint32_t id, const std::string& device, Iova at) {
    const auto is_it = [&](const Mapping& m) { return m.device == device && m.at == at; };
    if (Buffer* buffer = find(id)) {
        std::erase_if(buffer->mappings, is_it);
    } else {
        std::erase_if(loose_, [&](const Loose& l) { return is_it(l.mapping); });
    }
}

void SharedBuffers::turn(uint32_t id, bool device, Picoseconds time) {
    Buffer* buffer = find(id);
    if (!buffer) return;
    buffer->device_turn = device;
    buffer->since = time;
}

std::optional<SharedBuffers::Place> SharedBuffers::at(PhysAddr address) const {
    for (const auto& [id, buffer] : buffers_) {
        for (const Segment& s : buffer.segments) {
            if (address >= s.at && address.value - s.at.value < s.bytes)
                return Place{id, s.offset + (address.value - s.at.value)};
        }
    }
    return {};
}

namespace {
std::string mapping_text(const SharedBuffers::Mapping& m) {
    return fmt::format("    {} {} at {:#010x}, {} bytes\n", m.device, m.use, m.at.value, m.bytes);
}

std::string where(const SharedBuffers::Buffer& b) {
    if (b.segments.empty()) return "nowhere yet";
    const auto first = std::min_element(b.segments.begin(), b.segments.end(),
                                        [](const auto& a, const auto& c) { return a.offset < c.offset; });
    const std::string pieces = b.segments.size() == 1 ? "" : fmt::format(", {} pieces", b.segments.size());
    return fmt::format("at {:#010x}{}", first->at.value, pieces);
}
}  // namespace

std::string buffer_text(uint32_t id, const SharedBuffers::Buffer& b) {
    const std::string name = b.name.empty() ? "" : fmt::format(" \"{}\"", b.name);
    std::string text =
        fmt::format("buffer {}{}: {} bytes, {}, {}, made by {} for task {}; {} turn, since {}\n", id, name,
                    b.bytes, b.memory, where(b), b.made_by.empty() ? "the kernel" : b.made_by, b.task,
                    b.device_turn ? "the device's" : "the processor's", human_time(b.since / 1000));
    for (const std::string& device : b.attached) text += fmt::format("    {} is attached\n", device);
    for (const SharedBuffers::Mapping& mapping : b.mappings) text += mapping_text(mapping);
    return text;
}

std::string loose_text(const SharedBuffers::Loose& memory) {
    return fmt::format("memory that is no buffer of its own, from {:#010x} on:\n", memory.at.value) +
           mapping_text(memory.mapping);
}

}  // namespace exysim::observe
