#include "models/camera/fimc.hpp"

#include <algorithm>
#include <utility>

#include "models/camera/test_pattern.hpp"

namespace exysim::camera {

namespace {

/// The planes of an area, `height` pixels of it, as whole lines of the canvas, which is what others of the
/// buffer see.
template <class Area>
std::vector<IovaRange> planes_of(const Area& a, uint32_t height) {
    std::vector<IovaRange> planes;
    for (uint32_t i = 0; i < a.layout.planes(); ++i) {
        const Plane plane = a.plane(i);
        if (plane.tiling.mode != Tiling::Mode::linear) {
            planes.push_back({plane.base, plane.bytes()});
        } else {
            const uint32_t top = a.layout.lines(i, a.offset[i].top), lines = a.layout.lines(i, height);
            planes.push_back({plane.base + top * plane.pitch, lines * plane.pitch});
        }
    }
    return planes;
}
std::vector<IovaRange> planes_of(const OutputArea& a) { return planes_of(a, a.written().height); }

bool fills_canvas(const OutputArea& a) {
    const FrameSize written = a.written();
    return written.width == a.canvas.width && written.height == a.canvas.height;
}

}  // namespace

Fimc::Fimc(const sc_core::sc_module_name& module_name, const FimcConfig& config, Instruments& instruments)
    : RegisterTarget{module_name, instruments, config.abilities},
      dma{"dma", config.skew},
      config_{config},
      guest_errors_{instruments.guest_errors},
      captured_{
          instruments.statistics.counter(name() + std::string{".frames"}, "1", "frames written to memory")},
      dropped_{instruments.statistics.counter(name() + std::string{".dropped"}, "1",
                                              "frames that arrived and were not written")},
      overflows_{instruments.statistics.counter(name() + std::string{".overflows"}, "1",
                                                "frames spoilt because memory did not take lines in time")},
      bus_errors_{instruments.statistics.counter(name() + std::string{".bus_errors"}, "1",
                                                 "transfers that the bus answered with an error")},
      jobs_{instruments.statistics.counter(name() + std::string{".jobs"}, "1",
                                           "memory-to-memory jobs that have ended")},
      job_time_{instruments.statistics.counter(name() + std::string{".job_time"}, "ns",
                                               "time that memory-to-memory jobs took")} {
    SC_THREAD(run);
}

void Fimc::update() {
    irq.write(core_.irq());
    if (std::exchange(resets_, core_.resets()) != core_.resets()) was_reset({});
    if (core_.job_waiting()) filled_.notify(sc_core::SC_ZERO_TIME);
}

/// Lines that come now are not received.
void Fimc::supply_lost() {
    if (receiving_ && frames_.back().damage.empty()) frames_.back().damage = "no clock";
}

void Fimc::frame_start(uint64_t number, const SentFormat& format) {
    if (receiving_) cut_short();
    if (supply() != Supply::on) return drop(number, "no clock");
    const FrameDecision decision = core_.begin_frame(format);
    if (!decision.mistake.empty()) report(decision.mistake);
    receiving_ = static_cast<bool>(decision);
    blanking_ = true;
    if (receiving_) {
        Frame& frame = frames_.emplace_back();
        frame.number = number;
        frame.pipeline = std::make_unique<Pipeline>(*decision.pipeline);
        frame.size = decision.pipeline->scaler.source;
        frame.left = decision.crop_left;
        frame.top = decision.crop_top;
        frame.order = decision.order;
        frame.raw = decision.raw;
        frame.resets = core_.resets();
    } else {
        drop(number, decision.drop_reason);
    }
    update_in();
}

void Fimc::line(uint32_t index, const Line422& pixels) {
    if (supply() != Supply::on) return;
    if (std::exchange(blanking_, false)) core_.begin_lines();
    if (!receiving_) return;
    Frame& frame = frames_.back();
    if (!frame.damage.empty()) return;
    WriteList writes;
    if (frame.raw) {
        const OutputArea& area = frame.pipeline->area();
        if (index >= area.size.height) return;
        const auto size = static_cast<uint32_t>(std::min<size_t>(pixels.raw.size(), area.canvas.width));
        std::copy_n(pixels.raw.begin(), size, writes.add(area.base[0] + index * area.canvas.width, size));
    } else {
        if (index < frame.top || index - frame.top >= frame.size.height || pixels.y.empty()) return;
        from_422(pixels, frame.left, frame.size.width, row_, frame.order);
        test_pattern(core_.regs.get(fimc::kTestPattern), index - frame.top, row_);
        frame.pipeline->push(row_, writes);
    }
    enqueue(frame, std::move(writes));
}

void Fimc::enqueue(Frame& frame, WriteList&& writes) {
    if (writes.empty()) return;
    if (fifo_.size() >= config_.fifo_lines) {
        frame.damage = "overflow";
        ++overflows_;
        core_.overflow();
        update_in();
        return;
    }
    fifo_.push_back({.frame = frame.number, .writes = std::move(writes), .end = false});
    filled_.notify(sc_core::SC_ZERO_TIME);
}

/// The frame that was received has no end: another port was selected meanwhile.
void Fimc::cut_short() {
    Frame& frame = frames_.back();
    if (frame.damage.empty()) frame.damage = "cut short";
    frame_end();
}

void Fimc::frame_end() {
    if (!receiving_) return;
    receiving_ = false;
    Frame& frame = frames_.back();
    if (!frame.raw && frame.damage.empty()) {
        WriteList rest;
        frame.pipeline->finish(rest);
        enqueue(frame, std::move(rest));
    }
    fifo_.push_back({.frame = frame.number, .writes = {}, .end = true});
    filled_.notify(sc_core::SC_ZERO_TIME);
}

void Fimc::run() {
    for (;;) {
        if (supply() == Supply::gated) {
            wait_for_clock();
        } else if (!fifo_.empty()) {
            drain();
        } else if (core_.job_waiting()) {
            run_job();
        } else {
            sc_core::wait(filled_);
        }
    }
}

void Fimc::drain() {
    const Entry& entry = fifo_.front();  // stays there, and valid, while others are added
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

void Fimc::write(const Entry& entry) {
    for (const WriteList::Write& piece : entry.writes.writes()) {
        Frame& frame = frames_.front();
        wait_for_clock();
        if (frame.resets != core_.resets()) return;  // the engine was reset under way
        if (dma.write(piece.at, entry.writes.data(piece)) || frame.resets != core_.resets()) continue;
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
    const FrameWritten written{frame.number, now, planes_of(frame.pipeline->area())};
    if (frame.damage.empty()) {
        ++captured_;
        frame_written(written);
    } else {
        frame_damaged(written);
        drop(frame.number, frame.damage);
    }
    core_.end_frame();
    update_in();
}

void Fimc::run_job() {
    const sc_core::sc_time start = sc_core::sc_time_stamp();
    const uint64_t resets = core_.resets();
    const FramePlan plan = core_.begin_job();
    if (!plan.mistake.empty()) report(plan.mistake);
    if (!plan.pipeline) return;
    job_started({picoseconds(start), planes_of(*plan.input, plan.input->size.height)});
    const uint64_t errors = bus_errors_.value;
    if (!job_lines(plan, resets)) return;
    dma.catch_up();
    if (resets != core_.resets()) return;
    ++jobs_;
    const sc_core::sc_time end = sc_core::sc_time_stamp();
    job_time_ += picoseconds(end - start) / 1000;
    const OutputArea& written = plan.pipeline->area;
    if (errors == bus_errors_.value) job_done({picoseconds(end), planes_of(written), fills_canvas(written)});
    core_.end_job();
    update_in();
}

/// False when a reset has ended the job under way.
bool Fimc::job_lines(const FramePlan& plan, uint64_t resets) {
    const sc_core::sc_time start = sc_core::sc_time_stamp();
    FrameReader reader{*plan.input, [this, resets](Iova at, std::span<uint8_t> bytes) {
                           if (!dma.read(at, bytes)) count_bus_error(resets);
                       }};
    Pipeline pipeline{*plan.pipeline};
    const FrameSize source = plan.pipeline->scaler.source, target = plan.pipeline->scaler.target;
    const uint64_t cycles =
        std::max(uint64_t{source.width} * source.height, uint64_t{target.width} * target.height);
    Row row;
    for (uint32_t y = 0; y < source.height; ++y) {
        wait_for_clock();
        WriteList writes;
        reader.line(y, row);
        pipeline.push(row, writes);
        if (y + 1 == source.height) pipeline.finish(writes);
        store(writes, resets);
        pace(start, cycles * (y + 1) / source.height);
        if (resets != core_.resets()) return false;
    }
    return true;
}

void Fimc::store(const WriteList& list, uint64_t resets) {
    for (const WriteList::Write& piece : list.writes()) {
        if (!dma.write(piece.at, list.data(piece))) count_bus_error(resets);
    }
}

/// What a reset breaks off is no error.
void Fimc::count_bus_error(uint64_t resets) {
    if (resets == core_.resets()) ++bus_errors_;
}

/// Waits until the engine has had `cycles` since the start, if memory was faster.
void Fimc::pace(const sc_core::sc_time& start, uint64_t cycles) {
    const uint64_t hertz = config_.clock();
    if (hertz == 0) return;
    const sc_core::sc_time done = start + sc_ps(time_of_tick(cycles, hertz));
    if (done <= dma.now()) return;
    dma.catch_up();
    if (done > sc_core::sc_time_stamp()) sc_core::wait(done - sc_core::sc_time_stamp());
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
