// An ordinary C++ program, whose static armhf binary shows which instructions compilers and glibc use.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

double statistics(const std::vector<double>& values) {
    double sum = 0;
    for (const double v : values) sum += std::sin(v) * std::exp(-v) + std::sqrt(v) + std::fma(v, v, 1.0);
    return sum / static_cast<double>(values.size());
}

}  // namespace

int main(int argc, char** argv) try {
    std::vector<double> values;
    for (int i = 1; i < 100 * argc; ++i) values.push_back(std::pow(i, 1.5) / 7);
    std::sort(values.begin(), values.end(), std::greater<>{});
    std::map<std::string, float> names;
    for (int i = 0; i < argc; ++i) names[argv[i]] += static_cast<float>(i) * 0.5f;
    std::ostringstream text;
    for (const auto& [name, value] : names) text << name << '=' << value << ' ';
    std::thread{[&] {
        std::printf("%s %.17g %lld\n", text.str().c_str(), statistics(values), 1ll << 40);
    }}.join();
    if (argc > 5) throw std::runtime_error{"too many"};
} catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
