// Processes: threads that share an address space, descriptors and signal handlers.
#pragma once

#include <cstdint>

#include "core/file.hpp"
#include "core/interval_timer.hpp"
#include "core/list.hpp"
#include "core/ref.hpp"
#include "core/signal.hpp"
#include "core/thread.hpp"
#include "core/vfs.hpp"
#include "mm/user_space.hpp"

namespace kernel {

/// One of a process's POSIX timers (syscalls_timer.cpp).
struct ProcessTimer {
    ListNode node;
    uint32_t id = 0;
    virtual ~ProcessTimer() = default;
};

/// Thread -> Process -> {AddressSpace, FdTable, SignalHandlers}, never back. A process stays as a zombie
/// until its parent has waited for it.
struct Process : RefCounted {
    ListNode sibling_node;  ///< in the parent's children
    uint32_t pid = 0;
    uint32_t group = 0, session = 0;  ///< ids of their leaders
    Process* parent = nullptr;
    List<Process, &Process::sibling_node> children;
    List<Thread, &Thread::process_node> threads;
    Ref<AddressSpace> space;
    Ref<FdTable> files;
    Ref<SignalHandlers> handlers;
    Ref<Inode> directory;  ///< working directory
    Ref<Inode> executable;
    char path[128] = "";  ///< it was started by this
    uint64_t pending_signals = 0;
    WaitQueue changed;  ///< a child ended, or a vfork child let go
    IntervalTimer alarm{[](void* p, uint64_t) { send_signal(*static_cast<Process*>(p), kSigAlrm); }, this};
    List<ProcessTimer, &ProcessTimer::node> timers;
    uint64_t ended_threads_ns = 0;  ///< processor time of threads that are gone
    uint64_t children_ns = 0;       ///< and of children that have been waited for
    uint32_t command_line_size = 0;
    char command_line[256] = "";  ///< arguments with their NULs, as far as they fit
    bool exiting = false;         ///< exit_group() or a fatal signal: every thread leaves at its next chance
    bool zombie = false;
    bool stopped = false;         ///< by a signal: its threads wait for SIGCONT on their way to user mode
    uint32_t news = 0;            ///< what wait() has not told yet: a stop or a continuation, as its status
    bool released_parent = true;  ///< false while a vfork parent waits
    uint32_t wait_status = 0;     ///< as wait4() reports it
    char name[16] = "";
};

Process& current_process();
/// Deletes the POSIX timers, as exec and exit do.
void drop_timers(Process& process);
/// What SIGCHLD and waitid() tell of a child's end.
SignalInfo child_info(uint32_t pid, uint32_t wait_status);
/// Exchanges the space of `process`, which is the current one, and makes the new one active.
void use_address_space(Process& process, Ref<AddressSpace> space);
Process* find_process(uint32_t pid);
/// The living process with the lowest id above `pid`, zombies among them; null after the last.
Ref<Process> next_process(uint32_t pid);
/// Sends to all of a process group. Errors: kSrch there is nobody.
Result<> send_signal_to_group(uint32_t group, uint32_t number, const SignalInfo& info);
/// To everybody but process 1 and the caller.
Result<> send_signal_to_all(uint32_t number, const SignalInfo& info);
/// 0 when there is no such group.
uint32_t session_of_group(uint32_t group);
/// Nobody outside the group, but of its session, would notice a stop and continue it (POSIX).
bool is_orphaned(uint32_t group);
/// A stop or SIGCONT: tells the parent. `status` as wait4() reports it.
void tell_parent(Process& process, uint32_t status);
/// Processor time of its threads so far, ns.
uint64_t cpu_time(const Process& process);

/// Process 1.
struct InitProgram {
    const char* path;   ///< in the file tree
    void (*prepare)();  ///< what its thread does first, in the kernel
};
/// Makes the first thread, ready to run; it panics if the program cannot be executed. `program` must stay.
/// Errors: kNoMem.
Result<> start_init(const InitProgram& program);

// clone() flags (linux/sched.h).
inline constexpr uint32_t kCloneVm = 0x100, kCloneFiles = 0x400, kCloneSighand = 0x800, kCloneVfork = 0x4000,
                          kCloneThread = 0x10000, kCloneSetTls = 0x80000, kCloneParentSetTid = 0x100000,
                          kCloneChildClearTid = 0x200000, kCloneChildSetTid = 0x1000000;
struct CloneArguments {
    uint32_t flags;
    UserAddr stack;
    UserAddr parent_tid;
    uint32_t tls;
    UserAddr child_tid;
};
/// fork, vfork and thread creation. Returns the new id.
Result<uint32_t> clone_current(const CloneArguments& arguments);

/// Replaces the running program. On success the thread's user frame is the new program's start.
/// `arguments` and `environment` are user arrays of string pointers.
Result<> exec_current(const char* path, UserAddr arguments, UserAddr environment);

/// Ends the calling thread; the last one ends the process.
[[noreturn]] void exit_current_thread(uint32_t status);
/// Ends the process: `status` as wait4() reports it.
[[noreturn]] void exit_current_process(uint32_t wait_status);
/// Waits for a child. Returns how it ended, or pid 0 with no_hang and none ready. Errors: kChild, kIntr.
struct ChildWait {
    uint32_t pid;  ///< 0 = any
    bool no_hang;
    bool keep = false;   ///< leave it to be waited for again
    uint32_t group = 0;  ///< 0 = any
    bool ends = true, stops = false, continuations = false;
};
inline constexpr uint32_t kContinuedStatus = 0xFFFF;
inline constexpr uint32_t stopped_status(uint32_t signal) { return signal << 8 | 0x7F; }
struct ChildEnd {
    uint32_t pid = 0;
    uint32_t status = 0;  ///< as wait4() reports it
    uint64_t cpu_ns = 0;
};
Result<ChildEnd> wait_for_child(const ChildWait& wait);

}  // namespace kernel
