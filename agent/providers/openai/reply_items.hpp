#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::openai::realtime {

/// One message of the model.
struct ReplyItem {
  std::uint32_t number = 0;       ///< Offhook's own number from 1 on, because another socket may use the same id
  std::string id;
  std::uint32_t turn = 0, socket = 0;
  std::uint64_t octets = 0;       ///< octets of audio that were returned
  std::uint64_t text_octets = 0;  ///< octets of its transcript
  std::string written;            ///< text of a message that is not spoken
  bool wanted = true;             ///< false: the reply was cancelled, and pieces of the item are dropped
  bool began = false, ended = false;
  bool settled = false;           ///< true: the server knows which part the caller heard; no cut() follows
};

/// The model's messages in this call that may still be cut.
class ReplyItems {
 public:
  static constexpr std::size_t kMost = 64;  ///< most items; a further item removes the oldest, which can then no longer be cut

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
