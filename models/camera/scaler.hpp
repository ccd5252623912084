// FIMC's scaler: a prescaler that averages blocks of pixels, then the main scaler. Works line by line, keeps
// two lines.
#pragma once

#include <functional>

#include "models/camera/row.hpp"

namespace exysim::camera {

/// Steps of the main scaler have this many fractional bits (CISCCTRL's ratio and CIEXTEN's six low bits).
inline constexpr uint32_t kStepBits = 14;

/// What CISCPRERATIO, CISCPREDST, CISCCTRL and CITRGFMT say.
struct ScalerSetting {
    FrameSize source;
    uint32_t pre_h = 1, pre_v = 1;  ///< the prescaler's block, pixels and lines, 1..127
    uint32_t shift = 10;            ///< SHFACTOR: the block's sum is shifted up by it, then down by ten
    FrameSize pre;                  ///< what the prescaler gives
    uint32_t step_h = 1 << kStepBits, step_v = 1 << kStepBits;
    FrameSize target;
    bool bypass = false;  ///< both scalers are left out
};

/// Prescaler: out = min(255, (sum << SHFACTOR) + 512 >> 10) of each block. Main scaler, first across, then
/// down: output n lies at n * step; with i its whole part and f the top eight bits of its fraction,
/// out = (in[i] * (256 - f) + in[i + 1] * f + 128) >> 8; past the edge the last sample repeats.
/// Assumed: the chip has a polyphase filter whose taps are not documented.
class Scaler {
public:
    using Sink = std::function<void(Row&)>;  ///< may change the row, which is only lent

    Scaler(const ScalerSetting& setting, Sink sink);

    /// The source's next line. What it completes goes to the sink at once.
    void push(const Row& line);
    /// The source has ended: the lines that are missing repeat the last one.
    void finish();

private:
    void prescale(const Row& line);
    void scale(const Row& line);
    void scale_across(const Row& line, Row& to) const;
    void emit_until(bool last);
    void blend(const Row& upper, const Row& lower, uint32_t fraction);
    void emit(const Row& row);

    /// Where an output pixel comes from.
    struct Tap {
        uint16_t left, right, fraction;
    };
    ScalerSetting setting_;
    Sink sink_;
    std::vector<Tap> taps_;
    std::vector<uint32_t> sums_[3];
    uint32_t in_block_ = 0;   // lines summed so far
    uint32_t pre_lines_ = 0;  // lines that the prescaler has given
    uint32_t emitted_ = 0;
    Row pre_row_, upper_, lower_, out_;
};

}  // namespace exysim::camera
