#include <offhook/bench/measurement.hpp>

#include <algorithm>
#include <string_view>

namespace offhook::bench {

namespace {

bool has_parts(std::string_view name, std::string_view word) {
  while (word.ends_with('.')) word.remove_suffix(1);
  if (word.empty()) return false;
  for (auto at = name.find(word); at != std::string_view::npos; at = name.find(word, at + 1)) {
    const auto end = at + word.size();
    if ((at == 0 || name[at - 1] == '.') && (end == name.size() || name[end] == '.')) return true;
  }
  return false;
}

}  // namespace

bool is_chosen(const Measurement& measurement, const std::vector<std::string>& words) {
  return words.empty() || std::any_of(words.begin(), words.end(), [&](const std::string& word) {
           return has_parts(measurement.name, word) ||
                  std::any_of(measurement.rows.begin(), measurement.rows.end(), [&](const std::string& row) { return has_parts(row, word); });
         });
}

}  // namespace offhook::bench
