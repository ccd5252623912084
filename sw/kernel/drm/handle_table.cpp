#include "drm/handle_table.hpp"

#include "core/log.hpp"
#include "dma/buffer_events.hpp"

namespace kernel::drm {

namespace {

/// Until somebody gives it a better name.
void name_after(const GemObject& object, uint32_t handle) {
    if (object.imported() || !event_channel().post) return;
    char name[24];
    format_text(name, sizeof name, "GEM handle %u", handle);
    tell_name(object.pages().buffer(), name);
}

}  // namespace

HandleTable::~HandleTable() {
    for (uint32_t i = 0; i < end_; ++i) {
        if (objects_[i]) objects_[i]->handle_removed();
    }
}

Result<uint32_t> HandleTable::add(Ref<GemObject> object) {
    const MutexGuard guard{lock_};
    for (uint32_t i = 0; i < kMost; ++i) {
        if (objects_[i]) continue;
        object->handle_added();
        name_after(*object, i + 1);
        objects_[i] = std::move(object);
        if (i >= end_) end_ = i + 1;
        return i + 1;
    }
    return Errno::kNoSpc;
}

Result<Ref<GemObject>> HandleTable::find(uint32_t handle) {
    const MutexGuard guard{lock_};
    if (handle == 0 || handle > end_ || !objects_[handle - 1]) return Errno::kNoEnt;
    return objects_[handle - 1];
}

Result<> HandleTable::close(uint32_t handle) {
    Ref<GemObject> last;  // released after the lock
    {
        const MutexGuard guard{lock_};
        if (handle == 0 || handle > end_ || !objects_[handle - 1]) return Errno::kInval;
        last = std::move(objects_[handle - 1]);
    }
    last->handle_removed();
    return Ok{};
}

uint32_t HandleTable::handle_of(const DmaBuf& buffer) {
    const GemObject* ours = GemObject::behind(buffer);
    const MutexGuard guard{lock_};
    for (uint32_t i = 0; i < end_; ++i) {
        const GemObject* o = objects_[i].get();
        if (o && (o == ours || (o->imported() && o->shared_as() == &buffer))) return i + 1;
    }
    return 0;
}

Result<HandleTable::Place> HandleTable::containing(Iova address, const DmaDevice& device) {
    const MutexGuard guard{lock_};
    for (uint32_t i = 0; i < end_; ++i) {
        if (!objects_[i]) continue;
        auto base = objects_[i]->mapped_at(device);
        if (!base || address < base.value() || address - base.value() >= objects_[i]->size()) continue;
        return Place{objects_[i], address - base.value()};
    }
    return Errno::kFault;
}

Result<Ref<GemObject>> HandleTable::at_map_offset(uint64_t offset) {
    const MutexGuard guard{lock_};
    for (uint32_t i = 0; i < end_; ++i) {
        if (objects_[i] && objects_[i]->map_offset() == offset) return objects_[i];
    }
    return Errno::kInval;
}

}  // namespace kernel::drm
