// The camera in front of a capture node, by Linux's media controller.
#pragma once

#include <linux/media.h>

#include <optional>
#include <string>
#include <vector>

#include "apps/runner/scenario.hpp"
#include "apps/runner/v4l2_device.hpp"
#include "apps/support/fd.hpp"

namespace apps::runner {

/// The media device that a video node belongs to, as it was when it was read.
class CameraGraph {
public:
    /// Throws Error when no media device knows the node.
    explicit CameraGraph(const V4l2Device& camera);

    /// The sub-device of the sensor whose pictures arrive. Throws Error when none is linked.
    Fd open_sensor() const;
    /// Opens the sub-device called `name`.
    Fd open_subdevice(const std::string& name) const;
    /// Makes the block called `source` the one that feeds `sink`'s pad 0, instead of any other.
    void link(const std::string& source, const std::string& sink);

private:
    bool read(const std::string& node, uint64_t device);
    const media_v2_entity* entity(uint32_t id) const;
    const media_v2_entity& entity(const std::string& name) const;
    const media_v2_pad* pad(uint32_t id) const;
    /// The entity that feeds `sink` by an enabled link, or null.
    const media_v2_entity* feeding(const media_v2_entity& sink) const;
    Fd open_node(const media_v2_entity& entity) const;
    void set_link(const media_v2_link& link, bool enabled) const;

    Fd media_;
    std::string node_;
    std::vector<media_v2_entity> entities_;
    std::vector<media_v2_interface> interfaces_;
    std::vector<media_v2_pad> pads_;
    std::vector<media_v2_link> links_;
    const media_v2_entity* capture_ = nullptr;
};

/// Lets the sensor in front of `camera` send pictures of this size.
void set_sensor_size(const V4l2Device& camera, Size size);

}  // namespace apps::runner
