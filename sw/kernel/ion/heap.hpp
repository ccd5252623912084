// ION's heaps: which there are, under which ids, and in which order they are tried.
//
// Without a word from the boot loader each heap's id is its type, as Android's boards had it. With
// `ion_heaps=NAME,NAME,...` those heaps alone are registered, in that order, and ids count up from 0, as
// Linux 4.12's ion_device_add_heap() gives them. Either way the heaps that a mask allows are tried from the
// highest id down.
#pragma once

#include <linux/ion.h>

#include "dmabuf/placed_buffer.hpp"

namespace kernel {

struct IonHeap {
    const char* name;
    ion_heap_type type;
    Placement placement;
    bool follow_devices = false;        ///< placed at first use
    CmaArea* (*area)() = nullptr;       ///< where contiguous pages come from; null: the allocator
    Carveout* (*carveout)() = nullptr;  ///< ... or this
};

/// Once, at boot.
void register_ion_heaps();
/// Null when no heap has that id.
const IonHeap* ion_heap(uint32_t id);

/// Memory from the first heap that can. Errors: kInval nothing asked for, unknown flags or an alignment that
/// pages do not have; kNoDev no such heap; and what the last heap says.
Result<Ref<DmaBuf>> ion_allocate(const ion_allocation_data& request);

/// Whether one of the heaps made it.
bool is_ion_buffer(const DmaBuf& buffer);

}  // namespace kernel
