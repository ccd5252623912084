// /proc: the device tree as folders and files, and what the kernel knows about itself.
#include "core/irq.hpp"
#include "core/log.hpp"
#include "core/process.hpp"
#include "core/text_writer.hpp"
#include "core/vfs.hpp"
#include "driver/fdt.hpp"
#include "mm/cma.hpp"
#include "mm/fault_injection.hpp"
#include "mm/page.hpp"
#include "mm/vmalloc.hpp"

namespace kernel {

namespace {

using Writer = TextWriter;

uint32_t meminfo(char* to, uint32_t size) {
    const MemoryUse use = memory_use();
    Writer w{to, size};
    w.line("MemTotal:       %8u kB\n", use.total_pages * 4);
    w.line("MemFree:        %8u kB\n", use.free_pages * 4);
    w.line("MemAvailable:   %8u kB\n", use.free_pages * 4);
    const VmallocUse areas = vmalloc_use();
    w.line("VmallocUsed:    %8u kB\nVmallocChunk:   %8u kB\n", areas.bytes >> 10, areas.largest_gap >> 10);
    w.line("CmaFree:        %8u kB\n", use.free_cma_pages * 4);
    return w.used;
}

uint32_t cpuinfo(char* to, uint32_t size) {
    Writer w{to, size};
    w.line("processor\t: 0\nmodel name\t: ARMv7 Processor rev 1 (v7l)\n");
    w.line("Features\t: half thumb fastmult edsp vfp neon vfpv3 tls vfpd32\n");
    w.line(
        "CPU implementer\t: 0x41\nCPU architecture: 7\nCPU variant\t: 0x2\nCPU part\t: 0xc09\nCPU "
        "revision\t: 1\n");
    return w.used;
}

uint32_t interrupts(char* to, uint32_t size) {
    Writer w{to, size};
    w.line("           CPU0\n");
    for_each_irq(
        [](void* context, uint32_t line, uint64_t count, const char* name) {
            static_cast<Writer*>(context)->line("%3u: %10llu  %s\n", line, count, name);
        },
        &w);
    return w.used;
}

uint32_t vmallocinfo(char* to, uint32_t size) {
    static constexpr const char* kKinds[] = {"vmalloc", "vmap", "ioremap", "dma"};
    static constexpr const char* kTypes[] = {"strongly-ordered", "device", "write-combine", "cached"};
    Writer w{to, size};
    for (const VmallocArea* a = next_area({}); a; a = next_area(VirtAddr{a->base + 1})) {
        w.line("0x%08x-0x%08x %8u %s pages=%u phys=0x%08x %s %s\n", a->base, a->base + a->bytes(), a->bytes(),
               a->caller, a->page_count, phys_of(a->first).value, kKinds[static_cast<unsigned>(a->kind)],
               kTypes[static_cast<unsigned>(a->type)]);
    }
    return w.used;
}

/// Free blocks by order, one line for each migrate type.
uint32_t buddyinfo(char* to, uint32_t size) {
    static constexpr const char* kNames[kMigrateTypes] = {"unmovable", "movable", "cma", "isolated"};
    Writer w{to, size};
    for (uint32_t type = 0; type < kMigrateTypes; ++type) {
        w.line("Node 0, zone Normal, type %10s", kNames[type]);
        for (uint32_t order = 0; order <= kMaxOrder; ++order)
            w.line(" %6u", free_blocks(order, static_cast<MigrateType>(type)));
        w.line("\n");
    }
    return w.used;
}

uint32_t cma_statistics(char* to, uint32_t size) {
    Writer w{to, size};
    w.line("name phys pages used allocations failures releases migrated busy migration_ns\n");
    for_each_cma_area([&](const CmaArea& a) {
        const CmaStatistics& s = a.statistics;
        w.line("%s 0x%08x %u %u %u %u %u %u %u %llu\n", a.name, phys_of(a.first).value, a.bitmap.pages(),
               a.bitmap.used(), s.allocations, s.failures, s.releases, s.migrated_pages, s.busy_ranges,
               s.migration_ns);
    });
    return w.used;
}

uint32_t self_maps(char* to, uint32_t size) {
    Writer w{to, size};
    current_process().space->for_each([&](const Vma& v) {
        w.line("%08x-%08x %c%c%c%c %08x 00:00 0\n", v.start.value, v.end.value, v.access.user ? 'r' : '-',
               v.access.write ? 'w' : '-', v.access.execute ? 'x' : '-', v.shared ? 's' : 'p',
               static_cast<uint32_t>(v.offset));
    });
    return w.used;
}

uint32_t self_status(char* to, uint32_t size) {
    Writer w{to, size};
    Process& p = current_process();
    w.line("Name:\t%s\nPid:\t%u\nPPid:\t%u\n", p.name, p.pid, p.parent ? p.parent->pid : 0);
    return w.used;
}

uint32_t read_fail_nth(char* to, uint32_t size) {
    Writer w{to, size};
    w.line("%u\n", fail_nth());
    return w.used;
}

Result<> write_fail_nth(Text text) {
    uint32_t n = 0;
    for (size_t i = 0; i < text.size && text.data[i] != '\n'; ++i) {
        if (text.data[i] < '0' || text.data[i] > '9' || n > 100'000'000) return Errno::kInval;
        n = n * 10 + static_cast<uint32_t>(text.data[i] - '0');
    }
    set_fail_nth(n);
    return Ok{};
}

/// The running program's path, as its directory knows it now.
struct ExecutableLink : Inode {
    ExecutableLink() : Inode{kModeLink | 0777} {}
    Result<Ref<File>> open(uint32_t) override { return Errno::kLoop; }
    Result<Text> target() override {
        const Process& p = current_process();
        if (!p.path[0]) return Errno::kNoEnt;
        return Text{p.path};
    }
};

/// Folders and files of one node and all below.
Result<Ref<Inode>> device_tree_folder(Node node) {
    auto folder = TRY(make_directory());
    Text name;
    for (uint32_t i = 0;; ++i) {
        const Property p = node.property_at(i, name);
        if (!p) break;
        TRY(folder->link(name, TRY(make_fixed_file(p.data, p.size, 0444))));
    }
    for (Node c = node.first_child(); c; c = c.next_sibling())
        TRY(folder->link(c.name(), TRY(device_tree_folder(c))));
    return folder;
}

}  // namespace

Result<> proc_init(const Ref<Inode>& proc) {
    struct Row {
        const char* name;
        Generator generate;
    };
    for (const Row& row :
         {Row{"meminfo", meminfo}, Row{"cpuinfo", cpuinfo}, Row{"interrupts", interrupts},
          Row{"vmallocinfo", vmallocinfo}, Row{"buddyinfo", buddyinfo}, Row{"cma", cma_statistics}}) {
        TRY(proc->link(row.name, TRY(make_generated_file(row.generate))));
    }
    auto self = TRY(make_directory());
    TRY(self->link("maps", TRY(make_generated_file(self_maps))));
    TRY(self->link("status", TRY(make_generated_file(self_status))));
    TRY(self->link("fail-nth", TRY(make_generated_file(read_fail_nth, write_fail_nth))));
    TRY(self->link("exe", TRY(make_ref<ExecutableLink>())));
    TRY(proc->link("self", self));
    return proc->link("device-tree", TRY(device_tree_folder(fdt_root())));
}

}  // namespace kernel
