#pragma once

#include <offhook/bench/result.hpp>

#include <functional>
#include <string>
#include <vector>

namespace offhook::bench {

/// A part of the benchmark that is chosen by name and runs alone.
struct Measurement {
  std::string name;                          ///< "sip.parse.index"
  double seconds = 1;                        ///< about how long it takes on two cores of 2.5 GHz
  std::function<std::vector<Result>()> run;  ///< throws std::exception when it fails
  std::vector<std::string> rows{};           ///< names of the results that do not begin with `name`
  std::string lacks{};                       ///< what this machine lacks for it; then it runs only when a word chooses it
};

/// Whether a word of the command line chooses it: the word is one or more whole parts of its name or of a row's, between dots. `g711` chooses
/// g711.encode.ulaw and not capacity.g711_ai; `sip.parse` chooses sip.parse.index. Without words everything is chosen.
[[nodiscard]] bool is_chosen(const Measurement& measurement, const std::vector<std::string>& words);

}  // namespace offhook::bench
