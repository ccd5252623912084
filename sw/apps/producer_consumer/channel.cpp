#include "apps/producer_consumer/channel.hpp"

#include <sys/socket.h>

#include <cstring>

#include "apps/support/error.hpp"

namespace apps::producer_consumer {

namespace {

/// A packet and room for one descriptor beside it.
struct Packet {
    explicit Packet(void* data, size_t bytes) : part{data, bytes} {
        header.msg_iov = &part;
        header.msg_iovlen = 1;
        header.msg_control = control;
        header.msg_controllen = sizeof control;
    }
    iovec part;
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    msghdr header{};
};

}  // namespace

void Channel::send(const Message& message, int descriptor) const {
    Message copy = message;
    Packet packet{&copy, sizeof copy};
    if (descriptor < 0) {
        packet.header.msg_controllen = 0;
    } else {
        cmsghdr* c = CMSG_FIRSTHDR(&packet.header);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof descriptor);
        std::memcpy(CMSG_DATA(c), &descriptor, sizeof descriptor);
    }
    if (::sendmsg(socket_.get(), &packet.header, 0) != static_cast<ssize_t>(sizeof copy))
        throw SystemError{"socket", "sendmsg"};
}

Message Channel::receive(Fd* descriptor) const {
    Message message;
    Packet packet{&message, sizeof message};
    const ssize_t n = ::recvmsg(socket_.get(), &packet.header, MSG_CMSG_CLOEXEC);
    if (n < 0) throw SystemError{"socket", "recvmsg"};
    if (n != static_cast<ssize_t>(sizeof message)) return {};
    const cmsghdr* c = CMSG_FIRSTHDR(&packet.header);
    if (c && c->cmsg_type == SCM_RIGHTS) {
        int got = -1;
        std::memcpy(&got, CMSG_DATA(c), sizeof got);
        Fd owned{got};
        if (descriptor) *descriptor = std::move(owned);
    }
    return message;
}

}  // namespace apps::producer_consumer
