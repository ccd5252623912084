#include "core/terminal.hpp"

#include "core/process.hpp"
#include "core/uaccess.hpp"

namespace kernel {

namespace {

Terminal::List& terminals() {
    static Terminal::List all;
    return all;
}

/// asm-generic/ioctls.h.
enum Command : uint32_t {
    kGetAttributes = 0x5401,
    kSetAttributes = 0x5402,
    kSetAttributesDrained = 0x5403,
    kSetAttributesFlushed = 0x5404,
    kControlFlow = 0x540A,
    kFlush = 0x540B,
    kTakeControl = 0x540E,
    kGetForeground = 0x540F,
    kSetForeground = 0x5410,
    kUnsentOutput = 0x5411,
    kGetWindow = 0x5413,
    kSetWindow = 0x5414,
    kUnreadInput = 0x541B,
    kGiveUpControl = 0x5422,
    kGetSession = 0x5429,
};

constexpr uint64_t kTenth = 100'000'000;  // ns, of VTIME

bool deaf_to(const Process& p, const Thread& t, uint32_t signal) {
    return (t.signal_mask & signal_bit(signal)) || p.handlers->actions[signal].handler == 1;
}

}  // namespace

Terminal::Terminal(LineDiscipline::Echo echo, Opener open, void (*resume)(void*), void* context)
    : echo_{echo}, open_{open}, resume_{resume}, context_{context} {
    terminals().push_back(*this);
}

void Terminal::receive(uint8_t byte) {
    const bool stopped = line.stopped();
    if (const uint32_t signal = line.receive(byte, echo_, context_)) {
        if (foreground_) (void)send_signal_to_group(foreground_, signal, {});
    }
    if (stopped && !line.stopped()) resume_(context_);
    if (line.readable()) readable.wake_all();
}

void Terminal::hang_up() {
    if (!foreground_) return;
    (void)send_signal_to_group(foreground_, kSigHup, {});
    (void)send_signal_to_group(foreground_, kSigCont, {});
}

bool Terminal::controls(const Process& p) const { return session_ != 0 && p.session == session_; }

Result<> Terminal::be_foreground(uint32_t signal) {
    const Process& me = current_process();
    if (!controls(me) || me.group == foreground_) return Ok{};
    if (deaf_to(me, *current(), signal) || is_orphaned(me.group)) {
        if (signal == kSigTtin) return Errno::kIo;
        return Ok{};
    }
    (void)send_signal_to_group(me.group, signal, {});
    return Errno::kIntr;  // and again, once it may go on
}

Result<> Terminal::may_write() {
    if (!(line.settings.local & Termios::kStopWriters)) return Ok{};
    return be_foreground(kSigTtou);
}

void Terminal::adopt_by_leader() {
    const Process& me = current_process();
    if (session_ || me.session != me.pid) return;
    for (const Terminal& t : terminals()) {
        if (t.session_ == me.session) return;
    }
    session_ = me.session;
    foreground_ = me.group;
}

Result<uint32_t> Terminal::take_as_controlling() {
    const Process& me = current_process();
    if (session_ == me.session) return 0U;
    if (me.session != me.pid || session_) return Errno::kPerm;
    adopt_by_leader();
    if (session_ != me.session) return Errno::kPerm;
    return 0U;
}

Result<uint32_t> Terminal::set_foreground(UserAddr at) {
    const Process& me = current_process();
    if (!controls(me)) return Errno::kNoTty;
    const uint32_t group = TRY(get_user<uint32_t>(at));
    if (session_of_group(group) != session_) return Errno::kPerm;
    TRY(be_foreground(kSigTtou));
    foreground_ = group;
    return 0U;
}

uint64_t Terminal::longest_wait_ns() const {
    if (line.settings.canonical() || line.settings.keys[Termios::least] > 0) return kNever;
    return line.settings.keys[Termios::time] * kTenth;
}

uint64_t Terminal::longest_gap_ns() const {
    const uint8_t tenths = line.settings.keys[Termios::time];
    return tenths ? tenths * kTenth : kNever;
}

Result<> Terminal::set_attributes(uint32_t command, UserAddr at) {
    TRY(be_foreground(kSigTtou));
    const auto fresh = TRY(get_user<Termios>(at));
    IrqLock lock;
    const IrqGuard guard{lock};
    if (command == kSetAttributesFlushed) line.flush_input();
    const bool controlled = line.settings.input & Termios::kFlow;
    line.settings = fresh;
    if (controlled && !(fresh.input & Termios::kFlow) && line.stopped()) {
        line.stop_output(false);
        resume_(context_);
    }
    readable.wake_all();  // what a line was may be readable bytes now
    return Ok{};
}

/// tcflow(3). What it would send to the far side is not sent: that side takes what it is given.
Result<uint32_t> Terminal::control_flow(uint32_t what) {
    enum : uint32_t { kStopOutput, kStartOutput, kStopInput, kStartInput };
    if (what > kStartInput) return Errno::kInval;
    TRY(be_foreground(kSigTtou));
    IrqLock lock;
    const IrqGuard guard{lock};
    if (what == kStopOutput || what == kStartOutput) line.stop_output(what == kStopOutput);
    if (what == kStartOutput) resume_(context_);
    return 0U;
}

Result<uint32_t> Terminal::ioctl(uint32_t command, UserAddr at, uint32_t unsent) {
    switch (command) {
        case kGetAttributes:
            TRY(put_user(at, line.settings));
            return 0U;
        case kSetAttributesFlushed:
        case kSetAttributes:
        case kSetAttributesDrained:
            TRY(set_attributes(command, at));
            return 0U;
        case kControlFlow:
            return control_flow(at.value);
        case kFlush: {
            IrqLock lock;
            const IrqGuard guard{lock};
            if (at.value != 1) line.flush_input();  // 0 input, 1 output, 2 both
            return 0U;
        }
        case kTakeControl:
            return take_as_controlling();
        case kGiveUpControl:
            if (!controls(current_process())) return Errno::kNoTty;
            if (current_process().pid == session_) leave_terminals(current_process());
            return 0U;
        case kGetForeground:
        case kGetSession:
            if (!controls(current_process())) return Errno::kNoTty;
            TRY(put_user(at, command == kGetSession ? session_ : foreground_));
            return 0U;
        case kSetForeground:
            return set_foreground(at);
        case kGetWindow:
            TRY(put_user(at, window_));
            return 0U;
        case kSetWindow:
            TRY(copy_from_user(window_, at, sizeof window_));
            if (foreground_) (void)send_signal_to_group(foreground_, kSigWinch, {});
            return 0U;
        case kUnreadInput:
            TRY(put_user(at, line.readable() ? line.waiting() : 0U));
            return 0U;
        case kUnsentOutput:
            TRY(put_user(at, unsent));
            return 0U;
        default:
            return Errno::kNoTty;
    }
}

void leave_terminals(const Process& leader) {
    for (Terminal& t : terminals()) {
        if (t.session_ != leader.pid) continue;
        t.hang_up();
        t.session_ = t.foreground_ = 0;
    }
}

Result<Ref<File>> open_controlling_terminal(void*) {
    for (Terminal& t : terminals()) {
        if (t.controls(current_process())) return t.open_(t.context_);
    }
    return Errno::kNxIo;
}

}  // namespace kernel
