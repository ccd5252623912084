#include "media/media_file.hpp"

#include "core/log.hpp"
#include "core/string.hpp"
#include "driver/device.hpp"
#include "media/ioctl_table.hpp"
#include "media/videodev.hpp"

namespace kernel {

namespace {

UserAddr user_address(const void* p) {
    return UserAddr{static_cast<uint32_t>(reinterpret_cast<uintptr_t>(p))};
}

/// What the older call says of functions that it has no numbers for (Linux's media_device_enum_entities).
uint32_t old_type(const MediaEntity& e) {
    if (e.function >= MEDIA_ENT_F_OLD_BASE && e.function <= MEDIA_ENT_F_TUNER) return e.function;
    return e.interface == MEDIA_INTF_T_V4L_SUBDEV ? MEDIA_ENT_F_V4L2_SUBDEV_UNKNOWN
                                                  : MEDIA_ENT_T_DEVNODE_UNKNOWN;
}

media_pad_desc described(const MediaPad& p) {
    media_pad_desc d{};
    d.entity = p.entity->id;
    d.index = static_cast<__u16>(p.index);
    d.flags = p.flags;
    return d;
}

/// An array of the user's with room for so many, or (without one) only the question how many there are.
class UserArray {
public:
    UserArray(uint64_t at, uint32_t room) : at_{static_cast<uint32_t>(at)}, room_{room} {}
    template <class T>
    Result<> put(const T& item) {
        const uint32_t index = used_++;
        if (!at_.value) return Ok{};
        if (index >= room_) {
            full_ = true;
            return Ok{};
        }
        return put_user(at_ + static_cast<uint32_t>(index * sizeof item), item);
    }
    uint32_t used() const { return used_; }
    /// Errors: kNoSpc some did not fit.
    Result<> check() const {
        if (full_) return Errno::kNoSpc;
        return Ok{};
    }

private:
    UserAddr at_;
    uint32_t room_, used_ = 0;
    bool full_ = false;
};

media_v2_entity entity_of(const MediaEntity& e) {
    media_v2_entity v{};
    v.id = e.id;
    copy_text(v.name, e.name);
    v.function = e.function;
    return v;
}

media_v2_interface interface_of(const MediaEntity& e) {
    media_v2_interface v{};
    v.id = e.interface_id;
    v.intf_type = e.interface;
    v.devnode.major = e.node.major;
    v.devnode.minor = e.node.minor;
    return v;
}

media_v2_link link_of(uint32_t id, uint32_t source, uint32_t sink, uint32_t flags) {
    media_v2_link v{};
    v.id = id;
    v.source_id = source;
    v.sink_id = sink;
    v.flags = flags;
    return v;
}

Result<> put_pads(UserArray& to, const MediaEntity& e) {
    for (uint32_t i = 0; i < e.pad_count; ++i) {
        media_v2_pad v{};
        v.id = e.pads[i].id;
        v.entity_id = e.id;
        v.flags = e.pads[i].flags;
        v.index = i;
        TRY(to.put(v));
    }
    return Ok{};
}

Result<> put_links(UserArray& to, MediaGraph& graph) {
    for (uint32_t i = 0; i < graph.link_count(); ++i) {
        const MediaLink& l = graph.link_at(i);
        TRY(to.put(link_of(l.id, l.source->id, l.sink->id, l.flags | MEDIA_LNK_FL_DATA_LINK)));
    }
    constexpr uint32_t kFixed = MEDIA_LNK_FL_INTERFACE_LINK | MEDIA_LNK_FL_ENABLED | MEDIA_LNK_FL_IMMUTABLE;
    for (uint32_t i = 0; i < graph.entity_count(); ++i) {
        const MediaEntity& e = graph.entity_at(i);
        TRY(to.put(link_of(e.interface_link_id, e.interface_id, e.id, kFixed)));
    }
    return Ok{};
}

}  // namespace

Result<> MediaFile::device_info(media_device_info& info) {
    info = {};
    copy_text(info.driver, "s5p-fimc-md");
    copy_text(info.model, "Samsung S5P FIMC");
    copy_text(info.bus_info, "platform:camera");
    info.media_version = info.driver_version = kMediaApiVersion;
    return Ok{};
}

Result<> MediaFile::enum_entities(media_entity_desc& d) {
    const uint32_t id = d.id & ~MEDIA_ENT_ID_FLAG_NEXT;
    const MediaEntity* e = d.id & MEDIA_ENT_ID_FLAG_NEXT ? graph_.entity_after(id) : graph_.entity(id);
    if (!e) return Errno::kInval;
    d = {};
    d.id = e->id;
    copy_text(d.name, e->name);
    d.type = old_type(*e);
    d.pads = static_cast<__u16>(e->pad_count);
    for (uint32_t i = 0; i < graph_.link_count(); ++i) d.links += graph_.link_at(i).source->entity == e;
    d.dev.major = e->node.major;
    d.dev.minor = e->node.minor;
    return Ok{};
}

/// Pads, and the links that leave the entity.
Result<> MediaFile::enum_links(media_links_enum& l) {
    const MediaEntity* e = graph_.entity(l.entity);
    if (!e) return Errno::kInval;
    memset(l.reserved, 0, sizeof l.reserved);
    if (l.pads) {
        UserAddr at = user_address(l.pads);
        for (uint32_t i = 0; i < e->pad_count; ++i, at = at + sizeof(media_pad_desc))
            TRY(put_user(at, described(e->pads[i])));
    }
    if (!l.links) return Ok{};
    UserAddr at = user_address(l.links);
    for (uint32_t i = 0; i < graph_.link_count(); ++i) {
        const MediaLink& link = graph_.link_at(i);
        if (link.source->entity != e) continue;
        media_link_desc d{};
        d.source = described(*link.source);
        d.sink = described(*link.sink);
        d.flags = link.flags;
        TRY(put_user(at, d));
        at = at + sizeof d;
    }
    return Ok{};
}

Result<MediaPad*> MediaFile::pad(const media_pad_desc& d) const {
    MediaEntity* e = graph_.entity(d.entity);
    if (!e || d.index >= e->pad_count) return Errno::kInval;
    return &e->pads[d.index];
}

Result<> MediaFile::set_up_link(media_link_desc& d) {
    MediaLink* link = graph_.link(*TRY(pad(d.source)), *TRY(pad(d.sink)));
    if (!link) return Errno::kInval;
    memset(d.reserved, 0, sizeof d.reserved);
    return graph_.set_up(*link, d.flags);
}

/// The numbers are told whether the arrays have room or not.
Result<> MediaFile::topology(media_v2_topology& t) {
    UserArray entities{t.ptr_entities, t.num_entities}, interfaces{t.ptr_interfaces, t.num_interfaces},
        pads{t.ptr_pads, t.num_pads}, links{t.ptr_links, t.num_links};
    for (uint32_t i = 0; i < graph_.entity_count(); ++i) {
        const MediaEntity& e = graph_.entity_at(i);
        TRY(entities.put(entity_of(e)));
        TRY(interfaces.put(interface_of(e)));
        TRY(put_pads(pads, e));
    }
    TRY(put_links(links, graph_));
    t.topology_version = graph_.version();
    t.num_entities = entities.used();
    t.num_interfaces = interfaces.used();
    t.num_pads = pads.used();
    t.num_links = links.used();
    t.reserved1 = t.reserved2 = t.reserved3 = t.reserved4 = 0;
    for (const UserArray* array : {&entities, &interfaces, &pads, &links}) TRY(array->check());
    return Ok{};
}

namespace {

using F = MediaFile;
constexpr IoctlRow<F> kIoctls[] = {
    ioctl_row<F, &F::device_info>(MEDIA_IOC_DEVICE_INFO),
    ioctl_row<F, &F::enum_entities>(MEDIA_IOC_ENUM_ENTITIES),
    ioctl_row<F, &F::enum_links>(MEDIA_IOC_ENUM_LINKS),
    ioctl_row<F, &F::set_up_link>(MEDIA_IOC_SETUP_LINK),
    ioctl_row<F, &F::topology>(MEDIA_IOC_G_TOPOLOGY, kAlways),
};

Result<Ref<File>> open_media(void* context) {
    return Ref<File>{TRY(make_ref<MediaFile>(*static_cast<MediaGraph*>(context)))};
}

/// Services start before devices are probed, and so before the graph has its first entity.
Result<> start() {
    media_graph().set_opener(open_media);
    return Ok{};
}

constexpr Service kMedia{"media", start};
REGISTER_SERVICE(kMedia);

}  // namespace

Result<uint32_t> MediaFile::ioctl(uint32_t command, UserAddr argument) {
    const IoctlRow<F>* found = find_ioctl(kIoctls, command);
    if (!found) return Errno::kNoTty;
    return run_ioctl(*found, *this, graph_.lock, argument);
}

}  // namespace kernel
