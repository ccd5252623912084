// The generated tree, read back with libfdt as a guest reads it. Expected values: Linux 6.1's bindings and
// exynos4210 device tree.
#include "platform/board/device_tree.hpp"

#include <libfdt.h>

#include <catch2/catch.hpp>
#include <cstring>

#include "platform/config/load.hpp"

using namespace exysim;
using namespace exysim::board;

namespace {

/// A blob with what tests ask of it.
struct Blob {
    std::vector<uint8_t> bytes;
    explicit Blob(std::vector<uint8_t> b) : bytes{std::move(b)} {
        REQUIRE(fdt_check_full(bytes.data(), bytes.size()) == 0);
    }
    int node(const std::string& path) const { return fdt_path_offset(bytes.data(), path.c_str()); }
    std::vector<uint8_t> raw(const std::string& path, const char* property) const {
        INFO(path << ":" << property);
        int length = -1;
        const void* data = fdt_getprop(bytes.data(), node(path), property, &length);
        REQUIRE(data);
        const auto* first = static_cast<const uint8_t*>(data);
        return {first, first + length};
    }
    std::string text(const std::string& path, const char* property) const {
        const auto value = raw(path, property);
        REQUIRE_FALSE(value.empty());
        CHECK(value.back() == 0);
        return reinterpret_cast<const char*>(value.data());
    }
    std::vector<uint32_t> cells(const std::string& path, const char* property) const {
        const auto value = raw(path, property);
        std::vector<uint32_t> all;
        for (size_t i = 0; i + 4 <= value.size(); i += 4) {
            uint32_t big;
            std::memcpy(&big, &value[i], 4);
            all.push_back(fdt32_to_cpu(big));
        }
        return all;
    }
    uint64_t number(const std::string& path, const char* property) const {
        const auto value = raw(path, property);
        REQUIRE(value.size() == 8);
        uint64_t result = 0;
        for (const uint8_t byte : value) result = result << 8 | byte;
        return result;
    }
};

const config::Loaded& loaded() {
    static const config::Loaded all = config::load_scenario(CONFIGS_DIR "/scenarios/camera_to_tv.yaml", {});
    return all;
}

Blob tree(const BootFacts& facts = {}) { return Blob{flatten(device_tree(loaded().platform, facts))}; }

using Cells = std::vector<uint32_t>;

}  // namespace

TEST_CASE("device tree: machine, memory and processor", "[board]") {
    const Blob blob = tree();
    CHECK(blob.text("/", "compatible") == "samsung,smdkv310");
    CHECK(blob.cells("/memory@40000000", "reg") == Cells{0x4000'0000, 0x2000'0000});
    CHECK(blob.cells("/cpus/cpu@900", "reg") == Cells{0x900});
    CHECK(blob.text("/cpus/cpu@900", "compatible") == "arm,cortex-a9");
}

TEST_CASE("device tree: interrupts are wired as on the chip", "[board]") {
    const Blob blob = tree();
    const uint32_t gic = fdt_get_phandle(blob.bytes.data(), blob.node("/soc/interrupt-controller@10490000"));
    const uint32_t combiner =
        fdt_get_phandle(blob.bytes.data(), blob.node("/soc/interrupt-controller@10440000"));
    CHECK(blob.cells("/", "interrupt-parent") == Cells{gic});
    CHECK(blob.cells("/soc/interrupt-controller@10490000", "reg") ==
          Cells{0x1049'0000, 0x1'0000, 0x1048'0000, 0x1'0000});
    CHECK(blob.cells("/soc/interrupt-controller@10490000", "cpu-offset") == Cells{0x8000});
    CHECK(blob.cells("/soc/serial@13800000", "interrupts") == Cells{0, 52, 4});
    CHECK(blob.cells("/soc/camera/fimc@11800000", "interrupts") == Cells{0, 84, 4});
    CHECK(blob.cells("/soc/mixer@12c10000", "interrupts") == Cells{0, 91, 4});
    CHECK(blob.cells("/soc/sysmmu@11a20000", "interrupts") == Cells{4, 2});
    CHECK(blob.cells("/soc/sysmmu@11a20000", "interrupt-parent") == Cells{combiner});
    CHECK(
        blob.cells("/soc/timer@10050000", "interrupts-extended") ==
        Cells{gic, 0, 57, 4, gic, 0, 69, 4, combiner, 12, 6, combiner, 12, 7, gic, 0, 42, 4, gic, 0, 48, 4});
    CHECK(blob.cells("/soc/interrupt-controller@10440000", "interrupts").size() == 16 * 3);
}

