// A walk over every register field of every block: what it reads after reset, and that it does what its
// access mode says. What a field does besides, and why it then reads otherwise, is a row of kSideEffects.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <string>

#include "tests/unit/registers/blocks.hpp"

using namespace exysim;
using namespace exysim::test;

namespace {

/// A field that does more than its access mode says, or starts with what the chip around it is; the tests of
/// the block say which values. Fields of blocks whose name begins with `block`.
struct SideEffect {
    std::string_view block, field, what;
};
// clang-format off
constexpr SideEffect kSideEffects[] = {
    {"cmu",           "MUX_STAT_LEFTBUS",  "follows its source register"},
    {"cmu",           "MUX_STAT_RIGHTBUS", "follows its source register"},
    {"cmu",           "MUX_STAT_TOP",      "follows its source register"},
    {"cmu",           "MUX_STAT_DMC",      "follows its source register"},
    {"cmu",           "MUX_STAT_CPU",      "follows its source register"},
    {"combiner",      "IECR",              "ones disable; reads as the mask of enabled inputs"},
    {"gic",           "ITARGETSR",         "has the bits of cores that are there; read-only for private interrupts"},
    {"gic",           "IPRIORITYR",        "the upper five bits of each priority are there"},
    {"gic",           "ISENABLER",         "software interrupts are always enabled"},
    {"gic",           "ICENABLER",         "ones disable; reads as ISENABLER"},
    {"gic",           "ISPENDR",           "software interrupts are set by SGIR alone"},
    {"gic",           "ICPENDR",           "ones clear; reads as ISPENDR"},
    {"gic",           "ICACTIVER",         "ones clear; reads as ISACTIVER"},
    {"gic.interface", "BINARY_POINT",      "has a least value"},
    {"fimc_lite",     "IRQ_CAM",           "a zero clears; a one does not raise"},
    {"pl330",         "CR",                "tells the shape of the instance"},
    {"scu",           "CPU_NUMBER",        "tells how many cores there are"},
    {"scu",           "SMP_MODE",          "as many bits as cores"},
    {"scu",           "TAG_RAM",           "tells the caches of the cores"},
    {"sysmmu",        "MMU_VERSION",       "tells the version of the instance"},
    {"sysmmu 3.3",    "PB_INFO",           "tells how many prefetch buffers there are"},
    {"uart",          "UINTP",             "follows UINTSP and UINTM"},
    {"mixer",         "SHADOW",            "copies of the settings, as they are after reset"},
    {"sdo",           "SW_RESET",          "resets itself with the rest"},
    {"vp",            "SRESET",            "done at once"},
};
// clang-format on

bool excepted(std::string_view block, std::string_view field) {
    return std::any_of(std::begin(kSideEffects), std::end(kSideEffects), [&](const SideEffect& s) {
        return s.block == block.substr(0, s.block.size()) && s.field == field;
    });
}

/// Says what is wrong with one register of a row; empty if nothing.
class FieldWalk {
public:
    FieldWalk(const BlockKind& kind, const Field& field, uint32_t index)
        : kind_{kind}, field_{field}, index_{index} {}

