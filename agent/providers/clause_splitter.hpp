#pragma once

#include <offhook/agent/providers/spoken_text.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent {

struct ClauseLimits {
  std::size_t first_words = 3;  ///< fewest words in a first clause that ends at a comma, semicolon, colon or dash
  std::size_t first_chars = 90; ///< longest first clause, in characters; a longer clause is cut at a space
  std::size_t chars = 240;      ///< longest further clause, in characters
};

/// Splits the streamed text of a model into clauses for a speaker, and removes Markdown. The first clause ends as early as a voice
/// can speak it well. After that, each sentence is a clause. The full stop of an abbreviation, an initial, a number or an address
/// does not end a sentence. Pure.
class ClauseSplitter {
 public:
  explicit ClauseSplitter(ClauseLimits limits = {}) : limits_(limits) {}

  /// Appends the clauses that are now complete. Each clause is trimmed and contains at least one character that can be spoken.
  void feed(std::string_view text, std::vector<std::string>& out);
  /// Ends the reply: appends the rest of the text as clauses.
  void finish(std::vector<std::string>& out);

 private:
  void split(bool at_end, std::vector<std::string>& out);
  [[nodiscard]] std::optional<std::size_t> find_end(bool at_end) const;
  [[nodiscard]] std::optional<std::size_t> find_cut() const;
  void give(std::string_view clause, std::vector<std::string>& out);

  ClauseLimits limits_;
  SpokenText plain_;
  std::string text_;  // the text that is not returned yet
  bool first_ = true;
};

}  // namespace offhook::inline v0::agent
