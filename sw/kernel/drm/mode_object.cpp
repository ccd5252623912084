#include "drm/mode_object.hpp"

#include "core/string.hpp"

namespace kernel::drm {

Result<Ref<Blob>> Blob::create(uint32_t length) {
    auto blob = TRY(make_ref<Blob>());
    blob->data = new (std::nothrow) uint8_t[length];
    if (!blob->data) return Errno::kNoMem;
    memset(blob->data, 0, length);
    blob->length = length;
    return blob;
}

void ModeObjects::add(ModeObject& object) {
    const MutexGuard guard{lock_};
    object.retain();
    object.id = next_id_++;
    objects_.push_back(object);
}

ModeObjects::~ModeObjects() {
    while (ModeObject* object = objects_.pop_front()) object->release_reference();
}

void ModeObjects::remove(ModeObject& object) {
    {
        const MutexGuard guard{lock_};
        if (!object.node.linked()) return;
        object.node.unlink();
    }
    object.release_reference();
}

ModeObject* ModeObjects::find_any(uint32_t id, uint32_t type) {
    const MutexGuard guard{lock_};
    for (ModeObject& o : objects_) {
        if (o.id != id || (type != DRM_MODE_OBJECT_ANY && o.type != type)) continue;
        o.retain();
        return &o;
    }
    return nullptr;
}

Result<Ref<ModeObject>> ModeObjects::find(uint32_t id, uint32_t type) {
    ModeObject* found = find_any(id, type);
    if (!found) return Errno::kNoEnt;
    return Ref<ModeObject>::adopt(found);
}

}  // namespace kernel::drm
