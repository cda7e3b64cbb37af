#include <offhook/agent/transcripts/transcript_store.hpp>

#include <algorithm>
#include <cassert>
#include <iterator>
#include <utility>

namespace offhook::inline v0::agent::transcripts {

namespace {

std::size_t weight_of(const TranscriptLine& line) {
  return sizeof(TranscriptLine) + line.call.size() + line.agent.size() + line.text.size() + line.language.size();
}

}  // namespace

bool LineQueue::try_add(TranscriptLine line, base::TimePoint now) {
  const std::size_t octets = weight_of(line);
  if (lines_.size() + taken_ >= limits_.lines || octets_ + octets > limits_.octets) {
    ++counters_.refused;
    refusing_ = true;
    return false;
  }
  octets_ += octets;
  lines_.push_back(std::move(line));
  if (!due_ && taken_ == 0) due_ = now + kGather;
  return true;
}

std::vector<TranscriptLine> LineQueue::take() {
  assert(taken_ == 0);
  std::vector<TranscriptLine> taken;
  if (!lines_.empty()) {
    const std::string agent = lines_.front().agent;
    const auto is_theirs = [&](TranscriptLine& line) {
      if (line.agent != agent || taken.size() == kMaxGroup) return false;
      taken_octets_ += weight_of(line);
      taken.push_back(std::move(line));
      return true;
    };
    std::deque<TranscriptLine> others;
    for (TranscriptLine& line : lines_) {
      if (!is_theirs(line)) others.push_back(std::move(line));
    }
    lines_ = std::move(others);
  }
  due_.reset();
  taken_ = taken.size();
  return taken;
}

void LineQueue::written(base::TimePoint now) {
  counters_.written += std::exchange(taken_, 0);
  octets_ -= std::exchange(taken_octets_, 0);
  failures_in_row_ = 0;
  refusing_ = false;
  if (!lines_.empty()) due_ = now;  // The remaining lines have already waited for kGather.
}

void LineQueue::failed(std::vector<TranscriptLine> lines, base::TimePoint now) {
  assert(lines.size() == taken_);
  lines_.insert(lines_.begin(), std::make_move_iterator(lines.begin()), std::make_move_iterator(lines.end()));
  taken_ = taken_octets_ = 0;
  ++counters_.failures;
  const unsigned doublings = std::min(failures_in_row_++, 5U);
  due_ = now + std::min(kLongestRetry, kFirstRetry * (std::int64_t{1} << doublings));
}

LineQueue::Counters LineQueue::counters() const {
  Counters counters = counters_;
  counters.waiting = lines_.size() + taken_;
  return counters;
}

}  // namespace offhook::inline v0::agent::transcripts
