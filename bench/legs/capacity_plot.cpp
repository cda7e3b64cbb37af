#include <offhook/bench/legs/capacity_plot.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace offhook::bench {

namespace {

constexpr double kTickUs = 20'000, kMaxLoadPercent = 100 * kMaxLoad;
constexpr std::array kColours{"#2f6f9f", "#b5532c"};  // one colour for each path

std::optional<double> find(const std::vector<Result>& results, const std::string& name) {
  const auto found = std::find_if(results.begin(), results.end(), [&](const Result& result) { return result.name == name; });
  if (found == results.end()) return std::nullopt;
  return found->ours;
}

struct Axis {
  double least = 0, most = 1;
  bool is_logarithmic = false;
  std::vector<double> labels;

  /// Returns the position on the axis, 0..1. A value beyond an end of the axis is drawn at this end.
  [[nodiscard]] double place(double value) const {
    const double bounded = std::clamp(value, least, most);
    if (is_logarithmic) return std::log(bounded / least) / std::log(most / least);
    return (bounded - least) / (most - least);
  }
};
const Axis kLegs{0, 2200, false, {1, 400, 800, 1200, 1600, 2000}};
const Axis kPercent{0, 100, false, {0, 20, 40, 60, 80, 100}};
const Axis kLateMs{0.1, 100, true, {0.1, 1, 10, 100}};

constexpr int kWide = 400, kHigh = 260, kLeft = 60, kRight = 30, kTop = 80, kBottom = 78, kRow = 14;

/// Axes at (x0, kTop). The horizontal axis is the number of legs.
class Panel {
 public:
  Panel(int x0, const Axis& upwards) : x0_(x0), upwards_(upwards) {}
  [[nodiscard]] double x(double legs) const { return x0_ + kWide * kLegs.place(legs); }
  [[nodiscard]] double y(double value) const { return kTop + kHigh * (1 - upwards_.place(value)); }
  [[nodiscard]] std::string axes(const char* title, const char* unit) const {
    std::string svg = fmt::format("<text x=\"{}\" y=\"{}\" font-size=\"13\">{}</text>\n", x0_, kTop - 12, title);
    for (const double label : upwards_.labels) {
      svg += fmt::format("<path d=\"M{},{:.1f} h{}\" stroke=\"#ddd\"/>\n", x0_, y(label), kWide);
      svg += fmt::format("<text x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{} {}</text>\n", x0_ - 5, y(label) + 4, label, unit);
    }
    for (const double legs : kLegs.labels) {
      svg += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n", x(legs), kTop + kHigh + 16, legs);
    }
    return svg + fmt::format("<path d=\"M{0},{1} V{2} H{3}\" fill=\"none\" stroke=\"black\"/>\n", x0_, kTop, kTop + kHigh, x0_ + kWide);
  }
  [[nodiscard]] std::string mark(double value, const char* name) const {
    return fmt::format("<path d=\"M{},{:.1f} h{}\" stroke=\"black\" stroke-dasharray=\"2 3\"/>\n", x0_, y(value), kWide) +
           fmt::format("<text x=\"{}\" y=\"{:.1f}\">{}</text>\n", x0_ + 6, y(value) - 4, name);
  }
  /// Draws one line. `of` returns the value of a point, or nullopt. A point without a value is left out.
  template <class Of>
  [[nodiscard]] std::string line(const std::vector<CapacityPoint>& points, const char* style, Of of) const {
    std::string path;
    for (const auto& point : points) {
      const std::optional<double> value = of(point);
      if (value) path += fmt::format("{}{:.1f},{:.1f}", path.empty() ? "M" : " L", x(static_cast<double>(point.legs)), y(*value));
    }
    return path.empty() ? path : fmt::format("<path d=\"{}\" fill=\"none\" {}/>\n", path, style);
  }
  /// Writes the number of missed packets of each point in this row below the axis. Leaves out points without missed packets.
  [[nodiscard]] std::string missed(const std::vector<CapacityPoint>& points, std::size_t row, const char* colour) const {
    const int below = kTop + kHigh + 18 + kRow * static_cast<int>(row + 1);
    std::string svg = fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"end\" fill=\"{}\">missed</text>\n", x0_ - 5, below, colour);
    for (const auto& point : points) {
      if (point.missed <= 0) continue;
      const std::string count = point.missed < 10'000 ? fmt::format("{:.0f}", point.missed) : fmt::format("{:.0f}k", point.missed / 1000);
      svg += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\" fill=\"{}\">{}</text>\n", x(static_cast<double>(point.legs)), below, colour, count);
    }
    return svg;
  }

 private:
  int x0_;
  const Axis& upwards_;
};

