// /dev/media0: the graph by ioctls. It knows the graph, which knows only what opens it.
#pragma once

#include "core/file.hpp"
#include "media/media_graph.hpp"

namespace kernel {

class MediaFile final : public File {
public:
    explicit MediaFile(MediaGraph& graph) : graph_{graph} {}
    Result<uint32_t> ioctl(uint32_t command, UserAddr argument) override;

    Result<> device_info(media_device_info& info);
    Result<> enum_entities(media_entity_desc& d);
    Result<> enum_links(media_links_enum& l);
    Result<> set_up_link(media_link_desc& d);
    Result<> topology(media_v2_topology& t);

private:
    Result<MediaPad*> pad(const media_pad_desc& d) const;
    MediaGraph& graph_;
};

}  // namespace kernel
