// PL330 DMA controller: registers, threads and instructions. Knows neither time nor SystemC; its owner steps
// it and gives it memory.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <string_view>

#include "models/base/address.hpp"
#include "models/base/register_bank.hpp"

namespace exysim::system {

struct Pl330Shape {
    uint32_t channels = 8;           ///< at most 8
    uint32_t requests = 32;          ///< peripheral request interfaces
    uint32_t bus_bytes = 4;          ///< data width
    uint32_t buffer_lines = 32;      ///< of the MFIFO, `bus_bytes` each
    uint32_t cache_lines = 8;        ///< Assumed
    uint32_t cache_line_bytes = 32;  ///< Assumed
};

/// Memory as the controller's one bus port sees it. Calls may take time; false is an error response.
class Pl330Memory {
public:
    virtual ~Pl330Memory() = default;
    virtual bool read(Iova at, std::span<uint8_t> into) = 0;
    virtual bool write(Iova at, std::span<const uint8_t> from) = 0;
};

/// Sources: ARM DDI 0424 (PL330 r1p1): registers, instruction set, faults; hardware page "System devices"
/// section 10 for what the Exynos instances have.
/// Assumed: one instruction a step, channels in turn; DMAGO empties the instruction cache; everything is in
/// one security state; the abort line is ORed into the interrupt; the manager runs debug instructions only
/// (no boot).
class Pl330Core {
public:
    enum Reg : uint32_t {
        kDsr = 0x000,
        kDpc = 0x004,
        kInten = 0x020,
        kRis = 0x024,
        kIntMis = 0x028,
        kIntClr = 0x02C,
        kFsrd = 0x030,
        kFsrc = 0x034,
        kFtrd = 0x038,
        kFtr = 0x040,
        kCsr = 0x100,
        kCpc = 0x104,
        kSar = 0x400,
        kDar = 0x404,
        kCcr = 0x408,
        kLc0 = 0x40C,
        kLc1 = 0x410,
        kDbgStatus = 0xD00,
        kDbgCmd = 0xD04,
        kDbgInst0 = 0xD08,
        kDbgInst1 = 0xD0C,
        kCr = 0xE00,
        kCrd = 0xE14,
        kPeriphId = 0xFE0,
        kPcellId = 0xFF0,
    };
    enum class State : uint8_t {
        stopped = 0,
        executing = 1,
        waiting_for_event = 4,
        waiting_for_peripheral = 7,
        faulting = 15
    };
    /// Bits of FTRn and FTRD.
    enum Fault : uint32_t {
        kUndefined = 1U << 0,
        kOperand = 1U << 1,
        kMfifo = 1U << 12,
        kNoData = 1U << 13,
        kFetch = 1U << 16,
        kWrite = 1U << 17,
        kRead = 1U << 18,
        kDebug = 1U << 30,
        kLockup = 1U << 31,
    };

    explicit Pl330Core(const Pl330Shape& shape);
    Pl330Core(const Pl330Core&) = delete;
    Pl330Core& operator=(const Pl330Core&) = delete;

    RegisterBank regs;
    std::function<void(std::string_view what, uint32_t offset, uint32_t value)> mistake =
        [](std::string_view, uint32_t, uint32_t) {};

    /// All state is lost; an access under way belongs to nobody any more.
    void power_off();
    bool irq() const;
    bool runnable() const;
    /// Executes one instruction of the next channel in turn.
    void step(Pl330Memory& memory);
    /// A peripheral's request lines.
    void request(uint32_t peripheral, bool single, bool burst);

    State state(uint32_t channel) const { return channels_[channel].state; }
    uint64_t instructions() const { return instructions_; }

private:
    struct Channel {
        State state = State::stopped;
        uint32_t pc = 0, sar = 0, dar = 0, ccr = kCcrReset, loop[2] = {0, 0};
        uint32_t wakeup = 0;  ///< event or peripheral waited for
        bool burst_request = false;
        bool wait_for_room = false;  ///< a load waits for the MFIFO
        uint64_t life = 0;         ///< changes with every start and kill: what an access under way belongs to
        std::deque<uint8_t> data;  ///< its bytes in the MFIFO
    };
    struct Instruction {
        uint8_t mask, value, length;
        std::string_view name;
        void (Pl330Core::*execute)(Channel&, const uint8_t* bytes, Pl330Memory&);
        bool debug;  ///< allowed as a debug instruction for a channel
    };
    struct Line {
        bool valid = false;
        uint32_t base = 0;
        std::array<uint8_t, 64> bytes{};
    };
    static constexpr uint32_t kCcrReset = 0x0080'0200;
    static const Instruction kInstructions[];

    void hook();
    void tell_shape();
    void debug_command();
    void debug_manager(const uint8_t* bytes);
    void debug_channel(uint32_t channel, const uint8_t* bytes);
    void go(const uint8_t* bytes);
    void kill(Channel& c);
    void signal(uint32_t event);
    void fault(Channel& c, uint32_t bits);
    void execute(Channel& c, Pl330Memory& memory);
    bool fetch(Channel& c, std::span<uint8_t> into, Pl330Memory& memory);
    const uint8_t* cached(uint32_t address, Pl330Memory& memory);
    static const Instruction* decode(uint8_t opcode);
    uint32_t index_of(const Channel& c) const { return static_cast<uint32_t>(&c - channels_.data()); }
    uint32_t buffered() const;
    bool locked_up() const;
    bool condition(const Channel& c, uint8_t opcode) const;
    uint32_t beats_of(const Channel& c, uint8_t opcode, unsigned length_low) const;
    void load(Channel& c, uint8_t opcode, Pl330Memory& memory);
    void store(Channel& c, uint8_t opcode, bool zeros, Pl330Memory& memory);
    template <class Transfer>
    bool beats(Iova at, bool increments, uint32_t size, uint32_t bytes, Transfer transfer);

    void op_addh(Channel&, const uint8_t*, Pl330Memory&);
    void op_adnh(Channel&, const uint8_t*, Pl330Memory&);
    void op_end(Channel&, const uint8_t*, Pl330Memory&);
    void op_flushp(Channel&, const uint8_t*, Pl330Memory&);
    void op_kill(Channel&, const uint8_t*, Pl330Memory&);
    void op_ld(Channel&, const uint8_t*, Pl330Memory&);
    void op_ldp(Channel&, const uint8_t*, Pl330Memory&);
    void op_lp(Channel&, const uint8_t*, Pl330Memory&);
    void op_lpend(Channel&, const uint8_t*, Pl330Memory&);
    void op_mov(Channel&, const uint8_t*, Pl330Memory&);
    void op_nop(Channel&, const uint8_t*, Pl330Memory&);
    void op_sev(Channel&, const uint8_t*, Pl330Memory&);
    void op_st(Channel&, const uint8_t*, Pl330Memory&);
    void op_stp(Channel&, const uint8_t*, Pl330Memory&);
    void op_stz(Channel&, const uint8_t*, Pl330Memory&);
    void op_wfe(Channel&, const uint8_t*, Pl330Memory&);
    void op_wfp(Channel&, const uint8_t*, Pl330Memory&);

    Pl330Shape shape_;
    std::array<Channel, 8> channels_;
    std::array<Line, 16> cache_;
    std::array<uint8_t, 32> single_{}, burst_{};  // request lines
    uint32_t next_ = 0;
    uint64_t instructions_ = 0;
};

}  // namespace exysim::system
