#include <offhook/bench/echo_figures.hpp>

#include <offhook/bench/echo_trial.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace offhook::bench {

namespace {

constexpr std::array kDelaysMs{20, 60, 120, 200, 300, 400};
constexpr std::array kLossesDb{6, 10, 15, 20, 25, 30, 40};
constexpr std::array kColours{"#2f6f9f", "#5b9f2f", "#9f8a2f", "#b5532c", "#7a3f9f", "#333333"};
constexpr double kSeconds = 600;
constexpr double kMostMs = 400;  // the upper end of the plot's axis

std::string row(const char* what, int loss_db, int delay_ms) { return fmt::format("echo.{}.loss_{}.delay_{}", what, loss_db, delay_ms); }

const Result* find(const std::vector<Result>& results, const std::string& name) {
  const auto found = std::find_if(results.begin(), results.end(), [&](const Result& result) { return result.name == name; });
  return found == results.end() ? nullptr : &*found;
}

/// Returns recorded human voices if they are installed, and synthetic voices otherwise.
const EchoVoices& echo_voices() {
  static const EchoVoices voices = [] {
    auto human = human_voices(kSeconds);
    return human.ours.empty() ? synthetic_voices(kSeconds) : human;
  }();
  return voices;
}

std::vector<Result> measure_line(int loss_db, int delay_ms) {
  EchoLineOptions line;
  line.delay_ms = delay_ms;
  line.loss_db = loss_db;
  const auto found = barge_ins(line, echo_voices());
  const auto mistaken = static_cast<double>(false_barge_ins(line, echo_voices().ours).size());
  return {{row("false_barge_ins", loss_db, delay_ms), "in 10 minutes", mistaken, {}},
          {row("found_ms", loss_db, delay_ms), "ms", found.quantile(0.5), {}},
          {row("found_ms_90", loss_db, delay_ms), "ms", found.quantile(0.9), {}},
          {row("within_150ms", loss_db, delay_ms), "%", 100 * found.share_within(150), {}}};
}

constexpr int kWide = 380, kHigh = 220, kTop = 60, kLeft = 60;

/// Draws one line for each delay. `y` returns the vertical position of a result in the panel.
template <class Y>
std::string panel(const std::vector<Result>& results, const char* what, const char* title, int x0, Y y) {
  constexpr double kRange = kLossesDb.back() - kLossesDb.front();
  const auto x = [x0](int loss_db) { return x0 + kWide * (loss_db - kLossesDb.front()) / kRange; };
  std::string svg = fmt::format("<text x=\"{}\" y=\"{}\" font-size=\"13\">{}</text>\n", x0, kTop - 10, title);
  svg += fmt::format("<path d=\"M{0},{1} V{2} H{3}\" fill=\"none\" stroke=\"black\"/>\n", x0, kTop, kTop + kHigh, x0 + kWide);
  for (const int loss_db : kLossesDb) {
    svg += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{} dB</text>\n", x(loss_db), kTop + kHigh + 16, loss_db);
  }
  for (std::size_t i = 0; i < kDelaysMs.size(); ++i) {
    std::string path;
    for (const int loss_db : kLossesDb) {
      const auto* result = find(results, row(what, loss_db, kDelaysMs[i]));
      if (result == nullptr) continue;
      path += fmt::format("{}{:.1f},{:.1f}", path.empty() ? "M" : " L", x(loss_db), kTop + kHigh * (1 - y(result->ours)));
    }
    svg += fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\"/>\n", path, kColours[i]);
  }
  return svg;
}

}  // namespace

std::vector<Measurement> echo_measurements() {
  std::vector<Measurement> measurements;
  for (const int delay_ms : kDelaysMs) {
    for (const int loss_db : kLossesDb) {
      Measurement measurement{fmt::format("echo.loss_{}.delay_{}", loss_db, delay_ms), 3, [=] { return measure_line(loss_db, delay_ms); }};
      for (const char* what : {"false_barge_ins", "found_ms", "found_ms_90", "within_150ms"}) measurement.rows.push_back(row(what, loss_db, delay_ms));
      measurements.push_back(std::move(measurement));
    }
  }
  return measurements;
}

std::string to_echo_svg(const std::vector<Result>& results) {
  const auto is_ours = [](const Result& result) { return result.name.starts_with("echo.found_ms"); };
  if (std::none_of(results.begin(), results.end(), is_ours)) return {};
  constexpr int kStep = kWide + 90, kWhole = kLeft + 3 * kStep, kBottom = kTop + kHigh + 60;
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" font-family=\"sans-serif\" "
      "font-size=\"11\">\n<rect width=\"{0}\" height=\"{1}\" fill=\"white\"/>\n"
      "<text x=\"12\" y=\"20\" font-size=\"14\">Detection of callers who speak during an echo of our voice, by return loss (axis) and "
      "delay (colour)</text>\n",
      kWhole, kBottom);
  const auto of_ms = [](double ms) { return std::min(ms, kMostMs) / kMostMs; };
  svg += panel(results, "found_ms", "time until half of the callers are found (axis: 400 ms; line: 150 ms)", kLeft, of_ms);
  svg += fmt::format("<path d=\"M{0},{1:.1f} H{2}\" stroke=\"#999999\" stroke-dasharray=\"4\"/>\n", kLeft,
                     kTop + kHigh * (1 - of_ms(150)), kLeft + kWide);
  svg += panel(results, "within_150ms", "found within 150 ms (axis: 100 %)", kLeft + kStep, [](double percent) { return percent / 100; });
  svg += panel(results, "false_barge_ins", "false interruptions in 10 minutes of our speech (axis: 10)", kLeft + 2 * kStep,
               [](double count) { return std::min(count, 10.0) / 10; });
  for (std::size_t i = 0; i < kDelaysMs.size(); ++i) {
    svg += fmt::format("<text x=\"{}\" y=\"{}\" fill=\"{}\">{} ms</text>\n", kLeft + 80 * i, kBottom - 12, kColours[i], kDelaysMs[i]);
  }
  return svg + "</svg>\n";
}

}  // namespace offhook::bench
