#pragma once

#include <offhook/tests/testkit/shared_data.hpp>

#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace offhook_test {

/// Returns the contents of a file of the shared test data, or an empty vector if the file is absent.
inline std::vector<std::uint8_t> vector_file(const std::string& name) {
  std::ifstream file(shared_data(name), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// Returns the file as 16-bit little-endian words.
inline std::vector<std::int16_t> vector_words(const std::string& name) {
  const auto bytes = vector_file(name);
  std::vector<std::int16_t> words(bytes.size() / 2);
  for (std::size_t i = 0; i < words.size(); ++i) words[i] = static_cast<std::int16_t>(bytes[2 * i] | bytes[2 * i + 1] << 8);
  return words;
}

}  // namespace offhook_test
