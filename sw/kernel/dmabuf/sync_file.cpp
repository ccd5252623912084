// sync_file: fences as descriptors (linux/sync_file.h), and /dev/sw_sync, a timeline that a program moves by
// hand (Linux keeps it in debugfs as sync/sw_sync; the calls are the same).
#include <linux/sync_file.h>

#include "core/uaccess.hpp"
#include "dmabuf/fence.hpp"
#include "driver/device.hpp"

namespace kernel {

namespace {

struct SyncFile : File {
    FenceList fences;
    char name[32] = "";

    static constexpr char kType = 0;
    const void* type() const override { return &kType; }

    uint32_t poll(PollTable* table) override {
        if (table) {
            table->watch(Fence::any_signalled());
            table->for_fence = true;
        }
        return fences.all_signalled() ? kPollIn : 0;
    }

    Result<uint32_t> ioctl(uint32_t command, UserAddr argument) override {
        if (command == SYNC_IOC_MERGE) return merge(argument);
        if (command == SYNC_IOC_FILE_INFO) return tell(argument);
        return Errno::kNoTty;
    }

private:
    Result<uint32_t> merge(UserAddr argument) {
        auto m = TRY(get_user<sync_merge_data>(argument));
        if (m.flags || m.pad) return Errno::kInval;
        const FenceList others = TRY(fences_of(static_cast<uint32_t>(m.fd2)));
        FenceList both;
        TRY(both.add_all(fences));
        TRY(both.add_all(others));
        m.name[sizeof m.name - 1] = 0;
        m.fence = static_cast<int>(TRY(install_sync_file(both, m.name, true)));
        TRY(put_user(argument, m));
        return 0U;
    }

    /// num_fences 0 asks for the number only.
    Result<uint32_t> tell(UserAddr argument) {
        auto info = TRY(get_user<sync_file_info>(argument));
        if (info.flags || info.pad) return Errno::kInval;
        if (info.num_fences && info.num_fences < fences.count()) return Errno::kInval;
        if (info.num_fences) TRY(tell_fences(UserAddr{static_cast<uint32_t>(info.sync_fence_info)}));
        copy_text(info.name, name);
        info.status = fences.status();
        info.num_fences = fences.count();
        TRY(put_user(argument, info));
        return 0U;
    }

    Result<> tell_fences(UserAddr to) const {
        for (uint32_t i = 0; i < fences.count(); ++i) {
            const Fence& f = fences.at(i);
            sync_fence_info one{};
            copy_text(one.obj_name, f.timeline());
            copy_text(one.driver_name, f.driver());
            one.status = f.status();
            one.timestamp_ns = f.timestamp_ns();
            TRY(put_user(to + i * static_cast<uint32_t>(sizeof one), one));
        }
        return Ok{};
    }
};

// --- sw_sync

struct CreateFence {  // struct sw_sync_create_fence_data
    uint32_t value;
    char name[32];
    int32_t fence;
};
constexpr uint32_t kCreateFence = _IOWR('W', 0, CreateFence), kIncrement = _IOW('W', 1, uint32_t);

/// A fence is done when the timeline's counter has reached its value. Those left when it is closed fail.
struct SwTimeline : File {
    static constexpr uint32_t kMost = 32;
    static constexpr int kNoEntry = -2;  // -ENOENT, as Linux
    struct Point {
        uint32_t value;
        Ref<Fence> fence;
    };
    Point points[kMost];
    uint32_t count = 0;
    uint32_t now = 0;
    Mutex lock;

    ~SwTimeline() override {
        for (uint32_t i = 0; i < count; ++i) points[i].fence->signal(kNoEntry);
    }
    Result<uint32_t> ioctl(uint32_t command, UserAddr argument) override {
        const MutexGuard guard{lock};
        if (command == kCreateFence) return create(argument);
        if (command == kIncrement) return advance(TRY(get_user<uint32_t>(argument)));
        return Errno::kNoTty;
    }

private:
    Result<uint32_t> create(UserAddr argument) {
        auto c = TRY(get_user<CreateFence>(argument));
        if (count == kMost) return Errno::kNoSpc;
        c.name[sizeof c.name - 1] = 0;
        auto fence = TRY(make_ref<Fence>("sw_sync", c.name));
        FenceList list;
        TRY(list.add(fence));
        c.fence = static_cast<int>(TRY(install_sync_file(list, c.name, true)));
        points[count++] = {c.value, fence};
        signal_reached();
        TRY(put_user(argument, c));
        return 0U;
    }
    Result<uint32_t> advance(uint32_t by) {
        now += by;
        signal_reached();
        return 0U;
    }
    void signal_reached() {
        for (uint32_t i = 0; i < count;) {
            if (static_cast<int32_t>(now - points[i].value) < 0) {
                ++i;
                continue;
            }
            points[i].fence->signal();
            points[i] = std::move(points[--count]);
        }
    }
};

Result<Ref<File>> open_timeline(void*) { return Ref<File>{TRY(make_ref<SwTimeline>())}; }

Result<> start() { return register_char_device("sw_sync", open_timeline, nullptr); }

constexpr Service kSwSync{"sw_sync", start};
REGISTER_SERVICE(kSwSync);

}  // namespace

Result<uint32_t> install_sync_file(const FenceList& fences, const char* name, bool close_on_exec) {
    auto file = TRY(make_ref<SyncFile>());
    TRY(file->fences.add_all(fences));
    copy_text(file->name, name);
    file->flags = kReadWrite;
    return install_fd(Ref<File>{std::move(file)}, close_on_exec);
}

Result<FenceList> fences_of(uint32_t fd) {
    const auto file = TRY(file_of(fd));
    if (file->type() != &SyncFile::kType) return Errno::kInval;
    FenceList list;
    TRY(list.add_all(static_cast<const SyncFile&>(*file).fences));
    return list;
}

}  // namespace kernel
