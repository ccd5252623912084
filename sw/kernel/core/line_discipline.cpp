#include "core/line_discipline.hpp"

namespace kernel {

namespace {

constexpr uint32_t kSigInt = 2, kSigQuit = 3, kSigTstp = 20;
constexpr uint8_t kDelete = 127;

bool is_control(uint8_t byte) { return byte < ' ' || byte == kDelete; }

}  // namespace

uint32_t LineDiscipline::signal_of(uint8_t byte) const {
    if (!(settings.local & Termios::kSignals)) return 0;
    if (is_key(Termios::interrupt, byte)) return kSigInt;
    if (is_key(Termios::quit, byte)) return kSigQuit;
    return is_key(Termios::suspend, byte) ? kSigTstp : 0;
}

/// The keys that stop output and let it go on (IXON). True when `byte` was one, and nothing else.
bool LineDiscipline::controls_flow(uint8_t byte) {
    if (!(settings.input & Termios::kFlow)) return false;
    if (is_key(Termios::start, byte)) {
        stopped_ = false;
        return true;
    }
    if (is_key(Termios::stop, byte)) {
        stopped_ = true;
        return true;
    }
    if (settings.input & Termios::kAnyStarts) stopped_ = false;
    return false;
}

uint32_t LineDiscipline::least(uint32_t room) const {
    const uint32_t wanted = settings.keys[Termios::least];
    if (settings.canonical()) return 1;
    return wanted < room ? wanted : room;
}

bool LineDiscipline::ready() const {
    return readable() && (settings.keys[Termios::time] > 0 || settings.canonical() || used_ >= least(kSize));
}

uint32_t LineDiscipline::receive(uint8_t byte, Echo echo, void* context) {
    if (byte == '\r' && (settings.input & Termios::kIgnoreReturn)) return 0;
    if (byte == '\r' && (settings.input & Termios::kMapReturn)) {
        byte = '\n';
    } else if (byte == '\n' && (settings.input & Termios::kMapNewline)) {
        byte = '\r';
    }
    if (controls_flow(byte)) return 0;
    if (const uint32_t signal = signal_of(byte)) {
        if (settings.input & Termios::kFlow) stopped_ = false;
        echo_byte(byte, echo, context);
        if (!(settings.local & Termios::kNoFlush)) flush_input();
        return signal;
    }
    if (settings.canonical() && edit(byte, echo, context)) return 0;
    if (used_ == kSize) return 0;  // as Linux: what does not fit is lost
    echo_byte(byte, echo, context);
    const bool ends = settings.canonical() && (byte == '\n' || is_key(Termios::end_of_line, byte));
    put(static_cast<uint16_t>(byte | (ends ? kLineEnd : 0)));
    return 0;
}

void LineDiscipline::put(uint16_t what) {
    if (used_ == kSize) return;
    entry(used_++) = what;
    if (what & (kLineEnd | kEnd)) {
        ++lines_;
        editing_ = 0;
    } else {
        ++editing_;
    }
}

/// The keys that change the line under way. True when `byte` was one.
bool LineDiscipline::edit(uint8_t byte, Echo echo, void* context) {
    if (is_key(Termios::erase, byte)) {
        rub_out(echo, context);
    } else if (is_key(Termios::kill, byte)) {
        while (editing_ > 0) rub_out(echo, context);
    } else if (is_key(Termios::word, byte) && (settings.local & Termios::kExtended)) {
        while (editing_ > 0 && entry(used_ - 1) == ' ') rub_out(echo, context);
        while (editing_ > 0 && entry(used_ - 1) != ' ') rub_out(echo, context);
    } else if (is_key(Termios::end, byte)) {
        put(kEnd);
    } else {
        return false;
    }
    return true;
}

void LineDiscipline::rub_out(Echo echo, void* context) {
    if (editing_ == 0) return;
    --editing_;
    const auto byte = static_cast<uint8_t>(entry(--used_));
    if (!(settings.local & Termios::kEcho)) return;
    const uint32_t columns = is_control(byte) && (settings.local & Termios::kEchoControl) ? 2 : 1;
    for (uint32_t i = 0; i < columns; ++i) {
        for (const char* c = "\b \b"; *c; ++c) echo(context, static_cast<uint8_t>(*c));
    }
}

void LineDiscipline::echo_byte(uint8_t byte, Echo echo, void* context) const {
    const bool newline = byte == '\n' && settings.canonical() && (settings.local & Termios::kEchoNewline);
    if (!(settings.local & Termios::kEcho) && !newline) return;
    if (is_control(byte) && byte != '\n' && byte != '\t' && (settings.local & Termios::kEchoControl)) {
        echo(context, '^');
        echo(context, byte ^ 0x40);
        return;
    }
    uint8_t out[2];
    for (uint32_t i = 0, n = processed(byte, out); i < n; ++i) echo(context, out[i]);
}

uint32_t LineDiscipline::take(uint8_t* to, uint32_t room) {
    if (!readable()) return 0;
    uint32_t n = 0;
    while (n < room && used_ > 0) {
        const uint16_t what = entry(0);
        const bool ends = what & (kLineEnd | kEnd);
        head_ = (head_ + 1) % kSize;
        --used_;
        if (ends) {
            --lines_;
        } else if (editing_ > used_) {
            editing_ = used_;  // raw mode reads the line under way
        }
        if (!(what & kEnd)) to[n++] = static_cast<uint8_t>(what);
        if (ends && settings.canonical()) return n;
    }
    if (settings.canonical() && n > 0 && used_ > 0 && entry(0) == kEnd) {  // it belongs to what was just read
        head_ = (head_ + 1) % kSize;
        --used_;
        --lines_;
    }
    return n;
}

uint32_t LineDiscipline::take_all(uint8_t* to, uint32_t room) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < used_ && n < room; ++i) {
        if (entry(i) != kEnd) to[n++] = static_cast<uint8_t>(entry(i));
    }
    flush_input();
    return n;
}

void LineDiscipline::flush_input() { used_ = lines_ = editing_ = 0; }

uint32_t LineDiscipline::processed(uint8_t byte, uint8_t (&out)[2]) const {
    uint32_t n = 0;
    const bool mapped =
        (settings.output & Termios::kProcessOutput) && (settings.output & Termios::kNewlineReturn);
    if (byte == '\n' && mapped) out[n++] = '\r';
    out[n++] = byte;
    return n;
}

}  // namespace kernel
