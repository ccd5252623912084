#include "core/vfs.hpp"

#include "core/cpio.hpp"
#include "core/log.hpp"
#include "core/notify.hpp"
#include "core/proc_process.hpp"
#include "core/process.hpp"
#include "core/uaccess.hpp"
#include "mm/page.hpp"
#include "mm/user_space.hpp"

namespace kernel {

namespace {

uint64_t last_inode = 0;

// --- directories

struct Entry {
    ListNode node;
    char name[64];
    Ref<Inode> inode;
};

struct DirectoryFile : File {
    Result<uint64_t> lseek(int64_t offset, uint32_t whence) override {
        return seek_in(*this, offset, whence, 0);
    }
    Result<uint32_t> read(UserAddr, uint32_t) override { return Errno::kIsDir; }
    Result<uint32_t> read_directory(UserAddr to, uint32_t size) override;
};

struct [[gnu::packed]] Dirent64 {
    uint64_t inode;
    int64_t next;
    uint16_t length;
    uint8_t type;
};

/// One record: header, name, NUL, padded to 8.
Result<uint32_t> put_dirent(UserAddr to, uint32_t room, const Inode::Child& child, uint64_t position) {
    const uint32_t name_bytes = static_cast<uint32_t>(strlen(child.name)) + 1;
    const uint32_t length = align_up(static_cast<uint32_t>(sizeof(Dirent64)) + name_bytes, 8);
    if (length > room) return 0U;
    const Dirent64 head{child.number, static_cast<int64_t>(position + 1), static_cast<uint16_t>(length),
                        static_cast<uint8_t>(child.mode >> 12)};
    TRY(copy_to_user(to, &head, sizeof head));
    TRY(copy_to_user(to + sizeof head, child.name, name_bytes));
    return length;
}

/// "." and "..", then the directory's own.
Result<Inode::Child> entry_at(Inode& directory, uint32_t index) {
    if (index >= 2) return directory.child(index - 2);
    const Inode& named = index == 1 && directory.parent ? *directory.parent : directory;
    Inode::Child c{{}, named.number, named.mode};
    copy_text(c.name, index == 0 ? "." : "..");
    return c;
}

Result<uint32_t> DirectoryFile::read_directory(UserAddr to, uint32_t size) {
    uint32_t used = 0;
    for (;;) {
        auto child = entry_at(*inode, static_cast<uint32_t>(position));
        if (!child) return used;
        const uint32_t length = TRY(put_dirent(to + used, size - used, child.value(), position));
        if (length == 0) {
            if (used == 0) return Errno::kInval;
            return used;
        }
        used += length;
        ++position;
    }
}

struct Directory : Inode {
    Directory() : Inode{kModeDir | 0755} {}
    ~Directory() override {
        while (Entry* e = entries.pop_front()) {
            if (e->inode->parent == this) e->inode->parent = nullptr;
            delete e;
        }
    }
    Entry* find(Text name) {
        for (Entry& e : entries) {
            if (Text{e.name} == name) return &e;
        }
        return nullptr;
    }
    Result<Ref<Inode>> lookup(Text name) override {
        if (Entry* e = find(name)) return e->inode;
        return Errno::kNoEnt;
    }
    Result<Ref<File>> open(uint32_t) override { return open_directory(); }
    Result<> link(Text name, Ref<Inode> target) override {
        if (find(name)) return Errno::kExist;
        if (name.size >= sizeof(Entry::name)) return Errno::kNameTooLong;
        auto entry = TRY(make<Entry>());
        copy_text(entry->name, name);
        if (!target->parent) target->parent = this;
        modified_ns = now_ns();
        ++target->links;
        entry->inode = std::move(target);
        entries.push_back(*entry.release());
        return Ok{};
    }
    Result<> unlink(Text name) override {
        Entry* e = find(name);
        if (!e) return Errno::kNoEnt;
        if (e->inode->is_directory() && e->inode->child(0)) return Errno::kNotEmpty;
        return detach(name);
    }
    Result<> detach(Text name) override {
        Entry* e = find(name);
        if (!e) return Errno::kNoEnt;
        if (e->inode->parent == this) e->inode->parent = nullptr;
        --e->inode->links;
        e->node.unlink();
        delete e;
        modified_ns = now_ns();
        return Ok{};
    }
    Result<Child> child(uint32_t index) override {
        for (Entry& e : entries) {
            if (index-- > 0) continue;
            Child c{{}, e.inode->number, e.inode->mode};
            copy_text(c.name, e.name);
            return c;
        }
        return Errno::kNoEnt;
    }
    List<Entry, &Entry::node> entries;
};

struct SymbolicLink : Inode {
    SymbolicLink() : Inode{kModeLink | 0777} {}
    Result<Ref<File>> open(uint32_t) override { return Errno::kLoop; }
    Result<Text> target() override { return Text{text}; }
    Result<FileStatus> status() override {
        return FileStatus{mode, strlen(text), number, 0, modified_ns, link_count()};
    }
    char text[256];
};

// --- files whose bytes lie in one piece

struct FixedFile : Inode {
    FixedFile(const void* b, uint32_t n, uint32_t file_mode)
        : Inode{kModeRegular | file_mode}, bytes{static_cast<const uint8_t*>(b)}, size{n} {}
    Result<FileStatus> status() override {
        return FileStatus{mode, size, number, 0, modified_ns, link_count()};
    }
    Result<Ref<File>> open(uint32_t flags) override;
    Result<uint32_t> read_at(uint64_t at, void* to, uint32_t n) override {
        if (at >= size) return 0U;
        n = n < size - at ? n : static_cast<uint32_t>(size - at);
        memcpy(to, bytes + at, n);
        return n;
    }
    const uint8_t* bytes;
    uint32_t size;
};

struct TextFile final : FixedFile {
    static constexpr uint32_t kMost = 64;
    explicit TextFile(Text t) : FixedFile{text, static_cast<uint32_t>(t.size), 0444} {
        memcpy(text, t.data, t.size);
    }
    char text[kMost];
};

/// Pages of a private mapping of bytes that are not page aligned in memory: copied at each fault.
struct FixedPages : PageSource {
    const uint8_t* bytes = nullptr;
    uint32_t size = 0;
    Result<Page*> page(uint32_t index) override {
        const uint64_t at = uint64_t{index} * kPageSize;
        if (at >= size) return Errno::kFault;
        Page* p = TRY(alloc_pages(0, kZeroed | kMovable));
        const uint32_t n = size - at < kPageSize ? static_cast<uint32_t>(size - at) : kPageSize;
        memcpy(page_data(p), bytes + at, n);
        return p;
    }
};

struct FixedFileOpen : File {
    FixedFile& data() const { return static_cast<FixedFile&>(*inode); }
    Result<uint32_t> read(UserAddr to, uint32_t n) override {
        if (position >= data().size) return 0U;
        const uint32_t left = data().size - static_cast<uint32_t>(position);
        n = n < left ? n : left;
        TRY(copy_to_user(to, data().bytes + position, n));
        position += n;
        return n;
    }
    Result<uint64_t> lseek(int64_t offset, uint32_t whence) override {
        return seek_in(*this, offset, whence, data().size);
    }
    Result<> mmap(Vma& vma) override {
        if (vma.shared && vma.access.write) return Errno::kAcces;
        auto pages = TRY(make_ref<FixedPages>());
        pages->bytes = data().bytes;
        pages->size = data().size;
        vma.source = pages;
        vma.keep = Ref<RefCounted>{Ref<Inode>{inode}};
        return Ok{};
    }
};

Result<Ref<File>> FixedFile::open(uint32_t flags) {
    if ((flags & kAccessMode) != kReadOnly) return Errno::kRoFs;
    return Ref<File>{TRY(make_ref<FixedFileOpen>())};
}

// --- files made when opened

struct GeneratedFile : Inode {
    GeneratedFile(Generator g, Acceptor a)
        : Inode{kModeRegular | (a ? 0644U : 0444U)}, generate{g}, accept{a} {}
    Result<Ref<File>> open(uint32_t flags) override;
    Generator generate;
    Acceptor accept;
};

struct GeneratedOpen : File {
    static constexpr uint32_t kMost = 16384;
    char* text = nullptr;
    uint32_t size = 0;
    Acceptor accept = nullptr;
    ~GeneratedOpen() override { delete[] text; }
    Result<uint32_t> read(UserAddr to, uint32_t n) override {
        if (position >= size) return 0U;
        const uint32_t left = size - static_cast<uint32_t>(position);
        n = n < left ? n : left;
        TRY(copy_to_user(to, text + position, n));
        position += n;
        return n;
    }
    Result<uint32_t> write(UserAddr from, uint32_t n) override {
        char bytes[64];
        if (n > sizeof bytes) return Errno::kInval;
        TRY(copy_from_user(bytes, from, n));
        TRY(accept(Text{bytes, n}));
        return n;
    }
    Result<uint64_t> lseek(int64_t offset, uint32_t whence) override {
        return seek_in(*this, offset, whence, size);
    }
};

Result<Ref<File>> GeneratedFile::open(uint32_t flags) {
    if ((flags & kAccessMode) != kReadOnly && !accept) return Errno::kAcces;
    return open_text([](void* self, char* to,
                        uint32_t size) { return static_cast<GeneratedFile*>(self)->generate(to, size); },
                     this, accept);
}

// --- files opened for their name alone (O_PATH)

struct PathFile : File {
    Result<uint32_t> read(UserAddr, uint32_t) override { return Errno::kBadF; }
    Result<uint32_t> write(UserAddr, uint32_t) override { return Errno::kBadF; }
    Result<uint32_t> ioctl(uint32_t, UserAddr) override { return Errno::kBadF; }
    Result<> mmap(Vma&) override { return Errno::kBadF; }
    Result<uint64_t> lseek(int64_t, uint32_t) override { return Errno::kBadF; }
};

// --- device nodes

struct DeviceNodeInode : Inode {
    DeviceNodeInode(Opener o, void* c, uint32_t n)
        : Inode{kModeChar | 0666}, opener{o}, context{c}, device{n} {}
    Result<Ref<File>> open(uint32_t) override { return opener(context); }
    Result<FileStatus> status() override {
        return FileStatus{mode, 0, number, device, modified_ns, link_count()};
    }
    Opener opener;
    void* context;
    uint32_t device;
};

Ref<Inode>& root_slot() {
    static Ref<Inode> root;
    return root;
}

Result<> add_directory(const char* name) { return root_directory()->link(name, TRY(make_directory())); }

}  // namespace

Result<Ref<File>> open_directory() { return Ref<File>{TRY(make_ref<DirectoryFile>())}; }

Result<Ref<File>> open_text(ContextGenerator generate, void* context, Acceptor accept) {
    auto file = TRY(make_ref<GeneratedOpen>());
    file->text = new (std::nothrow) char[GeneratedOpen::kMost];
    if (!file->text) return Errno::kNoMem;
    file->size = generate(context, file->text, GeneratedOpen::kMost);
    file->accept = accept;
    return Ref<File>{std::move(file)};
}

Inode::Inode(uint32_t file_mode) : number{++last_inode}, mode{file_mode}, modified_ns{now_ns()} {}

Ref<Inode> root_directory() { return root_slot(); }
Ref<Inode> device_directory() { return resolve("/dev", root_directory()).value_or({}); }

Result<Ref<Inode>> make_directory() { return Ref<Inode>{TRY(make_ref<Directory>())}; }
Result<Ref<Inode>> make_fixed_file(const void* bytes, uint32_t size, uint32_t mode) {
    return Ref<Inode>{TRY(make_ref<FixedFile>(bytes, size, mode))};
}
Result<Ref<Inode>> make_text_file(Text text) {
    if (text.size > TextFile::kMost) return Errno::kNameTooLong;
    return Ref<Inode>{TRY(make_ref<TextFile>(text))};
}
Result<Ref<Inode>> make_generated_file(Generator generate, Acceptor accept) {
    return Ref<Inode>{TRY(make_ref<GeneratedFile>(generate, accept))};
}
Result<Ref<Inode>> make_device_node(Opener opener, void* context, uint32_t number) {
    return Ref<Inode>{TRY(make_ref<DeviceNodeInode>(opener, context, number))};
}

Result<> register_char_device(const char* name, Opener opener, void* context) {
    static uint32_t minor = 0;
    return device_directory()->link(name, TRY(make_device_node(opener, context, 0x5100 + minor++)));
}

namespace {

constexpr int kMostLinks = 16;

/// One component below `at`.
Result<Ref<Inode>> step(const Ref<Inode>& at, Text name) {
    if (!(name == Text{".."})) return at->lookup(name);
    if (!at->is_directory()) return Errno::kNotDir;
    return at->parent ? Ref<Inode>::share(at->parent) : at;
}

Result<Ref<Inode>> walk(Text path, const Ref<Inode>& base, LastLink last, int& links) {
    if (path.empty()) return Errno::kNoEnt;
    Ref<Inode> at = path.starts_with("/") || !base ? root_directory() : base;
    while (!path.empty()) {
        const size_t slash = path.find('/');
        const Text name{path.data, slash};
        path = path.from(slash < path.size ? slash + 1 : slash);
        if (name.empty() || name == Text{"."}) continue;
        Ref<Inode> next = TRY(step(at, name));
        if (next->is_link() && (!path.empty() || last == LastLink::follow)) {
            if (++links > kMostLinks) return Errno::kLoop;
            Ref<Inode> there = next->leads_to();
            next = there ? there : TRY(walk(TRY(next->target()), at, LastLink::follow, links));
        }
        at = next;
    }
    return at;
}

}  // namespace

Result<Ref<Inode>> resolve(Text path, const Ref<Inode>& base, LastLink last) {
    int links = 0;
    return walk(path, base, last, links);
}

Result<Ref<Inode>> make_symbolic_link(Text target) {
    if (target.empty()) return Errno::kNoEnt;
    if (target.size >= sizeof SymbolicLink::text) return Errno::kNameTooLong;
    auto link = TRY(make_ref<SymbolicLink>());
    copy_text(link->text, target);
    return Ref<Inode>{std::move(link)};
}

Result<Inode::Child> entry_of(Inode& directory, const Inode& wanted) {
    for (uint32_t i = 0;; ++i) {
        Inode::Child child = TRY(directory.child(i));
        if (child.number == wanted.number) return child;
    }
}

/// Built from the end of the buffer backwards.
Result<uint32_t> path_of(Inode& inode, char* to, uint32_t size) {
    if (size < 2) return Errno::kRange;
    uint32_t at = size - 1;
    to[at] = 0;
    Inode* here = &inode;
    for (; here->parent; here = here->parent) {
        const Inode::Child child = TRY(entry_of(*here->parent, *here));
        const auto n = static_cast<uint32_t>(strlen(child.name));
        if (n + 1 > at) return Errno::kRange;
        at -= n;
        memcpy(to + at, child.name, n);
        to[--at] = '/';
    }
    if (here != root_directory().get()) return Errno::kNoEnt;
    if (at == size - 1) to[--at] = '/';
    memmove(to, to + at, size - at);
    return size - at;
}

Result<Parent> resolve_parent(Text path, const Ref<Inode>& base) {
    while (path.size > 1 && path.data[path.size - 1] == '/') --path.size;
    size_t cut = path.size;
    while (cut > 0 && path.data[cut - 1] != '/') --cut;
    Parent parent;
    parent.name = path.from(cut);
    if (parent.name.empty()) return Errno::kExist;
    parent.directory = cut == 0 ? (base ? base : root_directory()) : TRY(resolve(Text{path.data, cut}, base));
    return parent;
}

namespace {

Result<Ref<Inode>> find_or_create(Text path, uint32_t flags, const Ref<Inode>& base) {
    auto found = resolve(path, base, flags & kNoLink ? LastLink::keep : LastLink::follow);
    if (found) {
        if ((flags & kCreate) && (flags & kExclusive)) return Errno::kExist;
        return found.take();
    }
    if (found.error() != Errno::kNoEnt || !(flags & kCreate)) return found.error();
    Parent parent = TRY(resolve_parent(path, base));
    auto file = TRY(make_memory_file());
    TRY(parent.directory->link(parent.name, file));
    notify_entry(*parent.directory, parent.name, *file, kNoticeCreate);
    return file;
}

}  // namespace

Result<Ref<File>> open_path(Text path, uint32_t flags, const Ref<Inode>& base) {
    Ref<Inode> inode = TRY(find_or_create(path, flags, base));
    if ((flags & kDirectory) && !inode->is_directory()) return Errno::kNotDir;
    if (inode->is_directory() && (flags & kAccessMode) != kReadOnly) return Errno::kIsDir;
    Ref<File> file = flags & kPathOnly ? Ref<File>{TRY(make_ref<PathFile>())} : TRY(inode->open(flags));
    file->flags = flags & ~(kCreate | kExclusive | kTruncate | kCloseOnExec);
    if (!file->inode) file->inode = inode;
    if ((flags & kTruncate) && (inode->mode & kModeType) == kModeRegular) TRY(resize(*file, 0));
    if (!(flags & kPathOnly)) notify(*file->inode, kNoticeOpen);
    return file;
}

namespace {

/// Creates the directories of `path` that are missing.
Result<> make_parents(Text path) {
    for (size_t i = 0; i < path.size; ++i) {
        if (path.data[i] != '/' || i == 0) continue;
        const Text part{path.data, i};
        if (resolve(part, root_directory())) continue;
        Parent parent = TRY(resolve_parent(part, root_directory()));
        TRY(parent.directory->link(parent.name, TRY(make_directory())));
    }
    return Ok{};
}

Result<> add_archive_entry(const CpioEntry& entry) {
    if (entry.name == Text{"."}) return Ok{};
    TRY(make_parents(entry.name));
    Parent parent = TRY(resolve_parent(entry.name, root_directory()));
    if (parent.directory->lookup(parent.name)) return Ok{};
    if ((entry.mode & kModeType) == kModeDir)
        return parent.directory->link(parent.name, TRY(make_directory()));
    if ((entry.mode & kModeType) == kModeLink) {
        const Text target{reinterpret_cast<const char*>(entry.data), entry.size};
        return parent.directory->link(parent.name, TRY(make_symbolic_link(target)));
    }
    return parent.directory->link(parent.name,
                                  TRY(make_fixed_file(entry.data, entry.size, entry.mode & 07777)));
}

}  // namespace

/// What udev makes on Linux.
constexpr struct {
    const char *name, *target;
} kDeviceLinks[] = {{"fd", "/proc/self/fd"},
                    {"stdin", "/proc/self/fd/0"},
                    {"stdout", "/proc/self/fd/1"},
                    {"stderr", "/proc/self/fd/2"}};

Result<> vfs_init(const uint8_t* initrd, uint32_t initrd_size) {
    root_slot() = TRY(make_directory());
    for (const char* name : {"dev", "tmp", "sys"}) TRY(add_directory(name));
    TRY(root_directory()->link("proc", TRY(make_proc_directory())));
    for (const auto& [name, target] : kDeviceLinks)
        TRY(device_directory()->link(name, TRY(make_symbolic_link(target))));
    CpioReader reader{initrd, initrd_size};
    CpioEntry entry;
    while (TRY(reader.next(entry))) TRY(add_archive_entry(entry));
    return proc_init(TRY(resolve("/proc", root_directory())));
}

}  // namespace kernel
