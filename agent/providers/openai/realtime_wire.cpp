#include <offhook/agent/providers/openai/realtime_wire.hpp>

namespace offhook::inline v0::agent::openai::realtime {

void Outbox::make_room() {
  if (next_ != entries_.size() || entries_.empty()) return;  // The owner has not sent all entries yet.
  entries_.clear();
  next_ = 0;
  text_.clear();
  if (text_.capacity() > kKept) text_ = {};
}

void Outbox::add(Transmit::What what, std::uint32_t socket, std::size_t begin) {
  entries_.push_back({what, socket, begin, text_.size()});
}

std::optional<Transmit> Outbox::poll() {
  if (next_ == entries_.size()) return std::nullopt;
  const Entry& entry = entries_[next_++];
  return Transmit{entry.what, entry.socket, std::string_view(text_).substr(entry.begin, entry.end - entry.begin)};
}

}  // namespace offhook::inline v0::agent::openai::realtime
