#include "core/pipe.hpp"

#include "core/process.hpp"
#include "core/uaccess.hpp"
#include "core/vfs.hpp"

namespace kernel {

namespace {

constexpr uint32_t kCapacity = 16384;

struct Pipe : RefCounted {
    uint8_t* bytes = nullptr;
    uint32_t head = 0, used = 0;
    bool has_reader = true, has_writer = true;
    WaitQueue changed;
    Mutex lock;
    ~Pipe() override { delete[] bytes; }

    /// Largest piece that can be moved without wrapping.
    uint32_t readable_piece() const { return used < kCapacity - head ? used : kCapacity - head; }
    uint32_t tail() const { return (head + used) % kCapacity; }
    uint32_t writable_piece() const {
        const uint32_t room = kCapacity - used;
        return room < kCapacity - tail() ? room : kCapacity - tail();
    }
};

struct PipeReader : File {
    Ref<Pipe> pipe;
    ~PipeReader() override {
        if (!pipe) return;
        pipe->has_reader = false;
        pipe->changed.wake_all();
    }
    Result<FileStatus> status() override { return FileStatus{.mode = kModeFifo | 0600}; }
    uint32_t poll(PollTable* table) override {
        if (table) table->watch(pipe->changed);
        return (pipe->used ? kPollIn | kPollRdNorm : 0) | (pipe->has_writer ? 0 : kPollHup);
    }
    Result<uint32_t> read(UserAddr to, uint32_t n) override {
        const auto something = [this] { return pipe->used > 0 || !pipe->has_writer; };
        if (!something()) {
            if (nonblocking()) return Errno::kAgain;
            TRY(wait_event(pipe->changed, something));
        }
        const MutexGuard guard{pipe->lock};
        uint32_t done = 0;
        while (done < n && pipe->used > 0) {
            const uint32_t piece = n - done < pipe->readable_piece() ? n - done : pipe->readable_piece();
            TRY(copy_to_user(to + done, pipe->bytes + pipe->head, piece));
            pipe->head = (pipe->head + piece) % kCapacity;
            pipe->used -= piece;
            done += piece;
        }
        pipe->changed.wake_all();
        return done;
    }
};

struct PipeWriter : File {
    Ref<Pipe> pipe;
    ~PipeWriter() override {
        if (!pipe) return;
        pipe->has_writer = false;
        pipe->changed.wake_all();
    }
    Result<FileStatus> status() override { return FileStatus{.mode = kModeFifo | 0600}; }
    uint32_t poll(PollTable* table) override {
        if (table) table->watch(pipe->changed);
        return (pipe->used < kCapacity ? kPollOut | kPollWrNorm : 0) | (pipe->has_reader ? 0 : kPollErr);
    }
    Result<> wait_for_room() {
        const auto room = [this] { return pipe->used < kCapacity || !pipe->has_reader; };
        if (!room()) {
            if (nonblocking()) return Errno::kAgain;
            TRY(wait_event(pipe->changed, room));
        }
        if (pipe->has_reader) return Ok{};
        send_signal(current_process(), kSigPipe);
        return Errno::kPipe;
    }
    Result<uint32_t> write(UserAddr from, uint32_t n) override {
        uint32_t done = 0;
        while (done < n) {
            if (auto room = wait_for_room(); !room) {
                if (done > 0) return done;
                return room.error();
            }
            const MutexGuard guard{pipe->lock};
            const uint32_t piece = n - done < pipe->writable_piece() ? n - done : pipe->writable_piece();
            TRY(copy_from_user(pipe->bytes + pipe->tail(), from + done, piece));
            pipe->used += piece;
            done += piece;
            pipe->changed.wake_all();
        }
        return done;
    }
};

}  // namespace

Result<PipeEnds> create_pipe(bool nonblocking) {
    auto pipe = TRY(make_ref<Pipe>());
    pipe->bytes = new (std::nothrow) uint8_t[kCapacity];
    if (!pipe->bytes) return Errno::kNoMem;
    auto* reader = new (std::nothrow) PipeReader;
    auto* writer = new (std::nothrow) PipeWriter;
    if (reader) reader->pipe = pipe;
    if (writer) writer->pipe = pipe;
    PipeEnds ends{Ref<File>::adopt(reader), Ref<File>::adopt(writer)};
    if (!reader || !writer) return Errno::kNoMem;
    reader->flags = kReadOnly | (nonblocking ? kNonBlocking : 0);
    writer->flags = kWriteOnly | (nonblocking ? kNonBlocking : 0);
    return ends;
}

}  // namespace kernel
