// Runs a machine until it ends, and says how it ended.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>

#include "platform/board/machine.hpp"

namespace exysim::board {

enum class End {
    powered_off,   ///< PS_HOLD released
    reset,         ///< SWRESET
    exit_request,  ///< simctl EXIT or semihosting exit
    frames_shown,  ///< one simulated second after the last wanted frame, by the host
    time_limit,    ///< `until`
    interrupted,   ///< the user
    panicked,      ///< the guest's kernel says it cannot go on
    asleep,        ///< no core can ever wake
    starved,       ///< no frame for a third of the run
    stuck,         ///< an access to a block without clock or power never ends (power.gated_access: hang)
};

struct Outcome {
    End end = End::time_limit;
    uint32_t status = 0;      ///< the guest's own, if it gave one
    std::string detail = {};  ///< of `stuck`: who waits for what
    bool guest_failed() const {
        return end == End::panicked || end == End::asleep || end == End::starved || end == End::stuck;
    }
    std::string sentence() const;
};

struct RunLimits {
    Picoseconds until = ~Picoseconds{0};
    uint64_t frames = 0;  ///< frames wanted; 0 = the run is not about frames
};

/// What the run is doing, for watchers and limits.
struct FrameProgress {
    uint64_t delivered = 0;
    Picoseconds last_delivery = 0;
};

class RunControl {
public:
    /// Attaches to the machine's probes; before the simulation starts.
    RunControl(Machine& machine, const RunLimits& limits);

    std::function<FrameProgress()> progress;  ///< set when limits.frames is
    std::function<void()>
        each_step;  ///< called at every step of 1 ms simulated time; terminals, progress lines
    /// Asked when no core can wake by itself: waits for something from outside the machine that the guest
    /// wants, and says whether it came. Without it, or when it has not, the guest hangs.
    std::function<bool()> wait_for_host;

    /// The guest asked for an end, or something noticed one; the first cause counts.
    void end(End cause, uint32_t status = 0);
    /// The guest's kernel reported a crash: the run ends once it has printed its last words.
    void note_panic();
    /// May be called from a signal handler.
    void interrupt() { interrupted_.store(true); }

    Outcome run();

private:
    void note_stuck(const HungAccess& access);
    void check_limits();
    void check_frames(Picoseconds now);
    bool asleep_for_ever() const;

    Machine& machine_;
    RunLimits limits_;
    std::optional<Outcome> outcome_;
    std::optional<Picoseconds> panic_deadline_;
    uint32_t exit_status_ = 0;
    std::atomic<bool> interrupted_{false};
};

}  // namespace exysim::board
