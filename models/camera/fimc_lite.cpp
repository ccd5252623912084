#include "models/camera/fimc_lite.hpp"

#include <algorithm>
#include <utility>

namespace exysim::camera {

namespace {

/// The lines of a frame in memory, whole lines of the canvas.
IovaRange lines_of(const LiteFrame& f, Iova base) {
    const uint32_t pitch = f.canvas_width * twice_pixel_bytes(f) / 2;
    return {base + f.offset_top * pitch, f.window.height * pitch};
}

}  // namespace

FimcLite::FimcLite(const sc_core::sc_module_name& module_name, const FimcLiteConfig& config, Instruments& in)
    : RegisterTarget{module_name, in},
      dma{"dma", config.skew},
      config_{config},
      guest_errors_{in.guest_errors},
      captured_{in.statistics.counter(name() + std::string{".frames"}, "1", "frames written to memory")},
      dropped_{in.statistics.counter(name() + std::string{".dropped"}, "1",
                                     "frames that arrived and were not written")},
      overflows_{in.statistics.counter(name() + std::string{".overflows"}, "1",
                                       "frames spoilt because memory did not take lines in time")},
      bus_errors_{in.statistics.counter(name() + std::string{".bus_errors"}, "1",
                                        "transfers that the bus answered with an error")} {
    SC_THREAD(run);
}

void FimcLite::update() {
    irq.write(core_.irq());
    if (std::exchange(resets_, core_.resets()) != core_.resets()) was_reset({});
}

void FimcLite::supply_lost() {
    if (receiving_ && frames_.back().damage.empty()) frames_.back().damage = "no clock";
}

void FimcLite::frame_start(uint64_t number, const SentFormat& format) {
    if (receiving_) {  // another port was selected in the middle of a frame
        if (frames_.back().damage.empty()) frames_.back().damage = "cut short";
        frame_end();
    }
    if (supply() != Supply::on) return drop(number, "no clock");
    const FimcLiteCore::Decision decision = core_.begin_frame(format);
    if (!decision.mistake.empty()) {
        guest_errors_.report({.instance = name(),
                              .what = std::string{decision.mistake},
                              .reg = "CIIMGCPT",
                              .offset = FimcLiteCore::kCiimgcpt});
    }
    receiving_ = decision.frame.has_value();
    blanking_ = true;
    if (receiving_) {
        frames_.push_back({number, *decision.frame, {}, core_.resets(), {}});
    } else {
        drop(number, decision.drop_reason);
    }
    update_in();
}

void FimcLite::first_line(Frame& frame) {
    if (frame.resets != core_.resets()) return;
    frame.base = core_.begin_lines();
    if (!frame.base) frame.damage = "no buffer";
}

void FimcLite::line(uint32_t index, const Line422& pixels) {
    if (supply() != Supply::on || !receiving_) return;
    Frame& frame = frames_.back();
    if (std::exchange(blanking_, false)) first_line(frame);
    const LiteFrame& f = frame.settings;
    if (!frame.base || !frame.damage.empty()) return;
    if (index < f.top || index - f.top >= f.window.height) return;
    if (fifo_.size() >= config_.fifo_lines) {
        frame.damage = "overflow";
        ++overflows_;
        core_.overflow();
        return update_in();
    }
    const std::vector<uint8_t> bytes = lite_bytes(f, index - f.top, pixels);
    const uint32_t twice = twice_pixel_bytes(f), row = f.offset_top + index - f.top;
    const uint32_t at = row * (f.canvas_width * twice / 2) + f.offset_left * twice / 2;
    Entry entry;
    const auto size = static_cast<uint32_t>(bytes.size());
    std::copy(bytes.begin(), bytes.end(), entry.writes.add(*frame.base + at, size));
    fifo_.push_back(std::move(entry));
    filled_.notify(sc_core::SC_ZERO_TIME);
}

void FimcLite::frame_end() {
    if (!receiving_) return;
    receiving_ = false;
    fifo_.push_back({{}, true});
    filled_.notify(sc_core::SC_ZERO_TIME);
}

void FimcLite::run() {
    for (;;) {
        if (supply() == Supply::gated) {
            wait_for_clock();
        } else if (!fifo_.empty()) {
            drain();
        } else {
            sc_core::wait(filled_);
        }
    }
}

void FimcLite::drain() {
    const Entry& entry = fifo_.front();  // stays there, and valid, while others are added
    if (!entry.end) {
        write(entry);
        return fifo_.pop_front();  // only now: what is being written still takes its place
    }
    dma.catch_up();
    fifo_.pop_front();
    finish(frames_.front());
    frames_.pop_front();
}

void FimcLite::write(const Entry& entry) {
    for (const WriteList::Write& piece : entry.writes.writes()) {
        Frame& frame = frames_.front();
        wait_for_clock();
        if (frame.resets != core_.resets()) return;  // reset under way
        if (dma.write(piece.at, entry.writes.data(piece)) || frame.resets != core_.resets()) continue;
        ++bus_errors_;
        if (frame.damage.empty()) frame.damage = "bus error";
    }
}

void FimcLite::finish(Frame& frame) {
    if (frame.resets != core_.resets()) return drop(frame.number, "reset");
    const Picoseconds now = picoseconds(sc_core::sc_time_stamp());
    if (frame.base) {
        const FrameWritten written{frame.number, now, {lines_of(frame.settings, *frame.base)}};
        if (frame.damage.empty()) {
            ++captured_;
            frame_written(written);
        } else {
            frame_damaged(written);
        }
    }
    if (!frame.damage.empty()) drop(frame.number, frame.damage);
    core_.end_frame();
    update_in();
}

void FimcLite::drop(uint64_t number, std::string_view reason) {
    ++dropped_;
    frame_dropped({number, picoseconds(sc_core::sc_time_stamp()), reason});
}

}  // namespace exysim::camera
