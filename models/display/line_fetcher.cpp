#include "models/display/line_fetcher.hpp"

#include <algorithm>

#include "models/base/tlm/payload.hpp"

namespace exysim::display {

LineFetcher::LineFetcher(const sc_core::sc_module_name& module_name, const LineFetcherConfig& config,
                         const std::string& statistics_name, Instruments& in)
    : sc_module{module_name},
      dma{"dma", config.skew},
      config_{config},
      frames_{in.statistics.counter(statistics_name + ".frames", "1",
                                    "pictures fetched from memory without a late line")},
      late_lines_{in.statistics.counter(statistics_name + ".late_lines", "1",
                                        "lines that memory did not deliver in time")},
      bus_errors_{in.statistics.counter(statistics_name + ".bus_errors", "1",
                                        "reads that the bus answered with an error")} {
    dma.read_done = [this](const DmaPort::ReadDone& burst) { arrived(burst); };
    SC_THREAD(run);
}

void LineFetcher::begin(const FetchPlan& plan, const Timing& timing, Picoseconds vsync,
                        uint32_t burst_bytes) {
    timing_ = timing;
    vsync_ = vsync;
    burst_bytes_ = burst_bytes;
    missed_ = false;
    ++begun_;
    lost_ = fetching_;  // a transfer still waits for memory: the new frame has no line in time
    if (lost_) {
        store_.valid.assign(plan.lines.size(), 0);
        return;
    }
    plan_ = plan;
    store_.begin(plan_);
    begin_.notify(sc_core::SC_ZERO_TIME);
}

void LineFetcher::abandon() {
    ++begun_;
    ended_.notify(sc_core::SC_ZERO_TIME);
}

const LineStore& LineFetcher::finish() {
    abandon();  // what comes now is too late
    uint32_t late = 0;
    for (uint32_t line = 0; line < store_.valid.size(); ++line) {
        late += lost_ || store_.valid[line] < wanted(line) ? 1U : 0U;
    }
    if (late) {
        miss(late);
    } else {
        ++frames_;
    }
    return store_;
}

uint32_t LineFetcher::wanted(uint32_t line) const {
    const FetchLine& l = plan_.lines[line];
    uint32_t bytes = 0;
    for (uint32_t i = 0; i < l.pieces; ++i) bytes += plan_.pieces[l.first_piece + i].bytes;
    return bytes;
}

void LineFetcher::miss(uint32_t lines) {
    late_lines_ += lines;
    if (!missed_ && underflow) underflow();
    missed_ = true;
}

void LineFetcher::run() {
    for (;;) {
        sc_core::wait(begin_);
        fetching_ = true;
        fetch_frame(begun_);
        fetching_ = false;
    }
}

void LineFetcher::fetch_frame(uint64_t frame) {
    fetched_ = frame;
    cut_.assign(plan_.lines.size(), false);
    for (std::vector<uint32_t>& held : held_) held.clear();
    for (uint32_t line = 0; line < plan_.lines.size() && frame == begun_; ++line) {
        wait_for_buffer(line);
        if (frame == begun_) fetch_line(line, frame);
    }
    dma.catch_up();
}

/// A buffer becomes free when its line has been shown.
void LineFetcher::wait_for_buffer(uint32_t line) {
    std::vector<uint32_t>& held = held_[plan_.lines[line].chroma];
    held.push_back(line);
    if (held.size() <= config_.line_buffers) return;
    const uint32_t before = held[held.size() - 1 - config_.line_buffers];
    const Picoseconds free = start_of(plan_.lines[before].last_needed + 1);
    if (free <= picoseconds(dma.now())) return;
    dma.catch_up();
    const Picoseconds now = picoseconds(sc_core::sc_time_stamp());
    if (free > now) sc_core::wait(sc_ps(free - now), ended_);
}

void LineFetcher::fetch_line(uint32_t line, uint64_t frame) {
    const FetchLine& wanted = plan_.lines[line];
    for (uint32_t i = 0; i < wanted.pieces; ++i) {
        if (!fetch(plan_.pieces[wanted.first_piece + i], line, frame)) return;
    }
}

/// False when the rest of the line is of no use.
bool LineFetcher::fetch(const FetchPiece& piece, uint32_t line, uint64_t frame) {
    uint32_t done = 0;
    while (done < piece.bytes) {
        if (cut_[line] || picoseconds(dma.now()) > due(line)) return false;
        const uint32_t to_boundary = burst_bytes_ - (piece.from.value + done) % burst_bytes_;
        const uint32_t bytes = config_.whole_lines ? piece.bytes : std::min(to_boundary, piece.bytes - done);
        const bool here =
            dma.read(piece.from + done, std::span{store_.bytes}.subspan(piece.into + done, bytes), line);
        if (frame != begun_) return false;
        if (!here) {
            ++bus_errors_;
            return false;
        }
        done += bytes;
    }
    return true;
}

/// The bytes of a transfer arrive evenly over its time.
void LineFetcher::arrived(const DmaPort::ReadDone& burst) {
    const uint32_t line = burst.tag;
    if (fetched_ != begun_ || cut_[line]) return;
    const Picoseconds until = due(line);
    const bool late = burst.ended > until;
    const uint64_t in_time =
        !late ? burst.bytes : burst.bytes * (until - burst.begun) / (burst.ended - burst.begun);
    store_.valid[line] += static_cast<uint32_t>(in_time);
    cut_[line] = late;
}

}  // namespace exysim::display
