#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent {

/// A language model's Markdown becomes text for a voice, as it streams: emphasis, headings, bullets, fences, rules and tables
/// lose their marks, links and images keep their text, numbers of lists stay, emoji go. What ends a line and a thought is '\n' in
/// the output, a line that goes on is joined by a space. UTF-8 split anywhere; octets that are none are dropped. Pure.
class SpokenText {
 public:
  static constexpr std::size_t kMaxHeld = 600;  ///< octets kept back while it is open what they are; then they are plain text

  [[nodiscard]] std::string feed(std::string_view text);
  [[nodiscard]] std::string finish();

 private:
  /// How many octets of `rest` were understood; 0: more are needed.
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
  char before_ = '\n';       // the last octet given out
  unsigned newlines_ = 0;    // since then
  bool line_start_ = true;
  bool table_ = false;       // the line began with '|'
  bool finished_ = false;
};

}  // namespace offhook::inline v0::agent
