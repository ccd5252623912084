#include "apps/runner/camera.hpp"

#include "apps/runner/camera_graph.hpp"

namespace apps::runner {

V4l2Device open_camera(const Source& source) {
    V4l2Device camera = V4l2Device::find(source.device, Queue::capture);
    camera.set_input(source.camera);
    camera.set_format(source.output.format, source.output.size);
    set_sensor_size(camera, source.input.width ? source.input : source.output.size);
    camera.set_rate(source.rate);
    if (source.show_damaged) camera.accept_damaged();
    return camera;
}

std::vector<Fd> make_buffers(V4l2Device& device, const Buffers& wanted) {
    std::vector<Fd> exported;
    const uint32_t given = device.request_buffers(wanted.count, V4L2_MEMORY_MMAP,
                                                  wanted.cached ? V4L2_MEMORY_FLAG_NON_COHERENT : 0);
    for (uint32_t i = 0; i < given; ++i) exported.push_back(device.export_buffer(i));
    return exported;
}

}  // namespace apps::runner
