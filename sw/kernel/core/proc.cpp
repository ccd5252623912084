// /proc: the device tree as folders and files, and what the kernel knows about itself.
#include "core/irq.hpp"
#include "core/log.hpp"
#include "core/process.hpp"
#include "core/text_writer.hpp"
#include "core/vfs.hpp"
#include "driver/fdt.hpp"
#include "mm/boot_faults.hpp"
#include "mm/cma.hpp"
#include "mm/fault_injection.hpp"
#include "mm/heap.hpp"
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
    w.line("KernelTables:   %8u kB\n", PageTable::kernel_table_pages() * 4);
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

/// Processor time since boot, in hundredths of a second: all of it is told as user time, the rest as idle.
uint32_t system_stat(char* to, uint32_t size) {
    constexpr uint64_t kTick = 10'000'000;
    uint64_t busy = 0;
    uint32_t processes = 0;
    for (Ref<Process> p = next_process(0); p; p = next_process(p->pid), ++processes) busy += cpu_time(*p);
    const uint64_t idle = (now_ns() - busy) / kTick;
    busy /= kTick;
    Writer w{to, size};
    w.line("cpu  %llu 0 0 %llu 0 0 0 0 0 0\ncpu0 %llu 0 0 %llu 0 0 0 0 0 0\n", busy, idle, busy, idle);
    w.line("btime 0\nprocesses %u\nprocs_running 1\nprocs_blocked 0\n", processes);
    return w.used;
}

/// Where memory was asked for while somebody counted in fail-nth: address, how often, and how often it
/// failed.
uint32_t fault_sites(char* to, uint32_t size) {
    Writer w{to, size};
    for (uint32_t i = 0; const AllocationSite* s = allocation_site(i); ++i)
        w.line("%p %u %u\n", s->address, s->seen, s->failed);
    w.line("lost %u\n", lost_sites());
    return w.used;
}

/// What the boot options fail_nth and fail_site counted and refused.
uint32_t boot_fault_counts(char* to, uint32_t size) {
    Writer w{to, size};
    const BootFaults& f = boot_faults();
    w.line("allocations %u\nsites %u\nrefused %u\nheap_blocks %u\n", f.allocations, f.sites, f.refused,
           heap_blocks());
    return w.used;
}

uint32_t uptime(char* to, uint32_t size) {
    const uint64_t hundredths = now_ns() / 10'000'000;
    Writer w{to, size};
    w.line("%llu.%02u 0.00\n", hundredths / 100, static_cast<uint32_t>(hundredths % 100));
    return w.used;
}

uint32_t loadavg(char* to, uint32_t size) {
    Writer w{to, size};
    w.line("0.00 0.00 0.00 1/1 %u\n", current_process().pid);  // no load is averaged
    return w.used;
}

uint32_t version(char* to, uint32_t size) {
    Writer w{to, size};
    w.line("Linux version 6.1.0-exysim\n");
    return w.used;
}

uint32_t mounts(char* to, uint32_t size) {
    Writer w{to, size};
    w.line("rootfs / rootfs rw 0 0\nproc /proc proc rw 0 0\n");
    return w.used;
}

uint32_t filesystems(char* to, uint32_t size) {
    Writer w{to, size};
    w.line("nodev\trootfs\nnodev\tproc\n");
    return w.used;
}

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
          Row{"vmallocinfo", vmallocinfo}, Row{"buddyinfo", buddyinfo}, Row{"cma", cma_statistics},
          Row{"stat", system_stat}, Row{"fault-sites", fault_sites}, Row{"boot-faults", boot_fault_counts},
          Row{"uptime", uptime}, Row{"loadavg", loadavg}, Row{"version", version}, Row{"mounts", mounts},
          Row{"filesystems", filesystems}}) {
        TRY(proc->link(row.name, TRY(make_generated_file(row.generate))));
    }
    return proc->link("device-tree", TRY(device_tree_folder(fdt_root())));
}

}  // namespace kernel
