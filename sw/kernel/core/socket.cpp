#include "core/socket.hpp"

#include "core/process.hpp"
#include "core/socket_name.hpp"
#include "core/uaccess.hpp"

namespace kernel {

namespace {

constexpr uint32_t kPiece = 16 * 1024;  // a stream's bytes travel in messages of at most this

}  // namespace

/// Connected when it has both channels; a datagram socket always has the one that it receives from.
struct Socket : File {
    Ref<Channel> in, out;
    SocketKind kind = SocketKind::stream;
    Ref<Endpoint> endpoint;  ///< its name's, when it was bound
    SocketName name, peer;
    uint32_t peer_pid = 0;

    static constexpr char kType = 0;
    const void* type() const override { return &kType; }
    ~Socket() override {
        if (in) in->receiver = false, in->changed.wake_all();
        if (out && kind != SocketKind::datagrams) out->sender = false, out->changed.wake_all();
        if (endpoint) endpoint->close();
    }
    bool listening() const { return endpoint && endpoint->listening; }
    Result<FileStatus> status() override { return FileStatus{.mode = kModeSocket | 0777}; }
    uint32_t poll(PollTable* table) override {
        if (listening()) return poll_connections(table);
        if (!in) return kPollOut | kPollHup;
        return poll_input(table) | poll_output(table);
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

private:
    uint32_t poll_connections(PollTable* table) const {
        if (table) table->watch(endpoint->changed);
        return endpoint->waiting.empty() ? 0 : kPollIn | kPollRdNorm;
    }
    uint32_t poll_input(PollTable* table) const {
        if (table) table->watch(in->changed);
        return (!in->messages.empty() || !in->sender ? kPollIn | kPollRdNorm : 0) |
               (in->sender ? 0 : kPollHup);
    }
    uint32_t poll_output(PollTable* table) const {
        if (!out) return kind == SocketKind::datagrams ? kPollOut | kPollWrNorm : 0;
        if (table) table->watch(out->changed);
        return out->has_room(1) ? kPollOut | kPollWrNorm : 0;
    }
};

namespace {

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

/// `out` is the socket's, or that of a datagram's receiver.
Result<> wait_for_room(Socket& s, Channel& out, uint32_t n) {
    const auto room = [&] { return out.has_room(n) || !out.receiver || !out.sender; };
    if (!room()) {
        if (s.nonblocking()) return Errno::kAgain;
        TRY(wait_event(out.changed, room));
    }
    if (out.receiver && out.sender) return Ok{};
    if (s.kind == SocketKind::datagrams) return Errno::kConnRefused;
    send_signal(current_process(), kSigPipe);
    return Errno::kPipe;
}

Result<> send_one(Socket& s, Channel& out, const IoPiece* pieces, uint32_t count, uint32_t at, uint32_t n,
                  PassedFiles& files) {
    auto m = TRY(make_message(pieces, count, at, n));
    TRY(wait_for_room(s, out, n));
    const MutexGuard guard{out.lock};
    m->from = s.name;
    for (uint32_t i = 0; i < files.count; ++i) m->files.files[i] = std::move(files.files[i]);
    m->files.count = files.count;
    files.count = 0;
    out.queued += n;
    out.messages.push_back(*m.release());
    out.changed.wake_all();
    return Ok{};
}

/// Where bytes go: to the named endpoint, or to the other end.
Result<Ref<Channel>> destination(Socket& s, const SocketName& to) {
    if (to.size == 0) {
        if (!s.out) return s.kind == SocketKind::datagrams ? Errno::kDestAddrReq : Errno::kNotConn;
        return s.out;
    }
    if (s.kind != SocketKind::datagrams) return s.out ? Errno::kIsConn : Errno::kNotSup;
    Ref<Endpoint> endpoint = TRY(find_name(to));
    if (endpoint->kind != SocketKind::datagrams) return Errno::kProtoType;
    return endpoint->datagrams;
}

Result<Ref<Socket>> make_socket(SocketKind kind, bool nonblocking) {
    auto socket = TRY(make_ref<Socket>());
    socket->kind = kind;
    socket->flags = kReadWrite | (nonblocking ? kNonBlocking : 0);
    if (kind == SocketKind::datagrams) socket->in = TRY(make_ref<Channel>());
    return socket;
}

/// Joins two sockets by two channels.
Result<> join(Socket& one, Socket& other) {
    auto forth = TRY(make_ref<Channel>()), back = TRY(make_ref<Channel>());
    one.in = back, one.out = forth;
    other.in = forth, other.out = back;
    one.peer_pid = other.peer_pid = current_process().pid;
    return Ok{};
}

/// Leaves the server's end of a new connection at the endpoint.
Result<> queue_connection(Socket& client, Endpoint& endpoint) {
    auto pending = TRY(make<PendingConnection>());
    Ref<Socket> server = TRY(make_socket(client.kind, false));
    TRY(join(client, *server));
    client.peer = endpoint.name;
    server->name = endpoint.name;
    server->peer = client.name;
    pending->socket = Ref<File>{std::move(server)};
    IrqLock lock;
    const IrqGuard guard{lock};
    endpoint.waiting.push_back(*pending.release());
    ++endpoint.waiting_count;
    endpoint.changed.wake_all();
    return Ok{};
}

Result<> connect_datagrams(Socket& s, const SocketName& name) {
    Ref<Endpoint> endpoint = TRY(find_name(name));
    if (endpoint->kind != SocketKind::datagrams) return Errno::kProtoType;
    s.out = endpoint->datagrams;
    s.peer = name;
    return Ok{};
}

}  // namespace

Result<SocketPair> create_socket_pair(SocketKind kind, bool nonblocking) {
    auto one = TRY(make_socket(kind, nonblocking)), other = TRY(make_socket(kind, nonblocking));
    TRY(join(*one, *other));
    return SocketPair{Ref<File>{std::move(one)}, Ref<File>{std::move(other)}};
}

Result<Ref<File>> create_socket(SocketKind kind, bool nonblocking) {
    return Ref<File>{TRY(make_socket(kind, nonblocking))};
}

Result<> socket_bind(File& file, const SocketName& name) {
    Socket& s = *TRY(socket_of(file));
    if (s.endpoint || name.size == 0) return Errno::kInval;
    s.endpoint = TRY(publish_name(name, s.kind));
    s.endpoint->datagrams = s.in;
    s.name = name;
    return Ok{};
}

Result<> socket_listen(File& file, uint32_t backlog) {
    Socket& s = *TRY(socket_of(file));
    if (s.kind == SocketKind::datagrams) return Errno::kNotSup;
    if (!s.endpoint || s.in) return Errno::kInval;
    constexpr uint32_t kMostWaiting = 128;  // SOMAXCONN's order
    s.endpoint->backlog = (backlog < kMostWaiting ? backlog : kMostWaiting) + 1;
    s.endpoint->listening = true;
    return Ok{};
}

Result<Ref<File>> socket_accept(File& file, bool nonblocking) {
    Socket& s = *TRY(socket_of(file));
    if (!s.listening()) return Errno::kInval;
    Endpoint& e = *s.endpoint;
    PendingConnection* taken = nullptr;
    const auto take = [&] {
        taken = e.waiting.pop_front();
        return taken != nullptr;
    };
    if (s.nonblocking() && e.waiting.empty()) return Errno::kAgain;
    TRY(wait_event(e.changed, take));
    const Unique<PendingConnection> connection{taken};
    --e.waiting_count;
    e.changed.wake_all();  // there is room for another
    connection->socket->flags = kReadWrite | (nonblocking ? kNonBlocking : 0);
    return connection->socket;
}

Result<> socket_connect(File& file, const SocketName& name) {
    Socket& s = *TRY(socket_of(file));
    if (s.kind == SocketKind::datagrams) return connect_datagrams(s, name);
    if (s.out) return Errno::kIsConn;
    if (s.listening()) return Errno::kInval;
    Ref<Endpoint> endpoint = TRY(find_name(name));
    if (endpoint->kind != s.kind) return Errno::kProtoType;
    const auto room = [&] { return !endpoint->listening || endpoint->has_room(); };
    if (s.nonblocking() && !room()) return Errno::kAgain;
    TRY(wait_event(endpoint->changed, room));
    if (!endpoint->listening) return Errno::kConnRefused;
    return queue_connection(s, *endpoint);
}

Result<SocketState> socket_state(File& file) {
    Socket& s = *TRY(socket_of(file));
    return SocketState{s.kind, s.name, s.peer, s.peer_pid, s.listening(), bool{s.out}};
}

Result<uint32_t> socket_send(File& file, const IoPiece* pieces, uint32_t count, PassedFiles&& files,
                             const SocketName& to) {
    Socket& s = *TRY(socket_of(file));
    Ref<Channel> out = TRY(destination(s, to));
    const uint32_t bytes = total(pieces, count);
    if (s.kind != SocketKind::stream) {
        if (bytes > kChannelCapacity) return Errno::kMsgSize;
        TRY(send_one(s, *out, pieces, count, 0, bytes, files));
        return bytes;
    }
    uint32_t done = 0;
    while (done < bytes) {
        const uint32_t n = bytes - done < kPiece ? bytes - done : kPiece;
        auto sent = send_one(s, *out, pieces, count, done, n, files);
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
    if (!s.in) return s.listening() ? Errno::kInval : Errno::kNotConn;
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
        got.truncated = s.kind != SocketKind::stream && n < left;
        got.from = m->from;
        if (peek) break;
        for (uint32_t i = 0; i < m->files.count; ++i)
            files.files[files.count++] = std::move(m->files.files[i]);
        m->files.count = 0;
        m->taken += n;
        const bool whole = m->taken == m->size || s.kind != SocketKind::stream;
        c.queued -= s.kind != SocketKind::stream ? m->size : n;
        if (whole) c.finish(*m);
        if (s.kind != SocketKind::stream || !whole || files.count > 0) break;
    }
    c.changed.wake_all();
    return got;
}

Result<> socket_shutdown(File& file, uint32_t how) {
    Socket& s = *TRY(socket_of(file));
    if (how > 2) return Errno::kInval;
    if (!s.out) return Errno::kNotConn;
    if (how != 1) s.in->receiver = false, s.in->changed.wake_all();
    if (how != 0) s.out->sender = false, s.out->changed.wake_all();
    return Ok{};
}

}  // namespace kernel
