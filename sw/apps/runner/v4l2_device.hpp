// One V4L2 video node with the multi-planar API, as far as a pipeline needs it. Every failing ioctl throws a
// SystemError that names the node and the ioctl.
#pragma once

#include <linux/videodev2.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "apps/runner/dv_mode.hpp"
#include "apps/runner/scenario.hpp"
#include "apps/support/fd.hpp"

namespace apps::runner {

enum class Queue : uint32_t {
    capture = V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE,
    output = V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE,
};

/// One buffer as it is queued. `fd` is used with dma-buf memory only.
struct BufferSlot {
    uint32_t index = 0;
    int fd = -1;
    int second_fd = -1;    ///< of formats whose planes lie apart
    uint32_t bytes = 0;    ///< payload
    void* user = nullptr;  ///< used with a process's memory only
    uint32_t length = 0;   ///< ... so many bytes of it
};

class V4l2Device {
public:
    /// Opens the memory-to-memory node of the aliased device, from its output queue's side.
    static V4l2Device find_converter(const std::string& alias);
    /// The other queue of the same open file.
    V4l2Device other_side(Queue queue) const;
    /// Opens the node whose QUERYCAP.bus_info is "platform:" + the aliased device's bus name.
    static V4l2Device find(const std::string& alias, Queue queue);

    /// Sets size and pixel format; returns the size of the (first) plane in bytes. Throws Error when the
    /// driver chose something else, or more than two planes.
    uint32_t set_format(const std::string& fourcc, Size size);
    /// Chooses what a capture device looks at.
    void set_input(uint32_t index);
    void set_rate(uint32_t frames_per_second);
    /// From now on buffers that the driver calls broken are as good as others; else they throw.
    void accept_damaged() { accept_damaged_ = true; }
    void set_control(uint32_t id, int32_t value);
    /// V4L2_SEL_TGT_*: where the picture comes from or goes to.
    void set_selection(uint32_t target, Size size);
    /// Chooses the display mode; returns its timings.
    v4l2_bt_timings set_mode(const std::string& name);

    /// Returns how many buffers the driver gave, which may be more or fewer than asked. `flags`:
    /// V4L2_MEMORY_FLAG_*.
    uint32_t request_buffers(uint32_t count, v4l2_memory memory, uint8_t flags = 0);
    Mapping map_buffer(uint32_t index) const;
    /// Where in the node's mmap space buffer `index` lies, and how long it is.
    v4l2_plane plane_of(uint32_t index) const;
    Fd export_buffer(uint32_t index, uint32_t plane = 0) const;
    /// 2 when the format's planes lie apart.
    uint32_t planes() const { return planes_; }

    void queue(const BufferSlot& slot);
    /// Takes a finished buffer; call after poll() said there is one.
    BufferSlot dequeue();
    /// The same, if there is one.
    std::optional<BufferSlot> try_dequeue();
    void stream_on();
    void stream_off();

    int fd() const { return fd_.get(); }
    const std::string& node() const { return node_; }

private:
    V4l2Device(Fd fd, std::string node, Queue queue)
        : fd_{std::move(fd)}, node_{std::move(node)}, queue_{queue} {}
    void call(unsigned long request, void* argument, const char* name) const;
    using Planes = std::array<v4l2_plane, 2>;
    v4l2_buffer buffer(Planes& planes) const;

    Fd fd_;
    std::string node_;
    Queue queue_;
    v4l2_memory memory_ = V4L2_MEMORY_MMAP;
    uint32_t planes_ = 1;
    bool accept_damaged_ = false;
};

}  // namespace apps::runner