    std::string complaint() const {
        if (reset_value() != field_.reset && readable()) return "reads otherwise after reset";
        switch (field_.access) {
            case Access::rw:
                return kept(ones()) && kept(0) ? "" : "does not keep what is written";
            case Access::ro:
                return ignored() ? "" : "changes when written";
            case Access::wo:
            case Access::w1p:
                return after_writing(ones()) == 0 ? "" : "does not read as zero";
            case Access::w1c:
                return cleared_by_one() ? "" : "is not cleared by a one, or is by a zero";
        }
        return {};
    }

private:
    bool readable() const { return field_.access != Access::wo && field_.access != Access::w1p; }
    uint32_t at() const { return field_.at(index_); }
    uint32_t ones() const { return field_.mask() >> field_.low; }
    uint32_t value(RegisterBank& bank) const { return (bank.read(at()) & field_.mask()) >> field_.low; }
    uint32_t reset_value() const { return value(*kind_.make()); }
    /// The other bits are written as they read.
    void write(RegisterBank& bank, uint32_t bits) const {
        bank.write(at(), (bank.peek(at()) & ~field_.mask()) | bits << field_.low);
    }
    uint32_t after_writing(uint32_t bits) const {
        const MadeBank bank = kind_.make();
        write(*bank, bits);
        return value(*bank);
    }
    bool kept(uint32_t bits) const { return after_writing(bits) == bits; }
    bool ignored() const {
        const uint32_t before = reset_value();
        return after_writing(ones()) == before && after_writing(0) == before;
    }
    bool cleared_by_one() const {
        const MadeBank bank = kind_.make();
        bank->set(field_, ones(), index_);
        const uint32_t raised = value(*bank);
        bank->write(at(), 0);
        const bool stays = value(*bank) == raised && raised == ones();
        bank->write(at(), field_.mask());
        return stays && value(*bank) == 0;
    }

    const BlockKind& kind_;
    const Field& field_;
    uint32_t index_;
};

std::set<uint32_t> some_of(uint32_t count) { return {0, count / 2, count - 1}; }

}  // namespace

TEST_CASE("registers: every field reads as after reset and follows its access mode", "[registers]") {
    for (const BlockKind& kind : block_kinds()) {
        const std::vector<FieldUse> rows = kind.make()->use();
        for (const FieldUse& row : rows) {
            if (excepted(kind.name, row.field.name)) continue;
            for (const uint32_t index : some_of(row.field.count)) {
                const std::string wrong = FieldWalk{kind, row.field, index}.complaint();
                INFO(kind.name << " " << row.field.name << "[" << index << "] " << wrong);
                CHECK(wrong.empty());
            }
        }
    }
}

TEST_CASE("registers: every side effect is of a field that is there", "[registers]") {
    for (const SideEffect& s : kSideEffects) {
        INFO(s.block << " " << s.field);
        const bool found =
            std::any_of(block_kinds().begin(), block_kinds().end(), [&](const BlockKind& kind) {
                const std::vector<FieldUse> rows = kind.make()->use();
                return std::any_of(rows.begin(), rows.end(), [&](const FieldUse& row) {
                    return s.block == kind.name.substr(0, s.block.size()) && s.field == row.field.name;
                });
            });
        CHECK(found);
    }
}

TEST_CASE("registers: bits without a field read zero and are reported once when written", "[registers]") {
    for (const BlockKind& kind : block_kinds()) {
        const MadeBank bank = kind.make();
        std::map<uint32_t, uint32_t> known;
        for (const FieldUse& row : bank->use()) {
            for (uint32_t i = 0; i < row.field.count; ++i) known[row.field.at(i)] |= row.field.mask();
        }
        for (const auto& [offset, mask] : known) {
            if (mask == ~0U) continue;
            INFO(kind.name << " +" << std::hex << offset);
            int reports = 0;
            const MadeBank fresh = kind.make();
            fresh->on_fault([&reports, at = offset](const RegisterFault& f) {
                reports += f.kind == RegisterFault::Kind::reserved_bits && f.offset == at;
            });
            fresh->write(offset, ~mask);
            fresh->write(offset, ~mask);
            CHECK(reports == 1);
            CHECK((fresh->read(offset) & ~mask) == 0);
            if (known.size() > 300) break;  // tables of one kind of register
        }
    }
}

TEST_CASE("registers: an offset without a register reads zero and is reported each time", "[registers]") {
    for (const BlockKind& kind : block_kinds()) {
        INFO(kind.name);
        const MadeBank bank = kind.make();
        uint32_t hole = 0;
        while (bank->knows(hole)) hole += 4;
        int reports = 0;
        bank->on_fault([&](const RegisterFault& f) { reports += f.offset == hole; });
        CHECK(bank->read(hole) == 0);
        bank->write(hole, 1);
        CHECK(reports == 2);
    }
}
