// Processes: threads that share an address space, descriptors and signal handlers.
#pragma once

#include <cstdint>

#include "core/file.hpp"
#include "core/list.hpp"
#include "core/ref.hpp"
#include "core/signal.hpp"
#include "core/thread.hpp"
#include "core/vfs.hpp"
#include "mm/user_space.hpp"

namespace kernel {

/// Thread -> Process -> {AddressSpace, FdTable, SignalHandlers}, never back. A process stays as a zombie
/// until its parent has waited for it.
struct Process : RefCounted {
    ListNode sibling_node;  ///< in the parent's children
    uint32_t pid = 0;
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
    WaitQueue changed;     ///< a child ended, or a vfork child let go
    bool exiting = false;  ///< exit_group() or a fatal signal: every thread leaves at its next chance
    bool zombie = false;
    bool released_parent = true;  ///< false while a vfork parent waits
    uint32_t wait_status = 0;     ///< as wait4() reports it
    char name[16] = "";
};

Process& current_process();
/// Exchanges the space of `process`, which is the current one, and makes the new one active.
void use_address_space(Process& process, Ref<AddressSpace> space);
/// Every process, in order of creation.
struct ProcessTable;
Process* find_process(uint32_t pid);

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
/// Waits for a child. `pid` -1 = any. Returns its id, or 0 with no_hang and none ready. Errors: kChild,
/// kIntr.
Result<uint32_t> wait_for_child(int32_t pid, bool no_hang, uint32_t& status);

}  // namespace kernel
