// /dev/media0: the graph by ioctls.
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

/// Errors: kNoMem.
Result<> register_media_device(MediaGraph& graph);
void unregister_media_device();

}  // namespace kernel
