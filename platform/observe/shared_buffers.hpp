// Memory that the guest's kernel shares with devices, as it tells of it (models/system/simctl.hpp): buffers
// of video queues, dma-bufs, DRM and ION alike, what devices have mapped of them, and whose turn it is.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/base/address.hpp"

namespace exysim::observe {

class SharedBuffers {
public:
    struct Segment {
        uint32_t offset;  ///< in the buffer, bytes
        PhysAddr at;
        uint32_t bytes;
    };
    struct Mapping {
        std::string device;
        Iova at;
        uint32_t bytes;
        std::string use;  ///< "reads it"
    };
    struct Buffer {
        uint32_t bytes = 0;
        std::string memory, made_by, name;  ///< "write-combined"; a driver or heap; empty: nobody named it
        uint32_t task = 0;                  ///< that had it made
        std::vector<Segment> segments;
        std::vector<std::string> attached;  ///< devices that may map it
        std::vector<Mapping> mappings;
        bool device_turn = false;
        Picoseconds since = 0;  ///< of the turn
    };
    /// Memory that is no buffer of its own, which a device has mapped.
    struct Loose {
        PhysAddr at;  ///< of the first byte
        Mapping mapping;
    };

    void created(uint32_t id, Buffer buffer) { buffers_[id] = std::move(buffer); }
    void segment(uint32_t id, const Segment& segment);
    void named(uint32_t id, const std::string& name);
    void freed(uint32_t id) { buffers_.erase(id); }
    void attached(uint32_t id, const std::string& device);
    void detached(uint32_t id, const std::string& device);
    /// `id` 0: memory that begins at `at`.
    void mapped(uint32_t id, PhysAddr at, const Mapping& mapping);
    void unmapped(uint32_t id, const std::string& device, Iova at);
    void turn(uint32_t id, bool device, Picoseconds time);

    const std::map<uint32_t, Buffer>& buffers() const { return buffers_; }  ///< by id
    const std::vector<Loose>& loose() const { return loose_; }

    struct Place {
        uint32_t id, offset;
    };
    /// The buffer in which a physical address lies, if it is one.
    std::optional<Place> at(PhysAddr address) const;

private:
    Buffer* find(uint32_t id);

    std::map<uint32_t, Buffer> buffers_;
    std::vector<Loose> loose_;
};

/// "buffer 3 "cam[2]": 1382400 bytes ..." and a line for each device that has mapped it.
std::string buffer_text(uint32_t id, const SharedBuffers::Buffer& buffer);
std::string loose_text(const SharedBuffers::Loose& memory);

}  // namespace exysim::observe
