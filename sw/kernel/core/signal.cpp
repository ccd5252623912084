#include "core/signal.hpp"

#include "core/log.hpp"
#include "core/process.hpp"
#include "core/string.hpp"
#include "core/uaccess.hpp"

namespace kernel {

namespace {

constexpr uint32_t kSaNoDefer = 0x40000000, kSaRestorer = 0x04000000, kSaRestart = 0x10000000,
                   kSaOnStack = 0x08000000, kSaResetHand = 0x80000000;
constexpr int32_t kCodeOfFault = 1;  // SEGV_MAPERR, BUS_ADRALN, ILL_ILLOPC
constexpr uint64_t kFaults =
    signal_bit(kSigIll) | signal_bit(kSigBus) | signal_bit(kSigFpe) | signal_bit(kSigSegv);
constexpr uint64_t kUnblockable = signal_bit(kSigKill) | signal_bit(kSigStop);
constexpr uint64_t kKeyStops = signal_bit(kSigTstp) | signal_bit(kSigTtin) | signal_bit(kSigTtou);
constexpr uint64_t kStops = signal_bit(kSigStop) | kKeyStops;
constexpr uint64_t kIgnoredByDefault =
    signal_bit(kSigChld) | signal_bit(kSigCont) | signal_bit(kSigUrg) | signal_bit(kSigWinch);

/// Linux's struct sigcontext on ARM (asm/sigcontext.h).
struct SigContext {
    uint32_t trap_no, error_code, old_mask;
    uint32_t r[13];
    uint32_t sp, lr, pc, cpsr, fault_address;
};
/// struct ucontext: sigcontext, 128 bytes of signal mask, then the coprocessor area.
struct UserContext {
    uint32_t flags, link;
    uint32_t stack_sp, stack_flags, stack_size;
    SigContext context;
    uint64_t mask;
    uint8_t unused_mask[120];
    struct Vfp {
        uint32_t magic, size;
        uint64_t d[32];
        uint32_t fpscr, pad[3];
    } vfp;
    uint32_t end_magic;
    uint32_t pad;
};
constexpr uint32_t kVfpMagic = 0x56465001;
/// What lies on the user stack while a handler runs.
struct SignalFrame {
    uint32_t info[32];  // siginfo_t, 128 bytes
    UserContext user;
};

uint64_t takeable(const Thread& t) {
    return (t.pending_signals | t.process->pending_signals) & ~t.signal_mask;
}

bool ignored(const Process& p, uint32_t number) {
    const SignalAction& a = p.handlers->actions[number];
    return a.handler == 1 || (a.handler == 0 && (kIgnoredByDefault & signal_bit(number)));
}

void clear_pending(Thread& t, uint32_t number) {
    t.pending_signals &= ~signal_bit(number);
    t.process->pending_signals &= ~signal_bit(number);
}

const SignalInfo& info_of(const Thread& t, uint32_t number) { return t.process->handlers->info[number]; }

void fill_frame(SignalFrame& out, const TrapFrame& frame, Thread& t, uint32_t number) {
    memset(&out, 0, sizeof out);
    const SignalInfo& info = info_of(t, number);
    out.info[0] = number;
    out.info[2] = static_cast<uint32_t>(info.code);
    for (uint32_t i = 0; i < 3; ++i) out.info[3 + i] = info.fields[i];
    out.user.stack_sp = t.signal_stack.base;
    out.user.stack_size = t.signal_stack.size;
    out.user.stack_flags = signal_stack_flags(t, frame.user_sp);
    SigContext& c = out.user.context;
    for (int i = 0; i < 13; ++i) c.r[i] = frame.r[i];
    c.sp = frame.user_sp;
    c.lr = frame.user_lr;
    c.pc = frame.pc;
    c.cpsr = frame.cpsr;
    if ((kFaults & signal_bit(number)) && info.code > 0) c.fault_address = info.fields[0];
    out.user.mask = t.mask_saved ? t.saved_mask : t.signal_mask;
    vfp_flush(t);
    out.user.vfp.magic = kVfpMagic;
    out.user.vfp.size = sizeof out.user.vfp;
    memcpy(out.user.vfp.d, t.vfp.d, sizeof t.vfp.d);
    out.user.vfp.fpscr = t.vfp.fpscr;
}

/// Top of the stack that the handler runs on.
uint32_t stack_for(const Thread& t, const TrapFrame& frame, const SignalAction& action) {
    const SignalStack& other = t.signal_stack;
    const bool change = (action.flags & kSaOnStack) && other.size != 0 && !other.holds(frame.user_sp);
    return change ? other.base + other.size : frame.user_sp;
}

/// A call that a signal ended starts again: after the handler if that says so, and always when there is none.
void restart_call(TrapFrame& frame, Thread& t, bool wanted) {
    if (!t.restart.possible) return;
    t.restart.possible = false;
    if (!wanted) return;
    frame.r[0] = t.restart.r0;
    frame.pc -= frame.thumb() ? 2 : 4;
}

/// Builds the frame and points the thread at the handler. False when the stack is not there.
bool enter_handler(TrapFrame& frame, uint32_t number, const SignalAction& action) {
    Thread& t = *current();
    SignalFrame image;
    fill_frame(image, frame, t, number);
    const uint32_t top = stack_for(t, frame, action);
    const uint32_t sp = align_down(top - static_cast<uint32_t>(sizeof image), 8);
    if (!copy_to_user(UserAddr{sp}, &image, sizeof image)) return false;
    t.mask_saved = false;  // the frame has it
    frame.r[0] = number;
    frame.r[1] = sp;
    frame.r[2] = sp + static_cast<uint32_t>(__builtin_offsetof(SignalFrame, user));
    frame.user_sp = sp;
    frame.user_lr = action.restorer;
    frame.pc = action.handler & ~1U;
    frame.cpsr = (frame.cpsr & ~(kCpsrThumb | 0x0600'FC00)) | (action.handler & 1 ? kCpsrThumb : 0);
    t.signal_mask |= action.mask;
    if (!(action.flags & kSaNoDefer)) t.signal_mask |= signal_bit(number);
    t.signal_mask &= ~kUnblockable;
    return true;
}

/// The default of the stop signals. Those from keys do nothing where no shell would notice.
void stop(Process& p, uint32_t number) {
    if ((kKeyStops & signal_bit(number)) && is_orphaned(p.group)) return;
    p.stopped = true;
    for (Thread& t : p.threads) wake(t);  // they stop on their way out
    tell_parent(p, stopped_status(number));
}

/// Stays here while the process is stopped.
void wait_while_stopped(Thread& t) {
    IrqLock lock;
    const IrqGuard guard{lock};
    while (t.process->stopped && !t.process->exiting) sleep_until(kNever);
}

void clear_everywhere(Process& p, uint64_t signals) {
    p.pending_signals &= ~signals;
    for (Thread& t : p.threads) t.pending_signals &= ~signals;
}

/// What a signal does to a stopped process, or to stops on their way, before anybody takes it.
void before_sending(Process& p, uint32_t number) {
    if (number == kSigCont) clear_everywhere(p, kStops);
    if (kStops & signal_bit(number)) clear_everywhere(p, signal_bit(kSigCont));
    if (!p.stopped || (number != kSigCont && number != kSigKill)) return;
    p.stopped = false;
    for (Thread& t : p.threads) wake(t);
    if (number == kSigCont) tell_parent(p, kContinuedStatus);
}

void take(TrapFrame& frame, uint32_t number) {
    Process& p = current_process();
    const SignalAction action = p.handlers->actions[number];
    if (ignored(p, number)) return;
    if (action.handler == 0 && (kStops & signal_bit(number))) return stop(p, number);
    if (action.handler > 1) restart_call(frame, *current(), action.flags & kSaRestart);
    const bool handled =
        action.handler > 1 && (action.flags & kSaRestorer) && enter_handler(frame, number, action);
    if (!handled) exit_current_process(number);
    if (action.flags & kSaResetHand) p.handlers->actions[number] = {};
}

}  // namespace

bool signal_waiting() {
    Thread* t = current();
    return t->process && (t->process->exiting || t->process->stopped || takeable(*t) != 0);
}

MaskForWait::~MaskForWait() {
    Thread& t = *current();
    if (!set_ || signal_waiting()) return;  // deliver_signals() sees to it
    t.signal_mask = t.saved_mask;
    t.mask_saved = false;
}

void MaskForWait::set(uint64_t mask) {
    Thread& t = *current();
    t.saved_mask = t.signal_mask;
    t.mask_saved = set_ = true;
    t.signal_mask = mask & ~kUnblockable;
}

uint64_t pending_signals(const Thread& t) {
    return (t.pending_signals | t.process->pending_signals) & t.signal_mask;
}

uint32_t take_pending(Thread& t, uint64_t set, SignalInfo& info) {
    const uint64_t found = (t.pending_signals | t.process->pending_signals) & set;
    if (found == 0) return 0;
    const uint32_t number = static_cast<uint32_t>(__builtin_ctzll(found)) + 1;
    info = info_of(t, number);
    clear_pending(t, number);
    return number;
}

uint32_t signal_stack_flags(const Thread& t, uint32_t user_sp) {
    constexpr uint32_t kOnStack = 1, kDisable = 2;
    if (t.signal_stack.size == 0) return kDisable;
    return t.signal_stack.holds(user_sp) ? kOnStack : 0;
}

void send_signal_to_thread(Thread& t, uint32_t number, const SignalInfo& info) {
    before_sending(*t.process, number);
    if (ignored(*t.process, number) && !(t.signal_mask & signal_bit(number))) return;
    t.process->handlers->info[number] = info;
    t.pending_signals |= signal_bit(number);
    wake(t);
}

void send_signal(Process& process, uint32_t number, const SignalInfo& info) {
    IrqLock lock;
    const IrqGuard guard{lock};  // a thread that ends meanwhile leaves the list
    if (process.zombie) return;
    before_sending(process, number);
    bool blocked_everywhere = true;
    for (Thread& t : process.threads) blocked_everywhere &= (t.signal_mask & signal_bit(number)) != 0;
    if (ignored(process, number) && !blocked_everywhere) return;
    process.handlers->info[number] = info;
    process.pending_signals |= signal_bit(number);
    for (Thread& t : process.threads) {
        if (!(t.signal_mask & signal_bit(number))) wake(t);
    }
}

void force_signal(uint32_t number, uint32_t address, const char* why) {
    Thread& t = *current();
    SignalAction& action = t.process->handlers->actions[number];
    if (action.handler == 1 || (t.signal_mask & signal_bit(number))) action.handler = 0;
    t.signal_mask &= ~signal_bit(number);
    if (action.handler == 0) {
        log_info("%s[%u]: %s at %08x, pc %08x, signal %u", t.process->name, t.process->pid, why, address,
                 t.user_frame().pc, number);
    }
    t.process->handlers->info[number] = {kCodeOfFault, {address}};
    t.pending_signals |= signal_bit(number);
}

void deliver_signals(TrapFrame& frame) {
    Thread& t = *current();
    for (;;) {
        if (t.process->exiting) exit_current_process(t.process->wait_status);
        if (t.process->stopped) {
            wait_while_stopped(t);
            continue;
        }
        const uint64_t set = takeable(t);
        if (set == 0) break;
        const uint32_t number = static_cast<uint32_t>(__builtin_ctzll(set)) + 1;
        clear_pending(t, number);
        take(frame, number);
    }
    restart_call(frame, t, true);
    if (!t.mask_saved) return;  // no handler took it into its frame
    t.mask_saved = false;
    t.signal_mask = t.saved_mask;
}

Result<uint32_t> return_from_signal(TrapFrame& frame) {
    SignalFrame image;
    if (!copy_from_user(&image, UserAddr{frame.user_sp}, sizeof image)) exit_current_process(kSigSegv);
    const SigContext& c = image.user.context;
    Thread& t = *current();
    for (int i = 0; i < 13; ++i) frame.r[i] = c.r[i];
    frame.user_sp = c.sp;
    frame.user_lr = c.lr;
    frame.pc = c.pc;
    frame.cpsr =
        (c.cpsr & 0xF80F'0020) | (c.cpsr & 0x0600'FC00) | kCpsrUser;  // flags, T, GE, IT; nothing privileged
    t.signal_mask = image.user.mask & ~kUnblockable;
    vfp_forget(t);
    memcpy(t.vfp.d, image.user.vfp.d, sizeof t.vfp.d);
    t.vfp.fpscr = image.user.vfp.fpscr;
    return frame.r[0];
}

}  // namespace kernel
