#include "core/socket_name.hpp"

#include "core/process.hpp"
#include "core/vfs.hpp"

namespace kernel {

namespace {

using Endpoints = List<Endpoint, &Endpoint::node>;

Endpoints& abstract_names() {
    static Endpoints list;
    return list;
}
IrqLock lock;

struct SocketInode : Inode {
    explicit SocketInode(Ref<Endpoint> e) : Inode{kModeSocket | 0777}, endpoint{std::move(e)} {}
    Result<Ref<File>> open(uint32_t) override { return Errno::kNxIo; }
    Ref<Endpoint> endpoint;
};

Endpoint* find_abstract(const SocketName& name) {
    for (Endpoint& e : abstract_names()) {
        if (e.name == name) return &e;
    }
    return nullptr;
}

Result<> publish_path(const SocketName& name, Ref<Endpoint> endpoint) {
    Parent parent = TRY(resolve_parent(name.path(), current_process().directory));
    if (parent.directory->lookup(parent.name)) return Errno::kAddrInUse;
    return parent.directory->link(parent.name, TRY(make_ref<SocketInode>(std::move(endpoint))));
}

}  // namespace

void Endpoint::close() {
    {
        const IrqGuard guard{lock};
        node.unlink();
        open = listening = false;
    }
    while (PendingConnection* p = waiting.pop_front()) delete p;
    waiting_count = 0;
    changed.wake_all();
}

Result<Ref<Endpoint>> publish_name(const SocketName& name, SocketKind kind) {
    auto endpoint = TRY(make_ref<Endpoint>(name, kind));
    if (!name.abstract()) {
        TRY(publish_path(name, endpoint));
        return endpoint;
    }
    const IrqGuard guard{lock};
    if (find_abstract(name)) return Errno::kAddrInUse;
    abstract_names().push_back(*endpoint);
    return endpoint;
}

Result<Ref<Endpoint>> find_name(const SocketName& name) {
    if (name.abstract()) {
        const IrqGuard guard{lock};
        Endpoint* found = find_abstract(name);
        if (!found) return Errno::kConnRefused;
        return Ref<Endpoint>::share(found);
    }
    Ref<Inode> inode = TRY(resolve(name.path(), current_process().directory));
    if ((inode->mode & kModeType) != kModeSocket) return Errno::kConnRefused;
    Ref<Endpoint> endpoint = static_cast<SocketInode&>(*inode).endpoint;
    if (!endpoint->open) return Errno::kConnRefused;
    return endpoint;
}

}  // namespace kernel
