#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent::net::detail {

/// A queue of messages to send. Two buffers alternate: while the socket writes from one buffer, which must not change, the other collects new
/// messages. Both reuse their memory.
class SendQueue {
 public:
  static constexpr std::size_t kKept = 65536;  ///< octets of memory that an empty buffer keeps

  struct Message {
    std::string_view bytes;  ///< borrowed until pop()
    bool binary = false;
    bool last = false;       ///< no further message waits
  };

  void push(std::string_view bytes, bool binary) {
    waiting_.bytes += bytes;
    waiting_.entries.push_back({bytes.size(), binary});
    size_ += bytes.size();
  }
  [[nodiscard]] bool empty() const { return at_ == going_.entries.size() && waiting_.entries.empty(); }
  /// Returns the number of octets that were pushed and not popped.
  [[nodiscard]] std::size_t size() const { return size_; }

  /// Returns the oldest message, which must exist. It stays valid until pop().
  [[nodiscard]] Message front() {
    if (at_ == going_.entries.size()) {
      going_.clear();
      at_ = offset_ = 0;
      std::swap(going_, waiting_);
    }
    const Entry& entry = going_.entries[at_];
    return {std::string_view(going_.bytes).substr(offset_, entry.size), entry.binary, at_ + 1 == going_.entries.size() && waiting_.entries.empty()};
  }
  void pop() {
    offset_ += going_.entries[at_].size;
    size_ -= going_.entries[at_].size;
    ++at_;
  }

 private:
  struct Entry {
    std::size_t size;
    bool binary;
  };
  struct Buffer {
    std::string bytes;
    std::vector<Entry> entries;
    void clear() {
      bytes.clear();
      entries.clear();
      if (bytes.capacity() > kKept) std::string().swap(bytes);
      if (entries.capacity() * sizeof(Entry) > kKept) std::vector<Entry>().swap(entries);
    }
  };

  Buffer going_, waiting_;
  std::size_t at_ = 0, offset_ = 0;  // positions in going_
  std::size_t size_ = 0;
};

}  // namespace offhook::inline v0::agent::net::detail
