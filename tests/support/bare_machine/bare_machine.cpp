#include "tests/support/bare_machine/bare_machine.hpp"

#include <elf.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace exysim::test {

namespace {
// UART n of Exynos4210 at 0x1380'0000 + n * 0x1'0000: UTRSTAT (ready) and UTXH.
constexpr uint32_t kUarts = 0x1380'0000, kUartEnd = 0x1384'0000, kUtrstat = 0x10, kUtxh = 0x20;
bool is_uart(uint32_t address) { return address >= kUarts && address < kUartEnd; }
}  // namespace

BareMemory::BareMemory(uint32_t ram_bytes)
    : ram_bytes_{ram_bytes}, memory_{ram_bytes}, ram_{memory_.bytes().data()} {}

bool BareMemory::holds(uint32_t address, uint64_t bytes) const {
    return address >= kRamBase && address - kRamBase + bytes <= ram_bytes_;
}

uint32_t BareMemory::word(uint32_t address) const {
    uint32_t value;
    std::memcpy(&value, ram_ + (address - kRamBase), sizeof value);
    return value;
}

void BareMemory::set_word(uint32_t address, uint32_t value) {
    std::memcpy(ram_ + (address - kRamBase), &value, sizeof value);
}

HostBytes BareMemory::direct(PhysAddr address, const MemoryAttributes&, Direction) {
    const uint32_t page = address.value & ~(kPageSize - 1);
    return {holds(page, kPageSize) ? ram_ + (page - kRamBase) : nullptr};
}

CodeBytes BareMemory::code(PhysAddr address, VirtAddr, const MemoryAttributes& how) {
    return {direct(address, how, Direction::read).data, CodeBytes::kUntilDropped};
}

