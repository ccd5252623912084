#include "models/system/pl330_core.hpp"

#include <algorithm>
#include <bit>

namespace exysim::system {

namespace {
using C = Pl330Core;
// clang-format off
constexpr uint32_t kChannels = 8;
constexpr Field kDsrField   {C::kDsr,       "DSR",        31, 0, Access::ro,  0};
constexpr Field kEnable     {C::kInten,     "INTEN",      31, 0, Access::rw,  0};
constexpr Field kRaw        {C::kRis,       "INT_EVENT_RIS", 31, 0, Access::ro, 0};
constexpr Field kMasked     {C::kIntMis,    "INTMIS",     31, 0, Access::ro,  0};
constexpr Field kClear      {C::kIntClr,    "INTCLR",     31, 0, Access::w1p, 0};
constexpr Field kFaulty     {C::kFsrc,      "FSRC",        7, 0, Access::ro,  0};
constexpr Field kFaultyMgr  {C::kFsrd,      "FSRD",        0, 0, Access::ro,  0};
constexpr Field kTypeMgr    {C::kFtrd,      "FTRD",       31, 0, Access::ro,  0};
constexpr Field kType       {C::kFtr,       "FTR",        31, 0, Access::ro,  0, kChannels};
constexpr Field kStatus     {C::kCsr,       "CSR",        31, 0, Access::ro,  0, kChannels, 8};
constexpr Field kPc         {C::kCpc,       "CPC",        31, 0, Access::ro,  0, kChannels, 8};
constexpr Field kSource     {C::kSar,       "SAR",        31, 0, Access::ro,  0, kChannels, 0x20};
constexpr Field kDest       {C::kDar,       "DAR",        31, 0, Access::ro,  0, kChannels, 0x20};
constexpr Field kControl    {C::kCcr,       "CCR",        31, 0, Access::ro,  0x0080'0200, kChannels, 0x20};
constexpr Field kLoop0      {C::kLc0,       "LC0",         7, 0, Access::ro,  0, kChannels, 0x20};
constexpr Field kLoop1      {C::kLc1,       "LC1",         7, 0, Access::ro,  0, kChannels, 0x20};
constexpr Field kCommand    {C::kDbgCmd,    "DBGCMD",      1, 0, Access::w1p, 0};
constexpr Field kInst0      {C::kDbgInst0,  "DBGINST0",   31, 0, Access::wo,  0};
constexpr Field kInst1      {C::kDbgInst1,  "DBGINST1",   31, 0, Access::wo,  0};
constexpr Field kConfig     {C::kCr,        "CR",         31, 0, Access::ro,  0, 6};
constexpr Field kMap[] = {
    kDsrField, kEnable, kRaw, kMasked, kClear, kFaulty, kFaultyMgr, kTypeMgr, kType, kStatus, kPc, kSource, kDest,
    kControl, kLoop0, kLoop1, kCommand, kInst0, kInst1, kConfig,
    {C::kDpc,           "DPC",        31, 0, Access::ro, 0},
    {C::kDbgStatus,     "DBGSTATUS",   0, 0, Access::ro, 0},
    {C::kPeriphId,      "PERIPH_ID0",  7, 0, Access::ro, 0x30},
    {C::kPeriphId + 4,  "PERIPH_ID1",  7, 0, Access::ro, 0x13},
    {C::kPeriphId + 8,  "PERIPH_ID2",  7, 0, Access::ro, 0x14},
    {C::kPeriphId + 12, "PERIPH_ID3",  7, 0, Access::ro, 0x00},
    {C::kPcellId,       "PCELL_ID0",   7, 0, Access::ro, 0x0D},
    {C::kPcellId + 4,   "PCELL_ID1",   7, 0, Access::ro, 0xF0},
    {C::kPcellId + 8,   "PCELL_ID2",   7, 0, Access::ro, 0x05},
    {C::kPcellId + 12,  "PCELL_ID3",   7, 0, Access::ro, 0xB1},
};
// clang-format on
static_assert(well_formed(kMap));
}  // namespace

Pl330Core::Pl330Core(const Pl330Shape& shape) : regs{kMap}, shape_{shape} {
    tell_shape();
    hook();
}

void Pl330Core::power_off() {
    regs.reset();
    tell_shape();
    for (Channel& c : channels_) {
        const uint64_t life = c.life + 1;
        c = {};
        c.life = life;
    }
    for (Line& line : cache_) line.valid = false;
}

void Pl330Core::tell_shape() {
    const Pl330Shape& shape = shape_;
    const auto log2 = [](uint32_t n) { return static_cast<uint32_t>(std::countr_zero(n)); };
    regs.set(kConfig, 1 | (shape.channels - 1) << 4 | (shape.requests - 1) << 12 | 31U << 17, 0);
    regs.set(kConfig, log2(shape.cache_line_bytes) | (shape.cache_lines - 1) << 4, 1);
    regs.set(kConfig, ~0U, 3);  // interrupts and peripherals: non-secure may use them
    regs.set(kConfig, ~0U, 4);
    // Assumed: 8 outstanding reads and writes, queues 16 deep.
    regs.set(
        kConfig,
        log2(shape.bus_bytes) | 7U << 4 | 15U << 8 | 7U << 12 | 15U << 16 | (shape.buffer_lines - 1) << 20,
        5);
}

void Pl330Core::hook() {
    regs.on_read(kIntMis, [this](uint32_t) { return regs.get(kRaw) & regs.get(kEnable); });
    regs.on_write(kIntClr, [this](uint32_t written) {
        regs.set(kRaw, regs.get(kRaw) & ~(written & regs.get(kEnable)));
    });
    regs.on_write(kDbgCmd, [this](uint32_t) { debug_command(); });
    const auto view = [this](const Field& field, auto value) {
        regs.on_read_each(field, [this, value](uint32_t i, uint32_t) { return value(channels_[i]); });
    };
    view(kStatus, [](const Channel& c) { return static_cast<uint32_t>(c.state) | c.wakeup << 4; });
    view(kPc, [](const Channel& c) { return c.pc; });
    view(kSource, [](const Channel& c) { return c.sar; });
    view(kDest, [](const Channel& c) { return c.dar; });
    view(kControl, [](const Channel& c) { return c.ccr; });
    view(kLoop0, [](const Channel& c) { return c.loop[0]; });
    view(kLoop1, [](const Channel& c) { return c.loop[1]; });
}

bool Pl330Core::irq() const {
    return (regs.get(kRaw) & regs.get(kEnable)) != 0 || regs.get(kFaulty) != 0 || regs.get(kFaultyMgr) != 0;
}

void Pl330Core::debug_command() {
    const uint32_t a = regs.get(kInst0), b = regs.get(kInst1);
    const uint8_t bytes[6] = {static_cast<uint8_t>(a >> 16), static_cast<uint8_t>(a >> 24),
                              static_cast<uint8_t>(b),       static_cast<uint8_t>(b >> 8),
                              static_cast<uint8_t>(b >> 16), static_cast<uint8_t>(b >> 24)};
    if (a & 1) {
        debug_channel(a >> 8 & 7, bytes);
    } else {
        debug_manager(bytes);
    }
}

/// The manager takes DMAGO, DMASEV, DMAKILL and DMANOP from the debug port.
void Pl330Core::debug_manager(const uint8_t* bytes) {
    if ((bytes[0] & 0xFD) == 0xA0) return go(bytes);
    if (bytes[0] == 0x34) return signal(bytes[1] >> 3);
    if (bytes[0] == 0x18) return;
    if (bytes[0] == 0x01) {
        regs.set(kFaultyMgr, 0);
        regs.set(kTypeMgr, 0);
        return;
    }
    mistake("debug instruction the manager does not have", kDbgInst0, bytes[0]);
    regs.set(kFaultyMgr, 1);
    regs.set(kTypeMgr, kDebug | kUndefined);
}

void Pl330Core::debug_channel(uint32_t channel, const uint8_t* bytes) {
    if (channel >= shape_.channels)
        return mistake("debug instruction for a channel that is not there", kDbgInst0, channel);
    Channel& c = channels_[channel];
    const Instruction* instruction = decode(bytes[0]);
    if (bytes[0] == 0x01) return kill(c);
    if (!instruction || !instruction->debug) {
        mistake("debug instruction a channel does not take", kDbgInst0, bytes[0]);
        return fault(c, kDebug | kUndefined);
    }
    struct NoMemory : Pl330Memory {
        bool read(Iova, std::span<uint8_t>) override { return false; }
        bool write(Iova, std::span<const uint8_t>) override { return false; }
    } none;
    (this->*instruction->execute)(c, bytes, none);
}

void Pl330Core::go(const uint8_t* bytes) {
    const uint32_t channel = bytes[1] & 7;
    if (channel >= shape_.channels) {
        regs.set(kFaultyMgr, 1);
        regs.set(kTypeMgr, kDebug | kOperand);
        return mistake("DMAGO for a channel that is not there", kDbgInst0, channel);
    }
    Channel& c = channels_[channel];
    if (c.state != State::stopped)
        return mistake("DMAGO for a channel that is not stopped", kDbgInst0, channel);
    const uint64_t life = c.life + 1;
    c = {};
    c.life = life;
    c.state = State::executing;
    c.pc = bytes[2] | uint32_t{bytes[3]} << 8 | uint32_t{bytes[4]} << 16 | uint32_t{bytes[5]} << 24;
    for (Line& line : cache_) line.valid = false;
}

void Pl330Core::kill(Channel& c) {
    c.state = State::stopped;
    c.wakeup = 0;
    c.wait_for_room = false;
    c.data.clear();
    ++c.life;
    const uint32_t n = index_of(c);
    regs.set(kFaulty, regs.get(kFaulty) & ~(1U << n));
    regs.set(kType, 0, n);
}

void Pl330Core::fault(Channel& c, uint32_t bits) {
    const uint32_t n = index_of(c);
    c.state = State::faulting;
    c.wait_for_room = false;
    regs.set(kFaulty, regs.get(kFaulty) | 1U << n);
    regs.set(kType, bits, n);
    mistake("a channel has faulted (FTR)", kFtr + 4 * n, bits);
}

/// An event is an interrupt where INTEN says so; else it wakes a thread that waits for it, or stays pending.
void Pl330Core::signal(uint32_t event) {
    const uint32_t bit = 1U << event;
    const bool interrupt = (regs.get(kEnable) & bit) != 0;
    bool taken = false;
    for (Channel& c : channels_) {
        if (interrupt || c.state != State::waiting_for_event || c.wakeup != event) continue;
        c.state = State::executing;
        c.wakeup = 0;
        taken = true;
    }
    if (!taken) regs.set(kRaw, regs.get(kRaw) | bit);
}

void Pl330Core::request(uint32_t peripheral, bool single, bool burst) {
    single_[peripheral] = single;
    burst_[peripheral] = burst;
    for (Channel& c : channels_) {
        if (c.state == State::waiting_for_peripheral && c.wakeup == peripheral && (single || burst))
            c.state = State::executing;  // looks again at which kind it was
    }
}

bool Pl330Core::runnable() const {
    return std::any_of(channels_.begin(), channels_.end(),
                       [](const Channel& c) { return c.state == State::executing; });
}

uint32_t Pl330Core::buffered() const {
    size_t bytes = 0;
    for (const Channel& c : channels_) bytes += c.data.size();
    return static_cast<uint32_t>(bytes);
}

/// Every channel that could give room back waits for room itself.
bool Pl330Core::locked_up() const {
    return std::none_of(channels_.begin(), channels_.end(), [](const Channel& c) {
        return !c.data.empty() && !c.wait_for_room && c.state != State::stopped && c.state != State::faulting;
    });
}

void Pl330Core::step(Pl330Memory& memory) {
    for (uint32_t tried = 0; tried < shape_.channels; ++tried) {
        Channel& c = channels_[next_];
        next_ = (next_ + 1) % shape_.channels;
        if (c.state != State::executing) continue;
        execute(c, memory);
        return;
    }
}

const uint8_t* Pl330Core::cached(uint32_t address, Pl330Memory& memory) {
    const uint32_t base = address - address % shape_.cache_line_bytes;
    Line& line = cache_[base / shape_.cache_line_bytes % shape_.cache_lines];
    if (!line.valid || line.base != base) {
        std::array<uint8_t, 64> bytes{};
        if (!memory.read(Iova{base}, std::span{bytes}.first(shape_.cache_line_bytes))) return nullptr;
        line = {true, base, bytes};
    }
    return &line.bytes[address - base];
}

bool Pl330Core::fetch(Channel& c, std::span<uint8_t> into, Pl330Memory& memory) {
    for (size_t i = 0; i < into.size(); ++i) {
        const uint8_t* byte = cached(c.pc + static_cast<uint32_t>(i), memory);
        if (!byte) return false;
        into[i] = *byte;
    }
    return true;
}

void Pl330Core::execute(Channel& c, Pl330Memory& memory) {
    const uint64_t life = c.life;
    uint8_t bytes[6] = {};
    if (!fetch(c, std::span{bytes}.first(1), memory)) return c.life == life ? fault(c, kFetch) : void();
    const Instruction* instruction = decode(bytes[0]);
    if (c.life != life) return;  // killed while its instruction came
    if (!instruction) return fault(c, kUndefined);
    if (!fetch(c, std::span{bytes}.first(instruction->length), memory))
        return c.life == life ? fault(c, kFetch) : void();
    if (c.life != life) return;
    ++instructions_;
    const uint32_t at = c.pc;
    c.pc += instruction->length;
    (this->*instruction->execute)(c, bytes, memory);
    if (c.life == life && (c.wait_for_room || c.state == State::faulting)) c.pc = at;  // again, or shown
}

}  // namespace exysim::system
