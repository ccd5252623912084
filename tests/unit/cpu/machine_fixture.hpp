// Small programs on the bare machine: code at the start of RAM, page tables and data further up.
#pragma once

#include <initializer_list>

#include "tests/support/bare_machine/bare_machine.hpp"

namespace exysim::test {

inline constexpr uint32_t kCode = 0x4000'0000, kVectors = 0x4000'1000, kData = 0x4000'2000,
                          kTable = 0x4000'4000, kSecondLevel = 0x4000'8000;
inline constexpr uint32_t kWfi = 0xE320'F003, kWfiThumb = 0xBF30;

/// A machine whose vectors all lead to WFI, so that a program ends at its first exception or its own WFI.
struct Program : BareMachine {
    explicit Program(const cpu::CoreConfig& config = {}, Caches caches_kind = Caches::transparent)
        : BareMachine{1U << 20, config, caches_kind} {
        core->system.vbar = kVectors;
        for (uint32_t offset = 0; offset < 0x20; offset += 4) memory.set_word(kVectors + offset, kWfi);
    }
    /// Runs A32 code from the start of RAM until WFI.
    cpu::Core& a32(std::initializer_list<uint32_t> words) {
        load_words(kCode, words);
        memory.set_word(kCode + 4 * static_cast<uint32_t>(words.size()), kWfi);
        return go(kCode, false);
    }
    /// Runs Thumb code from the start of RAM until WFI.
    cpu::Core& thumb(std::initializer_list<uint16_t> halfwords) {
        load_halfwords(kCode, halfwords);
        load_halfwords(kCode + 2 * static_cast<uint32_t>(halfwords.size()), {kWfiThumb});
        return go(kCode, true);
    }
    cpu::Core& go(uint32_t address, bool in_thumb) {
        core->wake();
        core->leave(address, in_thumb);
        run(1'000'000);
        return *core;
    }
    /// Offset of the vector that ended the program (0 = it ended by its own WFI).
    uint32_t vector() const {
        const uint32_t at = core->r[15] - 4 - kVectors;
        return at < 0x20 ? at : 0;
    }

    // --- a page table: sections map themselves unless the test says otherwise
    void enable_mmu() {
        for (uint32_t mib = 0; mib < 4096; ++mib)
            memory.set_word(kTable + 4 * mib, mib >= 0x400 && mib < 0x404 ? section(mib) : 0);
        core->system.ttbr0 = kTable;
        core->system.dacr = 1;  // domain 0: client
        core->system.sctlr |= cpu::sctlr::kM;
        core->drop_translations();
    }
    /// Normal write-back memory, AP = 011, domain 0.
    static uint32_t section(uint32_t mib) { return mib << 20 | 0x1000 | 3U << 10 | 3U << 2 | 2; }
    void map_section(uint32_t va, uint32_t entry) {
        memory.set_word(kTable + (va >> 20) * 4, entry);
        core->drop_translations();
    }
    /// A second-level table for the MiB of `va`, domain 0; entries are set by map_page().
    void map_page(uint32_t va, uint32_t entry) {
        memory.set_word(kTable + (va >> 20) * 4, kSecondLevel | 1);
        memory.set_word(kSecondLevel + (va >> 12 & 0xFF) * 4, entry);
        core->drop_translations();
    }
};

}  // namespace exysim::test
