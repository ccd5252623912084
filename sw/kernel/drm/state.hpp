// What a CRTC shows: plain values that are copied, changed, checked and then handed to the hardware as a
// whole.
#pragma once

#include "drm/framebuffer.hpp"

namespace kernel::drm {

/// How a plane's pixels mix with what is behind (property "pixel blend mode").
enum class PixelBlend : uint8_t { none, premultiplied, coverage };

struct PlaneState {
    // As programs set it
    Ref<Framebuffer> fb;
    bool on_crtc = false;                                 ///< CRTC_ID names the plane's CRTC
    int32_t crtc_x = 0, crtc_y = 0;                       ///< pixels on the screen, may lie outside
    uint32_t crtc_w = 0, crtc_h = 0;                      ///< pixels
    uint32_t src_x = 0, src_y = 0, src_w = 0, src_h = 0;  ///< in the framebuffer, 16.16
    uint16_t alpha = 0xFFFF;                              ///< of the whole plane
    uint8_t zpos = 0;                                     ///< larger is in front
    PixelBlend blend = PixelBlend::premultiplied;

    // What follows from it
    bool visible = false;
    Area source, screen;                     ///< clipped to the screen, pixels
    Iova address[Framebuffer::kMostPlanes];  ///< for the display's DMA
};

struct CrtcState {
    static constexpr uint32_t kMostPlanes = 5;

    const DisplayMode* mode = nullptr;  ///< null: off
    Ref<Blob> mode_blob;                ///< what MODE_ID names
    bool connected = false;             ///< its connector is driven by it
    bool active = false;                ///< DPMS on
    PlaneState planes[kMostPlanes];

    bool running() const { return mode && active; }
};

}  // namespace kernel::drm
