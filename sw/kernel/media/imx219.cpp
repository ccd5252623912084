#include "media/imx219.hpp"

#include <iterator>

#include "core/log.hpp"
#include "core/ref.hpp"

namespace kernel {

namespace {

constexpr uint16_t kChipId = 0x0000, kModeSelect = 0x0100, kLaneMode = 0x0114, kFrameLength = 0x0160,
                   kLineLength = 0x0162, kWidth = 0x016C, kHeight = 0x016E, kOrientation = 0x0172,
                   kDataFormat = 0x018C, kTestPattern = 0x0600;
constexpr uint16_t kChip = 0x0219, kTwoLanes = 1;
constexpr uint32_t kPixelRate = 182'400'000;  // pixels a second on two lanes of 912 Mbit/s
constexpr uint32_t kLinePixels = 3448;        // with blanking
constexpr uint32_t kLeastBlank = 4, kMostLines = 0xFFFF;
constexpr PadSizes kSizes{16, 3280, 8, 2464};
constexpr uint32_t kWidthStep = 4, kHeightStep = 2;  // whole groups of RAW10, whole pairs of colours

/// By orientation: bit 0 mirrored, bit 1 flipped.
constexpr uint32_t kTenBits[] = {MEDIA_BUS_FMT_SRGGB10_1X10, MEDIA_BUS_FMT_SGRBG10_1X10,
                                 MEDIA_BUS_FMT_SGBRG10_1X10, MEDIA_BUS_FMT_SBGGR10_1X10};
constexpr uint32_t kEightBits[] = {MEDIA_BUS_FMT_SRGGB8_1X8, MEDIA_BUS_FMT_SGRBG8_1X8,
                                   MEDIA_BUS_FMT_SGBRG8_1X8, MEDIA_BUS_FMT_SBGGR8_1X8};

constexpr const char* kPatterns[] = {"Disabled", "Color Bars", "Solid Color", "Grey Color Bars", "PN9"};
constexpr uint8_t kPatternCodes[] = {0, 2, 1, 3, 4};
constexpr ControlInfo kControls[] = {
    control_class(V4L2_CID_USER_CLASS, "User Controls"),
    {V4L2_CID_HFLIP, "Horizontal Flip", V4L2_CTRL_TYPE_BOOLEAN, 0, 1, 1, 0},
    {V4L2_CID_VFLIP, "Vertical Flip", V4L2_CTRL_TYPE_BOOLEAN, 0, 1, 1, 0},
    control_class(V4L2_CID_IMAGE_PROC_CLASS, "Image Processing Controls"),
    {V4L2_CID_TEST_PATTERN, "Test Pattern", V4L2_CTRL_TYPE_MENU, 0, 4, 1, 0, kPatterns},
};

}  // namespace

Imx219::Imx219(I2cBus& bus, uint8_t address)
    : CameraSensor{kTenBits[0], kSizes, kWidthStep, kHeightStep},
      bus_{bus},
      address_{address},
      controls_{kControls, std::size(kControls), on_change, this} {
    format_text(name, sizeof name, "imx219 0-00%02x", address);
}

Result<> Imx219::write8(uint16_t reg, uint8_t value) {
    const uint8_t message[] = {static_cast<uint8_t>(reg >> 8), static_cast<uint8_t>(reg), value};
    return bus_.transfer(address_, message, {});
}

Result<> Imx219::write16(uint16_t reg, uint16_t value) {
    const uint8_t message[] = {static_cast<uint8_t>(reg >> 8), static_cast<uint8_t>(reg),
                               static_cast<uint8_t>(value >> 8), static_cast<uint8_t>(value)};
    return bus_.transfer(address_, message, {});
}

Result<uint16_t> Imx219::read16(uint16_t reg) {
    const uint8_t message[] = {static_cast<uint8_t>(reg >> 8), static_cast<uint8_t>(reg)};
    uint8_t answer[2];
    TRY(bus_.transfer(address_, message, answer));
    return static_cast<uint16_t>(answer[0] << 8 | answer[1]);
}

Result<> Imx219::identify() {
    if (TRY(read16(kChipId)) != kChip) return Errno::kNoDev;
    return Ok{};
}

Result<uint32_t> Imx219::code_number(uint32_t index) const {
    if (index > 1) return Errno::kInval;
    return (index == 0 ? kTenBits : kEightBits)[(mirrored_ ? 1 : 0) + (flipped_ ? 2 : 0)];
}

bool Imx219::ten_bits() const {
    for (const uint32_t c : kTenBits) {
        if (c == code()) return true;
    }
    return false;
}

uint32_t Imx219::fastest() const { return kPixelRate / (kLinePixels * (height() + kLeastBlank)); }

Result<> Imx219::begin(uint32_t rate) {
    const uint32_t lines = kPixelRate / (kLinePixels * rate);
    const uint8_t bits = ten_bits() ? 10 : 8;
    TRY(write8(kLaneMode, kTwoLanes));
    TRY(write16(kFrameLength, static_cast<uint16_t>(lines < kMostLines ? lines : kMostLines)));
    TRY(write16(kLineLength, kLinePixels));
    TRY(write16(kWidth, static_cast<uint16_t>(width())));
    TRY(write16(kHeight, static_cast<uint16_t>(height())));
    TRY(write8(kOrientation, static_cast<uint8_t>((mirrored_ ? 1 : 0) | (flipped_ ? 2 : 0))));
    TRY(write16(kDataFormat, static_cast<uint16_t>(bits << 8 | bits)));
    TRY(write16(kTestPattern, kPatternCodes[pattern_]));
    return write8(kModeSelect, 1);
}

Result<> Imx219::end() { return write8(kModeSelect, 0); }

Result<> Imx219::on_change(void* context, uint32_t control, int32_t value) {
    return static_cast<Imx219*>(context)->change(control, value);
}

Result<> Imx219::change(uint32_t control, int32_t value) {
    if (sending()) return Errno::kBusy;
    const bool ten = ten_bits();
    if (control == V4L2_CID_HFLIP) mirrored_ = value;
    if (control == V4L2_CID_VFLIP) flipped_ = value;
    if (control == V4L2_CID_TEST_PATTERN) pattern_ = static_cast<uint32_t>(value);
    set_code(code_number(ten ? 0 : 1).take());
    return Ok{};
}

namespace {

Result<> probe(Device& device) {
    I2cBus* bus = TRY(i2c_bus_of(device.node));
    const Property reg = device.node.property("reg");
    if (!reg) return Errno::kNoEnt;
    auto sensor = TRY(make<Imx219>(*bus, static_cast<uint8_t>(reg.cell(0))));
    TRY(sensor->identify());
    TRY(register_subdevice(*sensor));
    device.data = static_cast<CameraSensor*>(sensor.release());
    return Ok{};
}

constexpr const char* kCompatible[] = {"sony,imx219", nullptr};
constexpr Driver kDriver{"imx219", kCompatible, probe};
REGISTER_DRIVER(kDriver);

}  // namespace

}  // namespace kernel
