// System calls on socket pairs: what passing file descriptors between processes needs.
#include "core/process.hpp"
#include "core/socket.hpp"
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

/// Sockets of the network are not there.
Result<uint32_t> sys_socket(Args) { return Errno::kAfNoSupport; }

Result<uint32_t> sys_socketpair(Args s) {
    const uint32_t type = s.a[1] & kTypeMask;
    if (s.a[0] != kUnix) return Errno::kAfNoSupport;
    if (type != kStream && type != kDatagram && type != kSeqPacket) return Errno::kInval;
    SocketPair pair = TRY(create_socket_pair(type == kStream ? SocketKind::stream : SocketKind::records,
                                             s.a[1] & kNonBlocking));
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
    return socket_send(*file, pieces.at, pieces.count, std::move(files));
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
    header.name_size = 0;
    header.control_size = TRY(put_files(header, files, s.a[2] & kMsgCloseOnExec, header.flags));
    TRY(put_user(s.user(1), header));
    return got.bytes;
}

Result<uint32_t> sys_sendto(Args s) {
    auto file = TRY(file_of(s.a[0]));
    const IoPiece piece{s.user(1), s.a[2]};
    const WaitMode mode{*file, s.a[3]};
    return socket_send(*file, &piece, 1, {});
}

Result<uint32_t> sys_recvfrom(Args s) {
    auto file = TRY(file_of(s.a[0]));
    const IoPiece piece{s.user(1), s.a[2]};
    PassedFiles files;
    const WaitMode mode{*file, s.a[3]};
    return TRY(socket_receive(*file, &piece, 1, files, s.a[3] & kMsgPeek)).bytes;
}

Result<uint32_t> sys_shutdown(Args s) {
    TRY(socket_shutdown(*TRY(file_of(s.a[0])), s.a[1]));
    return 0U;
}

constexpr Syscall kRows[] = {
    {281, "socket", sys_socket},     {288, "socketpair", sys_socketpair}, {289, "send", sys_sendto},
    {290, "sendto", sys_sendto},     {291, "recv", sys_recvfrom},         {292, "recvfrom", sys_recvfrom},
    {293, "shutdown", sys_shutdown}, {296, "sendmsg", sys_sendmsg},       {297, "recvmsg", sys_recvmsg},
};

}  // namespace

std::span<const Syscall> socket_syscalls() { return kRows; }

}  // namespace kernel
