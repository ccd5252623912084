#include "core/process.hpp"

#include "core/file_lock.hpp"
#include "core/futex.hpp"
#include "core/lock.hpp"
#include "core/log.hpp"
#include "core/power.hpp"
#include "core/string.hpp"
#include "core/terminal.hpp"
#include "core/uaccess.hpp"
#include "core/vfs.hpp"
#include "mm/boot_faults.hpp"
#include "mm/page.hpp"

extern "C" [[noreturn]] void enter_user_mode(kernel::TrapFrame& frame);  // arch/switch.S

namespace kernel {

namespace {

Process* init_process = nullptr;
Ref<AddressSpace> empty_space;  // what dying processes live in

Process* find_below(Process& p, uint32_t pid) {
    if (p.pid == pid) return &p;
    for (Process& child : p.children) {
        if (Process* found = find_below(child, pid)) return found;
    }
    return nullptr;
}

void add_thread(Process& p, Thread& t) {
    t.process = &p;
    copy_text(t.name, p.name);
    IrqLock lock;
    const IrqGuard guard{lock};  // timers look through the threads
    p.threads.push_back(t);
}

/// Address space, descriptors and handlers of a new process, shared or copied as the flags say.
Result<> inherit(Process& child, Process& parent, uint32_t flags) {
    child.space = flags & kCloneVm ? parent.space : TRY(parent.space->clone());
    child.files = flags & kCloneFiles ? parent.files : TRY(parent.files->clone());
    child.handlers = TRY(make_ref<SignalHandlers>());
    for (uint32_t i = 1; i <= kSignals; ++i) child.handlers->actions[i] = parent.handlers->actions[i];
    child.group = parent.group;
    child.session = parent.session;
    child.directory = parent.directory;
    child.executable = parent.executable;
    copy_text(child.path, parent.path);
    copy_text(child.name, parent.name);
    memcpy(child.command_line, parent.command_line, sizeof child.command_line);
    child.command_line_size = parent.command_line_size;
    return Ok{};
}

Result<Process*> process_for(const CloneArguments& a) {
    Process& parent = current_process();
    if (a.flags & kCloneThread) return &parent;
    auto child = TRY(make_ref<Process>());
    TRY(inherit(*child, parent, a.flags));
    child->parent = &parent;
    child->released_parent = !(a.flags & kCloneVfork);
    IrqLock lock;
    const IrqGuard guard{lock};  // a terminal's interrupt looks for its group
    parent.children.push_back(*child);
    return child.release();  // the parent's list owns it until it is reaped
}

void drop_process(Process& p) {
    {
        IrqLock lock;
        const IrqGuard guard{lock};
        p.sibling_node.unlink();
    }
    p.release_reference();
}

void give_children_to_init(Process& p) {
    IrqLock lock;
    const IrqGuard guard{lock};
    while (Process* child = p.children.pop_front()) {
        child->parent = init_process;
        init_process->children.push_back(*child);
        if (child->zombie) init_process->changed.wake_all();
    }
}

void release_vfork_parent(Process& p) {
    if (p.released_parent) return;
    p.released_parent = true;
    p.parent->changed.wake_all();
}

/// The last thread has left: gives everything back, keeps the status for the parent.
void become_zombie(Process& p) {
    p.alarm.set(0, 0);
    drop_timers(p);
    drop_locks(nullptr, &p);
    p.files = {};
    p.directory = {};
    p.executable = {};
    if (&p == init_process) {
        const uint32_t status = p.wait_status & 0x7F ? 128 + (p.wait_status & 0x7F) : p.wait_status >> 8;
        log_info("init exited with status %u", status);
        stop_machine(StopReason::power_off, status);
    }
    if (p.session == p.pid) leave_terminals(p);
    p.stopped = false;
    give_children_to_init(p);
    p.zombie = true;
    release_vfork_parent(p);
    p.parent->changed.wake_all();
    send_signal(*p.parent, kSigChld, child_info(p.pid, p.wait_status));
}

void clear_tid(Thread& t) {
    if (t.clear_child_tid.value == 0) return;
    if (put_user<uint32_t>(t.clear_child_tid, 0)) futex_wake(t.clear_child_tid, 1, ~0U);
}

[[noreturn]] void leave() {
    Thread& t = *current();
    Process& p = *t.process;
    clear_tid(t);
    cpu::disable_interrupts();
    t.process_node.unlink();
    p.ended_threads_ns += cpu_time(t);
    const bool last = p.threads.empty();
    cpu::enable_interrupts();
    if (last) {
        use_address_space(p, empty_space);  // the old one goes with its last user
        become_zombie(p);
    }
    exit_thread();
}

}  // namespace

void use_address_space(Process& process, Ref<AddressSpace> space) {
    {
        // A switch back to this process must find a space at any time.
        IrqLock lock;
        const IrqGuard guard{lock};
        std::swap(process.space, space);
        process.space->activate();
    }
}  // `space` is now the old one

Process& current_process() { return *current()->process; }

void drop_timers(Process& process) {
    while (ProcessTimer* t = process.timers.pop_front()) delete t;
}

SignalInfo child_info(uint32_t pid, uint32_t wait_status) {
    constexpr int32_t kExited = 1, kKilled = 2, kDumped = 3;  // CLD_*
    constexpr int32_t kStopped = 5, kContinued = 6;
    if (wait_status == kContinuedStatus) return {kContinued, {pid, 0, kSigCont}};
    const uint32_t signal = wait_status & 0x7F;
    if (signal == 0x7F) return {kStopped, {pid, 0, wait_status >> 8}};
    const int32_t code = signal == 0 ? kExited : wait_status & 0x80 ? kDumped : kKilled;
    return {code, {pid, 0, signal ? signal : wait_status >> 8}};
}

uint64_t cpu_time(const Process& process) {
    IrqLock lock;
    const IrqGuard guard{lock};
    uint64_t ns = process.ended_threads_ns;
    for (Thread& t : const_cast<Process&>(process).threads) ns += cpu_time(t);
    return ns;
}

namespace {

void find_next(Process& p, uint32_t pid, Process*& best) {
    if (p.pid > pid && (!best || p.pid < best->pid)) best = &p;
    for (Process& child : p.children) find_next(child, pid, best);
}

}  // namespace

Ref<Process> next_process(uint32_t pid) {
    IrqLock lock;
    const IrqGuard guard{lock};
    Process* best = nullptr;
    if (init_process) find_next(*init_process, pid, best);
    return Ref<Process>::share(best);
}

Process* find_process(uint32_t pid) { return init_process ? find_below(*init_process, pid) : nullptr; }

Result<uint32_t> clone_current(const CloneArguments& a) {
    Thread& me = *current();
    TrapFrame frame = me.user_frame();
    frame.r[0] = 0;
    if (a.stack.value) frame.user_sp = a.stack.value;
    Thread* thread = TRY(create_user_thread(frame));
    auto process = process_for(a);
    if (!process) {
        destroy_unstarted(thread);
        return process.error();
    }
    Process& p = *process.value();
    if (p.threads.empty()) {
        p.pid = thread->tid;
        if (p.group == 0) p.group = p.session = p.pid;
    }
    vfp_flush(me);
    thread->vfp = me.vfp;
    thread->tls = a.flags & kCloneSetTls ? a.tls : me.tls;
    thread->signal_mask = me.signal_mask;
    if (!(a.flags & kCloneVm)) thread->signal_stack = me.signal_stack;
    const uint32_t tid = thread->tid;
    if (a.flags & kCloneParentSetTid) (void)put_user(a.parent_tid, tid);
    if (a.flags & kCloneChildClearTid) thread->clear_child_tid = a.child_tid;
    add_thread(p, *thread);
    if (a.flags & kCloneChildSetTid) {
        // Written through the child's own space, which may be a copy.
        if (a.flags & kCloneVm) {
            (void)put_user(a.child_tid, tid);
        } else if (auto page = p.space->pin(VirtAddr{a.child_tid.value}, true)) {
            memcpy(page_data(page.value()) + a.child_tid.value % kPageSize, &tid, sizeof tid);
            page_unpin(page.value());
        }
    }
    wake(*thread);
    if (a.flags & kCloneVfork) {
        (void)wait_event(
            current_process().changed, [&] { return p.released_parent; }, kNever, false);
    }
    return tid;
}

Result<> start_init(const InitProgram& program) {
    empty_space = TRY(AddressSpace::create());
    auto process = TRY(make_ref<Process>());
    process->space = TRY(AddressSpace::create());
    process->files = TRY(make_ref<FdTable>());
    process->handlers = TRY(make_ref<SignalHandlers>());
    process->directory = root_directory();
    Thread* starter = TRY(start_kernel_thread(
        "init",
        [](void* argument) {
            const auto& [path, prepare] = *static_cast<const InitProgram*>(argument);
            prepare();
            auto started = exec_current(path, UserAddr{}, UserAddr{});
            if (!started) panic("cannot start %s: error %d", path, static_cast<int>(started.error()));
            end_boot_faults();
            enter_user_mode(current()->user_frame());
        },
        const_cast<InitProgram*>(&program)));
    process->pid = process->group = process->session = 1;
    init_process = process.release();
    add_thread(*init_process, *starter);
    return Ok{};
}

void exit_current_thread(uint32_t status) {
    Process& p = current_process();
    bool alone = true;
    for (Thread& t : p.threads) alone &= &t == current();
    if (alone && !p.exiting) p.wait_status = (status & 0xFF) << 8;
    leave();
}

void exit_current_process(uint32_t wait_status) {
    Process& p = current_process();
    if (!p.exiting) {
        p.exiting = true;
        p.wait_status = wait_status;
        for (Thread& t : p.threads) wake(t);
    }
    leave();
}

namespace {

bool is_wanted(const Process& child, const ChildWait& wait) {
    return (wait.pid == 0 || child.pid == wait.pid) && (wait.group == 0 || child.group == wait.group);
}

bool has_ended(const Process& child) { return child.zombie && const_cast<Process&>(child).threads.empty(); }

/// A stop or continuation that the caller asks for.
bool has_news(const Process& child, const ChildWait& wait) {
    if (child.news == 0 || child.zombie) return false;
    return child.news == kContinuedStatus ? wait.continuations : wait.stops;
}

Process* find_child(Process& me, const ChildWait& wait) {
    for (Process& child : me.children) {
        if (!is_wanted(child, wait)) continue;
        if ((wait.ends && has_ended(child)) || has_news(child, wait)) return &child;
    }
    return nullptr;
}

ChildEnd tell_news(Process& child, const ChildWait& wait) {
    const ChildEnd told{child.pid, child.news, 0};
    if (!wait.keep) child.news = 0;
    return told;
}

}  // namespace

Result<ChildEnd> wait_for_child(const ChildWait& wait) {
    Process& me = current_process();
    Process* found = nullptr;
    bool any = false;
    const auto look = [&] { return (found = find_child(me, wait)) != nullptr; };
    for (Process& child : me.children) any |= is_wanted(child, wait);
    if (!any) return Errno::kChild;
    if (!look()) {
        if (wait.no_hang) return ChildEnd{};
        TRY(wait_event(me.changed, look));
    }
    if (!has_ended(*found)) return tell_news(*found, wait);
    const ChildEnd end{found->pid, found->wait_status, cpu_time(*found) + found->children_ns};
    if (!wait.keep) {
        me.children_ns += end.cpu_ns;
        drop_process(*found);
    }
    return end;
}

// --- groups and sessions

namespace {

/// Calls visit(process) for `p` and all below it.
template <class Visit>
void each_below(Process& p, Visit& visit) {
    visit(p);
    for (Process& child : p.children) each_below(child, visit);
}

template <class Visit>
void each_process(Visit visit) {
    IrqLock lock;
    const IrqGuard guard{lock};
    if (init_process) each_below(*init_process, visit);
}

/// Signals everybody for whom `wanted(process)` holds.
template <class Wanted>
Result<> signal_all(uint32_t number, const SignalInfo& info, Wanted wanted) {
    bool any = false;
    each_process([&](Process& p) {
        if (!wanted(p)) return;
        any = true;
        if (number) send_signal(p, number, info);
    });
    if (!any) return Errno::kSrch;
    return Ok{};
}

}  // namespace

Result<> send_signal_to_group(uint32_t group, uint32_t number, const SignalInfo& info) {
    return signal_all(number, info, [&](const Process& p) { return p.group == group; });
}

Result<> send_signal_to_all(uint32_t number, const SignalInfo& info) {
    const Process* me = &current_process();
    return signal_all(number, info, [&](const Process& p) { return p.pid != 1 && &p != me; });
}

uint32_t session_of_group(uint32_t group) {
    uint32_t session = 0;
    each_process([&](const Process& p) {
        if (p.group == group && !p.zombie) session = p.session;
    });
    return session;
}

bool is_orphaned(uint32_t group) {
    bool watched = false;
    each_process([&](const Process& p) {
        if (p.group != group || p.zombie || !p.parent) return;
        watched |= p.parent->group != group && p.parent->session == p.session;
    });
    return !watched;
}

void tell_parent(Process& process, uint32_t status) {
    constexpr uint32_t kNoStops = 1;  // SA_NOCLDSTOP
    process.news = status;
    if (!process.parent) return;
    process.parent->changed.wake_all();
    if (!(process.parent->handlers->actions[kSigChld].flags & kNoStops))
        send_signal(*process.parent, kSigChld, child_info(process.pid, status));
}

}  // namespace kernel
