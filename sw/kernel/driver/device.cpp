#include "driver/device.hpp"

#include "core/log.hpp"
#include "mm/heap.hpp"
#include "mm/vmalloc.hpp"

namespace kernel {

namespace {

extern "C" const Driver* const __drivers_start[];
extern "C" const Driver* const __drivers_end[];
extern "C" const Service* const __services_start[];
extern "C" const Service* const __services_end[];

List<Device, &Device::list_node> devices;

struct DomainEntry {
    Node node;
    IrqDomain* domain;
};
constexpr uint32_t kMostDomains = 8;
DomainEntry domains[kMostDomains];
uint32_t domain_count;

IrqDomain* domain_of(Node node) {
    for (uint32_t i = 0; i < domain_count; ++i) {
        if (domains[i].node == node) return domains[i].domain;
    }
    return nullptr;
}

/// "fimc@11800000" -> "11800000.fimc".
void platform_name(char (&to)[48], Text node_name) {
    const size_t at = node_name.find('@');
    if (at == node_name.size) return copy_text(to, node_name);
    const Text unit = node_name.from(at + 1);
    format_text(to, sizeof to, "%.*s.%.*s", static_cast<int>(unit.size), unit.data, static_cast<int>(at),
                node_name.data);
}

/// A node without memory for it is left out, alone.
void add_device(Node node) {
    auto device = make<Device>();
    if (!device)
        return log_error("device: no memory for %.*s", static_cast<int>(node.name().size), node.name().data);
    device.value()->node = node;
    platform_name(device.value()->name, node.name());
    Device& added = *device.take().release();
    // What drivers do is told from the first one on: a sanitizer judges devices by what it was told.
    node.compatible("exysim,simctl") ? devices.push_front(added) : devices.push_back(added);
}

void collect(Node parent) {
    for (Node n = parent.first_child(); n; n = n.next_sibling()) {
        if (!n.enabled()) continue;
        if (n.property("compatible")) add_device(n);
        collect(n);
    }
}

const Driver* driver_for(Node node) {
    for (const Driver* const* d = __drivers_start; d != __drivers_end; ++d) {
        for (const char* const* c = (*d)->compatible; *c; ++c) {
            if (node.compatible(*c)) return *d;
        }
    }
    return nullptr;
}

/// A heap block that is still there after a failure has no owner any more.
void expect_nothing_left(const char* name, uint32_t blocks_before) {
    const auto left = static_cast<int>(heap_blocks() - blocks_before);
    if (left != 0) log_error("%s: %d blocks of memory are left behind", name, left);
}

/// True when the device is now bound, or never will be.
bool try_probe(Device& device, const Driver& driver) {
    const uint32_t blocks = heap_blocks();
    auto probed = driver.probe(device);
    if (!probed) {
        device.unmap();
        expect_nothing_left(device.name, blocks);
    }
    if (!probed && probed.error() == Errno::kProbeDefer) return false;
    if (probed) {
        device.driver = &driver;
    } else {
        log_error("%s: driver %s failed: error %d", device.name, driver.name,
                  static_cast<int>(probed.error()));
        device.driver = nullptr;
    }
    return true;
}

/// Interrupt `index` of `interrupts-extended`: walks over entries of different lengths.
Result<IrqLine> extended_irq(const Property& p, uint32_t index) {
    for (uint32_t at = 0; at < p.cells();) {
        const Node controller = fdt_by_phandle(p.cell(at));
        const uint32_t width = controller.property("#interrupt-cells").cell(0);
        if (index-- == 0) {
            IrqDomain* domain = domain_of(controller);
            if (!domain) return Errno::kProbeDefer;
            const uint32_t cells[3] = {p.cell(at + 1), p.cell(at + 2), p.cell(at + 3)};
            return domain->translate(cells);
        }
        at += 1 + width;
    }
    return Errno::kNoEnt;
}

Node interrupt_parent(Node node) {
    for (Node n = node; n; n = fdt_parent(n)) {
        if (const Property p = n.property("interrupt-parent")) return fdt_by_phandle(p.cell(0));
    }
    return {};
}

}  // namespace

Result<Mmio> Device::map(uint32_t index) { return map(TRY(node_reg(node, index))); }

Result<Mmio> Device::map(const Window& window) {
    if (window_count_ == kMostWindows) return Errno::kNoSpc;
    const VirtAddr at = TRY(ioremap(window.base, window.size, name));
    windows_[window_count_++] = at;
    return Mmio{at};
}

void Device::unmap() {
    while (window_count_ > 0) {
        const VirtAddr at = windows_[--window_count_];
        (void)vunmap(VirtAddr{align_down(at.value, kPageSize)}, AreaKind::ioremap);
    }
}

Result<IrqLine> Device::irq(uint32_t index) const { return node_irq(node, index); }

Result<IrqLine> node_irq(Node node, uint32_t index) {
    if (const Property extended = node.property("interrupts-extended")) return extended_irq(extended, index);
    const Property p = node.property("interrupts");
    IrqDomain* domain = domain_of(interrupt_parent(node));
    if (p && !domain) return Errno::kProbeDefer;
    if (!p || p.cells() < (index + 1) * domain->cells()) return Errno::kNoEnt;
    const uint32_t first = index * domain->cells();
    const uint32_t cells[3] = {p.cell(first), p.cell(first + 1), p.cell(first + 2)};
    return domain->translate(cells);
}

void add_irq_domain(Node node, IrqDomain& domain) {
    if (domain_count < kMostDomains) domains[domain_count++] = {node, &domain};
}

void start_part(const char* name, Result<> (*start)()) {
    const uint32_t blocks = heap_blocks();
    auto started = start();
    if (started) return;
    log_error("%s: not started, error %d", name, static_cast<int>(started.error()));
    expect_nothing_left(name, blocks);
}

void start_services() {
    for (const Service* const* s = __services_start; s != __services_end; ++s) {
        start_part((*s)->name, (*s)->start);
    }
}

void probe_devices() {
    collect(fdt_root());
    bool done[256] = {};
    for (bool progress = true; progress;) {
        progress = false;
        uint32_t i = 0;
        for (Device& device : devices) {
            const uint32_t index = i++;
            if (index >= 256 || done[index]) continue;
            const Driver* driver = driver_for(device.node);
            if (driver && !try_probe(device, *driver)) continue;
            done[index] = true;
            progress |= driver != nullptr;
        }
    }
    uint32_t i = 0;
    for (Device& device : devices) {
        if (i < 256 && !done[i]) log_warn("%s: waits for something that never came", device.name);
        ++i;
    }
}

Device* device_of(Node node) {
    for (Device& d : devices) {
        if (d.node == node && d.driver) return &d;
    }
    return nullptr;
}

}  // namespace kernel
