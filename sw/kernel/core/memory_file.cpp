// Files in memory: /tmp and whatever programs create. Pages come on demand; holes read as zero.
#include "core/uaccess.hpp"
#include "core/vfs.hpp"
#include "mm/page.hpp"
#include "mm/user_space.hpp"

namespace kernel {

namespace {

constexpr uint32_t kMostPages = 8192;  // 32 MiB a file

/// The pages of one file; mappings share it.
struct FilePages : PageSource {
    Page** pages = nullptr;
    uint32_t capacity = 0;
    uint64_t size = 0;

    ~FilePages() override {
        drop_from(0);
        delete[] pages;
    }
    Result<Page*> slot(uint32_t index) {
        if (index >= kMostPages) return Errno::kFBig;
        if (index >= capacity) TRY(grow(index + 1));
        if (!pages[index]) {
            pages[index] = TRY(alloc_pages(0, kZeroed | kMovable));
            pages[index]->source = this;
            pages[index]->index = index;
            pages[index]->use = PageUse::file;
        }
        return pages[index];
    }
    bool replace(uint32_t index, const Page* old, Page* fresh) override {
        if (index >= capacity || pages[index] != old) return false;
        pages[index] = fresh;
        return true;
    }
    Result<Page*> page(uint32_t index) override {
        if (uint64_t{index} * kPageSize >= size) return Errno::kFault;
        return held(index);
    }
    /// The page, held so that it stays where it is.
    Result<Page*> held(uint32_t index) {
        const IrqGuard guard{lock};  // it must not move between the look and the reference
        Page* p = TRY(slot(index));
        page_get(p);
        return p;
    }
    /// A page that mappings still have becomes nobody's: it cannot move any more, and goes with the last of
    /// them.
    void drop_from(uint32_t index) {
        for (uint32_t i = index; i < capacity; ++i) {
            if (!pages[i]) continue;
            pages[i]->use = PageUse::kernel;
            pages[i]->source = nullptr;
            page_put(pages[i]);
            pages[i] = nullptr;
        }
    }
    IrqLock lock;

private:
    Result<> grow(uint32_t wanted) {
        uint32_t bigger = capacity ? capacity : 16;
        while (bigger < wanted) bigger *= 2;
        Page** fresh = new (std::nothrow) Page*[bigger];
        if (!fresh) return Errno::kNoMem;
        const IrqGuard guard{lock};
        for (uint32_t i = 0; i < bigger; ++i) fresh[i] = i < capacity ? pages[i] : nullptr;
        delete[] pages;
        pages = fresh;
        capacity = bigger;
        return Ok{};
    }
};

struct MemoryFile : Inode {
    explicit MemoryFile(Ref<FilePages> p) : Inode{kModeRegular | 0644}, pages{std::move(p)} {}
    Result<FileStatus> status() override {
        return FileStatus{mode, pages->size, number, 0, modified_ns, link_count()};
    }
    Result<Ref<File>> open(uint32_t) override;
    Result<uint32_t> read_at(uint64_t at, void* to, uint32_t n) override {
        if (at >= pages->size) return 0U;
        n = n < pages->size - at ? n : static_cast<uint32_t>(pages->size - at);
        for (uint32_t done = 0; done < n;) {
            Page* p = TRY(pages->held(static_cast<uint32_t>((at + done) / kPageSize)));
            const uint32_t inside = static_cast<uint32_t>((at + done) % kPageSize);
            const uint32_t piece = n - done < kPageSize - inside ? n - done : kPageSize - inside;
            memcpy(static_cast<uint8_t*>(to) + done, page_data(p) + inside, piece);
            page_put(p);
            done += piece;
        }
        return n;
    }
    Ref<FilePages> pages;
};

struct MemoryFileOpen : File {
    FilePages& pages() const { return *static_cast<MemoryFile&>(*inode).pages; }

    /// Calls move(user address, page bytes, count) for each piece of [position, position + n).
    template <class Move>
    Result<uint32_t> transfer(UserAddr user, uint32_t n, Move move) {
        uint32_t done = 0;
        while (done < n) {
            auto page = pages().held(static_cast<uint32_t>(position / kPageSize));
            const uint32_t inside = static_cast<uint32_t>(position % kPageSize);
            const uint32_t piece = n - done < kPageSize - inside ? n - done : kPageSize - inside;
            auto moved =
                page ? move(user + done, page_data(page.value()) + inside, piece) : Result<>{page.error()};
            if (page) page_put(page.value());
            if (!moved) {
                if (done == 0) return moved.error();
                break;
            }
            position += piece;
            done += piece;
        }
        return done;
    }
    Result<uint32_t> read(UserAddr to, uint32_t n) override {
        if (position >= pages().size) return 0U;
        const uint64_t left = pages().size - position;
        return transfer(
            to, n < left ? n : static_cast<uint32_t>(left),
            [](UserAddr user, uint8_t* bytes, uint32_t count) { return copy_to_user(user, bytes, count); });
    }
    Result<uint32_t> write(UserAddr from, uint32_t n) override {
        if (flags & kAppend) position = pages().size;
        auto done = transfer(from, n, [](UserAddr user, uint8_t* bytes, uint32_t count) {
            return copy_from_user(bytes, user, count);
        });
        if (position > pages().size) pages().size = position;
        inode->modified_ns = now_ns();
        return done;
    }
    Result<uint64_t> lseek(int64_t offset, uint32_t whence) override {
        return seek_in(*this, offset, whence, pages().size);
    }
    Result<> truncate(uint64_t size) override {
        if (size > uint64_t{kMostPages} * kPageSize) return Errno::kFBig;
        if (size < pages().size) {
            pages().drop_from(pages_for(static_cast<uint32_t>(size)));
            if (size % kPageSize) {
                Page* last = TRY(pages().held(static_cast<uint32_t>(size / kPageSize)));
                memset(page_data(last) + size % kPageSize, 0, kPageSize - size % kPageSize);
                page_put(last);
            }
        }
        pages().size = size;
        inode->modified_ns = now_ns();
        return Ok{};
    }
    Result<> mmap(Vma& vma) override {
        vma.source = Ref<PageSource>{static_cast<MemoryFile&>(*inode).pages};
        return Ok{};
    }
};

Result<Ref<File>> MemoryFile::open(uint32_t) { return Ref<File>{TRY(make_ref<MemoryFileOpen>())}; }

}  // namespace

Result<Ref<Inode>> make_memory_file() {
    auto pages = TRY(make_ref<FilePages>());
    return Ref<Inode>{TRY(make_ref<MemoryFile>(std::move(pages)))};
}

Result<Ref<PageSource>> make_shared_memory(uint32_t size) {
    auto pages = TRY(make_ref<FilePages>());
    pages->size = size;
    return Ref<PageSource>{std::move(pages)};
}

}  // namespace kernel
