#include <offhook/media/detect/answer_watch.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::media {
namespace {

constexpr std::chrono::milliseconds kFrame{20};

}  // namespace

std::string_view to_string(Answerer answerer) {
  switch (answerer) {
    case Answerer::Unknown: return "unknown";
    case Answerer::Human: return "human";
    case Answerer::Machine: return "machine";
    case Answerer::Fax: return "fax";
  }
  return "unknown";
}

std::string_view to_string(AnswerSign sign) {
  switch (sign) {
    case AnswerSign::ShortGreeting: return "a short greeting";
    case AnswerSign::LongGreeting: return "a long greeting";
    case AnswerSign::ManyWords: return "many words";
    case AnswerSign::Silence: return "silence";
    case AnswerSign::TimeUp: return "no sign within the time";
    case AnswerSign::Beep: return "a beep";
    case AnswerSign::FaxTone: return "a fax tone";
  }
  return "no sign within the time";
}

AnswerWatch::Step AnswerWatch::hear(std::uint64_t tick, bool voice) {
  const std::uint64_t ticks = last_tick_ ? tick - std::min(tick, *last_tick_) : 1;
  last_tick_ = tick;
  count(voice, kFrame * static_cast<std::int64_t>(ticks));
  if (!verdict_) return judge_pattern();
  return awaits_beep() ? wait_for_machine() : Step{};
}

void AnswerWatch::count(bool voice, Ms passed) {
  now_ += passed;
  if (voice) {
    voice_for_ += passed;
    if (!in_word_ && voice_for_ >= rules_.shortest_word) {
      in_word_ = true;
      ++words_;
      if (!began_) began_ = now_ - voice_for_;
    }
    if (in_word_) {
      silent_for_ = Ms{};
      greeting_ = now_ - *began_;
    }
    return;
  }
  silent_for_ += passed;
  if (silent_for_ < rules_.word_gap && in_word_) return;  // The short silence of a stop consonant (t, k) does not end a word.
  voice_for_ = Ms{};
  in_word_ = false;
}

AnswerWatch::Step AnswerWatch::judge_pattern() {
  if (greeting_ > rules_.greeting) return judge(Answerer::Machine, AnswerSign::LongGreeting);
  if (words_ > rules_.most_words) return judge(Answerer::Machine, AnswerSign::ManyWords);
  if (words_ > 0 && silent_for_ >= rules_.after_greeting) return judge(Answerer::Human, AnswerSign::ShortGreeting);
  if (words_ == 0 && now_ >= rules_.initial_silence) return judge(Answerer::Unknown, AnswerSign::Silence);
  return now_ >= rules_.total ? judge(Answerer::Unknown, AnswerSign::TimeUp) : Step{};
}

AnswerWatch::Step AnswerWatch::wait_for_machine() {
  return silent_for_ >= rules_.after_machine || now_ >= rules_.longest_greeting ? speak() : Step{};
}

AnswerWatch::Step AnswerWatch::on_tone(LineTone tone) {
  if (tone == LineTone::FaxCalling || tone == LineTone::FaxAnswering) return verdict_ ? Step{} : judge(Answerer::Fax, AnswerSign::FaxTone);
  if (tone != LineTone::Beep || now_ > rules_.longest_greeting) return {};
  if (awaits_beep()) return speak();
  if (verdict_ && (verdict_->who == Answerer::Machine || verdict_->who == Answerer::Fax || now_ > rules_.beep_counts)) return {};
  Step step = judge(Answerer::Machine, AnswerSign::Beep);
  step.speak_now = speak().speak_now;
  return step;
}

AnswerWatch::Step AnswerWatch::judge(Answerer who, AnswerSign sign) {
  verdict_ = AnswerVerdict{who, sign, now_};
  return {verdict_, false};
}

AnswerWatch::Step AnswerWatch::speak() { return {std::nullopt, !std::exchange(told_to_speak_, true)}; }

}  // namespace offhook::inline v0::media
