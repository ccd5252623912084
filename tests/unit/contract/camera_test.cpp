// The kernel's camera drivers program the camera models.
#include "media/csis_receiver.hpp"
#include "media/fimc.hpp"
#include "media/sensor.hpp"
#include "media/videodev.hpp"
#include "models/camera/csis_core.hpp"
#include "models/camera/fimc_core.hpp"
#include "models/camera/sensor_core.hpp"
#include "tests/unit/contract/no_faults.hpp"

using namespace exysim;
using namespace exysim::camera;

namespace {

constexpr FrameSize kSize{640, 480};

constexpr kernel::Rect kWhole{0, 0, kSize.width, kSize.height};

struct Pair {
    FimcCore core;
    kernel::Fimc fimc{kernel::Mmio{core.regs}};

    explicit Pair(uint32_t fourcc, kernel::CameraPort port = kernel::CameraPort::itu_a) {
        test::allow_no_fault(core.regs, "fimc");
        const kernel::PixelFormat& format = *kernel::pixel_format(fourcc).take();
        fimc.reset();
        fimc.configure_capture({.port = port, .frame = {nullptr, kSize.width, kSize.height, kWhole}},
                               {&format, kSize.width, kSize.height, kWhole});
        for (uint32_t slot = 0; slot < kernel::Fimc::kSlots; ++slot)
            fimc.set_output(slot, addresses(slot, format));
        fimc.start_capture();
    }
    static kernel::Iova base(uint32_t slot) { return kernel::Iova{0x1000'0000 + slot * 0x10'0000}; }

private:
    static kernel::PictureAddresses addresses(uint32_t slot, const kernel::PixelFormat& format) {
        const auto at = [&](uint32_t plane) {
            return base(slot) + format.place(plane, kSize.width, kSize.height).offset;
        };
        return {at(0), {at(1), at(2)}};
    }
};

/// A wire without time: the messages reach the sensor at once.
struct Wire : kernel::I2cBus {
    SensorCore sensor;
    kernel::Result<> transfer(uint8_t address, std::span<const uint8_t> write,
                              std::span<uint8_t> read) override {
        if (address != 0x3C) return kernel::Errno::kNxIo;
        if (!write.empty()) sensor.start(false);
        for (const uint8_t byte : write) sensor.write(byte);
        if (!read.empty()) sensor.start(true);
        for (uint8_t& byte : read) byte = sensor.read();
        sensor.stop();
        return kernel::Ok{};
    }
};

}  // namespace

TEST_CASE("camera contract: each format's planes are where V4L2 says", "[contract]") {
    using Kind = PixelLayout::Kind;
    constexpr uint32_t kLuma = kSize.width * kSize.height;
    struct Row {
        uint32_t fourcc;
        Kind kind;
        uint8_t order;
        uint32_t cb, cr;  // behind the first byte
    };
    const Row rows[] = {
        {V4L2_PIX_FMT_NV12, Kind::semiplanar_420, 0, kLuma, 0},
        {V4L2_PIX_FMT_NV21, Kind::semiplanar_420, 1, kLuma, 0},
        {V4L2_PIX_FMT_YUV420, Kind::planar_420, 0, kLuma, kLuma + kLuma / 4},
        {V4L2_PIX_FMT_YUYV, Kind::packed_422, 0, 0, 0},
    };
    for (const Row& row : rows) {
        Pair p{row.fourcc};
        const FrameDecision d = p.core.begin_frame(kSize);
        CHECK(d.mistake.empty());
        REQUIRE(d);
        CHECK(d.area().layout.kind == row.kind);
        CHECK(d.area().layout.order == row.order);
        CHECK(d.area().size == kSize);
        CHECK(d.area().canvas == kSize);
        CHECK(d.area().base[0].value == Pair::base(0).value);
        if (row.cb) CHECK(d.area().base[1].value == Pair::base(0).value + row.cb);
        if (row.cr) CHECK(d.area().base[2].value == Pair::base(0).value + row.cr);
    }
}

TEST_CASE("camera contract: slots follow one another and interrupts are acknowledged", "[contract]") {
    Pair p{V4L2_PIX_FMT_NV12};
    for (uint32_t frame = 0; frame < 6; ++frame) {
        const FrameDecision d = p.core.begin_frame(kSize);
        REQUIRE(d);
        CHECK(d.area().base[0].value == Pair::base(frame % 4).value);
        CHECK(p.core.irq());
        p.fimc.acknowledge();
        CHECK_FALSE(p.core.irq());
        p.core.end_frame();
    }
}

TEST_CASE("camera contract: stopping lets the last frame end with an interrupt", "[contract]") {
    Pair p{V4L2_PIX_FMT_NV12};
    REQUIRE(p.core.begin_frame(kSize));
    p.fimc.acknowledge();
    p.fimc.stop_capture();
    CHECK_FALSE(p.core.irq());
    p.core.end_frame();
    CHECK(p.core.irq());
    CHECK_FALSE(p.core.begin_frame(kSize));
    p.fimc.start_capture();
    CHECK(p.core.begin_frame(kSize).area().base[0].value == Pair::base(1).value);  // the ring goes on
}

