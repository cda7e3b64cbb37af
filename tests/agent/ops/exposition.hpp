#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// A strict reader of Prometheus' text format, version 0.0.4, as the format's description defines it. Every collector accepts a text that
/// this reader accepts.
namespace offhook_test {

struct Sample {
  std::map<std::string, std::string> labels;
  double value = 0;
};

struct Exposition {
  std::map<std::string, std::string> types;              ///< type of each family
  std::map<std::string, std::vector<Sample>> samples;    ///< keyed by the name in the line: a histogram has _bucket, _sum and _count
  std::vector<std::string> faults;                       ///< one sentence for each fault

  [[nodiscard]] std::optional<double> value(const std::string& name, const std::map<std::string, std::string>& labels = {}) const;
};

[[nodiscard]] Exposition read_exposition(std::string_view text);

}  // namespace offhook_test
