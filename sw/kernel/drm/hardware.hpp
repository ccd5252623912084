// What the DRM core asks of a display controller: the mixer with HDMI, FIMD with its panel.
#pragma once

#include <span>

#include "drm/state.hpp"

namespace kernel::drm {

/// What a plane can do.
struct PlaneKind {
    enum class Scaling : uint8_t { none, twice, any };
    uint32_t type;  ///< DRM_PLANE_TYPE_*
    std::span<const uint32_t> formats;
    Scaling scaling;
    bool pixel_blend;   ///< alpha of the format, premultiplied or not
    bool window_alpha;  ///< one alpha for the plane
    bool moves_in_z;
};

class DisplayHardware {
public:
    using VsyncHandler = void (*)(void* context);

    virtual ~DisplayHardware() = default;
    /// Fixed facts.
    virtual std::span<const PlaneKind> planes() const = 0;
    virtual std::span<const DisplayMode> modes() const = 0;
    virtual const DisplayMode& preferred_mode() const = 0;
    virtual const DmaDevice& dma() const = 0;
    virtual uint32_t connector_type() const = 0;  ///< DRM_MODE_CONNECTOR_*
    virtual uint32_t encoder_type() const = 0;    ///< DRM_MODE_ENCODER_*

    /// Claims the display and starts its raster without planes; `handler` runs in interrupt context at each
    /// vsync. Errors: kBusy somebody else shows something.
    virtual Result<> enable(const DisplayMode& mode, VsyncHandler handler, void* context) = 0;
    virtual void disable() = 0;
    /// All planes at once, from the next vsync on. Called with interrupts masked.
    virtual void program(const CrtcState& state) const = 0;
    /// Whether a vsync has taken over what was programmed last.
    virtual bool latched() const = 0;
};

/// The position of a plane in the stack, from 0 at the back: by zpos, then by number.
uint32_t stack_position(const CrtcState& state, uint32_t plane, uint32_t planes);

}  // namespace kernel::drm
