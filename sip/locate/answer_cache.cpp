#include <offhook/sip/locate/answer_cache.hpp>

#include <algorithm>

namespace offhook::inline v0::sip::locate {

const Answer* AnswerCache::find(const Question& question, base::TimePoint now) {
  const auto at = entries_.find(question);
  if (at == entries_.end()) return nullptr;
  if (at->second.until > now) return &at->second.answer;
  entries_.erase(at);
  return nullptr;
}

void AnswerCache::keep(const Question& question, const Answer& answer, base::TimePoint now) {
  if (answer.kind == Answer::Kind::Failed || answer.kind == Answer::Kind::Timeout) return;
  std::chrono::seconds ttl = answer.records.empty() ? kNegativeTtl : kMaxTtl;
  for (const Record& record : answer.records) ttl = std::min(ttl, record.ttl);
  if (ttl <= std::chrono::seconds::zero()) return;
  if (entries_.size() >= kMaxAnswers && !entries_.contains(question)) {
    entries_.erase(std::min_element(entries_.begin(), entries_.end(),
                                    [](const auto& a, const auto& b) { return a.second.until < b.second.until; }));
  }
  entries_[question] = {answer, now + ttl};
}

}  // namespace offhook::inline v0::sip::locate
