// What a sensor sees: pictures in the form it sends them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace exysim::camera {

struct FrameSize {
    uint32_t width = 0;   ///< pixels, even
    uint32_t height = 0;  ///< lines
    friend bool operator==(FrameSize, FrameSize) = default;
};

/// A picture in Y'CbCr 4:2:2, limited range: per line `width` luma and `width / 2` samples of each chroma.
struct Frame422 {
    FrameSize size;
    std::vector<uint8_t> y, cb, cr;

    void resize(FrameSize to) {
        size = to;
        y.resize(size_t{to.width} * to.height);
        cb.resize(y.size() / 2);
        cr.resize(y.size() / 2);
    }
};

/// One line on its way: 4:2:2 samples, from a display 4:4:4 (as many of chroma as of luma), or the bytes of a
/// format that the camera interface does not look into.
struct Line422 {
    std::span<const uint8_t> y, cb, cr;
    std::span<const uint8_t> raw = {};
};

inline Line422 line_of(const Frame422& frame, uint32_t line) {
    const size_t luma = frame.size.width, chroma = luma / 2;
    return {std::span{frame.y}.subspan(line * luma, luma), std::span{frame.cb}.subspan(line * chroma, chroma),
            std::span{frame.cr}.subspan(line * chroma, chroma)};
}

/// An endless or ending sequence of pictures of one size.
struct FrameSource {
    virtual ~FrameSource() = default;
    virtual FrameSize size() const = 0;
    /// The next picture; false when there is none any more.
    virtual bool next(Frame422& frame) = 0;
};

/// CSI-2 data types. Source: MIPI CSI-2, section 9; CSIIMGFMT and CSIS_CONFIG hold them.
enum DataType : uint8_t { kYuv422 = 0x1E, kRaw8 = 0x2A, kRaw10 = 0x2B, kRaw12 = 0x2C, kUser1 = 0x30 };

/// What a camera says of a frame when it begins.
struct SentFormat {
    FrameSize size;
    uint8_t data_type = kYuv422;  ///< a parallel port sends 4:2:2 or bytes without a type
    uint8_t lanes = 0;            ///< of a MIPI link

    SentFormat(FrameSize s, uint8_t type = kYuv422, uint8_t n = 0) : size{s}, data_type{type}, lanes{n} {}
    bool raw() const { return data_type != kYuv422; }
};

/// The camera interface's inputs: two parallel ports, the two MIPI receivers, and what FIMD shows.
enum class CameraPort : uint8_t { itu_a, itu_b, mipi_0, mipi_1, writeback };
inline constexpr uint32_t kCameraPorts = 5;

/// Where a sensor's pixels go: the parallel camera port. Calls come at the time of the event on the wires.
struct VideoSink {
    virtual ~VideoSink() = default;
    /// VSYNC: frame `number` (from 0 since stream-on) begins.
    virtual void frame_start(uint64_t number, const SentFormat& format) = 0;
    /// A packet of embedded data (not picture), before the first line. Only MIPI links carry such.
    virtual void embedded(std::span<const uint8_t>) {}
    /// Line `index` has passed; the spans are valid during the call.
    virtual void line(uint32_t index, const Line422& pixels) = 0;
    /// The last line has passed.
    virtual void frame_end() = 0;
};

}  // namespace exysim::camera
