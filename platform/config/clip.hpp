// The facts of a picture file, read without its pixels: enough to refuse a file before the machine is built.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "platform/config/vocabulary.hpp"

namespace exysim::config {

/// Chroma of a Y4M stream. The 4:2:0 kinds differ in where chroma samples sit, not in how they are stored.
enum class Chroma { yuv420, yuv422 };

struct ClipFacts {
    enum class Kind { y4m, png, sequence };
    Kind kind = Kind::y4m;
    Size size;
    uint64_t rate_millihertz = 0;  ///< of a Y4M; 0 = none stated
    Chroma chroma = Chroma::yuv420;
    uint64_t frames = 0;
    uint64_t first_frame = 0;             ///< Y4M: file offset of the first FRAME line
    std::vector<std::string> files = {};  ///< of a sequence of PNGs
};

/// Bytes of one frame's pixels in a Y4M stream.
uint64_t y4m_frame_bytes(const ClipFacts& facts);

/// Why a file is not a usable clip: "is truncated: ...", without the file's name.
struct ClipProblem {
    std::string what;
};

/// Reads the header and walks the frame headers of `file`. Throws ClipProblem for anything but a whole Y4M
/// (C420, C420jpeg, C420mpeg2, C420paldv, C422) or PNG of even width, 16x16 to 1920x1080; or a
/// sequence (sequence.hpp) of such PNGs, all of one size.
/// Sources: the YUV4MPEG2 description in mjpegtools' yuv4mpeg(5); PNG: ISO/IEC 15948, IHDR.
ClipFacts inspect_clip(const std::string& file);

}  // namespace exysim::config
