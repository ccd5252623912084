// The DRM device: Linux's exynos-drm, with a CRTC for each display of the machine.
#pragma once

#include "drm/crtc.hpp"

namespace kernel::drm {

class DrmFile;

class DrmDevice {
public:
    static constexpr uint32_t kMostCrtcs = 2;

    ModeObjects objects;
    Mutex modeset;  ///< one change of what is shown at a time
    const DrmFile* master = nullptr;

    std::span<Crtc* const> crtcs() const { return {crtcs_, crtc_count_}; }
    /// The device whose reach decides where buffers lie.
    const DmaDevice& dma() const { return dma_; }
    bool behind_iommu() const { return dma_.placement() == Placement::scattered; }

    /// Adds a display with its mode objects. Errors: kNoMem, kNoSpc.
    Result<> add_display(DisplayHardware& hardware);
    /// Adds a device that works on buffers without showing them.
    void add_engine(const DmaDevice& dma);

    /// MODE_ID's blob for a mode of the hardware. Errors: kNoEnt.
    Result<Ref<Blob>> mode_blob(const DisplayMode& mode);
    /// Takes a framebuffer off the screen, as Linux: a primary plane takes its CRTC along. Programs no longer
    /// find it.
    void remove_framebuffer(Framebuffer& fb);
    /// Framebuffers and blobs of a file that goes.
    void remove_all_of(const DrmFile& file);

    /// Starts what lets go of framebuffers after they left the screen. Errors: kNoMem.
    Result<> start_cleaner();

private:
    struct ModeBlob {
        const DisplayMode* mode;
        Ref<Blob> blob;
    };
    static constexpr uint32_t kMostModes = 16;

    Result<> add_planes(Crtc& crtc);
    Result<> add_mode_blobs(const DisplayHardware& hardware);
    void clean();
    void take_off_screen(Framebuffer& fb);

    Crtc* crtcs_[kMostCrtcs] = {};
    uint32_t crtc_count_ = 0;
    DmaDevice dma_;
    ModeBlob mode_blobs_[kMostModes] = {};
    uint32_t mode_blob_count_ = 0;
    WaitQueue retired_;
};

/// Makes /dev/dri/card0, /dev/dri/renderD128 and /proc/dri of whatever displays and engines the drivers have
/// found; after the drivers are bound. Nothing without any. Errors: kNoMem.
Result<> drm_init();

}  // namespace kernel::drm
