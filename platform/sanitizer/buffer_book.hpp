// What the guest has told of its buffers, so that reports can name them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/base/address.hpp"

namespace exysim::sanitizer {

class BufferBook {
public:
    /// `owner`: who has made it; `cached`: programs see it through caches.
    void created(uint32_t id, const std::string& owner, bool cached);
    /// Bytes from `offset` on lie there now, whatever was said before.
    void placed(uint32_t id, uint32_t offset, PhysRange where);
    void named(uint32_t id, const std::string& name);
    /// It can still be asked for, for those who touch it afterwards.
    void freed(uint32_t id);
    /// A video queue's buffer: `device` has its first plane at `at`.
    void queued(const std::string& device, bool output, uint32_t index, Iova at, uint32_t bytes);

    bool cached(uint32_t id) const;
    /// Where [offset, offset + bytes) lies.
    std::vector<PhysRange> pieces(uint32_t id, uint32_t offset, uint32_t bytes) const;
    /// "buffer 12 "cam[2]" of ion, fimc0 capture buffer 2"; empty for memory of no buffer. `device` and
    /// `iova` where a device has touched it.
    std::string text(PhysAddr address, const std::string& device, std::optional<Iova> iova) const;
    std::string text(uint32_t id) const;

private:
    struct Segment {
        uint32_t offset;
        PhysRange where;
    };
    struct Buffer {
        std::string owner, name;
        bool cached = false;
        bool freed = false;
        std::vector<Segment> segments = {};
        bool holds(PhysAddr a) const {
            return std::any_of(segments.begin(), segments.end(),
                               [a](const Segment& s) { return s.where.contains(a); });
        }
    };
    struct Queued {
        std::string device;
        bool output;
        uint32_t index;
        Iova at;
        uint32_t bytes;
    };
    static constexpr size_t kMostFreed = 4096;
    std::optional<uint32_t> at(PhysAddr address) const;
    std::string queue_text(const std::string& device, Iova iova) const;

    std::map<uint32_t, Buffer> buffers_;
    std::deque<uint32_t> freed_;  // oldest first
    std::vector<Queued> queued_;
};

}  // namespace exysim::sanitizer
