// A device's registers as one table of fields. Bits without a row are reserved: they read zero, ignore writes
// and are reported. Behaviour hangs on a few read and write hooks that end in state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace exysim {

enum class Access : uint8_t {
    rw,  ///< plain storage
    ro,  ///< the device sets it; writes are ignored without a report (drivers read-modify-write status words)
    wo,  ///< stored for the device, reads as zero
    w1c,  ///< a written one clears the bit
    w1p,  ///< write pulse: a written one reaches the write hook, nothing is stored, reads as zero
};

/// Bits [high:low] of the 32-bit register at byte `offset`; `count` registers, `stride` bytes apart, share
/// the row.
struct Field {
    uint32_t offset;
    const char* name;  ///< the manual's name
    uint8_t high;
    uint8_t low;
    Access access;
    uint32_t reset;  ///< value of the field (not shifted) after reset
    uint32_t count = 1;
    uint32_t stride = 4;

    constexpr uint32_t mask() const {
        return static_cast<uint32_t>(((uint64_t{1} << (high - low + 1)) - 1) << low);
    }
    constexpr uint32_t at(uint32_t index) const { return offset + index * stride; }
};

namespace detail {
constexpr bool row_ok(const Field& f) {
    const bool bits = f.low <= f.high && f.high < 32 && f.offset % 4 == 0 && f.stride % 4 == 0 && f.count > 0;
    return bits && (uint64_t{f.reset} << f.low & ~uint64_t{f.mask()}) == 0;
}
constexpr bool rows_meet(const Field& a, const Field& b) {
    if ((a.mask() & b.mask()) == 0) return false;
    for (uint32_t i = 0; i < a.count; ++i) {
        const uint32_t at = a.at(i);
        const bool inside = at >= b.offset && at <= b.at(b.count - 1);
        if (inside && (b.count == 1 || (at - b.offset) % b.stride == 0)) return true;
    }
    return false;
}
}  // namespace detail

/// True when every row lies inside 32 bits at an aligned offset, its reset value fits, and no two rows
/// overlap.
constexpr bool well_formed(std::span<const Field> map) {
    for (size_t i = 0; i < map.size(); ++i) {
        if (!detail::row_ok(map[i])) return false;
        for (size_t j = i + 1; j < map.size(); ++j) {
            if (detail::rows_meet(map[i], map[j])) return false;
        }
    }
    return true;
}

/// What went wrong with one access; the owner turns it into a guest error.
struct RegisterFault {
    enum class Kind : uint8_t { unknown_offset, reserved_bits, write_only_read };
    Kind kind;
    uint32_t offset;
    uint32_t value;  ///< written value, or zero for reads
    bool is_write;
};

/// How a run has used one row of a bank's map; basis of the register coverage. Sums over a row's registers.
struct FieldUse {
    Field field;
    uint64_t reads;   ///< of its registers
    uint64_t writes;  ///< of its registers, with some of its bits
    bool changed;     ///< a write gave it another value, or wrote a one to a w1c or w1p bit
};

/// State and rules of one block's registers. Knows neither time nor SystemC.
class RegisterBank {
public:
    using WriteHook = std::function<void(uint32_t written)>;    ///< called after the stored bits have changed
    using ReadHook = std::function<uint32_t(uint32_t stored)>;  ///< returns what the guest reads
    using FaultHook = std::function<void(const RegisterFault&)>;

    /// `map` must outlive the bank (a static constexpr table) and be well_formed().
    explicit RegisterBank(std::span<const Field> map);

    /// A guest's read: read hook, coverage, fault report. `offset` is rounded down to a word.
    uint32_t read(uint32_t offset);
    /// A guest's write of the bytes selected by `byte_mask` (0xFF per byte written).
    void write(uint32_t offset, uint32_t value, uint32_t byte_mask = 0xFFFF'FFFF);
    /// What read() would return, without hooks with effects, coverage or reports. For debuggers.
    uint32_t peek(uint32_t offset) const;

    uint32_t get(const Field& f, uint32_t index = 0) const { return (word(f.at(index)) & f.mask()) >> f.low; }
    void set(const Field& f, uint32_t value, uint32_t index = 0);
    void raise(const Field& f, uint32_t index = 0) { set(f, f.mask() >> f.low, index); }
    /// The stored word, all fields, whatever their access mode. Zero for an offset without a row.
    uint32_t word(uint32_t offset) const;

    void on_write(uint32_t offset, WriteHook hook);
    void on_read(uint32_t offset, ReadHook hook);
    /// One hook for each register of a row with count > 1; the hook gets the index too.
    void on_write_each(const Field& row, const std::function<void(uint32_t index, uint32_t written)>& hook);
    void on_read_each(const Field& row, const std::function<uint32_t(uint32_t index, uint32_t stored)>& hook);
    void on_fault(FaultHook hook) { fault_ = std::move(hook); }

    void reset();
    /// Every row of the map, in its order.
    std::vector<FieldUse> use() const;
    bool knows(uint32_t offset) const { return find(offset) != nullptr; }

private:
    struct Register {
        uint32_t offset = 0;
        const char* name = nullptr;
        uint32_t stored = 0, reset = 0;
        uint32_t rw = 0, ro = 0, wo = 0, w1c = 0, w1p = 0;  // masks by access mode
        uint64_t reads = 0, writes = 0;
        uint32_t touched = 0, changed = 0;  // bits that writes have reached, and have made a difference to
        WriteHook on_write;
        ReadHook on_read;
        bool reported = false;  // reserved bits are reported once a register

        uint32_t known() const { return rw | ro | wo | w1c | w1p; }
        uint32_t visible() const { return rw | ro | w1c; }
    };
    Register& at(uint32_t offset);
    void add(const Field& f, uint32_t offset);
    const Register* find(uint32_t offset) const;
    Register* find(uint32_t offset);
    void fault(const RegisterFault& f) const {
        if (fault_) fault_(f);
    }

    std::vector<Field> map_;
    std::vector<Register> registers_;
    std::vector<uint32_t> index_;  // word offset -> position in registers_ + 1; 0 = no register there
    FaultHook fault_;
};

}  // namespace exysim
