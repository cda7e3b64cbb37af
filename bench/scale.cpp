#include <offhook/bench/scale.hpp>

#include <offhook/bench/call_pair.hpp>
#include <offhook/bench/heap.hpp>
#include <offhook/bench/registered_stack.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

namespace offhook::bench {

namespace {

using namespace std::chrono_literals;

double dialog_octets(std::size_t count) {
  CallPair pair;
  pair.complete_call();  // In its first call a stack allocates memory that it keeps. This call comes first, so that this memory does not count.
  pair.pass(300s);
  const double before = octets_held();
  for (std::size_t i = 0; i < count; ++i) {
    pair.add_dialog();
    pair.pass(1ms);
  }
  pair.pass(300s);
  return (octets_held() - before) / static_cast<double>(2 * count);
}

double registration_octets(std::size_t count) {
  const double before = octets_held();
  RegisteredStack stack(count);
  stack.pass(100s);
  return (octets_held() - before) / static_cast<double>(count);
}

struct Line {
  std::string name, unit;
  std::vector<std::pair<double, double>> points;
};

std::vector<Line> lines_of(const std::vector<Result>& results) {
  std::vector<Line> lines;
  for (const auto& result : results) {
    for (const std::size_t count : kScale) {
      const std::string mark = "_" + std::to_string(count);
      const auto at = result.name.find(mark);
      if (at == std::string::npos || (at + mark.size() < result.name.size() && result.name[at + mark.size()] != '.')) continue;
      const std::string name = result.name.substr(0, at) + result.name.substr(at + mark.size());
      auto line = std::find_if(lines.begin(), lines.end(), [&](const Line& known) { return known.name == name; });
      if (line == lines.end()) line = lines.insert(lines.end(), {name, result.unit, {}});
      line->points.emplace_back(static_cast<double>(count), result.ours);
    }
  }
  return lines;
}

constexpr int kWide = 300, kHigh = 150, kLeft = 60, kRight = 40, kTop = 60, kStep = 230;

std::string panel(const Line& line, int x0, int y0) {
  double most = 0;
  for (const auto& [count, value] : line.points) most = std::max(most, value);
  const auto x = [&](double count) { return x0 + kWide * std::log10(count) / 5; };
  const auto y = [&](double value) { return y0 + kHigh * (1 - value / (1.25 * most)); };
  std::string svg = fmt::format("<text x=\"{}\" y=\"{}\" font-size=\"13\">{} ({})</text>\n", x0, y0 - 8, line.name, line.unit);
  svg += fmt::format("<path d=\"M{0},{1} V{2} H{3}\" fill=\"none\" stroke=\"black\"/>\n", x0, y0, y0 + kHigh, x0 + kWide);
  std::string path;
  for (const auto& [count, value] : line.points) {
    path += fmt::format("{}{:.1f},{:.1f}", path.empty() ? "M" : " L", x(count), y(value));
    svg += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\" fill=\"#2f6f9f\"/>\n", x(count), y(value));
    svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{:.0f}</text>\n", x(count), y(value) - 8, value);
    svg += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{:.0f}</text>\n", x(count), y0 + kHigh + 16, count);
  }
  return svg + fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"#2f6f9f\" stroke-width=\"2\"/>\n", path);
}

}  // namespace

std::vector<Measurement> memory_measurements() {
  std::vector<Measurement> measurements;
  const auto add = [&](const std::string& name, double (*octets)(std::size_t), std::size_t count) {
    measurements.push_back({name, 1 + static_cast<double>(count) / 10000, [=] { return std::vector<Result>{{name, "octets", octets(count), {}}}; }});
  };
  for (const std::size_t count : kScale) {
    if (count < 1000) continue;  // With fewer dialogs, the initial size of a table would dominate the result.
    add("sip.dialog.bytes_" + std::to_string(count), dialog_octets, count);
    add("sip.registration.bytes_" + std::to_string(count), registration_octets, count);
  }
  return measurements;
}

std::string to_scale_svg(const std::vector<Result>& results) {
  const std::vector<Line> lines = lines_of(results);
  if (lines.empty()) return {};
  const int rows = static_cast<int>((lines.size() + 1) / 2);
  const int width = 2 * (kLeft + kWide + kRight), height = kTop + rows * kStep;
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" font-family=\"sans-serif\" "
      "font-size=\"11\">\n<rect width=\"{0}\" height=\"{1}\" fill=\"white\"/>\n"
      "<text x=\"12\" y=\"20\" font-size=\"14\">Cost over the number of dialogs or registrations in one stack: flat is "
      "good</text>\n",
      width, height);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const int column = static_cast<int>(i % 2), row = static_cast<int>(i / 2);
    svg += panel(lines[i], kLeft + column * (kLeft + kWide + kRight), kTop + row * kStep);
  }
  return svg + "</svg>\n";
}

}  // namespace offhook::bench
