// Locks, by what they guard against. The kernel runs on one core: an IrqLock masks interrupts, a Mutex
// sleeps.
#pragma once

#include "arch/cpu.hpp"
#include "core/list.hpp"

namespace kernel {

struct Thread;

/// State shared with interrupt handlers, or touched by the scheduler.
struct IrqLock {};

class IrqGuard {
public:
    explicit IrqGuard(IrqLock&) : flags_{cpu::disable_interrupts()} {}
    ~IrqGuard() { cpu::restore_interrupts(flags_); }
    IrqGuard(const IrqGuard&) = delete;
    IrqGuard& operator=(const IrqGuard&) = delete;

private:
    uint32_t flags_;
};

/// State shared by threads only. Not recursive.
class Mutex {
public:
    void lock();
    /// Takes the lock if nobody has it.
    bool try_lock();
    void unlock();
    bool held() const { return owner_ != nullptr; }

private:
    Thread* owner_ = nullptr;
    uint32_t waiting_ = 0;
};

class MutexGuard {
public:
    explicit MutexGuard(Mutex& m) : mutex_{m} { mutex_.lock(); }
    ~MutexGuard() { mutex_.unlock(); }
    MutexGuard(const MutexGuard&) = delete;
    MutexGuard& operator=(const MutexGuard&) = delete;

private:
    Mutex& mutex_;
};

}  // namespace kernel
