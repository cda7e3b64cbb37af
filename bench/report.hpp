#pragma once

#include <offhook/bench/result.hpp>

#include <string>
#include <vector>

namespace offhook::bench {

/// {"results":[{"name","unit","ours","peers":{NAME: figure},"ratio"}]}; what failed is {"name","error"}.
[[nodiscard]] std::string to_json(const std::vector<Result>& results);
/// Columns for people: name, ours, each peer, how many times the best of them.
[[nodiscard]] std::string to_table(const std::vector<Result>& results);
/// Bars of the ratio to the best peer, for docs/benchmarks.md: those that have peers.
[[nodiscard]] std::string to_svg(const std::vector<Result>& results);

}  // namespace offhook::bench
