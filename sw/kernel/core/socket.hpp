// Unix sockets: connected pairs, and sockets that find each other by name. They carry bytes, records and open
// files.
#pragma once

#include "core/file.hpp"

namespace kernel {

enum class SocketKind : uint8_t { stream, records, datagrams };  ///< SOCK_STREAM, SOCK_SEQPACKET, SOCK_DGRAM

/// sun_path: empty, a path, or abstract (its first byte is NUL, the rest counts as it is).
struct SocketName {
    char text[108] = {};
    uint32_t size = 0;  ///< bytes, of a path without its NUL
    bool abstract() const { return size > 0 && text[0] == 0; }
    Text path() const { return {text, size}; }
    friend bool operator==(const SocketName& a, const SocketName& b) { return a.path() == b.path(); }
};

struct SocketPair {
    Ref<File> one, other;
};
/// Errors: kNoMem.
Result<SocketPair> create_socket_pair(SocketKind kind, bool nonblocking);
Result<Ref<File>> create_socket(SocketKind kind, bool nonblocking);

/// Errors of all: kNotSock, kNoMem. bind: kInval it has a name, kAddrInUse, those of the path.
Result<> socket_bind(File& socket, const SocketName& name);
/// Errors: kInval it has no name, kNotSup datagrams.
Result<> socket_listen(File& socket, uint32_t backlog);
/// Waits for a connection. Errors: kInval it does not listen, kAgain, kIntr.
Result<Ref<File>> socket_accept(File& socket, bool nonblocking);
/// Errors: kConnRefused nobody listens there, kProtoType another kind does, kIsConn, kAgain, kIntr, those of
/// the path.
Result<> socket_connect(File& socket, const SocketName& name);

struct SocketState {
    SocketKind kind;
    SocketName name, peer;
    uint32_t peer_pid;  ///< who connected or made the pair
    bool listening, connected;
};
Result<SocketState> socket_state(File& socket);

inline constexpr uint32_t kMostPassedFiles = 16;

/// What goes along with bytes.
struct PassedFiles {
    Ref<File> files[kMostPassedFiles];
    uint32_t count = 0;
};
struct IoPiece {
    UserAddr base;
    uint32_t size;
};
/// Sends what `pieces` hold (user memory, `count` of them) and the files; a datagram to `to` if that is not
/// empty. Errors: kNotSock, kNotConn, kPipe the other end is gone, kMsgSize a record larger than the buffer,
/// kAgain, kIntr, kNoMem, kFault; with a name those of socket_connect(), kIsConn for other kinds.
Result<uint32_t> socket_send(File& socket, const IoPiece* pieces, uint32_t count, PassedFiles&& files,
                             const SocketName& to = {});
/// Receives into the pieces; 0 at the end. `truncated` says that a record did not fit.
struct Received {
    uint32_t bytes = 0;
    bool truncated = false;
    SocketName from;  ///< of a datagram
};
Result<Received> socket_receive(File& socket, const IoPiece* pieces, uint32_t count, PassedFiles& files,
                                bool peek);
/// how: 0 no more receiving, 1 no more sending, 2 neither. Errors: kNotSock, kNotConn, kInval.
Result<> socket_shutdown(File& socket, uint32_t how);

}  // namespace kernel
