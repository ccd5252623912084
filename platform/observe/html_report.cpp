#include "platform/observe/html_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <sstream>
#include <vector>

#include "platform/config/diagnostics.hpp"
#include "platform/observe/embedded_json.hpp"
#include "platform/observe/html_template.hpp"
#include "platform/pictures/picture.hpp"

namespace exysim::observe {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr uint32_t kThumbnailWidth = 200;
constexpr size_t kMostThumbnails = 12;

std::string text_of(const fs::path& file) {
    std::ifstream in{file, std::ios::binary};
    std::ostringstream all;
    all << in.rdbuf();
    return all.str();
}

/// Null if there is no such file.
Json json_of(const fs::path& file) {
    if (!fs::exists(file)) return nullptr;
    Json json = Json::parse(text_of(file), nullptr, false);
    if (json.is_discarded()) throw config::ConfigError{fmt::format("{}: is not JSON", file.string())};
    return json;
}

/// What the page shows of frames.json, which may be of any length: what all frames come to, the first ones in
/// full, and the latencies of as many as a histogram needs, evenly chosen. Memory does not grow with them.
class FramesOnPage {
public:
    /// Null if there is no such file.
    static Json read(const fs::path& file) {
        std::ifstream in{file, std::ios::binary};
        if (!in) return nullptr;
        FramesOnPage page;
        const auto each = [&](int, Json::parse_event_t event, Json& parsed) {
            const bool frame = event == Json::parse_event_t::object_end && parsed.contains("latency_ps");
            return !frame || page.add(parsed);
        };
        Json made = Json::parse(in, each, false);
        if (made.is_discarded()) throw config::ConfigError{fmt::format("{}: is not JSON", file.string())};
        made["count"] = page.count_;
        made["totals"] = page.totals();
        made["latencies"] = page.latencies_;
        made["latency_every"] = page.every_;
        return made;
    }

private:
    static constexpr size_t kMostInFull = 60, kMostLatencies = 4096;
    struct Total {
        uint64_t time = 0, longest = 0;
        std::vector<double> meters;
    };

    /// Whether the frame stays.
    bool add(const Json& frame) {
        for (const Json& span : frame.at("spans")) add_span(span);
        if (count_ % every_ == 0) latencies_.push_back(frame.at("latency_ps"));
        if (latencies_.size() == kMostLatencies) halve();
        return count_++ < kMostInFull;
    }
    void add_span(const Json& span) {
        Total& total = totals_[span.at("stage")];
        const uint64_t time = span.at("end_ps").get<uint64_t>() - span.at("begin_ps").get<uint64_t>();
        total.time += time;
        total.longest = std::max(total.longest, time);
        total.meters.resize(span.at("meters").size());
        for (size_t i = 0; i < total.meters.size(); ++i)
            total.meters[i] += span.at("meters").at(i).get<double>();
    }
    void halve() {
        for (size_t i = 0; 2 * i < latencies_.size(); ++i) latencies_[i] = latencies_[2 * i];
        latencies_.resize(latencies_.size() / 2);
        every_ *= 2;
    }
    Json totals() const {
        Json list = Json::array();
        for (const auto& [stage, total] : totals_)
            list.push_back({{"stage", stage},
                            {"time", total.time},
                            {"longest", total.longest},
                            {"meters", total.meters}});
        return list;
    }

    uint64_t count_ = 0, every_ = 1;
    std::map<std::string, Total> totals_;
    std::vector<uint64_t> latencies_;
};

std::string base64(std::span<const uint8_t> bytes) {
    static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (size_t i = 0; i < bytes.size(); i += 3) {
        const size_t have = std::min<size_t>(3, bytes.size() - i);
        uint32_t group = 0;
        for (size_t k = 0; k < 3; ++k) group = group << 8 | (k < have ? bytes[i + k] : 0U);
        for (size_t k = 0; k < 4; ++k) text += k <= have ? kDigits[group >> (18 - 6 * k) & 63] : '=';
    }
    return text;
}

/// Each pixel the mean of those that fall on it.
pictures::Picture smaller(const pictures::Picture& from) {
    const uint32_t step = std::max(1U, from.width / kThumbnailWidth);
    pictures::Picture to{from.width / step, from.height / step, {}};
    for (uint32_t y = 0; y < to.height; ++y) {
        for (uint32_t x = 0; x < to.width; ++x) {
            for (uint32_t c = 0; c < 3; ++c) {
                uint32_t sum = 0;
                for (uint32_t i = 0; i < step * step; ++i)
                    sum +=
                        from.rgb[((y * step + i / step) * size_t{from.width} + x * step + i % step) * 3 + c];
                to.rgb.push_back(static_cast<uint8_t>(sum / (step * step)));
            }
        }
    }
    return to;
}

Json thumbnail(const fs::path& file) {
    const pictures::Picture small = smaller(pictures::read_png(file));
    const std::vector<uint8_t> png = pictures::encode_png(small.width, small.height, small.rgb.data());
    return {{"name", file.stem().string()}, {"png", base64(png)}};
}

/// Evenly chosen pictures of those that were saved.
Json thumbnails(const fs::path& folder) {
    Json list = Json::array();
    if (!fs::is_directory(folder)) return list;
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator{folder}) {
        if (entry.path().extension() == ".png") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    const size_t shown = std::min(files.size(), kMostThumbnails);
    for (size_t i = 0; i < shown; ++i)
        list.push_back(thumbnail(files[shown == 1 ? 0 : i * (files.size() - 1) / (shown - 1)]));
    return list;
}

}  // namespace

std::string report_html(const fs::path& folder) {
    Json data;
    data["stats"] = json_of(folder / "stats.json");
    if (data["stats"].is_null())
        throw config::ConfigError{fmt::format("{}: holds no stats.json", folder.string())};
    data["run"] = json_of(folder / "run.json");
    data["frames"] = FramesOnPage::read(folder / "frames.json");
    data["series"] = json_of(folder / "series.json");
    data["profile"] =
        fs::exists(folder / "profile.folded") ? Json(text_of(folder / "profile.folded")) : Json();
    data["summary"] = text_of(folder / "summary.txt");
    data["pictures"] = thumbnails(folder / "frames");
    return page_with(kHtmlTemplate, data);
}

}  // namespace exysim::observe
