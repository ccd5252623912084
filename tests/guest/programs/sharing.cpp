// Memory in the hands of a program, the kernel and a device, by turns, done right: `sharing ROUTINE`.
// Mistakes come by the boot option `mistake`: the kernel's own (sw/kernel/core/mistake.hpp), and those that
// begin with `program_`, which are made here. The device is the G2D, version 3, which copies. Boot with
// `dma_test`; the scenarios of configs/bugs and tests/guest/mistakes.py run it. Prints how many words came
// out wrong.
#include <sys/mman.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <iterator>
#include <string>

#include "apps/support/measured.hpp"
#include "dma_test.hpp"
#include "dmabuf_test.hpp"
#include "g2d.hpp"

namespace {

constexpr unsigned kPage = 4096, kLine = 32;
constexpr const char* kDevice = "g2d";

/// The program shall make this mistake.
bool makes(const char* mistake) {
    static const std::string options = "," + proc::text("/proc/device-tree/chosen/bootargs");
    for (size_t at = 0; (at = options.find(mistake, at)) != std::string::npos; ++at) {
        const char before = options[at - 1], after = options[at + std::string{mistake}.size()];
        if ((before == ',' || before == '=') && (after == ',' || after == ' ' || after == 0)) return true;
    }
    return false;
}

/// Kernel memory that is cached, and its mapping for the device.
class Piece {
public:
    Piece(dma::Device& d, unsigned bytes) : device_{d}, bytes_{bytes} {
        d.call(DMA_TEST_BUFFER, {.bytes = bytes});
        buffer_ = d.last.buffer;
    }
    ~Piece() {
        if (mapped_.bytes) unmap();
        device_.call(DMA_TEST_BUFFER_FREE, {.buffer = buffer_});
    }
    Piece(const Piece&) = delete;

    void write(unsigned first) { write(first, 0, bytes_); }
    void write(unsigned first, unsigned offset, unsigned bytes) {
        device_.call(DMA_TEST_CPU_WRITE,
                     {.bytes = bytes, .offset = offset, .value = first, .buffer = buffer_});
    }
    unsigned wrong(unsigned first) { return wrong(first, 0, bytes_); }
    unsigned wrong(unsigned first, unsigned offset, unsigned bytes) {
        device_.call(DMA_TEST_CPU_CHECK,
                     {.bytes = bytes, .offset = offset, .value = first, .buffer = buffer_});
        return device_.last.result;
    }
    unsigned map(unsigned direction) { return map(direction, 0, bytes_); }
    unsigned map(unsigned direction, unsigned offset, unsigned bytes, unsigned attrs = 0) {
        mapped_ = {
            .bytes = bytes, .attrs = attrs, .direction = direction, .offset = offset, .buffer = buffer_};
        device_.call(DMA_TEST_MAP, mapped_);
        mapped_.handle = device_.last.handle;
        return mapped_.handle;
    }
    void unmap() {
        device_.call(DMA_TEST_UNMAP, mapped_);
        mapped_ = {};
    }
    void sync(bool for_device) {
        dma_test_call c = mapped_;
        c.offset = 0;
        device_.call(for_device ? DMA_TEST_SYNC_DEVICE : DMA_TEST_SYNC_CPU, c);
    }
    unsigned number() const { return buffer_; }

private:
    dma::Device& device_;
    unsigned bytes_, buffer_ = 0;
    dma_test_call mapped_{};
};

/// Memory of the device's own, seen write-combined by the program.
class Combined {
public:
    Combined(dma::Device& d, unsigned bytes, unsigned attrs = DMA_TEST_WRITE_COMBINE) : device_{d} {
        if (d.alloc(bytes, attrs) != 0) return;
        at_ = d.last;
        d.call(DMA_TEST_SHOW, at_);
        void* p = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, d.fd(), 0);
        if (p != MAP_FAILED) words = static_cast<volatile unsigned*>(p);
    }
    ~Combined() {
        if (words) ::munmap(const_cast<unsigned*>(words), at_.bytes);
        if (at_.handle) device_.release(at_);
    }
    Combined(const Combined&) = delete;
    unsigned handle() const { return at_.handle; }
    void write(unsigned first) {
        for (unsigned i = 0; i < at_.bytes / 4; ++i) words[i] = i == 0 ? ~first : first + i;
        words[0] = first;  // alone in a write buffer
    }
    unsigned wrong(unsigned first) const {
        unsigned n = 0;
        for (unsigned i = 0; i < at_.bytes / 4; ++i) n += words[i] != first + i;
        return n;
    }

