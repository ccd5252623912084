#include "media/sensor.hpp"

#include "core/ref.hpp"
#include "core/string.hpp"

namespace kernel {

namespace {

// Directly addressed registers, and those in page 0x7000 that they lead to. 16-bit address and data,
// big-endian.
constexpr uint16_t kWritePage = 0x0028, kWriteAddress = 0x002A, kReadPage = 0x002C, kReadAddress = 0x002E,
                   kData = 0x0F12;
constexpr uint16_t kPage = 0x7000;
constexpr uint16_t kApiVersion = 0x012E, kEnablePreview = 0x01F0, kEnablePreviewChanged = 0x01F2,
                   kNewConfigSync = 0x01F8, kPreviewConfigChanged = 0x021E, kOutWidth = 0x0242,
                   kOutHeight = 0x0244, kMaxFrameTime = 0x0254, kMinFrameTime = 0x0256;
constexpr uint16_t kKnownApi = 1;
constexpr uint32_t kFrameTimeUnits = 10'000;  // a second in 0.1 ms

/// Assumed: the chip's own limit is 1280x1024; the model sends what the camera interface takes.
constexpr PadSizes kSizes{16, 4224, 8, 4096};
constexpr uint32_t kWidthStep = 8, kHeightStep = 2;

void put16(uint8_t* to, uint16_t v) {
    to[0] = static_cast<uint8_t>(v >> 8);
    to[1] = static_cast<uint8_t>(v);
}

}  // namespace

Sensor::Sensor(I2cBus& bus, uint8_t address, CameraPort port)
    : CameraSensor{MEDIA_BUS_FMT_YUYV8_2X8, kSizes, kWidthStep, kHeightStep},
      bus_{bus},
      address_{address},
      port_{port} {
    copy_text(name, port == CameraPort::itu_a ? "S5K6AA" : "S5K6AA.B");
}

Result<> Sensor::write(uint16_t reg, uint16_t value) {
    uint8_t message[4];
    put16(message, reg);
    put16(message + 2, value);
    return bus_.transfer(address_, message, {});
}

Result<uint16_t> Sensor::read(uint16_t reg) {
    uint8_t message[2], answer[2];
    put16(message, reg);
    TRY(bus_.transfer(address_, message, answer));
    return static_cast<uint16_t>(answer[0] << 8 | answer[1]);
}

Result<> Sensor::write_paged(uint16_t reg, uint16_t value) {
    TRY(write(kWritePage, kPage));
    TRY(write(kWriteAddress, reg));
    return write(kData, value);
}

Result<uint16_t> Sensor::read_paged(uint16_t reg) {
    TRY(write(kReadPage, kPage));
    TRY(write(kReadAddress, reg));
    return read(kData);
}

Result<> Sensor::identify() {
    if (TRY(read_paged(kApiVersion)) != kKnownApi) return Errno::kNoDev;
    return Ok{};
}

Result<uint32_t> Sensor::code_number(uint32_t index) const {
    if (index != 0) return Errno::kInval;
    return uint32_t{MEDIA_BUS_FMT_YUYV8_2X8};
}

Result<> Sensor::begin(uint32_t rate) {
    TRY(configure(rate));
    return stream(true);
}

Result<> Sensor::configure(uint32_t rate) {
    const auto frame_time = static_cast<uint16_t>(kFrameTimeUnits / rate);
    TRY(write_paged(kOutWidth, static_cast<uint16_t>(width())));
    TRY(write_paged(kOutHeight, static_cast<uint16_t>(height())));
    TRY(write_paged(kMaxFrameTime, frame_time));
    TRY(write_paged(kMinFrameTime, frame_time));
    TRY(write_paged(kPreviewConfigChanged, 1));
    return write_paged(kNewConfigSync, 1);
}

Result<> Sensor::stream(bool on) {
    TRY(write_paged(kEnablePreview, on ? 1 : 0));
    return write_paged(kEnablePreviewChanged, 1);
}

namespace {

/// The parallel port at the other end of the sensor's wires: 1 is A, 2 is B.
CameraPort port_of(Node sensor) {
    constexpr uint32_t kPortB = 2;
    const Property remote = sensor.child("port").first_child().property("remote-endpoint");
    const Node endpoint = remote ? fdt_by_phandle(remote.cell(0)) : Node{};
    const Property number = endpoint ? fdt_parent(endpoint).property("reg") : Property{};
    return number && number.cell(0) == kPortB ? CameraPort::itu_b : CameraPort::itu_a;
}

Result<> probe(Device& device) {
    I2cBus* bus = TRY(i2c_bus_of(device.node));
    const Property reg = device.node.property("reg");
    if (!reg) return Errno::kNoEnt;
    auto sensor = TRY(make<Sensor>(*bus, static_cast<uint8_t>(reg.cell(0)), port_of(device.node)));
    TRY(sensor->identify());
    TRY(register_subdevice(*sensor));
    TRY(add_camera_source(*sensor, true));
    device.data = sensor.release();
    return Ok{};
}

constexpr const char* kCompatible[] = {"samsung,s5k6aa", nullptr};
constexpr Driver kDriver{"s5k6aa", kCompatible, probe};
REGISTER_DRIVER(kDriver);

}  // namespace

}  // namespace kernel
