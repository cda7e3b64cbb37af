#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent::net::detail {

/// Messages that wait to be written, in order. Two buffers change places: what is written stays where it is while more gathers,
/// and their memory is used again.
class SendQueue {
 public:
  static constexpr std::size_t kKept = 65536;  ///< of a buffer's memory that has become empty

  struct Message {
    std::string_view bytes;  ///< borrowed until pop()
    bool binary = false;
    bool last = false;       ///< nothing is behind it
  };

  void push(std::string_view bytes, bool binary) {
    waiting_.bytes += bytes;
    waiting_.entries.push_back({bytes.size(), binary});
    size_ += bytes.size();
  }
  [[nodiscard]] bool empty() const { return at_ == going_.entries.size() && waiting_.entries.empty(); }
  /// Octets that were pushed and not popped.
  [[nodiscard]] std::size_t size() const { return size_; }

  /// The oldest message; there is one. It stays until pop().
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
  std::size_t at_ = 0, offset_ = 0;  // in going_
  std::size_t size_ = 0;
};

}  // namespace offhook::inline v0::agent::net::detail
