#include <offhook/agent/providers/openai/reply_items.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::openai::realtime {

ReplyItem* ReplyItems::find(std::string_view id, std::uint32_t socket) {
  const auto found = std::find_if(items_.rbegin(), items_.rend(), [&](const ReplyItem& item) { return item.socket == socket && item.id == id; });
  return found == items_.rend() ? nullptr : &*found;
}

ReplyItem* ReplyItems::find(std::uint32_t number) {
  const auto found = std::find_if(items_.begin(), items_.end(), [number](const ReplyItem& item) { return item.number == number; });
  return found == items_.end() ? nullptr : &*found;
}

ReplyItem& ReplyItems::add(std::string_view id, std::uint32_t turn, std::uint32_t socket) {
  if (items_.size() == kMost) items_.pop_front();
  ReplyItem item;
  item.number = ++last_;
  item.id = id;
  item.turn = turn;
  item.socket = socket;
  items_.push_back(std::move(item));
  return items_.back();
}

std::size_t ReplyItems::count(std::uint32_t turn) const {
  return static_cast<std::size_t>(std::count_if(items_.begin(), items_.end(), [turn](const ReplyItem& item) { return item.turn == turn; }));
}

bool ReplyItems::all_settled() const {
  return std::all_of(items_.begin(), items_.end(), [](const ReplyItem& item) { return item.settled; });
}

}  // namespace offhook::inline v0::agent::openai::realtime
