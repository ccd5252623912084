// The fast path's table against a plain list of what was put in.
#include "models/base/host_table.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <random>
#include <vector>

#include "models/base/address.hpp"

using exysim::HostTable;
using exysim::kPageSize;

namespace {

constexpr uint64_t kContexts[] = {0, uint64_t{1} << 32, uint64_t{0x201} << 32};

/// By slot, as the table is direct mapped.
class Reference {
public:
    struct Entry {
        uint64_t context;
        uint32_t va;
        const uint8_t* host;
    };
    void insert(uint32_t slot, const Entry& e) { entries_[slot] = e; }
    template <class Chosen>
    void remove_if(Chosen chosen) {
        for (auto at = entries_.begin(); at != entries_.end();)
            at = chosen(at->first, at->second) ? entries_.erase(at) : std::next(at);
    }
    const uint8_t* find(uint32_t slot, uint64_t context, uint32_t va) const {
        const auto found = entries_.find(slot);
        const bool here =
            found != entries_.end() && found->second.context == context && found->second.va == va;
        return here ? found->second.host : nullptr;
    }

private:
    std::map<uint32_t, Entry> entries_;
};

}  // namespace

TEST_CASE("host table: holds what was inserted until it is removed, by whatever way", "[base]") {
    for (const uint32_t granule : {4096U, 32U}) {
        std::mt19937 random{granule};
        const auto below = [&](uint32_t n) { return static_cast<uint32_t>(random() % n); };
        auto table = std::make_unique<HostTable>();
        table->set_granule(granule);
        Reference reference;
        std::vector<uint8_t> memory(size_t{64} * granule);
        const auto some_va = [&] { return 0x8000'0000 + below(6000) * granule; };
        const auto some_host = [&] { return memory.data() + size_t{below(64)} * granule; };
        for (int step = 0; step < 20'000; ++step) {
            const uint32_t va = some_va();
            uint8_t* const host = some_host();
            switch (below(12)) {
                case 0:
                    table->remove_host(host);  // of pages alone: a line belongs to one core
                    reference.remove_if(
                        [&](uint32_t, const auto& e) { return granule == kPageSize && e.host == host; });
                    break;
                case 1:
                    table->remove_page(va);
                    reference.remove_if([&](uint32_t, const auto& e) { return e.va >> 12 == va >> 12; });
                    break;
                case 2: {
                    const uint32_t slot = table->slot(va);
                    table->remove(static_cast<uint16_t>(slot), host);
                    reference.remove_if(
                        [&](uint32_t at, const auto& e) { return at == slot && e.host == host; });
                    break;
                }
                case 3:
                    if (below(100) != 0) break;
                    table->clear();
                    reference.remove_if([](uint32_t, const auto&) { return true; });
                    break;
                default: {
                    const uint64_t context = kContexts[below(3)];
                    const uint32_t slot = table->insert(context, va, host);
                    reference.insert(slot, {context, va, host});
                }
            }
            const uint32_t asked = below(2) != 0 ? va : some_va();
            for (const uint64_t context : kContexts)
                REQUIRE(table->find<uint8_t>(context, asked) ==
                        reference.find(table->slot(asked), context, asked));
        }
    }
}

TEST_CASE("host table: misaligned addresses never match", "[base]") {
    auto table = std::make_unique<HostTable>();
    std::vector<uint8_t> page(4096);
    table->insert(0, 0x4000'0000, page.data());
    CHECK(table->find<uint32_t>(0, 0x4000'0004) == page.data() + 4);
    CHECK(table->find<uint32_t>(0, 0x4000'0006) == nullptr);
    CHECK(table->find<uint16_t>(0, 0x4000'0006) == page.data() + 6);
}