    volatile unsigned* words = nullptr;

private:
    dma::Device& device_;
    dma_test_call at_{};
};

int copy(dma::Device& d, unsigned from, unsigned to, unsigned bytes) {
    return d.call(DMA_TEST_COPY, {.handle = from, .bytes = bytes, .value = to});
}

/// The kernel maps, the device copies from one piece to another, the kernel unmaps and looks. Twice, so that
/// caches hold what was there before.
unsigned streaming(dma::Device& d, unsigned bytes) {
    Piece from{d, bytes}, to{d, bytes};
    unsigned wrong = 0;
    for (unsigned round = 1; round <= 2; ++round) {
        from.write(round * 1000);
        to.write(0);
        const unsigned source = from.map(DMA_TEST_TO_DEVICE), sink = to.map(DMA_TEST_FROM_DEVICE);
        const bool copied = copy(d, source, sink, bytes) == 0;
        from.unmap();
        to.unmap();
        wrong += copied ? to.wrong(round * 1000) : bytes / 4;
    }
    return wrong;
}
unsigned small_pieces(dma::Device& d) { return streaming(d, 4 * kPage); }
unsigned large_pieces(dma::Device& d) { return streaming(d, 16 * kPage); }

/// A list of pages, one piece for the device.
unsigned list(dma::Device& d) {
    constexpr unsigned kBytes = 8 * kPage;
    Piece from{d, kBytes}, to{d, kBytes};
    from.write(7);
    to.write(0);
    d.call(DMA_TEST_MAP_SG, {.direction = DMA_TEST_TO_DEVICE, .buffer = from.number()});
    const unsigned source = d.last.handle, sink = to.map(DMA_TEST_FROM_DEVICE);
    unsigned wrong = copy(d, source, sink, kBytes) != 0;
    d.call(DMA_TEST_UNMAP_SG, {.direction = DMA_TEST_TO_DEVICE});
    to.unmap();
    for (unsigned page = 0; page < 8; ++page)  // in reverse order
        wrong += to.wrong(7 + (7 - page) * (kPage / 4), page * kPage, kPage);
    return wrong;
}

/// Reads the device's answer after it has been taken back, or before.
unsigned answer(dma::Device& d) {
    Piece from{d, kPage}, to{d, kPage};
    from.write(50);
    to.write(0);
    const unsigned source = from.map(DMA_TEST_TO_DEVICE), sink = to.map(DMA_TEST_FROM_DEVICE);
    copy(d, source, sink, kPage);
    unsigned wrong = 0;
    if (makes("program_reads_early")) wrong += to.wrong(50, 0, 64);
    to.sync(false);
    wrong += to.wrong(50);
    return wrong;
}

/// Words next to a mapping, in its last line or in a line of their own, change in the device's turn.
unsigned neighbour(dma::Device& d) {
    constexpr unsigned kGap = 16;
    const unsigned shared = makes("program_shares_line") ? kGap : 0;
    Piece from{d, kPage}, to{d, 2 * kPage};
    from.write(60);
    to.write(0);
    const unsigned source = from.map(DMA_TEST_TO_DEVICE);
    const unsigned sink = to.map(DMA_TEST_FROM_DEVICE, shared, kPage);
    to.write(99, kPage + shared, kLine - kGap);
    copy(d, source, sink, kPage);
    to.unmap();
    return to.wrong(60, shared, kPage) + to.wrong(99, kPage + shared, kLine - kGap);
}

/// The kernel looks at a piece in the device's turn as the device does: past the caches, which must have
/// nothing of it then.
unsigned alias(dma::Device& d) {
    Piece from{d, kPage};
    from.write(65);
    const unsigned source =
        from.map(DMA_TEST_TO_DEVICE, 0, kPage, makes("program_skips_cleaning") ? DMA_TEST_SKIP_CPU_SYNC : 0);
    unsigned wrong = 0;
    for (unsigned i = 0; i < kPage / 4; i += 8) wrong += d.peek(source, 4 * i) != 65 + i;
    return wrong;
}

