// A DRM card as a display program needs it: its connectors, modes, planes and properties, framebuffers of
// imported dma-bufs, atomic commits. Every failing ioctl throws a SystemError that names it.
#pragma once

#include <drm/drm.h>
#include <drm/drm_mode.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apps/support/fd.hpp"

namespace apps::runner {

/// How a picture lies in a buffer.
struct PictureLayout {
    uint32_t fourcc = 0;  ///< DRM_FORMAT_*
    uint32_t width = 0, height = 0;
    uint32_t pitches[2] = {};  ///< bytes a line; 0: no such plane
    uint32_t offsets[2] = {};  ///< bytes
};

/// The objects of a picture's planes.
struct PlaneHandles {
    uint32_t first = 0;
    uint32_t second = 0;  ///< 0: both planes are in the first
};

/// Properties of objects that change together.
class AtomicRequest {
public:
    void set(uint32_t object, uint32_t property, uint64_t value);

private:
    friend class DrmCard;
    std::vector<uint32_t> objects_, counts_, properties_;
    std::vector<uint64_t> values_;
};

class DrmCard {
public:
    /// The card whose driver has this name, as master. Throws Error.
    static DrmCard open(const std::string& driver);

    /// The CRTC, connector and first plane that `wanted_connector` (DRM_MODE_CONNECTOR_*) has.
    struct Output {
        uint32_t crtc = 0, connector = 0;
        unsigned crtc_index = 0;
        std::vector<drm_mode_modeinfo> modes;
    };
    Output find_output(uint32_t wanted_connector) const;
    /// A plane of that CRTC that shows the format and has the type (DRM's: 0 overlay, 1 primary, 2 cursor).
    uint32_t find_plane(unsigned crtc_index, uint32_t fourcc, std::optional<uint64_t> type = {}) const;
    /// Throws Error when the object has no property of that name.
    uint32_t property(uint32_t object, uint32_t type, const char* name) const;

    uint32_t import(int dmabuf) const;
    Fd export_buffer(uint32_t handle) const;
    uint32_t create_dumb(uint32_t width, uint32_t height, uint32_t bits, uint32_t& pitch) const;
    Mapping map_dumb(uint32_t handle, size_t bytes) const;
    uint32_t add_framebuffer(const PlaneHandles& handles, const PictureLayout& layout) const;
    uint32_t create_blob(const void* data, uint32_t bytes) const;
    void commit(AtomicRequest& request, uint32_t flags, uint64_t user_data) const;
    /// The finished flip's user data; nothing when another event came.
    std::optional<uint64_t> read_flip() const;

    int fd() const { return fd_.get(); }
    const std::string& node() const { return node_; }
    void call(unsigned long request, void* argument, const char* name) const;

private:
    DrmCard(Fd fd, std::string node) : fd_{std::move(fd)}, node_{std::move(node)} {}
    std::vector<uint32_t> plane_formats(uint32_t plane, uint32_t& possible_crtcs) const;
    struct Value {
        uint32_t property;
        uint64_t value;
    };
    std::optional<Value> find_property(uint32_t object, uint32_t type, const char* name) const;

    Fd fd_;
    std::string node_;
};

}  // namespace apps::runner
