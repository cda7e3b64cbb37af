#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::openai::realtime {

/// One message of the model's: what came of it, and what is known of how much was heard.
struct ReplyItem {
  std::uint32_t number = 0;       ///< ours, counted from 1: ids may come again on another socket
  std::string id;
  std::uint32_t turn = 0, socket = 0;
  std::uint64_t octets = 0;       ///< of audio that was given on
  std::uint64_t text_octets = 0;  ///< of its words
  std::string written;            ///< text of one that is not spoken
  bool wanted = true;             ///< false: of a cancelled reply; its deltas are dropped
  bool began = false, ended = false;
  bool settled = false;           ///< how much of it was heard is known, and the server was told
};

/// The model's messages of this call that may still matter.
class ReplyItems {
 public:
  static constexpr std::size_t kMost = 64;  ///< the oldest is forgotten: then it can no longer be cut

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
