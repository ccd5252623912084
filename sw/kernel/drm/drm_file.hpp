// An open DRM node: its handles, its events and its ioctls.
#pragma once

#include "drm/device.hpp"
#include "drm/g2d_session.hpp"
#include "drm/ioctl_row.hpp"

namespace kernel::drm {

class DrmFile final : public File {
public:
    DrmFile(DrmDevice& d, bool is_render_node);
    ~DrmFile() override;

    Result<uint32_t> ioctl(uint32_t command, UserAddr argument) override;
    Result<uint32_t> read(UserAddr to, uint32_t room) override {
        return events.read(to, room, nonblocking());
    }
    uint32_t poll(PollTable* table) override { return events.poll(table); }
    Result<> mmap(Vma& vma) override;

    DrmDevice& device;
    const bool render_node;
    HandleTable handles;
    EventQueue events;
    G2dSession g2d;
    bool universal_planes = false, atomic = false;  ///< client capabilities
    bool bus_id_set = false;                        ///< SET_VERSION was called

    bool is_master() const { return device.master == this; }

private:
    Result<> check_access(const IoctlRow& row) const;
};

}  // namespace kernel::drm
