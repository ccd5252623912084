// What a layer reads of memory for one picture, in the order in which the raster needs it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/base/address.hpp"

namespace exysim::display {

/// Bytes that lie together in memory and in the store.
struct FetchPiece {
    Iova from;
    uint32_t bytes;
    uint32_t into;  ///< offset in the store
};

/// One line buffer's worth of bytes.
struct FetchLine {
    uint32_t first_piece, pieces;
    uint32_t first_needed, last_needed;  ///< active lines of the raster
    bool chroma = false;                 ///< goes to line buffers of its own
};

struct FetchPlan {
    std::vector<FetchLine> lines;  ///< by first_needed
    std::vector<FetchPiece> pieces;
    uint32_t store_bytes = 0;

    void clear() { lines.clear(), pieces.clear(), store_bytes = 0; }
    /// Adds a line of `bytes` that lie together; returns its number.
    uint32_t add(Iova from, uint32_t bytes, uint32_t first_needed, uint32_t last_needed) {
        const auto number = static_cast<uint32_t>(lines.size());
        lines.push_back({static_cast<uint32_t>(pieces.size()), 1, first_needed, last_needed});
        pieces.push_back({from, bytes, store_bytes});
        store_bytes += bytes;
        return number;
    }
};

/// What has arrived: bytes of all lines, and how many of each, from its start.
struct LineStore {
    std::vector<uint8_t> bytes;
    std::vector<uint32_t> valid;  ///< by line of the plan

    void begin(const FetchPlan& plan) {
        bytes.resize(plan.store_bytes);
        valid.assign(plan.lines.size(), 0);
    }
    /// Takes back what has arrived; the storage stays where it is.
    void forget() { valid.assign(valid.size(), 0); }
};

}  // namespace exysim::display
