// A bytecode interpreter: one indirect branch an instruction.
#include "program.hpp"

namespace {

enum Opcode : uint8_t { kPush, kAdd, kMultiply, kXor, kLoad, kStore, kDecrement, kJumpIfNot0, kSwap, kHalt };

// Runs `counter` times over a small body; variables 0 (counter), 1 and 2.
constexpr uint8_t kProgram[] = {
    kLoad,      1, kLoad,       2, kAdd, kPush, 13, kMultiply, kStore, 1,          //
    kLoad,      2, kLoad,       1, kXor, kPush, 7,  kSwap,     kAdd,   kStore, 2,  //
    kDecrement, 0, kJumpIfNot0, 0, 0,    kHalt,
};

[[gnu::noinline]] uint32_t run(const uint8_t* program, uint32_t counter) {
    uint32_t variables[4] = {counter, 1, 2, 0}, stack[16];
    uint32_t* top = stack;
    for (const uint8_t* pc = program;;) {
        switch (*pc++) {
            case kPush:
                *top++ = *pc++;
                break;
            case kAdd:
                --top;
                top[-1] += top[0];
                break;
            case kMultiply:
                --top;
                top[-1] *= top[0];
                break;
            case kXor:
                --top;
                top[-1] ^= top[0];
                break;
            case kLoad:
                *top++ = variables[*pc++ & 3];
                break;
            case kStore:
                variables[*pc++ & 3] = *--top;
                break;
            case kDecrement:
                --variables[*pc++ & 3];
                break;
            case kJumpIfNot0:
                pc = variables[pc[0] & 3] ? program + pc[1] : pc + 2;
                break;
            case kSwap: {
                const uint32_t x = top[-1];
                top[-1] = top[-2];
                top[-2] = x;
                break;
            }
            default:
                return variables[1] ^ variables[2];
        }
    }
}

}  // namespace

uint32_t benchmark() { return run(kProgram, 3'000'000); }
