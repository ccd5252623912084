// What a socket's name leads to. A path is an inode of the file tree that holds the endpoint; abstract names
// are in a list while their socket is there.
#pragma once

#include "core/channel.hpp"

namespace kernel {

struct Socket;

/// A connection that nobody has accepted yet.
struct PendingConnection {
    ListNode node;
    Ref<File> socket;  ///< the accepting side's end
};

struct Endpoint : RefCounted {
    ListNode node;  ///< among the abstract names
    SocketName name;
    SocketKind kind;
    Ref<Channel> datagrams;  ///< where they go, of a datagram socket
    bool open = true;        ///< its socket is there
    bool listening = false;
    uint32_t backlog = 0, waiting_count = 0;
    List<PendingConnection, &PendingConnection::node> waiting;
    WaitQueue changed;

    Endpoint(const SocketName& n, SocketKind k) : name{n}, kind{k} {}
    ~Endpoint() override { close(); }
    /// Refuses what waits and what comes.
    void close();
    bool has_room() const { return waiting_count < backlog; }
};

/// Makes the name known. Errors: kNoMem, kAddrInUse, those of the path.
Result<Ref<Endpoint>> publish_name(const SocketName& name, SocketKind kind);
/// Errors: kConnRefused nobody has the name (or the path is no socket), those of the path.
Result<Ref<Endpoint>> find_name(const SocketName& name);

}  // namespace kernel
