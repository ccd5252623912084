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

struct SignalHandlers : RefCounted {
    SignalAction actions[kSignals + 1];
};

/// Sends to a process (any thread may take it) or to one thread.
void send_signal(Process& process, uint32_t number);
void send_signal_to_thread(Thread& thread, uint32_t number);
/// For faults of the running thread: cannot be blocked or ignored. `address` goes to the console line.
void force_signal(uint32_t number, uint32_t address, const char* why);
/// Before going back to user mode: takes pending signals; may end the process.
void deliver_signals(TrapFrame& frame);
/// rt_sigreturn.
Result<uint32_t> return_from_signal(TrapFrame& frame);

}  // namespace kernel
