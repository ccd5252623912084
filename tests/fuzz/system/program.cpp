// Random system-level work on one core: translation tables and what accesses through them give, and
// exceptions of all kinds from all modes. Bare metal; the same program runs on QEMU and on our core and
// leaves a trace of records. What is left out, because QEMU 7.2 is no oracle for it or the architecture
// leaves it open:
// - TLB entries are always invalidated after a change (stale entries); no TTBCR.PD0/PD1;
// - a page table's domain always allows access (QEMU looks at the domain before the second-level descriptor);
// while
//   SCTLR.AFE is set all domains are clients and nothing is fetched (QEMU looks at domain and XN before the
//   access flag, and not at the flag for managers);
// - the domain in IFSR, where the architecture has none (QEMU fills it in);
// - MRC and MCR at the end of an IT block (QEMU leaves ITSTATE set behind them);
// - unaligned accesses only with SCTLR.A set (QEMU does not fault those to Device memory);
// - exception returns by data processing other than SUBS and MOVS (QEMU returns by those two alone);
// - attributes in PAR (QEMU reports none); reserved memory types; PA[39:32] of supersections.
#include "record.hpp"

using namespace exysim::test::system_fuzz;

extern "C" {
void system_main();
uint32_t semihosting(uint32_t operation, const void* parameters);
int raise(int) {
    for (;;) semihosting(0x18, reinterpret_cast<const void*>(0x20023));
}
// The compiler clears objects with it.
void* memset(void* to, int value, unsigned bytes) {
    auto* p = static_cast<volatile uint8_t*>(to);
    for (unsigned i = 0; i < bytes; ++i) p[i] = static_cast<uint8_t>(value);
    return to;
}
using Access = uint32_t(uint32_t address, uint32_t value);
Access try_ldr, try_ldrh, try_ldrb, try_str, try_strh, try_strb, try_ldrt, try_strt, try_fetch;
struct Start {
    uint32_t r[13], pc, cpsr, lr;
};
struct End {
    uint32_t r[13], lr, spsr, cpsr, vector;
};
void run_snippet(const Start*, End*);
void set_bank(uint32_t mode, uint32_t sp, uint32_t lr, uint32_t spsr);
uint32_t stack_of(uint32_t mode);
extern uint32_t guard_vectors[], snippet_vectors[];
extern volatile struct { uint32_t status, address, link, psr; } fault;
}

