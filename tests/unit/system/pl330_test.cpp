// Microcode spelled out byte by byte. Expectations: ARM DDI 0424, instruction set and fault types.
#include "models/system/pl330_core.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <numeric>
#include <random>
#include <string>

using namespace exysim;
using namespace exysim::system;

namespace {

using Core = Pl330Core;
using State = Core::State;
using Code = std::vector<uint8_t>;

struct Memory : Pl330Memory {
    std::vector<uint8_t> bytes = std::vector<uint8_t>(0x1'0000);
    bool read(Iova at, std::span<uint8_t> into) override {
        if (at.value + into.size() > bytes.size()) return false;
        std::copy_n(bytes.begin() + at.value, into.size(), into.begin());
        return true;
    }
    bool write(Iova at, std::span<const uint8_t> from) override {
        if (at.value + from.size() > bytes.size()) return false;
        std::copy(from.begin(), from.end(), bytes.begin() + at.value);
        return true;
    }
};

constexpr uint32_t kProgram = 0x100;

Code operator+(Code a, const Code& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}
Code mov(uint8_t reg, uint32_t v) {  // 0 SAR, 1 CCR, 2 DAR
    return {0xBC,
            reg,
            static_cast<uint8_t>(v),
            static_cast<uint8_t>(v >> 8),
            static_cast<uint8_t>(v >> 16),
            static_cast<uint8_t>(v >> 24)};
}
const Code kEnd{0x00}, kLd{0x04}, kSt{0x08}, kStz{0x0C};
Code sev(uint8_t event) { return {0x34, static_cast<uint8_t>(event << 3)}; }
Code wfe(uint8_t event) { return {0x36, static_cast<uint8_t>(event << 3)}; }
Code loop0(uint8_t times) { return {0x20, static_cast<uint8_t>(times - 1)}; }
Code end_loop0(size_t body) { return {0x38, static_cast<uint8_t>(body)}; }
/// Both sides increment; beats of 1 << size bytes, `length` of them.
uint32_t ccr(uint32_t size, uint32_t length) {
    return 1 | size << 1 | (length - 1) << 4 | 1U << 14 | size << 15 | (length - 1) << 18;
}

struct Bench {
    Core core{Pl330Shape{}};
    Memory memory;
    std::string said;
    Bench() {
        core.mistake = [this](std::string_view what, uint32_t, uint32_t) { said = what; };
    }
    void load(const Code& code, uint32_t at = kProgram) {
        std::copy(code.begin(), code.end(), memory.bytes.begin() + at);
    }
    void go(uint32_t channel, uint32_t at = kProgram) {
        core.regs.write(Core::kDbgInst0, 0xA0U << 16 | channel << 24);
        core.regs.write(Core::kDbgInst1, at);
        core.regs.write(Core::kDbgCmd, 0);
    }
    void kill(uint32_t channel) {
        core.regs.write(Core::kDbgInst0, 0x01U << 16 | channel << 8 | 1);
        core.regs.write(Core::kDbgInst1, 0);
        core.regs.write(Core::kDbgCmd, 0);
    }
    void run(int steps = 10'000) {
        while (core.runnable() && steps-- > 0) core.step(memory);
    }
    uint32_t reg(uint32_t offset) { return core.regs.read(offset); }
    uint32_t fault(uint32_t channel) { return reg(Core::kFtr + 4 * channel); }
};

}  // namespace

TEST_CASE("pl330: identifies itself and its shape", "[system][pl330]") {
    Bench b;
    std::string id;
    for (uint32_t offset = 0xFE0; offset <= 0xFFC; offset += 4) id += std::to_string(b.reg(offset)) + " ";
    CHECK(id == "48 19 20 0 13 240 5 177 ");
    const uint32_t cr0 = b.reg(Core::kCr), crd = b.reg(Core::kCrd);
    CHECK((cr0 >> 4 & 7) + 1 == 8);
    CHECK((cr0 >> 12 & 31) + 1 == 32);
    CHECK((cr0 >> 17 & 31) + 1 == 32);
    CHECK((crd & 7) == 2);
    CHECK((crd >> 20) + 1 == 32);
    CHECK(b.reg(Core::kCsr) == 0);
    CHECK(b.reg(Core::kCcr) == 0x0080'0200);
    CHECK_FALSE(b.core.irq());
}

TEST_CASE("pl330: a loop of bursts copies and ends with an interrupt", "[system][pl330]") {
    Bench b;
    std::iota(b.memory.bytes.begin() + 0x1000, b.memory.bytes.begin() + 0x1400, uint8_t{3});
    b.load(mov(1, ccr(2, 4)) + mov(0, 0x1000) + mov(2, 0x2000) + loop0(64) + kLd + kSt + end_loop0(2) +
           Code{0x13} + sev(5) + kEnd);
    b.core.regs.write(Core::kInten, 1U << 5);
    b.go(1);
    CHECK(b.core.state(1) == State::executing);
    b.run();
    CHECK(b.core.state(1) == State::stopped);
    CHECK(std::equal(&b.memory.bytes[0x1000], &b.memory.bytes[0x1400], &b.memory.bytes[0x2000]));
    CHECK(b.memory.bytes[0x2400] == 0);
    CHECK(b.reg(Core::kSar + 0x20) == 0x1400);
    CHECK(b.reg(Core::kDar + 0x20) == 0x2400);
    CHECK(b.reg(Core::kRis) == 1U << 5);
    CHECK(b.reg(Core::kIntMis) == 1U << 5);
    CHECK(b.core.irq());
    b.core.regs.write(Core::kIntClr, 1U << 5);
    CHECK_FALSE(b.core.irq());
    CHECK(b.said.empty());
}

TEST_CASE("pl330: random copies equal memmove", "[system][pl330]") {
    std::mt19937 dice{7};
    for (int round = 0; round < 200; ++round) {
        Bench b;
        std::generate(b.memory.bytes.begin() + 0x1000, b.memory.bytes.end(),
                      [&] { return static_cast<uint8_t>(dice()); });
        const uint32_t size = dice() % 3, length = dice() % 8 + 1, times = dice() % 40 + 1,
                       bytes = (length << size) * times;
        const uint32_t from = 0x1000 + (dice() % 0x400 << size), to = 0x8000 + (dice() % 0x400 << size);
        std::vector<uint8_t> expected = b.memory.bytes;
        b.load(mov(1, ccr(size, length)) + mov(0, from) + mov(2, to) + loop0(static_cast<uint8_t>(times)) +
               kLd + kSt + end_loop0(2) + kEnd);
        std::copy_n(expected.begin() + from, bytes, expected.begin() + to);
        b.go(round % 8);
        b.run();
        CHECK(std::equal(expected.begin() + 0x1000, expected.end(), b.memory.bytes.begin() + 0x1000));
    }
}

TEST_CASE("pl330: zeros, fixed addresses, address steps and byte order", "[system][pl330]") {
    Bench b;
    for (uint32_t i = 0; i < 16; ++i) b.memory.bytes[0x1000 + i] = static_cast<uint8_t>(i + 1);
    std::fill_n(b.memory.bytes.begin() + 0x2000, 64, uint8_t{0xEE});
    const uint32_t fixed_source = ccr(2, 2) & ~1U, swapped = ccr(2, 2) | 2U << 28;
    b.load(mov(1, fixed_source) + mov(0, 0x1004) + mov(2, 0x2000) + kLd + kSt +  // 5 6 7 8 twice
           mov(1, ccr(2, 1)) + kStz +                                            // four zeros
           Code{0x56, 4, 0} + Code{0x5C, 0xFC, 0xFF} +                           // DAR += 4, SAR -= 4
           mov(1, swapped) + kLd + kSt + kEnd);
    b.go(0);
    b.run();
    const std::vector<uint8_t> expected{5,    6,    7,    8,    5, 6, 7, 8, 0, 0, 0, 0,
                                        0xEE, 0xEE, 0xEE, 0xEE, 4, 3, 2, 1, 8, 7, 6, 5};
    CHECK(std::equal(expected.begin(), expected.end(), b.memory.bytes.begin() + 0x2000));
}

TEST_CASE("pl330: channels meet at events", "[system][pl330]") {
    Bench b;
    b.memory.bytes[0x1000] = 0x5A;
    b.load(wfe(3) + mov(1, ccr(0, 1)) + mov(0, 0x2000) + mov(2, 0x3000) + kLd + kSt + kEnd, 0x100);
    b.load(mov(1, ccr(0, 1)) + mov(0, 0x1000) + mov(2, 0x2000) + kLd + kSt + sev(3) + kEnd, 0x200);
    b.go(0, 0x100);
    b.run();
    CHECK(b.core.state(0) == State::waiting_for_event);
    CHECK(b.reg(Core::kCsr) == (4 | 3U << 4));
    b.go(1, 0x200);
    b.run();
    CHECK(b.core.state(0) == State::stopped);
    CHECK(b.memory.bytes[0x3000] == 0x5A);
    CHECK(b.reg(Core::kRis) == 0);
    // An event that nobody waits for stays until somebody does.
    b.load(sev(9) + kEnd);
    b.go(0);
    b.run();
    CHECK(b.reg(Core::kRis) == 1U << 9);
    b.load(wfe(9) + kEnd);
    b.go(0);
    b.run();
    CHECK(b.core.state(0) == State::stopped);
    CHECK(b.reg(Core::kRis) == 0);
}

TEST_CASE("pl330: peripheral requests pace a channel and choose its transfers", "[system][pl330]") {
    Bench b;
    std::iota(b.memory.bytes.begin() + 0x1000, b.memory.bytes.begin() + 0x1100, uint8_t{1});
    // WFP periph 4; LDP S/B and ST S/B of the same kind; SEV 0.
    b.load(mov(1, ccr(2, 4)) + mov(0, 0x1000) + mov(2, 0x2000) + Code{0x31, 4 << 3} + Code{0x05} +
           Code{0x09} + Code{0x07} + Code{0x0B} + kEnd);
    b.go(2);
    b.run();
    CHECK(b.core.state(2) == State::waiting_for_peripheral);
    b.core.request(4, true, false);
    b.run();
    CHECK(b.core.state(2) == State::stopped);
    CHECK(b.reg(Core::kDar + 2 * 0x20) == 0x2004);  // one beat
    b.core.request(4, false, true);
    b.go(2);
    b.run();
    CHECK(b.reg(Core::kDar + 2 * 0x20) == 0x2010);  // the burst
}

TEST_CASE("pl330: each fault has its type, stops its channel only, and is cleared by DMAKILL",
          "[system][pl330]") {
    struct Row {
        Code code;
        uint32_t type;
    };
    const Row rows[] = {
        {{0xFF}, Core::kUndefined},
        {mov(5, 0), Core::kOperand},
        {mov(1, ccr(3, 1)), Core::kOperand},  // 8-byte beats on a 4-byte bus
        {Code{0x31, 31 << 3 | 0} + kEnd, 0},  // a request line that exists: waits
        {mov(1, ccr(2, 4)) + kSt, Core::kNoData},
        {mov(1, ccr(2, 16)) + mov(0, 0x1000) + kLd + kLd + kLd, Core::kMfifo},  // 192 bytes into 128
        {mov(1, ccr(2, 1)) + mov(0, 0x8000'0000) + kLd, Core::kRead},
        {mov(1, ccr(2, 1)) + mov(0, 0x1000) + mov(2, 0x8000'0000) + kLd + kSt, Core::kWrite},
    };
    for (const Row& row : rows) {
        Bench b;
        b.load(row.code);
        b.go(3);
        b.run();
        CHECK(b.fault(3) == row.type);
        CHECK((b.reg(Core::kFsrc) == (row.type ? 1U << 3 : 0U)));
        CHECK(b.core.irq() == (row.type != 0));
        if (row.type) CHECK((b.reg(Core::kCsr + 3 * 8) & 0xF) == 15);
        b.load(kEnd, 0x400);
        b.go(1, 0x400);
        b.run();
        CHECK(b.core.state(1) == State::stopped);
        b.kill(3);
        CHECK(b.core.state(3) == State::stopped);
        CHECK(b.reg(Core::kFsrc) == 0);
        CHECK_FALSE(b.core.irq());
    }
    Bench b;  // a program outside memory
    b.go(0, 0x9000'0000);
    b.run();
    CHECK(b.fault(0) == Core::kFetch);
    CHECK(b.reg(Core::kCpc) == 0x9000'0000);
}

TEST_CASE("pl330: two channels that wait for each other's room lock up", "[system][pl330]") {
    Bench b;
    const Code half = mov(1, ccr(2, 16)) + mov(0, 0x1000) + mov(2, 0x2000);  // 64 bytes a load
    b.load(half + kLd + kLd + kEnd, 0x100);
    b.go(0, 0x100);
    b.load(half + kLd + kLd + kEnd, 0x200);
    b.go(1, 0x200);
    b.run(1000);
    CHECK((b.fault(0) | b.fault(1)) == Core::kLockup);
}

TEST_CASE("pl330: starting a running channel is a mistake and changes nothing", "[system][pl330]") {
    Bench b;
    b.load(wfe(1) + kEnd);
    b.go(0);
    b.run();
    b.go(0, 0x400);
    CHECK(b.said == "DMAGO for a channel that is not stopped");
    CHECK(b.core.state(0) == State::waiting_for_event);
    b.core.regs.write(Core::kDbgInst0, 0x34U << 16 | 1U << 3 << 24);  // DMASEV 1 by the manager
    b.core.regs.write(Core::kDbgCmd, 0);
    b.run();
    CHECK(b.core.state(0) == State::stopped);
}

namespace {

/// Memory during whose accesses something happens to the controller.
struct Interrupted : Memory {
    std::function<void(bool write)> meanwhile = [](bool) {};
    bool read(Iova at, std::span<uint8_t> into) override {
        if (at.value >= 0x1000) meanwhile(false);
        return Memory::read(at, into);
    }
    bool write(Iova at, std::span<const uint8_t> from) override {
        meanwhile(true);
        return Memory::write(at, from);
    }
};

/// Sixteen loads and stores of 64 bytes, then event 0.
Code long_copy() {
    return mov(1, ccr(2, 16)) + mov(0, 0x1000) + mov(2, 0x2000) + loop0(16) + kLd + kSt + end_loop0(2) +
           sev(0) + kEnd;
}

}  // namespace

TEST_CASE("pl330: a channel killed while its access is under way stays stopped", "[system][pl330]") {
    for (const bool in_write : {false, true}) {
        Bench b;
        Interrupted memory;
        const Code code = long_copy();
        std::copy(code.begin(), code.end(), memory.bytes.begin() + kProgram);
        int accesses = 0;
        uint32_t source = 0, target = 0;
        memory.meanwhile = [&](bool write) {
            if (write != in_write || ++accesses != 3) return;
            source = b.reg(Core::kSar), target = b.reg(Core::kDar);
            b.kill(0);
        };
        b.core.regs.write(Core::kInten, 1);
        b.go(0);
        while (b.core.runnable()) b.core.step(memory);
        CHECK(accesses == 3);
        CHECK(b.core.state(0) == State::stopped);
        CHECK(b.reg(Core::kSar) == source);
        CHECK(b.reg(Core::kDar) == target);
        CHECK_FALSE(b.core.irq());
        CHECK(b.reg(Core::kFsrc) == 0);
        memory.meanwhile = [](bool) {};
        b.go(0);  // and can be started anew
        while (b.core.runnable()) b.core.step(memory);
        CHECK(b.core.irq());
        CHECK(std::equal(memory.bytes.begin() + 0x1000, memory.bytes.begin() + 0x1400,
                         memory.bytes.begin() + 0x2000));
    }
}

TEST_CASE("pl330: power lost in the middle of an access leaves the reset state", "[system][pl330]") {
    Bench b;
    Interrupted memory;
    const Code code = long_copy();
    std::copy(code.begin(), code.end(), memory.bytes.begin() + kProgram);
    int accesses = 0;
    memory.meanwhile = [&](bool write) {
        if (write && ++accesses == 2) b.core.power_off();
    };
    b.core.regs.write(Core::kInten, 1);
    b.go(0), b.go(5);
    while (b.core.runnable()) b.core.step(memory);
    for (uint32_t channel = 0; channel < 8; ++channel) CHECK(b.core.state(channel) == State::stopped);
    CHECK(b.reg(Core::kInten) == 0);
    CHECK(b.reg(Core::kSar) == 0);
    CHECK(b.reg(Core::kDar) == 0);
    CHECK_FALSE(b.core.irq());
    CHECK(b.said.empty());
}
