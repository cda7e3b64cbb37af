#pragma once

#include <map>
#include <string>
#include <utility>

namespace offhook::bench {

/// One result, as written to results.json.
struct Result {
  std::string name;
  std::string unit;
  double ours = 0;
  std::map<std::string, double> peers;
  std::string failure{};  ///< the reason why there is no figure; "" when there is a figure

  [[nodiscard]] static Result failed(std::string name, std::string why) { return {std::move(name), "", 0, {}, std::move(why)}; }
  /// Returns the best (smallest) peer's figure divided by Offhook's, or 0 when there is no peer or no figure.
  [[nodiscard]] double ratio() const;
};

}  // namespace offhook::bench
