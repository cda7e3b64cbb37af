#include <offhook/agent/conversation/history.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent {

namespace {

std::size_t size_of(const HistoryEntry& entry) { return entry.text.size() + entry.name.size() + entry.call_id.size(); }

}  // namespace

void History::add(HistoryEntry entry) {
  if (entry.text.size() > kMaxBytes / 4) entry.text.resize(kMaxBytes / 4);
  bytes_ += size_of(entry);
  entries_.push_back(std::move(entry));
  trim();
}

void History::set_caller_text(std::uint32_t turn, std::string text) {
  const auto is_turn = [turn](const HistoryEntry& entry) { return entry.turn == turn && entry.kind == HistoryEntry::Kind::Caller; };
  if (const auto known = std::find_if(entries_.begin(), entries_.end(), is_turn); known != entries_.end()) {
    bytes_ += text.size();
    bytes_ -= known->text.size();
    known->text = std::move(text);
    return trim();
  }
  const auto after = std::find_if(entries_.begin(), entries_.end(), [turn](const HistoryEntry& entry) { return entry.turn >= turn; });
  HistoryEntry entry;
  entry.turn = turn;
  entry.text = std::move(text);
  bytes_ += size_of(entry);
  entries_.insert(after, std::move(entry));
  trim();
}

void History::mask(std::uint32_t turn, std::string_view text) {
  for (HistoryEntry& entry : entries_) {
    const bool may_offend = entry.kind == HistoryEntry::Kind::Caller || entry.kind == HistoryEntry::Kind::ToolResult;
    if (entry.turn != turn || !may_offend) continue;
    bytes_ += text.size();
    bytes_ -= entry.text.size();
    entry.text = text;
  }
  trim();
}

bool History::supersede(std::uint32_t earlier, std::uint32_t later, std::string_view text) {
  using Kind = HistoryEntry::Kind;
  const auto is_input = [earlier](const HistoryEntry& entry) {
    return entry.turn == earlier && (entry.kind == Kind::Caller || entry.kind == Kind::Note);
  };
  const auto known = std::find_if(entries_.rbegin(), entries_.rend(), is_input);
  if (known == entries_.rend()) return false;
  known->turn = later;
  if (known->kind == Kind::Note) return true;
  std::string whole(text);
  if (!text.starts_with(known->text)) whole.insert(0, known->text + ' ');  // If the earlier turn was taken as audio, `text` lacks its words.
  bytes_ += whole.size();
  bytes_ -= known->text.size();
  known->text = std::move(whole);
  trim();
  return true;
}

void History::trim() {
  const auto drop = [this] {
    bytes_ -= size_of(entries_.front());
    entries_.pop_front();
    ++forgotten_;
  };
  while (entries_.size() > kMaxEntries || bytes_ > kMaxBytes) drop();
  while (!entries_.empty() && entries_.front().kind == HistoryEntry::Kind::ToolResult) drop();  // The call of this result was dropped.
}

}  // namespace offhook::inline v0::agent
