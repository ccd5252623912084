// ION: /dev/ion, handles of clients, sharing by dma-buf (linux/ion.h).
//
//   client (open file) -> handle -> DmaBuf -> heap's memory
#include <exysim/ion.h>

#include "core/uaccess.hpp"
#include "driver/device.hpp"
#include "ion/heap.hpp"

namespace kernel {

namespace {

/// A client's name for a buffer; the same buffer has one, however often it comes.
struct Handle {
    ListNode node;
    int id = 0;
    uint32_t uses = 0;
    Ref<DmaBuf> buffer;
    Unique<DmaBufAttachment> attachment;  ///< ION_CUSTOM_MAP_DEVICE
    Iova at;

    ~Handle() {
        if (!attachment) return;
        buffer->unmap(*attachment, at, DmaDirection::bidirectional);
        DmaBuf::detach(std::move(attachment));
    }
};

struct Client : File {
    List<Handle, &Handle::node> handles;
    int next_id = 1;
    Mutex lock;

    ~Client() override {
        while (Handle* h = handles.pop_front()) delete h;
    }
    Result<uint32_t> ioctl(uint32_t command, UserAddr argument) override;

    Result<Handle*> find(int id) {
        for (Handle& h : handles) {
            if (h.id == id) return &h;
        }
        return Errno::kInval;
    }
    Result<int> handle_of(Ref<DmaBuf> buffer) {
        for (Handle& h : handles) {
            if (h.buffer.get() != buffer.get()) continue;
            ++h.uses;
            return h.id;
        }
        auto fresh = TRY(make<Handle>());
        fresh->id = next_id++;
        fresh->uses = 1;
        fresh->buffer = std::move(buffer);
        handles.push_back(*fresh);
        return fresh.release()->id;
    }
};

// --- The calls; each has a copy of the user's argument

Result<> alloc(Client& c, ion_allocation_data& a) {
    a.handle = TRY(c.handle_of(TRY(ion_allocate(a))));
    return Ok{};
}
Result<> release(Client& c, ion_handle_data& d) {
    Handle* h = TRY(c.find(d.handle));
    if (--h->uses) return Ok{};
    h->node.unlink();
    delete h;
    return Ok{};
}
Result<> share(Client& c, ion_fd_data& d) {
    Handle* h = TRY(c.find(d.handle));
    d.fd = static_cast<int>(TRY(h->buffer->install(true, true)));
    return Ok{};
}
Result<> import(Client& c, ion_fd_data& d) {
    auto buffer = TRY(DmaBuf::get(static_cast<uint32_t>(d.fd)));
    if (!is_ion_buffer(*buffer)) return Errno::kInval;  // ION takes back only what is its own
    d.handle = TRY(c.handle_of(std::move(buffer)));
    return Ok{};
}
Result<> sync(Client&, ion_fd_data& d) {
    return TRY(DmaBuf::get(static_cast<uint32_t>(d.fd)))->end_cpu_access(DmaDirection::bidirectional);
}

Result<> map_device(Client& c, UserAddr argument) {
    auto m = TRY(get_user<ion_map_device_data>(argument));
    m.device[sizeof m.device - 1] = 0;
    Handle* h = TRY(c.find(m.handle));
    if (h->attachment) return Errno::kBusy;
    const Property path = fdt_root().child("aliases").property(m.device);
    if (!path) return Errno::kNoDev;
    auto attachment = TRY(h->buffer->attach(TRY(DmaDevice::of(fdt_find(path.text())))));
    auto at = h->buffer->map(*attachment, DmaDirection::bidirectional);
    if (!at) {
        DmaBuf::detach(std::move(attachment));
        return at.error();
    }
    h->at = at.value();
    h->attachment = std::move(attachment);
    m.address = h->at.value;
    return put_user(argument, m);
}
Result<> custom(Client& c, ion_custom_data& d) {
    if (d.cmd != ION_CUSTOM_MAP_DEVICE) return Errno::kNoTty;
    return map_device(c, UserAddr{static_cast<uint32_t>(d.arg)});
}

Result<> query(Client&, ion_heap_query& q) {
    uint32_t used = 0;
    for (uint32_t id = 0; id < ION_NUM_HEAPS; ++id) {
        const IonHeap* heap = ion_heap(id);
        if (!heap) continue;
        ion_heap_data data{};
        copy_text(data.name, heap->name);
        data.type = heap->type;
        data.heap_id = id;
        const UserAddr to{static_cast<uint32_t>(q.heaps)};
        if (q.heaps && used < q.cnt) TRY(put_user(to + used * static_cast<uint32_t>(sizeof data), data));
        ++used;
    }
    q.cnt = used;
    return Ok{};
}

constexpr uint32_t kLargest = 64;
struct Row {
    uint32_t command;
    Result<> (*run)(Client&, void*);
};
template <class Argument>
Argument argument_of(Result<> (*)(Client&, Argument&));
template <auto function>
constexpr Row row(uint32_t command) {
    using Argument = decltype(argument_of(function));
    static_assert(sizeof(Argument) <= kLargest);
    return {command, [](Client& c, void* a) { return function(c, *static_cast<Argument*>(a)); }};
}
constexpr Row kRows[] = {
    row<alloc>(ION_IOC_ALLOC),   row<release>(ION_IOC_FREE),     row<share>(ION_IOC_MAP),
    row<share>(ION_IOC_SHARE),   row<import>(ION_IOC_IMPORT),    row<sync>(ION_IOC_SYNC),
    row<custom>(ION_IOC_CUSTOM), row<query>(ION_IOC_HEAP_QUERY),
};

Result<uint32_t> Client::ioctl(uint32_t command, UserAddr argument) {
    for (const Row& r : kRows) {
        if (r.command != command) continue;
        alignas(8) uint8_t copy[kLargest];
        TRY(copy_from_user(copy, argument, _IOC_SIZE(command)));
        const MutexGuard guard{lock};
        TRY(r.run(*this, copy));
        TRY(copy_to_user(argument, copy, _IOC_SIZE(command)));
        return 0U;
    }
    return Errno::kNoTty;
}

Result<Ref<File>> open_ion(void*) { return Ref<File>{TRY(make_ref<Client>())}; }

Result<> start() {
    register_ion_heaps();
    return register_char_device("ion", open_ion, nullptr);
}

constexpr Service kIon{"ion", start};
REGISTER_SERVICE(kIon);

}  // namespace

}  // namespace kernel
