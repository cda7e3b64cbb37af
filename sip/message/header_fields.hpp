#pragma once

#include <offhook/sip/message/header_name.hpp>

#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::sip {

class Message;

/// Header fields to send, or a copy of received ones: name and value.
using HeaderList = std::vector<std::pair<std::string, std::string>>;

/// Header fields of a received message, in their order: each name as it was sent, each value trimmed and its folded lines joined.
/// Copies share one text, which never changes: a copy costs as much as that of a pointer, may be kept, and may cross threads. Views
/// out of it live as long as any copy. Taking it from a message costs one copy of the text; a field is looked for when it is asked for.
class HeaderFields {
 public:
  using Field = std::pair<std::string_view, std::string_view>;  ///< name and value

  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Field;
    using difference_type = std::ptrdiff_t;
    using pointer = const Field*;
    using reference = Field;

    Iterator() = default;
    explicit Iterator(const char* at) : at_(at) {}
    Field operator*() const;
    Iterator& operator++();
    Iterator operator++(int) {
      const auto before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) = default;

   private:
    const char* at_ = nullptr;
  };

  HeaderFields() = default;
  HeaderFields(std::initializer_list<Field> fields);
  explicit HeaderFields(const HeaderList& fields);
  /// The fields of `message` whose name `wanted` takes.
  HeaderFields(const Message& message, bool (*wanted)(HeaderName));

  [[nodiscard]] Iterator begin() const { return Iterator(text_ ? text_->data() : nullptr); }
  [[nodiscard]] Iterator end() const { return Iterator(text_ ? text_->data() + text_->size() : nullptr); }
  [[nodiscard]] bool empty() const { return begin() == end(); }
  /// The value of the first field of this name, in any case and in its long or compact form (RFC 3261 section 7.3); nothing when absent.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  /// A copy that owns its text, as operations that send header fields take it.
  [[nodiscard]] HeaderList list() const;

 private:
  std::shared_ptr<const std::string> text_;  // For each field: two sizes of 32 bits, name, value. Null: no fields.
};

}  // namespace offhook::inline v0::sip
