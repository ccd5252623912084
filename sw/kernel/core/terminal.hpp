// Terminals as sessions see them: who may read, whom the keys interrupt (POSIX job control).
#pragma once

#include "core/file.hpp"
#include "core/line_discipline.hpp"
#include "core/list.hpp"

namespace kernel {

/// A terminal over some serial line. Lives for ever.
class Terminal {
public:
    /// `echo` sends a byte and drops it when there is no room; `open` gives an open file, for /dev/tty.
    /// `resume` is called when stopped output may go on.
    Terminal(LineDiscipline::Echo echo, Opener open, void (*resume)(void*), void* context);
    /// Before it was anybody's.
    ~Terminal() { node_.unlink(); }
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    /// A byte has come; from interrupt handlers too.
    void receive(uint8_t byte);
    /// The far side is gone, or the session's leader: SIGHUP and SIGCONT for the foreground.
    void hang_up();

    /// What a reader has to do first. Errors: kIo nobody may stop it, kIntr it was told to stop (SIGTTIN).
    Result<> may_read() { return be_foreground(kSigTtin); }
    /// The same for writers, where the terminal wants it (TOSTOP).
    Result<> may_write();
    /// Errors: kNoTty another command; kPerm, kInval, kNoTty, kIntr as tcsetpgrp(3) and tty_ioctl(4).
    Result<uint32_t> ioctl(uint32_t command, UserAddr at, uint32_t unread_output);
    /// Makes it the session's, if the leader opens it and has none.
    void adopt_by_leader();
    /// Whether a key would make a difference: somebody reads, or it may be a signal for somebody.
    bool awaits_keys() const {
        return !readable.empty() || (session_ != 0 && (line.settings.local & Termios::kSignals));
    }
    /// A read in raw mode need not wait (VMIN 0), or only so long. ns; kNever otherwise.
    uint64_t longest_wait_ns() const;
    /// And how long from one byte to the next (VMIN with VTIME).
    uint64_t longest_gap_ns() const;

    LineDiscipline line;
    WaitQueue readable;

private:
    friend void leave_terminals(const Process&);
    friend Result<Ref<File>> open_controlling_terminal(void*);
    bool controls(const Process& p) const;
    Result<> be_foreground(uint32_t signal);
    Result<uint32_t> set_foreground(UserAddr at);
    Result<uint32_t> take_as_controlling();
    Result<> set_attributes(uint32_t command, UserAddr at);
    Result<uint32_t> control_flow(uint32_t what);

    ListNode node_;
    LineDiscipline::Echo echo_;
    Opener open_;
    void (*resume_)(void*);
    void* context_;
    uint32_t session_ = 0, foreground_ = 0;  // ids; 0 none
    uint16_t window_[4] = {24, 80, 0, 0};    // struct winsize

public:
    using List = kernel::List<Terminal, &Terminal::node_>;
};

/// The end of a session's leader.
void leave_terminals(const Process& leader);
/// /dev/tty. Errors: kNxIo the session has none.
Result<Ref<File>> open_controlling_terminal(void*);

}  // namespace kernel
