#include "core/notify.hpp"

#include "core/path.hpp"
#include "core/syscall.hpp"
#include "core/uaccess.hpp"
#include "core/vfs.hpp"

namespace kernel {

namespace {

using Args = const SyscallArguments&;

// linux/inotify.h
constexpr uint32_t kAllEvents = 0xFFF, kOverflow = 0x4000, kIgnored = 0x8000, kIsDirectory = 0x4000'0000;
constexpr uint32_t kOnlyDirectory = 0x100'0000, kDontFollow = 0x200'0000, kMaskCreate = 0x1000'0000,
                   kMaskAdd = 0x2000'0000, kOneShot = 0x8000'0000;
constexpr uint32_t kMostEvents = 16384;    // that wait in one instance; Linux's default
constexpr uint32_t kBytesUnread = 0x541B;  // FIONREAD

/// struct inotify_event; the name follows, padded with NULs to a multiple of its size.
struct Head {
    int32_t watch;
    uint32_t mask, cookie, length;
};

struct Event {
    ListNode node;
    Head head;
    char name[64];
    uint32_t bytes() const { return static_cast<uint32_t>(sizeof head) + head.length; }
    bool same_as(const Event& o) const {
        return head.watch == o.head.watch && head.mask == o.head.mask && head.cookie == o.head.cookie &&
               strcmp(name, o.name) == 0;
    }
};

struct Watcher;

struct Watch {
    ListNode node;
    Watcher* watcher;
    Ref<Inode> inode;
    uint32_t mask;
    int32_t number;
};

/// Files end in interrupts too.
struct Watches {
    IrqLock lock;
    List<Watch, &Watch::node> list;
    uint32_t last_cookie = 0;
};
Watches& watches() {
    static Watches all;
    return all;
}

/// One inotify instance.
struct Watcher : File {
    ~Watcher() override;
    static constexpr char kType = 0;
    const void* type() const override { return &kType; }
    Result<uint32_t> read(UserAddr to, uint32_t n) override;
    uint32_t poll(PollTable* table) override {
        if (table) table->watch(readable_);
        return events_.empty() ? 0 : kPollIn | kPollRdNorm;
    }
    Result<uint32_t> ioctl(uint32_t command, UserAddr to) override;
    Result<FileStatus> status() override { return FileStatus{.mode = 0600}; }
    void post(int32_t watch, uint32_t mask, Text name, uint32_t cookie);
    Watch* watch_of(const Inode& watched);
    Watch* watch_number(int32_t number);
    int32_t next_number() { return ++last_number_; }

private:
    List<Event, &Event::node> events_;
    Event* last_ = nullptr;  // of the list
    uint32_t count_ = 0;
    bool overflown_ = false;
    int32_t last_number_ = 0;
    WaitQueue readable_;
};

/// The lock is held. Returns the watch for its owner to delete without it.
Watch* end_watch(Watch& w) {
    w.node.unlink();
    --w.inode->watches;
    w.watcher->post(w.number, kIgnored, {}, 0);
    return &w;
}

/// The lock is held. What does not fit, or finds no memory, is told as an overflow, once.
void Watcher::post(int32_t watch, uint32_t mask, Text name, uint32_t cookie) {
    Event* e = count_ < kMostEvents ? new (std::nothrow) Event{} : nullptr;
    if (!e) {
        overflown_ = true;
        return;
    }
    copy_text(e->name, name);
    const uint32_t length =
        name.empty() ? 0 : align_up(static_cast<uint32_t>(strlen(e->name)) + 1, sizeof(Head));
    e->head = {watch, mask, cookie, length};
    if (last_ && last_->same_as(*e)) {  // said just before
        delete e;
        return;
    }
    events_.push_back(*e);
    last_ = e;
    ++count_;
    readable_.wake_all();
}

Result<uint32_t> Watcher::read(UserAddr to, uint32_t n) {
    uint32_t done = 0;
    for (;;) {
        if (done == 0 && events_.empty() && !nonblocking())
            TRY(wait_event(readable_, [this] { return !events_.empty(); }));
        Unique<Event> e;
        {
            const IrqGuard guard{watches().lock};
            Event* first = events_.front();
            if (!first && done == 0) return Errno::kAgain;
            if (first && done == 0 && first->bytes() > n) return Errno::kInval;
            if (!first || first->bytes() > n - done) return done;
            first->node.unlink();
            if (first == last_) last_ = nullptr;
            --count_;
            e = Unique<Event>{first};
            if (overflown_ && events_.empty()) {
                overflown_ = false;
                post(-1, kOverflow, {}, 0);
            }
        }
        TRY(copy_to_user(to + done, &e->head, sizeof e->head));
        TRY(copy_to_user(to + done + sizeof e->head, e->name, e->head.length));
        done += e->bytes();
    }
}

Result<uint32_t> Watcher::ioctl(uint32_t command, UserAddr to) {
    if (command != kBytesUnread) return Errno::kNoTty;
    uint32_t bytes = 0;
    {
        const IrqGuard guard{watches().lock};
        for (const Event& e : events_) bytes += e.bytes();
    }
    TRY(put_user(to, bytes));
    return 0U;
}

Watch* Watcher::watch_of(const Inode& watched) {
    for (Watch& w : watches().list) {
        if (w.watcher == this && w.inode.get() == &watched) return &w;
    }
    return nullptr;
}
Watch* Watcher::watch_number(int32_t number) {
    for (Watch& w : watches().list) {
        if (w.watcher == this && w.number == number) return &w;
    }
    return nullptr;
}

/// Tells the watches of one inode. A watch that wanted one event only ends with it.
void tell(const Inode& inode, uint32_t what, bool directory, Text name, uint32_t cookie) {
    List<Watch, &Watch::node> over;
    {
        const IrqGuard guard{watches().lock};
        for (auto it = watches().list.begin(); it != watches().list.end();) {
            Watch& w = *it;
            ++it;
            if (w.inode.get() != &inode || !(w.mask & what)) continue;
            w.watcher->post(w.number, what | (directory ? kIsDirectory : 0), name, cookie);
            if (w.mask & kOneShot) over.push_back(*end_watch(w));
        }
    }
    while (Watch* w = over.pop_front()) delete w;
}

/// Ends the watches that `choose` wants to.
template <class Choose>
void end_watches(Choose choose) {
    List<Watch, &Watch::node> over;
    {
        const IrqGuard guard{watches().lock};
        for (auto it = watches().list.begin(); it != watches().list.end();) {
            Watch& w = *it;
            ++it;
            if (choose(w)) over.push_back(*end_watch(w));
        }
    }
    while (Watch* w = over.pop_front()) delete w;
}

Watcher::~Watcher() {
    end_watches([this](const Watch& w) { return w.watcher == this; });
    while (Event* e = events_.pop_front()) delete e;
}

}  // namespace

void notify(Inode& inode, Notice what) {
    if (inode.watches) tell(inode, what, inode.is_directory(), {}, 0);
    if (!inode.parent || !inode.parent->watches) return;
    if (auto child = entry_of(*inode.parent, inode))
        tell(*inode.parent, what, inode.is_directory(), Text{child.value().name}, 0);
}

void notify_entry(Inode& directory, Text name, const Inode& child, Notice what, uint32_t cookie) {
    if (directory.watches) tell(directory, what, child.is_directory(), name, cookie);
}

void notify_moved(Inode& from, Text old_name, Inode& to, Text new_name, Inode& child) {
    const uint32_t cookie = ++watches().last_cookie;
    notify_entry(from, old_name, child, kNoticeMovedFrom, cookie);
    notify_entry(to, new_name, child, kNoticeMovedTo, cookie);
    if (child.watches) tell(child, kNoticeMoveSelf, child.is_directory(), {}, 0);
}

void notify_unlinked(Inode& directory, Text name, Inode& inode) {
    if (inode.watches && inode.links == 0) {
        tell(inode, kNoticeDeleteSelf, false, {}, 0);
        end_watches([&](const Watch& w) { return w.inode.get() == &inode; });
    }
    notify_entry(directory, name, inode, kNoticeDelete);
}

// --- system calls

namespace {

Result<uint32_t> sys_inotify_init1(Args s) {
    if (s.a[0] & ~(kNonBlocking | kCloseOnExec)) return Errno::kInval;
    auto watcher = TRY(make_ref<Watcher>());
    watcher->flags = kReadOnly | (s.a[0] & kNonBlocking);
    return install_fd(Ref<File>{std::move(watcher)}, s.a[0] & kCloseOnExec);
}
Result<uint32_t> sys_inotify_init(Args) { return sys_inotify_init1(SyscallArguments{{}, nullptr}); }

Result<Ref<File>> watcher_of(uint32_t fd) {
    auto file = TRY(file_of(fd));
    if (file->type() != &Watcher::kType) return Errno::kInval;
    return file;
}

Result<uint32_t> sys_inotify_add_watch(Args s) {
    const uint32_t mask = s.a[2];
    auto file = TRY(watcher_of(s.a[0]));
    auto& watcher = static_cast<Watcher&>(*file);
    if (!(mask & kAllEvents) || (mask & kMaskAdd && mask & kMaskCreate)) return Errno::kInval;
    Path path = TRY(get_path(s.user(1)));
    Ref<Inode> inode = TRY(resolve(Text{path.text}, TRY(base_of(kAtCwd)),
                                   mask & kDontFollow ? LastLink::keep : LastLink::follow));
    if (mask & kOnlyDirectory && !inode->is_directory()) return Errno::kNotDir;
    auto fresh = TRY(make<Watch>());
    const IrqGuard guard{watches().lock};
    const uint32_t kept = mask & (kAllEvents | kOneShot);
    if (Watch* there = watcher.watch_of(*inode)) {
        if (mask & kMaskCreate) return Errno::kExist;
        there->mask = mask & kMaskAdd ? there->mask | kept : kept;
        return static_cast<uint32_t>(there->number);
    }
    ++inode->watches;
    fresh->watcher = &watcher;
    fresh->inode = std::move(inode);
    fresh->mask = kept;
    fresh->number = watcher.next_number();
    Watch& w = *fresh.release();
    watches().list.push_back(w);
    return static_cast<uint32_t>(w.number);
}

Result<uint32_t> sys_inotify_rm_watch(Args s) {
    auto file = TRY(watcher_of(s.a[0]));
    Unique<Watch> over;
    {
        const IrqGuard guard{watches().lock};
        Watch* w = static_cast<Watcher&>(*file).watch_number(s.signed32(1));
        if (!w) return Errno::kInval;
        over = Unique<Watch>{end_watch(*w)};
    }
    return 0U;
}

constexpr Syscall kRows[] = {
    {316, "inotify_init", sys_inotify_init},
    {317, "inotify_add_watch", sys_inotify_add_watch},
    {318, "inotify_rm_watch", sys_inotify_rm_watch},
    {360, "inotify_init1", sys_inotify_init1},
};

}  // namespace

std::span<const Syscall> notify_syscalls() { return kRows; }

}  // namespace kernel
