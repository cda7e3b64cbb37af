#include <offhook/agent/support/suggestion.hpp>

#include <offhook/base/text.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdlib>

namespace offhook::inline v0::agent {

namespace {

constexpr std::size_t kMaxNameBytes = 64;  // A bound, because the time of the comparison is quadratic. Each name of a setting is shorter.

/// Returns the optimal string alignment distance. Keeps only three rows of the table.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = base::to_lower(a[i - 1]) == base::to_lower(b[j - 1]);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && base::to_lower(a[i - 1]) == base::to_lower(b[j - 2]) &&
                           base::to_lower(a[i - 2]) == base::to_lower(b[j - 1]);
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above[b.size()];
}

/// Returns the shortest name that continues `written` after a "_".
std::optional<std::string_view> continuation(std::string_view written, const std::vector<std::string_view>& known) {
  std::optional<std::string_view> shortest;
  for (const std::string_view name : known) {
    if (name.size() <= written.size() || name[written.size()] != '_' || !base::iequals(name.substr(0, written.size()), written)) continue;
    if (!shortest || name.size() < shortest->size()) shortest = name;
  }
  return shortest;
}

}  // namespace

std::optional<std::string_view> nearest(std::string_view written, const std::vector<std::string_view>& known) {
  if (written.empty() || written.size() > kMaxNameBytes) return std::nullopt;
  if (const auto longer = continuation(written, known)) return longer;
  std::optional<std::string_view> best;
  std::size_t best_distance = 0;
  for (const std::string_view name : known) {
    const std::size_t far = distance(written, name);
    if (far > std::max<std::size_t>(2, name.size() / 3) || far >= name.size()) continue;
    if (best && far >= best_distance) continue;
    best = name;
    best_distance = far;
  }
  return best;
}

}  // namespace offhook::inline v0::agent
