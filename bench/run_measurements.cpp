#include <offhook/bench/run_measurements.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>

namespace offhook::bench {

namespace {

std::string duration(double seconds) {
  return seconds < 100 ? fmt::format("{:.0f} s", seconds) : fmt::format("{:.0f} min", seconds / 60);
}

double seconds_of(std::vector<Measurement>::const_iterator begin, std::vector<Measurement>::const_iterator end) {
  double sum = 0;
  for (; begin != end; ++begin) sum += begin->seconds;
  return sum;
}

std::vector<Result> results_of(const Measurement& measurement) {
  try {
    return measurement.run();
  } catch (const std::exception& error) {
    return {Result::failed(measurement.name, error.what())};
  }
}

}  // namespace

std::vector<Result> run_measurements(const std::vector<Measurement>& measurements, const std::function<void(const std::string&)>& say,
                                     const std::function<void(const std::vector<Result>&)>& keep) {
  constexpr double kKnownAfter = 20;  // after so many seconds, the speed of this machine scales the remaining time
  std::vector<Result> results;
  const auto begin = std::chrono::steady_clock::now();
  for (auto at = measurements.begin(); at != measurements.end(); ++at) {
    const double passed = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    const double planned = seconds_of(measurements.begin(), at);
    const double pace = planned > kKnownAfter ? passed / planned : 1;
    say(fmt::format("[{}/{}] {}, about {} left", at - measurements.begin() + 1, measurements.size(), at->name,
                    duration(pace * seconds_of(at, measurements.end()))));
    for (auto& result : results_of(*at)) {
      if (!result.failure.empty()) say(fmt::format("{} failed: {}", result.name, result.failure));
      results.push_back(std::move(result));
    }
    keep(results);
  }
  return results;
}

std::string to_list(const std::vector<Measurement>& measurements) {
  std::size_t width = 0;
  for (const auto& each : measurements) width = std::max(width, each.name.size());
  std::string list;
  for (const auto& each : measurements) list += fmt::format("{:<{}}  about {}\n", each.name, width, duration(each.seconds));
  return list + fmt::format("{} measurements, about {}\n", measurements.size(), duration(seconds_of(measurements.begin(), measurements.end())));
}

}  // namespace offhook::bench
