// A board's own device tree gives the camera a contiguous area; the built-in kernel boots with it as with
// any.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "platform/board/cpio.hpp"
#include "platform/board/device_tree.hpp"
#include "platform/board/image.hpp"
#include "platform/config/load.hpp"
#include "tests/support/images.hpp"
#include "tests/system/pipeline/scenario_run.hpp"

using namespace exysim;

namespace {

constexpr uint32_t kBytes = 8U << 20, kHandle = 0x7001;

/// /reserved-memory as Linux's bindings describe it (reserved-memory.yaml, shared-dma-pool.yaml).
board::FdtNode reserved_memory(uint32_t start) {
    board::FdtNode area{"camera"};
    area.text("compatible", "shared-dma-pool").empty("reusable");
    area.cells("reg", {start, kBytes}).cells("phandle", {kHandle});
    board::FdtNode node{"reserved-memory"};
    node.cells("#address-cells", {1}).cells("#size-cells", {1}).empty("ranges");
    node.add(std::move(area));
    return node;
}

void write(const std::filesystem::path& file, const std::vector<uint8_t>& bytes) {
    std::ofstream{file, std::ios::binary}.write(reinterpret_cast<const char*>(bytes.data()),
                                                static_cast<std::streamsize>(bytes.size()));
}

std::vector<uint8_t> tree(uint32_t start) {
    const config::Platform platform =
        config::load_platform(EXYSIM_SOURCE_DIR "/configs/platforms/exynos4210_fast.yaml", {}).platform;
    const board::ExecCommand command{
        "/bin/own_area", {"own_area", fmt::format("{:#x}", start), fmt::format("{}", kBytes)}, {}};
    board::BootFacts facts;
    facts.exec = &command;
    board::FdtNode root = board::device_tree(platform, facts);
    root.add(reserved_memory(start));
    root.child("soc")->child("camera")->child("fimc@11800000")->cells("memory-region", {kHandle});
    return board::flatten(root);
}

std::vector<uint8_t> files() {
    board::CpioArchive archive;
    archive.add_file("/init", board::read_bytes(EXYSIM_GUEST_DIR "/init"), true);
    archive.add_file("/bin/own_area", board::read_bytes(EXYSIM_GUEST_DIR "/tests/own_area"), true);
    return archive.finish();
}

struct Result {
    int status;
    std::string output;
};

Result boot(const std::string& name, uint32_t area) {
    const std::filesystem::path folder = test::test_folder(name);
    write(folder / "board.dtb", tree(area));
    write(folder / "files.cpio", files());
    Result r{};
    r.status = test::run_command(
        fmt::format("'{0}' boot '{1}/kernel.elf' --platform exynos4210_fast --dtb '{2}/board.dtb' "
                    "--initrd '{2}/files.cpio' --append dma_test --console 1 < /dev/null",
                    EXYSIM_PROGRAM, EXYSIM_GUEST_DIR, folder.string()),
        r.output);
    return r;
}

}  // namespace

TEST_CASE("a device has the contiguous area that the device tree gives it", "[system][program]") {
    const Result r = boot("own_area", 0x5000'0000);
    INFO(r.output);
    CHECK(r.status == 0);
    CHECK(r.output.find("ok 9 - all of it fits") != std::string::npos);
    CHECK(r.output.find("not ok") == std::string::npos);
}

TEST_CASE("an area over the initial file system, or outside memory, is refused", "[system][program]") {
    for (const uint32_t start :
         {0x4800'0000U, 0x8000'0000U}) {  // where the loader puts it; above 512 MiB of RAM
        const Result r = boot("no_area", start);
        INFO(r.output);
        CHECK(r.status == 1);  // the program's own verdict: it runs, and finds no area
        CHECK(r.output.find(fmt::format("error: memory: camera at {:08x} is not free memory", start)) !=
              std::string::npos);
        CHECK(r.output.find("not ok 1 - the area is there") != std::string::npos);
    }
}