TEST_CASE("camera contract: the driver's port is the one the interface listens to", "[contract]") {
    using Port = kernel::CameraPort;
    CHECK(Pair{V4L2_PIX_FMT_NV12, Port::itu_a}.core.selected() == CameraPort::itu_a);
    CHECK(Pair{V4L2_PIX_FMT_NV12, Port::itu_b}.core.selected() == CameraPort::itu_b);
    CHECK(Pair{V4L2_PIX_FMT_NV12, Port::mipi_0}.core.selected() == CameraPort::mipi_0);
    CHECK(Pair{V4L2_PIX_FMT_NV12, Port::mipi_1}.core.selected() == CameraPort::mipi_1);
}

TEST_CASE("camera contract: an overflow is seen once", "[contract]") {
    Pair p{V4L2_PIX_FMT_NV12};
    REQUIRE(p.core.begin_frame(kSize));
    CHECK_FALSE(p.fimc.take_overflow());
    p.core.overflow();
    CHECK(p.fimc.take_overflow());
    CHECK_FALSE(p.fimc.take_overflow());
}

TEST_CASE("camera contract: the receiver passes what the driver has set it up for, and tells of the rest",
          "[contract]") {
    CsisCore core;
    test::allow_no_fault(core.regs, "csis");
    const kernel::CsisReceiver receiver{kernel::Mmio{core.regs}};
    constexpr uint32_t kTwoLanes = 2;
    receiver.start(kSize.width, kSize.height, kernel::bus_data_type(MEDIA_BUS_FMT_SGRBG10_1X10), kTwoLanes);
    std::string_view mistake;
    CHECK(core.begin_frame({kSize, kRaw10, kTwoLanes}, true, mistake));
    CHECK(mistake.empty());
    core.end_frame();
    CHECK_FALSE(core.irq());
    CHECK_FALSE(core.begin_frame({kSize, kRaw8, kTwoLanes}, true, mistake));
    CHECK(core.irq());
    CHECK(receiver.take_errors() != 0);
    CHECK_FALSE(core.irq());
    CHECK(receiver.take_errors() == 0);
    receiver.stop();
    CHECK_FALSE(core.begin_frame({kSize, kRaw10, kTwoLanes}, true, mistake));
}

TEST_CASE("camera contract: raw data pass the interface as bytes", "[contract]") {
    FimcCore core;
    test::allow_no_fault(core.regs, "fimc");
    const kernel::Fimc fimc{kernel::Mmio{core.regs}};
    const kernel::PixelFormat& format = *kernel::pixel_format(V4L2_PIX_FMT_SGRBG10P).take();
    fimc.reset();
    fimc.configure_capture({.port = kernel::CameraPort::mipi_0,
                            .raw = true,
                            .data_type = kernel::bus_data_type(MEDIA_BUS_FMT_SGRBG10_1X10),
                            .frame = {nullptr, kSize.width, kSize.height, kWhole}},
                           {&format, kSize.width, kSize.height, kWhole});
    for (uint32_t slot = 0; slot < kernel::Fimc::kSlots; ++slot)
        fimc.set_output(slot, {kernel::Iova{0x4000'0000}, {}});
    fimc.start_capture();
    const FrameDecision d = core.begin_frame({kSize, kRaw10, 2});
    REQUIRE(d);
    CHECK(d.area().layout.kind == PixelLayout::Kind::raw);
    CHECK(d.area().canvas == FrameSize{kSize.width * 5 / 4, kSize.height});
}

TEST_CASE("camera contract: the sensor is found, sized, timed and switched", "[contract]") {
    Wire wire;
    std::vector<bool> streams;
    wire.sensor.stream_changed = [&](bool on) { streams.push_back(on); };
    kernel::Sensor sensor{wire, 0x3C};
    CHECK(sensor.identify());
    CHECK_FALSE(kernel::Sensor{wire, 0x30}.identify());
    for (const uint32_t rate : {15U, 25U, 30U, 50U, 60U}) {
        REQUIRE(sensor.set_rate(rate));
        REQUIRE(sensor.start(sensor.sent()));
        CHECK(wire.sensor.frames_per_second() == rate);
        REQUIRE(sensor.stop());
    }
    CHECK(wire.sensor.command(SensorCore::kOutWidth) == 1280);
    CHECK(wire.sensor.command(SensorCore::kOutHeight) == 720);
    const v4l2_mbus_framefmt hd = sensor.sent();
    v4l2_mbus_framefmt small = hd;
    small.width = 640, small.height = 480;
    REQUIRE(sensor.set_format(0, small));
    streams.clear();
    REQUIRE(sensor.start(small));
    REQUIRE(sensor.start(small));
    CHECK(sensor.start(hd).error() == kernel::Errno::kPipe);  // expects what is not sent
    CHECK(sensor.set_format(0, hd).error() == kernel::Errno::kBusy);
    CHECK(sensor.set_rate(5).error() == kernel::Errno::kBusy);
    REQUIRE(sensor.stop());
    CHECK(streams == std::vector<bool>{true});  // one still watches
    REQUIRE(sensor.stop());
    CHECK(streams == std::vector<bool>{true, false});
}
