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
    uint32_t readers = 0, writers = 0;                  // open ends
    uint32_t reader_openings = 0, writer_openings = 0;  // so far
    WaitQueue changed;
    Mutex lock;
    ~Pipe() override { delete[] bytes; }
    static Result<Ref<Pipe>> create() {
        auto pipe = TRY(make_ref<Pipe>());
        pipe->bytes = new (std::nothrow) uint8_t[kCapacity];
        if (!pipe->bytes) return Errno::kNoMem;
        return pipe;
    }

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
    explicit PipeReader(Ref<Pipe> p) : pipe{std::move(p)} {
        ++pipe->readers;
        ++pipe->reader_openings;
        pipe->changed.wake_all();
    }
    ~PipeReader() override {
        --pipe->readers;
        pipe->changed.wake_all();
    }
    uint32_t poll(PollTable* table) override {
        if (table) table->watch(pipe->changed);
        return (pipe->used ? kPollIn | kPollRdNorm : 0) | (pipe->writers ? 0 : kPollHup);
    }
    Result<uint32_t> read(UserAddr to, uint32_t n) override {
        const auto something = [this] { return pipe->used > 0 || pipe->writers == 0; };
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
    explicit PipeWriter(Ref<Pipe> p) : pipe{std::move(p)} {
        ++pipe->writers;
        ++pipe->writer_openings;
        pipe->changed.wake_all();
    }
    ~PipeWriter() override {
        --pipe->writers;
        pipe->changed.wake_all();
    }
    uint32_t poll(PollTable* table) override {
        if (table) table->watch(pipe->changed);
        return (pipe->used < kCapacity ? kPollOut | kPollWrNorm : 0) | (pipe->readers ? 0 : kPollErr);
    }
    Result<> wait_for_room() {
        const auto room = [this] { return pipe->used < kCapacity || pipe->readers == 0; };
        if (!room()) {
            if (nonblocking()) return Errno::kAgain;
            TRY(wait_event(pipe->changed, room));
        }
        if (pipe->readers > 0) return Ok{};
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

/// What /proc/self/fd and mkfifo() make of a pipe. Opening waits for somebody at the other end, who may be
/// gone again by then.
struct Fifo : Inode {
    Fifo(Ref<Pipe> p, bool n) : Inode{kModeFifo | (n ? 0644U : 0600U)}, pipe{std::move(p)}, named{n} {}
    Result<Ref<File>> open(uint32_t flags) override {
        const bool wait = named && !(flags & kNonBlocking);
        switch (flags & kAccessMode) {
            case kReadOnly:
                return open_reader(wait);
            case kWriteOnly:
                return open_writer(wait);
            default:
                return Errno::kInval;  // POSIX leaves it open
        }
    }
    Ref<Pipe> pipe;
    bool named;  ///< opening the other kind, by /proc/self/fd, waits for nobody

private:
    Result<Ref<File>> open_reader(bool wait) {
        Ref<File> reader{TRY(make_ref<PipeReader>(pipe))};
        const uint32_t before = pipe->writer_openings;
        const auto met = [&] { return pipe->writers > 0 || pipe->writer_openings != before; };
        if (wait) TRY(wait_event(pipe->changed, met));
        return reader;
    }
    Result<Ref<File>> open_writer(bool wait) {
        if (!wait && named && pipe->readers == 0) return Errno::kNxIo;
        Ref<File> writer{TRY(make_ref<PipeWriter>(pipe))};
        const uint32_t before = pipe->reader_openings;
        const auto met = [&] { return pipe->readers > 0 || pipe->reader_openings != before; };
        if (wait) TRY(wait_event(pipe->changed, met));
        return writer;
    }
};

}  // namespace

Result<Ref<Inode>> make_fifo() { return Ref<Inode>{TRY(make_ref<Fifo>(TRY(Pipe::create()), true))}; }

Result<PipeEnds> create_pipe(bool nonblocking) {
    auto pipe = TRY(Pipe::create());
    // One after the other: a TRY that leaves in the middle of an initializer list forgets what stands before
    // it.
    PipeEnds ends;
    ends.reader = Ref<File>{TRY(make_ref<PipeReader>(pipe))};
    ends.writer = Ref<File>{TRY(make_ref<PipeWriter>(pipe))};
    ends.reader->flags = kReadOnly | (nonblocking ? kNonBlocking : 0);
    ends.writer->flags = kWriteOnly | (nonblocking ? kNonBlocking : 0);
    ends.reader->inode = ends.writer->inode = Ref<Inode>{TRY(make_ref<Fifo>(pipe, false))};
    return ends;
}

}  // namespace kernel
