// Long runs in rounds: a shard of them in one process, and a journal so that an interrupted run goes on where
// it stopped.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include <boost/program_options.hpp>

namespace exysim::test {

/// Part `index` of `count`, from 1.
struct Shard {
    uint64_t index = 1, count = 1;
    bool has(uint64_t round) const { return round % count == index - 1; }
};
/// "2/8"; throws std::invalid_argument.
Shard parse_shard(const std::string& text);

class Rounds {
public:
    /// Adds --shard i/n and --journal FILE.
    static void add_options(boost::program_options::options_description& options);
    /// Reads those options, and the journal if there is one.
    explicit Rounds(const boost::program_options::variables_map& values);

    /// Calls `round(n)`, which returns how many failures it found, for each of `count` rounds that is this
    /// shard's and not in the journal under `name` (no blanks). Returns the failures of all this shard's
    /// rounds, those in the journal included.
    size_t run(const std::string& name, uint64_t count, const std::function<size_t(uint64_t)>& round);
    /// Every round has been this process's own work.
    bool whole() const { return whole_; }

private:
    void read_journal();
    void note(const std::string& name, uint64_t round, size_t failures);

    Shard shard_;
    std::string journal_;  // a file; empty: none
    std::map<std::pair<std::string, uint64_t>, size_t> done_;
    bool whole_ = true;
};

}  // namespace exysim::test