namespace {

constexpr uint32_t kTestRam = 0x4400'0000, kTestMiB = 16;  // what mappings lead to, 16 MiB aligned
constexpr uint32_t kLowWindow = 0x3000'0000, kHighWindow = 0xA000'0000;  // 32 MiB each
constexpr uint32_t kWindowMiB = 32;
constexpr uint32_t kReturn = 0xE12F'FF1E;  // bx lr
constexpr uint32_t kModes[] = {0x10, 0x11, 0x12, 0x13, 0x17, 0x1B, 0x1F};
constexpr uint32_t kBanks[] = {0x11, 0x12, 0x17, 0x1B, 0x1F};  // besides supervisor mode's

alignas(16384) uint32_t tables[2][4096];
alignas(1024) uint32_t second_level[8][256];
alignas(4096) uint32_t code[1024];

template <class T>
uint32_t address_of(T* pointer) {
    return reinterpret_cast<uint32_t>(pointer);
}

uint32_t state;
uint32_t random() {  // xorshift
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}
uint32_t below(uint32_t bound) { return static_cast<uint32_t>((uint64_t{random()} * bound) >> 32); }
bool one_in(uint32_t n) { return below(n) == 0; }

// --- CP15

#define REGISTER(name, opc1, n, m, opc2)                                                                    \
    uint32_t read_##name() {                                                                                \
        uint32_t value;                                                                                     \
        asm volatile("mrc p15, " #opc1 ", %0, c" #n ", c" #m ", " #opc2 : "=r"(value));                     \
        return value;                                                                                       \
    }                                                                                                       \
    void write_##name(uint32_t value) {                                                                     \
        asm volatile("mcr p15, " #opc1 ", %0, c" #n ", c" #m ", " #opc2 "\n\tisb" ::"r"(value) : "memory"); \
    }
REGISTER(sctlr, 0, 1, 0, 0)
REGISTER(cpacr, 0, 1, 0, 2)
REGISTER(ttbr0, 0, 2, 0, 0)
REGISTER(ttbr1, 0, 2, 0, 1)
REGISTER(ttbcr, 0, 2, 0, 2)
REGISTER(dacr, 0, 3, 0, 0)
REGISTER(dfsr, 0, 5, 0, 0)
REGISTER(ifsr, 0, 5, 0, 1)
REGISTER(dfar, 0, 6, 0, 0)
REGISTER(ifar, 0, 6, 0, 2)
REGISTER(par, 0, 7, 4, 0)
REGISTER(prrr, 0, 10, 2, 0)
REGISTER(nmrr, 0, 10, 2, 1)
REGISTER(vbar, 0, 12, 0, 0)
REGISTER(contextidr, 0, 13, 0, 1)

void invalidate_tlb() { asm volatile("dsb\n\tmcr p15, 0, %0, c8, c7, 0\n\tdsb\n\tisb" ::"r"(0) : "memory"); }
void invalidate_code() { asm volatile("dsb\n\tmcr p15, 0, %0, c7, c5, 0\n\tdsb\n\tisb" ::"r"(0) : "memory"); }

constexpr uint32_t kAlign = 1u << 1, kSwap = 1u << 10, kTre = 1u << 28, kAfe = 1u << 29;

// --- translation tables

/// Normal write-back, privileged access, domain 0; for registers Device.
void identity(uint32_t* table) {
    for (uint32_t i = 0x400; i < 0x500; ++i) table[i] = i << 20 | 0x140E;
    for (uint32_t i = 0x104; i < 0x105; ++i) table[i] = i << 20 | 0x0406;
}

uint32_t random_attributes_of_section() {
    // nG, S, APX, TEX, AP, XN, C, B at random; TEX 0 or 1, C and B such that no reserved type appears.
    uint32_t bits = random() & (1u << 17 | 1u << 16 | 1u << 15 | 3u << 10 | 1u << 4 | 1u << 3 | 1u << 2);
    if ((bits >> 2 & 3) == 3 || (bits >> 2 & 3) == 0) bits |= below(2) << 12;
    return bits;
}

uint32_t random_attributes_of_page(bool small) {
    const uint32_t section = random_attributes_of_section();
    const uint32_t tex = section >> 12 & 7, xn = section >> 4 & 1;
    uint32_t bits = (section & 0xC) | (section >> 10 & 3) << 4 | (section >> 15 & 1) << 9 |
                    (section >> 16 & 1) << 10 | (section >> 17 & 1) << 11;
    return bits | (small ? 2u | tex << 6 | xn : 1u | tex << 12 | xn << 15);
}

void fill_second_level(uint32_t* table) {
    for (uint32_t i = 0; i < 256;) {
        const uint32_t kind = below(5);
        if (kind == 0) {
            table[i++] = random() & ~3u;
        } else if (kind == 1 && i % 16 == 0) {
            const uint32_t entry =
                kTestRam + below(kTestMiB * 16) * 0x10000 | random_attributes_of_page(false);
            for (uint32_t n = 0; n < 16; ++n) table[i++] = entry;
        } else {
            table[i++] = kTestRam + below(kTestMiB * 256) * 0x1000 | random_attributes_of_page(true);
        }
    }
}

void change_tables() {
    uint32_t* const table = tables[below(2)];
    const uint32_t first = (one_in(2) ? kLowWindow : kHighWindow) >> 20, at = first + below(kWindowMiB);
    switch (below(6)) {
        case 0:
            table[at] = random() & ~3u;
            break;
        case 1:
            table[at] = random() | 3;  // reserved without PXN
            break;
        case 2: {
            const uint32_t entry = kTestRam | 1u << 18 | 2 | (random_attributes_of_section() & ~0u);
            for (uint32_t i = at & ~15u; i < (at & ~15u) + 16; ++i) table[i] = entry;
            break;
        }
        case 3:
        case 4:
            table[at] =
                kTestRam + below(kTestMiB) * 0x100000 | below(16) << 5 | 2 | random_attributes_of_section();
            break;
        default: {
            uint32_t* const second = second_level[below(8)];
            fill_second_level(second);
            table[at] = address_of(second) | below(4) << 5 | 1;
        }
    }
}

void change_control() {
    uint32_t sctlr = read_sctlr() & ~(kAlign | kTre | kAfe);
    if (one_in(3)) sctlr |= kAlign;
    if (one_in(2)) sctlr |= kTre;
    if (one_in(3)) sctlr |= kAfe;
    // Domains 0 to 3 always allow access; with AFE all do.
    uint32_t dacr = 0;
    for (uint32_t domain = 0; domain < 16; ++domain) {
        const bool open = domain < 4 || (sctlr & kAfe) != 0;
        const bool may_manage = (sctlr & kAfe) == 0;
        dacr |= (open ? 1 + (may_manage ? 2 * below(2) : 0) : below(4)) << 2 * domain;
    }
    dacr = (dacr & ~3u) | 1;  // the program's own
    write_ttbcr(below(4));
    write_dacr(dacr);
    // Remap: types 1 and 7 are what the program itself uses.
    uint32_t prrr = random() & 0xFF0F'0000;
    for (uint32_t n = 0; n < 8; ++n) prrr |= (n == 7 ? 2 : n == 1 ? 1 : below(3)) << 2 * n;
    write_prrr(prrr);
    write_nmrr(random());
    write_contextidr(below(256));
    write_sctlr(sctlr);
}

uint32_t entry_of(uint32_t address) {
    const uint32_t n = read_ttbcr() & 7;
    const bool second = n != 0 && address >> (32 - n) != 0;
    return tables[second ? 1 : 0][(second ? address : address << n >> n) >> 20];
}

void clear_fault() {
    fault.status = 0;
    fault.address = 0;
    fault.link = 0;
    fault.psr = 0;
}

/// A translation by hardware: PAR without attributes.
uint32_t translate(uint32_t operation, uint32_t address) {
    switch (operation) {
        case 0:
            asm volatile("mcr p15, 0, %0, c7, c8, 0\n\tisb" ::"r"(address) : "memory");
            break;
        case 1:
            asm volatile("mcr p15, 0, %0, c7, c8, 1\n\tisb" ::"r"(address) : "memory");
            break;
        case 2:
            asm volatile("mcr p15, 0, %0, c7, c8, 2\n\tisb" ::"r"(address) : "memory");
            break;
        default:
            asm volatile("mcr p15, 0, %0, c7, c8, 3\n\tisb" ::"r"(address) : "memory");
    }
    const uint32_t par = read_par();
    if ((par & 1) != 0) return par;
    return (par & 2) != 0 ? par & 0xFF00'0002 : par & 0xFFFF'F000;
}

uint32_t base_of(void* function) { return reinterpret_cast<uint32_t>(function); }

struct Try {
    Access* access;
    uint32_t action, alignment;
};
constexpr Try kTries[] = {{try_ldr, kLoad, 4},      {try_ldrh, kLoad, 2},     {try_ldrb, kLoad, 1},
                          {try_str, kStore, 4},     {try_strh, kStore, 2},    {try_strb, kStore, 1},
                          {try_ldrt, kLoadUser, 4}, {try_strt, kStoreUser, 4}};

void mmu_step(Record& record) {
    const uint32_t changes = below(4);
    for (uint32_t i = 0; i < changes; ++i) change_tables();
    if (one_in(4)) change_control();
    invalidate_tlb();
    // Bit 5 keeps stores off the words that fetches run into.
    uint32_t address = ((one_in(2) ? kLowWindow : kHighWindow) + below(kWindowMiB << 20)) | 0x20;
    clear_fault();
    record.control = read_sctlr();
    record.other = read_dacr();
    const uint32_t what = below(16);
    if (what < 8) {
        const Try& t = kTries[what];
        if ((record.control & kAlign) == 0) address &= ~(t.alignment - 1);
        record.action = t.action;
        record.subject = what;
        record.result = t.access(address, random());
        if (fault.status != 0) {
            record.result = 0;
            record.fault_link = fault.link - base_of(reinterpret_cast<void*>(t.access));
        }
    } else if (what < 11 && (record.control & kAfe) == 0) {
        address &= ~63u;
        record.action = kFetch;
        try_fetch(address, 0);
        record.fault_link = fault.status != 0 ? fault.link - address : 0;
    } else {
        record.action = kTranslate;
        record.subject = what & 3;
        record.result = translate(what & 3, address);
    }
    record.address = address;
    record.first_entry = entry_of(address);
    record.status = record.action == kFetch ? fault.status & 0x140F : fault.status;
    record.fault_address = fault.status != 0 ? fault.address : 0;
    record.fault_psr = fault.status != 0 ? fault.psr & 0x1FF : 0;
}

void prepare_mmu() {
    auto* const ram = reinterpret_cast<uint32_t*>(kTestRam);
    for (uint32_t i = 0; i < kTestMiB << 18; ++i) ram[i] = i % 16 == 0 ? kReturn : i * 0x9E37'79B9;
    invalidate_code();
    write_vbar(address_of(guard_vectors));
}

// --- exceptions

constexpr uint32_t kUnmapped = 0x2000'0000;

struct Snippet {
    uint32_t at = 0;  // bytes
    bool thumb = false;
    void half(uint32_t h) {
        reinterpret_cast<uint16_t*>(code)[at / 2] = static_cast<uint16_t>(h);
        at += 2;
    }
    void word(uint32_t w) {
        half(thumb ? w >> 16 : w & 0xFFFF);
        half(thumb ? w & 0xFFFF : w >> 16);
    }
};

/// Where a snippet may end so. Returning endings have no fillers before them, so that r5 to r7 still point.
enum class Use : uint8_t { anywhere /* in IT blocks too */, any_mode, banked_modes, returns, banked_returns };

/// What a snippet ends with. r0 points to memory, r1 nowhere, r2 two bytes off, r3 four bytes before the end
/// of RAM's map; r4 is a PSR for another mode; r5 points into a ReturnBlock, r6 is where that leads, r7 its
/// complement.
struct Ending {
    uint32_t a32, t32;  // t32: a halfword if below 0x10000; zero: not in this state
    Use use;
};
constexpr Ending kEndings[] = {
    {0xEF00'0000, 0xDF00, Use::anywhere},           // svc
    {0xE7F0'00F0, 0xDE00, Use::anywhere},           // udf
    {0xE120'0070, 0xBE00, Use::anywhere},           // bkpt
    {0xE591'5000, 0x680D, Use::anywhere},           // ldr r5,[r1]
    {0xE5A1'5004, 0xF841'5F04, Use::anywhere},      // str r5,[r1,#4]!
    {0xE8B1'00E0, 0xE8B1'00E0, Use::anywhere},      // ldm r1!,{r5-r7}
    {0xE8A3'00E0, 0xE8A3'00E0, Use::anywhere},      // stm r3!,{r5-r7}: the second word faults
    {0xE8B3'00E0, 0xE8B3'00E0, Use::anywhere},      // ldm r3!,{r5-r7}
    {0xE892'00E0, 0xE892'00E0, Use::anywhere},      // ldm r2,{r5-r7}: misaligned
    {0xE1C1'60D0, 0xE9D1'6700, Use::anywhere},      // ldrd r6,r7,[r1]
    {0xE191'5F9F, 0xE851'5F00, Use::anywhere},      // ldrex r5,[r1]
    {0xE192'5F9F, 0xE852'5F00, Use::anywhere},      // ldrex r5,[r2]: misaligned
    {0xE12F'FF11, 0x4708, Use::anywhere},           // bx r1
    {0xE12F'FF31, 0x4788, Use::anywhere},           // blx r1
    {0xE591'F000, 0xF8D1'F000, Use::anywhere},      // ldr pc,[r1]
    {0xEE30'0A00, 0xEE30'0A00, Use::anywhere},      // vadd.f32 s0,s0,s0: floating point is off
    {0xED91'0A00, 0xED91'0A00, Use::anywhere},      // vldr s0,[r1]
    {0xEEF8'5A10, 0xEEF8'5A10, Use::anywhere},      // vmrs r5,fpexc
    {0xEE12'5F10, 0xEE12'5F10, Use::any_mode},      // mrc p15,0,r5,c2,c0,0: privileged
    {0xEE01'5FD1, 0xEE01'5FD1, Use::any_mode},      // mcr to a register that is not there
    {0xF10C'00C0, 0xB673, Use::any_mode},           // cpsid
    {0xF108'0080, 0xB662, Use::any_mode},           // cpsie i: a pending interrupt comes now
    {0xE121'F004, 0xF384'8100, Use::any_mode},      // msr cpsr_c,r4
    {0xE100'8099, 0, Use::any_mode},                // swp r8,r9,[r0]
    {0xE140'8099, 0, Use::any_mode},                // swpb r8,r9,[r0]
    {0xE14F'5000, 0xF3FF'8500, Use::banked_modes},  // mrs r5,spsr
    {0xE169'F004, 0xF394'8900, Use::banked_modes},  // msr spsr_fc,r4
    {0xF96D'0513, 0xE82D'C013, Use::banked_modes},  // srsdb sp!,#0x13
    {0xF8CD'051F, 0xE98D'C01F, Use::banked_modes},  // srsia sp,#0x1f
    {0xF9ED'0512, 0, Use::banked_modes},            // srsib sp!,#0x12
    {0xF84D'0517, 0, Use::banked_modes},            // srsda sp,#0x17
    {0xF102'001F, 0xF3AF'811F, Use::banked_modes},  // cps #0x1f
    {0xF10E'009B, 0xF3AF'875B, Use::banked_modes},  // cpsid i,#0x1b
    {0xE8C0'7FE0, 0, Use::banked_modes},            // stm r0,{r5-r14}^
    {0xE1B0'F00E, 0xF3DE'8F00, Use::banked_modes},  // movs pc,lr; subs pc,lr,#0
    // --- writes of r15 that arrive somewhere
    {0xE12F'FF16, 0x4730, Use::returns},              // bx r6
    {0xE12F'FF36, 0x47B0, Use::returns},              // blx r6
    {0xE12F'FF26, 0, Use::returns},                   // bxj r6
    {0xE595'F000, 0xF8D5'F000, Use::returns},         // ldr pc,[r5]
    {0xE495'F004, 0xF855'FB04, Use::returns},         // ldr pc,[r5],#4
    {0xE515'F008, 0xF855'FC08, Use::returns},         // ldr pc,[r5,#-8]
    {0xE895'8300, 0xE895'8300, Use::returns},         // ldm r5,{r8,r9,pc}
    {0xE8B5'8300, 0xE8B5'8300, Use::returns},         // ldm r5!,{r8,r9,pc}
    {0xE1A0'F006, 0x46B7, Use::returns},              // mov pc,r6: interworks in A32 only
    {0xE1E0'F007, 0, Use::returns},                   // mvn pc,r7
    {0xE286'F000, 0, Use::returns},                   // add pc,r6,#0
    {0xE08F'F006, 0x44B7, Use::returns},              // add pc,pc,r6; add pc,r6: nowhere
    {0xE246'F000, 0, Use::returns},                   // sub pc,r6,#0
    {0xE006'F006, 0, Use::returns},                   // and pc,r6,r6
    {0xE386'F000, 0, Use::returns},                   // orr pc,r6,#0
    {0xE226'F000, 0, Use::returns},                   // eor pc,r6,#0
    {0xE3C6'F000, 0, Use::returns},                   // bic pc,r6,#0
    {0xE2C6'F000, 0, Use::returns},                   // sbc pc,r6,#0: the carry chooses the state
    {0xE266'F000, 0, Use::returns},                   // rsb pc,r6,#0: nowhere
    {0xE1A0'F106, 0, Use::returns},                   // lsl pc,r6,#2: nowhere
    {0xE1B0'F006, 0, Use::banked_returns},            // movs pc,r6
    {0xE256'F000, 0, Use::banked_returns},            // subs pc,r6,#0
    {0xE8D5'8000, 0, Use::banked_returns},            // ldm r5,{pc}^
    {0xE8D5'8300, 0, Use::banked_returns},            // ldm r5,{r8,r9,pc}^
    {0xE8F5'8300, 0, Use::banked_returns},            // ldm r5!,{r8,r9,pc}^
    {0xE8D5'6300, 0, Use::banked_returns},            // ldm r5,{r8,r9,r13,r14}^: the user's
    {0xF895'0A00, 0xE995'C000, Use::banked_returns},  // rfeia r5
    {0xF8B5'0A00, 0xE9B5'C000, Use::banked_returns},  // rfeia r5!
    {0xF915'0A00, 0xE815'C000, Use::banked_returns},  // rfedb r5
    {0xF935'0A00, 0xE835'C000, Use::banked_returns},  // rfedb r5!
};

bool returning(const Ending& e) { return e.use == Use::returns || e.use == Use::banked_returns; }

const Ending& draw_ending(bool thumb, bool banked, bool in_it_block) {
    for (;;) {
        const Ending& e = kEndings[below(sizeof kEndings / sizeof kEndings[0])];
        const bool needs_bank = e.use == Use::banked_modes || e.use == Use::banked_returns;
        if ((needs_bank && !banked) || (in_it_block && e.use != Use::anywhere)) continue;
        if (!thumb || e.t32 != 0) return e;
    }
}

// --- where returns lead: one word that is SVC in either state, with two NOPs of Thumb before it

constexpr uint32_t kLandingWord = 512, kLanding = 0xEF00'DF42, kTwoNops = 0xBF00'BF00;

/// What r5 points into the middle of: words that serve RFE, LDR and LDM.
struct ReturnBlock {
    uint32_t before[2], address, psr, again;
};

uint32_t random_psr() {
    return (random() & 0xF80F'0000) | 0xC0 | (random() & 0x220) | kModes[below(7)];  // E and T too
}

uint32_t put_landing() {
    code[kLandingWord - 1] = kTwoNops;
    code[kLandingWord] = kLanding;
    return address_of(&code[kLandingWord]) | below(2);
}

/// Returns the address for r5.
uint32_t put_return_block(uint32_t landing) {
    auto* const block = reinterpret_cast<ReturnBlock*>(kTestRam + 0x20'0000 + below(64) * 64);
    const uint32_t psr = random_psr();
    *block = {{landing, psr}, landing, random_psr(), landing};
    return address_of(&block->address);
}

void filler(Snippet& s) {
    static constexpr uint32_t kA32[] = {0xE095'5006, 0xE057'7005, 0xE1A0'6AE5, 0xE019'9007,
                                        0xE2A8'8001, 0x1088'8005, 0xE229'9C01, 0xC1A0'A007};
    static constexpr uint32_t kT16[] = {0x19AD, 0x1B7F, 0x0AEE, 0x400F & 0xFFC0 | 0x3D,
                                        0x3601, 0x4175, 0x43AE, 0xBF00};
    const uint32_t n = below(8);
    if (s.thumb) {
        s.half(kT16[n]);
    } else {
        s.word(kA32[n]);
    }
}

void send_sgi() {
    *reinterpret_cast<volatile uint32_t*>(0x1049'0F00) = 0x0001'0000 | below(16);
    asm volatile("dsb" ::: "memory");
}
/// Takes whatever is pending at the interrupt controller away.
void drain() {
    for (;;) {
        const uint32_t iar = *reinterpret_cast<volatile uint32_t*>(0x1048'000C);
        if ((iar & 0x3FF) >= 1020) return;
        *reinterpret_cast<volatile uint32_t*>(0x1048'0010) = iar;
    }
}

uint32_t mixed(uint32_t hash, uint32_t value) { return (hash << 5 | hash >> 27) ^ value; }

uint32_t stack_base(uint32_t mode) { return kTestRam + 0x10'0000 + mode * 0x100; }

/// Registers, banks, and the memory that snippets write.
uint32_t hash_of(const End& end, uint32_t memory) {
    uint32_t hash = 0;
    for (const uint32_t r : end.r) hash = mixed(hash, r);
    for (const uint32_t m : kBanks) {
        hash = mixed(hash, stack_of(m));
        for (int32_t at = -4; at < 4; ++at)
            hash = mixed(hash, reinterpret_cast<volatile uint32_t*>(stack_base(m))[at]);
    }
    for (uint32_t i = 0; i < 16; ++i) hash = mixed(hash, reinterpret_cast<volatile uint32_t*>(memory)[i]);
    return hash;
}

void exception_step(Record& record) {
    Snippet s;
    s.thumb = one_in(2);
    const uint32_t mode = kModes[below(7)];
    const bool banked = mode != 0x10 && mode != 0x1F;
    const bool in_it_block = s.thumb && one_in(6);
    const Ending& ending = draw_ending(s.thumb, banked, in_it_block);
    const uint32_t fillers = in_it_block || returning(ending) ? 0 : below(5);
    for (uint32_t i = 0; i < fillers; ++i) filler(s);
    const uint32_t word = s.thumb ? ending.t32 : ending.a32;
    if (s.thumb && word < 0x10000) {
        s.half(word);
    } else {
        s.word(word);
    }
    for (uint32_t i = below(3); i > 0; --i) filler(s);
    s.thumb ? s.half(0xDF42) : s.word(0xEF00'0042);
    const uint32_t landing = put_landing();
    invalidate_code();

    Start start{};
    for (uint32_t& r : start.r) r = random();
    start.r[0] = kTestRam + below(64) * 64;
    start.r[1] = kUnmapped + below(64) * 4;
    start.r[2] = kTestRam + 2 + below(16) * 4;
    start.r[3] = 0x5000'0000 - 4;
    start.r[4] = (random() & 0xF800'0000) | 0xC0 | kModes[below(7)];
    if (returning(ending)) {
        start.r[5] = put_return_block(landing);
        start.r[6] = landing;
        start.r[7] = ~landing;
    }
    start.pc = address_of(code);
    start.cpsr = (random() & 0xF80F'0000) | mode | (s.thumb ? 0x20 : 0) | (random() & 0x1C0);
    if (in_it_block) {  // returns into the last instruction of an IT block
        const uint32_t condition = below(14);
        start.cpsr |= condition << 12 | 1u << 11;
    }
    // Room below every stack: the handlers use a little of the exception's own. Links lead nowhere.
    start.lr = kUnmapped + 0x8000 + below(256) * 4;
    for (const uint32_t m : kBanks) {
        const uint32_t spsr = random_psr();
        set_bank(m, stack_base(m), kUnmapped + 0x4000 + below(256) * 4, spsr);
    }
    write_cpacr(one_in(3) ? 0xF0'0000 : one_in(2) ? 0x50'0000 : 0);
    write_dfsr(0), write_ifsr(0), write_dfar(0), write_ifar(0);
    if (one_in(4)) send_sgi();
    End end{};
    write_vbar(address_of(snippet_vectors));
    run_snippet(&start, &end);
    write_vbar(address_of(guard_vectors));
    drain();
    record.action = end.vector;
    record.subject = word;
    record.address = start.cpsr;
    record.first_entry = end.lr;
    record.result = hash_of(end, start.r[0]);
    record.status = read_dfsr();
    record.fault_address = read_dfar();
    record.fault_link = read_ifsr();
    record.fault_psr = end.spsr;
    record.control = record.fault_link == 2 ? 0 : read_ifar();  // BKPT leaves IFAR UNKNOWN
    record.other = end.cpsr;
}

void prepare_exceptions() {
    for (uint32_t i = 0x400; i < 0x500; ++i) {  // user mode runs here too
        tables[0][i] |= 3u << 10;
        tables[1][i] |= 3u << 10;
    }
    invalidate_tlb();
    *reinterpret_cast<volatile uint32_t*>(0x1049'0000) = 1;
    *reinterpret_cast<volatile uint32_t*>(0x1049'0100) = 0xFFFF;
    *reinterpret_cast<volatile uint32_t*>(0x1048'0004) = 0xF0;
    *reinterpret_cast<volatile uint32_t*>(0x1048'0000) = 1;
    asm volatile("fmxr fpexc, %0" ::"r"(0));
    write_sctlr(read_sctlr() | kSwap);
}

void start_mmu() {
    identity(tables[0]), identity(tables[1]);
    write_ttbr0(address_of(tables[0]));
    write_ttbr1(address_of(tables[1]));
    write_ttbcr(0);
    write_dacr(1);
    write_prrr(0x000A'8002 | 1u << 2);
    write_nmrr(0x4000'4000);
    invalidate_tlb();
    write_sctlr(read_sctlr() | 0x1805);
}

void write_out(uint32_t bytes) {
    static char name[256];
    const uint32_t command_line[] = {address_of(name), sizeof name};
    semihosting(0x15, command_line);
    const char* path = name;
    for (const char* p = name; *p != 0; ++p) {
        if (*p == ' ') path = p + 1;
    }
    uint32_t length = 0;
    while (path[length] != 0) ++length;
    const uint32_t open[] = {address_of(path), 5, length};
    const uint32_t handle = semihosting(0x01, open);
    const uint32_t write[] = {handle, kTraceAddress, bytes};
    semihosting(0x05, write);
    semihosting(0x02, &handle);
}

}  // namespace

void system_main() {
    const auto* order = reinterpret_cast<const Order*>(kOrderAddress);
    const bool good = order->magic == kMagic;
    const uint32_t steps = good ? order->steps : 0;
    state = order->seed * 2 + 1;
    const bool mmu = order->kind == Class::mmu;
    start_mmu();
    write_vbar(address_of(guard_vectors));
    prepare_mmu();
    if (mmu) {
        change_control();
    } else {
        write_cpacr(0xF0'0000);
        prepare_exceptions();
    }
    auto* records = reinterpret_cast<Record*>(kTraceAddress);
    for (uint32_t step = 0; step < steps; ++step) {
        Record& record = records[step];
        record = {};
        record.step = step;
        mmu ? mmu_step(record) : exception_step(record);
    }
    write_sctlr(read_sctlr() & ~kAlign);
    write_out(steps * sizeof(Record));
    for (;;) semihosting(0x18, reinterpret_cast<const void*>(good ? 0x20026 : 0x20023));
}
