// Runs one of this folder's bare-metal programs on the built simulator or on QEMU.
#pragma once

#include <string>
#include <vector>

namespace exysim::test::smp {

struct Run {
    int status = -1;
    std::string output;
};

/// `settings`: what --set takes, besides cpu.count.
Run on_exysim(const std::string& program, const std::string& platform, unsigned cores,
              const std::vector<std::string>& settings = {});
Run on_qemu(const std::string& program, unsigned cores);

}  // namespace exysim::test::smp
