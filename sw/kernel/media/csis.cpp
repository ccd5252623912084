#include "media/csis.hpp"

#include "core/log.hpp"
#include "core/rollback.hpp"
#include "driver/device.hpp"
#include "driver/power.hpp"
#include "media/fimc.hpp"
#include "mm/vmalloc.hpp"

namespace kernel {

namespace {

// PMU: MIPI_PHYn_CONTROL, system.md section 5
constexpr uint32_t kPhyControls = 0x710, kPhyEnable = 1 << 0, kReceiverRunning = 1 << 1;

}  // namespace

Csis::Csis(Mmio regs, Mmio phy, uint32_t number, uint32_t lanes, CameraSensor& sensor)
    : CameraSource{MEDIA_ENT_F_VID_IF_BRIDGE, {MEDIA_PAD_FL_SINK, MEDIA_PAD_FL_SOURCE}},
      receiver_{regs},
      phy_{phy},
      number_{number},
      lanes_{lanes},
      sensor_{sensor} {
    format_text(name, sizeof name, "s5p-mipi-csis.%u", number);
}

void Csis::power(bool on) const {
    const uint32_t at = kPhyControls + 4 * number_;
    phy_.update32(at, kPhyEnable | kReceiverRunning, on ? kPhyEnable | kReceiverRunning : 0);
}

/// The receiver is ready before the sensor sends.
Result<> Csis::start(const v4l2_mbus_framefmt& expected) {
    const MutexGuard guard{lock_};
    if (users_ == 0) {
        errors_ = 0;
        power(true);
        receiver_.start(expected.width, expected.height, bus_data_type(expected.code), lanes_);
    }
    auto started = sensor_.start(expected);
    if (!started && users_ == 0) {
        receiver_.stop();
        power(false);
    }
    TRY(started);
    ++users_;
    return Ok{};
}

Result<> Csis::stop() {
    const MutexGuard guard{lock_};
    auto stopped = sensor_.stop();
    if (--users_ != 0) return stopped;
    receiver_.stop();
    power(false);
    if (errors_) log_warn("%s: %u errors on the link", name, errors_);
    return stopped;
}

void Csis::interrupt(void* context) {
    Csis& csis = *static_cast<Csis*>(context);
    if (csis.receiver_.take_errors()) ++csis.errors_;
}

namespace {

/// The endpoint of its port, whose number says which camera of the board that is.
Node endpoint_of(Node csis) {
    for (Node child = csis.first_child(); child; child = child.next_sibling()) {
        if (const Node endpoint = child.first_child()) return endpoint;
    }
    return {};
}

/// Errors: kProbeDefer the sensor's driver is not bound yet; kNoEnt there is none.
Result<CameraSensor*> sensor_behind(Node endpoint) {
    const Property remote = endpoint ? endpoint.property("remote-endpoint") : Property{};
    const Node other = remote ? fdt_by_phandle(remote.cell(0)) : Node{};
    if (!other) return Errno::kNoEnt;
    const Device* device = device_of(fdt_parent(fdt_parent(other)));
    if (!device) return Errno::kProbeDefer;
    return static_cast<CameraSensor*>(device->data);
}

/// Which receiver it is, and the PMU's registers: `phys` is the PHY's node, a child of the PMU's, and twice
/// the number.
struct Phy {
    Mmio pmu;
    uint32_t number;
};
Result<Phy> phy_of(Device& csis) {
    const Property phys = csis.node.property("phys");
    if (!phys || phys.cells() < 2) return Errno::kNoEnt;
    const Window pmu = TRY(node_reg(fdt_parent(fdt_by_phandle(phys.cell(0)))));
    return Phy{TRY(csis.map(pmu)), phys.cell(1) / 2};
}

Result<> probe(Device& device) {
    const Node endpoint = endpoint_of(device.node);
    CameraSensor* sensor = TRY(sensor_behind(endpoint));
    const IrqLine line = TRY(device.irq());
    const Property lanes = endpoint.property("data-lanes");
    if (!lanes) return Errno::kNoEnt;
    TRY(power_on(device.node));
    const Phy phy = TRY(phy_of(device));
    auto csis = TRY(make<Csis>(TRY(device.map()), phy.pmu, phy.number, lanes.cells(), *sensor));
    TRY(request_irq(line, Csis::interrupt, csis.get(), device.name));
    Rollback interrupts{[&] { free_irq(line); }};
    TRY(register_subdevice(*csis));
    TRY(media_graph().connect(sensor->output(), csis->pads[Csis::kSinkPad],
                              MEDIA_LNK_FL_ENABLED | MEDIA_LNK_FL_IMMUTABLE));
    TRY(add_camera_source(*csis, false));
    interrupts.cancel();
    device.data = csis.release();
    return Ok{};
}

constexpr const char* kCompatible[] = {"samsung,exynos4210-csis", nullptr};
constexpr Driver kDriver{"s5p-csis", kCompatible, probe};
REGISTER_DRIVER(kDriver);

}  // namespace

}  // namespace kernel
