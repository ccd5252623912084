#include "models/camera/pipeline.hpp"

namespace exysim::camera {

Pipeline::Pipeline(const PipelineSetting& setting)
    : setting_{setting},
      to_ycbcr_{ColourMatrix::to_ycbcr(setting.to_ycbcr)},
      to_rgb_{ColourMatrix::to_rgb(setting.to_rgb)},
      effect_{setting.effect},
      writer_{setting.area},
      scaler_{setting.scaler, [this](Row& row) { scaled(row); }} {}

void Pipeline::push(Row& line, WriteList& out) {
    out_ = &out;
    if (setting_.rgb_input && !setting_.copy) to_ycbcr_.apply(line);
    if (!setting_.copy && !setting_.effect.after_scaler) effect_.apply(line);
    scaler_.push(line);
}

void Pipeline::finish(WriteList& out) {
    out_ = &out;
    scaler_.finish();
}

void Pipeline::scaled(Row& row) {
    if (!setting_.copy && setting_.effect.after_scaler) effect_.apply(row);
    if (setting_.area.layout.rgb() && !setting_.copy) to_rgb_.apply(row);
    writer_.push(row, *out_);
}

}  // namespace exysim::camera
