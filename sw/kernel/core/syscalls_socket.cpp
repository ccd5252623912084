// System calls on Unix sockets.
#include "core/channel.hpp"
#include "core/process.hpp"
#include "core/syscall.hpp"
#include "core/uaccess.hpp"

namespace kernel {

namespace {

using Args = const SyscallArguments&;

// linux/socket.h, linux/net.h
constexpr uint32_t kUnix = 1, kStream = 1, kDatagram = 2, kSeqPacket = 5, kTypeMask = 0xF;
constexpr uint32_t kSolSocket = 1, kScmRights = 1;
constexpr uint32_t kMsgPeek = 2, kMsgDontWait = 0x40, kMsgTrunc = 0x20, kMsgControlTrunc = 8,
                   kMsgCloseOnExec = 0x4000'0000;
constexpr uint32_t kMostPieces = 64;

struct MessageHeader {
    uint32_t name, name_size, pieces, piece_count, control, control_size, flags;
};
struct ControlHeader {
    uint32_t size, level, type;
};

/// Sockets of the network are not there. Errors: kAfNoSupport, kProtoNoSupport, kProtoType.
Result<SocketKind> kind_of(uint32_t family, uint32_t type, uint32_t protocol) {
    if (family != kUnix) return Errno::kAfNoSupport;
    if (protocol != 0 && protocol != kUnix) return Errno::kProtoNoSupport;
    switch (type & kTypeMask) {
        case kStream:
            return SocketKind::stream;
        case kDatagram:
            return SocketKind::datagrams;
        case kSeqPacket:
            return SocketKind::records;
        default:
            return Errno::kProtoType;
    }
}

Result<uint32_t> sys_socket(Args s) {
    const SocketKind kind = TRY(kind_of(s.a[0], s.a[1], s.a[2]));
    return install_fd(TRY(create_socket(kind, s.a[1] & kNonBlocking)), s.a[1] & kCloseOnExec);
}

Result<uint32_t> sys_socketpair(Args s) {
    SocketPair pair = TRY(create_socket_pair(TRY(kind_of(s.a[0], s.a[1], s.a[2])), s.a[1] & kNonBlocking));
    FdTable& files = *current_process().files;
    uint32_t fds[2];
    fds[0] = TRY(install_fd(std::move(pair.one), s.a[1] & kCloseOnExec));
    auto second = install_fd(std::move(pair.other), s.a[1] & kCloseOnExec);
    if (second) fds[1] = second.value();
    auto told = second ? copy_to_user(s.user(3), fds, sizeof fds) : Result<>{second.error()};
    if (told) return 0U;
    (void)files.close(fds[0]);
    if (second) (void)files.close(fds[1]);
    return told.error();
}

// --- names

/// struct sockaddr_un. A path ends at its NUL, an abstract name where the size says.
struct UserName {
    uint16_t family;
    char text[sizeof SocketName::text];
};
constexpr uint32_t kFamilyBytes = 2;

Result<SocketName> get_name(UserAddr at, uint32_t size) {
    UserName user{};
    if (size < kFamilyBytes || size > sizeof user) return Errno::kInval;
    TRY(copy_from_user(&user, at, size));
    if (user.family != kUnix) return Errno::kInval;
    SocketName name;
    memcpy(name.text, user.text, sizeof name.text);
    name.size = size - kFamilyBytes;
    if (!name.abstract()) name.size = static_cast<uint32_t>(Text{name.text, name.size}.find(0));
    return name;
}

/// Bytes of the name as a sockaddr_un; as many go to `at` as `room` says.
Result<uint32_t> put_name(UserAddr at, uint32_t room, const SocketName& name) {
    UserName user{kUnix, {}};
    memcpy(user.text, name.text, name.size);
    const uint32_t size = kFamilyBytes + name.size +
                          (name.size > 0 && !name.abstract() && name.size < sizeof user.text ? 1 : 0);
    TRY(copy_to_user(at, &user, size < room ? size : room));
    return size;
}
/// The same with the room in user memory, which becomes the size. Nothing for a null `at`.
Result<> tell_name(UserAddr at, UserAddr size_at, const SocketName& name) {
    if (!at.value) return Ok{};
    return put_user(size_at, TRY(put_name(at, TRY(get_user<uint32_t>(size_at)), name)));
}

Result<uint32_t> sys_bind(Args s) {
    auto file = TRY(file_of(s.a[0]));
    TRY(socket_bind(*file, TRY(get_name(s.user(1), s.a[2]))));
    return 0U;
}
Result<uint32_t> sys_connect(Args s) {
    auto file = TRY(file_of(s.a[0]));
    TRY(socket_connect(*file, TRY(get_name(s.user(1), s.a[2]))));
    return 0U;
}
Result<uint32_t> sys_listen(Args s) {
    TRY(socket_listen(*TRY(file_of(s.a[0])), s.a[1]));
    return 0U;
}

Result<uint32_t> accept_with(Args s, uint32_t flags) {
    auto listener = TRY(file_of(s.a[0]));
    Ref<File> file = TRY(socket_accept(*listener, flags & kNonBlocking));
    TRY(tell_name(s.user(1), s.user(2), TRY(socket_state(*file)).peer));
    return install_fd(std::move(file), flags & kCloseOnExec);
}
Result<uint32_t> sys_accept(Args s) { return accept_with(s, 0); }
Result<uint32_t> sys_accept4(Args s) { return accept_with(s, s.a[3]); }

Result<uint32_t> sys_getsockname(Args s) {
    auto file = TRY(file_of(s.a[0]));
    TRY(tell_name(s.user(1), s.user(2), TRY(socket_state(*file)).name));
    return 0U;
}
Result<uint32_t> sys_getpeername(Args s) {
    auto file = TRY(file_of(s.a[0]));
    const SocketState state = TRY(socket_state(*file));
    if (!state.connected) return Errno::kNotConn;
    TRY(tell_name(s.user(1), s.user(2), state.peer));
    return 0U;
}

// --- options (asm-generic/socket.h)

constexpr uint32_t kReuseAddress = 2, kType = 3, kError = 4, kSendBuffer = 7, kReceiveBuffer = 8,
                   kKeepAlive = 9, kPassCredentials = 16, kPeerCredentials = 17, kAcceptConnections = 30,
                   kProtocol = 38, kDomain = 39;

uint32_t type_number(SocketKind kind) {
    constexpr uint32_t kNumbers[] = {kStream, kSeqPacket, kDatagram};
    return kNumbers[static_cast<unsigned>(kind)];
}

Result<uint32_t> option_value(uint32_t option, const SocketState& state) {
    switch (option) {
        case kType:
            return type_number(state.kind);
        case kError:
        case kProtocol:
            return 0U;
        case kSendBuffer:
        case kReceiveBuffer:
            return kChannelCapacity;
        case kAcceptConnections:
            return uint32_t{state.listening};
        case kDomain:
            return kUnix;
        default:
            return Errno::kNoProtoOpt;
    }
}

Result<uint32_t> sys_getsockopt(Args s) {
    auto file = TRY(file_of(s.a[0]));
    const SocketState state = TRY(socket_state(*file));
    if (s.a[1] != kSolSocket) return Errno::kNoProtoOpt;
    uint32_t words[3] = {state.peer_pid, 0, 0};  // struct ucred
    uint32_t size = sizeof words;
    if (s.a[2] != kPeerCredentials) {
        words[0] = TRY(option_value(s.a[2], state));
        size = 4;
    }
    const uint32_t room = TRY(get_user<uint32_t>(s.user(4)));
    size = size < room ? size : room;
    TRY(copy_to_user(s.user(3), words, size));
    TRY(put_user(s.user(4), size));
    return 0U;
}

/// Sizes of buffers are fixed, and nothing here keeps alive or reuses: accepted, no effect.
Result<uint32_t> sys_setsockopt(Args s) {
    auto file = TRY(file_of(s.a[0]));
    TRY(socket_state(*file));
    if (s.a[1] != kSolSocket) return Errno::kNoProtoOpt;
    for (const uint32_t known : {kReuseAddress, kSendBuffer, kReceiveBuffer, kKeepAlive, kPassCredentials}) {
        if (s.a[2] == known) return 0U;
    }
    return Errno::kNoProtoOpt;
}

// --- messages

struct Pieces {
    IoPiece at[kMostPieces];
    uint32_t count = 0;
};
Result<> get_pieces(const MessageHeader& h, Pieces& p) {
    if (h.piece_count > kMostPieces) return Errno::kMsgSize;
    p.count = h.piece_count;
    return copy_from_user(p.at, UserAddr{h.pieces}, p.count * static_cast<uint32_t>(sizeof(IoPiece)));
}

/// The files that SCM_RIGHTS messages name.
Result<> get_files(const MessageHeader& h, PassedFiles& files) {
    constexpr uint32_t kHeader = sizeof(ControlHeader);
    for (uint32_t at = 0; h.control && h.control_size - at >= kHeader && at < h.control_size;) {
        const auto c = TRY(get_user<ControlHeader>(UserAddr{h.control + at}));
        if (c.size < kHeader || c.size > h.control_size - at) return Errno::kInval;
        if (c.level != kSolSocket || c.type != kScmRights) return Errno::kInval;
        for (uint32_t inside = kHeader; inside + 4 <= c.size; inside += 4) {
            if (files.count == kMostPassedFiles) return Errno::kInval;
            const uint32_t fd = TRY(get_user<uint32_t>(UserAddr{h.control + at + inside}));
            files.files[files.count++] = TRY(file_of(fd));
        }
        at += align_up(c.size, 4);
    }
    return Ok{};
}

/// Installs received files and tells their descriptors; returns the bytes of control data. Those without room
/// are closed.
Result<uint32_t> put_files(const MessageHeader& h, PassedFiles& files, bool close_on_exec, uint32_t& flags) {
    if (files.count == 0) return 0U;
    constexpr uint32_t kHeader = sizeof(ControlHeader);
    const uint32_t room = h.control && h.control_size > kHeader ? (h.control_size - kHeader) / 4 : 0;
    uint32_t told = 0;
    for (; told < files.count && told < room; ++told) {
        auto fd = install_fd(std::move(files.files[told]), close_on_exec);
        if (!fd) break;
        TRY(put_user(UserAddr{h.control + kHeader + told * 4}, fd.value()));
    }
    if (told < files.count) flags |= kMsgControlTrunc;
    if (told == 0) return 0U;
    TRY(put_user(UserAddr{h.control}, ControlHeader{kHeader + told * 4, kSolSocket, kScmRights}));
    return kHeader + told * 4;
}

/// MSG_DONTWAIT for one call.
class WaitMode {
public:
    WaitMode(File& f, uint32_t flags) : file_{f}, old_{f.flags} {
        if (flags & kMsgDontWait) file_.flags |= kNonBlocking;
    }
    ~WaitMode() { file_.flags = old_; }

private:
    File& file_;
    uint32_t old_;
};

Result<uint32_t> sys_sendmsg(Args s) {
    auto file = TRY(file_of(s.a[0]));
    const auto header = TRY(get_user<MessageHeader>(s.user(1)));
    Pieces pieces;
    TRY(get_pieces(header, pieces));
    PassedFiles files;
    TRY(get_files(header, files));
    const WaitMode mode{*file, s.a[2]};
    const SocketName to = header.name && header.name_size
                              ? TRY(get_name(UserAddr{header.name}, header.name_size))
                              : SocketName{};
    return socket_send(*file, pieces.at, pieces.count, std::move(files), to);
}

Result<uint32_t> sys_recvmsg(Args s) {
    auto file = TRY(file_of(s.a[0]));
    auto header = TRY(get_user<MessageHeader>(s.user(1)));
    Pieces pieces;
    TRY(get_pieces(header, pieces));
    PassedFiles files;
    const WaitMode mode{*file, s.a[2]};
    const Received got = TRY(socket_receive(*file, pieces.at, pieces.count, files, s.a[2] & kMsgPeek));
    header.flags = got.truncated ? kMsgTrunc : 0;
    header.name_size =
        header.name && got.from.size ? TRY(put_name(UserAddr{header.name}, header.name_size, got.from)) : 0;
    header.control_size = TRY(put_files(header, files, s.a[2] & kMsgCloseOnExec, header.flags));
    TRY(put_user(s.user(1), header));
    return got.bytes;
}

Result<uint32_t> sys_sendto(Args s) {
    auto file = TRY(file_of(s.a[0]));
    const IoPiece piece{s.user(1), s.a[2]};
    const WaitMode mode{*file, s.a[3]};
    const SocketName to = s.a[4] && s.a[5] ? TRY(get_name(s.user(4), s.a[5])) : SocketName{};
    return socket_send(*file, &piece, 1, {}, to);
}

/// send and recv are these two without the address.
Result<uint32_t> sys_send(Args s) { return sys_sendto({{s.a[0], s.a[1], s.a[2], s.a[3], 0, 0}, s.frame}); }

Result<uint32_t> sys_recvfrom(Args s) {
    auto file = TRY(file_of(s.a[0]));
    const IoPiece piece{s.user(1), s.a[2]};
    PassedFiles files;
    const WaitMode mode{*file, s.a[3]};
    const Received got = TRY(socket_receive(*file, &piece, 1, files, s.a[3] & kMsgPeek));
    if (s.a[5]) TRY(tell_name(s.user(4), s.user(5), got.from));
    return got.bytes;
}
Result<uint32_t> sys_recv(Args s) { return sys_recvfrom({{s.a[0], s.a[1], s.a[2], s.a[3], 0, 0}, s.frame}); }

Result<uint32_t> sys_shutdown(Args s) {
    TRY(socket_shutdown(*TRY(file_of(s.a[0])), s.a[1]));
    return 0U;
}

constexpr Syscall kRows[] = {
    {281, "socket", sys_socket},
    {282, "bind", sys_bind},
    {283, "connect", sys_connect},
    {284, "listen", sys_listen},
    {285, "accept", sys_accept},
    {286, "getsockname", sys_getsockname},
    {287, "getpeername", sys_getpeername},
    {288, "socketpair", sys_socketpair},
    {289, "send", sys_send},
    {290, "sendto", sys_sendto},
    {291, "recv", sys_recv},
    {292, "recvfrom", sys_recvfrom},
    {293, "shutdown", sys_shutdown},
    {294, "setsockopt", sys_setsockopt},
    {295, "getsockopt", sys_getsockopt},
    {296, "sendmsg", sys_sendmsg},
    {297, "recvmsg", sys_recvmsg},
    {366, "accept4", sys_accept4},
};

}  // namespace

std::span<const Syscall> socket_syscalls() { return kRows; }

}  // namespace kernel
