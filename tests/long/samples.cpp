#include "samples.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace offhook_test {

namespace {

constexpr std::size_t kFewest = 8;
constexpr double kMemoryShare = 1.02, kMemoryKb = 1024, kDescriptors = 8, kLateTimes = 2, kLateMs = 5;

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

struct Column {
  const char* name;
  double Sample::* of;
  const char* colour;
};
constexpr std::array<Column, 3> kColumns{Column{"resident memory, kB", &Sample::memory_kb, "#1f77b4"},
                                         Column{"descriptors", &Sample::descriptors, "#2ca02c"},
                                         Column{"lateness of ticks, 99th percentile, ms", &Sample::late_p99_ms, "#d62728"}};

constexpr int kWide = 640, kHigh = 110, kLeft = 70, kStep = 160, kTop = 50;

std::string shown(double value) { return value < 100 ? fmt::format("{:.3g}", value) : fmt::format("{:.0f}", value); }

std::string panel(const std::vector<Sample>& samples, const Column& column, int top) {
  double most = 0;
  for (const auto& sample : samples) most = std::max(most, sample.*column.of);
  const double scale = most > 0 ? kHigh / (1.1 * most) : 0, width = std::max(samples.back().minutes, 0.001);
  std::string points;
  for (const auto& sample : samples)
    points += fmt::format("{:.1f},{:.1f} ", kLeft + kWide * sample.minutes / width, top + kHigh - scale * (sample.*column.of));
  return fmt::format("<text x=\"{}\" y=\"{}\">{}</text>\n<path d=\"M{},{} v{} h{}\" fill=\"none\" stroke=\"black\"/>\n", kLeft, top - 6,
                     column.name, kLeft, top, kHigh, kWide) +
         fmt::format("<text x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>\n", kLeft - 5, top + kHigh - scale * most + 4, shown(most)) +
         fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"end\">0</text>\n", kLeft - 5, top + kHigh + 4) +
         fmt::format("<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.5\"/>\n", points, column.colour);
}

}  // namespace

double resident_kb() {
  std::ifstream file("/proc/self/statm");
  double all = 0, resident = 0;
  file >> all >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1024;
}

std::size_t open_descriptors() {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator{}));
}

Drift drift_of(const std::vector<Sample>& samples, double Sample::* column) {
  const std::size_t quarter = samples.size() / 4;
  std::vector<double> early, late;
  for (std::size_t i = 0; i < quarter; ++i) {
    early.push_back(samples[quarter + i].*column);
    late.push_back(samples[samples.size() - quarter + i].*column);
  }
  return {median(early), median(late)};
}

std::string growth_of(const std::vector<Sample>& samples) {
  if (samples.size() < kFewest) return fmt::format("{} samples are too few to tell", samples.size());
  std::string grown;
  const auto check = [&](const char* what, Drift drift, double allowed) {
    if (drift.late > allowed) grown += fmt::format("{}{} grew from {} to {}", grown.empty() ? "" : "; ", what, shown(drift.early), shown(drift.late));
  };
  const auto memory = drift_of(samples, &Sample::memory_kb);
  check("memory (kB)", memory, std::max(memory.early * kMemoryShare, memory.early + kMemoryKb));
  const auto descriptors = drift_of(samples, &Sample::descriptors);
  check("descriptors", descriptors, descriptors.early + kDescriptors);
  const auto lateness = drift_of(samples, &Sample::late_p99_ms);
  check("lateness (ms)", lateness, std::max(lateness.early * kLateTimes, kLateMs));
  return grown;
}

std::string to_svg(const std::vector<Sample>& samples, const std::string& title) {
  const int high = kTop + static_cast<int>(kColumns.size()) * kStep;
  std::string svg = fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" font-family=\"sans-serif\" font-size=\"11\">\n"
                                "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n<text x=\"{}\" y=\"20\" font-size=\"14\">{}</text>\n",
                                kLeft + kWide + 30, high, kLeft, title);
  if (samples.empty()) return svg + "</svg>\n";
  for (std::size_t i = 0; i < kColumns.size(); ++i) svg += panel(samples, kColumns[i], kTop + static_cast<int>(i) * kStep);
  return svg + fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{:.3g} minutes</text>\n</svg>\n", kLeft + kWide, high - 20, samples.back().minutes);
}

}  // namespace offhook_test