std::string draw(const Panel& load, const Panel& late, const std::vector<CapacityPoint>& points, std::size_t row) {
  const char* const colour = kColours[row];
  const std::string whole = fmt::format("stroke=\"{}\" stroke-width=\"2\"", colour), part = whole + " stroke-dasharray=\"5 4\"";
  std::string svg = load.line(points, whole.c_str(), [](const CapacityPoint& point) { return std::optional(point.load_percent); });
  svg += load.line(points, part.c_str(), [](const CapacityPoint& point) { return point.kernel_percent; });
  svg += late.line(points, whole.c_str(), [](const CapacityPoint& point) { return std::optional(point.late_p99_ms); });
  return svg + late.missed(points, row, colour);
}

std::string caption(std::string_view path, const std::vector<CapacityPoint>& points) {
  const auto most = std::find_if(points.rbegin(), points.rend(), [](const CapacityPoint& point) { return point.is_clean(); });
  if (most == points.rend()) return std::string(path);
  return fmt::format("{}: {} legs are within the marks, 20 ms of one leg take {:.1f} us", path, most->legs, most->leg_us());
}

}  // namespace

std::string plotted_row(std::string_view path, std::size_t legs, std::string_view what) { return fmt::format("capacity.plot.{}.{}.{}", path, legs, what); }

bool CapacityPoint::is_clean() const { return load_percent <= kMaxLoadPercent && late_p99_ms < kMaxLateMs && missed == 0; }
double CapacityPoint::leg_us() const { return load_percent / 100 * kTickUs / static_cast<double>(legs); }

std::vector<CapacityPoint> capacity_points(const std::vector<Result>& results, std::string_view path) {
  std::vector<CapacityPoint> points;
  for (const std::size_t legs : kPlottedLegs) {
    const auto figure = [&](std::string_view what) { return find(results, plotted_row(path, legs, what)); };
    const auto load = figure("load"), late = figure("tick_p99_ms"), share = figure("kernel_share");
    if (!load || !late) continue;
    points.push_back({legs, *load, std::nullopt, *late, figure("missed").value_or(0)});
    if (share) points.back().kernel_percent = *load * *share / 100;
  }
  return points;
}

std::string to_capacity_svg(const std::vector<Result>& results) {
  constexpr int kStep = kLeft + kWide + kRight, kWidth = 2 * kStep, kHeight = kTop + kHigh + kBottom;
  const Panel load(kLeft, kPercent), late(kLeft + kStep, kLateMs);
  std::string lines;
  int name_x = kLeft;
  for (std::size_t i = 0; i < kPlottedPaths.size(); ++i) {
    const auto points = capacity_points(results, kPlottedPaths[i]);
    if (points.empty()) continue;
    lines += draw(load, late, points, i);
    lines += fmt::format("<text x=\"{}\" y=\"{}\" fill=\"{}\">{}</text>\n", name_x, kHeight - 10, kColours[i], caption(kPlottedPaths[i], points));
    name_x += kStep;
  }
  if (lines.empty()) return lines;
  return fmt::format(
             "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" font-family=\"sans-serif\" "
             "font-size=\"11\">\n<rect width=\"{0}\" height=\"{1}\" fill=\"white\"/>\n"
             "<text x=\"12\" y=\"20\" font-size=\"14\">One core with 1 to 2,200 legs of G.711 as the agent ships them</text>\n"
             "<text x=\"12\" y=\"38\">Solid: the whole load. Dashed: the kernel's part of it. Missed: packets and frames missed in five seconds; "
             "no number means none.</text>\n",
             kWidth, kHeight) +
         load.axes("Load of the core, over legs", "%") + load.mark(kMaxLoadPercent, "mark: 80 %") +
         late.axes("99th percentile of the time to complete a tick, over legs", "ms") + late.mark(kMaxLateMs, "mark: 2 ms") + lines + "</svg>\n";
}

}  // namespace offhook::bench
