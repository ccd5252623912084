// Signals: handlers per process, masks per thread, Linux's frames on the user stack.
#pragma once

#include <cstdint>

#include "core/ref.hpp"
#include "core/result.hpp"
#include "core/types.hpp"

namespace kernel {

struct Process;
struct Thread;
struct TrapFrame;

enum Signal : uint32_t {
    kSigHup = 1,
    kSigInt = 2,
    kSigQuit = 3,
    kSigIll = 4,
    kSigTrap = 5,
    kSigAbrt = 6,
    kSigBus = 7,
    kSigFpe = 8,
    kSigKill = 9,
    kSigUsr1 = 10,
    kSigSegv = 11,
    kSigPipe = 13,
    kSigAlrm = 14,
    kSigTerm = 15,
    kSigChld = 17,
    kSigCont = 18,
    kSigStop = 19,
    kSigTstp = 20,
    kSigTtin = 21,
    kSigTtou = 22,
    kSigUrg = 23,
    kSigWinch = 28,
    kSignals = 64,
};
constexpr uint64_t signal_bit(uint32_t number) { return uint64_t{1} << (number - 1); }

/// struct sigaction as the kernel's ABI has it.
struct SignalAction {
    uint32_t handler = 0;  ///< 0 default, 1 ignore
    uint32_t flags = 0;
    uint32_t restorer = 0;
    uint64_t mask = 0;
};

/// What a handler with SA_SIGINFO is told besides the number: si_code, and the union's first words by it.
struct SignalInfo {
    int32_t code = 0;
    uint32_t fields[3] = {};
};

/// Where handlers with SA_ONSTACK run (sigaltstack). Size 0 = there is none.
struct SignalStack {
    uint32_t base = 0, size = 0;
    bool holds(uint32_t sp) const { return size != 0 && sp - base <= size; }
};

/// A mask for the time of one waiting call (ppoll, pselect, sigsuspend): a signal that ends the wait finds it
/// in force, and the old mask comes back when its handler returns.
class MaskForWait {
public:
    MaskForWait() = default;
    ~MaskForWait();
    MaskForWait(const MaskForWait&) = delete;
    MaskForWait& operator=(const MaskForWait&) = delete;
    void set(uint64_t mask);

private:
    bool set_ = false;
};

struct SignalHandlers : RefCounted {
    SignalAction actions[kSignals + 1];
    SignalInfo info[kSignals + 1];  ///< of the last one sent
};

/// Sends to a process (any thread may take it) or to one thread. Signals are not queued: of several of one
/// number the last one's `info` is told.
void send_signal(Process& process, uint32_t number, const SignalInfo& info = {});
void send_signal_to_thread(Thread& thread, uint32_t number, const SignalInfo& info = {});
/// Signals that could be taken but for the mask.
uint64_t pending_signals(const Thread& thread);
/// Takes one of `set` out of the pending ones, without its handler. 0 when there is none.
uint32_t take_pending(Thread& thread, uint64_t set, SignalInfo& info);
/// For faults of the running thread: cannot be blocked or ignored. `address` goes to the console line.
void force_signal(uint32_t number, uint32_t address, const char* why);
/// ss_flags of sigaltstack: SS_ONSTACK, SS_DISABLE or 0.
uint32_t signal_stack_flags(const Thread& thread, uint32_t user_sp);
/// Before going back to user mode: takes pending signals; may end the process.
void deliver_signals(TrapFrame& frame);
/// rt_sigreturn.
Result<uint32_t> return_from_signal(TrapFrame& frame);

}  // namespace kernel
