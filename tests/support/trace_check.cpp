#include "tests/support/trace_check.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace exysim::test {

namespace {

using Json = nlohmann::json;
using Place = std::pair<int, int>;  // group, row

void require(bool good, const std::string& what) {
    if (!good) throw std::runtime_error{"timeline: " + what};
}

std::string unzipped(const std::filesystem::path& file) {
    std::string text;
    gzFile in = gzopen(file.c_str(), "rb");
    require(in != nullptr, file.string() + ": cannot be read");
    char piece[65536];
    for (int n = 0; (n = gzread(in, piece, sizeof piece)) > 0;) text.append(piece, static_cast<size_t>(n));
    gzclose(in);
    return text;
}

/// Microseconds with six places are exact.
uint64_t ps(const Json& us) { return static_cast<uint64_t>(std::llround(us.get<double>() * 1e6)); }

class Check {
public:
    Trace read(const Json& document) {
        for (const Json& e : document.at("traceEvents")) {
            if (e.at("ph") == "M") name(e);
        }
        for (const Json& e : document.at("traceEvents")) take(e);
        for (auto& [track, list] : trace_.slices) check_nesting(track, list);
        for (const auto& [flow, points] : arrows_) check_flow(flow, points);
        return std::move(trace_);
    }

private:
    struct Point {
        char kind;
        std::string track;
        uint64_t at;
    };
    void name(const Json& e) {
        if (e.at("name") == "process_name") groups_[e.at("pid")] = e.at("args").at("name");
        if (e.at("name") == "thread_name") rows_[{e.at("pid"), e.at("tid")}] = e.at("args").at("name");
    }
    std::string track(const Json& e) const {
        const auto group = groups_.find(e.at("pid"));
        const auto row = rows_.find({e.at("pid"), e.at("tid")});
        require(group != groups_.end() && row != rows_.end(), "a track without a name: " + e.dump());
        return group->second + "/" + row->second;
    }
    void take(const Json& e) {
        const char kind = e.at("ph").get<std::string>().at(0);
        if (kind == 'X') {
            const uint64_t begin = ps(e.at("ts"));
            trace_.slices[track(e)].push_back(
                {begin, begin + ps(e.at("dur")), e.at("name"), e.value("args", Json::object())});
        } else if (kind == 'i') {
            trace_.events[track(e)].push_back(e.at("name"));
        } else if (kind == 'C') {
            require(groups_.count(e.at("pid")) != 0, "a counter without a group");
            uint64_t& last = last_count_[{e.at("pid"), e.at("name")}];
            require(ps(e.at("ts")) >= last, "a counter goes back: " + e.dump());
            last = ps(e.at("ts"));
            ++trace_.counters;
        } else if (kind != 'M') {
            require(kind == 's' || kind == 't' || kind == 'f', "an event of no kind: " + e.dump());
            require(e.at("bp") == "e", "an arrow that is not bound to the slice around it");
            const std::string flow =
                fmt::format("{}/{}", e.at("cat").get<std::string>(), e.at("name").get<std::string>());
            arrows_[flow].push_back({kind, track(e), ps(e.at("ts"))});
        }
    }
    /// Of two slices of a track one ends before the other begins, or lies within it.
    static void check_nesting(const std::string& track, std::vector<TraceSlice>& list) {
        std::stable_sort(list.begin(), list.end(), [](const TraceSlice& a, const TraceSlice& b) {
            return a.begin != b.begin ? a.begin < b.begin : a.end > b.end;
        });
        std::vector<uint64_t> open;
        for (const TraceSlice& s : list) {
            while (!open.empty() && open.back() <= s.begin) open.pop_back();
            require(open.empty() || s.end <= open.back(),
                    fmt::format("{}: {} at {} crosses another", track, s.name, s.begin));
            open.push_back(s.end);
        }
    }
    void check_flow(const std::string& flow, std::vector<Point> points) {
        std::stable_sort(points.begin(), points.end(),
                         [](const Point& a, const Point& b) { return a.at < b.at; });
        TraceFlow made;
        for (size_t i = 0; i < points.size(); ++i) {
            const char due = i == 0 ? 's' : i + 1 == points.size() ? 'f' : 't';
            require(points[i].kind == due, flow + ": begins or ends in the middle");
            const auto& on = trace_.slices[points[i].track];
            require(std::any_of(on.begin(), on.end(),
                                [&](const TraceSlice& s) {
                                    return s.begin <= points[i].at && points[i].at <= s.end;
                                }),
                    fmt::format("{}: a point on {} outside every slice", flow, points[i].track));
            made.points.emplace_back(points[i].track, points[i].at);
        }
        require(points.size() > 1, flow + ": leads nowhere");
        trace_.flows[flow] = std::move(made);
    }

    Trace trace_;
    std::map<int, std::string> groups_;
    std::map<Place, std::string> rows_;
    std::map<std::pair<int, std::string>, uint64_t> last_count_;
    std::map<std::string, std::vector<Point>> arrows_;
};

}  // namespace

Trace read_trace(const std::filesystem::path& file) { return Check{}.read(Json::parse(unzipped(file))); }

}  // namespace exysim::test
