// Measures the memory system as a user of the chip would: PMCCNTR around loops of loads and stores. Prints
// one line a figure, "name value", in hundredths of the unit that the name ends in. The test beside it knows
// what a real Exynos4210 shows.
#include <cstdint>

extern "C" {
void print(const char* text);
void make_tables();
void measure();
uint32_t chase(uint32_t first, uint32_t count);
uint32_t load_randomly(uint32_t base, uint32_t mask, uint32_t count);
void load_lines(uint32_t from, uint32_t bytes);
void store_lines(uint32_t to, uint32_t bytes);
void store_words(uint32_t to, uint32_t bytes);
void load_words(uint32_t from, uint32_t bytes);
void copy_words(uint32_t to, uint32_t from, uint32_t bytes);
alignas(16384) uint32_t table[4096];
/// What libgcc's division calls on zero; nothing here divides by zero.
int raise(int) { return 0; }
}

namespace {

constexpr uint32_t kKiB = 1024, kMiB = 1024 * kKiB, kLine = 32, kPage = 4096;
constexpr uint32_t kL2 = 0x1050'2000, kL2Ctrl = 0x100, kL2Aux = 0x104, kL2Sync = 0x730,
                   kL2CleanInvalidate = 0x7F0;
constexpr uint32_t kSharedOverride = 1U << 22;

// The same memory by four ways: Normal write-back sections, small pages, Normal non-cacheable,
// Strongly-ordered.
constexpr uint32_t kRam = 0x4000'0000, kPaged = 0x5000'0000, kCombined = 0x6000'0000, kOrdered = 0x7000'0000;
constexpr uint32_t kBuffer = 0x0200'0000, kBufferBytes = 32 * kMiB;  // offset in RAM
constexpr uint32_t kPagedMiBs = 8;
// Descriptors (ARM ARM B3.5): AP = 011; memory type in TEX, C, B without remapping.
constexpr uint32_t kSection = 2 | 3U << 10, kWriteBack = 1U << 12 | 3U << 2, kNonCacheable = 1U << 12,
                   kDevice = 1U << 2;
constexpr uint32_t kSmallPage = 2 | 3U << 4 | 1U << 6 | 3U << 2;
alignas(1024) uint32_t pages[kPagedMiBs][256];

volatile uint32_t& word(uint32_t address) { return *reinterpret_cast<volatile uint32_t*>(address); }
void dsb() { asm volatile("dsb" ::: "memory"); }
void isb() { asm volatile("isb" ::: "memory"); }
uint32_t now() {
    uint32_t cycles;
    asm volatile("isb\n\tmrc p15, 0, %0, c9, c13, 0" : "=r"(cycles)::"memory");
    return cycles;
}
void start_counter() {
    asm volatile("mcr p15, 0, %0, c9, c12, 0" ::"r"(5));         // PMCR: enable, reset the cycle counter
    asm volatile("mcr p15, 0, %0, c9, c12, 1" ::"r"(1U << 31));  // PMCNTENSET
}
void clean_invalidate_inner(uint32_t va) { asm volatile("mcr p15, 0, %0, c7, c14, 1" ::"r"(va) : "memory"); }
void forget_translations() {
    asm volatile("mcr p15, 0, %0, c8, c7, 0" ::"r"(0) : "memory");
    dsb();
    isb();
}

void report(const char* name, uint64_t value) {
    char digits[24];
    int at = 23;
    digits[at] = 0;
    digits[--at] = '\n';
    auto rest = static_cast<uint32_t>(value);
    do digits[--at] = static_cast<char>('0' + rest % 10);
    while ((rest /= 10) != 0);
    digits[--at] = ' ';
    print(name);
    print(digits + at);
}

/// Hundredths of a cycle for each of `count` things that `work` does.
template <class Work>
uint32_t cost(uint32_t count, Work work) {
    dsb();
    const uint32_t before = now();
    work();
    dsb();
    return static_cast<uint32_t>(uint64_t{now() - before} * 100 / count);
}

uint32_t random_state = 2463534242;
uint32_t random_below(uint32_t limit) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return static_cast<uint32_t>(uint64_t{random_state} * limit >> 32);
}

/// Links `count` places `step` bytes apart into one random cycle (Sattolo). `skew` moves each place on by one
/// more line, so that places a page apart do not share a set.
uint32_t link(uint32_t base, uint32_t count, uint32_t step, uint32_t skew) {
    const auto place = [=](uint32_t n) { return base + n * step + n * skew % kPage; };
    for (uint32_t n = 0; n < count; ++n) word(place(n)) = n;
    for (uint32_t n = count - 1; n > 0; --n) {
        const uint32_t other = random_below(n), kept = word(place(n));
        word(place(n)) = word(place(other));
        word(place(other)) = kept;
    }
    for (uint32_t n = 0; n < count; ++n) word(place(n)) = place(word(place(n)));
    return base;
}

/// Dependent loads around a cycle of `count` places, once it is known.
uint32_t chase_cost(uint32_t base, uint32_t count, uint32_t step, uint32_t skew, uint32_t loads) {
    const uint32_t first = link(base, count, step, skew);
    const uint32_t warm = chase(first, (count + 7) & ~7U);
    return cost(loads, [=] { chase(warm, loads); });
}

