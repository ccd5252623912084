// What producer and consumer say to each other over a Unix socket: one packet a message, with a file
// descriptor where a buffer is handed over.
#pragma once

#include <cstdint>
#include <optional>

#include "apps/support/fd.hpp"

namespace apps::producer_consumer {

struct Message {
    enum class Kind : uint32_t {
        buffer,   ///< comes with the dma-buf's descriptor; `bytes` is its size
        picture,  ///< buffer `index` holds one of `bytes` bytes
        free,     ///< it is the producer's again; `sum` of its first line, where the consumer looked
        end,
    };
    Kind kind = Kind::end;
    uint32_t index = 0, bytes = 0, sum = 0;
};

class Channel {
public:
    explicit Channel(Fd socket) : socket_{std::move(socket)} {}
    /// Throws SystemError.
    void send(const Message& message, int descriptor = -1) const;
    /// Waits; `descriptor` receives what came with it. `end` when the other side is gone. Throws SystemError.
    Message receive(Fd* descriptor = nullptr) const;
    int fd() const { return socket_.get(); }

private:
    Fd socket_;
};

}  // namespace apps::producer_consumer
