#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent {

/// Appends `more` to `text`, with a blank between them if both contain words.
inline void append_words(std::string& text, std::string_view more) {
  if (!text.empty() && !more.empty()) text += ' ';
  text += more;
}

/// The text of a turn as a recogniser reports it: final words, and an interim text that the next report replaces. Pure.
class TurnText {
 public:
  /// `max_octets`: the longest text; later words are omitted.
  explicit TurnText(std::size_t max_octets) : max_octets_(max_octets) {}

  /// Begins the text of another turn.
  void begin();
  /// Appends final words, and drops the interim text. Returns false if the text would become too long. `confidence` is 0..1.
  bool add(std::string_view words, double confidence);
  /// Replaces the interim text. If the confidence of the words is not known, confidence() leaves them out.
  void set_interim(std::string_view words, std::optional<double> confidence = {});
  void drop_interim() { set_interim({}); }
  /// Stores the language (BCP 47) of the words; "" if the service sent none.
  void note_language(std::string_view language) {
    if (!language.empty()) language_ = language;
  }

  /// Returns the whole text; nullopt if it is empty, or has not changed since this function last returned it.
  [[nodiscard]] std::optional<std::string> take_news();
  [[nodiscard]] std::string so_far() const;
  [[nodiscard]] const std::string& settled() const { return text_; }
  [[nodiscard]] const std::string& interim() const { return interim_; }
  [[nodiscard]] const std::string& language() const { return language_; }
  /// Returns the mean confidence, weighted by the lengths of the texts; 0 if there is no text, and 1 if no confidence is known.
  [[nodiscard]] double confidence() const;
  [[nodiscard]] bool is_consistent() const { return text_.size() <= max_octets_ && so_far().size() <= max_octets_; }

 private:
  [[nodiscard]] bool fits(std::string_view words) const;

  std::size_t max_octets_;
  std::string text_, interim_, told_, language_;
  std::optional<double> interim_confidence_;
  double confidence_sum_ = 0;
  std::size_t confidence_octets_ = 0;
};

}  // namespace offhook::inline v0::agent
