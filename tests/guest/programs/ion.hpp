// A client of /dev/ion, and what it can find out about heaps.
#pragma once

#include <exysim/ion.h>

#include <string>
#include <vector>

#include "dmabuf_test.hpp"

struct Ion {
    Ion() : fd{::open("/dev/ion", O_RDWR)} {}
    ~Ion() { ::close(fd); }
    Ion(const Ion&) = delete;
    int alloc(unsigned mask, unsigned flags = 0, unsigned bytes = 16 * 4096, unsigned align = 0) {
        ion_allocation_data a{bytes, align, mask, flags, 0};
        const int result = ::ioctl(fd, ION_IOC_ALLOC, &a);
        handle = a.handle;
        return result;
    }
    int share() {
        ion_fd_data d{handle, -1};
        return ::ioctl(fd, ION_IOC_SHARE, &d) == 0 ? d.fd : -1;
    }
    int import(int dmabuf) {
        ion_fd_data d{0, dmabuf};
        return ::ioctl(fd, ION_IOC_IMPORT, &d) == 0 ? d.handle : -1;
    }
    int release(int which) {
        ion_handle_data d{which};
        return ::ioctl(fd, ION_IOC_FREE, &d);
    }
    /// By id.
    std::vector<ion_heap_data> heaps() {
        ion_heap_data all[ION_NUM_HEAPS]{};
        ion_heap_query q{};
        q.cnt = ION_NUM_HEAPS;
        q.heaps = reinterpret_cast<unsigned long>(all);
        if (::ioctl(fd, ION_IOC_HEAP_QUERY, &q) != 0) return {};
        return {all, all + q.cnt};
    }
    /// The heap that the last allocation came from: the exporter that the listing of dma-bufs names.
    std::string heap() {
        static int number = 0;
        const std::string name = "number-" + std::to_string(++number);
        const int shared = share();
        ::ioctl(shared, DMA_BUF_SET_NAME_A, name.c_str());
        const std::string line = dmabuf::listing(name.c_str());
        ::close(shared);
        const size_t at = line.find("exporter ") + 9;
        return line.substr(at, line.find(' ', at) - at);
    }
    int fd;
    int handle = 0;
};
