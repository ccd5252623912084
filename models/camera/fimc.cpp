#include "models/camera/fimc.hpp"

namespace exysim::camera {

namespace {

Counter& count(Instruments& instruments, const std::string& name, const char* what, const char* sentence) {
    return instruments.statistics.counter(name + what, "1", sentence);
}

/// The planes as whole lines of the canvas, which is what a reader of the buffer sees.
std::vector<IovaRange> planes_of(const OutputArea& a) {
    const uint32_t luma = a.canvas_width * a.size.height, first = a.canvas_width * a.top;
    if (a.layout.packed()) return {{a.y + first * 2, luma * 2}};
    const uint32_t shift = a.layout.subsampled_lines() ? 1 : 0;
    const uint32_t chroma = luma >> shift, chroma_first = first >> shift;
    if (a.layout.semiplanar()) return {{a.y + first, luma}, {a.cb + chroma_first, chroma}};
    return {
        {a.y + first, luma}, {a.cb + chroma_first / 2, chroma / 2}, {a.cr + chroma_first / 2, chroma / 2}};
}

Line422 cropped(const Line422& pixels, uint32_t left, uint32_t width) {
    return {pixels.y.subspan(left, width), pixels.cb.subspan(left / 2, width / 2),
            pixels.cr.subspan(left / 2, width / 2)};
}

}  // namespace

Fimc::Fimc(const sc_core::sc_module_name& module_name, const FimcConfig& config, Instruments& instruments)
    : RegisterTarget{module_name, instruments},
      dma{"dma", config.skew},
      config_{config},
      guest_errors_{instruments.guest_errors},
      captured_{count(instruments, name(), ".frames", "frames written to memory")},
      dropped_{count(instruments, name(), ".dropped", "frames that arrived and were not written")},
      overflows_{count(instruments, name(), ".overflows",
                       "frames spoilt because memory did not take lines in time")},
      bus_errors_{count(instruments, name(), ".bus_errors", "writes that the bus answered with an error")} {
    SC_THREAD(run);
}

void Fimc::update() { irq.write(core_.irq()); }

void Fimc::frame_start(uint64_t number, FrameSize size) {
    const FrameDecision decision = core_.begin_frame(size);
    if (!decision.mistake.empty()) report(decision.mistake);
    receiving_ = decision.area.has_value();
    if (receiving_) {
        frames_.push_back(
            {number, LinePacker{*decision.area}, decision.crop_left, decision.crop_top, core_.resets(), {}});
    } else {
        drop(number, decision.drop_reason);
    }
    update_in();
}

void Fimc::line(uint32_t index, const Line422& pixels) {
    if (!receiving_) return;
    Frame& frame = frames_.back();
    const FrameSize size = frame.packer.area().size;
    if (index < frame.top || index >= frame.top + size.height || !frame.damage.empty()) return;
    if (fifo_.size() >= config_.fifo_lines) {
        frame.damage = "overflow";
        ++overflows_;
        core_.overflow();
        update_in();
        return;
    }
    Entry entry{.frame = frame.number, .bursts = {}, .end = false};
    frame.packer.pack(index - frame.top, cropped(pixels, frame.left, size.width), entry.bursts);
    fifo_.push_back(std::move(entry));
    filled_.notify(sc_core::SC_ZERO_TIME);
}

void Fimc::frame_end() {
    if (!receiving_) return;
    receiving_ = false;
    fifo_.push_back({.frame = frames_.back().number, .bursts = {}, .end = true});
    filled_.notify(sc_core::SC_ZERO_TIME);
}

void Fimc::run() {
    for (;;) {
        while (fifo_.empty()) sc_core::wait(filled_);
        const Entry entry = std::move(fifo_.front());
        if (entry.end) {
            dma.catch_up();
            fifo_.pop_front();
            finish(frames_.front());
            frames_.pop_front();
        } else {
            write(entry);
            fifo_.pop_front();  // only now: what is being written still takes its place
        }
    }
}

void Fimc::write(const Entry& entry) {
    for (const Burst& burst : entry.bursts) {
        Frame& frame = frames_.front();
        if (frame.resets != core_.resets()) return;  // the engine was reset under way
        if (dma.write(burst.at, burst.bytes)) continue;
        ++bus_errors_;
        if (frame.damage.empty()) frame.damage = "bus error";
    }
}

void Fimc::finish(Frame& frame) {
    const Picoseconds now = picoseconds(sc_core::sc_time_stamp());
    if (frame.resets != core_.resets()) {
        drop(frame.number, "reset");
        return;
    }
    if (frame.damage.empty()) {
        ++captured_;
        frame_written({frame.number, now, planes_of(frame.packer.area())});
    } else {
        drop(frame.number, frame.damage);
    }
    core_.end_frame();
    update_in();
}

void Fimc::drop(uint64_t number, std::string_view reason) {
    ++dropped_;
    frame_dropped({number, picoseconds(sc_core::sc_time_stamp()), reason});
}

void Fimc::report(std::string_view mistake) {
    guest_errors_.report(
        {.instance = name(), .what = std::string{mistake}, .reg = "CIIMGCPT", .offset = fimc::kCiimgcpt});
}

}  // namespace exysim::camera
