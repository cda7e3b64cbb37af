#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent {

/// Converts a language model's Markdown, as it streams, to text for a voice. Removes emoji, and the marks of emphasis, headings,
/// bullets, fences, rules and tables. Keeps the text of links and images, and the numbers of lists. In the output '\n' ends a line,
/// and a space joins a wrapped line. Accepts UTF-8 split at any octet, and drops invalid octets. Pure.
class SpokenText {
 public:
  static constexpr std::size_t kMaxHeld = 600;  ///< most octets that wait until their meaning is clear; with more, they count as plain text

  [[nodiscard]] std::string feed(std::string_view text);
  [[nodiscard]] std::string finish();

 private:
  /// Number of octets of `rest` that were processed; 0 if more input is needed.
  using Step = std::size_t;
  [[nodiscard]] Step step(std::string_view rest);
  [[nodiscard]] Step line_start(std::string_view rest);
  [[nodiscard]] Step inline_text(std::string_view rest);
  [[nodiscard]] Step asterisk(std::string_view rest);
  [[nodiscard]] Step underscore(std::string_view rest);
  [[nodiscard]] Step link(std::string_view rest);
  [[nodiscard]] Step tag(std::string_view rest);
  [[nodiscard]] Step entity(std::string_view rest);
  [[nodiscard]] Step character(std::string_view rest);
  [[nodiscard]] Step take_marker(std::size_t octets);
  void end_line_before(char first, bool marked);
  void put(std::string_view text);
  [[nodiscard]] std::string run();
  [[nodiscard]] bool undecided(std::string_view rest) const { return !finished_ && rest.size() < kMaxHeld; }

  std::string held_, out_;
  char before_ = '\n';       // last octet returned
  unsigned newlines_ = 0;    // line breaks after that octet
  bool line_start_ = true;
  bool table_ = false;       // true: the line began with '|'
  bool finished_ = false;
};

}  // namespace offhook::inline v0::agent
