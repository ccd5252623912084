// One direction of a socket: messages with the files that travel along.
#pragma once

#include "core/lock.hpp"
#include "core/socket.hpp"
#include "core/wait.hpp"

namespace kernel {

inline constexpr uint32_t kChannelCapacity = 64 * 1024;  ///< bytes on their way

struct Message {
    ListNode node;
    uint8_t* bytes = nullptr;
    uint32_t size = 0;
    uint32_t taken = 0;
    PassedFiles files;
    SocketName from;
    ~Message() { delete[] bytes; }
};

struct Channel : RefCounted {
    List<Message, &Message::node> messages;
    uint32_t queued = 0;
    bool sender = true, receiver = true;  ///< whether there may be one yet
    WaitQueue changed;
    Mutex lock;

    ~Channel() override {
        while (Message* m = messages.pop_front()) delete m;
    }
    bool has_room(uint32_t bytes) const { return queued + bytes <= kChannelCapacity; }
    void finish(Message& m) {
        m.node.unlink();
        delete &m;
        changed.wake_all();
    }
};

}  // namespace kernel
