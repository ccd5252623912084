// What the board writes, the kernel reads: device tree and initial file system.
#include <catch2/catch.hpp>
#include <string>

#include "core/cpio.hpp"
#include "driver/clock_gates.hpp"
#include "driver/fdt.hpp"
#include "platform/board/cpio.hpp"
#include "platform/board/device_tree.hpp"
#include "platform/board/memory_map.hpp"
#include "platform/board/supply_map.hpp"

using namespace exysim;

namespace {

std::vector<uint8_t> default_tree() {
    config::Platform platform;
    platform.devices = {{"fimc0", true}, {"mixer0", true}, {"g2d", true}, {"simctl", true}};
    board::BootFacts facts;
    facts.arguments = "quiet";
    return board::flatten(board::device_tree(platform, facts));
}

/// The rule of the block whose registers a node has; null for other nodes.
const board::SupplyRule* rule_of(kernel::Node node) {
    auto window = kernel::node_reg(node);
    if (!window) return nullptr;
    for (const board::Block& block : board::kMemoryMap) {
        if (block.range.base.value == window.value().base.value) return board::supply_rule(block.name);
    }
    return nullptr;
}

/// Bits of the register `offset` that the kernel sets for the node's clocks.
uint32_t opened(kernel::Node node, uint32_t offset) {
    const kernel::Property clocks = node.property("clocks");
    uint32_t mask = 0;
    for (uint32_t i = 1; i < clocks.cells(); i += 2) {
        const kernel::ClockGate gate = kernel::clock_gate(clocks.cell(i));
        if (gate.offset == offset) mask |= gate.mask;
    }
    return mask;
}

/// Where the gates of a rule are on the chip that the kernel is for.
uint32_t gate_register(const board::SupplyRule& rule) {
    return system::CmuCore::gate_register(system::Chip::exynos4210, rule.gate);
}

/// Checks the node and what is below it; returns how many had a rule.
int check_clocks(kernel::Node node) {
    int checked = 0;
    if (const board::SupplyRule* rule = rule_of(node)) {
        INFO(rule->block);
        CHECK((opened(node, gate_register(*rule)) & rule->bits) == rule->bits);
        CHECK((rule->domains == 0 || node.property("power-domains")));
        ++checked;
    }
    for (kernel::Node child = node.first_child(); child; child = child.next_sibling())
        checked += check_clocks(child);
    return checked;
}

std::string text(kernel::Text t) { return {t.data, t.size}; }

}  // namespace

TEST_CASE("tree contract: the kernel finds the devices where the memory map has them", "[contract]") {
    const std::vector<uint8_t> blob = default_tree();
    REQUIRE(kernel::fdt_init(blob.data()));
    CHECK(kernel::fdt_size() == blob.size());
    for (const char* name : {"fimc0", "mixer0", "i2c0"}) {
        const kernel::Node node = kernel::fdt_find(name);  // by its alias
        REQUIRE(node);
        CHECK(node.enabled());
        auto window = kernel::node_reg(node);
        REQUIRE(window);
        CHECK(window.value().base.value == board::range_of(name).base.value);
    }
}

TEST_CASE("tree contract: masters lead to their SysMMUs and children to their parents", "[contract]") {
    const std::vector<uint8_t> blob = default_tree();
    REQUIRE(kernel::fdt_init(blob.data()));
    const kernel::Node fimc = kernel::fdt_find("fimc0");
    const kernel::Node mmu = kernel::fdt_by_phandle(fimc.property("iommus").cell(0));
    REQUIRE(mmu);
    CHECK(mmu.compatible("samsung,exynos-sysmmu"));
    CHECK(kernel::node_reg(mmu).take().base.value == board::range_of("sysmmu_fimc0").base.value);
    const kernel::Node sensor = kernel::fdt_find("i2c0").first_child();
    CHECK(sensor.compatible("samsung,s5k6aa"));
    CHECK(kernel::fdt_parent(sensor) == kernel::fdt_find("i2c0"));
    CHECK(text(kernel::fdt_root().child("chosen").property("bootargs").text()) == "quiet");
}

