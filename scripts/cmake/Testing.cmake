# Catch2 v2 wiring. Unit tests run as one program per area; system tests start one process per TEST_CASE,
# because SystemC elaborates once per process.
include(CTest)
find_package(Catch2 2 REQUIRED)
include(Catch)

# exysim_unit_test(area SOURCES ... LINKS ...): program unit_<area>, label `unit`, no SystemC needed.
function(exysim_unit_test area)
    cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
    add_executable(unit_${area} ${ARG_SOURCES})
    target_link_libraries(unit_${area} PRIVATE exysim_options test_main ${ARG_LINKS})
    add_test(NAME unit_${area} COMMAND unit_${area})
    set_tests_properties(unit_${area} PROPERTIES LABELS unit)
endfunction()

# A name that the filter does not find is a failure; a semicolon in a name would split it.
# exysim_system_test(area SOURCES ... LINKS ...): program system_<area>, one CTest entry per TEST_CASE, label `system`.
function(exysim_system_test area)
    cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
    add_executable(system_${area} ${ARG_SOURCES})
    target_link_libraries(system_${area} PRIVATE exysim_options test_systemc_main ${ARG_LINKS})
    catch_discover_tests(system_${area} TEST_PREFIX "${area}: " EXTRA_ARGS -w NoTests
                         PROPERTIES LABELS system DISCOVERY_MODE PRE_TEST)
endfunction()
