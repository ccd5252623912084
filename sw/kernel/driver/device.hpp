// The device model: nodes of the device tree find their drivers by `compatible`; drivers whose resources are
// not there yet say kProbeDefer and are asked again.
#pragma once

#include "arch/mmio.hpp"
#include "core/irq.hpp"
#include "core/list.hpp"
#include "core/ref.hpp"
#include "core/result.hpp"
#include "driver/fdt.hpp"

namespace kernel {

struct Driver;

/// One device that a driver may serve.
struct Device {
    ListNode list_node;
    Node node;
    const Driver* driver = nullptr;  ///< bound
    void* data = nullptr;            ///< the driver's own object
    char name[48] = "";              ///< "11800000.fimc", as Linux's platform bus

    /// Maps register window `index`, or one of another node. A probe that fails need not take it back.
    /// Errors: kNoEnt, kNoMem, kNoSpc.
    Result<Mmio> map(uint32_t index = 0);
    Result<Mmio> map(const Window& window);
    /// Removes all that map() made.
    void unmap();
    /// Interrupt `index` of the node. Errors: kNoEnt, kProbeDefer while its controller is not there.
    Result<IrqLine> irq(uint32_t index = 0) const;

private:
    static constexpr uint32_t kMostWindows = 4;
    VirtAddr windows_[kMostWindows];
    uint32_t window_count_ = 0;
};

struct Driver {
    const char* name;
    const char* const* compatible;  ///< ends with nullptr
    Result<> (*probe)(Device& device);
};

/// Puts a driver into the kernel's table (a linker section).
#define REGISTER_DRIVER(driver) \
    [[gnu::used, gnu::section(".drivers")]] const ::kernel::Driver* const registered_##driver = &driver

/// Something without a device of its own that is set up once, before devices are probed.
struct Service {
    const char* name;
    Result<> (*start)();
};
/// Puts a service into the kernel's table (a linker section).
#define REGISTER_SERVICE(service) \
    [[gnu::used, gnu::section(".services")]] const ::kernel::Service* const registered_##service = &service
/// Starts one part of the kernel that it can do without; an error is named in the log.
void start_part(const char* name, Result<> (*start)());
/// Starts all services; one that fails is named in the log and left out.
void start_services();

/// Makes devices of all enabled nodes and probes until nothing changes. `early` drivers are the ones that
/// others need.
void probe_devices();
/// The bound device of a node, or null.
Device* device_of(Node node);

/// Interrupt controllers make themselves known under their node.
struct IrqDomain {
    virtual ~IrqDomain() = default;
    virtual IrqLine translate(const uint32_t* cells) = 0;
    virtual uint32_t cells() const = 0;
};
void add_irq_domain(Node node, IrqDomain& domain);
/// Like Device::irq for a node without a device. Understands interrupts-extended.
Result<IrqLine> node_irq(Node node, uint32_t index);

}  // namespace kernel
