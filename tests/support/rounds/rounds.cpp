#include "tests/support/rounds/rounds.hpp"

#include <fmt/format.h>

#include <fstream>
#include <regex>
#include <sstream>
#include <stdexcept>

namespace exysim::test {

namespace po = boost::program_options;

Shard parse_shard(const std::string& text) {
    static const std::regex form{"([0-9]{1,4})/([0-9]{1,4})"};
    std::smatch parts;
    if (!std::regex_match(text, parts, form))
        throw std::invalid_argument{fmt::format("--shard wants i/n, not '{}'", text)};
    const Shard shard{std::stoul(parts[1]), std::stoul(parts[2])};
    if (shard.index < 1 || shard.index > shard.count)
        throw std::invalid_argument{fmt::format("there is no shard {}", text)};
    return shard;
}

void Rounds::add_options(po::options_description& options) {
    options.add_options()("shard", po::value<std::string>(), "i/n: this part of the rounds, from 1/n to n/n")(
        "journal", po::value<std::string>(),
        "file of finished rounds: those in it are not run again, new ones are added");
}

Rounds::Rounds(const po::variables_map& values) {
    if (values.count("shard") != 0) shard_ = parse_shard(values["shard"].as<std::string>());
    if (values.count("journal") != 0) journal_ = values["journal"].as<std::string>();
    whole_ = shard_.count == 1;
    if (!journal_.empty()) read_journal();
}

/// Lines of name, round and failures; a line that was cut off does not count.
void Rounds::read_journal() {
    std::ifstream file{journal_};
    for (std::string line; std::getline(file, line);) {
        std::istringstream words{line};
        std::string name, end;
        uint64_t round = 0;
        size_t failures = 0;
        if (words >> name >> round >> failures >> end && end == ".") done_[{name, round}] = failures;
    }
}

void Rounds::note(const std::string& name, uint64_t round, size_t failures) {
    if (journal_.empty()) return;
    std::ofstream file{journal_, std::ios::app};
    file << fmt::format("{} {} {} .\n", name, round, failures) << std::flush;
    if (!file) throw std::runtime_error{"cannot write " + journal_};
}

size_t Rounds::run(const std::string& name, uint64_t count, const std::function<size_t(uint64_t)>& round) {
    size_t failures = 0;
    for (uint64_t n = 0; n < count; ++n) {
        if (!shard_.has(n)) continue;
        const auto found = done_.find({name, n});
        if (found != done_.end()) {
            whole_ = false;
            failures += found->second;
            continue;
        }
        const size_t here = round(n);
        note(name, n, here);
        failures += here;
    }
    return failures;
}

}  // namespace exysim::test
