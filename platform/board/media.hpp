// The media side of the machine: blocks that a platform may leave out, each with the SysMMU in front of its
// memory, if the platform puts one there.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "models/camera/bayer_sensor.hpp"
#include "models/camera/csis.hpp"
#include "models/camera/fimc.hpp"
#include "models/camera/fimc_lite.hpp"
#include "models/camera/sensor.hpp"
#include "models/camera/writeback.hpp"
#include "models/display/fimd.hpp"
#include "models/display/hdmi.hpp"
#include "models/display/mixer.hpp"
#include "models/display/sdo.hpp"
#include "models/display/video_processor.hpp"
#include "models/gpu/g2d.hpp"
#include "models/iommu/sysmmu.hpp"

namespace exysim::board {

/// Where a device's address leads now, without side effects; nothing if nowhere.
using Resolve = std::function<std::optional<PhysAddr>(Iova)>;

/// How a group of DMA ports reaches memory.
struct MediaMemory {
    std::unique_ptr<iommu::SysMmu> mmu;  ///< null: addresses are physical

    Resolve resolve() const {
        return [this](Iova at) { return mmu ? mmu->translate_dbg(at) : PhysAddr{at.value}; };
    }
};

/// One FIMC with its way to memory.
struct FimcUnit {
    FimcUnit(const std::string& name, MediaMemory memory_side, sc_core::sc_time skew,
             Instruments& instruments);

    MediaMemory memory;
    camera::Fimc fimc;
};

/// One FIMC-LITE with its way to memory.
struct FimcLiteUnit {
    FimcLiteUnit(const std::string& name, MediaMemory memory_side, sc_core::sc_time skew,
                 Instruments& instruments);

    MediaMemory memory;
    camera::FimcLite lite;
};

/// What the mixer's other output leads to on a chip without an analogue TV encoder: nothing that runs.
struct NoSink final : display::Sink {
    display::Raster stopped;
    const display::Raster& raster() const override { return stopped; }
};

/// Which outputs the mixer has.
struct Outputs {
    display::HdmiConfig hdmi;
    bool sdo = true;
};

/// Mixer with its video processor, sending to HDMI or SDO.
struct Display {
    Display(MediaMemory memory_side, const display::LineFetcherConfig& fetching, const Outputs& outputs,
            Instruments& instruments);

    MediaMemory memory;
    display::Hdmi hdmi;
    std::unique_ptr<display::Sdo> sdo;  ///< null on a chip without
    NoSink no_sdo;
    display::VideoProcessor vp;
    display::Mixer mixer;
};

/// FIMD with its panel, and the way of what it shows to a FIMC.
struct Panel {
    Panel(MediaMemory memory_side, const display::LineFetcherConfig& fetching, ClockRate clock,
          Instruments& instruments);

    MediaMemory memory;
    display::Fimd fimd;
    camera::Writeback writeback{"fimd0_writeback"};
};

/// The 2D engine.
struct Gpu {
    Gpu(MediaMemory memory_side, const gpu::G2dConfig& config, Instruments& instruments);

    MediaMemory memory;
    gpu::G2d g2d;
};

}  // namespace exysim::board
