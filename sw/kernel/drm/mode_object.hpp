// What programs name by an id: CRTCs, planes, connectors, encoders, properties, framebuffers, blobs.
#pragma once

#include "core/list.hpp"
#include "core/lock.hpp"
#include "core/ref.hpp"
#include "drm/uapi.hpp"

namespace kernel::drm {

struct ModeObject : RefCounted {
    ListNode node;
    uint32_t id = 0;
    const uint32_t type;  ///< DRM_MODE_OBJECT_*

    explicit ModeObject(uint32_t t) : type{t} {}
};

/// Data without a meaning of its own: modes, format lists.
struct Blob final : ModeObject {
    static constexpr uint32_t kType = DRM_MODE_OBJECT_BLOB;
    uint8_t* data = nullptr;
    uint32_t length = 0;
    const void* creator = nullptr;  ///< the file that made it, null for ours

    Blob() : ModeObject{kType} {}
    ~Blob() override { delete[] data; }
    /// Zeroed. Errors: kNoMem.
    static Result<Ref<Blob>> create(uint32_t length);
};

/// All objects of a device. It holds a reference to each.
class ModeObjects {
public:
    ModeObjects() = default;
    ~ModeObjects();
    void add(ModeObject& object);
    /// Programs no longer find it. Nothing happens to one that is gone already.
    void remove(ModeObject& object);
    /// Errors: kNoEnt also for an object of another type.
    template <class T>
    Result<Ref<T>> find(uint32_t id) {
        ModeObject* found = find_any(id, T::kType);
        if (!found) return Errno::kNoEnt;
        return Ref<T>::adopt(static_cast<T*>(found));
    }
    /// Any type for DRM_MODE_OBJECT_ANY. Errors: kNoEnt.
    Result<Ref<ModeObject>> find(uint32_t id, uint32_t type);
    /// Visits all of a type in order of creation, under the lock.
    template <class T, class Visit>
    void for_each(Visit visit) {
        const MutexGuard guard{lock_};
        for (ModeObject& o : objects_) {
            if (o.type == T::kType) visit(static_cast<T&>(o));
        }
    }
    /// The first that `wanted` says yes to, or null.
    template <class T, class Wanted>
    Ref<T> first(Wanted wanted) {
        const MutexGuard guard{lock_};
        for (ModeObject& o : objects_) {
            if (o.type == T::kType && wanted(static_cast<T&>(o))) return Ref<T>::share(static_cast<T*>(&o));
        }
        return {};
    }

private:
    /// With a reference for the caller, or null.
    ModeObject* find_any(uint32_t id, uint32_t type);

    Mutex lock_;
    List<ModeObject, &ModeObject::node> objects_;
    uint32_t next_id_ = 1;
};

}  // namespace kernel::drm
