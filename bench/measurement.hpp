#pragma once

#include <offhook/bench/result.hpp>

#include <functional>
#include <string>
#include <vector>

namespace offhook::bench {

/// A part of the benchmark that can be chosen by name and run alone.
struct Measurement {
  std::string name;                          ///< "sip.parse.index"
  double seconds = 1;                        ///< approximate duration on two cores of 2.5 GHz
  std::function<std::vector<Result>()> run;  ///< throws std::exception when it fails
  std::vector<std::string> rows{};           ///< names of the results that do not begin with `name`
  std::string lacks{};                       ///< a requirement that this machine does not meet; the measurement then runs only when a word chooses it
};

/// Returns true if a word of the command line chooses the measurement. The word must be one or more whole parts, between dots, of its name or of a
/// row's name: `g711` chooses g711.encode.ulaw but not capacity.g711_ai; `sip.parse` chooses sip.parse.index. Without words, every measurement is
/// chosen.
[[nodiscard]] bool is_chosen(const Measurement& measurement, const std::vector<std::string>& words);

}  // namespace offhook::bench
