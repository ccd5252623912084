// FIMC from its input's lines to bytes in memory: effect, scaler, effect, colour conversion, output.
#pragma once

#include "models/camera/colour.hpp"
#include "models/camera/effect.hpp"
#include "models/camera/frame_writer.hpp"
#include "models/camera/scaler.hpp"

namespace exysim::camera {

/// All settings of one frame between input and memory.
struct PipelineSetting {
    bool rgb_input = false;   ///< lines are R'G'B'
    bool copy = false;        ///< ONE2ONE: samples pass unchanged, no colour conversion and no scaling
    Colour to_ycbcr, to_rgb;  ///< how R'G'B' input becomes Y'CbCr, and how that becomes R'G'B' output
    ScalerSetting scaler;
    EffectSetting effect;
    OutputArea area;
};

/// The frame is Y'CbCr 4:4:4 between input and output.
class Pipeline {
public:
    explicit Pipeline(const PipelineSetting& setting);
    Pipeline(const Pipeline&) = delete;
    Pipeline& operator=(const Pipeline&) = delete;

    /// The input's next line (may be changed); appends what it completes.
    void push(Row& line, WriteList& out);
    /// The input has ended; appends the rest.
    void finish(WriteList& out);
    const OutputArea& area() const { return writer_.area(); }

private:
    void scaled(Row& row);

    PipelineSetting setting_;
    ColourMatrix to_ycbcr_, to_rgb_;
    Effect effect_;
    FrameWriter writer_;
    Scaler scaler_;
    WriteList* out_ = nullptr;
};

}  // namespace exysim::camera
