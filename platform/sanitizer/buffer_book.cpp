#include "platform/sanitizer/buffer_book.hpp"

#include <fmt/format.h>

namespace exysim::sanitizer {

void BufferBook::created(uint32_t id, const std::string& owner, bool cached) {
    Buffer& b = buffers_[id];
    b.owner = owner;
    b.cached = cached;
}

void BufferBook::placed(uint32_t id, uint32_t offset, PhysRange where) {
    std::vector<Segment>& all = buffers_[id].segments;
    const auto replaced = [&](const Segment& s) {
        return s.offset < offset + where.size && offset < s.offset + s.where.size;
    };
    all.erase(std::remove_if(all.begin(), all.end(), replaced), all.end());
    all.push_back({offset, where});
}

void BufferBook::named(uint32_t id, const std::string& name) { buffers_[id].name = name; }

void BufferBook::freed(uint32_t id) {
    buffers_[id].freed = true;
    freed_.push_back(id);
    if (freed_.size() <= kMostFreed) return;
    buffers_.erase(freed_.front());
    freed_.pop_front();
}

void BufferBook::queued(const std::string& device, bool output, uint32_t index, Iova at, uint32_t bytes) {
    for (Queued& q : queued_) {
        if (q.device != device || q.output != output || q.index != index) continue;
        q.at = at;
        q.bytes = bytes;
        return;
    }
    queued_.push_back({device, output, index, at, bytes});
}

bool BufferBook::cached(uint32_t id) const {
    const auto found = buffers_.find(id);
    return found != buffers_.end() && found->second.cached;
}

std::vector<PhysRange> BufferBook::pieces(uint32_t id, uint32_t offset, uint32_t bytes) const {
    std::vector<PhysRange> found;
    const auto buffer = buffers_.find(id);
    if (buffer == buffers_.end()) return found;
    const uint64_t end = uint64_t{offset} + bytes;
    for (const Segment& s : buffer->second.segments) {
        const uint64_t first = std::max<uint64_t>(offset, s.offset);
        const uint64_t last = std::min<uint64_t>(end, s.offset + s.where.size);
        if (first >= last) continue;
        found.push_back({s.where.base + static_cast<uint32_t>(first - s.offset), last - first});
    }
    return found;
}

/// The buffer there; of those that are gone the latest.
std::optional<uint32_t> BufferBook::at(PhysAddr address) const {
    std::optional<uint32_t> gone;
    for (auto b = buffers_.rbegin(); b != buffers_.rend(); ++b) {
        if (!b->second.holds(address)) continue;
        if (!b->second.freed) return b->first;
        if (!gone) gone = b->first;
    }
    return gone;
}

std::string BufferBook::queue_text(const std::string& device, Iova iova) const {
    for (const Queued& q : queued_) {
        if (q.device != device || iova < q.at || iova - q.at >= q.bytes) continue;
        return fmt::format("{} {} buffer {}", device, q.output ? "output" : "capture", q.index);
    }
    return {};
}

std::string BufferBook::text(uint32_t id) const {
    const auto found = buffers_.find(id);
    if (found == buffers_.end()) return {};
    const Buffer& b = found->second;
    std::string text = fmt::format("buffer {}", id);
    if (!b.name.empty()) text += fmt::format(" \"{}\"", b.name);
    if (!b.owner.empty()) text += fmt::format(" of {}", b.owner);
    if (b.freed) text += ", freed";
    return text;
}

std::string BufferBook::text(PhysAddr address, const std::string& device, std::optional<Iova> iova) const {
    const std::optional<uint32_t> id = at(address);
    std::string words = id ? text(*id) : "";
    const std::string queue = iova ? queue_text(device, *iova) : "";
    if (!words.empty() && !queue.empty()) words += ", ";
    return words + queue;
}

}  // namespace exysim::sanitizer
