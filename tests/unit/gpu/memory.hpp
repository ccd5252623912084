// Memory for the blitter: bytes from address 0, no time.
#pragma once

#include <algorithm>
#include <vector>

#include "models/gpu/sampler.hpp"

namespace exysim::test {

struct VectorMemory : gpu::BlitMemory {
    std::vector<uint8_t> bytes;
    uint64_t rows = 0, read_bytes = 0, written_bytes = 0;

    explicit VectorMemory(size_t size) : bytes(size) {}
    bool read(Iova at, std::span<uint8_t> into) override {
        if (at.value + into.size() > bytes.size()) return false;
        std::copy_n(bytes.begin() + at.value, into.size(), into.begin());
        read_bytes += into.size();
        return true;
    }
    bool write(Iova at, std::span<const uint8_t> from) override {
        if (at.value + from.size() > bytes.size()) return false;
        std::copy(from.begin(), from.end(), bytes.begin() + at.value);
        written_bytes += from.size();
        return true;
    }
    bool row_done(uint32_t) override {
        ++rows;
        return true;
    }
};

}  // namespace exysim::test
