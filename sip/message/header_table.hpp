#pragma once

#include <offhook/sip/message/header_name.hpp>
#include <offhook/sip/message/limits.hpp>

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace offhook::inline v0::sip {

struct Header {
  HeaderName id = HeaderName::Other;
  std::string_view name;   ///< as sent
  std::string_view value;  ///< trimmed, with folded lines joined
};

/// The positions of a message's header fields in its text. index_message fills it once. It lies before the text in the same slab,
/// so an index costs no allocation and moves with its message.
struct HeaderTable {
  struct Entry {
    std::uint16_t name, name_size;
    std::uint16_t value, value_size;
    HeaderName id;
  };

  std::uint16_t count = 0;
  std::bitset<kHeaderNames> seen;
  std::array<std::uint8_t, kHeaderNames> first;  ///< index of the first entry, by HeaderName; valid only where `seen` is set
  std::array<Entry, kMaxHeaders> entries;        ///< only the first `count` are valid
};
static_assert(kMaxHeaders <= 256, "first holds an index in one octet");
static_assert(kMaxMessageBytes < 65536, "an entry holds a place in two octets");

/// `text` must be the text from which the table was made.
[[nodiscard]] inline std::string_view name_of(const HeaderTable::Entry& entry, const char* text) {
  return {text + entry.name, entry.name_size};
}
[[nodiscard]] inline std::string_view value_of(const HeaderTable::Entry& entry, const char* text) {
  return {text + entry.value, entry.value_size};
}

/// A view of a message's header fields in their order. Valid as long as the message.
class Headers {
 public:
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Header;
    using difference_type = std::ptrdiff_t;
    using pointer = const Header*;
    using reference = Header;

    Iterator() = default;
    Iterator(const char* text, const HeaderTable::Entry* entry) : text_(text), entry_(entry) {}
    Header operator*() const { return {entry_->id, name_of(*entry_, text_), value_of(*entry_, text_)}; }
    Iterator& operator++() {
      ++entry_;
      return *this;
    }
    Iterator operator++(int) {
      const auto before = *this;
      ++entry_;
      return before;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.entry_ == b.entry_; }

   private:
    const char* text_ = nullptr;
    const HeaderTable::Entry* entry_ = nullptr;
  };

  Headers() = default;
  Headers(const char* text, const HeaderTable& table) : text_(text), entries_(table.entries.data()), count_(table.count) {}

  [[nodiscard]] Iterator begin() const { return {text_, entries_}; }
  [[nodiscard]] Iterator end() const { return {text_, entries_ + count_}; }
  [[nodiscard]] std::size_t size() const { return count_; }
  [[nodiscard]] bool empty() const { return count_ == 0; }
  /// `at` must be less than size().
  [[nodiscard]] Header operator[](std::size_t at) const { return *Iterator(text_, entries_ + at); }
  [[nodiscard]] Header front() const { return (*this)[0]; }

 private:
  const char* text_ = nullptr;
  const HeaderTable::Entry* entries_ = nullptr;
  std::size_t count_ = 0;
};

}  // namespace offhook::inline v0::sip
