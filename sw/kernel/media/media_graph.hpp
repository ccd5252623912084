// What the camera is made of: entities with pads, and links between pads that programs switch on and off
// (Linux's media controller). /dev/media0 shows it; drivers add to it while they probe; what leaves is what a
// probe that fails takes back.
#pragma once

#include <linux/media.h>

#include <initializer_list>

#include "core/lock.hpp"
#include "core/result.hpp"
#include "media/character_device.hpp"

namespace kernel {

struct MediaEntity;

struct MediaPad {
    MediaEntity* entity = nullptr;
    uint32_t id = 0;
    uint32_t index = 0;
    uint32_t flags = 0;  ///< MEDIA_PAD_FL_*
};

/// A data link between two pads.
struct MediaLink {
    uint32_t id = 0;
    MediaPad* source = nullptr;
    MediaPad* sink = nullptr;
    uint32_t flags = 0;  ///< MEDIA_LNK_FL_*
    bool enabled() const { return flags & MEDIA_LNK_FL_ENABLED; }
};

/// One block or node. Objects of the graph have ids of their own, by kind.
struct MediaEntity {
    static constexpr uint32_t kMostPads = 3;

    char name[32] = "";
    uint32_t function = 0;   ///< MEDIA_ENT_F_*
    uint32_t interface = 0;  ///< MEDIA_INTF_T_*
    DeviceNumber node;       ///< /dev's, by which it is controlled
    uint32_t pad_count = 0;
    MediaPad pads[kMostPads];
    uint32_t id = 0, interface_id = 0, interface_link_id = 0;

    /// `flags` of each pad.
    MediaEntity(uint32_t entity_function, std::initializer_list<uint32_t> flags) : function{entity_function} {
        for (const uint32_t f : flags) {
            pads[pad_count] = {this, 0, pad_count, f};
            ++pad_count;
        }
    }
    MediaEntity(const MediaEntity&) = delete;
    MediaEntity& operator=(const MediaEntity&) = delete;
    /// Leaves the graph.
    virtual ~MediaEntity();
    /// One of its sink pads is to be connected (or left alone). Errors: kBusy, whatever forbids it.
    virtual Result<> link_changes(const MediaLink& /*link*/, bool /*enabled*/) { return Ok{}; }
};

/// The one graph, of the camera.
class MediaGraph {
public:
    static constexpr uint32_t kMostEntities = 16, kMostLinks = 48;

    /// What opens /dev/media0, with the graph as its context. To be said before the first entity comes.
    void set_opener(Opener open) { open_ = open; }
    /// Takes the entity in; name, function and pads must be set. The first one makes /dev/media0.
    /// Errors: kNoSpc, kNoMem.
    Result<> add(MediaEntity& entity);
    /// Takes the entity and its links out, if it is there; the other ends of enabled links are told.
    void remove(MediaEntity& entity);
    /// Errors: kNoSpc; what the sink says when it is to be enabled.
    Result<> connect(MediaPad& source, MediaPad& sink, uint32_t flags);
    /// Errors: kInval for flags that cannot change; what the sink says.
    Result<> set_up(MediaLink& link, uint32_t flags);

    MediaEntity* entity(uint32_t id) const;
    /// The one with the next higher id, or null.
    MediaEntity* entity_after(uint32_t id) const;
    MediaLink* link(const MediaPad& source, const MediaPad& sink);

    uint32_t entity_count() const { return entities_used_; }
    MediaEntity& entity_at(uint32_t i) const { return *entities_[i]; }
    uint32_t link_count() const { return links_used_; }
    MediaLink& link_at(uint32_t i) { return links_[i]; }
    uint64_t version() const { return version_; }

    Mutex lock;  ///< of all that programs change

private:
    Opener open_ = nullptr;
    MediaEntity* entities_[kMostEntities] = {};
    MediaLink links_[kMostLinks];
    uint32_t entities_used_ = 0, links_used_ = 0;
    uint32_t last_entity_ = 0, last_pad_ = 0, last_link_ = 0;
    uint64_t version_ = 0;  // of the topology
};

MediaGraph& media_graph();

}  // namespace kernel
