#include "platform/cli/describe_machine.hpp"

#include "platform/board/machine.hpp"
#include "platform/cli/machine_signals.hpp"
#include "platform/config/vocabulary.hpp"
#include "platform/observe/frame_chain.hpp"
#include "platform/observe/register_list.hpp"
#include "platform/observe/report.hpp"

namespace exysim::cli {

namespace {

using Json = nlohmann::ordered_json;

constexpr uint32_t kWordBytes = 4;
constexpr uint32_t kFirstSpi = 32;  // GIC ids of shared interrupts begin there

Json statistics_of(const Statistics& statistics) {
    Json list = Json::array();
    for (const auto& [name, row] : statistics.all())
        list.push_back({{"name", name}, {"unit", row.unit}, {"sentence", row.sentence}});
    return list;
}

Json signals_of(board::Machine& machine) {
    Json list = Json::array();
    const MachineSignals signals{machine};
    for (const observe::SignalFacts& s : signals.offered())
        list.push_back({{"name", s.name}, {"bits", s.width}, {"usual", s.usual}, {"sentence", s.sentence}});
    return list;
}

std::string_view meaning_of(std::string_view name) {
    const config::Device* device = config::find_device(name);
    return device ? device->what : std::string_view{};
}

Json devices_of(board::Machine& machine) {
    Json list = Json::array();
    for (const board::Block& block : board::blocks_of(machine.chip())) {
        if (!machine.bus.decode(block.range.base, kWordBytes)) continue;  // not on this machine
        const uint32_t spi = board::spi_of(block.name);
        Json device{{"name", block.name}, {"base", block.range.base.value}, {"size", block.range.size}};
        device["interrupt"] = spi == ~0U ? Json() : Json(kFirstSpi + spi);
        device["what"] = meaning_of(block.name);
        list.push_back(device);
    }
    return list;
}

/// The machine has just been built: its banks hold what software finds after a reset, which for what names a
/// chip or a version is not the table's.
Json json_of(const Field& f, const RegisterBank& bank) {
    return {{"name", f.name},
            {"bits", observe::bits_of(f)},
            {"access", observe::access_name(f.access)},
            {"reset", bank.get(f)}};
}

Json registers_of(const Statistics& statistics) {
    Json list = Json::array();
    for (const auto& [block, bank] : statistics.register_banks()) {
        for (const observe::ListedRegister& r : observe::registers_of(block, *bank)) {
            Json fields = Json::array();
            for (const Field& f : r.fields) fields.push_back(json_of(f, *bank));
            list.push_back({{"name", block + "." + r.name},
                            {"block", block},
                            {"offset", r.offset},
                            {"register", r.name},
                            {"count", r.count},
                            {"stride", r.stride},
                            {"reset", bank->word(r.offset)},
                            {"sentence", r.sentence},
                            {"fields", fields}});
        }
    }
    return list;
}

}  // namespace

MachineFacts facts_of_machine(const config::Platform& platform) {
    board::Machine machine{platform, {}};
    sc_core::sc_start(sc_core::SC_ZERO_TIME);  // the address map is complete only then
    observe::FrameTracker tracker;
    observe::FrameChains chains;
    observe::register_frames("PIPELINE", tracker, machine.statistics);
    observe::register_chains("PIPELINE", chains, machine.statistics);
    return {statistics_of(machine.statistics), devices_of(machine), registers_of(machine.statistics),
            signals_of(machine)};
}

}  // namespace exysim::cli
