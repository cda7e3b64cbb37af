#include <offhook/bench/jitter_pareto.hpp>

#include <offhook/bench/jitter_players.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace offhook::bench {

namespace {

struct Point {
  double delay_ms = 0, concealed_percent = 0;
};

template <class Play>
Point mean_over_phases(Play play_at) {
  Point mean;
  for (const double phase : kPhases) {
    const Playing playing = play_at(phase);
    mean.delay_ms += playing.mean_delay_ms / std::size(kPhases);
    mean.concealed_percent += playing.concealed_percent / std::size(kPhases);
  }
  return mean;
}

Point ours(const JitterTrace& trace, const rtp::DelayProfile& profile) {
  return mean_over_phases([&](double phase) { return play(trace, profile, phase); });
}

constexpr int kWide = 320, kHigh = 220, kLeft = 60, kRight = 30, kTop = 70, kStep = 300;
constexpr double kMostDelay = 160, kMostPercent = 10, kLeastPercent = 0.03;

/// The axes of the plot of one trace at (x0, y0). The axis of percentages is logarithmic.
class Panel {
 public:
  Panel(int x0, int y0) : x0_(x0), y0_(y0) {}
  [[nodiscard]] double x(double delay) const { return x0_ + kWide * std::min(delay, kMostDelay) / kMostDelay; }
  [[nodiscard]] double y(double percent) const {
    const double bounded = std::clamp(percent, kLeastPercent, kMostPercent);
    const double share = std::log(bounded / kLeastPercent) / std::log(kMostPercent / kLeastPercent);
    return y0_ + kHigh * (1 - share);
  }
  [[nodiscard]] std::string axes(const std::string& title) const {
    std::string svg = fmt::format("<text x=\"{}\" y=\"{}\" font-size=\"13\">{}</text>\n", x0_, y0_ - 8, title);
    for (const double percent : {0.1, 1.0, 10.0}) {
      svg += fmt::format("<path d=\"M{},{:.1f} h{}\" stroke=\"#ddd\"/>\n", x0_, y(percent), kWide);
      svg += fmt::format("<text x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{} %</text>\n", x0_ - 5, y(percent) + 4, percent);
    }
    for (int delay = 0; delay <= 160; delay += 40) {
      svg += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n", x(delay), y0_ + kHigh + 16, delay);
    }
    return svg + fmt::format("<path d=\"M{0},{1} V{2} H{3}\" fill=\"none\" stroke=\"black\"/>\n", x0_, y0_, y0_ + kHigh, x0_ + kWide);
  }
  [[nodiscard]] std::string line(const std::vector<Point>& points, const char* style) const {
    std::string path;
    for (const auto& point : points) {
      path += fmt::format("{}{:.1f},{:.1f}", path.empty() ? "M" : " L", x(point.delay_ms), y(point.concealed_percent));
    }
    return fmt::format("<path d=\"{}\" fill=\"none\" {}/>\n", path, style);
  }
  [[nodiscard]] std::string dot(const Point& point, const char* colour, const char* name) const {
    const double at_x = x(point.delay_ms), at_y = y(point.concealed_percent);
    return fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\" fill=\"{}\"/>\n", at_x, at_y, colour) +
           fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", at_x + 7, at_y - 5, name);
  }

 private:
  int x0_, y0_;
};

std::vector<Point> fixed_curve(const JitterTrace& trace) {
  const auto delays = relative_delays_ms(trace);
  std::vector<Point> points;
  for (double percent = trace.loss_percent + 0.03; percent < kMostPercent; percent *= 1.1) {
    points.push_back({best_fixed_delay_ms(delays, percent), percent});
  }
  return points;
}

std::string panel_of(const JitterTrace& trace, const Panel& panel) {
  std::vector<Point> curve;
  for (const double price : {1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 120.0, 300.0}) curve.push_back(ours(trace, {.ms_per_percent = price}));
  std::string svg = panel.axes(fmt::format("{}: {}", trace.name, trace.what));
  svg += panel.line(fixed_curve(trace), "stroke=\"#888\" stroke-dasharray=\"4 3\"");
  svg += panel.line(curve, "stroke=\"#2f6f9f\" stroke-width=\"2\"");
  svg += panel.dot(ours(trace, rtp::kCallProfile), "#2f6f9f", "call");
  svg += panel.dot(ours(trace, rtp::kRecogniserProfile), "#2f6f9f", "recogniser");
  svg += panel.dot(mean_over_phases([&](double phase) { return play_by_speexdsp(trace, phase); }), "#c0392b", "speexdsp");
  return svg;
}

}  // namespace

std::string jitter_svg() {
  constexpr int kWidth = 2 * (kLeft + kWide + kRight), kHeight = kTop + 2 * kStep;
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" font-family=\"sans-serif\" "
      "font-size=\"11\">\n<rect width=\"{0}\" height=\"{1}\" fill=\"white\"/>\n"
      "<text x=\"12\" y=\"20\" font-size=\"14\">Concealed audio over the mean delay in ms: lower and further left is better</text>\n"
      "<text x=\"12\" y=\"38\">Solid: Offhook, for different prices of one percent in ms of delay. Dashed: the best fixed delay, which is known "
      "only afterwards and need not be a multiple of 20 ms.</text>\n",
      kWidth, kHeight);
  int place = 0;
  for (const char* name : {"T2", "T3", "T7", "T8"}) {
    svg += panel_of(jitter_trace(name), Panel(kLeft + place % 2 * (kLeft + kWide + kRight), kTop + place / 2 * kStep));
    ++place;
  }
  return svg + "</svg>\n";
}

}  // namespace offhook::bench
