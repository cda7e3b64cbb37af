#pragma once

#include <offhook/bench/result.hpp>

#include <string>
#include <vector>

namespace offhook::bench {

/// Returns {"results":[{"name","unit","ours","peers":{NAME: figure},"ratio"}]}. A failed result is {"name","error"}.
[[nodiscard]] std::string to_json(const std::vector<Result>& results);
/// Returns a table for people: the name, Offhook's figure, the ratio to the best peer, and the figure of each peer.
[[nodiscard]] std::string to_table(const std::vector<Result>& results);
/// Returns a bar chart of the ratio to the best peer, for docs/benchmarks.md. It shows only results with peers.
[[nodiscard]] std::string to_svg(const std::vector<Result>& results);

}  // namespace offhook::bench
