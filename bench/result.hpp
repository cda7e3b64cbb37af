#pragma once

#include <map>
#include <string>
#include <utility>

namespace offhook::bench {

/// One result. results.json has the same members.
struct Result {
  std::string name;
  std::string unit;
  double ours = 0;
  std::map<std::string, double> peers;
  std::string failure{};  ///< the reason why there is no figure; "": there is a figure

  [[nodiscard]] static Result failed(std::string name, std::string why) { return {std::move(name), "", 0, {}, std::move(why)}; }
  /// Returns the figure of the best (smallest) peer divided by Offhook's figure, or 0 if there is no peer or no figure.
  [[nodiscard]] double ratio() const;
};

}  // namespace offhook::bench
