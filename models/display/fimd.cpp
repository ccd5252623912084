#include "models/display/fimd.hpp"

#include <algorithm>

namespace exysim::display {

namespace {

/// WINCON's burst length: 16, 8 or 4 words of 64 bits.
uint32_t burst_bytes(uint32_t wincon) {
    constexpr uint32_t kBytes[] = {128, 64, 32, 32};
    return kBytes[wincon >> 9 & 3];
}

/// What a panel with fewer bits shows: it repeats the upper ones [Assumed].
void reduce(ColourDepth depth, std::span<Pixel> line) {
    const auto level = [](uint32_t v, unsigned bits) { return widen((v & 255) >> (8 - bits), bits); };
    for (Pixel& p : line)
        p = make_pixel(255, level(p >> 16, depth.red), level(p >> 8, depth.green), level(p, depth.blue));
}

}  // namespace

Fimd::Fimd(const sc_core::sc_module_name& module_name, const LineFetcherConfig& config, ClockRate clock,
           Instruments& in)
    : RegisterTarget{module_name, in},
      clock_{std::move(clock)},
      guest_errors_{in.guest_errors},
      shown_{in.statistics.counter(std::string{name()} + ".frames", "1", "frames sent to the panel")},
      underflows_{in.statistics.counter(std::string{name()} + ".underflows", "1",
                                        "windows of frames with a line that memory delivered late")} {
    core_.complain = [this](std::string_view what, uint32_t offset, uint32_t value) {
        report(what, offset, value);
    };
    for (uint32_t n = 0; n < FimdCore::kWindows; ++n) {
        const std::string window = "window" + std::to_string(n);
        windows.emplace_back(window.c_str(), config, std::string{name()} + "." + window, in);
        windows.back().underflow = [this] {
            ++underflows_;
            core_.underflow();
            update_in();
        };
    }
}

void Fimd::update() {
    const Picoseconds now = picoseconds(sc_core::sc_time_stamp());
    const bool supplied = supply() == Supply::on;
    if (core_.stops_at_once() || !supplied) stop();
    if (supplied) advance(now);
    irq_fifo.write(core_.fifo_irq());
    irq_vsync.write(core_.frame_irq());
    irq_sys.write(core_.i80_irq());
    if (raster_.running()) update_at(end_of_part());
}

void Fimd::advance(Picoseconds now) {
    if (!raster_.running()) {
        if (!due()) return;
        start(now);
    }
    while (raster_.running() && now >= end_of_part()) next_part();
}

/// A frame may begin: a raster runs by itself, an I80 panel's frame has to be asked for.
bool Fimd::due() const {
    if (!core_.running() || clock_() < 256) return false;  // CLKVAL may divide by as much
    return !core_.command_mode() || core_.frame_wanted();
}

void Fimd::start(Picoseconds now) {
    raster_.start(core_.timing(clock_()), now);
    raster_.advance(now);
    begin_frame();
}

void Fimd::stop() {
    raster_.stop();
    core_.stopped();
    for (auto& fetcher : windows) fetcher.abandon();
}

Picoseconds Fimd::end_of_part() const {
    const Timing& t = raster_.timing();
    switch (part_) {
        case Part::vsync:
            return raster_.began() + vsync_lines_ * t.line_period();
        case Part::back_porch:
            return raster_.began() + t.active_line(0);
        case Part::active:
            return raster_.began() + t.active_line(t.height);
        case Part::front_porch:
            break;
    }
    return raster_.next_change(raster_.began() + t.line_period());
}

void Fimd::next_part() {
    const Picoseconds end = end_of_part();
    switch (part_) {
        case Part::vsync:
            part_ = Part::back_porch;
            break;
        case Part::back_porch:
            part_ = Part::active;
            start_scanout();
            break;
        case Part::active:
            part_ = Part::front_porch;
            end_frame();
            break;
        case Part::front_porch:
            return next_frame(end);
    }
    if (!core_.command_mode()) core_.enter(part_);
}

void Fimd::next_frame(Picoseconds end) {
    if (core_.command_mode()) {
        core_.frame_sent();
        if (!due()) return stop();
    }
    if (!core_.running()) return stop();
    if (core_.timing(clock_()) != raster_.timing()) return start(end);
    raster_.advance(end);
    begin_frame();
}

void Fimd::begin_frame() {
    part_ = Part::vsync;
    core_.vsync();
    const bool commands = core_.command_mode();
    commands ? core_.begin_command_frame() : core_.enter(part_);
    report_mistake();
    vsync_lines_ = commands ? 1 : core_.regs.get(FimdCore::kVspw) + 1;
    const Timing& t = raster_.timing();
    for (uint32_t n = 0; n < FimdCore::kWindows; ++n) {
        frames_[n].reset();
        if (!core_.window(n)) continue;
        frames_[n].emplace().begin(*core_.window(n), t.width, t.height);
        windows[n].begin(frames_[n]->plan(), t, raster_.began(),
                         burst_bytes(core_.regs.get(FimdCore::kWin, n)));
    }
}

bool Fimd::connected() const {
    if (!display_control) return true;
    constexpr uint32_t kRgb = 0, kI80 = 1;
    return (display_control() >> 10 & 3) == (core_.command_mode() ? kI80 : kRgb);
}

/// Once for as long as it lasts.
void Fimd::report_mistake() {
    if (!core_.mistake().empty() && core_.mistake() != reported_)
        report(core_.mistake(), core_.mistake_offset(), core_.regs.word(core_.mistake_offset()));
    reported_ = core_.mistake();
    if (!connected() && !misrouted_)
        report("SYSREG's VT_LBLK0 does not choose the interface that VIDOUT does; the panel gets nothing",
               FimdCore::kVidcon0, core_.regs.word(FimdCore::kVidcon0));
    misrouted_ = !connected();
}

void Fimd::report(std::string_view what, uint32_t offset, uint32_t value) {
    guest_errors_.report(
        {.instance = name(), .what = std::string{what}, .reg = {}, .offset = offset, .value = value});
}

void Fimd::start_scanout() {
    if (!scanout.watched()) return;
    constexpr std::string_view kNames[] = {"window0", "window1", "window2", "window3", "window4"};
    for (uint32_t n = 0; n < FimdCore::kWindows; ++n) {
        if (frames_[n] && !frames_[n]->window().map_colour)
            scanout({raster_.began() + raster_.timing().active_line(0), kNames[n],
                     frames_[n]->window().planes()});
    }
}

void Fimd::end_frame() {
    for (uint32_t n = 0; n < FimdCore::kWindows; ++n) {
        if (frames_[n]) stores_[n] = &windows[n].finish();
    }
    ++shown_;
    const uint64_t number = number_++;
    const bool goes_back = core_.writes_back() && write_back;
    const bool seen = frame.watched() && connected();
    if (!goes_back && !seen) return;
    compose();
    const Timing& t = raster_.timing();
    if (goes_back) write_back({t.width, t.height, rgb_.data(), t.line_period()});
    if (!seen) return;
    frame({number, raster_.began() + t.active_line(0), t.width, t.height, rgb_.data(), false});
}

void Fimd::compose() {
    const Timing& t = raster_.timing();
    const ColourDepth depth = core_.depth();
    line_.resize(t.width);
    rgb_.resize(size_t{t.width} * t.height * 3);
    for (uint32_t y = 0; y < t.height; ++y) {
        std::fill(line_.begin(), line_.end(),
                  0xFF00'0000);  // where no window is, the panel is black [Assumed]
        for (uint32_t n = 0; n < FimdCore::kWindows; ++n) {
            if (frames_[n]) frames_[n]->blend(*stores_[n], y, line_);
        }
        if (depth != ColourDepth{}) reduce(depth, line_);
        pack_rgb(line_, rgb_.data() + size_t{y} * t.width * 3);
    }
}

}  // namespace exysim::display
