// Address spaces and the way back from a page to its mappings, against a model that knows what each process
// should read at each address. Accesses go through a TLB that forgets only what it is told to.
#include "mm/user_space.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <vector>

#include "mm/migrate.hpp"
#include "mm/page.hpp"
#include "mm/rmap.hpp"
#include "tests/support/kernel_host/memory.hpp"
#include "tests/support/kernel_host/mmu.hpp"
#include "tests/unit/kernel/random_operations.hpp"

using namespace kernel;

namespace {

constexpr uint32_t kFilePages = 24;
constexpr uint32_t kMostSpaces = 5, kMostCells = 300, kMostPins = 8;

uint32_t& word_of(const Page* page) { return *page_data<uint32_t>(page); }

/// A file with its pages in memory, as core/memory_file keeps them; page i begins with the word `first` + i.
struct CachedFile : PageSource {
    explicit CachedFile(uint32_t first_word, bool takes_back = false)
        : first{first_word}, revoking{takes_back} {}
    ~CachedFile() override {
        for (Page* p : pages) {
            if (!p) continue;
            p->use = PageUse::kernel;
            p->source = nullptr;
            page_put(p);
        }
    }
    Result<Page*> page(uint32_t index) override {
        if (index >= kFilePages) return Errno::kFault;
        if (!pages[index]) {
            Page* fresh = TRY(alloc_pages(0, kZeroed | kMovable));
            word_of(fresh) = first + index;
            fresh->source = this;
            fresh->index = index;
            fresh->use = PageUse::file;
            pages[index] = fresh;
        }
        page_get(pages[index]);
        return pages[index];
    }
    bool replace(uint32_t index, const Page* old, Page* fresh) override {
        if (pages[index] != old) return false;
        pages[index] = fresh;
        return true;
    }

    bool revokes() const override { return revoking; }

    uint32_t first;
    bool revoking;
    std::vector<Page*> pages = std::vector<Page*>(kFilePages);
};

/// Makes a page for each mapping, as a program's image that is unpacked on demand.
struct FreshPages : PageSource {
    Result<Page*> page(uint32_t index) override {
        if (index >= kFilePages) return Errno::kFault;
        Page* fresh = TRY(alloc_pages(0, kZeroed));
        word_of(fresh) = word(index);
        return fresh;
    }
    static uint32_t word(uint32_t index) { return 0xF000'0000 + index; }
};

/// What a process should find in one page of its memory. Cells that share a word share memory.
struct Cell {
    std::shared_ptr<uint32_t> word;  // null: beyond the end of the file
    bool writable = true;
    bool shared = false;
};

/// One process, with the kernel's idea and the model's.
struct Process {
    Ref<AddressSpace> space;
    std::map<uint32_t, Cell> cells;  // by address
};

enum class What : uint8_t { anonymous, shared_file, private_file, fresh, exported };

class World {
public:
    explicit World(uint32_t seed) : random_{seed} {
        for (auto& w : shared_words_) w = std::make_shared<uint32_t>(0);
        for (uint32_t i = 0; i < kFilePages; ++i) *shared_words_[i] = shared_->first + i;
        for (uint32_t i = 0; i < kFilePages; ++i)
            exported_words_.push_back(std::make_shared<uint32_t>(exporter_->first + i));
        start();
    }
    ~World() {
        for (const Pin& pin : pins_) page_unpin(pin.page);
    }