TEST_CASE("device tree: masters point to their SysMMU, unless the platform says otherwise", "[board]") {
    const Blob blob = tree();
    const uint32_t tv = fdt_get_phandle(blob.bytes.data(), blob.node("/soc/sysmmu@12e20000"));
    CHECK(blob.cells("/soc/mixer@12c10000", "iommus") == Cells{tv});
    config::Platform plain = loaded().platform;
    for (config::PlatformDevice& device : plain.devices) device.iommu = false;
    const Blob without{flatten(device_tree(plain, {}))};
    CHECK(without.node("/soc/sysmmu@12e20000") == -FDT_ERR_NOTFOUND);
    CHECK(fdt_getprop(without.bytes.data(), without.node("/soc/mixer@12c10000"), "iommus", nullptr) ==
          nullptr);
}

TEST_CASE("device tree: the 2D engine is what its driver's binding wants", "[board]") {
    config::Platform platform = loaded().platform;
    for (const auto& [version, compatible] :
         {std::pair{"3", "samsung,s5pv210-g2d"}, {"4.1", "samsung,exynos4212-g2d"}}) {
        for (config::PlatformDevice& device : platform.devices) {
            if (device.name == "g2d") device.version = version;
        }
        const Blob blob{flatten(device_tree(platform, {}))};
        CHECK(blob.text("/soc/g2d@12800000", "compatible") == compatible);
        CHECK(blob.cells("/soc/g2d@12800000", "interrupts") == Cells{0, 89, 4});
        const uint32_t mmu = fdt_get_phandle(blob.bytes.data(), blob.node("/soc/sysmmu@12a20000"));
        CHECK(blob.cells("/soc/g2d@12800000", "iommus") == Cells{mmu});
        CHECK(blob.cells("/soc/sysmmu@12a20000", "interrupts") == Cells{4, 7});
    }
}

TEST_CASE("device tree: an Exynos4412's media blocks are that chip's", "[board]") {
    config::Platform platform = loaded().platform;
    platform.soc = "exynos4412";
    platform.devices = {{"fimc0"}, {"fimc1"}, {"fimc2"}, {"fimc3"}, {"mixer0"}, {"fimd0"}, {"g2d"}};
    const Blob blob{flatten(device_tree(platform, {}))};
    CHECK(blob.text("/soc/g2d@10800000", "compatible") == "samsung,exynos4212-g2d");
    CHECK(blob.cells("/soc/sysmmu@10a40000", "interrupts") == Cells{4, 7});
    for (const char* unpowered : {"/soc/g2d@10800000", "/soc/sysmmu@10a40000"})
        CHECK(fdt_getprop(blob.bytes.data(), blob.node(unpowered), "power-domains", nullptr) == nullptr);
    CHECK(blob.text("/aliases", "g2d") == "/soc/g2d@10800000");
    CHECK(blob.text("/soc/mixer@12c10000", "compatible") == "samsung,exynos4212-mixer");
    CHECK(blob.text("/soc/hdmi@12d00000", "compatible") == "samsung,exynos4212-hdmi");
    for (const char* fimc : {"fimc@11800000", "fimc@11810000", "fimc@11820000", "fimc@11830000"}) {
        const std::string path = std::string{"/soc/camera/"} + fimc;
        INFO(path);
        CHECK(blob.text(path, "compatible") == "samsung,exynos4212-fimc");
        CHECK(blob.raw(path, "samsung,isp-wb").empty());  // there, without a value
        const bool camera =
            fdt_getprop(blob.bytes.data(), blob.node(path), "samsung,cam-if", nullptr) != nullptr;
        CHECK(camera == (path != "/soc/camera/fimc@11830000"));
    }
}

