#include "platform/board/run_control.hpp"

#include <fmt/format.h>

namespace exysim::board {

namespace {

constexpr Picoseconds kMillisecond = 1'000'000'000;
constexpr Picoseconds kSecond = 1000 * kMillisecond;
constexpr Picoseconds kLastWords = kSecond / 2;  // a register dump and a backtrace at 115200 baud
constexpr uint32_t kPanicStatus = 0xDEAD;        // what our kernel gives to EXIT when it panics

Picoseconds now() { return picoseconds(sc_core::sc_time_stamp()); }

}  // namespace

std::string Outcome::sentence() const {
    switch (end) {
        case End::powered_off:
        case End::exit_request:
            return status == 0 ? "the guest finished"
                               : fmt::format("the guest finished with status {}", status);
        case End::reset:
            return "the guest reset the machine";
        case End::frames_shown:
            return "all frames were shown; ended by the host";
        case End::time_limit:
            return "the limit of simulated time was reached";
        case End::interrupted:
            return "interrupted";
        case End::panicked:
            return "the guest crashed";
        case End::asleep:
            return "the guest hangs: no core can ever wake";
        case End::starved:
            return "the guest hangs: no frame for a third of the run";
        case End::stuck:
            return "the guest hangs: " + detail;
    }
    return "";
}

RunControl::RunControl(Machine& machine, const RunLimits& limits) : machine_{machine}, limits_{limits} {
    machine.pmu.power.attach([this](const system::PowerRequest& request) {
        end(request == system::PowerRequest::off ? End::powered_off : End::reset, exit_status_);
    });
    machine.private_region.watchdog_reset.attach(
        [this](const system::PrivateWatchdogReset&) { end(End::reset, exit_status_); });
    machine.supplies.hung.attach([this](const HungAccess& access) { note_stuck(access); });
    machine.parts.wdt.reset.attach([this](const system::WatchdogReset&) { end(End::reset, exit_status_); });
    if (!machine.simctl) return;
    machine.simctl->exit.attach([this](const system::ExitRequest& request) {
        exit_status_ = request.status;
        end(request.status == kPanicStatus ? End::panicked : End::exit_request, request.status);
    });
    machine.simctl->event.attach([this](const system::GuestEvent& event) {
        if (event.record.kind == static_cast<uint32_t>(system::EventKind::panic)) note_panic();
    });
}

void RunControl::end(End cause, uint32_t status) {
    if (outcome_) return;
    if (panic_deadline_) cause = End::panicked;  // powering off afterwards does not undo the crash
    outcome_ = Outcome{cause, status};
    if (sc_core::sc_get_status() == sc_core::SC_RUNNING) sc_core::sc_pause();
}

/// A device that waits for ever harms only itself; a core does so to the whole run.
void RunControl::note_stuck(const HungAccess& access) {
    const std::optional<unsigned> core = machine_.cpu.accessing();
    if (!core || outcome_) return;
    end(End::stuck);
    outcome_->detail = fmt::format(
        "core {} at {:#010x} waits for ever for {} {:#x} of {}, which has no clock or no power", *core,
        machine_.cpu.pc(*core), access.is_write ? "a write to" : "a read of", access.offset, access.block);
}

void RunControl::note_panic() {
    if (!panic_deadline_) panic_deadline_ = now() + kLastWords;
}

Outcome RunControl::run() {
    while (!outcome_) {
        sc_core::sc_start(sc_ps(kMillisecond));
        if (each_step) each_step();
        check_limits();
    }
    for (system::Uart& uart : machine_.uarts) uart.flush();
    return *outcome_;
}

void RunControl::check_limits() {
    if (outcome_) return;
    const Picoseconds time = now();
    if (interrupted_.load()) return end(End::interrupted);
    if (panic_deadline_ && time >= *panic_deadline_) return end(End::panicked);
    if (time >= limits_.until) return end(End::time_limit);
    if (asleep_for_ever() && !(wait_for_host && wait_for_host())) return end(End::asleep);
    if (limits_.frames) check_frames(time);
}

void RunControl::check_frames(Picoseconds time) {
    const FrameProgress frames = progress();
    if (frames.delivered >= limits_.frames) {
        if (time >= frames.last_delivery + kSecond) end(End::frames_shown);
    } else if (time >= frames.last_delivery + limits_.until / 3) {
        end(End::starved);
    }
}

bool RunControl::asleep_for_ever() const {
    if (sc_core::sc_pending_activity()) return false;
    for (uint32_t core = 0; core < machine_.cpu.irq.size(); ++core) {
        if (!machine_.cpu.idle(core)) return false;
    }
    return true;
}

}  // namespace exysim::board
