// FIMG-2D shell: register bus, memory port, interrupt line, and the thread that is the engine.
#pragma once

#include <string>

#include "models/base/clock.hpp"
#include "models/base/engine_reset.hpp"
#include "models/base/frame_events.hpp"
#include "models/base/probe.hpp"
#include "models/base/statistics.hpp"
#include "models/base/tlm/dma_port.hpp"
#include "models/base/tlm/register_target.hpp"
#include "models/gpu/blitter.hpp"
#include "models/gpu/g2d_core.hpp"

namespace exysim::gpu {

struct G2dConfig {
    Version version = Version::v3;
    ClockRate clock = fixed_clock(200'000'000);  ///< one pixel a period. Assumed: 200 MHz, both versions
    sc_core::sc_time skew{1, sc_core::SC_US};    ///< how far DMA may be booked ahead of SystemC time
    uint32_t burst_bytes = 128;                  ///< Assumed: 16 beats of 64 bits
};

/// A blit has been carried out.
struct BlitDone {
    Picoseconds begin, end;
    uint64_t pixels;
};

/// A row takes as long as its memory traffic or its pixels, whichever is longer. After a bus error the engine
/// stays busy, without an interrupt, until it is reset. [Assumed; what makes Linux's driver time out and
/// reset] Statistics: `<name>.{blits,pixels,lists,bus_errors,busy_time}`.
class G2d : public RegisterTarget<G2dCore>, private BlitMemory {
public:
    DmaPort dma;
    sc_core::sc_out<bool> irq{"irq"};
    Probe<BlitDone> done;
    Probe<JobStarted> job_started;  ///< of each blit
    Probe<JobDone> job_done;
    Probe<EngineReset> was_reset;

    G2d(const sc_core::sc_module_name& name, const G2dConfig& config, Instruments& instruments);

private:
    SC_HAS_PROCESS(G2d);
    void update() override;
    bool read(Iova at, std::span<uint8_t> into) override;
    bool write(Iova at, std::span<const uint8_t> from) override;
    bool row_done(uint32_t pixels) override;
    template <class Byte, class Transfer>
    bool in_bursts(Iova at, std::span<Byte> bytes, Transfer transfer);

    void run();
    bool blit();
    void tell_start(const Blit& settings) const;
    void tell_end(const Blit& settings) const;
    bool run_lists();
    bool run_list(Iova& at);
    bool run_pairs(Iova at, uint32_t count);
    bool list_blit();
    bool wait_while_held();
    bool void_now() const { return resets_ != core_.resets(); }
    void pass(uint64_t cycles);

    G2dConfig config_;
    Blitter blitter_;
    sc_core::sc_event changed_;
    uint64_t resets_ = 0;  // the core's count when the present work began
    uint64_t told_ = 0;    // the same as was_reset has told it
    uint64_t clock_hz_ = 1;
    Picoseconds pipeline_ = 0;  // when the engine itself is done with what it has been given
    Counter &blits_, &pixels_, &lists_, &bus_errors_, &busy_time_;
};

}  // namespace exysim::gpu
