// A board in mode `timing` with a few devices, and a master that writes their registers.
#pragma once

#include <initializer_list>
#include <string_view>
#include <utility>

#include "platform/board/machine.hpp"
#include "tests/support/bus_bench.hpp"

namespace exysim::test {

/// How a device reaches memory.
enum class DmaPath { direct, sysmmu };

/// 16 MiB of RAM and `devices`, by their names in platform files.
inline config::Platform device_platform(const char* soc, std::initializer_list<const char*> devices,
                                        DmaPath path = DmaPath::direct) {
    config::Platform made;
    made.name = "bench";
    made.soc = soc;
    made.mode = "timing";
    made.ram.size = 16ULL << 20;
    for (const char* name : devices) {
        config::PlatformDevice device{name};
        device.iommu = path == DmaPath::sysmmu;
        made.devices.push_back(device);
    }
    return made;
}

/// Registers can be written at once; a block is named as in the memory map.
struct DeviceBench {
    config::Platform settings;
    board::Machine machine{settings, {}};
    BusBench master{"master"};

    explicit DeviceBench(config::Platform made) : settings{std::move(made)} {
        machine.bus.add_master("test", master.bus);
        run(sc_core::SC_ZERO_TIME);
    }
    uint32_t address(std::string_view block, uint32_t offset) const {
        const auto chip = settings.soc == "exynos4412" ? system::Chip::exynos4412 : system::Chip::exynos4210;
        return board::range_of(block, chip).base.value + offset;
    }
    void write(std::string_view block, uint32_t offset, uint32_t value) {
        master.write32(address(block, offset), value);
    }
    uint32_t read(std::string_view block, uint32_t offset) { return master.read32(address(block, offset)); }
};

}  // namespace exysim::test
