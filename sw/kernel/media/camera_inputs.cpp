#include "media/camera_inputs.hpp"

namespace kernel {

namespace {

/// The device whose endpoint is at the other end of `port`'s. Errors: kProbeDefer it is not bound.
Result<Sensor*> sensor_behind(Node port) {
    const Property remote = port.first_child().property("remote-endpoint");
    const Node endpoint = remote ? fdt_by_phandle(remote.cell(0)) : Node{};
    if (!endpoint) return Errno::kNoEnt;
    const Device* device = device_of(fdt_parent(fdt_parent(endpoint)));
    if (!device) return Errno::kProbeDefer;
    return static_cast<Sensor*>(device->data);
}

}  // namespace

Result<CameraInputs> camera_inputs(Node camera) {
    CameraInputs found;
    for (Node port = camera.child("parallel-ports").first_child(); port; port = port.next_sibling()) {
        if (found.count == CameraInputs::kMost) break;
        found.at[found.count++] = {port.property("reg").cell(0), TRY(sensor_behind(port))};
    }
    if (found.count == 0) return Errno::kNoDev;
    return found;
}

}  // namespace kernel
