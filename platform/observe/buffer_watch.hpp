// Video buffers as the guest's drivers tell of them (models/system/simctl.hpp): where each is, and who has
// it.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>

#include "models/base/address.hpp"

namespace exysim::observe {

class BufferWatch {
public:
    enum class Holder : uint8_t {
        program,   ///< has taken it, or never given it
        device,    ///< it is queued
        finished,  ///< the device is done, no program has taken it yet
    };
    struct Buffer {
        Iova iova;            ///< of its first plane, for the device
        uint32_t length = 0;  ///< of the plane, bytes
        Holder holder = Holder::program;
        uint32_t task = 0;  ///< that moved it last
        Picoseconds since = 0;
    };
    /// By device and index; capture and output queues of one device apart.
    struct Key {
        std::string device;
        bool output;  ///< to the device, which reads
        uint32_t index;
        auto operator<=>(const Key&) const = default;
    };

    void moved(const Key& key, const Buffer& buffer) { buffers_[key] = buffer; }
    const std::map<Key, Buffer>& buffers() const { return buffers_; }

private:
    std::map<Key, Buffer> buffers_;
};

}  // namespace exysim::observe
