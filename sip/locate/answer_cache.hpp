#pragma once

#include <offhook/base/time.hpp>
#include <offhook/sip/locate/records.hpp>

#include <chrono>
#include <map>

namespace offhook::inline v0::sip::locate {

/// Caches answers until their TTL ends. Pure: time is an argument.
class AnswerCache {
 public:
  static constexpr std::size_t kMaxAnswers = 512;            ///< beyond it, the entry that would expire first is removed
  static constexpr std::chrono::seconds kMaxTtl{3600};       ///< upper bound of the server's TTL
  static constexpr std::chrono::seconds kNegativeTtl{30};    ///< TTL of the answers "no such name" and "no such record"

  /// Returns null if there is no answer, or the answer has expired. The pointer is valid until the next find() or keep().
  [[nodiscard]] const Answer* find(const Question& question, base::TimePoint now);
  /// Stores an answer for the shortest TTL of its records. Does not store an answer with a TTL of 0, or a failure.
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
