// Text traces of memory requests, one a line: `time_ns R|W address [bytes]`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/base/address.hpp"
#include "platform/config/diagnostics.hpp"

namespace exysim::config {

struct TraceRequest {
    Picoseconds at;
    uint64_t offset;  ///< from the start of RAM
    uint32_t bytes;
    bool write;
};

/// What a trace's requests may be.
struct TraceLimits {
    uint64_t base = 0;          ///< address of the first byte of RAM
    uint64_t size = 0;          ///< bytes of RAM
    uint32_t usual_bytes = 32;  ///< of a request that does not say
    uint32_t most_bytes = 65536;
};

/// Times are decimal ns with up to three decimals and do not go back; addresses decimal or hexadecimal with
/// 0x; `#` starts a comment. Throws ConfigError with line, column and caret for up to 20 mistakes.
std::vector<TraceRequest> parse_trace(const std::string& name, const std::string& text,
                                      const TraceLimits& limits);
/// The same from a file.
std::vector<TraceRequest> load_trace(const std::string& file, const TraceLimits& limits);

}  // namespace exysim::config
