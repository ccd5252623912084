// System calls that wait for events of many files: epoll, and eventfd to make some.
#include "core/process.hpp"
#include "core/syscall.hpp"
#include "core/uaccess.hpp"

namespace kernel {

namespace {

using Args = const SyscallArguments&;

// linux/eventpoll.h
constexpr uint32_t kAdd = 1, kRemove = 2, kModify = 3, kOneShot = 1U << 30, kEdge = 1U << 31;
constexpr uint32_t kMostItems = 64;

struct EpollEvent {
    uint32_t events;
    uint32_t pad;
    uint64_t data;
};

/// A file that is watched, while its descriptor still means it.
struct Item {
    File* file = nullptr;  // compared, never followed
    uint32_t fd = 0;
    uint32_t events = 0;
    uint64_t data = 0;
    uint32_t seen = 0;  ///< edge triggered: what held at the last report
};

struct Epoll : File {
    Item items[kMostItems];
    static constexpr char kType = 0;
    const void* type() const override { return &kType; }

    Item* find(const File* file, uint32_t fd) {
        for (Item& i : items) {
            if (i.file == file && i.fd == fd) return &i;
        }
        return nullptr;
    }
    /// What holds for an item now, of what it wants. An item whose descriptor is gone goes too.
    uint32_t holding(Item& item, PollTable* table) {
        auto file = file_of(item.fd);
        if (!file || file.value().get() != item.file) {
            item = {};
            return 0;
        }
        const uint32_t now = file.value()->poll(table) & (item.events | kPollErr | kPollHup);
        const uint32_t fresh = item.events & kEdge ? now & ~item.seen : now;
        item.seen = now;
        return fresh;
    }
    uint32_t collect(EpollEvent* out, uint32_t room, PollTable* table) {
        uint32_t used = 0;
        for (Item& item : items) {
            if (!item.file || (used == room && !table)) continue;
            const uint32_t now = holding(item, table);
            if (!now || used == room) continue;
            out[used++] = {now, 0, item.data};
            if (item.events & kOneShot) item.events = kOneShot;
        }
        return used;
    }
    uint32_t poll(PollTable* table) override {
        uint32_t any = 0;
        for (Item& item : items) {
            if (!item.file) continue;
            auto file = file_of(item.fd);
            if (file && file.value().get() == item.file) any |= file.value()->poll(table) & item.events;
        }
        return any ? kPollIn | kPollRdNorm : 0;
    }
};

Result<uint32_t> sys_epoll_create1(Args s) {
    auto epoll = TRY(make_ref<Epoll>());
    epoll->flags = kReadWrite;
    return install_fd(Ref<File>{std::move(epoll)}, s.a[0] & kCloseOnExec);
}
Result<uint32_t> sys_epoll_create(Args s) {
    if (s.signed32(0) <= 0) return Errno::kInval;
    return sys_epoll_create1({{0, 0, 0, 0, 0, 0}, s.frame});
}

Result<uint32_t> sys_epoll_ctl(Args s) {
    auto file = TRY(file_of(s.a[0])), watched = TRY(file_of(s.a[2]));
    if (file->type() != &Epoll::kType || file.get() == watched.get()) return Errno::kInval;
    auto& epoll = static_cast<Epoll&>(*file);
    Item* item = epoll.find(watched.get(), s.a[2]);
    if (s.a[1] == kRemove) {
        if (!item) return Errno::kNoEnt;
        *item = {};
        return 0U;
    }
    if (s.a[1] != kAdd && s.a[1] != kModify) return Errno::kInval;
    if (s.a[1] == kAdd && item) return Errno::kExist;
    if (s.a[1] == kModify && !item) return Errno::kNoEnt;
    const auto event = TRY(get_user<EpollEvent>(s.user(3)));
    if (!item) item = epoll.find(nullptr, 0);
    if (!item) return Errno::kNoSpc;
    *item = {watched.get(), s.a[2], event.events, event.data, 0};
    return 0U;
}

Result<uint32_t> epoll_wait(Args s, uint64_t deadline_ns) {
    auto file = TRY(file_of(s.a[0]));
    if (file->type() != &Epoll::kType || s.signed32(2) <= 0) return Errno::kInval;
    auto& epoll = static_cast<Epoll&>(*file);
    const uint32_t room = s.a[2] < kMostItems ? s.a[2] : kMostItems;
    EpollEvent events[kMostItems];
    PollTable table;
    uint32_t ready = 0;
    {
        IrqLock lock;
        const IrqGuard guard{lock};
        ready = epoll.collect(events, room, &table);
        while (ready == 0 && now_ns() < deadline_ns) {
            if (signal_waiting()) return Errno::kIntr;
            sleep_until(deadline_ns);
            ready = epoll.collect(events, room, nullptr);
        }
    }
    table.clear();
    TRY(copy_to_user(s.user(1), events, ready * static_cast<uint32_t>(sizeof(EpollEvent))));
    return ready;
}
Result<uint32_t> sys_epoll_wait(Args s) {
    const int32_t ms = s.signed32(3);
    return epoll_wait(s, ms < 0 ? kNever : now_ns() + static_cast<uint64_t>(ms) * 1'000'000);
}

// --- eventfd

constexpr uint32_t kSemaphore = 1;

struct EventFile : File {
    uint64_t count = 0;
    bool semaphore = false;
    WaitQueue changed;

    uint32_t poll(PollTable* table) override {
        if (table) table->watch(changed);
        return (count ? kPollIn | kPollRdNorm : 0) | (count < ~uint64_t{0} - 1 ? kPollOut | kPollWrNorm : 0);
    }
    Result<uint32_t> read(UserAddr to, uint32_t n) override {
        if (n < 8) return Errno::kInval;
        if (count == 0 && nonblocking()) return Errno::kAgain;
        TRY(wait_event(changed, [this] { return count != 0; }));
        const uint64_t value = semaphore ? 1 : count;
        count -= value;
        changed.wake_all();
        TRY(put_user(to, value));
        return 8U;
    }
    Result<uint32_t> write(UserAddr from, uint32_t n) override {
        if (n < 8) return Errno::kInval;
        const auto value = TRY(get_user<uint64_t>(from));
        if (value == ~uint64_t{0}) return Errno::kInval;
        const auto room = [&] { return value < ~uint64_t{0} - count; };
        if (!room() && nonblocking()) return Errno::kAgain;
        TRY(wait_event(changed, room));
        count += value;
        changed.wake_all();
        return 8U;
    }
};

Result<uint32_t> make_event(uint32_t count, uint32_t flags) {
    auto event = TRY(make_ref<EventFile>());
    event->count = count;
    event->semaphore = flags & kSemaphore;
    event->flags = kReadWrite | (flags & kNonBlocking);
    return install_fd(Ref<File>{std::move(event)}, flags & kCloseOnExec);
}
Result<uint32_t> sys_eventfd(Args s) { return make_event(s.a[0], 0); }
Result<uint32_t> sys_eventfd2(Args s) { return make_event(s.a[0], s.a[1]); }

constexpr Syscall kRows[] = {
    {250, "epoll_create", sys_epoll_create},
    {251, "epoll_ctl", sys_epoll_ctl},
    {252, "epoll_wait", sys_epoll_wait},
    {346, "epoll_pwait", sys_epoll_wait},
    {351, "eventfd", sys_eventfd},
    {356, "eventfd2", sys_eventfd2},
    {357, "epoll_create1", sys_epoll_create1},
};

}  // namespace

std::span<const Syscall> wait_syscalls() { return kRows; }

}  // namespace kernel
