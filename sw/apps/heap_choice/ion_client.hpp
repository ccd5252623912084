// A client of /dev/ion whose buffers follow the devices they are attached to, and what the kernel says of
// them.
#pragma once

#include <cstdint>
#include <string>

#include "apps/support/fd.hpp"

namespace apps::heap_choice {

class IonClient {
public:
    /// Finds the heap by its type. Throws Error when this machine's ION has none.
    IonClient();
    /// A dma-buf of so many bytes, which the kernel lists under `name`. Throws SystemError.
    Fd allocate(uint32_t bytes, const std::string& name) const;

private:
    Fd device_;
    uint32_t mask_ = 0;
};

/// What /proc/dma_buf says of a buffer.
struct Placed {
    std::string memory;  ///< "none", "scattered" or "contiguous"
    uint32_t moves = 0;
};
/// Throws Error when no buffer has that name.
Placed placed(const std::string& name);

}  // namespace apps::heap_choice
