// Where a core's time goes, exactly: every cycle between the entries of two blocks belongs to the first, and
// so to its function and to the functions that led there.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "platform/debug/call_stack.hpp"

namespace exysim::debug {

/// What a core has counted. All but cycles and instructions say why cycles passed.
struct ProfileCounts {
    uint64_t cycles = 0;        ///< without idle ones
    uint64_t instructions = 0;  ///< executed
    uint64_t issue = 0;         ///< cycles that the blocks take by themselves
    uint64_t branch = 0;        ///< cycles after branches that were not foreseen
    uint64_t data_misses = 0, code_misses = 0, tlb_misses = 0;

    /// Cycles that neither of the two explains: caches, table walks, the bus and devices.
    uint64_t memory() const { return cycles - issue - branch; }
    ProfileCounts& operator+=(const ProfileCounts& o);
    friend ProfileCounts operator-(ProfileCounts a, const ProfileCounts& b);
};

/// What an entry into a block needs of its core.
struct CoreState {
    FrameRegisters registers;  ///< r15: the block
    bool user;
    uint32_t address_space;  ///< any number that tells address spaces apart
};

class Profile {
public:
    /// `views`: the memory of each core.
    Profile(CodeImages images, std::vector<ReadWord> views);

    /// A core enters a block; `now` counts everything up to here, and `issue` is what this block will take.
    void entered(unsigned core, const ProfileCounts& now, uint32_t issue, const CoreState& state);
    /// Cycles have passed that nobody spent.
    void idle(unsigned core, uint64_t cycles) { tracks_[core].last.cycles += cycles; }
    /// Charges what is counted up to here, when the core stands still.
    void close(unsigned core, const ProfileCounts& now) { charge(tracks_[core], now); }

    /// The function that a core is in.
    const std::string& function(unsigned core) const { return names_[nodes_[tracks_[core].node].name]; }

    uint64_t cycles() const;
    /// "kernel;main;read 12000": cycles of one stack a line, outermost first, as flame graph tools read it.
    std::string folded() const;
    /// `{schema, functions: [{name, image, self_cycles, total_cycles, instructions, ...}]}`, most cycles
    /// first: of the function itself, total with those it called.
    std::string json() const;

private:
    /// A function as called along one path.
    struct Node {
        uint32_t parent, name;
        ProfileCounts counts;
    };
    struct Place {
        const Function* function = nullptr;
        const CodeImage* image = nullptr;
        uint32_t fp = 0, address_space = 0;
        bool user = false;
    };
    /// A call that has been seen. Much of the C library has no unwinding entries: its callers are known
    /// from the calls.
    struct Call {
        uint32_t sp;
        const Function* function;
        uint32_t node;
    };
    struct Track {
        ReadWord read;
        ProfileCounts last;
        uint64_t issued = 0;  // by the running block
        Place place;
        uint32_t node = 0;  // that the running block belongs to
    };
    void charge(Track& track, const ProfileCounts& now);
    static bool same_place(const Place& place, const CoreState& state);
    uint32_t find_node(Track& track, const CoreState& state);
    uint32_t outer_node(const CoreState& state, const CodeImage& image, const Function& outermost,
                        bool complete);
    void remember_call(const CoreState& state, const Function& function, uint32_t node);
    uint32_t child(uint32_t parent, uint32_t name);
    uint32_t name(const std::string& text);
    uint32_t name_of(const Function& function);
    std::string path(uint32_t node) const;

    CodeImages images_;
    std::vector<Track> tracks_;  // of each core
    std::vector<std::string> names_;
    std::unordered_map<std::string, uint32_t> ids_;
    std::unordered_map<const Function*, uint32_t> function_names_;
    std::vector<Node> nodes_;  // the first is the root; it has what passed before the first block
    std::map<std::pair<uint32_t, uint32_t>, uint32_t> children_;
    std::vector<Frame> calls_;
    std::map<uint32_t, std::vector<Call>> seen_calls_;  // of each address space, outermost first
};

}  // namespace exysim::debug
