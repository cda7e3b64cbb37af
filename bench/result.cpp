#include <offhook/bench/result.hpp>

#include <algorithm>

namespace offhook::bench {

double Result::ratio() const {
  const auto best =
      std::min_element(peers.begin(), peers.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return best == peers.end() || ours <= 0 ? 0 : best->second / ours;
}

}  // namespace offhook::bench
