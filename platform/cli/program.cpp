// The program's entry. SystemC wants to be started first; its copyright banner is for developers of models.
#include <cstdlib>
#include <systemc>

#include "models/base/tlm/main_stack.hpp"
#include "platform/cli/commands.hpp"

int sc_main(int argc, char* argv[]) {
    const exysim::MainStack stack;
    return exysim::cli::main({argv + 1, argv + argc});
}

int main(int argc, char* argv[]) {
    setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 0);
    return sc_core::sc_elab_and_sim(argc, argv);
}
