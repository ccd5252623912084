// The MIPI receiver between a sensor and FIMC, as a sub-device.
#pragma once

#include "media/camera_source.hpp"
#include "media/csis_receiver.hpp"

namespace kernel {

/// A sub-device with a sink and a source pad, both with what the sensor sends.
class Csis final : public CameraSource {
public:
    enum Pad : uint32_t { kSinkPad, kSourcePad };
    /// `phy`: the PMU's register for its D-PHY.
    Csis(Mmio regs, Mmio phy, uint32_t number, uint32_t lanes, CameraSensor& sensor);

    v4l2_mbus_framefmt format(uint32_t) const override { return sensor_.sent(); }
    void adjust_format(uint32_t pad, v4l2_mbus_framefmt& f) const override { f = format(pad); }
    Result<> set_format(uint32_t, const v4l2_mbus_framefmt&) override { return Ok{}; }

    CameraPort port() const override { return number_ == 0 ? CameraPort::mipi_0 : CameraPort::mipi_1; }
    CameraSource& sensor() override { return sensor_; }
    Result<> start(const v4l2_mbus_framefmt& expected) override;
    Result<> stop() override;

    static void interrupt(void* context);

private:
    void power(bool on) const;

    const CsisReceiver receiver_;
    const Mmio phy_;
    const uint32_t number_, lanes_;
    CameraSensor& sensor_;
    Mutex lock_;  // of users_
    uint32_t users_ = 0;
    uint32_t errors_ = 0;  // frames with some, since start()
};

}  // namespace kernel
