#include "core/thread.hpp"

#include "core/event_channel.hpp"
#include "core/lock.hpp"
#include "core/log.hpp"
#include "core/process.hpp"
#include "core/ref.hpp"
#include "core/string.hpp"
#include "mm/page.hpp"
#include "mm/user_space.hpp"

extern "C" {
void switch_stacks(uint32_t* save_sp, uint32_t load_sp);
void thread_start();
void user_thread_start();
void vfp_save(kernel::VfpState*);
void vfp_load(const kernel::VfpState*);
void vfp_enable();
void vfp_disable();
void thread_started();
[[noreturn]] void thread_finished();
}

namespace kernel {

namespace {

constexpr uint64_t kSliceNs = 10'000'000;

Thread idle_thread;
Thread* running = &idle_thread;
Thread* dead = nullptr;  // waits for another stack to be current before it goes
Thread* vfp_owner = nullptr;
List<Thread, &Thread::run_node> ready;
Timer slice;
bool need_resched = false;
uint64_t switched_at = 0;  // when `running` got the processor
uint32_t last_id = 0;
void (*idle_hook)() = nullptr;

uint32_t stack_top(const Thread& t) { return address_of(page_data(t.stack)).value + kKernelStack; }

void bury() {
    if (!dead) return;
    free_pages(dead->stack, 1);
    delete dead;
    dead = nullptr;
}

Thread* pick_next() {
    if (Thread* t = ready.pop_front()) return t;
    return &idle_thread;
}

void start_slice(uint64_t now) {
    if (ready.empty()) {
        slice.cancel();
    } else {
        slice.start(now + kSliceNs);
    }
}

void switch_to(Thread* next) {
    Thread* previous = running;
    running = next;
    next->state = RunState::running;
    post_event(KernelEvent::task_switch, {.name = next->name});
    vfp_disable();
    if (next->process) {
        activate_address_space(next->process);
        cpu::set_user_tls(next->tls);
    }
    switch_stacks(&previous->saved_sp, next->saved_sp);
    bury();
}

/// The callee-saved registers switch_stacks() will pop: r4-r11, pc.
void plant_switch_frame(Thread& t, uint32_t sp, void (*entry)(), uint32_t r4, uint32_t r5) {
    auto* frame = pointer<uint32_t>(VirtAddr{sp}) - 9;
    memset(frame, 0, 36);
    frame[0] = r4;
    frame[1] = r5;
    frame[8] = address_of(reinterpret_cast<void*>(entry)).value;
    t.saved_sp = address_of(frame).value;
}

Result<Thread*> new_thread(const char* name) {
    auto thread = TRY(make<Thread>());
    thread->stack = TRY(alloc_pages(1));
    thread->tid = new_id();
    copy_text(thread->name, name);
    return thread.release();
}

}  // namespace

Thread* current() { return running; }
uint32_t new_id() { return ++last_id; }

TrapFrame& Thread::user_frame() const {
    return *pointer<TrapFrame>(VirtAddr{stack_top(*this) - static_cast<uint32_t>(sizeof(TrapFrame))});
}

void scheduler_init() {
    idle_thread.state = RunState::running;
    copy_text(idle_thread.name, "idle");
    slice.fire = [](void*) { need_resched = true; };
}

uint64_t cpu_time(const Thread& t) { return t.cpu_ns + (&t == running ? now_ns() - switched_at : 0); }

void set_idle_hook(void (*hook)()) { idle_hook = hook; }

void idle() {
    for (;;) {
        cpu::disable_interrupts();
        if (ready.empty()) {
            if (idle_hook) idle_hook();
            cpu::wait_for_interrupt();  // wakes with interrupts masked; they are taken on the next line
        } else {
            schedule();
        }
        cpu::enable_interrupts();
    }
}

Result<Thread*> start_kernel_thread(const char* name, void (*function)(void*), void* argument) {
    Thread* t = TRY(new_thread(name));
    t->fail_nth = running->fail_nth;  // works for the one that starts it
    // Below the place of a TrapFrame: the thread may execute a program and become a user thread.
    plant_switch_frame(*t, address_of(&t->user_frame()).value, thread_start,
                       address_of(reinterpret_cast<void*>(function)).value, address_of(argument).value);
    t->state = RunState::blocked;
    wake(*t);
    return t;
}

Result<Thread*> create_user_thread(const TrapFrame& frame) {
    Thread* t = TRY(new_thread("user"));
    t->user_frame() = frame;
    plant_switch_frame(*t, address_of(&t->user_frame()).value, user_thread_start, 0, 0);
    t->state = RunState::blocked;
    return t;
}

void destroy_unstarted(Thread* thread) {
    free_pages(thread->stack, 1);
    delete thread;
}

void schedule() {
    need_resched = false;
    if (running->state == RunState::running && running != &idle_thread) {
        running->state = RunState::ready;
        ready.push_back(*running);
    }
    Thread* next = pick_next();
    const uint64_t now = now_ns();
    running->cpu_ns += now - switched_at;
    switched_at = now;
    start_slice(now);
    if (next != running) {
        switch_to(next);
    } else {
        next->state = RunState::running;
    }
}

void yield_now() {
    const uint32_t flags = cpu::disable_interrupts();
    schedule();
    cpu::restore_interrupts(flags);
}

void wake(Thread& thread) {
    const uint32_t flags = cpu::disable_interrupts();
    if (thread.state == RunState::blocked) {
        thread.state = RunState::ready;
        ready.push_front(thread);
        need_resched = true;
    }
    cpu::restore_interrupts(flags);
}

void sleep_until(uint64_t deadline_ns) {
    Timer timer;
    timer.fire = [](void* t) { wake(*static_cast<Thread*>(t)); };
    timer.context = running;
    const uint32_t flags = cpu::disable_interrupts();
    running->state = RunState::blocked;
    if (deadline_ns != kNever) timer.start(deadline_ns);
    schedule();
    timer.cancel();
    cpu::restore_interrupts(flags);
}

void exit_thread() {
    cpu::disable_interrupts();
    vfp_forget(*running);
    running->state = RunState::dead;
    running->process = nullptr;
    dead = running;
    schedule();
    __builtin_unreachable();
}

void preempt_if_needed() {
    if (need_resched && running != &idle_thread) schedule();
}

void vfp_use_by_current() {
    vfp_enable();
    if (vfp_owner == running) return;
    if (vfp_owner) vfp_save(&vfp_owner->vfp);
    vfp_load(&running->vfp);
    vfp_owner = running;
}

void vfp_forget(Thread& thread) {
    if (vfp_owner == &thread) vfp_owner = nullptr;
    if (running == &thread) vfp_disable();
}

void vfp_flush(Thread& thread) {
    if (vfp_owner != &thread) return;
    vfp_enable();
    vfp_save(&thread.vfp);
    vfp_owner = nullptr;
    vfp_disable();
}

void activate_address_space(Process* process) { process->space->activate(); }

/// A thread's first steps come after somebody else's switch.
void bury_previous() { bury(); }

}  // namespace kernel

void thread_started() {
    kernel::bury_previous();
    kernel::cpu::enable_interrupts();
}

void thread_finished() { kernel::exit_thread(); }
