#include "core/proc_process.hpp"

#include "core/process.hpp"
#include "core/string.hpp"
#include "core/text_writer.hpp"
#include "mm/fault_injection.hpp"
#include "mm/page.hpp"

namespace kernel {

namespace {

/// The process with this id, held. Errors: kNoEnt.
Result<Ref<Process>> process_of(uint32_t pid) {
    IrqLock lock;
    const IrqGuard guard{lock};
    Process* found = find_process(pid);
    if (!found) return Errno::kNoEnt;
    return Ref<Process>::share(found);
}

// --- texts

char state_of(Process& p) {
    IrqLock lock;
    const IrqGuard guard{lock};
    if (p.zombie) return 'Z';
    for (Thread& t : p.threads) {
        if (t.state != RunState::blocked) return 'R';
    }
    return 'S';
}
uint32_t parent_of(const Process& p) { return p.parent ? p.parent->pid : 0; }
uint32_t count_threads(Process& p) {
    IrqLock lock;
    const IrqGuard guard{lock};
    uint32_t n = 0;
    for ([[maybe_unused]] Thread& t : p.threads) ++n;
    return n;
}
uint32_t mapped_pages(Process& p) {
    uint32_t pages = 0;
    if (!p.zombie) p.space->for_each([&](const Vma& v) { pages += v.size() / kPageSize; });
    return pages;
}
uint32_t resident_pages(Process& p) { return p.zombie ? 0 : p.space->resident_pages(); }

Inode* inode_of(const Vma& v) { return static_cast<Inode*>(v.file.get()); }

/// Path of the file an area maps, or "".
struct MappedName {
    char text[128] = "";
    explicit MappedName(const Vma& v) {
        auto* file = inode_of(v);
        if (!file || !path_of(*file, text, sizeof text)) text[0] = 0;
    }
};

void maps(Process& p, TextWriter& w) {
    if (p.zombie) return;
    p.space->for_each([&](const Vma& v) {
        const MappedName name{v};
        w.line("%08x-%08x %c%c%c%c %08x 00:01 %u %s\n", v.start.value, v.end.value, v.access.user ? 'r' : '-',
               v.access.write ? 'w' : '-', v.access.execute ? 'x' : '-', v.shared ? 's' : 'p',
               static_cast<uint32_t>(v.offset), inode_of(v) ? static_cast<uint32_t>(inode_of(v)->number) : 0,
               name.text);
    });
}

void status(Process& p, TextWriter& w) {
    w.line("Name:\t%s\nState:\t%c\nTgid:\t%u\nPid:\t%u\nPPid:\t%u\n", p.name, state_of(p), p.pid, p.pid,
           parent_of(p));
    w.line("Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nFDSize:\t%u\n", FdTable::kMost);
    w.line("VmSize:\t%8u kB\nVmRSS:\t%8u kB\nThreads:\t%u\n", mapped_pages(p) * 4, resident_pages(p) * 4,
           count_threads(p));
    w.line("SigPnd:\t%08x%08x\n", static_cast<uint32_t>(p.pending_signals >> 32),
           static_cast<uint32_t>(p.pending_signals));
}

/// The 52 fields of proc(5); what this kernel does not count is 0.
void stat(Process& p, TextWriter& w) {
    constexpr uint64_t kTick = 10'000'000;
    w.line("%u (%s) %c %u %u %u 0 -1 0 0 0 0 0 ", p.pid, p.name, state_of(p), parent_of(p), p.pid, p.pid);
    w.line("%llu 0 %llu 0 20 0 %u 0 0 ", cpu_time(p) / kTick, p.children_ns / kTick, count_threads(p));
    w.line("%u %u 4294967295 0 0 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 %u\n",
           mapped_pages(p) * kPageSize, resident_pages(p), p.wait_status);
}

void statm(Process& p, TextWriter& w) { w.line("%u %u 0 0 0 0 0\n", mapped_pages(p), resident_pages(p)); }
void comm(Process& p, TextWriter& w) { w.line("%s\n", p.name); }
void command_line(Process& p, TextWriter& w) {
    const uint32_t n = p.command_line_size < w.size ? p.command_line_size : w.size;
    memcpy(w.to, p.command_line, n);
    w.used = n;
}
void fail_number(Process&, TextWriter& w) { w.line("%u\n", fail_nth()); }

Result<> set_fail_number(Text text) {
    uint32_t n = 0;
    for (size_t i = 0; i < text.size && text.data[i] != '\n'; ++i) {
        if (text.data[i] < '0' || text.data[i] > '9' || n > 100'000'000) return Errno::kInval;
        n = n * 10 + static_cast<uint32_t>(text.data[i] - '0');
    }
    set_fail_nth(n);
    return Ok{};
}

/// A file of a process's folder, by its name.
struct ProcessText {
    const char* name;
    void (*write)(Process&, TextWriter&);
    Acceptor accept = nullptr;
    bool own_only = false;  ///< speaks of the thread that reads
};
constexpr ProcessText kTexts[] = {
    {"maps", maps},
    {"status", status},
    {"stat", stat},
    {"statm", statm},
    {"comm", comm},
    {"cmdline", command_line},
    {"fail-nth", fail_number, set_fail_number, true},
};

struct TextInode : Inode {
    TextInode(Ref<Process> p, const ProcessText& t)
        : Inode{kModeRegular | (t.accept ? 0644U : 0444U)}, process{std::move(p)}, text{t} {}
    Result<Ref<File>> open(uint32_t flags) override {
        if ((flags & kAccessMode) != kReadOnly && !text.accept) return Errno::kAcces;
        return open_text(
            [](void* self, char* to, uint32_t size) {
                TextWriter w{to, size};
                auto& me = *static_cast<TextInode*>(self);
                me.text.write(*me.process, w);
                return w.used;
            },
            this, text.accept);
    }
    Ref<Process> process;
    const ProcessText& text;
};

// --- links

/// A link whose target is made when it is looked up.
struct MadeLink : Inode {
    MadeLink() : Inode{kModeLink | 0777} {}
    Result<Ref<File>> open(uint32_t) override { return Errno::kLoop; }
    Result<Text> target() override { return Text{text}; }
    Ref<Inode> leads_to() override { return there; }
    char text[kMostPathText] = "";
    Ref<Inode> there;  ///< of an open file
};

void name_file(File& file, char* to, uint32_t size) {
    if (file.inode && path_of(*file.inode, to, size)) return;
    const FileStatus status = file.status().value_or({});
    const char* kind = (status.mode & kModeType) == kModeSocket ? "socket"
                       : (status.mode & kModeType) == kModeFifo ? "pipe"
                                                                : "anon_inode";
    TextWriter w{to, size};
    w.line("%s:[%u]", kind, status.inode ? static_cast<uint32_t>(status.inode) : address_of(&file).value);
}

Result<Ref<Inode>> link_to_file(Process& p, uint32_t fd) {
    if (!p.files) return Errno::kNoEnt;
    auto file = p.files->get(fd);
    if (!file) return Errno::kNoEnt;
    auto link = TRY(make_ref<MadeLink>());
    name_file(*file.value(), link->text, sizeof link->text);
    link->there = file.value()->inode;
    return Ref<Inode>{std::move(link)};
}

Result<Ref<Inode>> link_to_program(Process& p) {
    if (!p.executable) return Errno::kNoEnt;
    auto link = TRY(make_ref<MadeLink>());
    if (!path_of(*p.executable, link->text, sizeof link->text)) copy_text(link->text, Text{p.path});
    return Ref<Inode>{std::move(link)};
}
Result<Ref<Inode>> link_to_directory(Process& p) {
    if (!p.directory) return Errno::kNoEnt;
    auto link = TRY(make_ref<MadeLink>());
    TRY(path_of(*p.directory, link->text, sizeof link->text));
    return Ref<Inode>{std::move(link)};
}
Result<Ref<Inode>> link_to_root(Process&) {
    auto link = TRY(make_ref<MadeLink>());
    copy_text(link->text, "/");
    return Ref<Inode>{std::move(link)};
}

struct ProcessLink {
    const char* name;
    Result<Ref<Inode>> (*make)(Process&);
};
constexpr ProcessLink kLinks[] = {
    {"exe", link_to_program}, {"cwd", link_to_directory}, {"root", link_to_root}};

// --- folders

Result<uint32_t> parse_number(Text text) {
    uint32_t n = 0;
    if (text.empty() || text.size > 9) return Errno::kNoEnt;
    for (size_t i = 0; i < text.size; ++i) {
        if (text.data[i] < '0' || text.data[i] > '9') return Errno::kNoEnt;
        n = n * 10 + static_cast<uint32_t>(text.data[i] - '0');
    }
    return n;
}

Inode::Child named_child(const char* name, uint64_t number, uint32_t mode) {
    Inode::Child c{{}, number, mode};
    copy_text(c.name, Text{name});
    return c;
}
Inode::Child numbered_child(uint32_t n, uint64_t number, uint32_t mode) {
    Inode::Child c{{}, number, mode};
    TextWriter w{c.name, sizeof c.name};
    w.line("%u", n);
    return c;
}

struct FdFolder : Inode {
    explicit FdFolder(Ref<Process> p) : Inode{kModeDir | 0500}, process{std::move(p)} {}
    Result<Ref<File>> open(uint32_t) override { return open_directory(); }
    Result<Ref<Inode>> lookup(Text name) override { return link_to_file(*process, TRY(parse_number(name))); }
    Result<Child> child(uint32_t index) override {
        for (uint32_t fd = 0; process->files && fd < FdTable::kMost; ++fd) {
            if (process->files->get(fd) && index-- == 0) return numbered_child(fd, fd + 1, kModeLink | 0700);
        }
        return Errno::kNoEnt;
    }
    Ref<Process> process;
};

struct ProcessFolder : Inode {
    explicit ProcessFolder(Ref<Process> p) : Inode{kModeDir | 0555}, process{std::move(p)} {}
    Result<Ref<File>> open(uint32_t) override { return open_directory(); }
    bool shows(const ProcessText& t) const { return !t.own_only || process.get() == &current_process(); }
    Result<Ref<Inode>> lookup(Text name) override {
        for (const ProcessText& t : kTexts) {
            if (name == Text{t.name} && shows(t)) return Ref<Inode>{TRY(make_ref<TextInode>(process, t))};
        }
        for (const ProcessLink& l : kLinks) {
            if (name == Text{l.name}) return l.make(*process);
        }
        if (name == Text{"fd"}) return Ref<Inode>{TRY(make_ref<FdFolder>(process))};
        return Errno::kNoEnt;
    }
    Result<Child> child(uint32_t index) override {
        for (const ProcessText& t : kTexts) {
            if (shows(t) && index-- == 0) return named_child(t.name, number + 1, kModeRegular | 0444);
        }
        for (const ProcessLink& l : kLinks) {
            if (index-- == 0) return named_child(l.name, number + 2, kModeLink | 0777);
        }
        if (index == 0) return named_child("fd", number + 3, kModeDir | 0500);
        return Errno::kNoEnt;
    }
    Ref<Process> process;
};

/// The fixed files are in a folder of their own; the processes come after them.
struct ProcFolder : Inode {
    explicit ProcFolder(Ref<Inode> f) : Inode{kModeDir | 0555}, fixed{std::move(f)} {}
    Result<Ref<File>> open(uint32_t) override { return open_directory(); }
    Result<Ref<Inode>> lookup(Text name) override {
        if (name == Text{"self"}) return folder_of(current_process().pid);
        if (auto pid = parse_number(name)) return folder_of(pid.value());
        return fixed->lookup(name);
    }
    Result<> link(Text name, Ref<Inode> target) override {
        Inode* inode = target.get();
        TRY(fixed->link(name, std::move(target)));
        inode->parent = this;
        return Ok{};
    }
    Result<Child> child(uint32_t index) override {
        uint32_t count = 0;
        for (;; ++count) {
            auto c = fixed->child(count);
            if (!c) break;
            if (count == index) return c.take();
        }
        index -= count;
        if (index-- == 0) return named_child("self", number, kModeDir | 0555);
        for (Ref<Process> p = next_process(0); p; p = next_process(p->pid)) {
            if (index-- == 0) return numbered_child(p->pid, p->pid, kModeDir | 0555);
        }
        return Errno::kNoEnt;
    }
    static Result<Ref<Inode>> folder_of(uint32_t pid) {
        return Ref<Inode>{TRY(make_ref<ProcessFolder>(TRY(process_of(pid))))};
    }
    Ref<Inode> fixed;
};

}  // namespace

Result<Ref<Inode>> make_proc_directory() {
    return Ref<Inode>{TRY(make_ref<ProcFolder>(TRY(make_directory())))};
}

void remove_proc_file(Text name) {
    auto proc = resolve("/proc", root_directory());
    if (proc) (void)static_cast<ProcFolder&>(*proc.value()).fixed->detach(name);
}

}  // namespace kernel
