// Threads and the scheduler: round robin with a 10 ms slice, woken threads first, preemptive in kernel and
// user mode.
#pragma once

#include <cstdint>

#include "arch/trap.hpp"
#include "core/list.hpp"
#include "core/result.hpp"
#include "core/signal.hpp"
#include "core/time.hpp"
#include "core/types.hpp"

namespace kernel {

struct Page;
struct Process;

/// User floating-point registers; saved when another thread uses the unit.
struct VfpState {
    uint64_t d[32] = {};
    uint32_t fpscr = 0;
};

enum class RunState : uint8_t { ready, running, blocked, dead };

struct Thread {
    ListNode run_node;      ///< in the run queue
    ListNode process_node;  ///< in its process
    uint32_t saved_sp = 0;
    RunState state = RunState::ready;
    Page* stack = nullptr;       ///< kKernelStack bytes
    Process* process = nullptr;  ///< null: kernel thread
    uint32_t tid = 0;
    uint32_t tls = 0;  ///< TPIDRURO
    VfpState vfp;
    UserAddr clear_child_tid;
    uint64_t signal_mask = 0;
    uint64_t pending_signals = 0;
    uint64_t saved_mask = 0;  ///< comes back after a MaskForWait
    bool mask_saved = false;
    SignalStack signal_stack;
    struct {
        bool possible = false;
        uint32_t r0 = 0;
    } restart;            ///< a call that a signal ended
    uint64_t cpu_ns = 0;  ///< time on the processor, user and kernel mode together
    bool timed_out = false;
    uint32_t fail_nth = 0;  ///< mm/fault_injection
    char name[16] = "";

    /// The registers this thread entered the kernel with from user mode.
    TrapFrame& user_frame() const;
};

inline constexpr uint32_t kKernelStack = 8192;

Thread* current();
/// Time on the processor so far, ns.
uint64_t cpu_time(const Thread& thread);
/// Makes the running boot code the idle thread.
void scheduler_init();
/// Called, with interrupts masked, whenever nothing is left to run. There is one.
void set_idle_hook(void (*hook)());
/// The idle loop; never returns.
[[noreturn]] void idle();

/// A new kernel thread, ready to run. Errors: kNoMem.
Result<Thread*> start_kernel_thread(const char* name, void (*function)(void*), void* argument);
/// A thread that will enter user mode with `frame`; not yet ready (call wake()). Errors: kNoMem.
Result<Thread*> create_user_thread(const TrapFrame& frame);
void destroy_unstarted(Thread* thread);

/// Gives the core away. Call with interrupts masked; the state says whether the caller stays runnable.
void schedule();
void yield_now();
/// Makes a blocked thread ready.
void wake(Thread& thread);
/// Blocks until woken or the time has come. Callers loop on their condition.
void sleep_until(uint64_t deadline_ns);
/// Ends the calling thread; its stack goes once another one runs.
[[noreturn]] void exit_thread();
/// Called on the way out of an interrupt.
void preempt_if_needed();
/// Floating-point state follows its thread lazily.
void vfp_use_by_current();
void vfp_forget(Thread& thread);
/// Writes the unit's registers to the owner's VfpState, so that it can be copied.
void vfp_flush(Thread& thread);
/// Tells the MMU which process runs (after exec, too).
void activate_address_space(Process* process);
uint32_t new_id();

}  // namespace kernel
