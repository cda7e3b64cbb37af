#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::tools::mcp {

/// Splits a byte stream into lines. Removes the line feed, and a carriage return before it. Skips and counts lines that are too long. Does no I/O.
class LineReader {
 public:
  explicit LineReader(std::size_t most) : most_(most) {}

  void feed(std::string_view bytes, std::vector<std::string>& out);
  [[nodiscard]] std::size_t passed_over() const { return passed_over_; }

 private:
  std::size_t most_;
  std::string line_;  // the received part of the current line
  bool skipping_ = false;
  std::size_t passed_over_ = 0;
};

}  // namespace offhook::inline v0::agent::tools::mcp