bool BareMemory::read(PhysAddr address, const MemoryAttributes&, std::span<uint8_t> data) {
    reads.push_back(address.value);
    if (!is_uart(address.value)) return false;
    std::fill(data.begin(), data.end(), uint8_t{0});
    if (address.value % 0x1'0000 == kUtrstat) data[0] = 6;  // transmitter empty, buffer empty
    return true;
}

bool BareMemory::write(PhysAddr address, const MemoryAttributes&, std::span<const uint8_t> data) {
    if (!is_uart(address.value)) return false;
    if (address.value % 0x1'0000 == kUtxh) {
        console.push_back(static_cast<char>(data[0]));
        if (echo) std::fputc(data[0], stdout);
    }
    return true;
}

bool BareMemory::walk(PhysAddr address, const MemoryAttributes&, std::span<uint8_t> into) {
    return peek(address, into);
}

bool BareMemory::peek(PhysAddr address, std::span<uint8_t> data) {
    if (!holds(address.value, data.size())) return false;
    const std::span<const uint8_t> from = ram(address.value, static_cast<uint32_t>(data.size()));
    std::copy(from.begin(), from.end(), data.begin());
    return true;
}

BareHost::~BareHost() {
    for (std::FILE* file : files_) {
        if (file != nullptr) std::fclose(file);
    }
}

void BareHost::write(std::span<const uint8_t> bytes) {
    console.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (echo) std::fwrite(bytes.data(), 1, bytes.size(), stdout);
}

int BareHost::open(std::string_view name, uint32_t mode) {
    static constexpr std::array<const char*, 12> kModes{"r",  "rb",  "r+", "r+b", "w",  "wb",
                                                        "w+", "w+b", "a",  "ab",  "a+", "a+b"};
    if (mode >= kModes.size()) return -1;
    std::FILE* file = std::fopen(std::string{name}.c_str(), kModes[mode]);
    if (file == nullptr) return -1;
    files_.push_back(file);
    return static_cast<int>(files_.size()) + 2;
}

bool BareHost::close(int handle) {
    const auto index = static_cast<size_t>(handle - 3);
    if (index >= files_.size() || files_[index] == nullptr) return false;
    std::fclose(files_[index]);
    files_[index] = nullptr;
    return true;
}

int BareHost::read_file(int handle, std::span<uint8_t> into) {
    const auto index = static_cast<size_t>(handle - 3);
    if (index >= files_.size() || files_[index] == nullptr) return -1;
    return static_cast<int>(std::fread(into.data(), 1, into.size(), files_[index]));
}

int BareHost::write_file(int handle, std::span<const uint8_t> bytes) {
    const auto index = static_cast<size_t>(handle - 3);
    if (index >= files_.size() || files_[index] == nullptr) return -1;
    return static_cast<int>(std::fwrite(bytes.data(), 1, bytes.size(), files_[index]));
}

Finished BareBus::burst(BurstKind kind, PhysAddr address, std::span<uint8_t> data, Picoseconds at) {
    const Direction direction = direction_of(kind);
    const auto size = static_cast<uint32_t>(data.size());
    if (!memory_.holds(address.value, size)) return {at + kLatency, false};
    uint8_t* there = memory_.ram(address.value, size).data();
    if (direction == Direction::read) cache::copy_bytes(data.data(), there, size);
    if (direction == Direction::write) cache::copy_bytes(there, data.data(), size);
    return {at + kLatency};
}

bool BareBus::access(unsigned n, Direction direction, PhysAddr address, std::span<uint8_t> data) {
    const Finished f = burst(kind_of(direction), address, data, now(n));
    stall_until(n, f.at);
    if (f.ok) return true;
    return direction == Direction::read ? memory_.read(address, {}, data) : memory_.write(address, {}, data);
}

void BareBus::stall_until(unsigned n, Picoseconds at) {
    const Picoseconds from = now(n);
    if (at > from) core->skip((at - from + kCycle - 1) / kCycle);
}

BareMachine::BareMachine(uint32_t ram_bytes, const cpu::CoreConfig& config, Caches kind) : memory{ram_bytes} {
    if (kind == Caches::functional) {
        caches = std::make_unique<cache::Hierarchy>(cache::Config{}, statistics);
        caches->connect(bus);
        caches->level2().control.enabled = true;
    }
    MemoryPort& port = caches ? caches->port(0) : memory;
    core = std::make_unique<cpu::Core>(config, port, monitors);
    bus.core = core.get();
    core->semihosting = &host;
}

uint32_t BareMachine::load_elf(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    const std::vector<char> image{std::istreambuf_iterator<char>{in}, {}};
    Elf32_Ehdr header{};
    if (image.size() < sizeof header) throw std::runtime_error{file.string() + ": not an ELF file"};
    std::memcpy(&header, image.data(), sizeof header);
    const bool arm = std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 && header.e_machine == EM_ARM;
    if (!arm) throw std::runtime_error{file.string() + ": not an ARM ELF file"};
    for (unsigned n = 0; n < header.e_phnum; ++n) {
        Elf32_Phdr segment{};
        std::memcpy(&segment, image.data() + header.e_phoff + n * sizeof segment, sizeof segment);
        if (segment.p_type != PT_LOAD || segment.p_memsz == 0) continue;
        if (!memory.holds(segment.p_paddr, segment.p_memsz)) throw std::runtime_error{"segment outside RAM"};
        load(segment.p_paddr,
             {reinterpret_cast<const uint8_t*>(image.data()) + segment.p_offset, segment.p_filesz});
    }
    return header.e_entry;
}

void BareMachine::load(uint32_t address, std::span<const uint8_t> bytes) {
    if (!memory.holds(address, bytes.size())) throw std::runtime_error{"image outside RAM"};
    std::copy(bytes.begin(), bytes.end(), memory.ram(address, static_cast<uint32_t>(bytes.size())).begin());
    core->drop_code();
}

void BareMachine::load_words(uint32_t address, std::initializer_list<uint32_t> words) {
    for (const uint32_t w : words) {
        memory.set_word(address, w);
        address += 4;
    }
    core->drop_code();
}

void BareMachine::load_halfwords(uint32_t address, std::initializer_list<uint16_t> halfwords) {
    for (const uint16_t h : halfwords) {
        std::memcpy(memory.ram(address, 2).data(), &h, sizeof h);
        address += 2;
    }
    core->drop_code();
}

cpu::Stop BareMachine::run(int64_t cycles) {
    const auto end = core->cycles() + static_cast<uint64_t>(cycles);
    cpu::Stop stop = cpu::Stop::budget;
    while (core->cycles() < end) {
        stop = core->run(static_cast<int64_t>(end - core->cycles()));
        if (stop == cpu::Stop::halted || stop == cpu::Stop::waiting) break;
    }
    return stop;
}

}  // namespace exysim::test