    void step() {
        const uint32_t what = below(64);
        if (what < 28) return touch_any();
        if (what < 34) return add();
        if (what < 38) return remove();
        if (what < 41) return protect();
        if (what < 44) return remap();
        if (what < 46) return fork();
        if (what < 47) return exit();
        if (what < 53) return migrate();
        if (what < 56) return pin();
        if (what < 59) return unpin();
        if (what < 60) return zap();
        if (what < 62) return check_pins();
        check_way_back();
    }
    void check_areas() {
        for (Process& p : processes_) {
            std::set<uint32_t> mapped;
            p.space->for_each([&](Vma& v) {
                for (VirtAddr a = v.start; a < v.end; a = a + kPageSize) {
                    REQUIRE(mapped.insert(a.value).second);
                    REQUIRE(p.cells.count(a.value) == 1);
                    REQUIRE(p.cells[a.value].writable == v.access.write);
                    REQUIRE(p.cells[a.value].shared == v.shared);
                }
            });
            REQUIRE(mapped.size() == p.cells.size());
        }
    }

private:
    using Cells = std::map<uint32_t, Cell>;
    /// What a device holds, and the word there; null for memory that its process could not write.
    struct Pin {
        Page* page;
        std::shared_ptr<uint32_t> word;
    };
    struct Range {
        VirtAddr start;
        uint32_t bytes;
    };

    uint32_t below(size_t n) { return static_cast<uint32_t>(random_() % n); }
    Process& any() { return processes_[below(processes_.size())]; }
    /// Sometimes an allocation of the next call fails.
    void maybe_fail() { kernel_test::fail_allocation(below(6) == 0 ? 1 + below(6) : 0); }
    /// A call that failed did so for that reason.
    static void expect_injected(Errno error) {
        REQUIRE(error == Errno::kNoMem);
        REQUIRE_FALSE(kernel_test::failure_left());
    }
    void start() { processes_.push_back({AddressSpace::create().take(), {}}); }

    /// Some pages of one area of `p`, all of them as often as not.
    bool pick(Process& p, Range& range) {
        if (p.cells.empty()) return false;
        const auto at = std::next(p.cells.begin(), below(p.cells.size()));
        const Vma* v = p.space->find(VirtAddr{at->first});
        REQUIRE(v);
        range = {v->start, v->size()};
        if (below(2)) return true;
        const uint32_t skip = below(v->size() / kPageSize), left = v->size() / kPageSize - skip;
        range = {v->start + skip * kPageSize, (1 + below(left)) * kPageSize};
        return true;
    }

    // --- accesses