TEST_CASE("tree contract: each camera port leads to the sensor at its address", "[contract]") {
    config::Platform platform;
    for (const char* name : {"fimc0", "fimc1", "sensor_b"}) platform.devices.push_back({name});
    const std::vector<uint8_t> blob = board::flatten(board::device_tree(platform, {}));
    REQUIRE(kernel::fdt_init(blob.data()));
    kernel::Node port = kernel::fdt_parent(kernel::fdt_find("fimc0")).child("parallel-ports").first_child();
    for (const auto& [number, address] : {std::pair{1U, 0x3CU}, {2U, 0x2DU}}) {
        REQUIRE(port);
        CHECK(port.property("reg").cell(0) == number);
        const kernel::Property remote = port.first_child().property("remote-endpoint");
        const kernel::Node endpoint = kernel::fdt_by_phandle(remote.cell(0));
        REQUIRE(endpoint);
        const kernel::Node sensor = kernel::fdt_parent(kernel::fdt_parent(endpoint));
        CHECK(sensor.compatible("samsung,s5k6aa"));
        CHECK(sensor.property("reg").cell(0) == address);
        port = port.next_sibling();
    }
    CHECK_FALSE(port);
}

TEST_CASE("tree contract: a node's clocks open the gates that its block hangs on", "[contract]") {
    config::Platform platform;
    for (const char* name : {"fimc0", "fimc1", "fimc2", "fimc3", "csis0", "csis1", "mixer0", "fimd0", "g2d"})
        platform.devices.push_back({name});
    const std::vector<uint8_t> blob = board::flatten(board::device_tree(platform, {}));
    REQUIRE(kernel::fdt_init(blob.data()));
    CHECK(check_clocks(kernel::fdt_root()) > 20);
}

TEST_CASE("tree contract: what is no tree is refused", "[contract]") {
    std::vector<uint8_t> blob = default_tree();
    blob[0] ^= 1;
    CHECK_FALSE(kernel::fdt_init(blob.data()));
}

TEST_CASE("archive contract: files come out of the initial file system as they went in", "[contract]") {
    board::CpioArchive archive;
    const std::string contents = "#!/bin/true\n";
    const auto bytes = std::span{reinterpret_cast<const uint8_t*>(contents.data()), contents.size()};
    archive.add_file("/bin/deep/tool", bytes, true);
    archive.add_file("/empty", {}, false);
    const std::vector<uint8_t> made = archive.finish();
    kernel::CpioReader reader{made.data(), static_cast<uint32_t>(made.size())};
    std::vector<std::string> names;
    kernel::CpioEntry entry;
    for (;;) {
        auto more = reader.next(entry);
        REQUIRE(more);
        if (!more.value()) break;
        names.push_back(text(entry.name));
        if (names.back() != "bin/deep/tool") continue;
        CHECK(std::string{reinterpret_cast<const char*>(entry.data), entry.size} == contents);
        CHECK((entry.mode & 0777) == 0755);
    }
    CHECK(names == std::vector<std::string>{"bin", "bin/deep", "bin/deep/tool", "empty"});
}

TEST_CASE("archive contract: every cut is an error, never a read past the end", "[contract]") {
    board::CpioArchive archive;
    const std::vector<uint8_t> data(100, 7);
    archive.add_file("/file", data, false);
    const std::vector<uint8_t> made = archive.finish();
    for (size_t size = 0; size < made.size(); size += 3) {
        const std::vector<uint8_t> cut(made.begin(),
                                       made.begin() + static_cast<ptrdiff_t>(size));  // exact end
        kernel::CpioReader reader{cut.data(), static_cast<uint32_t>(cut.size())};
        kernel::CpioEntry entry;
        int entries = 0;
        for (;;) {
            auto more = reader.next(entry);
            if (!more || !more.value()) break;
            REQUIRE(++entries <= 2);
        }
    }
}
