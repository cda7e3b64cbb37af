#pragma once

#include <offhook/base/time.hpp>
#include <offhook/sip/locate/records.hpp>

#include <chrono>
#include <map>

namespace offhook::inline v0::sip::locate {

/// Answers for as long as they hold. Pure: time comes in as an argument.
class AnswerCache {
 public:
  static constexpr std::size_t kMaxAnswers = 512;            ///< the one that would end first makes room
  static constexpr std::chrono::seconds kMaxTtl{3600};       ///< whatever the server says
  static constexpr std::chrono::seconds kNegativeTtl{30};    ///< of "no such name" and "no such record"

  /// Null when it is not known (any more). Valid until the next call.
  [[nodiscard]] const Answer* find(const Question& question, base::TimePoint now);
  /// The shortest TTL of its records counts; 0 is not kept at all, nor is a failure.
  void keep(const Question& question, const Answer& answer, base::TimePoint now);
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    Answer answer;
    base::TimePoint until;
  };
  std::map<Question, Entry> entries_;
};

}  // namespace offhook::inline v0::sip::locate
