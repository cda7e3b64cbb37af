#pragma once

#include <offhook/bench/result.hpp>

#include <functional>
#include <string>
#include <vector>

namespace offhook::bench {

/// A part of the benchmark. It can be chosen by its name, and can run alone.
struct Measurement {
  std::string name;                          ///< such as "sip.parse.index"
  double seconds = 1;                        ///< approximate duration in seconds on two cores of 2.5 GHz
  std::function<std::vector<Result>()> run;  ///< throws std::exception if the measurement fails
  std::vector<std::string> rows{};           ///< names of those results that do not start with `name`
  std::string lacks{};                       ///< a requirement that this machine lacks; then the measurement runs only if a word chooses it
};

/// Returns true if a word of the command line chooses the measurement. The word must consist of one or more whole parts, between dots, of
/// the measurement's name or of the name of one of its rows: `g711` chooses g711.encode.ulaw but not capacity.g711_ai; `sip.parse` chooses
/// sip.parse.index. Without words, every measurement is chosen.
[[nodiscard]] bool is_chosen(const Measurement& measurement, const std::vector<std::string>& words);

}  // namespace offhook::bench
