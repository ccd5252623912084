// /proc/dma_buf: every buffer with its exporter, size, name, users, and who is attached.
#include "core/text_writer.hpp"
#include "core/vfs.hpp"
#include "dma/context.hpp"
#include "dmabuf/dma_buf.hpp"
#include "driver/device.hpp"

namespace kernel {

namespace {

void list_use(TextWriter& w, const DmaBufUse& u) {
    w.line(
        "attaches %u detaches %u refusals %u maps %u unmaps %u cpu_begins %u cpu_ends %u user_mappings %u "
        "faults %u",
        u.attaches, u.detaches, u.refusals, u.maps, u.unmaps, u.cpu_begins, u.cpu_ends, u.user_mappings,
        u.faults);
    w.line(" shootdowns %u moves %u maintained %llu\n", u.shootdowns, u.moves, u.maintained);
}

/// A first line with sums ("buffers N bytes N"), one with counts since boot, then each buffer.
uint32_t list_buffers(char* to, uint32_t size) {
    TextWriter w{to, size};
    const MutexGuard guard{dma_bufs_lock()};
    uint32_t buffers = 0, bytes = 0, mappings = 0;
    for (DmaBuf& b : dma_bufs()) {
        ++buffers;
        bytes += b.size();
        mappings += b.mappings();
    }
    w.line("buffers %u bytes %u mapped %u\n", buffers, bytes, mappings);
    list_use(w, dma_buf_totals());
    for (DmaBuf& b : dma_bufs()) {
        w.line("buffer %u exporter %s name %s references %u mapped %u memory %s ", b.size(), b.exporter(),
               b.name()[0] ? b.name() : "-", b.references(), b.mappings(),
               b.ops().memory ? b.ops().memory(b) : "-");
        list_use(w, b.use());
        if (b.refusal().device) w.line("  refused %s: %s\n", b.refusal().device, b.refusal().reason);
        b.for_each_attachment([&](DmaBufAttachment& a) {
            w.line("  attached %s mapped %u\n", a.device.context().name, a.mappings);
        });
    }
    return w.used;
}

Result<> start() {
    auto proc = TRY(resolve("/proc", root_directory()));
    return proc->link("dma_buf", TRY(make_generated_file(list_buffers)));
}

constexpr Service kListing{"dma_buf", start};
REGISTER_SERVICE(kListing);

}  // namespace

}  // namespace kernel
