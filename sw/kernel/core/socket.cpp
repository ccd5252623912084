#include "core/socket.hpp"

#include "core/process.hpp"
#include "core/uaccess.hpp"

namespace kernel {

namespace {

constexpr uint32_t kCapacity = 64 * 1024;
constexpr uint32_t kPiece = 16 * 1024;  // a stream's bytes travel in messages of at most this

struct Message {
    ListNode node;
    uint8_t* bytes = nullptr;
    uint32_t size = 0;
    uint32_t taken = 0;
    PassedFiles files;
    ~Message() { delete[] bytes; }
};

/// One direction.
struct Channel : RefCounted {
    List<Message, &Message::node> messages;
    uint32_t queued = 0;
    bool sender = true, receiver = true;
    WaitQueue changed;
    Mutex lock;
    ~Channel() override {
        while (Message* m = messages.pop_front()) delete m;
    }
};

struct Socket : File {
    Ref<Channel> in, out;
    SocketKind kind = SocketKind::stream;

    static constexpr char kType = 0;
    const void* type() const override { return &kType; }
    ~Socket() override {
        if (in) in->receiver = false, in->changed.wake_all();
        if (out) out->sender = false, out->changed.wake_all();
    }
    Result<FileStatus> status() override { return FileStatus{.mode = kModeSocket | 0777}; }
    uint32_t poll(PollTable* table) override {
        if (table) {
            table->watch(in->changed);
            table->watch(out->changed);
        }
        return (!in->messages.empty() || !in->sender ? kPollIn | kPollRdNorm : 0) |
               (in->sender ? 0 : kPollHup) | (out->queued < kCapacity ? kPollOut | kPollWrNorm : 0);
    }
    Result<uint32_t> read(UserAddr to, uint32_t n) override {
        const IoPiece piece{to, n};
        PassedFiles files;  // nobody asked for them: they are closed
        return TRY(socket_receive(*this, &piece, 1, files, false)).bytes;
    }
    Result<uint32_t> write(UserAddr from, uint32_t n) override {
        const IoPiece piece{from, n};
        return socket_send(*this, &piece, 1, {});
    }
};

Result<Socket*> socket_of(File& file) {
    if (file.type() != &Socket::kType) return Errno::kNotSock;
    return static_cast<Socket*>(&file);
}

/// Copies `n` bytes from or to the pieces, from their byte `at` on.
template <class Copy>
Result<> over_pieces(const IoPiece* pieces, uint32_t count, uint32_t at, uint32_t n, Copy copy) {
    uint32_t done = 0;
    for (uint32_t i = 0; i < count && done < n; ++i) {
        if (at >= pieces[i].size) {
            at -= pieces[i].size;
            continue;
        }
        const uint32_t room = pieces[i].size - at;
        const uint32_t piece = n - done < room ? n - done : room;
        TRY(copy(pieces[i].base + at, done, piece));
        done += piece;
        at = 0;
    }
    return Ok{};
}

uint32_t total(const IoPiece* pieces, uint32_t count) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < count; ++i) sum += pieces[i].size;
    return sum > 0x7FFF'FFFF ? 0x7FFF'FFFF : static_cast<uint32_t>(sum);
}

Result<Unique<Message>> make_message(const IoPiece* pieces, uint32_t count, uint32_t at, uint32_t n) {
    auto m = TRY(make<Message>());
    m->bytes = new (std::nothrow) uint8_t[n ? n : 1];
    if (!m->bytes) return Errno::kNoMem;
    m->size = n;
    TRY(over_pieces(pieces, count, at, n, [&](UserAddr user, uint32_t inside, uint32_t bytes) {
        return copy_from_user(m->bytes + inside, user, bytes);
    }));
    return m;
}

Result<> wait_for_room(Socket& s, uint32_t n) {
    const auto room = [&] { return s.out->queued + n <= kCapacity || !s.out->receiver || !s.out->sender; };
    if (!room()) {
        if (s.nonblocking()) return Errno::kAgain;
        TRY(wait_event(s.out->changed, room));
    }
    if (s.out->receiver && s.out->sender) return Ok{};
    send_signal(current_process(), kSigPipe);
    return Errno::kPipe;
}

