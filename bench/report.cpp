#include <offhook/bench/report.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace offhook::bench {

namespace {

std::string figure(double value) {
  if (value >= 100) return fmt::format("{:.0f}", value);
  return fmt::format("{:.3g}", value);
}

/// Rounds to four digits. A measurement is not more exact than that, and further digits would change with each run.
double rounded(double value) {
  if (value == 0 || !std::isfinite(value)) return 0;
  const double scale = std::pow(10.0, 3 - std::floor(std::log10(std::abs(value))));
  return scale > 0.01 ? std::round(value * scale) / scale : std::round(value);
}

std::string peers_text(const Result& result) {
  std::string text;
  for (const auto& [name, value] : result.peers) text += (text.empty() ? "" : ", ") + name + " " + figure(value);
  return text;
}

}  // namespace

std::string to_json(const std::vector<Result>& results) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& result : results) {
    if (!result.failure.empty()) {
      list.push_back({{"name", result.name}, {"error", result.failure}});
      continue;
    }
    auto peers = nlohmann::ordered_json::object();
    for (const auto& [name, value] : result.peers) peers[name] = rounded(value);
    list.push_back({{"name", result.name},
                    {"unit", result.unit},
                    {"ours", rounded(result.ours)},
                    {"peers", peers},
                    {"ratio", rounded(result.ratio())}});
  }
  return nlohmann::ordered_json{{"results", list}}.dump(2) + "\n";
}

std::string to_table(const std::vector<Result>& results) {
  std::size_t name_width = 4;
  for (const auto& result : results) name_width = std::max(name_width, result.name.size());
  std::string table = fmt::format("{:<{}}  {:>10} {:<13} {:>7}  {}\n", "what", name_width, "offhook", "", "times", "others");
  for (const auto& result : results) {
    if (!result.failure.empty()) {
      table += fmt::format("{:<{}}  failed: {}\n", result.name, name_width, result.failure);
      continue;
    }
    const std::string times = result.peers.empty() ? "" : fmt::format("{:.1f}", result.ratio());
    table += fmt::format("{:<{}}  {:>10} {:<13} {:>7}  {}\n", result.name, name_width, figure(result.ours), result.unit, times,
                         peers_text(result));
  }
  return table;
}

std::string to_svg(const std::vector<Result>& results) {
  constexpr int kRow = 22, kLeft = 250, kWide = 420, kTop = 46;
  double most = 1;
  std::vector<const Result*> shown;
  for (const auto& result : results) {
    const bool is_variant = result.name.find(".200_ok") != std::string::npos || result.name.find(".320") != std::string::npos;
    if (result.peers.empty() || is_variant) continue;
    shown.push_back(&result);
    most = std::max(most, result.ratio());
  }
  const int height = kTop + kRow * static_cast<int>(shown.size()) + 12, width = kLeft + kWide + 60;
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" font-family=\"sans-serif\" "
      "font-size=\"12\">\n"
      "<rect width=\"{0}\" height=\"{1}\" fill=\"white\"/>\n"
      "<text x=\"12\" y=\"20\" font-size=\"14\">Figure of the best peer divided by Offhook's figure: a longer bar is better for Offhook; the line "
      "is 1</text>\n",
      width, height);
  const auto x = [most](double ratio) { return kLeft + kWide * ratio / most; };
  int y = kTop;
  for (const auto* result : shown) {
    svg += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\n", kLeft - 8, y + 11, result->name);
    svg += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{:.1f}\" height=\"14\" fill=\"{}\"/>\n", kLeft, y,
                       x(result->ratio()) - kLeft, result->ratio() >= 1 ? "#2f6f9f" : "#b5532c");
    svg += fmt::format("<text x=\"{:.1f}\" y=\"{}\">{:.1f}</text>\n", x(result->ratio()) + 5, y + 11, result->ratio());
    y += kRow;
  }
  return svg + fmt::format("<line x1=\"{0:.1f}\" y1=\"{1}\" x2=\"{0:.1f}\" y2=\"{2}\" stroke=\"black\"/>\n</svg>\n", x(1),
                           kTop - 8, height - 8);
}

}  // namespace offhook::bench
