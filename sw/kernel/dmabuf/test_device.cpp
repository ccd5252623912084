// /dev/dmabuf-test (sw/uapi/exysim/dmabuf_test.h).
#include <exysim/dmabuf_test.h>

#include "core/boot_options.hpp"
#include "core/uaccess.hpp"
#include "dmabuf/dma_buf.hpp"
#include "driver/device.hpp"
#include "mm/user_space.hpp"

namespace kernel {

namespace {

using Call = dmabuf_test_call;

struct TestFile : File {
    Ref<DmaBuf> buffer;
    Unique<DmaBufAttachment> attachment;
    bool mapped = false;
    bool vmapped = false;
    Iova at;
    DmaDirection direction = DmaDirection::bidirectional;

    ~TestFile() override { drop(); }
    Result<uint32_t> ioctl(uint32_t command, UserAddr argument) override;
    /// As an importer with an mmap of its own does.
    Result<> mmap(Vma& vma) override {
        if (!buffer) return Errno::kInval;
        return buffer->redirect_mmap(vma, static_cast<uint32_t>(vma.offset >> kPageShift));
    }

    void drop() {
        if (vmapped) buffer->vunmap();
        if (mapped) buffer->unmap(*attachment, at, direction);
        if (attachment) DmaBuf::detach(std::move(attachment));
        mapped = vmapped = false;
        buffer = {};
    }
};

DmaDirection direction_of(const Call& c) { return static_cast<DmaDirection>(c.direction % 3); }

// --- An exporter of one page, to be exported in broken ways

void release_pages(DmaBuf& b) { static_cast<DmaPages*>(b.data())->release_reference(); }
Result<> refuse(DmaBuf&, DmaBufAttachment&) { return Errno::kBusy; }
Result<Iova> map_page(DmaBufAttachment& a, DmaDirection d) {
    return a.device.map(*static_cast<DmaPages*>(a.buffer->data()), d);
}
void unmap_page(DmaBufAttachment& a, Iova at, DmaDirection) {
    a.device.unmap(at, *static_cast<DmaPages*>(a.buffer->data()));
}

constexpr DmaBufOps kWays[] = {
    {.map = map_page, .unmap = unmap_page, .release = release_pages},
    {.map = nullptr, .unmap = unmap_page, .release = release_pages},
    {.map = map_page, .unmap = nullptr, .release = release_pages},
    {.map = map_page, .unmap = unmap_page, .release = nullptr},
    {.map = map_page, .unmap = unmap_page, .release = release_pages},
    {.attach = refuse, .map = map_page, .unmap = unmap_page, .release = release_pages},
};
constexpr uint32_t kNoBytes = 4;

Result<> begin_disturbed(DmaBuf& buffer, DmaDirection direction, ByteRange range) {
    static bool again = false;
    again = !again;
    if (again) return Errno::kIntr;
    return dma_pages_ops().begin_cpu_access_partial(buffer, direction, range);
}

/// An exporter that has to wait for something, and does not get through with it.
const DmaBufOps& disturbed() {
    static const DmaBufOps ops = [] {
        DmaBufOps made = dma_pages_ops();
        made.begin_cpu_access_partial = begin_disturbed;
        return made;
    }();
    return ops;
}

Result<const DmaBufOps*> exported_with(uint32_t way) {
    if (way == DMABUF_TEST_DISTURBED) return &disturbed();
    if (way >= std::size(kWays)) return Errno::kInval;
    return &kWays[way];
}

Result<> export_it(TestFile&, Call& c) {
    const DmaBufOps* ops = TRY(exported_with(c.value));
    const MemoryType type = c.value == DMABUF_TEST_DISTURBED ? MemoryType::cached : MemoryType::write_combine;
    auto pages = TRY(DmaPages::allocate(
        {.bytes = kPageSize, .placement = Placement::contiguous, .type = type, .owner = "dmabuf-test"}));
    const uint32_t size = c.value == kNoBytes ? 0 : kPageSize;
    auto buffer = TRY(DmaBuf::export_buffer(*ops, size, "dmabuf-test", pages.get(), pages->buffer()));
    (void)pages.release();
    c.fd = static_cast<int>(TRY(buffer->install(true, true)));
    return Ok{};
}

// --- The importer

Result<> import_it(TestFile& f, Call& c) {
    if (f.buffer) return Errno::kBusy;
    f.buffer = TRY(DmaBuf::get(static_cast<uint32_t>(c.fd)));
    return Ok{};
}
Result<> release_it(TestFile& f, Call&) {
    f.drop();
    return Ok{};
}
Result<> attach(TestFile& f, Call& c) {
    if (f.attachment) return Errno::kBusy;
    c.name[sizeof c.name - 1] = 0;
    const Property path = fdt_root().child("aliases").property(c.name);
    if (!path) return Errno::kNoDev;
    f.attachment = TRY(f.buffer->attach(TRY(DmaDevice::of(fdt_find(path.text())))));
    return Ok{};
}
Result<> detach(TestFile& f, Call&) {
    if (!f.attachment || f.mapped) return Errno::kInval;
    DmaBuf::detach(std::move(f.attachment));
    return Ok{};
}
Result<> map(TestFile& f, Call& c) {
    if (!f.attachment || f.mapped) return Errno::kInval;
    f.at = TRY(f.buffer->map(*f.attachment, direction_of(c)));
    f.direction = direction_of(c);
    f.mapped = true;
    c.value = f.at.value;
    return Ok{};
}
Result<> unmap(TestFile& f, Call&) {
    if (!f.mapped) return Errno::kInval;
    f.buffer->unmap(*f.attachment, f.at, f.direction);
    f.mapped = false;
    return Ok{};
}
Result<> begin(TestFile& f, Call& c) {
    return f.buffer->begin_cpu_access(direction_of(c), {c.offset, c.bytes});
}
Result<> end(TestFile& f, Call& c) { return f.buffer->end_cpu_access(direction_of(c), {c.offset, c.bytes}); }

uint32_t& word(VirtAddr page, const Call& c) {
    return *pointer<uint32_t>(page + align_down(c.offset % kPageSize, 4));
}
Result<> kmap_read(TestFile& f, Call& c) {
    c.value = word(TRY(f.buffer->kmap(c.offset / kPageSize)), c);
    f.buffer->kunmap();
    return Ok{};
}
Result<> kmap_write(TestFile& f, Call& c) {
    word(TRY(f.buffer->kmap(c.offset / kPageSize)), c) = c.value;
    f.buffer->kunmap();
    return Ok{};
}
Result<> kmap_atomic(TestFile& f, Call& c) {
    IrqLock lock;
    const IrqGuard guard{lock};
    c.value = word(TRY(f.buffer->kmap_atomic(c.offset / kPageSize)), c);
    return Ok{};
}
Result<> vmap(TestFile& f, Call& c) {
    if (f.vmapped) return Errno::kBusy;
    c.value = *pointer<uint32_t>(TRY(f.buffer->vmap()));
    f.vmapped = true;
    return Ok{};
}
Result<> vunmap(TestFile& f, Call&) {
    if (!f.vmapped) return Errno::kInval;
    f.buffer->vunmap();
    f.vmapped = false;
    return Ok{};
}
Result<> info(TestFile& f, Call& c) {
    c.value = f.buffer->references();
    c.bytes = f.buffer->size();
    return Ok{};
}

using Handler = Result<> (*)(TestFile&, Call&);
constexpr Handler kHandlers[] = {
    export_it, import_it, release_it, attach,      detach, map,    unmap, begin,
    end,       kmap_read, kmap_write, kmap_atomic, vmap,   vunmap, info,
};
static_assert(std::size(kHandlers) == DMABUF_TEST_OPS);

Result<uint32_t> TestFile::ioctl(uint32_t command, UserAddr argument) {
    if (command != DMABUF_TEST_CALL) return Errno::kNoTty;
    Call call = TRY(get_user<Call>(argument));
    if (call.op >= DMABUF_TEST_OPS) return Errno::kInval;
    if (!buffer && call.op > DMABUF_TEST_IMPORT) return Errno::kInval;
    TRY(kHandlers[call.op](*this, call));
    TRY(put_user(argument, call));
    return 0U;
}

Result<Ref<File>> open_test(void*) { return Ref<File>{TRY(make_ref<TestFile>())}; }

Result<> start() {
    if (!boot_option("dma_test")) return Ok{};
    return register_char_device("dmabuf-test", open_test, nullptr);
}

constexpr Service kTest{"dmabuf-test", start};
REGISTER_SERVICE(kTest);

}  // namespace

}  // namespace kernel