/// From one end to the other through a buffer that the processor never touches.
unsigned hops(dma::Device& d) {
    Piece from{d, kPage}, between{d, kPage}, to{d, kPage};
    from.write(66);
    unsigned wrong = 0;
    const unsigned source = from.map(DMA_TEST_TO_DEVICE), hop = between.map(DMA_TEST_BIDIRECTIONAL),
                   sink = to.map(DMA_TEST_FROM_DEVICE);
    for (unsigned round = 0; round < 3; ++round) {
        wrong += copy(d, source, hop, kPage) != 0;
        wrong += copy(d, hop, sink, kPage) != 0;
    }
    to.unmap();
    return wrong + to.wrong(66);
}

/// A second mapping of the same memory, whose maintenance the first one does.
unsigned mapped_twice(dma::Device& d) {
    Piece from{d, kPage}, to{d, kPage};
    from.write(67);
    const unsigned source = from.map(DMA_TEST_TO_DEVICE);
    const dma_test_call second{.bytes = kPage,
                               .attrs = DMA_TEST_SKIP_CPU_SYNC,
                               .direction = DMA_TEST_TO_DEVICE,
                               .buffer = from.number()};
    d.call(DMA_TEST_MAP, second);
    dma_test_call mapped = second;
    mapped.handle = d.last.handle;
    const unsigned sink = to.map(DMA_TEST_FROM_DEVICE);
    unsigned wrong = copy(d, source, sink, kPage) != 0;
    from.unmap();
    wrong += copy(d, mapped.handle, sink, kPage) != 0;
    d.call(DMA_TEST_UNMAP, mapped);
    to.unmap();
    return wrong + to.wrong(67);
}

/// Many small mappings that the device only reads, several in one line: all of it allowed.
unsigned small_mappings(dma::Device& d) {
    constexpr unsigned kPieces = 8;
    Piece from{d, kPage}, to{d, kPage};
    from.write(70);
    unsigned handles[kPieces];
    for (unsigned i = 0; i < kPieces; ++i) {
        d.call(DMA_TEST_MAP,
               {.bytes = 16, .direction = DMA_TEST_TO_DEVICE, .offset = 16 * i, .buffer = from.number()});
        handles[i] = d.last.handle;
    }
    const unsigned source = from.map(DMA_TEST_TO_DEVICE), sink = to.map(DMA_TEST_FROM_DEVICE);
    unsigned wrong = from.wrong(70);  // reading is nobody's harm
    wrong += copy(d, source, sink, kPage) != 0;
    for (const unsigned h : handles)
        d.call(DMA_TEST_UNMAP, {.handle = h, .bytes = 16, .direction = DMA_TEST_TO_DEVICE});
    to.unmap();
    return wrong + to.wrong(70);
}

/// The device is told of a place that is no longer mapped for it.
unsigned old_address(dma::Device& d) {
    Piece from{d, kPage}, to{d, kPage};
    from.write(80);
    const unsigned source = from.map(DMA_TEST_TO_DEVICE);
    unsigned sink = to.map(DMA_TEST_FROM_DEVICE);
    copy(d, source, sink, kPage);
    to.unmap();
    const unsigned wrong = to.wrong(80);
    if (!makes("program_uses_old_address")) sink = to.map(DMA_TEST_FROM_DEVICE);
    copy(d, source, sink, kPage);
    return wrong;
}

/// The device writes a page; what is mapped for it is one, or less.
unsigned length(dma::Device& d) {
    Piece from{d, kPage}, to{d, kPage};
    to.map(DMA_TEST_BIDIRECTIONAL);
    to.unmap();  // no line of it stays in the caches
    from.write(90);
    const unsigned source = from.map(DMA_TEST_TO_DEVICE);
    const unsigned bytes = makes("program_maps_too_little") ? kPage / 2 : kPage;
    const unsigned sink = to.map(DMA_TEST_FROM_DEVICE, 0, bytes);
    copy(d, source, sink, kPage);
    to.unmap();
    return to.wrong(90, 0, bytes);
}