TEST_CASE("device tree: aliases lead to nodes", "[board]") {
    const Blob blob = tree();
    for (const char* name : {"serial0", "serial1", "serial2", "serial3", "i2c0", "fimc0", "mixer0", "g2d"}) {
        INFO(name);
        CHECK(blob.node(blob.text("/aliases", name)) >= 0);
    }
    CHECK(blob.text("/aliases", "fimc0") == "/soc/camera/fimc@11800000");
}

TEST_CASE("device tree: absent devices have no node", "[board]") {
    config::Platform bare = loaded().platform;
    bare.devices.clear();
    const Blob blob{flatten(device_tree(bare, {}))};
    CHECK(blob.node("/soc/camera") == -FDT_ERR_NOTFOUND);
    CHECK(blob.node("/soc/mixer@12c10000") == -FDT_ERR_NOTFOUND);
    CHECK(blob.node("/soc/simctl@13f00000") == -FDT_ERR_NOTFOUND);
    CHECK(blob.node("/soc/serial@13800000") >= 0);
}

TEST_CASE("device tree: phandles are distinct", "[board]") {
    const Blob blob = tree();
    std::vector<uint32_t> seen;
    for (int node = 0; node >= 0; node = fdt_next_node(blob.bytes.data(), node, nullptr)) {
        const uint32_t handle = fdt_get_phandle(blob.bytes.data(), node);
        if (handle == 0) continue;
        CHECK(std::find(seen.begin(), seen.end(), handle) == seen.end());
        seen.push_back(handle);
    }
    CHECK(seen.size() >= 8);
}

