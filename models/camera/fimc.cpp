#include "models/camera/fimc.hpp"

#include <algorithm>
#include <utility>

#include "models/camera/test_pattern.hpp"

namespace exysim::camera {

namespace {

/// The planes of an area, `height` pixels of it, as whole lines of the canvas, which is what others of the
/// buffer see.
template <class Area>
std::vector<IovaRange> planes_in(const Area& a, uint32_t height) {
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
std::vector<IovaRange> written_planes_of(const OutputArea& a) { return planes_in(a, a.written().height); }

bool fills_canvas(const OutputArea& a) {
    const FrameSize written = a.written();
    return written.width == a.canvas.width && written.height == a.canvas.height;
}

}  // namespace

Fimc::Fimc(const sc_core::sc_module_name& module_name, const FimcConfig& config, Instruments& instruments)
    : CaptureShell{module_name,
                   {config.skew, config.fifo_lines, fimc::kCiimgcpt},
                   instruments,
                   config.abilities},
      clock_{config.clock},
      jobs_{instruments.statistics.counter(name() + std::string{".jobs"}, "1",
                                           "memory-to-memory jobs that have ended")},
      job_time_{instruments.statistics.counter(name() + std::string{".job_time"}, "ns",
                                               "time that memory-to-memory jobs took")} {}

void Fimc::update() {
    CaptureShell::update();
    if (core_.job_waiting()) wake();
}

BegunFrame<CapturedFimcFrame> Fimc::begin(const SentFormat& format) {
    const FrameDecision decision = core_.begin_frame(format);
    BegunFrame<Frame> begun{{}, decision.drop_reason, decision.mistake};
    if (!decision) return begun;
    Frame& frame = begun.frame.emplace();
    frame.pipeline = std::make_unique<Pipeline>(*decision.pipeline);
    frame.size = decision.pipeline->scaler.source;
    frame.left = decision.crop_left;
    frame.top = decision.crop_top;
    frame.order = decision.order;
    frame.raw = decision.raw;
    return begun;
}

void Fimc::begin_lines(Frame*) { core_.begin_lines(); }

void Fimc::take(Frame& frame, uint32_t index, const Line422& pixels) {
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

void Fimc::flush(Frame& frame) {
    if (frame.raw) return;
    WriteList rest;
    frame.pipeline->finish(rest);
    enqueue(frame, std::move(rest));
}

std::vector<IovaRange> Fimc::planes_of(const Frame& frame) const {
    return written_planes_of(frame.pipeline->area());
}

bool Fimc::do_other_work() {
    if (!core_.job_waiting()) return false;
    run_job();
    return true;
}

void Fimc::run_job() {
    const sc_core::sc_time start = sc_core::sc_time_stamp();
    const uint64_t resets = core_.resets();
    const FramePlan plan = core_.begin_job();
    if (!plan.mistake.empty()) report(plan.mistake);
    if (!plan.pipeline) return;
    job_started({picoseconds(start), planes_in(*plan.input, plan.input->size.height)});
    const uint64_t errors = bus_errors_.value;
    if (!job_lines(plan, resets)) return;
    dma.catch_up();
    if (resets != core_.resets()) return;
    ++jobs_;
    const sc_core::sc_time end = sc_core::sc_time_stamp();
    job_time_ += picoseconds(end - start) / 1000;
    const OutputArea& written = plan.pipeline->area;
    if (errors == bus_errors_.value)
        job_done({picoseconds(end), written_planes_of(written), fills_canvas(written)});
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
    const uint64_t hertz = clock_();
    if (hertz == 0) return;
    const sc_core::sc_time done = start + sc_ps(time_of_tick(cycles, hertz));
    if (done <= dma.now()) return;
    dma.catch_up();
    if (done > sc_core::sc_time_stamp()) sc_core::wait(done - sc_core::sc_time_stamp());
}

}  // namespace exysim::camera
