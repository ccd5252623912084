// What the kernel's logic asks of the rest of the kernel. Time stands still; the log goes to stderr.
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "core/lock.hpp"
#include "core/log.hpp"
#include "core/time.hpp"
#include "driver/device.hpp"
#include "driver/i2c.hpp"
#include "driver/power.hpp"
#include "media/camera_source.hpp"
#include "tests/support/kernel_host/log.hpp"

namespace kernel_test {

namespace {
bool caught = false;
uint32_t lines = 0;
}  // namespace

CaughtLog::CaughtLog() { caught = true, lines = 0; }
CaughtLog::~CaughtLog() { caught = false; }
uint32_t CaughtLog::take() { return std::exchange(lines, 0U); }

}  // namespace kernel_test

namespace kernel {

uint64_t now_ns() { return 0; }
void sleep_ns(uint64_t) {}
void udelay(uint32_t) {}

namespace {
void print(const char* format, va_list& args) {
    ++kernel_test::lines;
    if (kernel_test::caught) return;
    std::vfprintf(stderr, format, args);
    std::fputc('\n', stderr);
}
}  // namespace

#define EXYSIM_LOG(name)                 \
    void name(const char* format, ...) { \
        va_list args;                    \
        va_start(args, format);          \
        print(format, args);             \
        va_end(args);                    \
    }
EXYSIM_LOG(log_info)
EXYSIM_LOG(log_warn)
EXYSIM_LOG(log_error)
#undef EXYSIM_LOG

void panic(const char* format, ...) {
    va_list args;
    va_start(args, format);
    std::vfprintf(stderr, format, args);
    std::abort();
}

// One thread: whoever locks twice would wait for itself.
void Mutex::lock() {
    if (!try_lock()) panic("a mutex is locked twice");
}
bool Mutex::try_lock() {
    if (owner_) return false;
    owner_ = reinterpret_cast<Thread*>(this);
    return true;
}
void Mutex::unlock() { owner_ = nullptr; }

// Probing needs a device tree and a machine: there is none here.
Result<Mmio> Device::map(uint32_t) { return Errno::kNoEnt; }
Result<I2cBus*> i2c_bus_of(Node) { return Errno::kProbeDefer; }
Result<> power_on(Node) { return Errno::kNoDev; }
Result<> register_subdevice(Subdevice&) { return Errno::kNoDev; }
MediaEntity::~MediaEntity() = default;
Subdevice::~Subdevice() = default;
CameraSource::~CameraSource() = default;
Result<> add_camera_source(CameraSource&, bool) { return Errno::kNoDev; }

}  // namespace kernel
