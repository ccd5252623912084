#include "apps/heap_choice/ion_client.hpp"

#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/ion.h>
#include <sys/ioctl.h>

#include <fstream>
#include <sstream>

#include "apps/support/error.hpp"

namespace apps::heap_choice {

namespace {

constexpr const char* kNode = "/dev/ion";

void call(const Fd& fd, unsigned long request, void* argument, const char* name) {
    if (::ioctl(fd.get(), request, argument) != 0) throw SystemError{kNode, name};
}

}  // namespace

IonClient::IonClient() : device_{Fd::open(kNode, O_RDWR)} {
    ion_heap_data heaps[ION_NUM_HEAPS]{};
    ion_heap_query query{};
    query.cnt = ION_NUM_HEAPS;
    query.heaps = reinterpret_cast<uintptr_t>(heaps);
    call(device_, ION_IOC_HEAP_QUERY, &query, "ION_IOC_HEAP_QUERY");
    for (const ion_heap_data& h : heaps) {
        if (h.type == ION_HEAP_TYPE_CUSTOM) mask_ |= 1U << h.heap_id;
    }
    if (!mask_) throw Error{std::string{kNode} + ": no heap that follows the devices"};
}

Fd IonClient::allocate(uint32_t bytes, const std::string& name) const {
    ion_allocation_data memory{bytes, 0, mask_, 0, 0};
    call(device_, ION_IOC_ALLOC, &memory, "ION_IOC_ALLOC");
    ion_fd_data shared{memory.handle, -1};
    call(device_, ION_IOC_SHARE, &shared, "ION_IOC_SHARE");
    ion_handle_data handle{memory.handle};
    call(device_, ION_IOC_FREE, &handle, "ION_IOC_FREE");
    Fd fd{shared.fd};
    if (::ioctl(fd.get(), DMA_BUF_SET_NAME_A, name.c_str()) != 0) throw SystemError{"dma-buf", "SET_NAME"};
    return fd;
}

Placed placed(const std::string& name) {
    std::ifstream listing{"/proc/dma_buf"};
    for (std::string line; std::getline(listing, line);) {
        if (line.find(" name " + name + " ") == std::string::npos) continue;
        Placed found;
        std::istringstream words{line};
        for (std::string word; words >> word;) {
            if (word == "memory") words >> found.memory;
            if (word == "moves") words >> found.moves;
        }
        return found;
    }
    throw Error{"/proc/dma_buf: no buffer called " + name};
}

}  // namespace apps::heap_choice
