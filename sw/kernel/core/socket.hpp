// Unix socket pairs: two files connected to each other, which carry bytes, records and open files.
#pragma once

#include "core/file.hpp"

namespace kernel {

enum class SocketKind : uint8_t { stream, records };

struct SocketPair {
    Ref<File> one, other;
};
/// Errors: kNoMem.
Result<SocketPair> create_socket_pair(SocketKind kind, bool nonblocking);

inline constexpr uint32_t kMostPassedFiles = 16;

/// What goes along with bytes.
struct PassedFiles {
    Ref<File> files[kMostPassedFiles];
    uint32_t count = 0;
};
/// Sends what `pieces` hold (user memory, `count` of them) and the files. Errors: kNotSock, kPipe the other
/// end is gone, kMsgSize a record larger than the buffer, kAgain, kIntr, kNoMem, kFault.
struct IoPiece {
    UserAddr base;
    uint32_t size;
};
Result<uint32_t> socket_send(File& socket, const IoPiece* pieces, uint32_t count, PassedFiles&& files);
/// Receives into the pieces; 0 at the end. `truncated` says that a record did not fit.
struct Received {
    uint32_t bytes = 0;
    bool truncated = false;
};
Result<Received> socket_receive(File& socket, const IoPiece* pieces, uint32_t count, PassedFiles& files,
                                bool peek);
/// how: 0 no more receiving, 1 no more sending, 2 neither. Errors: kNotSock, kInval.
Result<> socket_shutdown(File& socket, uint32_t how);

}  // namespace kernel
