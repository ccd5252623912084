// A FIMC from memory to memory, at the same size and format: what comes out is what went in. For programs
// that want to know whether a device reached the right bytes.
#pragma once

#include <cstdint>

#include "apps/runner/v4l2_device.hpp"

namespace apps::runner {

/// An NV12 picture of that size has so many bytes.
constexpr uint32_t nv12_bytes(Size size) { return size.width * size.height * 3 / 2; }

class PassThrough {
public:
    /// One buffer a side, of these kinds of memory. Throws Error.
    PassThrough(const std::string& alias, Size size, v4l2_memory in, v4l2_memory out);
    V4l2Device& in() { return in_; }
    V4l2Device& out() { return out_; }
    /// Both sides have their buffer queued: runs the job and takes both back. Throws Error when nothing
    /// comes.
    void run();

private:
    V4l2Device in_, out_;
};

/// Bytes such that no two lines of a picture are alike.
void fill_pattern(uint8_t* at, Size size);
/// How many bytes of an NV12 picture are not those of the pattern.
uint32_t count_wrong(const uint8_t* at, Size size);

}  // namespace apps::runner
