#include <offhook/agent/providers/openai/caller_turns.hpp>

#include <offhook/agent/providers/openai/realtime_writer.hpp>

#include <algorithm>
#include <vector>

namespace offhook::inline v0::agent::openai::realtime {

using base::TimePoint;

CallerTurns::CallerTurns(Wire& wire, RealtimeEvents& events, RealtimeCounters& counters, const RealtimeOptions& options)
    : wire_(wire), events_(events), counters_(counters), options_(options), audio_(options.format) {}

void CallerTurns::begin(std::uint32_t turn) {
  if (open_) abandon();
  audio_.forget();
  commit_by_.reset();
  pending_ = taken_ = sound_ = false;
  turn_ = turn;
  open_ = true;
}

void CallerTurns::append(std::span<const std::uint8_t> octets) {
  if (!wire_.ready || octets.empty()) return;
  wire_.send([octets](std::string& out) { write_append(out, octets); });
  uncommitted_ += octets.size();
}

void CallerTurns::add(std::span<const std::uint8_t> octets) {
  if (!open_ && ours()) return;
  if (open_) {
    const auto before = audio_.forgotten();
    audio_.add(octets);
    if (!wire_.ready) counters_.early_audio_dropped += audio_.forgotten() - before;
  }
  append(octets);
}

void CallerTurns::end(TimePoint now) {
  if (!open_) return;
  open_ = false;
  if (audio_.total() == 0) {
    events_.push_back(NothingHeard{turn_});
    return;
  }
  pending_ = true;
  if (ours()) {
    commit();
    take();
  } else if (!taken_) {
    commit_by_ = now + (options_.turn_detection.kind == TurnDetection::Kind::ServerVad ? kServerVadWait : kSemanticWait);
  }
}

void CallerTurns::take() {
  if (!taken_) events_.push_back(TurnIsTaken{turn_});
  taken_ = sound_ = true;
}

void CallerTurns::commit() {
  if (!wire_.ready) return;  // adopt() sends the whole turn, and commits it.
  const std::size_t least = kLeastCommitMs * octets_per_ms(options_.format);
  if (uncommitted_ < least) append(std::vector<std::uint8_t>(least - uncommitted_, silence_octet(options_.format)));
  awaited_.push_back({"c" + std::to_string(++commits_), turn_, false});
  wire_.send([this](std::string& out) { write_commit(out, awaited_.back().event_id); });
  uncommitted_ = 0;
  if (awaited_.size() > kMaxOpenItems) awaited_.pop_front();
}

void CallerTurns::abandon() {
  commit_by_.reset();
  if (open_ && ours() && uncommitted_ != 0) {
    wire_.send([](std::string& out) { write_clear(out); });
    uncommitted_ = 0;
  }
  // If the turn is already committed, delete its item as soon as the item's id is known.
  if (!open_ && pending_ && !awaited_.empty() && awaited_.back().turn == turn_) awaited_.back().discard = true;
  open_ = pending_ = sound_ = false;
  audio_.forget();
}

void CallerTurns::on_replied() {
  pending_ = false;
  if (!open_) audio_.forget();
}

void CallerTurns::on_committed(std::string_view item_id) {
  uncommitted_ = 0;
  Commit commit;
  if (!awaited_.empty()) {
    commit = awaited_.front();
    awaited_.pop_front();
  } else if (!ours() && (open_ || commit_by_)) {
    commit.turn = turn_;
    commit_by_.reset();
    pending_ = true;
    take();
  } else {
    ++counters_.unasked_turns;
    return;
  }
  if (commit.discard) {
    wire_.send([item_id](std::string& out) { write_delete(out, {}, item_id); });
    return;
  }
  items_.push_back({std::string(item_id), commit.turn});
  if (items_.size() > kMaxOpenItems) items_.pop_front();
}

void CallerTurns::on_text(std::string_view item_id, std::string_view text) {
  const auto item = std::find_if(items_.begin(), items_.end(), [item_id](const Item& each) { return each.id == item_id; });
  if (item == items_.end()) return;
  if (item->turn == turn_ && !open_ && !text.empty()) on_replied();  // The history now contains the transcript, so the audio is not needed any more.
  events_.push_back(CallerText{item->turn, std::string(text)});
  items_.erase(item);
}

void CallerTurns::on_no_text(std::string_view item_id) {
  std::erase_if(items_, [item_id](const Item& each) { return each.id == item_id; });
}

bool CallerTurns::on_error(std::string_view event_id) {
  return !event_id.empty() && std::erase_if(awaited_, [event_id](const Commit& each) { return each.event_id == event_id; }) != 0;
}

void CallerTurns::adopt() {
  awaited_.clear();
  items_.clear();
  uncommitted_ = 0;
  if (!open_ && !pending_) return;
  const std::size_t second = 1000 * octets_per_ms(options_.format);
  for (auto rest = audio_.octets(); !rest.empty(); rest = rest.subspan(std::min(second, rest.size()))) append(rest.first(std::min(second, rest.size())));
  if (open_) return;
  commit();
  commit_by_.reset();
  take();
}

void CallerTurns::on_time(TimePoint now) {
  if (commit_by_ && now >= *commit_by_) (void)force();
}

bool CallerTurns::force() {
  if (!commit_by_) return false;
  commit_by_.reset();
  commit();
  take();
  return true;
}

bool CallerTurns::is_consistent() const {
  if (open_ && commit_by_) return false;
  if (ours() && commit_by_) return false;
  return awaited_.size() <= kMaxOpenItems && items_.size() <= kMaxOpenItems;
}

}  // namespace offhook::inline v0::agent::openai::realtime
