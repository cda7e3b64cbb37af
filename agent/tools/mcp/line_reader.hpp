#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::tools::mcp {

/// Lines out of bytes that are split anywhere, without their line feed and a carriage return before it. A line that is too long
/// is passed over to its end and counted. Pure.
class LineReader {
 public:
  explicit LineReader(std::size_t most) : most_(most) {}

  void feed(std::string_view bytes, std::vector<std::string>& out);
  [[nodiscard]] std::size_t passed_over() const { return passed_over_; }

 private:
  std::size_t most_;
  std::string line_;  // what has come of it
  bool skipping_ = false;
  std::size_t passed_over_ = 0;
};

}  // namespace offhook::inline v0::agent::tools::mcp
