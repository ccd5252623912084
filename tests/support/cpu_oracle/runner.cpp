// Bare-metal ARM program: runs a batch of cases and writes their results to the file named on the semihosting
// command line. Freestanding; the MMU maps RAM as cacheable Normal memory (so that unaligned accesses are
// legal) and nothing else.
#include "case.hpp"

using namespace exysim::test::oracle;

extern "C" {
void run_case(const Case*, Result*);
uint32_t semihosting(uint32_t operation, const void* parameters);
uint32_t build_page_table();
[[noreturn]] void runner_main();
}

namespace {

// Semihosting for AArch32 (ARM's "Semihosting for AArch32 and AArch64").
enum Operation : uint32_t {
    kOpen = 0x01,
    kClose = 0x02,
    kWrite = 0x05,
    kGetCommandLine = 0x15,
    kExit = 0x18
};
constexpr uint32_t kOpenWriteBinary = 5;
constexpr uint32_t kExitSuccess = 0x20026, kExitError = 0x20023;

alignas(16384) uint32_t page_table[4096];

[[noreturn]] void exit_with(uint32_t reason) {
    for (;;) semihosting(kExit, reinterpret_cast<const void*>(reason));
}

uint32_t address_of(const void* pointer) { return reinterpret_cast<uint32_t>(pointer); }

void write_results(uint32_t bytes) {
    static char name[256];
    const uint32_t command_line[] = {address_of(name), sizeof name};
    if (semihosting(kGetCommandLine, command_line) != 0) exit_with(kExitError);
    const char* path = name;  // "program path": the path is the last word
    for (const char* p = name; *p; ++p)
        if (*p == ' ') path = p + 1;
    uint32_t length = 0;
    while (path[length]) ++length;
    const uint32_t open[] = {address_of(path), kOpenWriteBinary, length};
    const uint32_t handle = semihosting(kOpen, open);
    const uint32_t write[] = {handle, kResultAddress, bytes};
    if (handle == ~0u || semihosting(kWrite, write) != 0) exit_with(kExitError);
    semihosting(kClose, &handle);
}

}  // namespace

/// RAM as sections, Normal write-back write-allocate (TEX 001, C, B), full access (AP 011), domain 0.
uint32_t build_page_table() {
    constexpr uint32_t kSection = 0x2 | 1u << 2 | 1u << 3 | 3u << 10 | 1u << 12;
    for (uint32_t i = 0; i < 4096; ++i) page_table[i] = i >= 0x400 && i < 0x500 ? i << 20 | kSection : 0;
    return address_of(page_table);
}

void runner_main() {
    const auto* batch = reinterpret_cast<const Batch*>(kBatchAddress);
    const auto* cases = reinterpret_cast<const Case*>(kBatchAddress + sizeof(Batch));
    auto* results = reinterpret_cast<Result*>(kResultAddress);
    auto* scratch = reinterpret_cast<volatile uint32_t*>(kScratchAddress);
    if (batch->magic != kBatchMagic) exit_with(kExitError);
    for (uint32_t i = 0; i < batch->count; ++i) {
        for (uint32_t word = 0; word < kScratchBytes / 4; ++word)
            scratch[word] = scratch_word(cases[i].scratch_seed, word);
        run_case(&cases[i], &results[i]);
        for (uint32_t word = 0; word < kScratchBytes / 4; ++word) results[i].scratch[word] = scratch[word];
    }
    write_results(batch->count * sizeof(Result));
    exit_with(kExitSuccess);
}
