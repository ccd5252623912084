#include "platform/cli/profile_watch.hpp"

#include <algorithm>

namespace exysim::cli {

namespace {

constexpr uint32_t kModeBits = 0x1F, kUserMode = 0x10;

debug::ProfileCounts counts_of(const cpu::Core& core, uint64_t cycles, uint64_t instructions) {
    const cpu::TlbCounts& tlbs = core.mmu.counts;
    return {.cycles = cycles,
            .instructions = instructions,
            .branch = core.events.mispredicts * cpu::kMispredictPenalty,
            .data_misses = core.cache_events.data_refills,
            .code_misses = core.cache_events.code_refills,
            .tlb_misses = tlbs.data_refills + tlbs.code_refills};
}

debug::CoreState state_of(const cpu::Core& core) {
    debug::CoreState state{{}, (core.cpsr() & kModeBits) == kUserMode, core.system.ttbr0};
    std::copy_n(core.r.begin(), state.registers.size(), state.registers.begin());
    state.registers[15] = core.current_pc();
    return state;
}

}  // namespace

debug::ReadWord read_word_of(cpu::CpuCluster& cpu, unsigned core) {
    return [&cpu, core](uint32_t address) -> std::optional<uint32_t> {
        uint32_t word = 0;
        const auto bytes = std::span{reinterpret_cast<uint8_t*>(&word), sizeof word};
        if (!cpu.debug_read(core, VirtAddr{address}, bytes)) return {};
        return word;
    };
}

std::vector<debug::ReadWord> views_of(cpu::CpuCluster& cpu) {
    std::vector<debug::ReadWord> views;
    for (unsigned core = 0; core < cpu.count(); ++core) views.push_back(read_word_of(cpu, core));
    return views;
}

struct ProfileWatch::Watcher : cpu::BlockWatcher {
    Watcher(ProfileWatch& from, unsigned number) : owner{from}, profile{from.profile_}, index{number} {}

    void entered(const cpu::Core& core, uint64_t cycles, uint64_t instructions) override {
        profile.entered(index, counts_of(core, cycles, instructions), core.running->imm, state_of(core));
        if (owner.in_function && cycles >= next_sample) owner.sample(*this, cycles);
    }

    ProfileWatch& owner;
    debug::Profile& profile;
    unsigned index;
    uint64_t next_sample = 0;  // cycle
};

ProfileWatch::ProfileWatch(cpu::CpuCluster& cpu, BlockWatchers& watchers, debug::CodeImages images)
    : cpu_{cpu},
      profile_{std::move(images), views_of(cpu)},
      turns_{cpu, [this](unsigned core, uint64_t from, uint64_t to) { idle(core, from, to); }} {
    for (unsigned core = 0; core < cpu.count(); ++core) {
        watchers_.push_back(std::make_unique<Watcher>(*this, core));
        watchers.add(core, *watchers_.back());
    }
}

ProfileWatch::~ProfileWatch() = default;

void ProfileWatch::idle(unsigned core, uint64_t from, uint64_t to) {
    profile_.idle(core, to - from);
    if (in_function && to > from + kSampleCycles) in_function(core, "", from);
}

void ProfileWatch::sample(Watcher& watcher, uint64_t cycle) {
    watcher.next_sample = cycle + kSampleCycles;
    in_function(watcher.index, profile_.function(watcher.index), cycle);
}

void ProfileWatch::close() {
    for (unsigned n = 0; n < cpu_.count(); ++n) {
        const cpu::Core& core = cpu_.debug_core(n);
        profile_.close(n, counts_of(core, turns_.last_cycle(n), core.instructions));
    }
}

}  // namespace exysim::cli
