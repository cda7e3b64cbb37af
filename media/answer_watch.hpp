#pragma once

#include <offhook/media/line_tone.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace offhook::inline v0::media {

/// Who took a call of ours.
enum class Answerer : std::uint8_t { Unknown, Human, Machine, Fax };
[[nodiscard]] std::string_view to_string(Answerer answerer);

/// By what a verdict was reached.
enum class AnswerSign : std::uint8_t {
  ShortGreeting,   ///< some words, and then they wait for us
  LongGreeting,    ///< longer than people speak who expect an answer
  ManyWords,
  Silence,         ///< nothing from the beginning on
  TimeUp,
  Beep,
  FaxTone,
};
[[nodiscard]] std::string_view to_string(AnswerSign sign);

struct AnswerVerdict {
  Answerer who = Answerer::Unknown;
  AnswerSign sign = AnswerSign::TimeUp;
  std::chrono::milliseconds took{};   ///< since the answer
};

/// The names are those that dialling programs have had for decades; the figures are tuned to the voice detector that we have.
struct AnswerRules {
  std::chrono::milliseconds initial_silence{2500};   ///< nobody says anything: Unknown
  std::chrono::milliseconds greeting{2200};          ///< of voice and the gaps in it; one that is longer is a machine's
  std::chrono::milliseconds after_greeting{800};     ///< of silence after a shorter one: Human
  std::chrono::milliseconds total{5000};             ///< by then: Unknown
  std::chrono::milliseconds shortest_word{100};      ///< less is a click
  std::chrono::milliseconds word_gap{60};            ///< a shorter pause divides no words
  unsigned most_words = 6;                           ///< of one greeting; one more is a machine's
  std::chrono::milliseconds after_machine{3000};     ///< of silence: it records, and has no beep
  std::chrono::milliseconds longest_greeting{45000}; ///< of a machine; then we speak, whatever it does
  std::chrono::milliseconds beep_counts{20000};      ///< so long after the answer a beep still says that a person was none
};

/// Whether a person or a machine took a call, by the pattern of voice and silence after the answer and by tones, and when a machine
/// listens. From the answer on, not from early media: what was heard before it was the network. Pure, no allocation.
class AnswerWatch {
 public:
  struct Step {
    std::optional<AnswerVerdict> verdict;  ///< at most two: a beep may say that who sounded like a person was a machine
    bool speak_now = false;                ///< the machine records; once
  };

  explicit AnswerWatch(AnswerRules rules = {}) : rules_(rules) {}

  /// 20 ms of the answering side at `tick` (HeardFrame), in order. Ticks that were left out are as this one is.
  [[nodiscard]] Step hear(std::uint64_t tick, bool voice);
  [[nodiscard]] Step on_tone(LineTone tone);
  [[nodiscard]] std::optional<AnswerVerdict> verdict() const { return verdict_; }
  /// A machine has it, and does not listen yet.
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
  Ms now_{};                  // since the answer
  Ms voice_for_{};            // of the voice that sounds
  Ms silent_for_{};           // since voice of a word's length ended
  Ms greeting_{};             // from the first word's beginning to the last one's end
  std::optional<Ms> began_;   // the first word
  unsigned words_ = 0;
  bool in_word_ = false;
  std::optional<AnswerVerdict> verdict_;
  bool told_to_speak_ = false;
};

}  // namespace offhook::inline v0::media
