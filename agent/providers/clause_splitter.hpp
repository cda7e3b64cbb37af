#pragma once

#include <offhook/agent/providers/spoken_text.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent {

struct ClauseLimits {
  std::size_t first_words = 3;  ///< before a comma, semicolon, colon or dash may end the first clause
  std::size_t first_chars = 90; ///< the first clause ends at a space at the latest so far in
  std::size_t chars = 240;      ///< and so do the others
};

/// The text of a model as it streams becomes what a voice is given: the first clause as early as it can be spoken well, then
/// sentence by sentence, Markdown taken away. A full stop of an abbreviation, an initial, a number or an address ends nothing.
/// Pure.
class ClauseSplitter {
 public:
  explicit ClauseSplitter(ClauseLimits limits = {}) : limits_(limits) {}

  /// Appends the clauses that became whole: trimmed, never empty, each with something in it that can be said.
  void feed(std::string_view text, std::vector<std::string>& out);
  /// The reply is over: the rest is a clause, too.
  void finish(std::vector<std::string>& out);

 private:
  void split(bool at_end, std::vector<std::string>& out);
  [[nodiscard]] std::optional<std::size_t> find_end(bool at_end) const;
  [[nodiscard]] std::optional<std::size_t> find_cut() const;
  void give(std::string_view clause, std::vector<std::string>& out);

  ClauseLimits limits_;
  SpokenText plain_;
  std::string text_;  // not given out yet
  bool first_ = true;
};

}  // namespace offhook::inline v0::agent
