// A layer's line buffers: filled by bursts a few lines ahead of the raster, empty when memory is late.
#pragma once

#include <functional>
#include <string>
#include <systemc>
#include <vector>

#include "models/base/guest_errors.hpp"
#include "models/base/statistics.hpp"
#include "models/base/tlm/dma_port.hpp"
#include "models/display/fetch_plan.hpp"
#include "models/display/timing.hpp"

namespace exysim::display {

struct LineFetcherConfig {
    sc_core::sc_time skew{1, sc_core::SC_US};  ///< how far DMA may be booked ahead of SystemC time
    uint32_t line_buffers = 8;  ///< Assumed: lines fetched ahead of the raster at most; as many for chroma
    bool whole_lines = false;   ///< one transfer a line instead of bursts: `fast` mode
};

/// Fetches one plan after the other. Bytes that are not here when the raster starts their line are lost: the
/// line stays cut off there, and fetching goes on with a later one.
/// Statistics: `<name>.{frames,late_lines,bus_errors}`.
class LineFetcher : public sc_core::sc_module {
public:
    DmaPort dma;
    std::function<void()> underflow;  ///< at the first late line of a frame; set before simulation starts

    /// `statistics_name` in place of the module's own in statistics.
    LineFetcher(const sc_core::sc_module_name& name, const LineFetcherConfig& config,
                const std::string& statistics_name, Instruments& instruments);

    /// Starts on `plan` for the frame that began at `vsync`. `burst_bytes`: a power of two.
    void begin(const FetchPlan& plan, const Timing& timing, Picoseconds vsync, uint32_t burst_bytes);
    /// Ends the frame: what has come of its plan. Lines that have not are an underflow.
    const LineStore& finish();
    /// Gives the frame up without an underflow: the layer was reset.
    void abandon();

private:
    SC_HAS_PROCESS(LineFetcher);
    void run();
    void fetch_frame(uint64_t frame);
    void fetch_line(uint32_t line, uint64_t frame);
    bool fetch(const FetchPiece& piece, uint32_t line, uint64_t frame);
    void arrived(const DmaPort::ReadDone& burst);
    Picoseconds due(uint32_t line) const { return start_of(plan_.lines[line].first_needed); }
    void wait_for_buffer(uint32_t line);
    Picoseconds start_of(uint32_t raster_line) const { return vsync_ + timing_.active_line(raster_line); }
    uint32_t wanted(uint32_t line) const;
    void miss(uint32_t lines);

    LineFetcherConfig config_;
    FetchPlan plan_;
    LineStore store_;
    Timing timing_;
    Picoseconds vsync_ = 0;
    uint32_t burst_bytes_ = 128;
    uint64_t begun_ = 0;             // frames; one that was begun under another number is given up
    uint64_t fetched_ = 0;           // the one that bursts in flight belong to
    std::vector<uint32_t> held_[2];  // lines in the order in which they took a buffer; [1] chroma
    std::vector<bool> cut_;          // lines of which something came too late: nothing after it is shown
    bool missed_ = false, fetching_ = false;
    bool lost_ = false;  // the present frame could not be begun
    sc_core::sc_event begin_, ended_;
    Counter &frames_, &late_lines_, &bus_errors_;
};

}  // namespace exysim::display
