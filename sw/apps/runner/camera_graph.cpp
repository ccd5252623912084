#include "apps/runner/camera_graph.hpp"

#include <fcntl.h>
#include <linux/v4l2-subdev.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "apps/support/error.hpp"

namespace apps::runner {

namespace {

constexpr unsigned kMostNodes = 64;

/// Number of the device behind an open node.
uint64_t device_of(int fd) {
    struct stat s {};
    return ::fstat(fd, &s) == 0 ? s.st_rdev : 0;
}

uint64_t device_of(const media_v2_interface& i) { return makedev(i.devnode.major, i.devnode.minor); }

bool is_interface_link(const media_v2_link& l) {
    return (l.flags & MEDIA_LNK_FL_LINK_TYPE) == MEDIA_LNK_FL_INTERFACE_LINK;
}

uint64_t pointer_to(const void* p) { return reinterpret_cast<uintptr_t>(p); }

}  // namespace

CameraGraph::CameraGraph(const V4l2Device& camera) {
    for (unsigned i = 0; i < kMostNodes; ++i) {
        if (read("/dev/media" + std::to_string(i), device_of(camera.fd()))) return;
    }
    throw Error{camera.node() + ": belongs to no media device"};
}

/// True when `device` is one of the media device's nodes.
bool CameraGraph::read(const std::string& node, uint64_t device) {
    Fd fd{::open(node.c_str(), O_RDWR | O_CLOEXEC)};
    media_v2_topology t{};
    if (fd.get() < 0 || ::ioctl(fd.get(), MEDIA_IOC_G_TOPOLOGY, &t) != 0) return false;
    entities_.resize(t.num_entities);
    interfaces_.resize(t.num_interfaces);
    pads_.resize(t.num_pads);
    links_.resize(t.num_links);
    t.ptr_entities = pointer_to(entities_.data());
    t.ptr_interfaces = pointer_to(interfaces_.data());
    t.ptr_pads = pointer_to(pads_.data());
    t.ptr_links = pointer_to(links_.data());
    if (::ioctl(fd.get(), MEDIA_IOC_G_TOPOLOGY, &t) != 0) throw SystemError{node, "MEDIA_IOC_G_TOPOLOGY"};
    for (const media_v2_interface& i : interfaces_) {
        if (device_of(i) != device) continue;
        for (const media_v2_link& l : links_) {
            if (is_interface_link(l) && l.source_id == i.id) capture_ = entity(l.sink_id);
        }
    }
    media_ = std::move(fd);
    node_ = node;
    return capture_ != nullptr;
}

const media_v2_entity* CameraGraph::entity(uint32_t id) const {
    for (const media_v2_entity& e : entities_) {
        if (e.id == id) return &e;
    }
    return nullptr;
}

const media_v2_entity& CameraGraph::entity(const std::string& name) const {
    for (const media_v2_entity& e : entities_) {
        if (name == e.name) return e;
    }
    throw Error{node_ + ": has no block called " + name};
}

const media_v2_pad* CameraGraph::pad(uint32_t id) const {
    for (const media_v2_pad& p : pads_) {
        if (p.id == id) return &p;
    }
    return nullptr;
}

const media_v2_entity* CameraGraph::feeding(const media_v2_entity& sink) const {
    for (const media_v2_link& l : links_) {
        if (is_interface_link(l) || !(l.flags & MEDIA_LNK_FL_ENABLED)) continue;
        const media_v2_pad *from = pad(l.source_id), *to = pad(l.sink_id);
        if (from && to && to->entity_id == sink.id) return entity(from->entity_id);
    }
    return nullptr;
}

Fd CameraGraph::open_sensor() const {
    const media_v2_entity* at = capture_;
    while (at && at->function != MEDIA_ENT_F_CAM_SENSOR) at = feeding(*at);
    if (!at) throw Error{node_ + ": no sensor is linked to the capture node"};
    return open_node(*at);
}

Fd CameraGraph::open_subdevice(const std::string& name) const { return open_node(entity(name)); }

Fd CameraGraph::open_node(const media_v2_entity& e) const {
    uint64_t device = 0;
    for (const media_v2_link& l : links_) {
        if (!is_interface_link(l) || l.sink_id != e.id) continue;
        for (const media_v2_interface& i : interfaces_) {
            if (i.id == l.source_id) device = device_of(i);
        }
    }
    for (unsigned i = 0; i < kMostNodes; ++i) {
        Fd fd{::open(("/dev/v4l-subdev" + std::to_string(i)).c_str(), O_RDWR | O_CLOEXEC)};
        if (fd.get() >= 0 && device_of(fd.get()) == device) return fd;
    }
    throw Error{std::string{e.name} + ": its sub-device has no node"};
}

void CameraGraph::set_link(const media_v2_link& l, bool enabled) const {
    const media_v2_pad *from = pad(l.source_id), *to = pad(l.sink_id);
    media_link_desc d{};
    d.source.entity = from->entity_id;
    d.source.index = static_cast<__u16>(from->index);
    d.sink.entity = to->entity_id;
    d.sink.index = static_cast<__u16>(to->index);
    d.flags = enabled ? l.flags | MEDIA_LNK_FL_ENABLED : l.flags & ~MEDIA_LNK_FL_ENABLED;
    if (::ioctl(media_.get(), MEDIA_IOC_SETUP_LINK, &d) != 0)
        throw SystemError{node_, "MEDIA_IOC_SETUP_LINK"};
}

void CameraGraph::link(const std::string& source, const std::string& sink) {
    const media_v2_entity &from = entity(source), &to = entity(sink);
    media_v2_link* wanted = nullptr;
    for (media_v2_link& l : links_) {
        const media_v2_pad *a = pad(l.source_id), *b = pad(l.sink_id);
        if (is_interface_link(l) || !a || !b || b->entity_id != to.id || b->index != 0) continue;
        if (a->entity_id == from.id) {
            wanted = &l;
        } else if (l.flags & MEDIA_LNK_FL_ENABLED) {
            set_link(l, false);
            l.flags &= ~MEDIA_LNK_FL_ENABLED;
        }
    }
    if (!wanted) throw Error{node_ + ": " + source + " cannot feed " + sink};
    set_link(*wanted, true);
    wanted->flags |= MEDIA_LNK_FL_ENABLED;
}

void set_sensor_size(const V4l2Device& camera, Size size) {
    const Fd sensor = CameraGraph{camera}.open_sensor();
    v4l2_subdev_format f{};
    f.which = V4L2_SUBDEV_FORMAT_ACTIVE;
    if (::ioctl(sensor.get(), VIDIOC_SUBDEV_G_FMT, &f) != 0)
        throw SystemError{"sensor", "VIDIOC_SUBDEV_G_FMT"};
    f.format.width = size.width;
    f.format.height = size.height;
    if (::ioctl(sensor.get(), VIDIOC_SUBDEV_S_FMT, &f) != 0)
        throw SystemError{"sensor", "VIDIOC_SUBDEV_S_FMT"};
    if (f.format.width != size.width || f.format.height != size.height)
        throw Error{camera.node() + ": the sensor does not send pictures of this size"};
}

}  // namespace apps::runner