void latencies() {
    const uint32_t base = kRam + kBuffer;
    report("l1_load_cycles", chase_cost(base, 16 * kKiB / kLine, kLine, 0, 16384));
    report("l2_load_cycles", chase_cost(base, 512 * kKiB / kLine, kLine, 0, 65536));
    report("memory_load_cycles", chase_cost(base, 16 * kMiB / kLine, kLine, 0, 65536));
}

void translations() {
    const uint32_t base = kPaged;
    report("tlb_hit_cycles", chase_cost(base, 24, kPage, kLine, 16384));
    report("micro_tlb_miss_cycles", chase_cost(base, 96, kPage, kLine, 16384));
    report("main_tlb_miss_cycles", chase_cost(base, 256, kPage, kLine, 16384));
}

void throughputs() {
    const uint32_t base = kRam + kBuffer;
    constexpr uint32_t kLoads = 65536;
    load_lines(base, 256 * kKiB);
    report("l2_random_cycles", cost(kLoads, [=] { load_randomly(base, 256 * kKiB - kLine, kLoads); }));
    report("l2_sequential_cycles", cost(256 * kKiB / kLine, [=] { load_lines(base, 256 * kKiB); }));
    report("l2_store_cycles", cost(256 * kKiB / kLine, [=] { store_lines(base, 256 * kKiB); }));
    report("memory_random_cycles", cost(kLoads, [=] { load_randomly(base, 16 * kMiB - kLine, kLoads); }));
    report("memory_sequential_cycles",
           cost(4 * kMiB / kLine, [=] { load_lines(base + 16 * kMiB, 4 * kMiB); }));
}

struct Buffer {
    const char* name;
    uint32_t base, bytes;
};
// What a frame's slice looks like to software: it fits the level-2 cache where it may go there; and one that
// fits nowhere.
constexpr Buffer kBuffers[] = {{"cached", kRam, 256 * kKiB},
                               {"combined", kCombined, 256 * kKiB},
                               {"ordered", kOrdered, 64 * kKiB},
                               {"large", kRam, 4 * kMiB}};

/// Cycles a KiB.
void bandwidths() {
    for (const Buffer& b : kBuffers) {
        const uint32_t from = b.base + kBuffer, to = from + 8 * kMiB, bytes = b.bytes;
        const auto say = [&b](const char* what, uint32_t value) {
            print(b.name);
            report(what, value);
        };
        copy_words(to, from, bytes);  // what can be cached is
        say("_store_cycles", cost(bytes / kKiB, [=] { store_words(from, bytes); }));
        say("_load_cycles", cost(bytes / kKiB, [=] { load_words(from, bytes); }));
        say("_copy_cycles", cost(bytes / kKiB, [=] { copy_words(to, from, bytes); }));
    }
}

/// One MiB, all of it dirty in the level-2 cache or the level-1 cache; cycles a line.
void maintenance() {
    const uint32_t base = kRam + kBuffer;
    store_words(base, kMiB);
    report("clean_invalidate_dirty_l1_cycles", cost(kMiB / kLine, [=] {
               for (uint32_t at = base; at < base + kMiB; at += kLine) clean_invalidate_inner(at);
           }));
    report("clean_invalidate_dirty_l2_cycles", cost(kMiB / kLine, [=] {
               for (uint32_t at = base; at < base + kMiB; at += kLine) word(kL2 + kL2CleanInvalidate) = at;
               word(kL2 + kL2Sync) = 0;
           }));
    report("clean_invalidate_absent_l2_cycles", cost(kMiB / kLine, [=] {
               for (uint32_t at = base; at < base + kMiB; at += kLine) word(kL2 + kL2CleanInvalidate) = at;
               word(kL2 + kL2Sync) = 0;
           }));
}

}  // namespace

void make_tables() {
    for (uint32_t mib = 0; mib < 4096; ++mib) table[mib] = mib << 20 | kSection | kDevice;
    for (uint32_t mib = 0; mib < 0x100; ++mib) {
        const uint32_t memory = kRam + (mib << 20);
        table[(kRam >> 20) + mib] = memory | kSection | kWriteBack;
        table[(kCombined >> 20) + mib] = memory | kSection | kNonCacheable;
        table[(kOrdered >> 20) + mib] = memory | kSection;
    }
    for (uint32_t n = 0; n < kPagedMiBs * 256; ++n)
        pages[n / 256][n % 256] = (kRam + kBuffer + n * kPage) | kSmallPage;
    for (uint32_t n = 0; n < kPagedMiBs; ++n)
        table[(kPaged >> 20) + n] = reinterpret_cast<uint32_t>(pages[n]) | 1;
}

void measure() {
    forget_translations();
    word(kL2 + kL2Aux) = word(kL2 + kL2Aux) | kSharedOverride;
    word(kL2 + kL2Ctrl) = 1;
    start_counter();
    latencies();
    translations();
    throughputs();
    bandwidths();
    maintenance();
}
