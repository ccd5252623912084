// The sensor on its two wires. Expectations: hardware/fimc.md section 11 and the public S5K6AA register
// scheme.
#include "models/camera/sensor_core.hpp"

#include <catch2/catch.hpp>

using namespace exysim::camera;

namespace {

void send(SensorCore& sensor, std::initializer_list<int> bytes) {
    REQUIRE(sensor.start(false));
    for (const int byte : bytes) REQUIRE(sensor.write(static_cast<uint8_t>(byte)));
    sensor.stop();
}
int receive_word(SensorCore& sensor) {
    REQUIRE(sensor.start(true));
    const int high = sensor.read();
    return high << 8 | sensor.read();
}
/// As drivers write a register of the command page.
void command(SensorCore& sensor, int address, int value) {
    send(sensor, {0x00, 0x28, 0x70, 0x00});
    send(sensor, {0x00, 0x2A, address >> 8, address & 0xFF});
    send(sensor, {0x0F, 0x12, value >> 8, value & 0xFF});
}

}  // namespace

TEST_CASE("sensor: a driver finds API version 1", "[camera]") {
    SensorCore sensor;
    send(sensor, {0x00, 0x2C, 0x70, 0x00});
    send(sensor, {0x00, 0x2E, 0x01, 0x2E});
    send(sensor, {0x0F, 0x12});
    CHECK(receive_word(sensor) == 1);
}

TEST_CASE("sensor: data in one message go to neighbouring registers", "[camera]") {
    SensorCore sensor;
    send(sensor, {0x00, 0x28, 0x70, 0x00});
    send(sensor, {0x00, 0x2A, 0x02, 0x42});
    send(sensor, {0x0F, 0x12, 0x05, 0x00, 0x02, 0xD0});
    CHECK(sensor.command(SensorCore::kOutWidth) == 1280);
    CHECK(sensor.command(SensorCore::kOutHeight) == 720);
}

TEST_CASE("sensor: reading counts the read address up, not the write address", "[camera]") {
    SensorCore sensor;
    command(sensor, 0x0242, 0x1234);
    command(sensor, 0x0244, 0x5678);
    send(sensor, {0x00, 0x2C, 0x70, 0x00});
    send(sensor, {0x00, 0x2E, 0x02, 0x42});
    send(sensor, {0x0F, 0x12});
    CHECK(receive_word(sensor) == 0x1234);
    CHECK(receive_word(sensor) == 0x5678);
    send(sensor, {0x0F, 0x12, 0x00, 0x01});  // goes behind the last write
    CHECK(sensor.command(0x0246) == 1);
}

TEST_CASE("sensor: the stream starts and stops when the change is announced", "[camera]") {
    SensorCore sensor;
    std::vector<bool> seen;
    sensor.stream_changed = [&](bool on) { seen.push_back(on); };
    command(sensor, SensorCore::kEnablePreview, 1);
    CHECK(seen.empty());
    command(sensor, SensorCore::kEnablePreviewChanged, 1);
    CHECK(seen == std::vector<bool>{true});
    command(sensor, SensorCore::kEnablePreview, 0);
    command(sensor, SensorCore::kEnablePreviewChanged, 1);
    CHECK(seen == std::vector<bool>{true, false});
}

TEST_CASE("sensor: the frame time in 0.1 ms is the nearest whole rate", "[camera]") {
    SensorCore sensor;
    CHECK(sensor.frames_per_second() == 30);
    const int rates[][2] = {{333, 30}, {166, 60}, {400, 25}, {10'000, 1}, {60'000, 1}, {1, 120}};
    for (const auto& [time, rate] : rates) {
        command(sensor, SensorCore::kMaxFrameTime, time);
        CHECK(sensor.frames_per_second() == static_cast<uint32_t>(rate));
    }
}