Result<> send_one(Socket& s, const IoPiece* pieces, uint32_t count, uint32_t at, uint32_t n,
                  PassedFiles& files) {
    auto m = TRY(make_message(pieces, count, at, n));
    TRY(wait_for_room(s, n));
    const MutexGuard guard{s.out->lock};
    for (uint32_t i = 0; i < files.count; ++i) m->files.files[i] = std::move(files.files[i]);
    m->files.count = files.count;
    files.count = 0;
    s.out->queued += n;
    s.out->messages.push_back(*m.release());
    s.out->changed.wake_all();
    return Ok{};
}

void finish(Channel& c, Message& m) {
    m.node.unlink();
    delete &m;
    c.changed.wake_all();
}

}  // namespace

Result<SocketPair> create_socket_pair(SocketKind kind, bool nonblocking) {
    auto forth = TRY(make_ref<Channel>()), back = TRY(make_ref<Channel>());
    auto one = TRY(make_ref<Socket>()), other = TRY(make_ref<Socket>());
    one->in = back, one->out = forth;
    other->in = forth, other->out = back;
    one->kind = other->kind = kind;
    one->flags = other->flags = kReadWrite | (nonblocking ? kNonBlocking : 0);
    return SocketPair{Ref<File>{std::move(one)}, Ref<File>{std::move(other)}};
}

Result<uint32_t> socket_send(File& file, const IoPiece* pieces, uint32_t count, PassedFiles&& files) {
    Socket& s = *TRY(socket_of(file));
    const uint32_t bytes = total(pieces, count);
    if (s.kind == SocketKind::records) {
        if (bytes > kCapacity) return Errno::kMsgSize;
        TRY(send_one(s, pieces, count, 0, bytes, files));
        return bytes;
    }
    uint32_t done = 0;
    while (done < bytes) {
        const uint32_t n = bytes - done < kPiece ? bytes - done : kPiece;
        auto sent = send_one(s, pieces, count, done, n, files);
        if (!sent) {
            if (done > 0) break;
            return sent.error();
        }
        done += n;
    }
    return done;
}

Result<Received> socket_receive(File& file, const IoPiece* pieces, uint32_t count, PassedFiles& files,
                                bool peek) {
    Socket& s = *TRY(socket_of(file));
    Channel& c = *s.in;
    const auto something = [&] { return !c.messages.empty() || !c.sender || !c.receiver; };
    if (!something()) {
        if (s.nonblocking()) return Errno::kAgain;
        TRY(wait_event(c.changed, something));
    }
    const MutexGuard guard{c.lock};
    Received got;
    const uint32_t wanted = total(pieces, count);
    while (Message* m = c.messages.front()) {
        // Files come with the first byte of their message; a stream stops before the next ones.
        if (got.bytes > 0 && m->files.count > 0) break;
        const uint32_t left = m->size - m->taken;
        const uint32_t n = wanted - got.bytes < left ? wanted - got.bytes : left;
        TRY(over_pieces(pieces, count, got.bytes, n, [&](UserAddr user, uint32_t inside, uint32_t bytes) {
            return copy_to_user(user, m->bytes + m->taken + inside, bytes);
        }));
        got.bytes += n;
        got.truncated = s.kind == SocketKind::records && n < left;
        if (peek) break;
        for (uint32_t i = 0; i < m->files.count; ++i)
            files.files[files.count++] = std::move(m->files.files[i]);
        m->files.count = 0;
        m->taken += n;
        const bool whole = m->taken == m->size || s.kind == SocketKind::records;
        c.queued -= s.kind == SocketKind::records ? m->size : n;
        if (whole) finish(c, *m);
        if (s.kind == SocketKind::records || !whole || files.count > 0) break;
    }
    c.changed.wake_all();
    return got;
}

Result<> socket_shutdown(File& file, uint32_t how) {
    Socket& s = *TRY(socket_of(file));
    if (how > 2) return Errno::kInval;
    if (how != 1) s.in->receiver = false, s.in->changed.wake_all();
    if (how != 0) s.out->sender = false, s.out->changed.wake_all();
    return Ok{};
}

}  // namespace kernel
