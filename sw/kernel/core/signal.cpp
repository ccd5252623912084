#include "core/signal.hpp"

#include "core/log.hpp"
#include "core/process.hpp"
#include "core/string.hpp"
#include "core/uaccess.hpp"

namespace kernel {

namespace {

constexpr uint32_t kSaNoDefer = 0x40000000, kSaRestorer = 0x04000000, kSaRestart = 0x10000000;
constexpr uint64_t kUnblockable = signal_bit(kSigKill) | signal_bit(kSigStop);
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

void fill_frame(SignalFrame& out, const TrapFrame& frame, Thread& t, uint32_t number) {
    memset(&out, 0, sizeof out);
    out.info[0] = number;
    SigContext& c = out.user.context;
    for (int i = 0; i < 13; ++i) c.r[i] = frame.r[i];
    c.sp = frame.user_sp;
    c.lr = frame.user_lr;
    c.pc = frame.pc;
    c.cpsr = frame.cpsr;
    out.user.mask = t.signal_mask;
    vfp_flush(t);
    out.user.vfp.magic = kVfpMagic;
    out.user.vfp.size = sizeof out.user.vfp;
    memcpy(out.user.vfp.d, t.vfp.d, sizeof t.vfp.d);
    out.user.vfp.fpscr = t.vfp.fpscr;
}

/// Builds the frame and points the thread at the handler. False when the stack is not there.
bool enter_handler(TrapFrame& frame, uint32_t number, const SignalAction& action) {
    Thread& t = *current();
    SignalFrame image;
    fill_frame(image, frame, t, number);
    const uint32_t sp = align_down(frame.user_sp - static_cast<uint32_t>(sizeof image), 8);
    if (!copy_to_user(UserAddr{sp}, &image, sizeof image)) return false;
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

void take(TrapFrame& frame, uint32_t number) {
    Process& p = current_process();
    const SignalAction action = p.handlers->actions[number];
    if (ignored(p, number)) return;
    const bool handled =
        action.handler > 1 && (action.flags & kSaRestorer) && enter_handler(frame, number, action);
    if (!handled) exit_current_process(number);
}

}  // namespace

bool signal_waiting() {
    Thread* t = current();
    return t->process && (t->process->exiting || takeable(*t) != 0);
}

void send_signal_to_thread(Thread& t, uint32_t number) {
    if (ignored(*t.process, number) && !(t.signal_mask & signal_bit(number))) return;
    t.pending_signals |= signal_bit(number);
    wake(t);
}

void send_signal(Process& process, uint32_t number) {
    if (process.zombie) return;
    bool blocked_everywhere = true;
    for (Thread& t : process.threads) blocked_everywhere &= (t.signal_mask & signal_bit(number)) != 0;
    if (ignored(process, number) && !blocked_everywhere) return;
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
    t.pending_signals |= signal_bit(number);
}

void deliver_signals(TrapFrame& frame) {
    Thread& t = *current();
    for (;;) {
        if (t.process->exiting) exit_current_process(t.process->wait_status);
        const uint64_t set = takeable(t);
        if (set == 0) return;
        const uint32_t number = static_cast<uint32_t>(__builtin_ctzll(set)) + 1;
        clear_pending(t, number);
        take(frame, number);
    }
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
