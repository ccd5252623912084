// Floating point: bodies under gravity in double precision, a filter and an integer conversion loop in single
// precision.
#include "program.hpp"

namespace {

struct Body {
    double position[3], velocity[3], mass;
};

constexpr int kBodies = 5;
Body bodies[kBodies];

void step(double dt) {
    for (int i = 0; i < kBodies; ++i)
        for (int j = i + 1; j < kBodies; ++j) {
            double delta[3], square = 0.01;
            for (int k = 0; k < 3; ++k) {
                delta[k] = bodies[i].position[k] - bodies[j].position[k];
                square += delta[k] * delta[k];
            }
            const double magnitude = dt / (square * __builtin_sqrt(square));
            for (int k = 0; k < 3; ++k) {
                bodies[i].velocity[k] -= delta[k] * bodies[j].mass * magnitude;
                bodies[j].velocity[k] += delta[k] * bodies[i].mass * magnitude;
            }
        }
    for (Body& body : bodies)
        for (int k = 0; k < 3; ++k) body.position[k] += dt * body.velocity[k];
}

float signal[1024], filtered[1024];

uint32_t filter() {
    static constexpr float kTaps[8] = {0.05f, 0.1f, 0.15f, 0.2f, 0.2f, 0.15f, 0.1f, 0.05f};
    for (int i = 0; i + 8 < 1024; ++i) {
        float sum = 0;
        for (int tap = 0; tap < 8; ++tap) sum += kTaps[tap] * signal[i + tap];
        filtered[i] = sum;
    }
    uint32_t checksum = 0;
    for (const float value : filtered)
        checksum = checksum * 31 + static_cast<uint32_t>(static_cast<int32_t>(value * 1000));
    return checksum;
}

}  // namespace

uint32_t benchmark() {
    uint32_t seed = 3, sum = 0;
    for (Body& body : bodies) {
        for (int k = 0; k < 3; ++k) {
            body.position[k] = static_cast<int32_t>(next_random(seed)) * 1e-9;
            body.velocity[k] = static_cast<int32_t>(next_random(seed)) * 1e-10;
        }
        body.mass = (next_random(seed) & 0xFF) * 0.01;
    }
    for (float& value : signal) value = static_cast<float>(static_cast<int32_t>(next_random(seed))) * 1e-6f;
    for (int round = 0; round < 250; ++round) {
        for (int i = 0; i < 500; ++i) step(0.001);
        for (int i = 0; i < 20; ++i) sum += filter();
    }
    for (const Body& body : bodies)
        sum = sum * 31 + static_cast<uint32_t>(static_cast<int32_t>(body.position[0] * 1e6));
    return sum;
}
