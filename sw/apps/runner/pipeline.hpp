// A pipeline from a camera to a screen, with stages in between: buffers are allocated by the camera's driver
// and by each stage's, exported as dma-buf file descriptors and imported by who comes next; or they are
// memory of the program's own, which camera and display are given by pointer. Without a cpu stage the CPU
// touches no pixel.
//
//   camera --DQBUF--> stage 0 ... stage n --QBUF(fd) or page flip--> display
//          <--QBUF---         <---recycle                <--DQBUF or event--
#pragma once

#include <cstdint>
#include <vector>

#include "apps/runner/scenario.hpp"
#include "apps/runner/sink.hpp"
#include "apps/runner/stage.hpp"
#include "apps/runner/v4l2_device.hpp"

namespace apps::runner {

class CameraToDisplay {
public:
    /// Opens and programs all devices and shares the buffers. Throws Error.
    explicit CameraToDisplay(const Pipeline& pipeline);

    /// Shows exactly `frames` pictures, each once or more, the last one for a whole display frame; then stops
    /// all devices.
    void run(uint32_t frames);

private:
    struct Shared {
        Mapping pixels;  ///< for whoever wants to look
        Fd dmabuf;       ///< none of the program's own memory
        Fd second;       ///< of formats whose planes lie apart
    };
    void export_buffers(const Buffers& wanted);
    void allocate_buffers(const Buffers& wanted);
    void give_to_camera(uint32_t index);
    std::vector<PlaneFds> captured() const;
    std::vector<int> connect(const std::vector<Stage>& stages);
    void start();
    void stop();
    void step();
    void wait();
    void pump_stages();
    /// A picture for stage `to`, or for the display behind the last one.
    void forward(size_t to, const Picture& picture);
    /// The buffer that stage `from` (or the display) had is free.
    void release(size_t from, uint32_t index);
    void let_last_frame_show() const;

    V4l2Device camera_;
    std::unique_ptr<Display> display_;
    std::vector<std::unique_ptr<StageWorker>> stages_;
    std::vector<Shared> buffers_;
    uint32_t frames_ = 0;    // to be shown
    uint32_t sent_ = 0;      // pictures queued to the display
    uint32_t returned_ = 0;  // pictures the display gave back
};

}  // namespace apps::runner
