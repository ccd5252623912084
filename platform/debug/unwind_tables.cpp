#include "platform/debug/unwind_tables.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace exysim::debug {

namespace {

constexpr unsigned kSp = 13, kLr = 14, kPc = 15;
constexpr uint32_t kCannotUnwind = 1;

/// A 31-bit offset from its own place, sign-extended.
uint32_t relative(uint32_t place, uint32_t word) {
    return place + static_cast<uint32_t>(static_cast<int32_t>(word << 1) >> 1);
}

void append(std::vector<uint8_t>& bytes, uint32_t word, unsigned count) {
    for (unsigned i = count; i-- > 0;) bytes.push_back(static_cast<uint8_t>(word >> 8 * i));
}

/// Executes unwinding instructions on a copy of a frame.
class Unwinding {
public:
    Unwinding(std::span<const uint8_t> code, const FrameRegisters& frame, const ReadWord& stack)
        : code_{code}, frame_{frame}, stack_{stack} {}

    /// The caller's registers, or nothing if an instruction cannot be followed.
    std::optional<FrameRegisters> run() {
        while (good_ && !finished_ && at_ < code_.size()) step(code_[at_++]);
        if (!pc_popped_) frame_[kPc] = frame_[kLr];
        return good_ ? std::optional{frame_} : std::nullopt;
    }

private:
    void step(uint8_t op) {
        if (op < 0x80) return adjust(op);
        if (op < 0x90) return pop_masked(static_cast<uint32_t>((op & 0xF) << 8 | operand()) << 4);
        if (op < 0xA0) return set_sp(op & 0xF);
        if (op < 0xB0) return pop_masked(((2U << (op & 7)) - 1) << 4 | (op & 8 ? 1U << kLr : 0));
        switch (op) {
            case 0xB0:
                finished_ = true;
                return;
            case 0xB1:
                return pop_low(operand());
            case 0xB2:
                frame_[kSp] += 0x204 + (uleb128() << 2);
                return;
            case 0xB3:
                frame_[kSp] += 8 * ((operand() & 0xFU) + 1) + 4;  // FSTMX: a word more
                return;
            case 0xC8:
            case 0xC9:
                frame_[kSp] += 8 * ((operand() & 0xFU) + 1);
                return;
            default:
                return pop_doubles(op);
        }
    }

    void adjust(uint8_t op) {
        const uint32_t bytes = ((op & 0x3FU) << 2) + 4;
        frame_[kSp] += op & 0x40 ? 0 - bytes : bytes;
    }
    void pop_doubles(uint8_t op) {
        const uint32_t bytes = 8 * ((op & 7U) + 1);
        if (op >= 0xB8 && op <= 0xBF) {
            frame_[kSp] += bytes + 4;
        } else if (op >= 0xD0 && op <= 0xD7) {
            frame_[kSp] += bytes;
        } else {
            good_ = false;
        }
    }
    void set_sp(unsigned n) {
        if (n == kSp || n == kPc) {
            good_ = false;
        } else {
            frame_[kSp] = frame_[n];
        }
    }
    void pop_low(uint8_t mask) {
        if (mask == 0 || mask > 0xF) {
            good_ = false;
        } else {
            pop_masked(mask);
        }
    }
    /// Registers in rising order from rising addresses; an empty mask means "refuse to unwind".
    void pop_masked(uint32_t mask) {
        if (mask == 0) good_ = false;
        const bool pops_sp = (mask >> kSp & 1) != 0;
        uint32_t from = frame_[kSp];
        for (unsigned n = 0; good_ && n < 16; ++n) {
            if ((mask >> n & 1) == 0) continue;
            const auto word = stack_(from);
            if (!word) {
                good_ = false;
                return;
            }
            frame_[n] = *word;
            from += 4;
        }
        if (!pops_sp) frame_[kSp] = from;
        pc_popped_ = pc_popped_ || (mask >> kPc & 1) != 0;
    }
    uint8_t operand() {
        if (at_ < code_.size()) return code_[at_++];
        good_ = false;
        return 0;
    }
    uint32_t uleb128() {
        uint32_t value = 0;
        for (unsigned shift = 0; good_ && shift < 32; shift += 7) {
            const uint8_t byte = operand();
            value |= (byte & 0x7FU) << shift;
            if ((byte & 0x80) == 0) return value;
        }
        good_ = false;
        return 0;
    }

    std::span<const uint8_t> code_;
    FrameRegisters frame_;
    const ReadWord& stack_;
    size_t at_ = 0;
    bool good_ = true, finished_ = false, pc_popped_ = false;
};

}  // namespace

UnwindTables::UnwindTables(uint32_t first, uint32_t bytes, ReadWord word) : word_{std::move(word)} {
    for (uint32_t place = first; place + 8 <= first + bytes; place += 8) {
        const auto function = word_(place), content = word_(place + 4);
        if (!function || !content) break;
        entries_.push_back({relative(place, *function), *content, place + 4});
    }
}

/// Empty: the function cannot be unwound.
std::vector<uint8_t> UnwindTables::instructions_of(uint32_t at) const {
    const auto after = std::upper_bound(entries_.begin(), entries_.end(), at,
                                        [](uint32_t a, const Entry& e) { return a < e.function; });
    if (after == entries_.begin()) return {};
    const Entry& entry = *std::prev(after);
    if (entry.word == kCannotUnwind) return {};
    if ((entry.word >> 31) == 0) return instructions_from(relative(entry.place, entry.word));
    std::vector<uint8_t> bytes;
    if ((entry.word >> 24 & 0xF) == 0) append(bytes, entry.word, 3);  // others do not fit into the index
    return bytes;
}

/// A handling table entry: the compact model's three forms, or a personality routine of its own with GNU's
/// data behind it, which are laid out like the first long form.
std::vector<uint8_t> UnwindTables::instructions_from(uint32_t table_entry) const {
    std::vector<uint8_t> bytes;
    const auto first = word_(table_entry);
    if (!first) return bytes;
    const bool compact = (*first >> 31) != 0;
    const uint32_t model = *first >> 24 & 0xF;
    if (compact && model > 2) return bytes;
    uint32_t place = table_entry, head = *first, more = 0;
    if (!compact) {
        const auto data = word_(place += 4);
        if (!data) return bytes;
        head = *data;
        more = head >> 24;
    } else if (model != 0) {
        more = head >> 16 & 0xFF;
    }
    append(bytes, head, compact && model != 0 ? 2 : 3);
    for (uint32_t i = 0; i < more; ++i) {
        const auto word = word_(place += 4);
        if (!word) return {};
        append(bytes, *word, 4);
    }
    return bytes;
}

bool UnwindTables::step(uint32_t at, FrameRegisters& frame, const ReadWord& stack) const {
    const std::vector<uint8_t> code = instructions_of(at);
    if (code.empty()) return false;
    const auto caller = Unwinding{code, frame, stack}.run();
    if (!caller) return false;
    frame = *caller;
    return true;
}

}  // namespace exysim::debug
