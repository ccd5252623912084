// Framebuffers: how a picture lies in GEM objects.
#pragma once

#include "drm/format.hpp"
#include "drm/gem.hpp"
#include "drm/handle_table.hpp"
#include "drm/mode_object.hpp"

namespace kernel::drm {

struct Framebuffer final : ModeObject {
    static constexpr uint32_t kType = DRM_MODE_OBJECT_FB;
    static constexpr uint32_t kMostPlanes = 2, kLargest = 4096;  ///< pixels a side, as Linux's driver

    const Format* format = nullptr;
    uint32_t width = 0, height = 0;       ///< pixels
    uint32_t pitches[kMostPlanes] = {};   ///< bytes a line
    uint32_t offsets[kMostPlanes] = {};   ///< bytes
    Ref<GemObject> objects[kMostPlanes];  ///< of each plane
    const void* creator = nullptr;        ///< the file it goes with

    Framebuffer() : ModeObject{kType} {}
    /// Checks what ADDFB2 was given. `contiguous_only`: the display has no SysMMU. Errors: kInval; kNoEnt no
    /// such handle; kRange the plane ends beyond 4 GiB.
    static Result<Ref<Framebuffer>> create(const drm_mode_fb_cmd2& asked, HandleTable& handles,
                                           bool contiguous_only);
    /// Where `device` finds a plane's first byte. Errors: as GemObject::iova_for().
    Result<Iova> plane_address(uint32_t plane, const DmaDevice& device) const;
    void hand_to_device() const;

private:
    Result<> take_plane(uint32_t plane, const drm_mode_fb_cmd2& asked, HandleTable& handles);
};

}  // namespace kernel::drm
