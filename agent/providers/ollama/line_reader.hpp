#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::ollama {

/// Splits newline-delimited JSON into lines, from bytes that are split at any place. A line ends in LF or CR LF. Skips empty lines,
/// and does not parse the JSON. Pure.
class LineReader {
 public:
  static constexpr std::size_t kMaxLine = 1U << 20U;  ///< longest line in octets, without the LF

  /// Appends the lines that are now complete. Returns false if a line, now or in an earlier invocation, was longer than kMaxLine; after that, it appends
  /// no more lines.
  [[nodiscard]] bool feed(std::string_view bytes, std::vector<std::string>& out);
  /// Ends the stream. Appends the last line if it has no LF.
  void finish(std::vector<std::string>& out);

 private:
  void end_line(std::vector<std::string>& out);

  std::string line_;  // the present line so far
  bool failed_ = false;
};

}  // namespace offhook::inline v0::agent::ollama
