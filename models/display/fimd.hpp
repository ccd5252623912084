// FIMD shell: the panel's raster, its windows' way to memory, and the picture the panel shows.
#pragma once

#include <deque>
#include <functional>
#include <vector>

#include "models/base/clock.hpp"
#include "models/base/frame_events.hpp"
#include "models/base/probe.hpp"
#include "models/base/tlm/register_target.hpp"
#include "models/display/fimd_core.hpp"
#include "models/display/line_fetcher.hpp"

namespace exysim::display {

/// A picture that goes to a FIMC; `rgb` is valid during the call.
struct WrittenBack {
    uint32_t width, height;
    const uint8_t* rgb;
    Picoseconds line_period;
};

/// FIMD at 0x11C0_0000 with an RGB panel, whose frame is vsync, back porch, active lines and front porch, or
/// an I80 panel, to which frames go when they are triggered and which keeps them. At a frame's begin windows
/// take new settings over. ENVID = 0 stops at once, ENVID_F = 0 at the frame's end. Statistics:
/// `<name>.{frames,underflows}`, and each window's as LineFetcher's under `<name>.window{0..4}`.
class Fimd : public RegisterTarget<FimdCore> {
public:
    sc_core::sc_out<bool> irq_fifo{"irq_fifo"};
    sc_core::sc_out<bool> irq_vsync{"irq_vsync"};
    sc_core::sc_out<bool> irq_sys{"irq_sys"};  ///< a frame is in the I80 panel
    Probe<ScanoutStart> scanout;  ///< at the first active line, for each window that reads memory
    Probe<DisplayFrame> frame;    ///< after the last active line
    /// The write-back path; called after the last active line while VIDOUT has it on. Set by the board.
    std::function<void(const WrittenBack&)> write_back;
    std::deque<LineFetcher> windows;
    /// SYSREG's DISPLAY_CONTROL, whose VT_LBLK0 ([11:10]: 0 RGB, 1 I80) has to agree with VIDOUT, or nothing
    /// reaches the panel. Source: Linux 6.1's exynos_drm_fimd. Unset: they agree.
    std::function<uint32_t()> display_control;

    /// `clock`: SCLK_FIMD.
    Fimd(const sc_core::sc_module_name& name, const LineFetcherConfig& config, ClockRate clock,
         Instruments& instruments);

private:
    using Part = FimdCore::Part;
    void update() override;
    void advance(Picoseconds now);
    void start(Picoseconds now);
    void stop();
    Picoseconds end_of_part() const;
    void next_part();
    void begin_frame();
    void start_scanout();
    void end_frame();
    void next_frame(Picoseconds end);
    bool due() const;
    bool connected() const;
    void report_mistake();
    void report(std::string_view what, uint32_t offset, uint32_t value);
    void compose();

    ClockRate clock_;
    GuestErrors& guest_errors_;
    Raster raster_;
    Part part_ = Part::vsync;
    std::array<std::optional<FimdFrame>, FimdCore::kWindows> frames_;
    std::array<const LineStore*, FimdCore::kWindows> stores_{};
    uint32_t vsync_lines_ = 0;
    uint64_t number_ = 0;
    std::vector<Pixel> line_;
    std::vector<uint8_t> rgb_;
    std::string_view reported_;
    bool misrouted_ = false;
    Counter &shown_, &underflows_;
};

}  // namespace exysim::display
