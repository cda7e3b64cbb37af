#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::ollama {

/// Newline-delimited JSON out of bytes that are split anywhere: a line ends in LF, or CR LF; empty ones are passed over. What is in
/// a line is not looked at. Pure.
class LineReader {
 public:
  static constexpr std::size_t kMaxLine = 1U << 20U;  ///< octets without the LF

  /// Appends the lines that became whole. False when the bound was exceeded, now or before: nothing more comes then.
  [[nodiscard]] bool feed(std::string_view bytes, std::vector<std::string>& out);
  /// The stream ended: what has no LF is a line, too.
  void finish(std::vector<std::string>& out);

 private:
  void end_line(std::vector<std::string>& out);

  std::string line_;  // of what has come of it so far
  bool failed_ = false;
};

}  // namespace offhook::inline v0::agent::ollama
