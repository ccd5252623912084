// The pipeline runner: does what the scenario in the device tree says, then exits with 0, or with 1 and a
// sentence.
#include <cstdio>

#include "apps/runner/pipeline.hpp"
#include "apps/runner/scenario.hpp"
#include "apps/support/error.hpp"

int main() {
    using namespace apps::runner;
    try {
        const Scenario scenario = read_scenario();
        if (scenario.pipelines.size() > 1) throw apps::Error{"more than one pipeline is not supported yet"};
        const Pipeline& pipeline = scenario.pipelines.front();
        CameraToDisplay camera_to_display{pipeline};
        std::printf("runner: %s: %s to %s, %u frames\n", pipeline.name.c_str(),
                    pipeline.source.device.c_str(), pipeline.sink.device.c_str(), scenario.frames);
        camera_to_display.run(scenario.frames);
        std::printf("runner: %s: done\n", pipeline.name.c_str());
        return 0;
    } catch (const apps::Error& e) {
        std::fprintf(stderr, "runner: %s\n", e.what());
        return 1;
    }
}
