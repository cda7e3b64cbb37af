#pragma once

#include <offhook/media/detect/line_tone.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace offhook::inline v0::media {

/// The kind of answerer of an outgoing call.
enum class Answerer : std::uint8_t { Unknown, Human, Machine, Fax };
[[nodiscard]] std::string_view to_string(Answerer answerer);

/// The reason for a verdict.
enum class AnswerSign : std::uint8_t {
  ShortGreeting,   ///< some words, and then silence
  LongGreeting,    ///< longer than the greeting of a person who expects an answer
  ManyWords,       ///< more words than AnswerRules::most_words
  Silence,         ///< no voice after the answer
  TimeUp,          ///< no pattern matched within AnswerRules::total
  Beep,
  FaxTone,
};
[[nodiscard]] std::string_view to_string(AnswerSign sign);

struct AnswerVerdict {
  Answerer who = Answerer::Unknown;
  AnswerSign sign = AnswerSign::TimeUp;
  std::chrono::milliseconds took{};   ///< time from the answer to the verdict
};

/// The rules that decide. The names are usual in dialling programs; the values are tuned to Offhook's voice detector.
struct AnswerRules {
  std::chrono::milliseconds initial_silence{2500};   ///< silence from the answer on that means Unknown
  std::chrono::milliseconds greeting{2200};          ///< length of voice with its gaps; a longer greeting is a machine's
  std::chrono::milliseconds after_greeting{800};     ///< silence after a shorter greeting that means Human
  std::chrono::milliseconds total{5000};             ///< after this time without a verdict: Unknown
  std::chrono::milliseconds shortest_word{100};      ///< shorter voice is a click, not a word
  std::chrono::milliseconds word_gap{60};            ///< a shorter pause does not separate words
  unsigned most_words = 6;                           ///< words of one greeting; more words are a machine's
  std::chrono::milliseconds after_machine{3000};     ///< silence after which a machine records without a beep
  std::chrono::milliseconds longest_greeting{45000}; ///< time after the answer at which the agent speaks, even if the machine still greets
  std::chrono::milliseconds beep_counts{20000};      ///< time after the answer in which a beep changes Human or Unknown to Machine
};

/// Decides whether a person or a machine answered a call, and when a machine listens. It uses the pattern of voice and silence, and tones. Pass audio
/// from the answer on, not early media, which comes from the network. Pure, no allocation.
class AnswerWatch {
 public:
  struct Step {
    std::optional<AnswerVerdict> verdict;  ///< at most two per call: after Human or Unknown, a beep may change the verdict to Machine
    bool speak_now = false;                ///< true once: the machine now records
  };

  explicit AnswerWatch(AnswerRules rules = {}) : rules_(rules) {}

  /// `voice` is true if the 20 ms of the answering side at `tick` (HeardFrame) have voice. Call it in the order of ticks; an omitted tick counts as
  /// equal to the tick after it.
  [[nodiscard]] Step hear(std::uint64_t tick, bool voice);
  [[nodiscard]] Step on_tone(LineTone tone);
  [[nodiscard]] std::optional<AnswerVerdict> verdict() const { return verdict_; }
  /// Returns true if an answering machine answered and does not record yet.
  [[nodiscard]] bool awaits_beep() const { return verdict_ && verdict_->who == Answerer::Machine && !told_to_speak_; }

 private:
  using Ms = std::chrono::milliseconds;
  [[nodiscard]] Step judge(Answerer who, AnswerSign sign);
  [[nodiscard]] Step speak();
  void count(bool voice, Ms passed);
  [[nodiscard]] Step judge_pattern();
  [[nodiscard]] Step wait_for_machine();

  AnswerRules rules_;
  std::optional<std::uint64_t> last_tick_;
  Ms now_{};                  // time since the answer
  Ms voice_for_{};            // length of the present voice
  Ms silent_for_{};           // time since the end of the last voice that was long enough for a word
  Ms greeting_{};             // from the start of the first word to the end of the last one
  std::optional<Ms> began_;   // start of the first word
  unsigned words_ = 0;
  bool in_word_ = false;
  std::optional<AnswerVerdict> verdict_;
  bool told_to_speak_ = false;
};

}  // namespace offhook::inline v0::media
