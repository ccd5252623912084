// Runner for tests that elaborate SystemC: one TEST_CASE per process, SystemC warnings are failures.
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#include <systemc>

#include "models/base/tlm/main_stack.hpp"

int sc_main(int argc, char* argv[]) {
    const exysim::MainStack stack;
    sc_core::sc_report_handler::set_actions(sc_core::SC_WARNING, sc_core::SC_DISPLAY | sc_core::SC_THROW);
    return Catch::Session().run(argc, argv);
}
