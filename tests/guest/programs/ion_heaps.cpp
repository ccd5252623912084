// ION's heaps and their order: of those a mask allows, the highest id is first, whatever heap that is.
// Arguments: the heaps' names from id 0 on, "-" for an id without a heap, as the boot loader had them
// registered; FIMC0 has no SysMMU.
#include <sys/mman.h>

#include "dma_test.hpp"
#include "ion.hpp"
#include "tap.hpp"

namespace {

constexpr unsigned kPage = 4096, kMiB = 1 << 20, kCarveout = 4 * kMiB;
constexpr unsigned bit(unsigned heap) { return 1U << heap; }
constexpr const char* kCarveoutName = "ion_carveout_heap";

/// Allocates and says from which heap; "" for none.
std::string serves(Ion& ion, unsigned mask, unsigned bytes = kPage) {
    return ion.alloc(mask, 0, bytes) == 0 ? ion.heap() : "";
}

void registration(Ion& ion, const std::vector<std::string>& wanted) {
    std::vector<std::string> found(wanted.size(), "-");
    bool fits = true;
    for (const ion_heap_data& h : ion.heaps()) {
        fits &= h.heap_id < found.size();
        if (h.heap_id < found.size()) found[h.heap_id] = h.name;
    }
    tap::ok(fits && found == wanted, "the heaps have the ids that their registration gave them");
}

/// Every pair, and then all: nothing but the id decides.
void order(Ion& ion, const std::vector<std::string>& names) {
    unsigned all = 0, wrong = 0, pairs = 0;
    std::string last;
    for (unsigned high = 0; high < names.size(); ++high) {
        if (names[high] == "-") continue;
        wrong += serves(ion, bit(high)) != names[high];
        for (unsigned low = 0; low < high; ++low) {
            if (names[low] == "-") continue;
            wrong += serves(ion, bit(high) | bit(low)) != names[high];
            ++pairs;
        }
        all |= bit(high);
        last = names[high];
    }
    tap::is(wrong, 0, "alone each heap serves, of two the one with the higher id");
    tap::ok(pairs >= 3, "three pairs at the least");
    tap::ok(serves(ion, ~0U) == last, "of all, with bits that no heap has, the highest");
    tap::fails_with(ion.alloc(~all, 0, kPage), ENODEV, "bits that no heap has, alone, are ENODEV");
}

/// The carveout is full: the next heap by id serves, and the carveout again once it is not.
void exhaustion(Ion& ion, unsigned carveout, const std::vector<std::string>& names) {
    Ion holder;
    for (unsigned taken = 0; taken < kCarveout; taken += kMiB) holder.alloc(bit(carveout), 0, kMiB);
    tap::ok(holder.heap() == kCarveoutName, "the carveout can be had to its last byte");
    tap::fails_with(ion.alloc(bit(carveout), 0, kPage), ENOMEM, "then it is ENOMEM");
    unsigned below = carveout;
    while (below > 0 && names[below - 1] == "-") --below;
    const std::string next = below > 0 ? names[below - 1] : "";
    tap::ok(serves(ion, (bit(carveout) << 1) - 1) == next, "and with a mask the next lower id serves");
    holder.release(holder.handle);
    tap::ok(serves(ion, bit(carveout), kMiB) == kCarveoutName, "what is given back can be had again");
}

/// Set aside: nobody else's free memory shrinks, and its pages never go to anybody else.
void set_aside(unsigned carveout) {
    Ion ion;
    ion.alloc(bit(carveout), 0, kPage);  // the kernel's own records of it
    const long long before = proc::free_kib();
    ion.alloc(bit(carveout), 0, kMiB);
    tap::ok(before - proc::free_kib() < 64, "a megabyte of the carveout takes none of the others' memory");
    const int fd = ion.share();
    auto* p = static_cast<unsigned*>(::mmap(nullptr, kMiB, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
    unsigned dirty = 0;
    for (unsigned i = 0; i < kMiB / 4; ++i) dirty |= p[i];
    tap::is(dirty, 0, "it is zeroed");
    for (unsigned i = 0; i < kMiB / 4; i += 256) p[i] = i;
    dma::Device eye{"fimc0"};
    dmabuf::Importer importer;
    importer.import(fd);
    tap::is(importer.attach("fimc0"), 0, "a device without a SysMMU reaches it");
    importer.map(DMABUF_TEST_TO_DEVICE);
    const unsigned base = eye.physical(importer.last.value);
    unsigned wrong = 0;
    for (unsigned i = 0; i < kMiB / 4; i += 256) wrong += eye.peek(importer.last.value, 4 * i) != i;
    tap::is(wrong, 0, "and finds what the program wrote");
    importer.release();
    ::munmap(p, kMiB);
    ::close(fd);
    ion.release(ion.handle);
    ion.alloc(bit(carveout), 0, kMiB);
    const int again = ion.share();
    importer.import(again);
    importer.attach("fimc0");
    importer.map(DMABUF_TEST_TO_DEVICE);
    tap::is(eye.physical(importer.last.value), base, "given back and taken again it is the same place");
    tap::is(eye.peek(importer.last.value, 4 * 256), 0, "zeroed anew");
    importer.release();
    ::close(again);
}

}  // namespace

int main(int argc, char** argv) {
    tap::plan(18);
    const std::vector<std::string> names{argv + 1, argv + argc};
    unsigned carveout = 0;
    while (carveout < names.size() && names[carveout] != kCarveoutName) ++carveout;
    {
        Ion ion;
        registration(ion, names);
        order(ion, names);
    }
    set_aside(carveout);
    const long long before = proc::free_kib();
    {
        Ion ion;
        exhaustion(ion, carveout, names);
    }
    tap::is(before - proc::free_kib(), 0, "closing gives everything back");
    Ion ion;
    unsigned whole = 0;
    while (ion.alloc(bit(carveout), 0, kMiB) == 0) ++whole;
    tap::is(whole, kCarveout / kMiB, "to the carveout too");
    tap::is(dmabuf::count("attaches") - dmabuf::count("detaches"), 0, "no attachment is left");
    return tap::finish();
}
