#include "media/media_graph.hpp"

#include <algorithm>

namespace kernel {

namespace {

/// Ids tell what they name: the kind above bit 24, counted from 1 below (Linux's media_gobj).
enum class Kind : uint32_t { entity = 0, pad = 1, link = 2, interface = 3 };
uint32_t id_of(Kind kind, uint32_t number) { return static_cast<uint32_t>(kind) << 24 | number; }

constexpr DeviceNumber kNode{kMediaMajor, 0};
constexpr char kNodeName[] = "media0";

}  // namespace

MediaGraph& media_graph() {
    static MediaGraph graph;
    return graph;
}

Result<> MediaGraph::add(MediaEntity& e) {
    if (entities_used_ == kMostEntities) return Errno::kNoSpc;
    if (entities_used_ == 0) TRY(add_character_device(kNode, kNodeName, open_, this));
    entities_[entities_used_++] = &e;
    e.id = id_of(Kind::entity, ++last_entity_);
    e.interface_id = id_of(Kind::interface, last_entity_);
    e.interface_link_id = id_of(Kind::link, ++last_link_);
    for (uint32_t i = 0; i < e.pad_count; ++i) e.pads[i].id = id_of(Kind::pad, ++last_pad_);
    ++version_;
    return Ok{};
}

void MediaGraph::remove(MediaEntity& e) {
    const auto place = std::find(entities_, entities_ + entities_used_, &e);
    if (place == entities_ + entities_used_) return;
    const auto leaves = [&](const MediaLink& l) { return l.source->entity == &e || l.sink->entity == &e; };
    for (uint32_t i = 0; i < links_used_; ++i) {
        MediaEntity& sink = *links_[i].sink->entity;
        if (leaves(links_[i]) && links_[i].enabled() && &sink != &e)
            (void)sink.link_changes(links_[i], false);
    }
    links_used_ = static_cast<uint32_t>(std::remove_if(links_, links_ + links_used_, leaves) - links_);
    std::move(place + 1, entities_ + entities_used_, place);
    if (--entities_used_ == 0) remove_character_device(kNode, kNodeName);
    ++version_;
}

MediaEntity::~MediaEntity() { media_graph().remove(*this); }

Result<> MediaGraph::connect(MediaPad& source, MediaPad& sink, uint32_t flags) {
    if (links_used_ == kMostLinks) return Errno::kNoSpc;
    const MediaLink fresh{id_of(Kind::link, last_link_ + 1), &source, &sink, flags};
    if (fresh.enabled()) TRY(sink.entity->link_changes(fresh, true));
    links_[links_used_++] = fresh;
    ++last_link_;
    ++version_;
    return Ok{};
}

/// The rules of Linux's media_entity_setup_link.
Result<> MediaGraph::set_up(MediaLink& link, uint32_t flags) {
    constexpr uint32_t kChangeable = MEDIA_LNK_FL_ENABLED;
    if ((link.flags & ~kChangeable) != (flags & ~kChangeable)) return Errno::kInval;
    if (link.flags == flags) return Ok{};
    if (link.flags & MEDIA_LNK_FL_IMMUTABLE) return Errno::kInval;
    TRY(link.sink->entity->link_changes(link, flags & MEDIA_LNK_FL_ENABLED));
    link.flags = flags;
    return Ok{};
}

MediaEntity* MediaGraph::entity(uint32_t id) const {
    for (uint32_t i = 0; i < entities_used_; ++i) {
        if (entities_[i]->id == id) return entities_[i];
    }
    return nullptr;
}

MediaEntity* MediaGraph::entity_after(uint32_t id) const {
    for (uint32_t i = 0; i < entities_used_; ++i) {  // in ascending order of ids
        if (entities_[i]->id > id) return entities_[i];
    }
    return nullptr;
}

MediaLink* MediaGraph::link(const MediaPad& source, const MediaPad& sink) {
    for (uint32_t i = 0; i < links_used_; ++i) {
        if (links_[i].source == &source && links_[i].sink == &sink) return &links_[i];
    }
    return nullptr;
}

}  // namespace kernel
