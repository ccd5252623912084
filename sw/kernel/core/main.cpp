// The kernel's first C++ code, with the MMU on and nothing else.
#include "arch/page_table.hpp"
#include "core/irq.hpp"
#include "core/log.hpp"
#include "core/process.hpp"
#include "core/uaccess.hpp"
#include "core/vfs.hpp"
#include "driver/device.hpp"
#include "driver/early_console.hpp"
#include "mm/page.hpp"

extern "C" {
extern const char _start[], __kernel_end[], vector_page[];
using Constructor = void (*)();
extern const Constructor __init_array_start[], __init_array_end[];
[[noreturn]] void kernel_main(uint32_t device_tree);
}

namespace kernel {

namespace {

constexpr uint32_t kVectors = 0xFFFF'0000;

struct MemoryLayout {
    Window ram;
    PhysAddr tree;
    Window initrd{};
    PhysAddr page_array;
    PhysAddr first_free;
};

uint32_t cell_or_zero(Node node, const char* name) {
    const Property p = node.property(name);
    return p ? p.cell(p.cells() - 1) : 0;  // 64-bit values have the low half last
}

Window initrd_window() {
    const Node chosen = fdt_root().child("chosen");
    const uint32_t start = cell_or_zero(chosen, "linux,initrd-start"),
                   end = cell_or_zero(chosen, "linux,initrd-end");
    return {PhysAddr{start}, end - start};
}

Window ram_window() {
    for (Node n = fdt_root().first_child(); n; n = n.next_sibling()) {
        if (!n.name().starts_with("memory")) continue;
        auto w = node_reg(n);
        if (!w) break;
        Window ram = w.take();
        if (ram.size > kLinearSize) ram.size = kLinearSize;  // no high memory yet
        return ram;
    }
    panic("the device tree has no memory");
}

/// Releases [from, to) without the pages that overlap `hole`.
void release_around(PhysAddr from, PhysAddr to, const Window* holes, uint32_t count) {
    for (PhysAddr a = from; a < to; a = a + kPageSize) {
        bool used = false;
        for (uint32_t i = 0; i < count; ++i) {
            const Window& h = holes[i];
            used |= h.size && a.value < h.base.value + h.size && h.base.value < a.value + kPageSize;
        }
        if (!used) page_release(a, a + kPageSize);
    }
}

void memory_init(PhysAddr tree) {
    const Window ram = ram_window();
    const PhysAddr kernel_end = virt_to_phys(address_of(__kernel_end));
    const uint32_t array_bytes = (ram.size >> kPageShift) * static_cast<uint32_t>(sizeof(Page));
    page_init(ram.base, ram.size, kernel_end);
    const PhysAddr first_free{align_up(kernel_end.value + array_bytes, kPageSize)};
    const Window holes[] = {{tree, fdt_size()}, initrd_window()};
    release_around(first_free, ram.base + ram.size, holes, 2);
    const MemoryUse use = memory_use();
    log_info("memory: %u MiB, %u MiB free, kernel %u KiB", ram.size >> 20, use.free_pages >> 8,
             (kernel_end - virt_to_phys(address_of(_start))) >> 10);
}

/// Vectors and user helpers at 0xFFFF0000, readable by programs.
void map_vectors() {
    auto mapped =
        PageTable::kernel().map(VirtAddr{kVectors}, pfn_of(virt_to_phys(address_of(vector_page))),
                                MemoryType::cached, {.user = true, .write = false, .execute = true});
    if (!mapped) panic("no memory for the vectors");
    cpu::tlb_flush_all();
}

void run_constructors() {
    for (const Constructor* c = __init_array_start; c != __init_array_end; ++c) (*c)();
}

void register_simple_devices();

void unpack_initrd() {
    const Window initrd = initrd_window();
    const uint8_t* archive = initrd.size ? pointer<const uint8_t>(phys_to_virt(initrd.base)) : nullptr;
    if (auto ready = vfs_init(archive, initrd.size); !ready)
        panic("the initrd is broken: error %d", static_cast<int>(ready.error()));
}

/// In the first thread, where drivers may sleep and interrupts come.
void prepare() {
    register_simple_devices();
    probe_devices();
}

// --- /dev/null, /dev/zero, /dev/urandom

struct NullFile : File {
    Result<uint32_t> read(UserAddr, uint32_t) override { return 0U; }
    Result<uint32_t> write(UserAddr, uint32_t n) override { return n; }
};
struct ZeroFile : NullFile {
    Result<uint32_t> read(UserAddr to, uint32_t n) override {
        TRY(clear_user(to, n));
        return n;
    }
    Result<> mmap(Vma&) override { return Ok{}; }  // demand-zero memory
};

template <class T>
Result<Ref<File>> open_as(void*) {
    return Ref<File>{TRY(make_ref<T>())};
}

void register_simple_devices() {
    if (!register_char_device("null", open_as<NullFile>, nullptr)) panic("no memory for /dev/null");
    if (!register_char_device("zero", open_as<ZeroFile>, nullptr)) panic("no memory for /dev/zero");
}

}  // namespace

}  // namespace kernel

void kernel_main(uint32_t device_tree) {
    using namespace kernel;
    const PhysAddr tree{device_tree};
    scheduler_init();
    run_constructors();
    if (!fdt_init(pointer<const uint8_t>(phys_to_virt(tree)))) panic("no device tree at %08x", device_tree);
    start_early_console();
    log_info("exysim kernel, device tree at %08x", device_tree);
    memory_init(tree);
    map_vectors();
    PageTable::kernel().clear_section(VirtAddr{kPhysBase});
    unpack_initrd();
    static constexpr InitProgram kInit{"/init", prepare};
    if (!start_init(kInit)) panic("cannot make the first process");
    idle();
}
