#pragma once

#include <map>
#include <string>
#include <utility>

namespace offhook::bench {

/// As it stands in results.json.
struct Result {
  std::string name;
  std::string unit;
  double ours = 0;
  std::map<std::string, double> peers;
  std::string failure{};  ///< why there is no figure; "" when there is one

  [[nodiscard]] static Result failed(std::string name, std::string why) { return {std::move(name), "", 0, {}, std::move(why)}; }
  /// Best (smallest) peer divided by ours; nothing to divide gives 0.
  [[nodiscard]] double ratio() const;
};

}  // namespace offhook::bench
