#include <offhook/agent/records/backlog.hpp>

#include <algorithm>
#include <cassert>
#include <iterator>
#include <utility>

namespace offhook::inline v0::agent::records {

std::size_t weight_of(const CallRecord& record) {
  std::size_t octets = sizeof(Backlog::Entry);
  for (const std::string* text :
       {&record.id, &record.sip_call_id, &record.local_tag, &record.account, &record.from.uri, &record.from.display,
        &record.to.uri, &record.to.display, &record.dialled, &record.source, &record.identity.result, &record.identity.attest,
        &record.identity.origid, &record.identity.why, &record.ending.cause, &record.ending.reason, &record.ending.detail, &record.digits_received, &record.digits_sent, &record.transfer_target,
        &record.service.name, &record.service.model, &record.service.voice}) {
    octets += text->size();
  }
  for (const OtherParty& other : record.others) octets += sizeof(OtherParty) + other.party.uri.size() + other.party.display.size();
  for (const Turn& turn : record.turns) octets += sizeof(Turn) + turn.heard.size() + turn.said.size() + turn.intent.size();
  return octets;
}

bool Backlog::try_add(Entry entry, base::TimePoint now) {
  const std::size_t octets = weight_of(entry.record);
  if (entries_.size() + taken_ >= limits_.records || octets_ + octets > limits_.octets) {
    ++counters_.refused;
    refusing_ = true;
    return false;
  }
  octets_ += octets;
  entries_.push_back(std::move(entry));
  if (!due_ && taken_ == 0) due_ = now + kGather;
  return true;
}

std::vector<Backlog::Entry> Backlog::take() {
  assert(taken_ == 0);
  const auto end = entries_.begin() + static_cast<std::ptrdiff_t>(std::min(entries_.size(), kMaxGroup));
  std::vector<Entry> taken(std::make_move_iterator(entries_.begin()), std::make_move_iterator(end));
  entries_.erase(entries_.begin(), end);
  due_.reset();
  taken_ = taken.size();
  taken_octets_ = 0;
  for (const Entry& entry : taken) taken_octets_ += weight_of(entry.record);
  return taken;
}

void Backlog::committed(base::TimePoint now) {
  counters_.committed += std::exchange(taken_, 0);
  octets_ -= std::exchange(taken_octets_, 0);
  counters_.failures_in_row = 0;
  refusing_ = false;
  if (!entries_.empty()) due_ = now;  // The remaining entries have already waited for kGather.
}

void Backlog::failed(std::vector<Entry> entries, base::TimePoint now) {
  assert(entries.size() == taken_);
  entries_.insert(entries_.begin(), std::make_move_iterator(entries.begin()), std::make_move_iterator(entries.end()));
  taken_ = taken_octets_ = 0;
  ++counters_.failures;
  const auto doublings = std::min<std::size_t>(counters_.failures_in_row++, 5);
  due_ = now + std::min(kLongestRetry, kFirstRetry * (std::int64_t{1} << doublings));
}

Backlog::Counters Backlog::counters() const {
  Counters counters = counters_;
  counters.waiting = entries_.size() + taken_;
  return counters;
}

}  // namespace offhook::inline v0::agent::records