TEST_CASE("device tree: chosen carries boot facts and the scenario in base units", "[board]") {
    const BootFacts facts{"quiet", PhysRange{PhysAddr{0x4800'0000}, 0x1234}, 2, &*loaded().scenario, nullptr};
    const Blob blob = tree(facts);
    CHECK(blob.text("/chosen", "bootargs") == "quiet");
    CHECK(blob.text("/chosen", "stdout-path") == "serial2:115200n8");
    CHECK(blob.cells("/chosen", "linux,initrd-start") == Cells{0x4800'0000});
    CHECK(blob.cells("/chosen", "linux,initrd-end") == Cells{0x4800'1234});
    CHECK(blob.number("/chosen/exysim/run", "frames") == 60);
    CHECK(blob.text("/chosen/exysim/buffers/cam", "exporter") == "v4l2:fimc0");
    CHECK(blob.number("/chosen/exysim/buffers/cam/size", "width") == 1280);
    CHECK(blob.number("/chosen/exysim/buffers/cam", "bytes") == 1280 * 720 * 3 / 2);
    CHECK(blob.number("/chosen/exysim/pipelines/0/source", "rate") == 30);
    CHECK(blob.text("/chosen/exysim/pipelines/0/source", "output") == "cam");
    CHECK(blob.text("/chosen/exysim/pipelines/0/sink", "mode") == "720p60");
    CHECK(blob.node("/chosen/exysim/pipelines/0/stages") >= 0);
    CHECK(blob.node("/chosen/exysim/exec") == -FDT_ERR_NOTFOUND);
}

TEST_CASE("device tree: a command for process 1 keeps its words", "[board]") {
    const ExecCommand command{"/bin/x", {"x", "-d", "two words", ""}, {"PATH=/bin"}};
    const BootFacts facts{"", {}, 0, nullptr, &command};
    const Blob blob = tree(facts);
    CHECK(blob.text("/chosen/exysim/exec", "path") == "/bin/x");
    CHECK(blob.text("/chosen/exysim/exec/argv", "2") == "two words");
    CHECK(blob.text("/chosen/exysim/exec/argv", "3").empty());
    CHECK(blob.text("/chosen/exysim/exec/env", "0") == "PATH=/bin");
}

TEST_CASE("device tree: chosen is merged into a foreign tree", "[board]") {
    FdtNode foreign{""};
    foreign.text("model", "theirs").add(FdtNode{"chosen"}.text("bootargs", "old").text("kept", "yes"));
    FdtNode chosen{"chosen"};
    chosen.text("bootargs", "new").add(FdtNode{"exysim"}.add(FdtNode{"0"}).add(FdtNode{"1"}.number("n", 7)));
    const Blob blob{merge_chosen(flatten(foreign), chosen, "f.dtb")};
    CHECK(blob.text("/", "model") == "theirs");
    CHECK(blob.text("/chosen", "bootargs") == "new");
    CHECK(blob.text("/chosen", "kept") == "yes");
    CHECK(blob.number("/chosen/exysim/1", "n") == 7);
    CHECK(fdt_next_subnode(blob.bytes.data(), blob.node("/chosen/exysim/0")) ==
          blob.node("/chosen/exysim/1"));
    CHECK_THROWS_AS(merge_chosen(std::vector<uint8_t>(100), chosen, "f.dtb"), config::ConfigError);
    std::vector<uint8_t> cut = flatten(foreign);
    cut.resize(cut.size() / 2);
    CHECK_THROWS_AS(merge_chosen(cut, chosen, "f.dtb"), config::ConfigError);
}

TEST_CASE("device tree: each FIMC has its node, its SysMMU and its abilities", "[board]") {
    config::Platform all = loaded().platform;
    all.devices = {{"fimc0", true}, {"fimc1", false}, {"fimc2", true}, {"fimc3", true}};
    const Blob blob{flatten(device_tree(all, {}))};
    for (uint32_t n = 0; n < 4; ++n) {
        const std::string alias = "fimc" + std::to_string(n);
        const std::string path = blob.text("/aliases", alias.c_str());
        INFO(path);
        CHECK(blob.cells(path, "reg") == Cells{0x1180'0000 + n * 0x1'0000, 0x1000});
        CHECK(blob.cells(path, "interrupts") == Cells{0, 84 + n, 4});
        CHECK(blob.cells(path, "clocks")[1] == 256 + n);  // CLK_FIMC0...
    }
    CHECK(blob.cells("/soc/sysmmu@11a50000", "interrupts") == Cells{4, 5});
    CHECK(blob.node("/soc/sysmmu@11a30000") == -FDT_ERR_NOTFOUND);  // fimc1 goes without
    const uint32_t mmu = fdt_get_phandle(blob.bytes.data(), blob.node("/soc/sysmmu@11a40000"));
    CHECK(blob.cells("/soc/camera/fimc@11820000", "iommus") == Cells{mmu});
    CHECK(blob.cells("/soc/camera/fimc@11830000", "samsung,pix-limits") == Cells{1920, 8192, 1366, 1920});
    CHECK(blob.cells("/soc/camera/fimc@11830000", "samsung,rotators") == Cells{0});
}

TEST_CASE("device tree: MIPI receivers, the raw sensor and the link between them", "[board]") {
    config::Platform all = loaded().platform;
    all.devices = {{"fimc0", true}, {"csis0", true}, {"csis1", true}};
    const Blob blob{flatten(device_tree(all, {}))};
    const std::string csis = "/soc/camera/csis@11880000", sensor = "/soc/i2c@13860000/sensor@10";
    CHECK(blob.cells(csis, "interrupts") == Cells{0, 78, 4});
    CHECK(blob.cells(csis, "clocks")[1] == 260);  // CLK_CSIS0
    CHECK(blob.cells(csis, "clocks")[3] == 134);  // CLK_SCLK_CSIS0
    CHECK(blob.cells(csis, "bus-width") == Cells{4});
    CHECK(blob.cells(csis + "/port@3", "reg") == Cells{3});
    CHECK(blob.text(sensor, "compatible") == "sony,imx219");
    CHECK(blob.cells(csis + "/port@3/endpoint", "remote-endpoint") ==
          blob.cells(sensor + "/port/endpoint", "phandle"));
    CHECK(blob.cells(sensor + "/port/endpoint", "remote-endpoint") ==
          blob.cells(csis + "/port@3/endpoint", "phandle"));
    CHECK(blob.number(sensor + "/port/endpoint", "link-frequencies") == 456'000'000);
    CHECK(blob.text("/soc/camera/csis@11890000", "status") == "disabled");
    CHECK(blob.text("/aliases", "csis0") == csis);
}

TEST_CASE("device tree: HDMI leads to its PHY, to the screen's I2C bus and to the power controller",
          "[board]") {
    const Blob blob = tree();
    const auto handle = [&](const char* path) { return fdt_get_phandle(blob.bytes.data(), blob.node(path)); };
    CHECK(blob.text("/soc/i2c@138e0000", "compatible") == "samsung,s3c2440-hdmiphy-i2c");
    CHECK(blob.cells("/soc/i2c@138e0000", "interrupts") == Cells{0, 93, 4});
    CHECK(blob.text("/soc/i2c@138e0000/hdmiphy@38", "compatible") == "samsung,exynos4210-hdmiphy");
    CHECK(blob.cells("/soc/hdmi@12d00000", "phy") == Cells{handle("/soc/i2c@138e0000/hdmiphy@38")});
    CHECK(blob.cells("/soc/hdmi@12d00000", "ddc") == Cells{handle("/soc/i2c@13880000")});
    CHECK(blob.cells("/soc/hdmi@12d00000", "samsung,syscon-phandle") ==
          Cells{handle("/soc/system-controller@10020000")});
    const Cells clocks = blob.cells("/soc/hdmi@12d00000", "clocks");
    REQUIRE(clocks.size() == 10);
    for (size_t i = 0; i < 5; ++i) CHECK(clocks[2 * i + 1] == Cells{271, 136, 139, 22, 396}[i]);
}

TEST_CASE("device tree: HDMI's hot-plug line leads to GPX3[7] of the controller that is pinctrl1",
          "[board]") {
    for (const char* soc : {"exynos4210", "exynos4412"}) {
        INFO(soc);
        config::Platform platform;
        platform.soc = soc;
        platform.devices = {{"mixer0"}};
        const Blob blob{flatten(device_tree(platform, {}))};
        CHECK(blob.text("/aliases", "pinctrl1") == "/soc/pinctrl@11000000");
        const std::string pins = "/soc/pinctrl@11000000", gpx3 = pins + "/gpx3";
        const auto line = blob.cells("/soc/hdmi@12d00000", "hpd-gpios");
        CHECK(line == std::vector<uint32_t>{blob.cells(gpx3, "phandle").at(0), 7, 0});
        CHECK(blob.cells(gpx3, "#gpio-cells") == std::vector<uint32_t>{2});
        CHECK(blob.cells(pins + "/wakeup-interrupt-controller", "interrupts") ==
              std::vector<uint32_t>{0, 32, 4});
        const auto gpx1 = blob.cells(pins + "/gpx1", "interrupts");
        REQUIRE(gpx1.size() == 24);
        CHECK(std::vector<uint32_t>(gpx1.end() - 3, gpx1.end()) == std::vector<uint32_t>{0, 31, 4});
        CHECK(
            blob.text(pins, "compatible") ==
            (std::string{soc} == "exynos4210" ? "samsung,exynos4210-pinctrl" : "samsung,exynos4x12-pinctrl"));
        CHECK(blob.text("/soc/clock-controller@10030000", "compatible") ==
              std::string{"samsung,"} + soc + "-clock");
    }
}
