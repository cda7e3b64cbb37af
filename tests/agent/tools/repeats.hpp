#pragma once

#include <string>
#include <string_view>

namespace offhook::test {

/// Expands repetitions: "<repeat 3 ab>" becomes "ababab".
inline std::string expanded(std::string text) {
  constexpr std::string_view kOpen = "<repeat ";
  for (auto open = text.find(kOpen); open != std::string::npos; open = text.find(kOpen)) {
    const auto close = text.find('>', open);
    const auto blank = text.find(' ', open + kOpen.size());
    const int count = std::stoi(text.substr(open + kOpen.size(), blank));
    const std::string what = text.substr(blank + 1, close - blank - 1);
    std::string many;
    for (int i = 0; i < count; ++i) many += what;
    text.replace(open, close - open + 1, many);
  }
  return text;
}

}  // namespace offhook::test