    /// As a program does it: what the TLB says, faults, and again.
    void touch(Process& p, uint32_t va, bool write) {
        p.space->activate();
        const auto cell = p.cells.find(va);
        const bool allowed = cell != p.cells.end() && cell->second.word && (!write || cell->second.writable);
        for (int attempt = 0; attempt < 3; ++attempt) {
            const Translation t = kernel_test::translate(p.space->table(), VirtAddr{va});
            if (t.present && (!write || t.write)) {
                REQUIRE(allowed);
                uint32_t& word = word_of(pfn_to_page(t.pfn));
                REQUIRE(word == *cell->second.word);
                if (write) word = *cell->second.word = static_cast<uint32_t>(random_());
                return;
            }
            auto done = p.space->fault(VirtAddr{va}, write, false);
            if (!done && allowed) expect_injected(done.error());
            if (!done && !allowed) REQUIRE((done.error() == Errno::kFault || done.error() == Errno::kNoMem));
            if (!done) return;
        }
        FAIL("the fault is handled, and comes again");
    }
    void touch_any() {
        Process& p = any();
        const bool write = below(2);
        maybe_fail();
        if (p.cells.empty() || below(50) == 0) {
            touch(p, below(0x7000'0000) & ~0xFFFU, write);
        } else {
            touch(p, std::next(p.cells.begin(), below(p.cells.size()))->first, write);
        }
        kernel_test::fail_allocation(0);
    }

    // --- areas

    Cell cell_of(What what, uint32_t index, bool writable) {
        switch (what) {
            case What::anonymous:
                return {std::make_shared<uint32_t>(0), writable, false};
            case What::shared_file:
                return {file_word(shared_words_, index), writable, true};
            case What::exported:
                return {file_word(exported_words_, index), writable, true};
            case What::private_file:
                return {own_word(private_->first + index, index), writable, false};
            case What::fresh:
                return {own_word(FreshPages::word(index), index), writable, false};
        }
        return {};
    }
    static std::shared_ptr<uint32_t> file_word(const std::vector<std::shared_ptr<uint32_t>>& words,
                                               uint32_t index) {
        return index < kFilePages ? words[index] : nullptr;
    }
    static std::shared_ptr<uint32_t> own_word(uint32_t word, uint32_t index) {
        return index < kFilePages ? std::make_shared<uint32_t>(word) : nullptr;
    }
    void furnish(Vma& vma, What what, uint32_t first, bool writable) {
        vma.access = {.user = true, .write = writable};
        vma.shared = what == What::shared_file || what == What::exported;
        vma.offset = uint64_t{first} * kPageSize;
        if (what == What::shared_file) vma.source = Ref<PageSource>{shared_};
        if (what == What::private_file) vma.source = Ref<PageSource>{private_};
        if (what == What::fresh) vma.source = Ref<PageSource>{fresh_};
        if (what == What::exported) {
            vma.source = Ref<PageSource>{exporter_};
            vma.keep = Ref<RefCounted>{exporter_};
        }
    }
    void add() {
        Process& p = any();
        const uint32_t pages = 1 + below(16);
        if (p.cells.size() + pages > kMostCells) return;
        const auto what = static_cast<What>(below(5));
        const uint32_t first = what == What::anonymous ? 0 : below(kFilePages);
        const bool writable = below(4) != 0, fixed = below(4) == 0;
        const uint32_t wanted = 0x6FF0'0000 + below(200) * kPageSize;
        auto vma = p.space->add(VirtAddr{fixed ? wanted : 0}, pages * kPageSize, fixed);
        REQUIRE(vma);
        furnish(*vma.value(), what, first, writable);
        const uint32_t at = vma.value()->start.value;
        for (uint32_t i = 0; i < pages; ++i) {
            if (!fixed) REQUIRE(p.cells.count(at + i * kPageSize) == 0);
            p.cells[at + i * kPageSize] = cell_of(what, first + i, writable);
        }
    }
    void remove() {
        Process& p = any();
        Range range;
        if (!pick(p, range)) return;
        if (below(4) == 0) range.bytes += below(20) * kPageSize;  // over the next areas too
        maybe_fail();
        auto done = p.space->remove(range.start, range.bytes);
        if (!done) return expect_injected(done.error());
        kernel_test::fail_allocation(0);
        const auto first = p.cells.lower_bound(range.start.value);
        p.cells.erase(first, p.cells.lower_bound(range.start.value + range.bytes));
    }
    void protect() {
        Process& p = any();
        Range range;
        if (!pick(p, range)) return;
        const bool writable = below(2);
        maybe_fail();
        auto done = p.space->protect(range.start, range.bytes, {.user = true, .write = writable});
        if (!done) return expect_injected(done.error());
        kernel_test::fail_allocation(0);
        for (uint32_t at = 0; at < range.bytes; at += kPageSize)
            p.cells[range.start.value + at].writable = writable;
    }
    /// What a grown area has in its new pages: more of what it was.
    Cell beyond(const Vma& vma, uint32_t page) {
        const auto index = static_cast<uint32_t>(vma.offset / kPageSize) + page;
        What what = What::anonymous;
        if (vma.source.get() == shared_.get()) what = What::shared_file;
        if (vma.source.get() == private_.get()) what = What::private_file;
        if (vma.source.get() == fresh_.get()) what = What::fresh;
        if (vma.source.get() == exporter_.get()) what = What::exported;
        return cell_of(what, index, vma.access.write);
    }
    /// Anywhere, to a given place (which loses what it had), or with the old area kept.
    AddressSpace::Place some_place(const Range& range, uint32_t& bytes) {
        AddressSpace::Place place;
        place.may_move = below(4) != 0;
        place.keep_old = place.may_move && below(4) == 0;
        if (place.keep_old) bytes = range.bytes;
        place.to = VirtAddr{0x6FF0'0000 + below(200) * kPageSize};
        const bool apart =
            place.to.value + bytes <= range.start.value || range.start.value + range.bytes <= place.to.value;
        place.fixed = place.may_move && apart && below(3) == 0;
        return place;
    }
    /// A call that failed has unmapped the given place at most, and the end of what should shrink.
    void remap_failed(Process& p, const Range& range, uint32_t bytes, const AddressSpace::Place& place) {
        const auto forget = [&](uint32_t from, uint32_t to) {
            for (uint32_t at = from; at < to; at += kPageSize) {
                if (!p.space->find(VirtAddr{at})) p.cells.erase(at);
            }
        };
        if (place.fixed) forget(place.to.value, place.to.value + bytes);
        if (place.fixed && bytes < range.bytes)
            forget(range.start.value + bytes, range.start.value + range.bytes);
    }
    void remap() {
        Process& p = any();
        Range range;
        if (!pick(p, range)) return;
        uint32_t bytes = (1 + below(24)) * kPageSize;
        if (p.cells.size() + bytes / kPageSize > kMostCells) return;
        const AddressSpace::Place place = some_place(range, bytes);
        maybe_fail();
        auto moved = p.space->remap(range.start, range.bytes, bytes, place);
        if (!moved) {
            REQUIRE(moved.error() == Errno::kNoMem);
            if (place.may_move) REQUIRE_FALSE(kernel_test::failure_left());
            kernel_test::fail_allocation(0);
            return remap_failed(p, range, bytes, place);
        }
        kernel_test::fail_allocation(0);
        if (place.fixed) {
            REQUIRE(moved.value() == place.to);
            for (uint32_t at = 0; at < bytes; at += kPageSize) p.cells.erase(place.to.value + at);
        }
        Cells taken;
        for (uint32_t at = 0; at < range.bytes; at += kPageSize) {
            if (at < bytes) taken[at] = p.cells[range.start.value + at];
            p.cells.erase(range.start.value + at);
        }
        const Vma* vma = p.space->find(moved.value());
        const uint32_t before = (moved.value() - vma->start) / kPageSize;
        for (uint32_t at = 0; at < bytes; at += kPageSize) {
            REQUIRE(p.cells.count(moved.value().value + at) == 0);
            p.cells[moved.value().value + at] =
                taken.count(at) ? taken[at] : beyond(*vma, before + at / kPageSize);
            if (place.keep_old) p.cells[range.start.value + at] = beyond(*vma, before + at / kPageSize);
        }
    }

    // --- processes

    void fork() {
        if (processes_.size() >= kMostSpaces) return exit();
        Process& parent = any();
        maybe_fail();
        auto copy = parent.space->clone();
        if (!copy) return expect_injected(copy.error());
        kernel_test::fail_allocation(0);
        Process child{copy.take(), parent.cells};
        for (auto& [at, cell] : child.cells) {
            if (!cell.shared && cell.word) cell.word = std::make_shared<uint32_t>(*cell.word);
        }
        processes_.push_back(std::move(child));
    }
    void exit() {
        processes_.erase(processes_.begin() + below(processes_.size()));
        if (processes_.empty()) start();
    }

    // --- pages from below

    /// A page that some process has now, or null.
    Page* present(Process& p) {
        if (p.cells.empty()) return nullptr;
        const auto at = std::next(p.cells.begin(), below(p.cells.size()));
        const Translation t = p.space->table().lookup(VirtAddr{at->first});
        return t.present ? pfn_to_page(t.pfn) : nullptr;
    }
    uint32_t pins_of(const Page* page) const {
        return static_cast<uint32_t>(
            std::count_if(pins_.begin(), pins_.end(), [&](const Pin& pin) { return pin.page == page; }));
    }
    bool pinned(const Page* page) const { return pins_of(page) > 0; }
    void migrate() {
        Page* page = present(any());
        if (!page) return;
        const Pfn frame = page_to_pfn(page);
        const bool held = pinned(page) || page->use == PageUse::kernel;
        const uint32_t word = word_of(page);
        maybe_fail();
        auto moved = migrate_page(*page);
        if (!moved && !held) return expect_injected(moved.error());
        kernel_test::fail_allocation(0);
        REQUIRE(static_cast<bool>(moved) == !held);
        REQUIRE(is_free_page(frame) == !held);
        if (held) REQUIRE(word_of(page) == word);
    }
    void pin() {
        Process& p = any();
        if (p.cells.empty() || pins_.size() >= kMostPins) return;
        const auto& [at, cell] = *std::next(p.cells.begin(), below(p.cells.size()));
        const bool write = below(2);
        const Vma* vma = p.space->find(VirtAddr{at});
        maybe_fail();
        auto page = p.space->pin(VirtAddr{at}, write);
        const bool refused = !cell.word || (write && !cell.writable) || vma->source.get() == exporter_.get();
        if (!page && !refused) return expect_injected(page.error());
        kernel_test::fail_allocation(0);
        REQUIRE(static_cast<bool>(page) == !refused);
        if (refused) return;
        REQUIRE(word_of(page.value()) == *cell.word);
        pins_.push_back({page.value(), cell.writable || cell.shared ? cell.word : nullptr});
    }
    void unpin() {
        if (pins_.empty()) return;
        const uint32_t i = below(pins_.size());
        page_unpin(pins_[i].page);
        pins_.erase(pins_.begin() + i);
    }
    /// A pinned page stays where the process reads and writes, through forks, writes and mremap.
    void check_pins() const {
        for (const Pin& pin : pins_) {
            if (pin.word) REQUIRE(word_of(pin.page) == *pin.word);
        }
    }
    void zap() {
        const uint32_t first = below(kFilePages), pages = 1 + below(kFilePages - first);
        zap_mappings(exporter_.get(), uint64_t{first} * kPageSize, uint64_t{pages} * kPageSize);
        for (uint32_t i = first; i < first + pages; ++i) {
            if (const Page* page = exporter_->pages[i]) REQUIRE(users_of(page) == 1);
        }
    }
    /// Every mapping of a page is found from the page, none else, and they are its references.
    void check_way_back() {
        const Page* page = present(any());
        if (!page || page->use == PageUse::kernel) return;
        using Place = std::pair<const AddressSpace*, uint32_t>;
        std::set<Place> expected, found;
        for (Process& p : processes_) {
            for (const auto& [at, cell] : p.cells) {
                const Translation t = p.space->table().lookup(VirtAddr{at});
                if (t.present && t.pfn == page_to_pfn(page)) expected.insert({p.space.get(), at});
            }
        }
        Rmap::for_each_mapping(*page, [&](AddressSpace& space, Vma& vma, VirtAddr at) {
            REQUIRE((at >= vma.start && at < vma.end));
            REQUIRE(found.insert({&space, at.value}).second);
        });
        REQUIRE(found == expected);
        REQUIRE(users_of(page) == expected.size() + (page->use == PageUse::file ? 1 : 0));
        REQUIRE(page->references / kPinReferences == pins_of(page));
    }

    std::mt19937 random_;
    Ref<CachedFile> shared_ = make_ref<CachedFile>(0x1000'0000U).take();
    Ref<CachedFile> private_ = make_ref<CachedFile>(0x2000'0000U).take();
    Ref<CachedFile> exporter_ = make_ref<CachedFile>(0x3000'0000U, true).take();
    Ref<FreshPages> fresh_ = make_ref<FreshPages>().take();
    std::vector<std::shared_ptr<uint32_t>> shared_words_ = std::vector<std::shared_ptr<uint32_t>>(kFilePages);
    std::vector<std::shared_ptr<uint32_t>> exported_words_;
    std::vector<Process> processes_;
    std::vector<Pin> pins_;
};

void random_operations(uint32_t seed, int steps) {
    kernel_test::use_host_memory();
    const uint32_t before = memory_use().free_pages;
    {
        World world{seed};
        for (int step = 0; step < steps; ++step) {
            world.step();
            if (step % 64 == 0) world.check_areas();
        }
    }
    REQUIRE(memory_use().free_pages == before);
}

}  // namespace

TEST_CASE("user space: each process reads what it wrote, and each page's mappings are found",
          "[kernel][rmap]") {
    random_operations(1, kernel_test::kSomeOperations);
}

TEST_CASE("user space: a million operations", "[kernel][rmap][.][long]") {
    random_operations(2, kernel_test::kAMillion);
}
