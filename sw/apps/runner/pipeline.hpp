// A camera-to-screen pipeline: buffers are allocated by the camera's driver, exported as dma-buf file
// descriptors and imported by the display's driver. The CPU touches no pixel.
//
//   camera --DQBUF--> index --QBUF(fd) or page flip--> display --DQBUF or event--> index --QBUF--> camera
#pragma once

#include <cstdint>
#include <vector>

#include "apps/runner/scenario.hpp"
#include "apps/runner/sink.hpp"
#include "apps/runner/v4l2_device.hpp"

namespace apps::runner {

class CameraToDisplay {
public:
    /// Opens and programs both devices and shares the buffers. Throws Error.
    explicit CameraToDisplay(const Pipeline& pipeline);

    /// Shows exactly `frames` camera frames, each once or more, the last one for a whole display frame; then
    /// stops both devices.
    void run(uint32_t frames);

private:
    struct Shared {
        Mapping pixels;  ///< write-combined, for whoever wants to look
        Fd dmabuf;
    };
    void start();
    void step(uint32_t frames);
    void on_captured(uint32_t frames);
    void on_displayed();
    void let_last_frame_show() const;

    V4l2Device camera_;
    std::unique_ptr<Display> display_;
    std::vector<Shared> buffers_;
    uint32_t sent_ = 0;      // frames queued to the display
    uint32_t returned_ = 0;  // frames the display gave back
};

}  // namespace apps::runner
