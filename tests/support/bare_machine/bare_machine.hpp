// A core with flat RAM, a console and semihosting: the smallest machine that runs ARM programs, for unit
// tests, fuzzers and benchmarks. No SystemC, no devices, no time.
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/base/host_memory.hpp"
#include "models/cache/hierarchy.hpp"
#include "models/cpu/core.hpp"
#include "models/cpu/exclusive_monitors.hpp"
#include "models/cpu/semihosting.hpp"

namespace exysim::test {

/// RAM at 0x4000'0000; the transmit registers of the Exynos4210 UARTs; everything else is a bus error.
class BareMemory : public MemoryPort {
public:
    static constexpr uint32_t kRamBase = 0x4000'0000;

    explicit BareMemory(uint32_t ram_bytes);
    std::span<uint8_t> ram(uint32_t address, uint32_t bytes) { return {ram_ + (address - kRamBase), bytes}; }
    uint32_t word(uint32_t address) const;
    void set_word(uint32_t address, uint32_t value);
    bool holds(uint32_t address, uint64_t bytes) const;
    void expect(uint32_t address) const {
        if (holds(address, 1)) __builtin_prefetch(ram_ + (address - kRamBase));
    }

    HostBytes direct(PhysAddr address, const MemoryAttributes& how, Direction direction) override;
    CodeBytes code(PhysAddr address, VirtAddr va, const MemoryAttributes& how) override;
    bool read(PhysAddr address, const MemoryAttributes& how, std::span<uint8_t> data) override;
    bool write(PhysAddr address, const MemoryAttributes& how, std::span<const uint8_t> data) override;
    bool walk(PhysAddr address, const MemoryAttributes& how, std::span<uint8_t> word) override;
    bool peek(PhysAddr address, std::span<uint8_t> data) override;

    std::string console;          ///< what the UARTs have sent
    bool echo = false;            ///< and on the host's standard output
    std::vector<uint32_t> reads;  ///< addresses of device reads, for tests

private:
    uint32_t ram_bytes_;
    HostMemory memory_;  // as whole machines have it
    uint8_t* ram_;       // its first byte
};

/// Console to a string (and to standard output if `echo`), files of the host, exit status.
class BareHost : public cpu::SemihostingHost {
public:
    ~BareHost() override;
    void write(std::span<const uint8_t> bytes) override;
    void exit(uint32_t status) override { exit_status = status; }
    std::string command_line() override { return arguments; }
    int open(std::string_view name, uint32_t mode) override;
    bool close(int handle) override;
    int read_file(int handle, std::span<uint8_t> into) override;
    int write_file(int handle, std::span<const uint8_t> bytes) override;

    std::string console, arguments;
    bool echo = false;
    std::optional<uint32_t> exit_status;

private:
    std::vector<std::FILE*> files_;  // handle - 3
};

/// The bus behind the caches of a bare machine: a fixed latency, no contention.
class BareBus : public BusPort {
public:
    explicit BareBus(BareMemory& memory) : memory_{memory} {}
    Finished burst(BurstKind kind, PhysAddr address, std::span<uint8_t> data, Picoseconds at) override;
    void expect(PhysAddr address) override { memory_.expect(address.value); }
    bool access(unsigned core, Direction direction, PhysAddr address, std::span<uint8_t> data) override;
    Picoseconds now(unsigned) const override { return core->cycles() * kCycle; }
    void stall_until(unsigned core, Picoseconds at) override;
    bool peek(PhysAddr address, std::span<uint8_t> data) override { return memory_.peek(address, data); }

    cpu::Core* core = nullptr;

private:
    static constexpr Picoseconds kCycle = 1000, kLatency = 90'000;
    BareMemory& memory_;
};

enum class Caches : uint8_t { transparent, functional };

struct BareMachine {
    explicit BareMachine(uint32_t ram_bytes = 1U << 20, const cpu::CoreConfig& config = {},
                         Caches caches = Caches::transparent);

    /// Loads an ELF file at its physical addresses and returns its entry; throws std::runtime_error.
    uint32_t load_elf(const std::filesystem::path& file);
    void load(uint32_t address, std::span<const uint8_t> bytes);
    void load_words(uint32_t address, std::initializer_list<uint32_t> words);
    void load_halfwords(uint32_t address, std::initializer_list<uint16_t> halfwords);
    /// Runs until semihosting exit, WFI with nothing to wake it, or about `cycles`.
    cpu::Stop run(int64_t cycles);

    BareMemory memory;
    BareBus bus{memory};
    Statistics statistics;
    std::unique_ptr<cache::Hierarchy> caches;  ///< level 2 enabled; null where transparent
    BareHost host;
    cpu::ExclusiveMonitors monitors;
    std::unique_ptr<cpu::Core> core;
};

}  // namespace exysim::test
