// Every register of every block, in all its versions, has a name and a sentence.
#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <string>

#include "platform/observe/register_list.hpp"
#include "tests/unit/registers/blocks.hpp"

using namespace exysim;
using namespace exysim::test;

namespace {

/// How a machine calls an instance of the kind.
std::string instance_of(std::string_view kind) {
    static const std::map<std::string_view, std::string> kInstances{
        {"global timer", "scu.core0.global_timer"},
        {"private timer", "scu.core0.timer"},
        {"private watchdog", "scu.core0.watchdog"},
        {"scu", "scu.scu"},
        {"pl330", "pdma0"},
    };
    if (kind.starts_with("sysmmu ")) return "sysmmu_fimc0";
    const auto found = kInstances.find(kind);
    return found != kInstances.end() ? found->second : std::string{kind.substr(0, kind.find(' '))};
}

}  // namespace

TEST_CASE("register names: all blocks, all versions, no name twice", "[registers]") {
    for (const BlockKind& kind : block_kinds()) {
        const MadeBank bank = kind.make();
        std::set<std::string> names;
        for (const observe::ListedRegister& r : observe::registers_of(instance_of(kind.name), *bank)) {
            INFO(kind.name << " " << r.name);
            CHECK_FALSE(r.sentence.empty());
            CHECK(names.insert(r.name).second);
        }
    }
}

TEST_CASE("register names: fields stand from the top down and add up to the reset value", "[registers]") {
    for (const BlockKind& kind : block_kinds()) {
        if (kind.name != "fimc") continue;
        const MadeBank bank = kind.make();
        const auto list = observe::registers_of("fimc2", *bank);
        const auto& control = list.at(2);
        CHECK(control.name == "CIGCTRL");
        CHECK(control.offset == 8);
        uint32_t reset = 0;
        for (const Field& f : control.fields) reset |= f.reset << f.low;
        CHECK(reset == 0x2001'0080);  // the manual's
        CHECK(std::string{control.fields.front().name} == "SWRST");
        CHECK(observe::bits_of(control.fields.front()) == "31");
        CHECK(list.at(4).name_of(3) == "CIOYSA[3]");
        CHECK(list.at(4).at(3) == 0x24);
    }
}
