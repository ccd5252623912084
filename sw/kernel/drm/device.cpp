#include "drm/device.hpp"

#include "core/log.hpp"
#include "core/proc_process.hpp"
#include "core/rollback.hpp"
#include "core/string.hpp"
#include "core/vfs.hpp"
#include "drm/drm_file.hpp"
#include "drm/fimd_hardware.hpp"
#include "drm/mixer_hardware.hpp"
#include "drm/properties.hpp"
#include "gpu/g2d.hpp"

namespace kernel::drm {

namespace {

constexpr uint32_t kMajor = 226, kFirstRenderMinor = 128;  // Linux's device numbers

/// IN_FORMATS: every format of the plane, in the linear layout.
Result<Ref<Blob>> formats_blob(std::span<const uint32_t> formats) {
    const auto count = static_cast<uint32_t>(formats.size());
    const uint32_t modifiers_at = align_up(sizeof(drm_format_modifier_blob) + 4 * count, 8);
    auto blob = TRY(Blob::create(modifiers_at + sizeof(drm_format_modifier)));
    const drm_format_modifier_blob head{FORMAT_BLOB_CURRENT, 0, count, sizeof(drm_format_modifier_blob), 1,
                                        modifiers_at};
    const drm_format_modifier linear{(uint64_t{1} << count) - 1, 0, 0, DRM_FORMAT_MOD_LINEAR};
    memcpy(blob->data, &head, sizeof head);
    memcpy(blob->data + sizeof head, formats.data(), 4 * count);
    memcpy(blob->data + modifiers_at, &linear, sizeof linear);
    return blob;
}

}  // namespace

// --- Displays

Result<> DrmDevice::add_planes(Crtc& crtc) {
    CrtcState state;
    for (uint32_t i = 0; i < crtc.hardware.planes().size(); ++i) {
        const PlaneKind& kind = crtc.hardware.planes()[i];
        auto plane = TRY(make_ref<Plane>(crtc, i, kind));
        plane->in_formats = TRY(formats_blob(kind.formats));
        objects.add(*plane->in_formats);
        objects.add(*plane);
        state.planes[i].zpos = static_cast<uint8_t>(i);
    }
    return crtc.commit(state, CommitMode::blocking, nullptr);
}

Result<> DrmDevice::add_mode_blobs(const DisplayHardware& hardware) {
    for (const DisplayMode& mode : hardware.modes()) {
        if (mode_blob_count_ == kMostModes) return Errno::kNoSpc;
        auto blob = TRY(Blob::create(sizeof(drm_mode_modeinfo)));
        const drm_mode_modeinfo info = to_uapi(mode, &mode == &hardware.preferred_mode());
        memcpy(blob->data, &info, sizeof info);
        objects.add(*blob);
        mode_blobs_[mode_blob_count_++] = {&mode, std::move(blob)};
    }
    return Ok{};
}

Result<> DrmDevice::add_display(DisplayHardware& hardware) {
    if (crtc_count_ == kMostCrtcs) return Errno::kNoSpc;
    auto crtc = TRY(make_ref<Crtc>(hardware, crtc_count_));
    crtc->cleaner = &retired_;
    objects.add(*crtc);
    TRY(add_planes(*crtc));
    objects.add(*TRY(make_ref<Encoder>(*crtc)));
    objects.add(*TRY(make_ref<Connector>(*crtc)));
    TRY(add_mode_blobs(hardware));
    add_engine(hardware.dma());
    crtcs_[crtc_count_++] = crtc.get();
    return Ok{};
}

/// Buffers lie scattered only if every device reaches them so.
void DrmDevice::add_engine(const DmaDevice& dma) {
    if (!dma_ || dma.placement() == Placement::contiguous) dma_ = dma;
}

Result<Ref<Blob>> DrmDevice::mode_blob(const DisplayMode& mode) {
    for (uint32_t i = 0; i < mode_blob_count_; ++i) {
        if (mode_blobs_[i].mode == &mode) return mode_blobs_[i].blob;
    }
    return Errno::kNoEnt;
}

// --- Removal

void DrmDevice::take_off_screen(Framebuffer& fb) {
    const MutexGuard guard{modeset};
    for (Crtc* crtc : crtcs()) {
        CrtcState next = crtc->state();
        bool shown = false, primary = false;
        for (uint32_t i = 0; i < crtc->plane_count(); ++i) {
            PlaneState& plane = next.planes[i];
            if (plane.fb.get() != &fb) continue;
            shown = true;
            primary |= i == 0;
            plane.fb = {};
            plane.on_crtc = plane.visible = false;
        }
        if (!shown) continue;
        if (primary) {
            next.mode = nullptr;
            next.mode_blob = {};
            next.active = next.connected = false;
        }
        if (!crtc->commit(next, CommitMode::blocking, nullptr)) log_warn("drm: framebuffer %u stays", fb.id);
    }
}

void DrmDevice::remove_framebuffer(Framebuffer& fb) {
    objects.remove(fb);
    take_off_screen(fb);
}

void DrmDevice::remove_all_of(const DrmFile& file) {
    while (const Ref<Framebuffer> fb =
               objects.first<Framebuffer>([&](const Framebuffer& f) { return f.creator == &file; })) {
        remove_framebuffer(*fb);
    }
    while (const Ref<Blob> blob = objects.first<Blob>([&](const Blob& b) { return b.creator == &file; }))
        objects.remove(*blob);
}

// --- The cleaner

void DrmDevice::clean() {
    const auto something = [this] {
        for (const Crtc* crtc : crtcs()) {
            if (crtc->has_retired()) return true;
        }
        return false;
    };
    for (;;) {
        (void)wait_event(retired_, something, kNever, false);
        for (Crtc* crtc : crtcs()) crtc->drop_retired();
    }
}

Result<> DrmDevice::start_cleaner() {
    (void)TRY(start_kernel_thread(
        "drm", [](void* device) { static_cast<DrmDevice*>(device)->clean(); }, this));
    return Ok{};
}

// --- Bring-up

namespace {

DrmDevice* only;

/// "name value" lines for tests and people: what exists and who holds it.
uint32_t proc_dri(char* to, uint32_t size) {
    TextWriter w{to, size};
    uint32_t framebuffers = 0, blobs = 0;
    only->objects.for_each<Framebuffer>([&](Framebuffer&) { ++framebuffers; });
    only->objects.for_each<Blob>([&](Blob& b) { blobs += b.creator != nullptr; });
    w.line("framebuffers %u\nblobs %u\n", framebuffers, blobs);
    for (Crtc* crtc : only->crtcs()) {
        w.line("crtc %u %s vblanks %llu\n", crtc->id, crtc->state().running() ? "on" : "off",
               static_cast<unsigned long long>(crtc->vblank().sequence));
    }
    GemObject::list(w);
    return w.used;
}

template <bool render>
Result<Ref<File>> open_node(void* device) {
    return Ref<File>{TRY(make_ref<DrmFile>(*static_cast<DrmDevice*>(device), render))};
}

void remove_nodes() {
    (void)device_directory()->detach("dri");
    remove_proc_file("dri");
}

Result<> make_nodes(DrmDevice& device) {
    auto folder = TRY(make_directory());
    TRY(folder->link("card0", TRY(make_device_node(open_node<false>, &device, kMajor << 8))));
    TRY(folder->link("renderD128",
                     TRY(make_device_node(open_node<true>, &device, kMajor << 8 | kFirstRenderMinor))));
    TRY(device_directory()->link("dri", folder));
    auto proc = TRY(resolve("/proc", root_directory()));
    return proc->link("dri", TRY(make_generated_file(proc_dri)));
}

Result<> fill(DrmDevice& device, DisplayHardware* mixer, DisplayHardware* fimd) {
    for (const PropertyRow& row : property_rows()) device.objects.add(*TRY(make_ref<Property>(row)));
    if (mixer) TRY(device.add_display(*mixer));
    if (fimd) TRY(device.add_display(*fimd));
    if (const G2d* g2d = the_g2d()) device.add_engine(g2d->dma());
    return Ok{};
}

}  // namespace

/// What it makes stays: nodes and the cleaner refer to it.
Result<> drm_init() {
    auto mixer = TRY(mixer_hardware());
    auto fimd = TRY(fimd_hardware());
    if (!mixer && !fimd && !the_g2d()) return Ok{};
    auto device = TRY(make<DrmDevice>());
    TRY(fill(*device, mixer.get(), fimd.get()));
    Rollback nodes{remove_nodes};
    TRY(make_nodes(*device));
    TRY(device->start_cleaner());
    nodes.cancel();
    only = device.release();
    (void)mixer.release(), (void)fimd.release();
    return Ok{};
}

}  // namespace kernel::drm
