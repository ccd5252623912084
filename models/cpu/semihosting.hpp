// ARM semihosting: a program asks the host for console, files and the end of the run through SVC or BKPT.
// Source: Arm "Semihosting for AArch32 and AArch64", release 3.0 (operation numbers and parameter blocks).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace exysim::cpu {

struct Core;

/// What the host offers. Files other than the console are refused unless overridden.
struct SemihostingHost {
    virtual ~SemihostingHost() = default;
    /// Console output.
    virtual void write(std::span<const uint8_t> bytes) = 0;
    /// One byte from the console, or -1 if there is none.
    virtual int read() { return -1; }
    /// The program ends; the core halts after this call.
    virtual void exit(uint32_t status) = 0;
    /// Arguments of the program, one line.
    virtual std::string command_line() { return {}; }
    /// Hundredths of a second of simulated time since the start; seconds since 1970 as the guest shall see
    /// them.
    virtual uint64_t centiseconds() { return 0; }
    virtual uint32_t seconds() { return 0; }

    /// Opens a file (mode as fopen's index in the specification) and returns its handle, at least 3; -1
    /// refuses.
    virtual int open(std::string_view, uint32_t) { return -1; }
    virtual bool close(int) { return false; }
    /// Bytes read or written; -1 on error.
    virtual int read_file(int, std::span<uint8_t>) { return -1; }
    virtual int write_file(int, std::span<const uint8_t>) { return -1; }
    virtual bool seek(int, uint32_t) { return false; }
    virtual int64_t length(int) { return -1; }
};

/// Performs the operation in r0 with the parameters r1 points to and leaves the result in r0.
void semihosting_call(Core& core);

}  // namespace exysim::cpu