/// Both ends of the device's work in write-combined memory.
unsigned combined(dma::Device& d) {
    constexpr unsigned kBytes = 2 * kPage;
    Combined from{d, kBytes}, to{d, kBytes};
    if (!from.words || !to.words) return 1;
    to.write(0);
    (void)to.wrong(0);
    from.write(100);  // the last of it waits in a write buffer
    const unsigned failed = copy(d, from.handle(), to.handle(), kBytes) != 0;
    return failed + to.wrong(100);
}

/// A dma-buf, mapped by a program and for the device; SYNC says whose turn it is.
unsigned by_turns(dma::Device& d, int fd, unsigned bytes) {
    const bool syncs = !makes("program_forgets_sync");
    auto* words =
        static_cast<volatile unsigned*>(::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
    dmabuf::Importer user;
    user.import(fd);
    user.attach(kDevice);
    user.map(DMABUF_TEST_BIDIRECTIONAL);
    const unsigned at = user.last.value;
    const auto turn = [&](unsigned long long which) {
        while (syncs && dmabuf::sync(fd, which | DMA_BUF_SYNC_RW) != 0 && errno == EINTR) {
        }
    };
    unsigned wrong = 0;
    Combined other{d, bytes};
    for (unsigned round = 1; round <= 2; ++round) {
        turn(DMA_BUF_SYNC_START);
        for (unsigned i = 0; i < bytes / 4; i += 2) words[i] = round * 100 + i;
        turn(DMA_BUF_SYNC_END);
        wrong += copy(d, at, other.handle(), bytes) != 0;
        for (unsigned i = 0; i < bytes / 4; i += 2) wrong += other.words[i] != round * 100 + i;
        other.write(round * 200);
        wrong += copy(d, other.handle(), at, bytes) != 0;
        turn(DMA_BUF_SYNC_START);
        for (unsigned i = 0; i < bytes / 4; ++i) wrong += words[i] != round * 200 + i;
        turn(DMA_BUF_SYNC_END);
    }
    user.unmap();
    user.release();
    ::munmap(const_cast<unsigned*>(words), bytes);
    ::close(fd);
    return wrong;
}

unsigned heap(dma::Device& d) {
    constexpr unsigned kBytes = 4 * kPage;
    const int fd = dmabuf::heap_alloc("system", kBytes);
    ::ioctl(fd, DMA_BUF_SET_NAME_B, "picture");
    return by_turns(d, fd, kBytes);
}

/// An exporter that is disturbed (EINTR) before it has given the buffer to the processor: programs ask again,
/// if they are told.
unsigned disturbed(dma::Device& d) {
    dmabuf::Importer exporter;
    if (exporter.call(DMABUF_TEST_EXPORT, {.value = DMABUF_TEST_DISTURBED}) != 0) return 1;
    return by_turns(d, exporter.last.fd, kPage);
}

/// Makes the caches write back all that they hold.
void displace() {
    static volatile unsigned other[(4U << 20) / 4];
    for (unsigned i = 0; i < std::size(other); i += kLine / 4) other[i] = i;
}

/// Memory goes back to the allocator and comes again as the device's: nothing of the first owner's may come
/// late.
unsigned second_owner(dma::Device& d) {
    constexpr unsigned kBytes = 8 * kPage;
    unsigned wrong = 0;
    for (unsigned round = 1; round <= 4; ++round) {
        {
            Piece first{d, kBytes};
            first.write(round);
        }
        Combined from{d, kBytes}, to{d, kBytes};
        from.write(round * 300);
        wrong += copy(d, from.handle(), to.handle(), kBytes) != 0;
        displace();
        wrong += to.wrong(round * 300);
    }
    return wrong;
}

/// A large page that the device has used all over is unmapped: it must not be reached any more.
unsigned large_page(dma::Device& d) {
    constexpr unsigned kBytes = 16 * kPage;
    Combined to{d, kBytes};
    unsigned gone = 0, wrong = 0;
    {
        Combined from{d, kBytes, DMA_TEST_WRITE_COMBINE | DMA_TEST_FORCE_CONTIGUOUS};
        from.write(400);
        gone = from.handle();
        wrong += copy(d, gone, to.handle(), kBytes) != 0;
    }
    wrong += copy(d, gone + kPage, to.handle() + kPage, kPage) == 0;
    return wrong;
}

/// The same with many small pages.
unsigned small_pages(dma::Device& d) {
    constexpr unsigned kBytes = 8 * kPage;
    Combined to{d, kBytes};
    unsigned gone = 0, wrong = 0;
    {
        Combined from{d, kBytes};
        from.write(400);
        gone = from.handle();
        wrong += copy(d, gone, to.handle(), kBytes) != 0;
    }
    wrong += copy(d, gone + kPage, to.handle() + kPage, kPage) == 0;
    return wrong;
}

/// From now on the device reaches low memory alone, and has a copy of what is mapped of the first page of
/// this piece of two. Returns the address of the page itself.
unsigned put_out_of_reach(dma::Device& d, Piece& piece) {
    const unsigned page = d.physical(piece.map(DMA_TEST_TO_DEVICE, kPage, kPage)) - kPage;
    piece.unmap();
    d.call(DMA_TEST_SET_MASK, {.value = page - 1});
    return page;
}

/// An importer goes by the addresses at which a list is mapped for it, or by the pages that are in it.
unsigned imported(dma::Device& d) {
    Combined to{d, kPage};
    Piece from{d, 2 * kPage};
    const unsigned page = put_out_of_reach(d, from);
    from.write(550);
    const unsigned mapped = from.map(DMA_TEST_TO_DEVICE, 0, kPage);
    const unsigned source = makes("program_goes_by_pages") ? page : mapped;
    const unsigned failed = copy(d, source, to.handle(), kPage) != 0;
    return failed + to.wrong(550);
}

/// A device that reaches low memory alone has a copy of what is mapped for it; sync brings it up to date.
unsigned bounced(dma::Device& d) {
    Combined to{d, kPage};
    Piece from{d, 2 * kPage};
    put_out_of_reach(d, from);
    from.write(600);
    const unsigned source = from.map(DMA_TEST_TO_DEVICE, 0, kPage);
    unsigned wrong = copy(d, source, to.handle(), kPage) != 0;
    wrong += to.wrong(600);
    const bool syncs = !makes("program_skips_sync");
    if (syncs) from.sync(false);
    from.write(700);
    if (syncs) from.sync(true);
    wrong += copy(d, source, to.handle(), kPage) != 0;
    return wrong + to.wrong(700);
}

/// The two prefetch buffers of the device's SysMMU: one for what it reads and one for what it writes, or both
/// for what it reads.
unsigned prefetched(dma::Device& d) {
    constexpr unsigned kBytes = 16 * kPage, kHow = DMA_TEST_WRITE_COMBINE | DMA_TEST_SINGLE_PAGES;
    Combined from{d, kBytes, kHow}, to{d, kBytes, kHow};
    const unsigned second = makes("program_gives_both_the_same") ? from.handle() : to.handle();
    unsigned wrong = 0;
    wrong += d.call(DMA_TEST_PREFETCH, {.handle = from.handle(), .bytes = kBytes, .value = 0}) != 0;
    wrong += d.call(DMA_TEST_PREFETCH, {.handle = second, .bytes = kBytes, .value = 1}) != 0;
    from.write(850);
    to.write(0);
    wrong += copy(d, from.handle(), to.handle(), kBytes) != 0;
    return wrong + to.wrong(850);
}

/// The device has used all of its addresses; then it gets more.
unsigned new_addresses(dma::Device& d) {
    constexpr unsigned kBytes = 256 * kPage;
    Combined to{d, kPage}, first{d, kBytes};
    unsigned wrong = copy(d, first.handle(), to.handle(), kPage) != 0;
    Combined second{d, kBytes};
    second.words[0] = 500;
    wrong += copy(d, second.handle(), to.handle(), kPage) != 0;
    return wrong + (to.words[0] != 500);
}

/// A program writes code, runs it, and does so again in the same place. The first time mprotect() makes it
/// executable, then cacheflush().
unsigned code(dma::Device&) {
    constexpr int kWritable = PROT_READ | PROT_WRITE;
    auto* at = static_cast<uint32_t*>(::mmap(nullptr, kPage, kWritable, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    unsigned wrong = 0;
    for (unsigned value = 1; value <= 3; ++value) {
        at[0] = 0xE3A0'0000U | value;  // mov r0, #value
        at[1] = 0xE12F'FF1EU;          // bx lr
        if (value == 1) {
            ::mprotect(at, kPage, kWritable | PROT_EXEC);
        } else {
            __builtin___clear_cache(reinterpret_cast<char*>(at), reinterpret_cast<char*>(at + 2));
        }
        wrong += reinterpret_cast<unsigned (*)()>(at)() != value;
    }
    return wrong;
}

/// A write-combined picture of some pages for the device's command lists.
struct Picture {
    static constexpr unsigned kPixels = g2d::kSide * g2d::kSide;
    uint32_t handle = 0;
    volatile unsigned* pixels;
    explicit Picture(const g2d::File& card) {
        const auto made = drm::create_dumb(card, g2d::kSide, g2d::kSide, 32);
        handle = made.handle;
        pixels = static_cast<volatile unsigned*>(drm::map(card, handle, made.size));
    }
    void write(unsigned first) const { dma::number(pixels, kPixels, first); }
    unsigned wrong(unsigned first) const { return dma::misnumbered(pixels, kPixels, first); }
};

/// Source and destination are one buffer.
unsigned in_place(dma::Device&) {
    const g2d::File card{drm::kCard};
    const Picture picture{card};
    picture.write(900);
    g2d::List list;
    list.source(picture.handle, 0, g2d::at(g2d::kSide, g2d::kSide));
    list.destination(picture.handle, 0, g2d::at(g2d::kSide, g2d::kSide));
    const unsigned failed = g2d::run(card, list) != 0;
    return failed + picture.wrong(900);
}

/// The device gets the program's addresses of memory that is not cached, to read and to write.
unsigned combined_pointers(dma::Device&) {
    const g2d::File card{drm::kCard};
    const Picture from{card}, to{card};
    unsigned wrong = 0;
    for (const unsigned first : {1000U, 9000U}) {
        from.write(first);
        to.write(0);
        const auto described = [](const Picture& p) {
            return drm_exynos_g2d_userptr{reinterpret_cast<unsigned long>(p.pixels), 4 * Picture::kPixels};
        };
        const drm_exynos_g2d_userptr source = described(from), destination = described(to);
        g2d::List list;
        list.source(0, 0, g2d::at(g2d::kSide, g2d::kSide));
        list.destination(0, 0, g2d::at(g2d::kSide, g2d::kSide));
        list.buffers = {{g2d::kSrcBase | G2D_BUF_USERPTR, reinterpret_cast<uintptr_t>(&source)},
                        {g2d::kDstBase | G2D_BUF_USERPTR, reinterpret_cast<uintptr_t>(&destination)}};
        wrong += g2d::run(card, list) != 0;
        wrong += to.wrong(first);
    }
    return wrong;
}

constexpr struct {
    const char* name;
    unsigned (*run)(dma::Device&);
} kRoutines[] = {
    {"small_pieces", small_pieces},
    {"large_pieces", large_pieces},
    {"list", list},
    {"answer", answer},
    {"neighbour", neighbour},
    {"small_mappings", small_mappings},
    {"old_address", old_address},
    {"length", length},
    {"combined", combined},
    {"alias", alias},
    {"hops", hops},
    {"mapped_twice", mapped_twice},
    {"heap", heap},
    {"disturbed", disturbed},
    {"second_owner", second_owner},
    {"large_page", large_page},
    {"small_pages", small_pages},
    {"imported", imported},
    {"bounced", bounced},
    {"prefetched", prefetched},
    {"new_addresses", new_addresses},
    {"code", code},
    {"in_place", in_place},
    {"combined_pointers", combined_pointers},
};

}  // namespace

int main(int argc, char** argv) {
    for (const auto& routine : kRoutines) {
        if (argc != 2 || std::string{routine.name} != argv[1]) continue;
        dma::Device device{kDevice};
        const unsigned wrong = routine.run(device);
        measured::print("wrong_words", wrong, "");
        return 0;
    }
    std::fprintf(stderr, "usage: sharing ROUTINE\n");
    return 2;
}
