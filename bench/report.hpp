#pragma once

#include <offhook/bench/result.hpp>

#include <string>
#include <vector>

namespace offhook::bench {

/// Returns {"results":[{"name","unit","ours","peers":{NAME: figure},"ratio"}]}; a failed result is {"name","error"}.
[[nodiscard]] std::string to_json(const std::vector<Result>& results);
/// Returns a table for people: name, Offhook's figure, how many times better it is than the best peer, and each peer's figure.
[[nodiscard]] std::string to_table(const std::vector<Result>& results);
/// Returns a bar chart of the ratio to the best peer, for docs/benchmarks.md. It shows only results with peers.
[[nodiscard]] std::string to_svg(const std::vector<Result>& results);

}  // namespace offhook::bench
