// One small driver mistake after another, each with and without its fix, on a core with caches and a DMA
// engine that copies 32 bytes when told to. Says to the DMA engine's RESULT register what it saw: 1 the new
// data, 0 the old.
#include <cstdint>
#include <initializer_list>

namespace {

constexpr uint32_t kDma = 0x1000'0000, kL2 = 0x1050'2000;
constexpr uint32_t kSource = 0x00, kTarget = 0x04, kGo = 0x08, kResult = 0x0C;
constexpr uint32_t kL2Ctrl = 0x100, kL2Aux = 0x104, kL2Sync = 0x730, kL2CleanInvalidateWays = 0x7FC,
                   kL2Invalidate = 0x770, kL2Clean = 0x7B0, kL2CleanInvalidate = 0x7F0;
constexpr uint32_t kTable = 0x4008'0000, kPages = 0x4008'4000;
constexpr uint32_t kCachedBase = 0x4010'0000, kUncachedBase = 0x6010'0000;  // the same memory
constexpr uint32_t kWindow = 0x7000'0000;                                   // a small page of the test's own

void put(uint32_t at, uint32_t value) { *reinterpret_cast<volatile uint32_t*>(at) = value; }
uint32_t get(uint32_t at) { return *reinterpret_cast<volatile uint32_t*>(at); }

void dsb() { asm volatile("dsb" ::: "memory"); }
void isb() { asm volatile("isb" ::: "memory"); }
void clean_inner(uint32_t va) { asm volatile("mcr p15,0,%0,c7,c10,1" ::"r"(va) : "memory"); }
void clean_to_unification(uint32_t va) { asm volatile("mcr p15,0,%0,c7,c11,1" ::"r"(va) : "memory"); }
void invalidate_inner(uint32_t va) { asm volatile("mcr p15,0,%0,c7,c6,1" ::"r"(va) : "memory"); }
void clean_invalidate_inner(uint32_t va) { asm volatile("mcr p15,0,%0,c7,c14,1" ::"r"(va) : "memory"); }
void invalidate_code(uint32_t va) { asm volatile("mcr p15,0,%0,c7,c5,1" ::"r"(va) : "memory"); }
void forget_translations() { asm volatile("mcr p15,0,%0,c8,c7,0" ::"r"(0) : "memory"); }

void clean(uint32_t at) {
    clean_inner(at);
    dsb();
    put(kL2 + kL2Clean, at);
    put(kL2 + kL2Sync, 0);
}
void invalidate(uint32_t at) {
    put(kL2 + kL2Invalidate, at);
    put(kL2 + kL2Sync, 0);
    invalidate_inner(at);
    dsb();
}
void clean_invalidate(uint32_t at) {
    clean(at);
    put(kL2 + kL2CleanInvalidate, at);
    put(kL2 + kL2Sync, 0);
    clean_invalidate_inner(at);
    dsb();
}
void dma(uint32_t to, uint32_t from) {
    put(kDma + kSource, from);
    put(kDma + kTarget, to);
    put(kDma + kGo, 1);
}
/// Memory as a device sees it.
uint32_t uncached(uint32_t at) { return get(at - kCachedBase + kUncachedBase); }
void set_uncached(uint32_t at, uint32_t value) {
    put(at - kCachedBase + kUncachedBase, value);
    dsb();
    put(kL2 + kL2Sync, 0);
    dsb();
}

/// Each rule has lines of its own that nobody has touched: `at`, and the next ones.
uint32_t clean_missing(uint32_t at, bool fixed) {
    put(at, 1);
    if (fixed) clean(at);
    dma(at + 64, at);
    return uncached(at + 64);
}

uint32_t invalidate_missing(uint32_t at, bool fixed) {
    set_uncached(at + 64, 1);
    get(at);  // the old data come into the cache
    dma(at, at + 64);
    if (fixed) invalidate(at);
    return get(at);
}

/// The buffer is invalidated before the transfer only: a speculative fill brings the old data back.
uint32_t invalidate_too_early(uint32_t at, bool fixed) {
    set_uncached(at + 64, 1);
    get(at);
    invalidate(at);
    dma(at, at + 64);
    if (fixed) invalidate(at);
    return get(at);
}

uint32_t barrier_missing(uint32_t at, bool fixed) {
    put(at - kCachedBase + kUncachedBase, 1);
    if (fixed) {
        dsb();
        put(kL2 + kL2Sync, 0);
    }
    dma(at + 64, at);
    return uncached(at + 64);
}

/// DSB alone leaves the store in the PL310's merging slots.
uint32_t sync_missing(uint32_t at, bool fixed) {
    put(at - kCachedBase + kUncachedBase, 1);
    dsb();
    if (fixed) put(kL2 + kL2Sync, 0);
    dma(at + 64, at);
    return uncached(at + 64);
}

/// CACHE_SYNC alone finds the store still in the core's buffer.
uint32_t dsb_missing(uint32_t at, bool fixed) {
    put(at - kCachedBase + kUncachedBase, 1);
    if (fixed) dsb();
    put(kL2 + kL2Sync, 0);
    dma(at + 64, at);
    return uncached(at + 64);
}

uint32_t aliased_types(uint32_t at, bool fixed) {
    put(at, 1);
    if (fixed) clean(at);
    return uncached(at);
}

/// AUX_CTRL can be written while the level-2 cache is off, which it may be when it holds nothing.
void override_shared(bool on) {
    dsb();
    put(kL2 + kL2CleanInvalidateWays, 0xFFFF);
    while (get(kL2 + kL2CleanInvalidateWays) != 0) {
    }
    put(kL2 + kL2Sync, 0);
    put(kL2 + kL2Ctrl, 0);
    const uint32_t rest = get(kL2 + kL2Aux) & ~(1U << 22);
    put(kL2 + kL2Aux, rest | (on ? 1U << 22 : 0));
    put(kL2 + kL2Ctrl, 1);
}

/// A line that no instruction asked for comes through the cacheable alias into level 2, where the
/// non-cacheable read finds it: unless AUX_CTRL[22] keeps such reads from looking.
uint32_t override_missing(uint32_t at, bool fixed) {
    override_shared(fixed);
    const uint32_t buffer = at + 32, source = at + 0x800;
    set_uncached(source, 1);
    get(at);  // the buffer's neighbour
    dsb();
    dsb();
    dma(buffer, source);
    const uint32_t seen = uncached(buffer);
    override_shared(true);
    return seen;
}

/// A variable of the driver's shares a line with the buffer's end: writing it back kills what the device
/// wrote.
uint32_t shared_line(uint32_t at, bool fixed) {
    const uint32_t variable = fixed ? at + 128 : at + 28;
    set_uncached(at + 64, 1);
    get(at);
    put(variable, 7);
    dma(at, at + 64);
    clean_invalidate(at);  // careful driver: the neighbour must survive
    return get(at);
}

/// The walker reads through the level-2 cache only (TTBR0.IRGN = 0).
uint32_t table_entry_in_cache(uint32_t at, bool fixed) {
    constexpr uint32_t kSmallPage = 0x44E;  // Normal write-back (n = 011 by TEX remap off: C, B), shareable
    const uint32_t entry = kPages;          // of the window's first page
    const uint32_t old_page = (at & ~0xFFFU), new_page = old_page + 0x1000;
    set_uncached(new_page + (at & 0xFFF), 1);
    put(entry, old_page | kSmallPage | 0x30);
    clean_to_unification(entry);
    dsb();
    forget_translations();
    dsb();
    isb();
    get(kWindow + (at & 0xFFF));
    put(entry, new_page | kSmallPage | 0x30);
    if (fixed) clean_to_unification(entry);
    dsb();
    forget_translations();
    dsb();
    isb();
    return get(kWindow + (at & 0xFFF));
}

constexpr uint32_t kReturn = 0xE12F'FF1E, kMove0 = 0xE3A0'0000, kMove1 = 0xE3A0'0001;

uint32_t call(uint32_t at) { return reinterpret_cast<uint32_t (*)()>(at)(); }

void write_code(uint32_t at, uint32_t first) {
    put(at, first);
    put(at + 4, kReturn);
}
void make_executable(uint32_t at) {
    clean_to_unification(at);
    dsb();
    invalidate_code(at);
    dsb();
    isb();
}

uint32_t code_not_cleaned(uint32_t at, bool fixed) {
    write_code(at, kMove0);
    make_executable(at);
    call(at);
    write_code(at, kMove1);
    if (fixed) clean_to_unification(at);
    dsb();
    invalidate_code(at);
    dsb();
    isb();
    return call(at);
}

uint32_t code_not_invalidated(uint32_t at, bool fixed) {
    write_code(at, kMove0);
    make_executable(at);
    call(at);
    write_code(at, kMove1);
    clean_to_unification(at);
    dsb();
    if (fixed) invalidate_code(at);
    dsb();
    isb();
    return call(at);
}

using Rule = uint32_t (*)(uint32_t, bool);
constexpr Rule kRules[] = {&clean_missing,    &invalidate_missing,   &invalidate_too_early,
                           &barrier_missing,  &sync_missing,         &dsb_missing,
                           &aliased_types,    &shared_line,          &table_entry_in_cache,
                           &code_not_cleaned, &code_not_invalidated, &override_missing};

/// Sections: RAM cached (with an uncached alias 512 MiB up), registers as Device, one table of small pages.
void turn_on() {
    for (uint32_t mib = 0; mib < 4096; ++mib) put(kTable + 4 * mib, 0);
    for (uint32_t n = 0; n < 16; ++n) {
        const uint32_t pa = 0x4000'0000 + (n << 20);
        put(kTable + 4 * (0x400 + n), pa | 0x1'0000 | 0x1000 | 0xC00 | 0xE);  // Normal WBWA, shareable
        put(kTable + 4 * (0x600 + n), pa | 0x1'0000 | 0x1000 | 0xC00 | 0x2);  // Normal non-cacheable
    }
    put(kTable + 4 * 0x100, 0x1000'0000 | 0xC00 | 0x6);  // shared Device
    put(kTable + 4 * 0x105, 0x1050'0000 | 0xC00 | 0x6);
    put(kTable + 4 * 0x700, kPages | 1);
    put(kL2 + kL2Aux, get(kL2 + kL2Aux) | 1U << 22);
    put(kL2 + kL2Ctrl, 1);
    asm volatile(
        "mcr p15,0,%0,c8,c7,0\n"
        "mcr p15,0,%0,c7,c5,0\n"
        "mcr p15,0,%0,c2,c0,2\n"  // TTBCR = 0
        "mcr p15,0,%1,c2,c0,0\n"  // walks: inner non-cacheable, outer write-back
        "mcr p15,0,%2,c3,c0,0\n"
        "mrc p15,0,r3,c1,c0,1\n"
        "orr r3,r3,#0x40\n"
        "mcr p15,0,r3,c1,c0,1\n"  // ACTLR.SMP
        "dsb\n"
        "mrc p15,0,r3,c1,c0,0\n"
        "orr r3,r3,#0x1800\n"
        "orr r3,r3,#5\n"
        "mcr p15,0,r3,c1,c0,0\n"  // I, Z, C, M
        "isb\n" ::"r"(0),
        "r"(kTable | 0x0A), "r"(1)
        : "r3", "memory");
}

}  // namespace

extern "C" void litmus() {
    turn_on();
    uint32_t at = kCachedBase;
    for (const Rule rule : kRules) {
        for (const bool fixed : {false, true}) {
            const uint32_t seen = rule(at, fixed);
            put(kDma + kResult, seen);
            at += 0x4000;
        }
    }
    for (;;) asm volatile("wfi");
}

extern "C" [[gnu::naked, gnu::section(".start")]] void _start() {
    asm volatile(
        "ldr sp, =0x40070000\n"
        "b litmus\n"
        ".ltorg\n");
}
