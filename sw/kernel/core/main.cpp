// The kernel's first C++ code, with the MMU on and nothing else.
#include "arch/page_table.hpp"
#include "core/boot_options.hpp"
#include "core/irq.hpp"
#include "core/log.hpp"
#include "core/mistake.hpp"
#include "core/process.hpp"
#include "core/terminal.hpp"
#include "core/uaccess.hpp"
#include "core/vfs.hpp"
#include "dma/init.hpp"
#include "dma/test_device.hpp"
#include "driver/device.hpp"
#include "driver/early_console.hpp"
#include "drm/device.hpp"
#include "media/character_device.hpp"
#include "media/mixer_output.hpp"
#include "mm/boot_faults.hpp"
#include "mm/carveout.hpp"
#include "mm/cma.hpp"
#include "mm/linear_map.hpp"
#include "mm/page.hpp"
#include "mm/vmalloc.hpp"

extern "C" {
extern const char _start[], __kernel_end[], vector_page[];
using Constructor = void (*)();
extern const Constructor __init_array_start[], __init_array_end[];
[[noreturn]] void kernel_main(uint32_t device_tree);
}

namespace kernel {

namespace {

constexpr uint32_t kVectors = 0xFFFF'0000;

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
        if (ram.size > kLinearSize) {  // no high memory: what the linear map does not reach stays unused
            log_warn("memory: %u MiB of %u MiB used, the most that is mapped linearly", kLinearSize >> 20,
                     ram.size >> 20);
            ram.size = kLinearSize;
        }
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

/// Contiguous memory areas the boot loader or the user asked for: /reserved-memory (shared-dma-pool,
/// reusable), and `cma=SIZE` for the default one, which lies at the end of memory.
struct CmaPlan {
    static constexpr uint32_t kMost = 8;
    Window windows[kMost];
    char names[kMost][32];
    uint32_t count = 0;
    int default_index = -1;

