#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::openai::realtime {

/// One message of the model, and how much of it the caller heard.
struct ReplyItem {
  std::uint32_t number = 0;       ///< chosen by Offhook, counted from 1, because ids may occur again on another socket
  std::string id;
  std::uint32_t turn = 0, socket = 0;
  std::uint64_t octets = 0;       ///< octets of audio that were returned
  std::uint64_t text_octets = 0;  ///< octets of its transcript
  std::string written;            ///< text of a message that is not spoken
  bool wanted = true;             ///< false for a cancelled reply: its deltas are dropped
  bool began = false, ended = false;
  bool settled = false;           ///< true: the heard part is known, and was reported to the server
};

/// The model's messages in this call that may still be cut.
class ReplyItems {
 public:
  static constexpr std::size_t kMost = 64;  ///< maximum number of items; a further one removes the oldest, which can then no longer be cut

  [[nodiscard]] ReplyItem* find(std::string_view id, std::uint32_t socket);
  [[nodiscard]] ReplyItem* find(std::uint32_t number);
  ReplyItem& add(std::string_view id, std::uint32_t turn, std::uint32_t socket);
  [[nodiscard]] std::size_t count(std::uint32_t turn) const;
  [[nodiscard]] bool all_settled() const;
  [[nodiscard]] std::deque<ReplyItem>& all() { return items_; }
  [[nodiscard]] const std::deque<ReplyItem>& all() const { return items_; }

 private:
  std::deque<ReplyItem> items_;
  std::uint32_t last_ = 0;
};

}  // namespace offhook::inline v0::agent::openai::realtime
