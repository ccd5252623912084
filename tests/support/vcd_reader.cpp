#include "tests/support/vcd_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <stdexcept>

namespace exysim::test {

namespace {

class Reader {
public:
    explicit Reader(const std::filesystem::path& file) : in_{file} {
        if (!in_) throw std::runtime_error{file.string() + ": cannot be read"};
    }

    Vcd read() {
        for (std::string word; in_ >> word;) {
            if (word[0] == '$') {
                keyword(word);
            } else if (word[0] == '#') {
                time(word);
            } else {
                value(word);
            }
        }
        require(header_over_, "no $enddefinitions");
        require(scopes_.empty(), "an open scope");
        for (const auto& [name, signal] : vcd_.signals) require(!signal.values.empty(), name + ": no value");
        return std::move(vcd_);
    }

private:
    void require(bool good, const std::string& what) const {
        if (!good) throw std::runtime_error{fmt::format("VCD at {}: {}", now_, what)};
    }
    std::vector<std::string> up_to_end() {
        std::vector<std::string> words;
        for (std::string word; in_ >> word && word != "$end";) words.push_back(word);
        return words;
    }
    void keyword(const std::string& word) {
        if (word == "$dumpvars") return require(header_over_, "$dumpvars in the header");
        if (word == "$end") return;  // of $dumpvars
        const std::vector<std::string> words = up_to_end();
        if (word == "$timescale") vcd_.timescale = fmt::format("{}", fmt::join(words, " "));
        if (word == "$comment") vcd_.comments += header_over_;
        if (word == "$enddefinitions") header_over_ = true;
        if (word == "$scope") scopes_.push_back(words.at(1));
        if (word == "$upscope") {
            require(!scopes_.empty(), "$upscope without a scope");
            scopes_.pop_back();
        }
        if (word == "$var") variable(words);
    }
    void variable(const std::vector<std::string>& words) {
        require(!header_over_, "$var after the header");
        const auto width = static_cast<unsigned>(std::stoul(words.at(1)));
        std::string name;
        for (const std::string& scope : scopes_) name += scope + ".";
        name += words.at(3);
        require(by_id_.try_emplace(words.at(2), name).second, "identifier twice: " + words.at(2));
        require(vcd_.signals.try_emplace(name, VcdSignal{width, {}}).second, "variable twice: " + name);
        if (width > 1) require(words.at(4) == fmt::format("[{}:0]", width - 1), name + ": bit range");
    }
    void time(const std::string& word) {
        const uint64_t at = std::stoull(word.substr(1));
        require(header_over_ && (at > now_ || (at == 0 && !begun_)), "time goes back to " + word);
        begun_ = true;
        now_ = vcd_.end = at;
    }
    void value(const std::string& word) {
        require(begun_, "a value before the first time");
        std::string bits = word.substr(0, 1), id = word.substr(1);
        if (word[0] == 'b') {
            bits = word.substr(1);
            in_ >> id;
        }
        require(by_id_.count(id) != 0, "unknown identifier " + id);
        VcdSignal& signal = vcd_.signals.at(by_id_.at(id));
        require(bits.size() <= signal.width, "too wide: " + word);
        require((word[0] == 'b') == (signal.width > 1), "scalar and vector mixed: " + word);
        require(bits.find_first_not_of("01") == std::string::npos, "not a bit: " + word);
        signal.values.emplace_back(now_, std::stoull(bits, nullptr, 2));
    }

    std::ifstream in_;
    Vcd vcd_;
    std::vector<std::string> scopes_;
    std::map<std::string, std::string> by_id_;
    bool header_over_ = false, begun_ = false;
    uint64_t now_ = 0;
};

}  // namespace

size_t VcdSignal::rises() const {
    size_t count = 0;
    for (size_t i = 1; i < values.size(); ++i) count += values[i - 1].second == 0 && values[i].second != 0;
    return count;
}

uint64_t VcdSignal::at(uint64_t time) const {
    const auto after = std::upper_bound(values.begin(), values.end(), time,
                                        [](uint64_t t, const auto& value) { return t < value.first; });
    return std::prev(after)->second;
}

uint64_t VcdSignal::high(uint64_t end) const {
    uint64_t sum = 0;
    for (size_t i = 0; i < values.size(); ++i) {
        const uint64_t until = i + 1 < values.size() ? values[i + 1].first : end;
        if (values[i].second != 0) sum += until - values[i].first;
    }
    return sum;
}

Vcd read_vcd(const std::filesystem::path& file) { return Reader{file}.read(); }

}  // namespace exysim::test