    void add(Text name, Window w, bool is_default) {
        if (count == kMost) return log_error("memory: more than %u contiguous areas", kMost);
        if (is_default) default_index = static_cast<int>(count);
        copy_text(names[count], name);
        windows[count++] = w;
    }
};

constexpr uint32_t kCmaBlock = kPageblockPages * kPageSize;
constexpr uint32_t kDefaultCma = 16U << 20;
constexpr uint32_t kLowPool = 1U << 20;
constexpr uint32_t kAtomicPool = 256U << 10;
Window low_memory;  // for devices with short addresses

bool overlaps(const Window& a, const Window& b) {
    return a.size && b.size && a.base.value < b.base.value + b.size && b.base.value < a.base.value + a.size;
}

/// Highest place below the end of RAM that is clear of the holes, or size 0.
Window highest_window(const Window& ram, uint32_t size, const Window* holes, uint32_t count) {
    for (uint32_t at = align_down(ram.base.value + ram.size - size, kCmaBlock); at > ram.base.value;
         at -= kCmaBlock) {
        const Window w{PhysAddr{at}, size};
        bool free = true;
        for (uint32_t i = 0; i < count; ++i) free &= !overlaps(w, holes[i]);
        if (free) return w;
    }
    return {};
}

bool lies_in(const Window& w, const Window& ram) {
    return w.size <= ram.size && w.base.value - ram.base.value <= ram.size - w.size;
}

/// What the device tree asks for, as far as it is RAM that nobody else has.
void plan_reserved_memory(CmaPlan& plan, const Window& ram, const Window* holes, uint32_t count) {
    const auto is_free = [&](const Window& w) {
        for (uint32_t i = 0; i < count; ++i) {
            if (overlaps(w, holes[i])) return false;
        }
        for (uint32_t i = 0; i < plan.count; ++i) {
            if (overlaps(w, plan.windows[i])) return false;
        }
        return lies_in(w, ram);
    };
    const Node reserved = fdt_root().child("reserved-memory");
    for (Node n = reserved.first_child(); n; n = n.next_sibling()) {
        if (!n.compatible("shared-dma-pool") || !n.property("reusable")) continue;
        auto w = node_reg(n);
        if (!w) continue;
        if (is_free(w.value())) {
            plan.add(n.name(), w.value(), static_cast<bool>(n.property("linux,cma-default")));
        } else {
            log_error("memory: %.*s at %08x is not free memory", static_cast<int>(n.name().size),
                      n.name().data, w.value().base.value);
        }
    }
}

void plan_default(CmaPlan& plan, const Window& ram, const Window* holes, uint32_t count) {
    if (plan.default_index >= 0 && !boot_option("cma")) return;
    const uint32_t size = align_up(boot_option_size("cma", kDefaultCma), kCmaBlock);
    if (size == 0 || size > ram.size / 2) return;
    const Window w = highest_window(ram, size, holes, count);
    if (w.size) plan.add("default", w, true);
}

/// ION's carveout, whole pageblocks, or nothing.
Window plan_carveout(const Window& ram, const Window* holes, uint32_t count) {
    const uint32_t size = align_up(boot_option_size("ion_carveout", 0), kCmaBlock);
    if (size == 0 || size > ram.size / 2) return {};
    return highest_window(ram, size, holes, count);
}

/// Single pages in the linear map, so that they can change their memory type.
void start_carveout(const Window& w) {
    if (w.size == 0) return;
    if (!linear_map_use_small_pages(w.base, w.size) || !ion_carveout().init(w.base, w.size))
        log_error("carveout: no memory for its tables");
}

void start_cma(const CmaPlan& plan) {
    for (uint32_t i = 0; i < plan.count; ++i) {
        const Window& w = plan.windows[i];
        auto area = cma_declare(plan.names[i], w.base, w.size);
        if (!area) {
            log_error("cma: %s: error %d", plan.names[i], static_cast<int>(area.error()));
        } else if (static_cast<int>(i) == plan.default_index) {
            cma_set_default(area.value());
        }
        page_release(w.base, w.base + w.size);
    }
}

void memory_init(PhysAddr tree) {
    const Window ram = ram_window();
    const PhysAddr kernel_end = virt_to_phys(address_of(__kernel_end));
    const uint32_t array_bytes = (ram.size >> kPageShift) * static_cast<uint32_t>(sizeof(Page));
    page_init(ram.base, ram.size, kernel_end);
    const PhysAddr low{align_up(kernel_end.value + array_bytes, kPageSize)};
    const uint32_t low_bytes = align_up(boot_option_size("swiotlb", kLowPool), kPageSize);
    const PhysAddr first_free = low + low_bytes;
    low_memory = {low, low_bytes};
    static CmaPlan plan;
    Window holes[4 + CmaPlan::kMost] = {
        {tree, fdt_size()}, initrd_window(), {ram.base, first_free - ram.base}};
    uint32_t hole_count = 3;
    plan_reserved_memory(plan, ram, holes, hole_count);
    for (uint32_t i = 0; i < plan.count; ++i) holes[hole_count++] = plan.windows[i];
    const Window carveout = plan_carveout(ram, holes, hole_count);
    holes[hole_count++] = carveout;
    plan_default(plan, ram, holes, hole_count);
    if (hole_count < 4 + plan.count) holes[hole_count++] = plan.windows[plan.count - 1];
    release_around(first_free, ram.base + ram.size, holes, hole_count);
    start_cma(plan);
    start_carveout(carveout);
    vmalloc_fix_dma_window(boot_option_size("consistent_dma_size", 0));
    const MemoryUse use = memory_use();
    log_info("memory: %u MiB, %u MiB free, %u MiB contiguous, kernel %u KiB", ram.size >> 20,
             use.free_pages >> 8, use.free_cma_pages >> 8,
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
    auto ready = vfs_init(archive, initrd.size);
    if (ready) return;
    if (ready.error() == Errno::kNoMem) panic("no memory for the initrd's files");
    panic("the initrd is broken: error %d", static_cast<int>(ready.error()));
}

/// In the first thread, where drivers may sleep and interrupts come.
void prepare() {
    register_simple_devices();
    dma_init_pools(low_memory.base, low_memory.size, boot_option_size("coherent_pool", kAtomicPool));
    start_part("/proc/dma", dma_init_listing);
    if (boot_option("dma_test")) start_part("dma test", dma_test_init);
    start_part("sysfs", make_sysfs_folders);
    start_services();
    probe_devices();
    start_part("mixer's video nodes", mixer_output_init);
    start_part("drm", drm::drm_init);
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
    if (!register_char_device("tty", open_controlling_terminal, nullptr)) panic("no memory for /dev/tty");
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
    set_boot_options(fdt_root().child("chosen").property("bootargs").text());
    read_mistakes();
    start_boot_faults();
    memory_init(tree);
    map_vectors();
    PageTable::kernel().clear_section(VirtAddr{kPhysBase});
    unpack_initrd();
    static constexpr InitProgram kInit{"/init", prepare};
    if (!start_init(kInit)) panic("no memory for the first process");
    idle();
}
